"""Sentences of the page on a target: what was agreed and filled in, groups, workplaces, what is not known, how it was worked out."""

from collections.abc import Container
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.realisation_terms import GROUPS, between, has_usual, last_row, more
from evaltools.reports.rows import is_hidden
from evaltools.reports.wording.base import as_paragraphs, carried, rows_in
from evaltools.reports.wording.realisation import FEW, aim_in_words, swings, years


@from_protected
def target_plan(
    pace: ProtectedTable,
    stock: ProtectedTable,
    exits: ProtectedTable,
    placed: ProtectedTable,
    first_day: str,
    basis: str,
    place: str,
) -> Block:
    """Say what was agreed, and what we had to fill in ourselves: the first day, the part of this municipality, what counts.

    Parameters
    ----------
    basis
        How the first day is known: ``exact``, ``about`` or ``assumed``.
    """
    (aim,) = rows_in(pace)
    rows = rows_in(exits)
    paragraphs = [
        f"Het doel is: {aim_in_words(aim)}." + (f" Extra aandacht is er voor {dutch.listing(list(aim.priority_groups))}." if len(aim.priority_groups) else ""),
        _first(first_day, basis),
        _what_is_extra(rows),
        _division(aim, stock, place),
        _what_counts(rows, rows_in(placed)),
    ]  # fmt: skip
    return as_paragraphs(paragraphs)


@from_protected
def target_beside(exits: ProtectedTable, beside: ProtectedTable, kind: str, grade: str) -> Block:
    """Say what makes the years before less usual than they seem: other programmes, numbers that swing. For a target that is extra.

    Parameters
    ----------
    beside
        From `findings.realisation.beside.programmes_beside`.
    """
    last = last_row(rows_in(exits), kind)
    if last is None or not has_usual(last):
        return NOTHING
    others = rows_in(beside)
    before = [f"‘{row.name}’" for row in others if row.is_before]
    during = [f"‘{row.name}’" for row in others if row.is_during]
    unknown = [f"‘{row.name}’" for row in others if not row.is_known]
    paragraphs = [
        (
            "‘Gewoonlijk’ is hier: zoals in de jaren ervoor. Dat is een aanname. De economie, de wet en de mensen met bijstand zijn "
            "niet elk jaar gelijk."
        ),
        (
            f"In die jaren liep hier ook al: {dutch.listing(before)}. Wie daaraan meedeed en uit de uitkering ging, telt mee als gewoonlijk. Het "
            "verschil valt dan te laag uit."
            if before
            else ""
        ),
        (
            f"In de tijd van het plan liep hier ook: {dutch.listing(during)}. Wie daaraan meedeed en uit de uitkering ging, telt mee bij het plan."
            if during
            else ""
        ),
        f"Van {dutch.listing(unknown)} weten wij niet wanneer het liep." if unknown else "",
        swings(last),
    ]
    return carried(paragraphs, grade, "target_beside()", names=[row.name for row in others])


@from_protected
def target_groups(table: ProtectedTable, pace: ProtectedTable, kind: str, grade: str) -> Block:
    """Say for each priority group of the target what was counted, beside what is usual for it.

    Parameters
    ----------
    table
        From `findings.realisation.progress.by_group`.
    pace
        From `findings.targets.pace`, of this one target.
    """
    rows = [row for row in rows_in(table) if row.kind == kind]
    if not rows:
        return NOTHING
    (aim,) = rows_in(pace)
    named = dutch.listing(list(aim.priority_groups))
    sentences = [f"Het plan geeft extra aandacht aan {named}. De bron noemt voor hen geen eigen doel."]
    sentences += [_group(row) for row in rows if row.subgroup != TOTAL]
    everybody = next(row for row in rows if row.subgroup == TOTAL)
    if not is_hidden(everybody, "per_hundred"):
        sentences.append(
            f"Bij iedereen samen stopte de uitkering {dutch.number(everybody.per_hundred, 1)} keer per 100 mensen met bijstand per jaar."
        )
    sentences.append(
        "Een verschil tussen groepen kan ook komen doordat jongeren altijd al sneller uit de uitkering gaan."
    )
    return carried([" ".join(sentences)], grade, "target_groups()")


@from_protected
def workplaces(table: ProtectedTable, kept: ProtectedTable, employers: ProtectedTable, grade: str) -> Block:
    """Say how many workplaces there were, for how many hours, who kept theirs, and whose benefit ended.

    Parameters
    ----------
    table, kept, employers
        From `findings.realisation.workplaces`.
    """
    rows = {row.kind: row for row in rows_in(table)}
    if not rows:
        return NOTHING
    whole = rows[TOTAL]
    sentences = [_offered(whole, rows_in(employers))]
    if not is_hidden(rows["short"], "n_counted") and not is_hidden(whole, "n_counted"):
        sentences.append(
            f"Van de {dutch.members(int(whole.n_counted), 'persons')} op een werkplek werkten er {dutch.number(rows['short'].n_counted)} minder dan "
            "16 uur per week. Wie zo weinig uren werkt, houdt meestal een deel van de uitkering."
        )
    later = [row for row in rows_in(kept) if getattr(row, "kind", TOTAL) == TOTAL]
    sentences += [sentence for row in later for sentence in _later(row, kept.rows)]
    kept_sentences = [sentence for sentence in sentences if sentence]
    return carried([" ".join(kept_sentences)], grade, "workplaces()")


@from_protected
def target_unknown(exits: ProtectedTable, placed: ProtectedTable, grade: str) -> Block:
    """Say what this page cannot tell."""
    rows = rows_in(exits)
    is_beside = bool(rows) and has_usual(rows[0])
    paragraphs = [
        (
            "Hoeveel mensen er zonder het plan uit de uitkering waren gegaan, weet niemand. Eerdere jaren zijn een houvast, geen bewijs."
            if is_beside
            else "Hoeveel mensen er ook zonder project aan het werk waren gegaan, weet niemand. Er is hier geen groep om mee te vergelijken."
        ),
        "Of mensen later weer een uitkering kregen, staat niet op deze pagina. Een nieuwe uitkering binnen 30 dagen telt wel: dan is iemand niet weggegaan.",
        (
            "Van een deel van wie weg is, weten wij niet waarheen. Uit de uitkering is dus niet hetzelfde als aan het werk."
            if is_beside
            else ""
        ),
        (
            "Wat mensen op hun werkplek verdienden, en of werkgevers de plek ook zonder project hadden gehad, staat niet in het register."
            if rows_in(placed)
            else ""
        ),
        "De laatste maanden zijn bijna volledig: van elke 100 uitkeringen die stoppen, staan er dan minstens 95 in het register.",
    ]  # fmt: skip
    return carried(paragraphs, grade, "target_unknown()")


@from_protected
def target_method(exits: ProtectedTable, grade: str) -> Block:
    """Say how it was counted, compared and predicted."""
    rows = rows_in(exits)
    level = dutch.confidence(rows[0].level) if rows else ""
    is_beside = bool(rows) and has_usual(rows[0])
    paragraphs = [
        "Een uitkering is gestopt op de dag na de laatste dag met uitkering, als er binnen 30 dagen geen nieuwe begint. Maanden tellen vanaf de eerste dag van het plan.",
        (
            f"Gewoonlijk is het aantal in dezelfde maanden {years(rows[0])} eerder, gedeeld door de tijd die mensen toen bijstand hadden, keer de tijd die zij "
            "nu bijstand hebben. Dezelfde maanden, omdat niet elke tijd van het jaar gelijk is."
            if is_beside
            else ""
        ),
        (
            f"De verwachting gaat ervan uit dat mensen in de rest van de tijd even snel {'uit de uitkering gaan' if is_beside or not rows else 'meetellen'} als tot dan. "
            "Hoe snel dat is, is zelf ook een schatting, en toeval is er altijd. Beide zitten in de kans en in het interval (een Poisson-verdeling met een "
            "gammaverdeling voor het tempo: samen een negatief-binomiale verdeling; Gelman e.a. 2013, paragraaf 2.6)."
        ),
        f"Tussen de grenzen van een interval ligt de uitkomst met een kans van {level}." if level else "",
        (
            "Lopen kwartalen meer uiteen dan bij toeval, dan maken wij de intervallen zo veel breder. De schatting daarvan is zelf onzeker."
            if is_beside
            else ""
        ),
    ]  # fmt: skip
    return carried(paragraphs, grade, "target_method()")


def _first(first_day: str, basis: str) -> str:
    day = dutch.day(first_day)
    if basis == "assumed":
        return f"Wanneer het plan begon, staat niet in de bron. Wij nemen aan: op {day}. Met een andere dag worden de cijfers anders."
    around = " De bron noemt die dag niet precies." if basis == "about" else ""
    return f"Wij tellen vanaf {day}.{around}"


def _what_is_extra(rows: list[Any]) -> str:
    if not rows or not rows[0].is_extra:
        return ""
    if not has_usual(rows[0]):
        return "De bron zegt niet: extra boven wat? Het register laat niet zien wat gewoonlijk is."
    return (
        f"De bron zegt niet: extra boven wat? Wij nemen als gewoonlijk: zo veel als in dezelfde maanden {years(rows[0])} eerder, "
        "omgerekend naar het aantal mensen met bijstand van nu."
    )


def _division(aim: Any, stock: ProtectedTable, place: str) -> str:
    if aim.n_municipalities == 1:
        return ""
    if rows_in(stock):
        return (
            f"Het doel is van {dutch.number(aim.n_municipalities)} gemeenten samen. De bron zegt niet welk deel voor {place} is. Wij verdelen het naar "
            "het aantal mensen met bijstand op de eerste dag."
        )
    return (
        f"Het doel is van {dutch.number(aim.n_municipalities)} gemeenten samen. Welk deel voor {place} is, is niet te zeggen: daarvoor zijn de registers "
        f"van alle gemeenten nodig. Daarom staat {place} hier naast het hele doel. Dat is te streng."
    )


def _what_counts(rows: list[Any], placed: list[Any]) -> str:
    if rows and has_usual(rows[0]):
        return (
            "Wij tellen elke keer dat iemand uit de uitkering gaat en binnen 30 dagen geen nieuwe krijgt. De reden maakt niet uit: ook "
            "verhuizen, AOW en overlijden tellen mee, net als in de jaren ervoor."
        )
    if placed:
        return (
            "De bron zegt niet precies wie meetelt. Wie een paar uur per week werkt, verdient meestal te weinig om helemaal uit de uitkering te gaan. "
            "Wij tellen daarom apart: mensen op een werkplek, de uren daarvan, en gekozen mensen die naar werk uit de uitkering gingen."
        )
    return "Wij tellen wie uit de uitkering gaat en binnen 30 dagen geen nieuwe krijgt."


def _group(row: Any) -> str:
    name = "jongeren tot 27 jaar" if row.subgroup == "young" else GROUPS[row.subgroup]
    if is_hidden(row, "n_counted"):
        return f"Hoeveel {name} uit de uitkering gingen, {FEW}."
    said = f"Van de {name} ging {dutch.number(row.n_counted)} keer iemand uit de uitkering"
    if is_hidden(row, "more") or not has_usual(row) or pd.isna(row.more):
        return f"{said}."
    return f"{said}, {more(row.more)} dan gewoonlijk voor hen ({between(row.more_lower, row.more_upper)})."


def _offered(row: Any, employers: list[Any]) -> str:
    by = next((each for each in employers if not is_hidden(each, "n_offering")), None)
    of = f" van {dutch.count(int(by.n_offering), 'employers')}" if by is not None else ""
    if is_hidden(row, "n_offered"):
        return ""
    filled = (
        ""
        if is_hidden(row, "n_counted")
        else f" {dutch.capital(dutch.members(int(row.n_counted), 'persons'))} kwamen op een werkplek."
    )
    return f"In de tijd van het doel waren er {dutch.number(row.n_offered)} werkplekken{of}.{filled}"


def _later(row: Any, columns: Container[str]) -> list[str]:
    """Say what became of those who came into a workplace, as far as it can be shown."""
    found = []
    for name, months in (("twelve", 12), ("six", 6), ("three", 3)):
        if f"n_kept_{name}" in columns and not is_hidden(row, f"n_kept_{name}", "n_counted"):
            of = dutch.portion(int(getattr(row, f"n_kept_{name}")), int(row.n_counted), "persoon", "mensen")
            found.append(f"Na {dutch.months(months)} was nog {of} op die werkplek.")
            break
    if "n_off" in columns:
        after = dutch.months(int(row.months_after))
        if is_hidden(row, "n_off", "n_counted"):
            found.append(
                f"Hoeveel van hen na {after} geen uitkering hadden, tonen wij niet: één van de twee groepen is te klein."
            )
        else:
            found.append(
                f"Na {after} hadden {dutch.number(row.n_off)} van hen geen uitkering meer, en {dutch.number(row.n_on)} nog wel."
            )
    return found
