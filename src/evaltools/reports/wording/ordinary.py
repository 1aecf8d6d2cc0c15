"""Sentences of the evaluation on the ordinary outflow to work, as CBS publishes it: a benchmark of other people, in another year."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.peers_terms import AROUND, between, place, share, share_to_work
from evaltools.reports.rows import is_shown
from evaltools.reports.wording.base import carried, rows_in

MONTHS_OF_A_YEAR = 12
"""CBS counts the exits of a year: they stand beside a horizon of as long only."""

CHOSEN = {
    "before": "Dat is het laatste jaar vóór het programma waarvan wij cijfers hebben.",
    "first": "Van vóór het programma hebben wij geen cijfers.",
    "unknown": "Wanneer het programma begon, staat niet in de bronnen. Dit is het laatste jaar waarvan wij cijfers hebben.",
}
"""Why the figures are of this year."""


@from_protected
def ordinary_outflow(results: ProtectedTable, shares: ProtectedTable, saved: ProtectedTable, grade: str) -> Block:
    """Set who of the participants works beside how many leave to work in an ordinary year, and the break-even deadweight beside that.

    Nothing is said without figures of CBS.

    Parameters
    ----------
    results
        From `findings.evaluation.outcomes`.
    shares
        From `findings.peers.ordinary_shares`.
    saved
        From `findings.benefits.months_saved`, for the break-even.
    """
    rows = [row for row in rows_in(shares) if dutch.is_given(row.share)]
    if not rows or rows[0].kind != "municipality":
        return NOTHING
    own, *wider = rows
    beside = [f"in {place(row)} {share(row.share)}" for row in wider if row.kind in AROUND]
    paragraphs = [
        (
            f"In {own.year:.0f} ging in {own.name} {share_to_work(own)} van de mensen tot de AOW-leeftijd met bijstand "
            f"naar werk ({between(own.lower_of_all, own.upper_of_all)}, door toeval en afronding). {dutch.capital(dutch.listing(beside))}. {CHOSEN[own.chosen]} {_participants(results)}"
        ).strip(),
        (
            "Dat zijn niet dezelfde mensen. Het CBS telt iedereen tot de AOW-leeftijd die ergens in het jaar bijstand had, ook wie er net in kwam. Het "
            "programma koos zijn deelnemers, en het jaar is een ander. Het CBS telt bovendien iedereen die in het jaar "
            "naar werk ging; de evaluatie telt wie aan het eind van de periode werkt. Een verschil met deze cijfers zegt dus niet waar het vandaan komt "
            "(bewijskracht D)."
        ),
        _deadweight(results, own, saved),
    ]
    return carried([each for each in paragraphs if each], grade, "ordinary_outflow()")


def _participants(results: ProtectedTable) -> str:
    row = _work(results)
    if row is None:
        return ""
    simulated = " (De deelnemers zijn gesimuleerd, de cijfers van het CBS zijn echt.)" if results.is_simulated else ""
    return f"Van de deelnemers was na {dutch.months(int(row.months))} {share(row.share_programme)} uit de bijstand met werk.{simulated}"


def _deadweight(results: ProtectedTable, own: Any, saved: ProtectedTable) -> str:
    """Say which part of the exits to work there would be at the ordinary share, beside the part at which the costs are paid."""
    row, (pays,) = _work(results), rows_in(saved)
    if row is None or not row.share_programme or not own.n_outflow_work or int(row.months) != MONTHS_OF_A_YEAR:
        return ""
    low, high = (min(1.0, end / row.share_programme) for end in (own.lower_of_all, own.upper_of_all))
    ends = f"{dutch.percent(low, 0)} en {'alles' if high == 1 else dutch.percent(high, 0)}"
    span = "" if round(low, 2) == 1 else f" Door toeval en afronding kan dat ook iets tussen {ends} zijn."
    said = (
        "Stel dat van de deelnemers zonder programma evenveel naar werk waren gegaan als in dat gewone jaar. Dan was "
        f"{'alle' if own.share >= row.share_programme else 'ongeveer ' + dutch.percent(own.share / row.share_programme, 0) + ' van hun'} uitstroom naar werk er "
        f"ook zonder programma geweest.{span}"
    )
    if not is_shown(pays, "break_even"):
        return f"{said} Vanaf welk deel de kosten niet zijn terugverdiend, is hier niet te zeggen: de kosten staan niet in de bronnen, of wij tonen ze niet."
    within = f"binnen {dutch.months(int(pays.months))}"
    if pays.break_even < 0:
        return f"{said} De kosten zijn {within} hoe dan ook niet terugverdiend."
    return (
        f"{said} Ernaast: de kosten zijn {within} niet terugverdiend als meer dan {dutch.percent(pays.break_even, 0)} van alle maanden zonder uitkering er ook "
        "zonder programma was geweest. Dat gaat over maanden, en over elk vertrek, niet alleen naar werk. De twee getallen zijn dus niet hetzelfde."
    )


def _work(results: ProtectedTable) -> Any | None:
    """Find the row of work at the main horizon, where its share is shown."""
    rows = [row for row in rows_in(results) if row.outcome == "work" and int(row.months) == int(row.main_months)]
    return next((row for row in rows if is_shown(row, "share_programme")), None)
