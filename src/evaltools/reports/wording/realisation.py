"""Sentences of the page on a target: what it is, what was counted, where that ends."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.evaluation_terms import GRADES
from evaltools.reports.realisation_terms import (
    between,
    chance,
    has_usual,
    is_comparable,
    is_from_start,
    last_month,
    last_row,
    more,
    order,
    stretch,
    until,
    whole,
)
from evaltools.reports.rows import is_hidden
from evaltools.reports.wording.base import carried, carried_list, rows_in

FEW = "tonen wij niet: het gaat om te weinig mensen"


@from_protected
def target_summary(
    pace: ProtectedTable,
    stock: ProtectedTable,
    exits: ProtectedTable,
    placed: ProtectedTable,
    employers: ProtectedTable,
    first_day: str,
    kind: str,
    grade: str,
    place: str,
) -> Block:
    """Say on one screen what the target is, what was counted, how sure that is and what is not known.

    Parameters
    ----------
    pace
        From `findings.targets.pace`, of this one target: what was published of it.
    stock
        From `findings.realisation.plan.stock_table`.
    exits, placed
        From `findings.realisation.progress.progress`.
    employers
        From `findings.realisation.workplaces.employers`.
    first_day, kind
        Of the plan: the day on which it begins, and the exits that count (``all`` or ``work``).
    grade
        Of the evidence, ``D`` or ``E``.
    place
        Name of the municipality.
    """
    (aim,) = rows_in(pace)
    rows = rows_in(exits)
    last = last_row(rows, kind)
    sentences = [f"Het doel: {aim_in_words(aim)}. {_part(aim, stock, last, place)}".strip()]
    if last is None or not is_comparable(last):
        found, headline = _nothing_usual(rows, first_day)
    elif has_usual(last):
        found, headline = _extra(last, first_day, kind)
    else:
        found, headline = _plain(rows_in(placed), last, rows_in(employers), first_day, kind)
    sentences += [*found, _how_sure(grade), _unknown(last, grade)]
    kept = [sentence for sentence in sentences if sentence]
    return carried_list(kept, grade, "target_summary()", headline=f"{headline} (bewijskracht {grade}).")


@from_protected
def target_forecast(table: ProtectedTable, what: str, first_day: str, kind: str, grade: str) -> Block:
    """Say where it ends at this pace, what halfway would have been said, and why to be careful with it.

    Parameters
    ----------
    table
        From `findings.realisation.progress.progress`.
    what, first_day, kind
        As in `tables.realised`.
    """
    wanted = TOTAL if what == "placed" else kind
    rows = [row for row in rows_in(table) if row.kind == wanted and is_from_start(row) and is_comparable(row)]
    shown = [row for row in sorted(rows, key=order) if not is_hidden(row, "end", "chance") and pd.notna(row.end)]
    if not shown:
        return NOTHING
    last = shown[-1]
    halfway = min(shown, key=lambda row: abs(last_month(row) - row.months_target / 2))
    sentences = [_at_end(last, first_day, what, kind)]
    if last_month(halfway) < last_month(last):
        sentences.append(_halfway(halfway, last, first_day))
    is_over = last_month(last) >= last.months_target
    paragraphs = [" ".join(sentences), _caution(last) if not is_over or len(sentences) > 1 else ""]
    return carried(paragraphs, grade, "target_forecast()")


@from_protected
def target_realised(table: ProtectedTable, what: str, first_day: str, grade: str) -> Block:
    """Say how many left the benefit, and how many of these to work. From `findings.realisation.progress.progress`."""
    rows = rows_in(table)
    last, to_work = last_row(rows, TOTAL), last_row(rows, "work")
    if last is None or to_work is None:
        return NOTHING
    when = stretch(first_day, last.months).replace(" t/m ", " tot en met ")
    if is_hidden(last, "n_counted"):
        sentences = [f"Hoeveel mensen er van {when} uit de uitkering gingen, {FEW}."]
    elif what == "exits":
        sentences = [
            f"Van {when} ging {dutch.number(last.n_counted)} keer iemand uit de uitkering. Wie twee keer wegging, telt twee keer."
        ]
    else:
        sentences = [f"Van de deelnemers gingen er van {when} {dutch.number(last.n_counted)} uit de uitkering."]
    if not is_hidden(last, "n_counted") and not is_hidden(to_work, "n_counted") and last.n_counted:
        share = dutch.percent(to_work.n_counted / last.n_counted, int(last.n_counted))
        sentences.append(f"Daarvan gingen er {dutch.number(to_work.n_counted)} naar werk ({share}).")
    return carried([" ".join(sentences)], grade, "target_realised()")


def aim_in_words(aim: Any) -> str:
    """Write a target of `findings.targets.pace`."""
    number = dutch.as_published(aim.n, None, aim.precision, aim.as_published)
    noun = dutch.UNITS[aim.unit][1]
    partner = "" if pd.isna(aim.n_partners) else f", samen met {dutch.number(aim.n_partners)} {aim.partner}"
    where = f", in {dutch.number(aim.n_municipalities)} gemeenten samen" if aim.n_municipalities > 1 else ""
    return f"{number} {noun} {aim.label} in {dutch.months(aim.months)}{where}{partner}"


def _part(aim: Any, stock: ProtectedTable, last: Any | None, place: str) -> str:
    """Say which part of a shared target is this municipality's."""
    if aim.n_municipalities == 1 or last is None:
        return ""
    if not rows_in(stock):
        return (
            f"Welk deel daarvan voor {place} is, weten wij niet. Wij leggen de cijfers van {place} naast het hele doel."
        )
    return f"Voor {place} rekenen wij met {whole(last.target)} daarvan."


def _extra(row: Any, first_day: str, kind: str) -> tuple[list[str], str]:
    """Say what was counted beyond what is usual, and whether that is the target."""
    of = " naar werk" if kind == "work" else ""
    is_over = last_month(row) >= row.months_target
    share = (
        f"alle {dutch.months(last_month(row))}"
        if is_over
        else f"{last_month(row)} van de {dutch.months(int(row.months_target))}"
    )
    seen = f"{stretch(first_day, row.months)} ({share})"
    if is_hidden(row, "n_counted", "usual", "more"):
        return [f"Hoeveel mensen er{of} uit de uitkering gingen, {FEW}."], "Het aantal is te klein om te tonen"
    if pd.isna(row.usual):
        return [
            f"In {seen} gingen er {dutch.number(row.n_counted)} mensen{of} uit de uitkering."
        ], "Wat gewoonlijk is, is niet bekend"
    found = [
        (
            f"Van {seen.replace(' t/m ', ' tot en met ')} ging {dutch.number(row.n_counted)} keer iemand{of} uit de uitkering. Gewoonlijk zijn "
            f"dat er {whole(row.usual)} (van {whole(row.usual_lower)} tot {whole(row.usual_upper)}), vergeleken met dezelfde maanden "
            f"{years(row)} eerder."
        ),
        f"Dat zijn er {more(row.more)} dan gewoonlijk ({between(row.more_lower, row.more_upper)}). {_chance_or_not(row)}".strip(),
        _reached(row),
    ]  # fmt: skip
    return found, f"{more(row.more)} dan gewoonlijk{of} uit de uitkering; het doel is {whole(row.target)} meer"


def _chance_or_not(row: Any) -> str:
    return "Dat kan toeval zijn: het interval laat meer en minder toe." if row.more_lower < 0 < row.more_upper else ""


def _reached(row: Any) -> str:
    """Say whether the target is reached, or is to be."""
    if is_hidden(row, "chance", "end") or pd.isna(row.chance):
        return ""
    if last_month(row) >= row.months_target:
        return (
            f"De tijd voor het doel is om. De kans dat {whole(row.target)} extra is gehaald, is {chance(row.chance)}. Zeker weten kan niet: "
            "hoeveel mensen er zonder plan waren weggegaan, is een schatting."
        )
    return (
        f"Gaat het verder zoals tot nu toe, dan is het aan het eind {more(row.end)} dan gewoonlijk ({between(row.end_lower, row.end_upper)}). De kans op "
        f"het doel van {whole(row.target)} extra is dan {chance(row.chance)}."
    )


def _plain(placed: list[Any], last: Any, employers: list[Any], first_day: str, kind: str) -> tuple[list[str], str]:
    """Say how many were counted in each way that the target can be meant."""
    all_placed, short, long = (last_row(placed, each) for each in (TOTAL, "short", "long"))
    aim = whole(last.target)
    counts: list[int] = []
    found: list[str] = []
    if all_placed is not None:
        came = f"Hoeveel mensen op een werkplek kwamen, {FEW}."
        if not is_hidden(all_placed, "n_counted"):
            counts.append(int(all_placed.n_counted))
            when = stretch(first_day, all_placed.months).replace(" t/m ", " tot en met ")
            came = f"Van {when} kwamen {dutch.members(counts[0], 'persons')} op een werkplek{_hours(short, long)}."
        found.append(" ".join([came, *(_employers(row) for row in employers)]).strip())
    of = " naar werk" if kind == "work" else ""
    who = "Van de mensen die voor het project waren gekozen," if all_placed is not None else "Van de deelnemers"
    left = f"Hoeveel van de deelnemers{of} uit de uitkering gingen, {FEW}."
    if not is_hidden(last, "n_counted"):
        counts.append(int(last.n_counted))
        left = f"{who} gingen er in {_those_months(last)} {dutch.number(last.n_counted)} uit de uitkering{of}."
    verdict = _verdict(counts, last, is_all_shown=len(counts) == (1 if all_placed is None else 2))
    found.append(f"{left} {verdict}".strip())
    n = f"{dutch.number(counts[0])} van de {aim}" if counts else f"Te weinig mensen om te tonen, bij een doel van {aim}"
    what = (
        "op een werkplek"
        if all_placed is not None and not is_hidden(all_placed, "n_counted")
        else f"uit de uitkering{of}"
    )
    return found, f"{n} {what}" if counts else n


def _those_months(row: Any) -> str:
    """Name the time of the plan that is seen."""
    seen = last_month(row)
    return "die tijd" if seen >= row.months_target else f"de eerste {dutch.months(seen)}"


def _hours(short: Any | None, long: Any | None) -> str:
    """Say how many of the workplaces are too small for a job."""
    if short is None or long is None or is_hidden(short, "n_counted") or is_hidden(long, "n_counted"):
        return ""
    return f": {dutch.number(short.n_counted)} voor minder dan 16 uur per week en {dutch.number(long.n_counted)} voor 16 uur of meer"


def _verdict(counts: list[int], last: Any, *, is_all_shown: bool) -> str:
    if not counts:
        return ""
    aim = whole(last.target)
    is_over = last_month(last) >= last.months_target
    if max(counts) < last.target:
        if not is_all_shown or (is_over and len(counts) == 1):
            return f"{dutch.number(max(counts))} is minder dan het doel van {aim}."
        return f"Hoe er ook wordt geteld: het doel van {aim} is {'niet' if is_over else 'nog niet'} gehaald."
    if min(counts) >= last.target and is_all_shown:
        return f"Het doel van {aim} is gehaald."
    return f"Of het doel van {aim} is gehaald, hangt ervan af wat meetelt."


def _employers(row: Any) -> str:
    if is_hidden(row, "n_offering"):
        return ""
    sought = f" Het doel was {dutch.number(row.n_sought)} werkgevers." if row.n_sought else ""
    return f"{dutch.count(int(row.n_offering), 'employers')} boden een werkplek aan.{sought}"


def _nothing_usual(rows: list[Any], first_day: str) -> tuple[list[str], str]:
    """Say what was counted where it is not known to what a target is extra."""
    last = last_row(rows, TOTAL)
    headline = "Wat gewoonlijk is, laat het register niet zien"
    if last is None or is_hidden(last, "n_counted"):
        return [f"{headline}. Of het doel wordt gehaald, is daarom niet te zeggen."], headline
    when = stretch(first_day, last.months).replace(" t/m ", " tot en met ")
    return [
        f"Van {when} ging {dutch.number(last.n_counted)} keer iemand uit de uitkering.",
        (
            "Hoeveel dat er gewoonlijk zijn, weten wij niet: het register laat de jaren ervoor niet zien. Of het doel van extra uitstroom wordt "
            "gehaald, is daarom niet te zeggen."
        ),
    ], headline


def _how_sure(grade: str) -> str:
    return f"Bewijskracht: {grade}, op een schaal van A (sterk) tot en met E (geen): {GRADES[grade]}."


def _unknown(last: Any | None, grade: str) -> str:
    if last is None or grade == "E":
        return "Niet bekend: hoeveel mensen ook zonder project aan het werk waren gegaan. Dit is geen effectmeting."
    return "Niet bekend: waar het verschil met eerdere jaren vandaan komt. Dat kan het plan zijn, maar ook iets anders."


def years(row: Any) -> str:
    """Write how many years before what is usual was counted."""
    years = int(row.years_before)
    return "een jaar" if years == 1 else f"{dutch.number(years)} jaar"


def _caution(row: Any) -> str:
    """Say what a prediction takes for granted."""
    assumed = "Een verwachting gaat ervan uit dat de rest van de tijd is zoals de tijd tot dan."
    if has_usual(row):
        return f"{assumed} Verandert er iets, zoals bij corona, dan klopt zij niet."
    return (
        f"{assumed} Dat hoeft niet zo te zijn. Een project begint vaak langzaam. En in het derde kwartaal stoppen landelijk de meeste uitkeringen "
        "(CBS, tabel 82662NED)."
    )


def _at_end(row: Any, first_day: str, what: str, kind: str) -> str:
    known = f"Met de cijfers tot en met {until(first_day, row.months)}"
    is_over = last_month(row) >= row.months_target
    if has_usual(row):
        if is_over:
            return (
                f"De tijd is om. {known} is het {more(row.end)} dan gewoonlijk ({between(row.end_lower, row.end_upper)}). De kans dat het doel van "
                f"{whole(row.target)} extra is gehaald, is {chance(row.chance)}."
            )
        return (
            f"{known} verwachten wij aan het eind {more(row.end)} dan gewoonlijk ({between(row.end_lower, row.end_upper)}). De kans op het doel van "
            f"{whole(row.target)} extra is {chance(row.chance)}."
        )
    if is_over:
        counted = "op een werkplek" if what == "placed" else f"uit de uitkering{' naar werk' if kind == 'work' else ''}"
        return f"De tijd is om. {known} zijn het er {whole(row.end)} {counted}. Het doel was {whole(row.target)}."
    return (
        f"{known} verwachten wij er aan het eind {whole(row.end)} (van {whole(row.end_lower)} tot {whole(row.end_upper)}). De kans op het doel van "
        f"{whole(row.target)} is {chance(row.chance)}."
    )


def _halfway(row: Any, last: Any, first_day: str) -> str:
    """Say what would have been said at about half of the time."""
    if has_usual(row):
        expected = f"{more(row.end)} dan gewoonlijk ({between(row.end_lower, row.end_upper)})"
    else:
        expected = f"{whole(row.end)} (van {whole(row.end_lower)} tot {whole(row.end_upper)})"
    came = ""
    if last_month(last) >= last.months_target:
        is_inside = row.end_lower <= last.end <= row.end_upper
        came = f" Het werd {more(last.end) if has_usual(last) else whole(last.end)}: dat ligt {'binnen' if is_inside else 'buiten'} die grenzen."
    return (
        f"Na {dutch.months(last_month(row))}, met de cijfers tot en met {until(first_day, row.months)}, was de verwachting: {expected}. De kans op het doel was "
        f"toen {chance(row.chance)}.{came}"
    )


def swings(row: Any) -> str:
    """Say that numbers swing more than by chance, where they do."""
    spread = getattr(row, "dispersion", None) if has_usual(row) and not is_hidden(row, "dispersion") else None
    if spread is None or pd.isna(spread) or spread < 1.5:
        return ""
    return (
        f"In de jaren ervoor liepen de aantallen per kwartaal veel meer uiteen dan bij toeval: {dutch.number(spread, 1)} keer zo veel. Daarom zijn de "
        "intervallen zo breed."
    )
