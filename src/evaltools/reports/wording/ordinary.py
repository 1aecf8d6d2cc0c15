"""Sentences of the evaluation on the ordinary outflow to work, as CBS publishes it: a benchmark of other people, in another year."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.peers_terms import is_given, place, share, share_to_work
from evaltools.reports.rows import is_shown
from evaltools.reports.wording.base import carried, rows_in


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
    rows = [row for row in rows_in(shares) if is_given(row.share)]
    if not rows or rows[0].kind != "municipality":
        return NOTHING
    own, *wider = rows
    beside = [f"in {place(row)} {share(row.share)}" for row in wider]
    paragraphs = [
        (
            f"Hoeveel mensen gaan in een gewoon jaar naar werk? In {own.year:.0f} was dat in {own.name} {share_to_work(own)} van alle mensen die dat jaar "
            f"bijstand hadden ({dutch.interval(own.lower_of_all, own.upper_of_all)}, door toeval en afronding). "
            f"{dutch.capital(dutch.listing(beside))}. {_participants(results)}"
        ).strip(),
        (
            "Dat zijn niet dezelfde mensen. Het CBS telt iedereen tot de AOW-leeftijd die ergens in het jaar bijstand had, ook wie er net in kwam. Wie kort "
            "bijstand heeft, vindt vaker werk. Het programma koos zijn deelnemers, en het jaar is een ander. Het CBS telt bovendien iedereen die in het jaar "
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
    return f"Van de deelnemers was na {dutch.months(int(row.months))} {share(row.share_programme)} uit de bijstand met werk."


def _deadweight(results: ProtectedTable, own: Any, saved: ProtectedTable) -> str:
    """Say which part of the exits to work there would be at the ordinary share, beside the part at which the costs are paid."""
    row, (pays,) = _work(results), rows_in(saved)
    if row is None or not row.share_programme:
        return ""
    anyway = own.share / row.share_programme
    said = "Stel dat van de deelnemers zonder programma evenveel naar werk waren gegaan als in dat gewone jaar. " + (
        "Dan was alle uitstroom naar werk er ook zonder programma geweest."
        if anyway >= 1
        else f"Dan was ongeveer {dutch.percent(anyway, 0)} van hun uitstroom naar werk er ook zonder programma geweest."
    )
    if not is_shown(pays, "break_even"):
        return f"{said} Vanaf welk deel de kosten niet zijn terugverdiend, is hier niet te zeggen: de kosten staan niet in de bronnen, of wij tonen ze niet."
    if pays.break_even < 0:
        return f"{said} De kosten zijn hoe dan ook niet terugverdiend binnen {dutch.months(int(pays.months))}."
    return (
        f"{said} De kosten zijn binnen {dutch.months(int(pays.months))} terugverdiend zolang dat deel onder {dutch.percent(pays.break_even, 0)} blijft. Dat "
        "laatste deel is van maanden zonder uitkering, niet van mensen."
    )


def _work(results: ProtectedTable) -> Any | None:
    """Find the row of work at the main horizon, where its share is shown."""
    rows = [row for row in rows_in(results) if row.outcome == "work" and int(row.months) == int(row.main_months)]
    return next((row for row in rows if is_shown(row, "share_programme")), None)
