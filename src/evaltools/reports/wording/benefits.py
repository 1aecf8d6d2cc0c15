"""Sentences of the part on money: what the months of benefit less are worth, to whom, and when that pays the costs."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.findings.benefits import PRECISIONS
from evaltools.reports import dutch
from evaltools.reports.benefit_terms import INPUTS
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.rows import is_hidden
from evaltools.reports.wording.base import carried, carried_list, rows_in

LONGEST = 60
"""Months to pay back beyond this are not told apart."""
OPPOSITE = {"at_most": "at_least", "at_least": "at_most"}
"""Of costs of at most so much, the balance is at least so much."""

CAVEATS = {
    "A": "Een loting bepaalde wie meedeed. Daarom mogen wij zeggen dat dit verschil door het programma komt.",
    "B": "Dit verschil komt waarschijnlijk door het programma. Helemaal zeker is dat niet.",
    "C": (
        "Wij hebben de groepen gelijk gemaakt in wat in het register staat. Verschillen zij in iets anders, dan kan het verschil "
        "ook daaraan liggen."
    ),
    "D": (
        "De deelnemers zijn vergeleken met een andere tijd of groep. Het verschil kan ook aan die tijd of die groep liggen."
    ),
    "E": "Dit is geen effectmeting. Waardoor het verschil er is, weten wij niet.",
}
"""What a difference is worth as evidence, by its grade."""
NOBODY = "In dezelfde tijd is er geen groep om mee te vergelijken. Hoeveel maanden uitkering het programma scheelde, en hoeveel geld, is daarom niet te zeggen."
FEW = (
    "In een van de groepen zijn er te weinig mensen met of zonder uitkering. Om hun privacy te beschermen, tonen wij het verschil "
    "in maanden en in geld niet."
)
TRANSFER = (
    "Een uitkering is geld dat van de gemeente naar een inwoner gaat. Wat de gemeente minder betaalt, krijgt de inwoner minder. "
    "De besparing van de gemeente is dus niet de winst van de samenleving."
)

NO_GAIN = "Wat de gemeente minder betaalt, krijgt een inwoner minder. Voor de samenleving als geheel is dat geen winst."


@from_protected
def benefits_summary(saved: ProtectedTable, grade: str) -> Block:
    """Say in a few sentences what the difference in months with benefit is, what it is worth, and how sure that is.

    Parameters
    ----------
    saved
        From `findings.benefits.months_saved`.
    grade
        Of the evidence, ``A`` to ``E``: it decides what may be said.
    """
    (row,) = rows_in(saved)
    if _is_alone(row):
        sentences = [NOBODY, _costs_alone(row)]
    elif is_hidden(row, "months_less"):
        sentences = [FEW, _costs_alone(row)]
    elif pd.isna(row.months_less):
        sentences = ["Bijna niemand ging uit de uitkering. Er is geen verschil te meten.", _costs_alone(row)]
    else:
        sentences = [_difference(row), _worth(row), _caveat(row, grade), _against_costs(row), NO_GAIN]
    return carried_list([sentence for sentence in sentences if sentence], grade, "benefits_summary()", headline="")


@from_protected
def benefits_curves(curves: ProtectedTable, saved: ProtectedTable, grade: str) -> Block:
    """Say how the figure of both curves is read, and what is not known of who went out of view.

    Parameters
    ----------
    curves, saved
        From `findings.benefits`: ``curves_table`` and ``months_saved``.
    """
    (row,) = rows_in(saved)
    if _is_alone(row) or not rows_in(curves):
        return NOTHING
    paragraphs = [
        (
            "Op elk moment tellen wij wie een uitkering heeft. Wie stopt en later terugkomt, telt dus weer mee. Houden deelnemers "
            "eerst juist langer een uitkering, omdat zij een traject volgen, dan telt dat ook mee."
        ),
        _out_of_view(row),
    ]
    return carried(paragraphs, grade, "benefits_curves()")


@from_protected
def benefits_break_even(saved: ProtectedTable, grade: str) -> Block:
    """Say when the costs of the programme are paid: how much may have come anyway, and how long the difference must go on.

    Where the costs are not known it says what the programme may cost at most.
    """
    (row,) = rows_in(saved)
    if _is_alone(row) or is_hidden(row, "months_less") or pd.isna(row.months_less):
        sentences = [_costs_alone(row)]
    elif not row.costs:
        sentences = [_may_cost(row), _anyway(row)]
    else:
        sentences = [_needed(row), _anyway(row), _at_break_even(row), _pace(row)]
    return carried([" ".join(sentence for sentence in sentences if sentence)], grade, "benefits_break_even()")


@from_protected
def benefits_purses(purses: ProtectedTable, grade: str) -> Block:
    """Say why what the municipality saves is not what society gains, and which amounts are not known."""
    rows = rows_in(purses)
    if not rows:
        return NOTHING
    paragraphs = [
        TRANSFER,
        (
            "De gemeente krijgt een vast bedrag voor uitkeringen. Houdt zij over, dan mag zij dat houden. Komt zij tekort, dan betaalt "
            "zij dat zelf (bron: SCP). Daarom staat de besparing bij de gemeente en niet bij het Rijk."
        ),
        (
            "Winst voor de samenleving kan zitten in werk, gezondheid en minder zorg. Daarvoor hebben wij geen bedragen met een bron. "
            "Neemt iemand die werk vindt, de plek in van een ander? Ook dat weten wij niet. Wij vullen daarom niets in."
        ),
        (
            "De uitvoeringskosten zijn een gemiddelde. Stoppen er een paar uitkeringen, dan is er niet meteen minder personeel nodig. Wat "
            "er echt wegvalt, kan dus lager zijn."
            if any(row.item == "execution" and (is_hidden(row, "euro") or not pd.isna(row.euro)) for row in rows)
            else ""
        ),
    ]
    return carried(paragraphs, grade, "benefits_purses()")


@from_protected
def benefits_sensitivity(table: ProtectedTable, grade: str) -> Block:
    """Say which input the result depends on most, and whether its sign does."""
    rows = [row for row in rows_in(table) if not is_hidden(row, "euro_low", "euro_high", "euro_main")]
    if not rows:
        return NOTHING
    widest = max(rows, key=lambda row: abs(row.euro_high - row.euro_low))
    ends = sorted((widest.euro_low, widest.euro_high))
    turning = [INPUTS[row.input].lower() for row in rows if row.euro_low * row.euro_high < 0]
    what = "Het saldo" if rows[0].costs else "De besparing"
    sentences = [
        (
            f"Wij veranderen steeds één getal en laten de andere gelijk. {what} per deelnemer hangt het meest af van: "
            f"{INPUTS[widest.input].lower()}. Dan loopt de uitkomst van {dutch.euro(ends[0])} tot {dutch.euro(ends[1])}."
        ),
        _turning(turning, is_balance=bool(rows[0].costs), is_below=ends[0] < 0),
    ]
    return carried([" ".join(sentences)], grade, "benefits_sensitivity()")


@from_protected
def benefits_method(saved: ProtectedTable, grade: str) -> Block:
    """Say how the months and the euros were worked out, with which price, and what is not in them."""
    (row,) = rows_in(saved)
    years = (
        f"{row.first_year:.0f}"
        if row.first_year == row.last_year
        else f"{row.first_year:.0f} tot en met {row.last_year:.0f}"
    )
    other = row.price_year < row.first_year or row.price_year > row.last_year
    paragraphs = [
        (
            "Per persoon tellen wij de maanden met een uitkering sinds de eigen startdag. Het verschil tussen de gemiddelden van beide "
            "groepen is het vlak tussen de twee lijnen. Het interval komt uit de spreiding tussen personen. Partners met één "
            "uitkering tellen daarbij als één."
        ),
        (
            f"Een uitkering kost {dutch.euro(row.euro_price)} per jaar (prijs van {row.price_year:.0f}). Een maand telt voor een twaalfde daarvan. "
            + (f"De meeste mensen zijn gevolgd in {years}. Voor die jaren hebben wij geen prijs met een bron. Wij schatten geen prijs bij." if other
               else "Voor andere jaren schatten wij geen prijs bij.")
        ),
        (
            f"Geld van later telt minder: {dutch.printed_percent(row.discount)} per jaar. Dat is sinds 2021 de standaard (de discontovoet). "
            "Alles is omgerekend naar de startdag."
        ),
        _couples(row),
        (
            "Wie overleed, heeft daarna geen uitkering. Wie parttime werkt, houdt een deel van de uitkering: dat deel telt hier als een "
            "hele uitkering. De besparing daarop is niet meegeteld."
        ),
        "Stappen op de participatieladder zijn niet omgerekend in geld. Daarvoor is geen bedrag dat algemeen wordt gebruikt.",
    ]  # fmt: skip
    return carried(paragraphs, grade, "benefits_method()")


def _difference(row: Any) -> str:
    return (
        f"In de eerste {dutch.months(int(row.months))} hadden de deelnemers gemiddeld {_months(row.months_programme)} een uitkering. In de "
        f"vergelijkingsgroep was dat {_months(row.months_comparison)}. Het verschil: deelnemers hadden {_side(row.months_less)} een uitkering "
        f"(van {_side(row.months_lower)} tot {_side(row.months_upper)})."
    )


def _worth(row: Any) -> str:
    low, high = row.euro_saving_lower, row.euro_saving_upper
    what = "minder" if row.euro_saving >= 0 else "meer"
    between = f"van {dutch.euro(low)} tot {dutch.euro(high)}"
    if low < 0 < high:
        between = f"van {dutch.euro(-low)} meer tot {dutch.euro(high)} minder"
    elif high <= 0:
        between = f"van {dutch.euro(-high)} tot {dutch.euro(-low)}"
    return f"Per deelnemer is dat {dutch.euro(abs(row.euro_saving))} {what} aan uitkeringen ({between})."


def _caveat(row: Any, grade: str) -> str:
    if row.months_lower < 0 < row.months_upper:
        also = "Het verschil is niet groot genoeg om toeval uit te sluiten: er kan ook geen verschil zijn."
        return also if grade == "A" else f"{also} {CAVEATS[grade]}" if grade != "B" else also
    return CAVEATS[grade]


def _against_costs(row: Any) -> str:
    if not row.costs:
        return f"Wat het programma kost, is ons niet bekend. {_may_cost(row)}"
    costs = f"Het programma kost {dutch.BOUNDS[_precision(row)]}{dutch.euro(row.euro_costs)} per deelnemer (het hele bedrag, gedeeld door {dutch.number(row.n_programme)} deelnemers)."
    bound = dutch.BOUNDS[OPPOSITE.get(_precision(row), _precision(row))]
    between = f"van {dutch.euro(row.euro_balance_lower)} tot {dutch.euro(row.euro_balance_upper)}"
    return f"{costs} Besparing min kosten is {bound}{dutch.euro(row.euro_balance)} per deelnemer binnen {dutch.months(int(row.months))} ({between})."


def _may_cost(row: Any) -> str:
    within = f"binnen {dutch.months(int(row.months))}"
    if row.euro_saving <= 0:
        said = f"Er is {within} geen besparing gevonden. Dan verdient geen enkel bedrag zich in die tijd terug."
        also = f" Door toeval kan er ook een besparing van {dutch.euro(row.euro_saving_upper)} zijn."
        return said + (also if row.euro_saving_upper > 0 else "")
    most = (
        "Stel dat dit verschil er zonder het programma niet was geweest. Dan mag het programma hoogstens "
        f"{dutch.euro(row.euro_saving)} per deelnemer kosten"
    )
    later = f"Kost het meer, dan is het {within} niet terugverdiend."
    if row.euro_saving_lower <= 0:
        return f"{most}. {later} Door toeval kan dat bedrag ook nul zijn, of {dutch.euro(row.euro_saving_upper)}."
    return f"{most} (van {dutch.euro(row.euro_saving_lower)} tot {dutch.euro(row.euro_saving_upper)}). {later}"


def _costs_alone(row: Any) -> str:
    """Say what the costs are worth in months, which needs nobody to compare with."""
    if not row.costs:
        return "Wat het programma kost, is ons niet bekend."
    if is_hidden(row, "euro_costs"):
        return ""
    return (
        f"Het programma kost {dutch.BOUNDS[_precision(row)]}{dutch.euro(row.euro_costs)} per deelnemer (het hele bedrag, gedeeld door {dutch.number(row.n_programme)} deelnemers). Dat is evenveel als "
        f"{_months(row.months_needed)} uitkering. Pas als deelnemers gemiddeld zo veel korter een uitkering hebben dan zonder het "
        "programma, betaalt de besparing de kosten."
    )


def _needed(row: Any) -> str:
    return (
        f"Het programma kost {dutch.BOUNDS[_precision(row)]}{dutch.euro(row.euro_costs)} per deelnemer (het hele bedrag, gedeeld door {dutch.number(row.n_programme)} deelnemers). Dat is evenveel als "
        f"{_months(row.months_needed)} uitkering. Deelnemers hadden {_side(row.months_less)} een uitkering."
    )


def _anyway(row: Any) -> str:
    if pd.isna(row.share_anyway):
        return ""
    if row.share_anyway >= 1:
        return "De mensen in de vergelijkingsgroep waren minstens zo lang zonder uitkering als de deelnemers."
    return (
        "De mensen in de vergelijkingsgroep waren ook een deel van de tijd zonder uitkering: "
        f"{dutch.percent(row.share_anyway, 0)} van de maanden die deelnemers zonder uitkering waren."
    )


def _at_break_even(row: Any) -> str:
    if pd.isna(row.break_even):
        return ""
    within = f"binnen {dutch.months(int(row.months))}"
    if row.break_even < 0:
        return f"De kosten zijn hoger dan alle maanden zonder uitkering samen waard zijn. Zij zijn {within} dus niet terug te verdienen."
    return (
        f"Stel dat meer dan {dutch.percent(row.break_even, 0)} van de maanden zonder uitkering er ook zonder het programma was geweest. Dan zijn "
        f"de kosten van {dutch.euro(row.euro_costs)} {within} niet terugverdiend."
    )


def _pace(row: Any) -> str:
    if row.months_less <= 0:
        return "Bij dit verschil verdienen de kosten zich niet terug."
    ends = [] if pd.isna(row.months_to_pay_fast) else [f"op zijn vroegst na {_long(row.months_to_pay_fast)}"]
    ends.append(
        "mogelijk nooit" if pd.isna(row.months_to_pay_slow) else f"op zijn laatst na {_long(row.months_to_pay_slow)}"
    )
    return f"Gaat het verschil in dit tempo door, dan zijn de kosten na {_long(row.months_to_pay)} terugverdiend ({', '.join(ends)})."


def _turning(inputs: list[str], *, is_balance: bool, is_below: bool) -> str:
    """Say with which inputs the sign of the result changes."""
    if not inputs:
        return f"Bij al deze veranderingen blijft de uitkomst {'onder' if is_below else 'boven'} nul."
    what = "er winst of verlies is" if is_balance else "er een besparing is"
    return f"Of {what}, hangt af van: {dutch.listing(inputs)}."


def _out_of_view(row: Any) -> str:
    shown = [] if is_hidden(row, "n_out_comparison") or not row.n_out_comparison else [row.n_out_comparison]
    if not shown:
        return ""
    said = (
        f"Van de {dutch.number(row.n_comparison)} mensen in de vergelijkingsgroep raakten er {dutch.number(row.n_out_comparison)} uit beeld: zij "
        "gingen later zelf meedoen, of verhuisden. Wij nemen aan dat het daarna met hen ging zoals met anderen die op die dag ook "
        "een uitkering hadden, of ook geen."
    )
    if is_hidden(row, "bound_lower") or pd.isna(row.bound_lower):
        return said
    return (
        f"{said} Klopt dat helemaal niet, dan hadden deelnemers ergens tussen {_side(row.bound_lower)} en "
        f"{_side(row.bound_upper)} een uitkering."
    )


def _couples(row: Any) -> str:
    if not is_hidden(row, "n_sharing") and row.n_sharing == 0:
        return ""
    if is_hidden(row, "n_sharing"):
        return "Een paar deelnemers deelt een uitkering met een andere deelnemer. Die telt hier twee keer. De besparing is dus iets lager."
    return (
        f"Van de {dutch.number(row.n_programme)} deelnemers deelden er {dutch.number(row.n_sharing)} een uitkering met een andere deelnemer. Die "
        "uitkering telt in het geld één keer."
    )


def _side(months: float) -> str:
    """Say how much longer or shorter participants had a benefit."""
    if not round(months, 1):
        return "even lang"
    return f"{_months(abs(months))} {'korter' if months > 0 else 'langer'}"


def _months(months: float) -> str:
    number = _month_number(months)
    return f"{number} maand" if abs(months) < 1.95 else f"{number} maanden"


def _month_number(months: float) -> str:
    return dutch.number(round(months, 1) + 0.0, 1)


def _long(months: float) -> str:
    return f"meer dan {dutch.months(LONGEST)}" if months > LONGEST else dutch.months(max(1, round(months)))


def _precision(row: Any) -> str:
    """Say how exact the published costs are."""
    return PRECISIONS[int(row.costs)]


def _is_alone(row: Any) -> bool:
    """Whether there is nobody to compare with."""
    return not is_hidden(row, "n_comparison") and row.n_comparison == 0
