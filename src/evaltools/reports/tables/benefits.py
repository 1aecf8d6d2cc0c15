"""Tables of the part on money, from `findings.benefits`, `findings.purses` and `findings.money`."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.findings.benefits import PRECISIONS
from evaltools.findings.purses import KNOWN
from evaltools.reports import dutch
from evaltools.reports.benefit_terms import FIGURES, INPUTS, ITEMS, PURSES, RESULTS
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.rows import is_hidden, readable_rows
from evaltools.reports.tables.base import Column, render


@from_protected
def benefit_curves(table: ProtectedTable) -> Block:
    """Show who has a benefit at the start of each quarter, in both groups. From `findings.benefits.curves_table`."""
    rows = readable_rows(table, "tables.benefit_curves()")
    if not rows or _is_alone(rows[0]):
        return NOTHING
    return render(
        table,
        "Met een uitkering, na zoveel maanden",
        [
            Column("Na", lambda row: dutch.months(int(row.months))),
            Column("Deelnemers", lambda row: _of(row.n_on_programme, row.n_programme), is_number=True),
            Column("Aandeel", lambda row: dutch.percent(row.share_programme, row.n_programme), is_number=True),
            Column("Vergelijkingsgroep", lambda row: _of(row.n_on_comparison, row.n_comparison), is_number=True),
            Column("Aandeel, gecorrigeerd", lambda row: dutch.percent(row.share_comparison, row.n_comparison), is_number=True),
        ],
        note=(
            "Wie uit beeld raakte, is bijgeschat. ‘Gecorrigeerd’ is het aandeel als de vergelijkingsgroep zo was samengesteld als de "
            "deelnemers, in de kenmerken die bekend zijn. Een kwartaal waarin het aantal maar weinig veranderde, staat niet in de tabel."
        ),
    )  # fmt: skip


@from_protected
def months_saved(table: ProtectedTable) -> Block:
    """Show the months with benefit of both groups and what the difference is worth. From `findings.benefits.months_saved`."""
    rows = readable_rows(table, "tables.months_saved()")
    if not rows or _is_alone(rows[0]):
        return NOTHING
    return render(
        table,
        "Maanden met een uitkering, en wat het verschil waard is",
        [
            Column("In de eerste", lambda row: dutch.months(int(row.months))),
            Column("Deelnemers", lambda row: _months(row.months_programme), is_number=True),
            Column("Vergelijkingsgroep", lambda row: _months(row.months_comparison), is_number=True),
            Column("Korter bij deelnemers", lambda row: _range(row, "months_less", "months_lower", "months_upper", _number), is_number=True),
            Column("Waard per deelnemer", lambda row: _range(row, "euro_saving", "euro_saving_lower", "euro_saving_upper", dutch.euro), is_number=True),
        ],
        note=(
            f"Tussen haakjes staat het {dutch.confidence(rows[0].level)}-betrouwbaarheidsinterval. Onder nul hadden deelnemers juist "
            "langer een uitkering. "
            f"Gerekend met {dutch.euro(rows[0].euro_price)} per uitkering per jaar (prijs van {rows[0].price_year:.0f})."
        ),
    )  # fmt: skip


@from_protected
def purses(table: ProtectedTable) -> Block:
    """Show what is gained and lost by whom, per participant. From `findings.purses.purses`."""
    rows = readable_rows(table, "tables.purses()")
    if not rows:
        return NOTHING

    def column(purse: str) -> Column:
        return Column(PURSES[purse], lambda row: _amount(row, purse), is_number=True)

    months = dutch.months(int(rows[0].months))
    costs = (
        " Van de kosten van het programma noemt de bron alleen een maximum."
        if PRECISIONS[int(rows[0].costs)] == "at_most"
        else ""
    )
    return render(
        table,
        f"Wie wint en wie verliest, per deelnemer in {months}",
        [Column("Wat", lambda row: ITEMS[row.item]), *map(column, PURSES)],
        note=(
            "Boven nul is winst, onder nul is verlies. Het interval staat tussen haakjes. ‘Niet bekend’: hiervoor hebben wij geen bron. "
            f"Bij ‘Samen’ telt alleen mee wat bekend is.{costs}"
        ),
    )


@from_protected
def tornado(table: ProtectedTable) -> Block:
    """Show how the result changes with each input, the largest change first. From `findings.purses.sensitivity`."""
    rows = readable_rows(table, "tables.tornado()")
    if not rows:
        return NOTHING
    what = RESULTS[bool(rows[0].costs)]
    return render(
        table,
        f"{what} per deelnemer, als één getal anders is",
        [
            Column("Wat verandert er?", lambda row: INPUTS[row.input]),
            Column("Laag", lambda row: value(row, row.value_low), is_number=True),
            Column("Uitkomst bij laag", lambda row: dutch.euro(row.euro_low), is_number=True),
            Column("Hoog", lambda row: value(row, row.value_high), is_number=True),
            Column("Uitkomst bij hoog", lambda row: dutch.euro(row.euro_high), is_number=True),
        ],
        note="" if is_hidden(rows[0], "euro_main") else f"Zoals wij rekenen, is de uitkomst {dutch.euro(rows[0].euro_main)}.",
    )  # fmt: skip


@from_protected
def benefit_prices(table: ProtectedTable) -> Block:
    """Show which published figures the sums are made with. From `findings.money.prices_used`."""
    return render(
        table,
        "De bedragen waarmee is gerekend",
        [
            Column("Wat", lambda row: FIGURES[row.kind]),
            Column("Jaar", lambda row: str(row.year) if row.year else "–"),
            Column("Getal", _published, is_number=True),
            Column("Wat het is", lambda row: dutch.capital(row.basis) if row.basis else "zoals de gemeente rekende"),
            Column("Bron", lambda row: row.source),
        ],
        note="Bij de discontovoet is het jaar dat van de bron.",
    )


def value(row: Any, number: float) -> str:
    """Write a value of an input of `findings.purses.sensitivity`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> value(SimpleNamespace(input="discount"), 0.0225), value(SimpleNamespace(input="months"), 6.0)
    ('2,25% per jaar', '6 maanden')
    """
    match row.input:
        case "difference":
            return _less(number)
        case "ending":
            return dutch.percent(number, 0)
        case "months":
            return dutch.months(int(number))
        case "discount":
            return f"{dutch.printed_percent(number)} per jaar"
    return dutch.euro(number)


def _less(months: float) -> str:
    return f"{dutch.number(abs(months), 2)} maand {'korter' if months >= 0 else 'langer'}"


def _published(row: Any) -> str:
    number = dutch.printed_percent(row.value) if row.kind == "discount" else dutch.euro(row.value)
    return dutch.BOUNDS[row.precision] + number


def _amount(row: Any, purse: str) -> str:
    """Write what an item is for a purse."""
    known = KNOWN[row.item][purse]
    if known == "nothing":
        return "€\u00a00"
    if known == "unknown" or pd.isna(row.euro):
        return "niet bekend"
    if row.lower == row.upper:
        return dutch.euro(row.euro)
    sign, ends = (1, (row.lower, row.upper)) if known == "amount" else (-1, (row.upper, row.lower))
    return f"{dutch.euro(sign * row.euro)} (van {dutch.euro(sign * ends[0])} tot {dutch.euro(sign * ends[1])})"


def _range(row: Any, estimate: str, lower: str, upper: str, write: Any) -> str:
    if pd.isna(getattr(row, estimate)):
        return "niet te zeggen"
    return f"{write(getattr(row, estimate))} (van {write(getattr(row, lower))} tot {write(getattr(row, upper))})"


def _number(months: float) -> str:
    return dutch.number(months + 0.0, 2)


def _months(months: float) -> str:
    return f"{dutch.number(months, 2)} maanden"


def _of(n: int, n_all: int) -> str:
    return f"{dutch.number(n)} van de {dutch.number(n_all)}"


def _is_alone(row: Any) -> bool:
    """Whether there is nobody to compare with."""
    return not is_hidden(row, "n_comparison") and row.n_comparison == 0
