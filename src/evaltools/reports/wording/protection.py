"""What a page says of how people are protected in it."""

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import Cell, Record
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.wording.base import as_paragraphs


@from_protected
def protection(*tables: ProtectedTable) -> Block:
    """Say how the numbers of a page are protected, and how many are not shown; for the end of the page.

    Parameters
    ----------
    tables
        All that the page shows. A number that is in several of them counts once. Those that were published before,
        or are of nobody, need no protection; where there are no others nothing is said.
    """
    rounded = {table.base for table in tables if table.protection == "rounded"}
    suppressed = [table for table in tables if table.protection == "suppressed"]
    records = [record for record in dict.fromkeys(table.record for table in suppressed) if record is not None]
    if not rounded and not records:
        return NOTHING
    return as_paragraphs(
        [
            "Een klein aantal kan verraden om wie het gaat. Daarom zijn de aantallen op deze pagina beschermd.",
            _rounding(rounded, is_all=not records),
            *(_suppression(records, {table.base for table in suppressed}, is_all=not rounded) if records else ()),
        ]
    )


def _rounding(bases: set[int], *, is_all: bool) -> str:
    if not bases:
        return ""
    few = dutch.listing([f"‘{dutch.rounded_count(0, base)}’" for base in sorted(bases)])
    which = "Alle aantallen zijn" if is_all else "Een deel van de aantallen is"
    return (
        f"{which} afgerond op {_multiples(bases)}. Bij {few} kan het ook om nul gaan. "
        "Percentages daarbij zijn berekend uit afgeronde aantallen."
    )


def _suppression(records: list[Record], bases: set[int], *, is_all: bool) -> list[str]:
    threshold = min(record.threshold for record in records)  # the lowest holds for all
    few = f"1 tot en met {dutch.number(threshold - 1)}"
    rules = [
        f"Aantallen van {few} tonen wij niet." if is_all else f"Van de andere aantallen tonen wij die van {few} niet."
    ]
    if any(any(record.is_trait) for record in records):
        rules.append("Bij gevoelige gegevens tonen wij ook niet dat het om niemand gaat, of om iedereen.")
    if bases != {0}:
        which = "Een deel van wat er wel staat" if 0 in bases else "Wat er wel staat"
        rules.append(f"{which}, is afgerond op {_multiples(bases - {0})}.")
    n, n_all = _counts(records)
    if n:
        is_or_are = "is" if n == 1 else "zijn"
        rules += [
            "Is zo’n aantal uit te rekenen met andere aantallen, dan laten wij ook een ander aantal weg.",
            f"In die tabellen {is_or_are} {dutch.portion(n, n_all, 'aantal', 'aantallen')} weggelaten.",
        ]
    else:
        rules.append("Op deze pagina was het niet nodig om een aantal weg te laten.")
    n_shares = sum(record.n_hidden_shares for record in records)
    return [
        " ".join(rules),
        (
            f"Van de percentages, gemiddelden en schattingen {'is' if n_shares == 1 else 'zijn'} er "
            f"{dutch.number(n_shares)} weggelaten, omdat zij op te weinig mensen rusten of op een weggelaten aantal. "
            "Een schatting telt één keer, met haar interval en de andere manieren van rekenen."
            if n_shares
            else ""
        ),
        (
            "Wie alles optelt en aftrekt wat er wel staat, vindt een weggelaten aantal niet. Er blijft altijd een marge van "
            f"minstens {dutch.number(threshold)} over."
            if n
            else ""
        ),
    ]


def _counts(records: list[Record]) -> tuple[int, int]:
    """Count the different numbers of people that are not shown, and all of them."""
    by_state: dict[str, set[tuple[Cell, str, bool]]] = {"shown": set(), "hidden": set(), "derived": set()}
    for record in records:
        for cell, state, is_amount in zip(record.cells, record.states, record.is_amount, strict=True):
            if not is_amount:
                by_state[state].add((cell, record.as_of, record.is_simulated))
    n_hidden = len(by_state["hidden"] - by_state["shown"])
    return n_hidden, n_hidden + len(by_state["shown"])


def _multiples(bases: set[int]) -> str:
    return dutch.listing([dutch.multiples(base) for base in sorted(bases)])
