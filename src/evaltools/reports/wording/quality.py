"""Sentences of the page on the quality of a register."""

from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch, register_terms
from evaltools.reports.block import Block, from_protected
from evaltools.reports.rows import is_hidden
from evaltools.reports.wording.base import as_list, as_paragraphs, rows_in

MUCH_MISSING = 0.05
"""A column with more missing than this is named; on top of it conclusions may lean to those who are known."""
MOST_NAMED = 3
LEAST_ROWS = 100
"""In fewer rows than this no share is shown."""


@from_protected
def quality_summary(
    followed: ProtectedTable, completeness: ProtectedTable, impossible: ProtectedTable, duplicates: ProtectedTable
) -> Block:
    """Say on one screen up to which day the register is complete, what is good in it and what is not.

    The tables are those of `registers.quality` (``followed_until``, ``completeness``) and
    `registers.consistency` (``impossible``, ``duplicates``).
    """
    (until,) = rows_in(followed)
    sentences = [
        *_until_sentences(until),
        _missing_summary(rows_in(completeness)),
        _impossible_summary(rows_in(impossible), impossible.base),
        _duplicate_summary(rows_in(duplicates), duplicates.base),
        "Deze pagina zegt niet of de ingevoerde gegevens waar zijn. Zij zegt alleen of zij er zijn en of zij bij elkaar passen.",
    ]
    return as_list(sentences, headline=_headline(until))


@from_protected
def completeness(table: ProtectedTable) -> Block:
    """Say what it means that values are missing."""
    rows = [row for row in rows_in(table) if row.n_rows > 0]
    if not rows:
        return as_paragraphs(["In dit register staan geen tabellen waarin iets kan ontbreken."])
    return as_paragraphs(
        [
            (
                "Een gegeven ontbreekt alleen als het er hoort te staan. Bij een uitkering die nog loopt, hoort geen "
                "reden van het einde. Wat altijd verplicht is, staat niet in de tabel: zonder dat wordt een rij niet ingelezen."
            ),
            (
                "Ontbreekt er veel, dan kan een uitkomst scheef zijn. Mensen van wie een gegeven ontbreekt, zijn vaak "
                "anders dan mensen van wie het bekend is."
            ),
        ]
    )


@from_protected
def impossible(table: ProtectedTable) -> Block:
    """Say on how many rules the register was checked, and what was found."""
    rows = rows_in(table)
    # A rule of the reading of a file stands in the table only where a row broke it.
    n_rules = sum(row.kind == "impossible" and row.rule in register_terms.RULES for row in rows)
    few = dutch.rounded_count(0, table.base)
    return as_paragraphs(
        [
            (
                f"De rijen zijn gecontroleerd met {dutch.number(n_rules)} regels over wat niet kan, zoals een einde vóór "
                f"het begin. {_impossible_summary(rows, table.base)} Een regel met {few} rijen staat niet in de tabel."
            )
        ]
    )


@from_protected
def duplicates(table: ProtectedTable) -> Block:
    """Say whether rows stand more than once."""
    return as_paragraphs([_duplicate_summary(rows_in(table), table.base)])


@from_protected
def registration_lag(followed: ProtectedTable, lag: ProtectedTable) -> Block:
    """Say how late ends are registered, and what that means for who is followed until when."""
    (until,) = rows_in(followed)
    first = (
        "Dat een uitkering stopt, wordt vaak pas later ingevoerd. Op de dag waarop de gegevens zijn opgehaald, lijken "
        "sommige uitkeringen daarom nog te lopen."
    )
    unknown = (
        f"Van {dutch.rounded_count(until.n_unknown, followed.base)} uitkeringen die stopten, ontbreekt de dag van invoer. "
        "Die tellen hier niet mee."
        if until.n_unknown
        else ""
    )
    if pd.isna(until.days_lag):
        return as_paragraphs([first, _not_measured(until), unknown])
    known = [row for row in rows_in(lag) if not pd.isna(row.share_registered)]
    shares = [
        f"{dutch.percent(row.share_registered, 0)} {register_terms.within(row.lag)}" for row in (known[:1] + known[2:3])
    ]
    estimated = f"Naar schatting is ongeveer {dutch.listing(shares)} ingevoerd. " if shares else ""
    return as_paragraphs(
        [
            first,
            (
                f"Wij hebben dit gemeten aan {dutch.number(until.n_ends)} keer dat een uitkering stopte. Een paar dat "
                f"samen stopte, telt één keer. {estimated}{_share_within(until)}"
            ),
            (
                f"De gegevens zijn opgehaald op {dutch.register_day(until.extract_day)}. Dat min "
                f"{_days(until.days_lag)} is {dutch.register_day(until.censoring_day)}. Tot en met die dag volgen wij mensen. "
                "Het aantal dagen is naar boven afgerond op tien."
            ),
            (
                "Van wat in de laatste maanden stopte, staat alleen in de gegevens wat snel is ingevoerd. Daardoor lijkt "
                "de invoer sneller dan zij is. De schatting houdt daar rekening mee."
            ),
            unknown,
        ]
    )


@from_protected
def unknown_codes(table: ProtectedTable) -> Block:
    """Say what is done with codes that are not in the list."""
    rows = rows_in(table)
    named = [row for row in rows if row.code != "other"]
    if not rows:
        return as_paragraphs(["Alle of bijna alle codes staan in de officiële lijsten."])
    said = "Sommige codes staan niet in de officiële lijst die wij kennen."
    if named:
        one = len(named) == 1
        said = (
            f"{'Eén code staat' if one else f'{dutch.number(len(named))} codes staan'} bij tien mensen of meer, en niet in "
            "de officiële lijst die wij kennen."
        )
    return as_paragraphs(
        [
            (
                f"{said} Wij laten zulke codes staan, maar weten niet wat ze betekenen. Zo’n reden van het einde telt als "
                "‘onbekend’. Codes van minder dan tien mensen zijn samengenomen of weggelaten."
            ),
            "Van de codes voor voorzieningen vanaf 2019 kennen wij maar een deel."
            if any(row.code_set == "2019" for row in rows)
            else "",
        ]
    )


@from_protected
def code_breaks(table: ProtectedTable) -> Block:
    """Say which changes in the counting the register spans, and what cannot be compared across them."""
    rows = rows_in(table)
    if not any(row.n_before or row.n_after for row in rows):
        return as_paragraphs(["In dit register staan geen of heel weinig voorzieningen."])
    spanned = [row for row in rows if row.n_before and row.n_after]
    if not spanned:
        return as_paragraphs(
            [
                (
                    "De manier van tellen is in de periode van dit register niet veranderd, voor zover wij weten. "
                    "Heel weinig voorzieningen van vóór of na een verandering tellen niet mee."
                )
            ]
        )
    return as_paragraphs(
        [
            *(register_terms.BREAKS[row.break_name] for row in spanned),
            (
                "Aantallen van vóór en na zo’n dag zijn niet goed te vergelijken. Een stijging of daling kan komen door "
                "de manier van tellen."
            ),
            "Eén persoon kan meer voorzieningen tegelijk hebben. Tel daarom personen, geen voorzieningen.",
        ]
    )


@from_protected
def persons_and_benefits(table: ProtectedTable) -> Block:
    """Say why persons and benefits are not the same number."""
    rows = rows_in(table)
    if not rows:
        return as_paragraphs([])
    last = rows[-1]
    base = table.base
    return as_paragraphs(
        [
            (
                "Een paar heeft samen één uitkering, maar het zijn twee personen. Op "
                f"{dutch.register_day(last.on)} waren er {_about(last.n_persons, base, 'personen')} met "
                f"{_about(last.n_benefits, base, 'uitkeringen')}. Op die dag zijn de gegevens opgehaald. Het kunnen er te "
                "veel of te weinig zijn: van sommige mensen was het einde of het begin nog niet ingevoerd."
            ),
            (
                "De tabel telt algemene bijstand, IOAW en IOAZ. Zij begint in het eerste jaar waarin bij minstens tien mensen een uitkering stopte. "
                "Stopten er in dat jaar weinig, dan begon het register pas in de loop van dat jaar."
            ),
        ]
    )


@from_protected
def ends_by_group(table: ProtectedTable, followed: ProtectedTable) -> Block:
    """Say how often benefits ended and for which reason, and what an x in the table means."""
    rows = rows_in(table)
    (until,) = rows_in(followed)
    *years, _ = dict.fromkeys(row.year for row in rows)
    total = {row.exit_group: row for row in rows if row.year == TOTAL}
    everything = total[TOTAL]
    period = f"In {years[0]}" if len(years) == 1 else f"Van {years[0]} tot en met {years[-1]}"
    if is_hidden(everything, "n_ends"):
        often = f"{period} stopten er in dit register maar weinig uitkeringen."
    elif not everything.n_ends:
        return as_paragraphs([f"{period} stopte in dit register geen enkele uitkering."])
    else:
        named = [
            f"{dutch.number(total[group].n_ends)} keer {why}"
            for group, why in (("work", "door werk"), ("unknown", "door een andere of onbekende reden"))
            if not is_hidden(total[group], "n_ends")
        ]
        often = f"{period} stopte {dutch.number(everything.n_ends)} keer de uitkering van een persoon"
        often += f", waarvan {dutch.listing(named)}." if named else "."
    return as_paragraphs(
        [
            (
                f"{often} Een paar telt voor twee: het zijn twee personen. Stopte bij iemand in deze jaren twee keer een "
                "uitkering, dan telt dat twee keer. Daardoor zijn de aantallen op te tellen."
            ),
            (
                f"De gegevens zijn opgehaald op {dutch.register_day(until.extract_day)}. Wat kort daarvoor stopte, staat nog niet "
                "allemaal in het register. Het laatste jaar is dus niet goed met de andere te vergelijken."
            ),
            (
                "Waarom een uitkering stopte, is gevoelig. Daarom tonen wij geen kleine aantallen, en ook niet dat een reden "
                "nooit voorkwam. Soms laten wij ook een groter aantal weg, omdat u anders een klein aantal kunt uitrekenen. "
                "Een x zegt dus niet of het aantal klein of groot is."
                if any(is_hidden(row, "n_ends") for row in rows)
                else ""
            ),
        ]
    )


@from_protected
def quality_method(followed: ProtectedTable) -> Block:
    """Say how the page was made: how the lag is estimated."""
    base = followed.base
    return as_paragraphs(
        [
            (
                "De aandelen bij de tijd tot de invoer zijn schattingen. Zij zijn zo afgerond dat elke stap minstens tien "
                "uitkeringen is."
            ),
            (
                "Hoe laat een einde wordt ingevoerd, is geschat met de methode van Lynden-Bell (1971) en Kalbfleisch en "
                "Lawless (1989). Die vergelijkt elke uitkering alleen met uitkeringen die lang genoeg geleden stopten. "
                "De schatting gaat over invoer binnen een jaar. Wat later wordt ingevoerd, blijft erbuiten. "
                f"De schatting wordt alleen getoond als minstens {dutch.number(10 * base)} uitkeringen stopten, en als er over een heel jaar "
                f"steeds minstens {dutch.number(base)} uitkeringen te vergelijken zijn."
            ),
            "Ging de invoer vroeger langzamer of sneller dan nu, dan klopt de schatting voor nu minder goed.",
        ]
    )


def _until_sentences(until: Any) -> list[str]:
    if pd.isna(until.censoring_day):
        return [
            _not_measured(until),
            "Een conclusie over de laatste maanden van dit register is daarom niet zeker.",
        ]
    day = dutch.register_day(until.censoring_day)
    return [
        f"Tot en met {day} is dit register volledig genoeg om mensen te volgen. {_share_within(until)}",
        (
            f"Na {day} lijken er te weinig uitkeringen te stoppen, omdat een deel daarvan nog niet is ingevoerd. "
            "Trek daarom geen conclusies over de tijd na die dag."
        ),
    ]


def _headline(until: Any) -> str:
    if pd.isna(until.censoring_day):
        return "Niet te meten tot welke dag het register volledig is."
    return f"Volledig genoeg om mensen te volgen tot en met {dutch.register_day(until.censoring_day)}."


def _share_within(until: Any) -> str:
    return (
        f"Van {dutch.confidence(until.share)} van de uitkeringen die stoppen, staat het einde binnen "
        f"{_days(until.days_lag)} in het register. Dat is een schatting."
    )


def _not_measured(until: Any) -> str:
    reason = {
        "no_days": "de dag van invoer ontbreekt",
        "few_ends": "er zijn te weinig uitkeringen die stopten en waarvan de dag van invoer bekend is",
        "short_history": (
            "de uitkeringen die stopten, gaan samen niet ver genoeg terug. Pas na een jaar is te zien wat laat wordt ingevoerd"
        ),
    }[until.reason]
    return f"Tot welke dag dit register volledig is, is niet te meten: {reason}."


def _missing_summary(rows: list[Any]) -> str:
    known = [row for row in rows if row.n_rows >= LEAST_ROWS]
    if not known:
        return "Er zijn te weinig rijen om te zeggen hoeveel er ontbreekt."
    empty = [row for row in known if row.is_empty]
    nearly = [row for row in known if row.n_missing >= row.n_rows and not row.is_empty]
    much = sorted((row for row in known if row.share_missing > MUCH_MISSING), key=lambda row: -row.share_missing)
    limit = dutch.percent(MUCH_MISSING, 0)
    absent = "".join(
        f" {words}: {dutch.listing([_of_table(row) for row in found])}."
        for words, found in (("Helemaal niet ingevuld", empty), ("Bijna nooit ingevuld", nearly))
        if found
    )
    n = len(known) - len(empty) - len(nearly)
    if not n:
        return absent.strip()
    if not much:
        return f"Van geen enkel {'ander ' if absent else ''}gegeven ontbreekt meer dan ongeveer {limit}.{absent}"
    shares = [f"{_of_table(row)} ({dutch.percent(float(row.share_missing), 0)})" for row in much[:MOST_NAMED]]
    most = "Het gaat om" if len(much) <= MOST_NAMED else "Het meest ontbreekt"
    return (
        f"Bij {n - len(much)} van de {n} {'andere ' if absent else ''}gegevens ontbreekt "
        f"hoogstens ongeveer {limit}. Bij {len(much)} ontbreekt meer. {most}: {dutch.listing(shares)}.{absent}"
    )


def _of_table(row: Any) -> str:
    return f"{register_terms.column(row.table, row.column)} bij {register_terms.TABLES[row.table].name}"


def _impossible_summary(rows: list[Any], base: int) -> str:
    of_kind = [row for row in rows if row.kind == "impossible"]
    found = sorted((row for row in of_kind if row.n_broken > 0), key=lambda row: -row.n_broken)
    aside = sum(int(row.n_set_aside) for row in of_kind)
    set_aside = (
        f" Bij het inlezen zijn {dutch.number(aside)} rijen weggelaten die niet konden kloppen." if aside else ""
    )
    if not found:
        few = dutch.rounded_count(0, base)
        return f"Gegevens die niet kunnen kloppen, komen niet of bijna niet voor: {few} rijen per regel.{set_aside}"
    worst = found[0]
    rows_there = f"{dutch.number(worst.n_broken)} rijen bij {register_terms.TABLES[worst.table].name}"
    count = "één soort fout" if len(found) == 1 else f"{dutch.number(len(found))} soorten fouten"
    most = "Dat is" if len(found) == 1 else "Het vaakst"
    return f"Er zijn {count} gevonden. {most}: {register_terms.rule(worst.rule)} ({rows_there}).{set_aside}".replace(
        "Er zijn één", "Er is één"
    )


def _duplicate_summary(rows: list[Any], base: int) -> str:
    found = [row for row in rows if row.n_duplicate > 0]
    aside = sum(int(row.n_set_aside) for row in rows)
    set_aside = f" Bij het inlezen zijn {dutch.number(aside)} dubbele rijen weggelaten." if aside else ""
    if not found:
        return f"Rijen die dubbel staan, komen niet of bijna niet voor: {dutch.rounded_count(0, base)} per tabel.{set_aside}"
    named = dutch.listing(
        [f"{dutch.number(row.n_duplicate)} rijen bij {register_terms.TABLES[row.table].name}" for row in found]
    )
    return f"Er staan rijen dubbel: {named}.{set_aside}"


def _about(n: int, base: int, noun: str) -> str:
    return f"{dutch.rounded_count(n, base)} {noun}" if not n else f"ongeveer {dutch.number(n)} {noun}"


def _days(n: float) -> str:
    return "1 dag" if n == 1 else f"{dutch.number(n)} dagen"
