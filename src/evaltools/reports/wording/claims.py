"""Sentences of the page on published figures.

No sentence here says that a programme did something: published counts are no
measurement of an effect.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

import pandas as pd

from evaltools.disclosure import ProtectedTable
from evaltools.programmes import POPULATION
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.terms import AIMS
from evaltools.reports.wording.base import as_list, as_paragraphs, rows_in

FIRST_KINDS = ("exit", "work_exit", "paid_job", "ladder_step", "part_time_work", "education")
"""Kinds of outcome that a summary names first."""
MOST_IN_SUMMARY = 3


@from_protected
def summary(
    profile: ProtectedTable,
    published: ProtectedTable,
    shares: ProtectedTable,
    overlap: ProtectedTable,
    exits: ProtectedTable,
    targets: ProtectedTable,
    break_even: ProtectedTable,
) -> Block:
    """Say on one screen what the figures say, beginning with what they cannot say.

    The tables are those of `findings`: ``profile.profile``,
    ``claims.published_figures``, ``claims.shares``, ``overlap.overlap``,
    ``claims.exits_and_work``, ``targets.pace`` and ``costs.break_even``.
    """
    (subject,) = rows_in(profile)
    facts = [
        *_share_sentences(rows_in(shares)),
        *_exit_sentences(rows_in(exits)),
        *(_overlap_sentence(row) for row in rows_in(overlap) if not row.reading and _does_not_fit(row)),
        *_output_sentences(rows_in(published)),
        *(_target_sentence(row) for row in rows_in(targets)),
        *(_break_even_sentence(row) for row in rows_in(break_even)[:1]),
    ]
    if not facts:
        facts = [f"Gepubliceerd is alleen de grootte van de groep: {_group(row)}." for row in rows_in(published)]
    if not facts:
        none = (
            f"Over het programma {subject.name} in {subject.municipality} zijn geen cijfers gepubliceerd "
            "in de bronnen die wij kennen."
        )
        more = [
            "Deze pagina kan daarom niet zeggen wie is bereikt en wat er van hen is geworden.",
            "Wel staat hier wat nodig is om dat te weten.",
        ]
        return as_list([none, *more], headline="Geen cijfers gepubliceerd.")
    opening = (
        "Wat het programma zelf heeft veranderd, weten wij niet. In de gepubliceerde cijfers staat geen vergelijking "
        "met mensen die niet meededen. Dit is dus geen effectmeting."
    )
    if subject.has_targets and not subject.has_claims:
        opening = (
            "In de bronnen die wij kennen staat een doel, maar geen uitkomst. "
            "Wij weten dus niet of het doel is gehaald."
        )
    known = _share_sentences(rows_in(shares))[:2] or facts[:1]
    return as_list(
        [opening, *facts], headline=" ".join([*known, "Geen effectmeting."] if subject.has_claims else known)
    )


@from_protected
def overlap(table: ProtectedTable) -> Block:
    """Say for each set of groups whether they fit in their whole, in each reading."""
    rows = rows_in(table)
    return as_paragraphs(
        (f"Anders gelezen: {row.reading}. " if row.reading else "") + _overlap_sentence(row) for row in rows
    )


@from_protected
def exits_and_work(table: ProtectedTable) -> Block:
    """Say how many of those who left the benefit left for work."""
    rows = rows_in(table)
    if not rows:
        return NOTHING
    return as_paragraphs(
        [
            (
                "Uit de uitkering gaan is niet hetzelfde als gaan werken. Mensen gaan ook uit de uitkering door pensioen, "
                "een verhuizing of een relatie, of omdat de gemeente de uitkering stopt."
            ),
            " ".join(_exit_sentences(rows)),
        ]
    )


@from_protected
def outputs(published: ProtectedTable, gaps: ProtectedTable) -> Block:
    """Tell what was done from what became of people, and name results without a number."""
    rows = rows_in(published)
    done = [row for row in rows if row.role == "output"]
    unnumbered = [row.detail for row in rows_in(gaps) if row.gap == "without_figure"]
    paragraphs = []
    if done:
        told = " ".join(_output_sentences(done))
        paragraphs.append(f"{told} Dat zegt nog niet wat er voor mensen veranderde.")
        units = list(dict.fromkeys(dutch.UNITS[row.unit][1] for row in rows))
        if len(units) > 1:
            paragraphs.append(f"De cijfers tellen verschillende dingen: {dutch.listing(units)}.")
        if "households" in {row.unit for row in rows}:
            paragraphs.append(
                "Een huishouden is niet hetzelfde als een persoon. Hoeveel mensen het zijn, staat er niet."
            )
        if not any(row.role == "outcome" for row in rows):
            paragraphs += [
                f"De groep zelf: {_group(row)}. Hoe het met hen ging, staat er niet in aantallen."
                for row in rows
                if row.role == "population"
            ]
    paragraphs += [f"De tekst noemt ook resultaten zonder aantal: {names}." for names in unnumbered]
    return as_paragraphs(paragraphs)


@from_protected
def statements(table: ProtectedTable) -> Block:
    """Hold the source's causal words against what counts alone can carry."""
    rows = rows_in(table)
    if not rows:
        return NOTHING
    words = dutch.listing([f"‘{row.words}’" for row in rows])
    return as_paragraphs(
        [
            (
                f"De bron gebruikt de woorden {words}. Daarmee zegt de tekst dat de uitkomst door de aanpak komt. "
                "Dat is met deze cijfers niet aan te tonen. Er is geen groep om mee te vergelijken. "
                "Daarom weten wij niet wat er zonder de aanpak was gebeurd."
            )
        ]
    )


@from_protected
def notes(table: ProtectedTable) -> Block:
    """Tell published facts that a reader of the figures must know."""
    return as_paragraphs(f"{row.text} (Bron: {row.title}.)" for row in rows_in(table))


@from_protected
def targets(pace: ProtectedTable, shares: ProtectedTable) -> Block:
    """Say what each target asks for."""
    paragraphs = []
    for row in rows_in(pace):
        each = f"{dutch.BOUNDS[row.precision]}{dutch.number(row.n_per_month, 1)}"
        text = f"{_target_sentence(row)} Dat zijn er gemiddeld {each} per maand."
        if row.priority_groups:
            text += (
                f" Extra aandacht is er voor {dutch.listing(list(row.priority_groups))}. "
                "Een eigen doel voor die groepen staat er niet."
            )
        if row.partner:
            share = dutch.number(row.n_per_partner, 0 if row.n_per_partner == round(row.n_per_partner) else 1)
            one = dutch.UNITS[row.partner_unit][0]
            text += f" De bron noemt ook {dutch.number(row.n_partners)} {row.partner}: gemiddeld {share} per {one}."
        paragraphs.append(text)
        wholes = [whole for whole in rows_in(shares) if whole.label == row.label]
        if len({whole.n_population for whole in wholes}) > 1:
            least, most = min(wholes, key=lambda whole: whole.share), max(wholes, key=lambda whole: whole.share)
            paragraphs.append(
                f"De bronnen noemen {len(wholes)} groepen waarvan dit een deel kan zijn. Het doel is "
                f"{dutch.BOUNDS[least.bound]}{dutch.percent(least.share)} van de grootste groep en "
                f"{dutch.BOUNDS[most.bound]}{dutch.percent(most.share)} van de kleinste."
            )
    return as_paragraphs(paragraphs)


@from_protected
def money(break_even: ProtectedTable) -> Block:
    """Say when the published saving pays back the investment."""
    rows = rows_in(break_even)
    if not rows:
        return NOTHING
    return as_paragraphs(
        [
            (
                "De gemeente rekent met een besparing voor elke persoon die uit de uitkering gaat. Maar sommige mensen "
                "waren ook zonder het programma gegaan. En wie een paar uur gaat werken, houdt een deel van de uitkering."
            ),
            _claimed_sentence(rows[0]) + _break_even_sentence(rows[0]),
        ]
    )


@from_protected
def context(table: ProtectedTable) -> Block:
    """Say why national figures stand beside the claim, and why they are no comparison group."""
    if not rows_in(table):
        return NOTHING
    return as_paragraphs(
        [
            (
                "Ook zonder een bijzonder programma gaan mensen uit de bijstand, en komen mensen terug. De tabel laat zien "
                "hoe vaak dat in Nederland gebeurt. Dit is geen vergelijking: de landelijke groep is anders samengesteld."
            ),
            (
                "Bij ‘uitkeringen die stopten’ telt iemand die twee keer uit de bijstand gaat, twee keer. Van welk geheel "
                "dit precies een deel is, hebben wij niet kunnen nagaan."
            ),
        ]
    )


@from_protected
def needed(table: ProtectedTable) -> Block:
    """List what must be measured to know more, from the aims of the programme."""
    aims = [AIMS[row.aim] for row in rows_in(table)]
    if not aims:
        return NOTHING
    lead = "Om te zeggen wat dit programma opleverde, is per persoon of huishouden nodig:"
    items = [*aims, "hetzelfde voor een groep die niet meedeed"]
    listed = "".join(f"<li>{escape(text)}</li>" for text in items)
    return Block(html=f"<p>{lead}</p><ul>{listed}</ul>", text=f"{lead} {'; '.join(items)}.")


@from_protected
def method(published: ProtectedTable, shares: ProtectedTable, pace: ProtectedTable) -> Block:
    """Say how the figures were worked out."""
    rows = rows_in(shares)
    if not rows and not rows_in(published) and not rows_in(pace):
        return NOTHING
    paragraphs = [
        (
            "Alle cijfers op deze pagina staan in de bronnen hieronder, of zijn daaruit berekend. "
            "Er zijn geen gegevens van personen gebruikt."
        )
    ]
    if rows:
        paragraphs += [
            (
                f"Het {dutch.confidence(rows[0].level)}-betrouwbaarheidsinterval is berekend met de methode van Wilson "
                "(1927). Het zegt alleen iets over toeval, niet over andere fouten."
            ),
            (
                "Hoeveel mensen in meer dan één groep staan, is berekend met alle gepubliceerde aantallen tegelijk. "
                "Het kleinste en het grootste aantal dat daarbij kan, staan in de tabel."
            ),
        ]
    return as_paragraphs(paragraphs)


def _share_sentences(rows: Iterable[Any]) -> list[str]:
    def rank(row: Any) -> int:
        return FIRST_KINDS.index(row.kind) if row.kind in FIRST_KINDS else len(FIRST_KINDS)

    shown = sorted((row for row in rows if row.whole == POPULATION), key=rank)
    return [f"{dutch.capital(row.label)}: {_share_of_whole(row)}." for row in shown[:MOST_IN_SUMMARY]]


def _share_of_whole(row: Any) -> str:
    whole = f"van de {dutch.QUALIFIERS[row.whole_precision]}{dutch.number(row.n_whole)} {row.whole_label}"
    if row.is_derived:
        return f"{dutch.share(row)} {whole} (ongeveer {dutch.number(row.n)})"
    return f"{dutch.QUALIFIERS[row.precision]}{dutch.number(row.n)} {whole} ({dutch.share(row)})"


def _exit_sentences(rows: Iterable[Any]) -> list[str]:
    sentences = []
    for row in rows:
        if pd.isna(row.n_exits):
            sentences.append("Hoeveel mensen om een andere reden uit de uitkering gingen, staat er niet.")
            continue
        left = f"{dutch.BOUNDS[row.exits_precision]}{dutch.members(row.n_exits, row.unit)}"
        text = f"Uit de uitkering: {left}."
        if not pd.isna(row.n_work):
            share = "" if pd.isna(row.estimate) else f" ({dutch.percent(row.estimate, row.n_exits)})"
            text += f" Daarvan naar werk: {dutch.BOUNDS[row.work_precision]}{dutch.number(row.n_work)}{share}."
        if row.n_without_reason > 0:
            bound = dutch.BOUNDS[row.without_reason_precision]
            text += f" Reden niet genoemd: {bound}{dutch.members(row.n_without_reason, row.unit)}."
        sentences.append(text)
    return sentences


def _does_not_fit(row: Any) -> bool:
    return row.n_memberships > row.n_whole or not row.is_possible


def _overlap_sentence(row: Any) -> str:
    noun = dutch.members_noun(row.unit)
    whole = f"{dutch.number(row.n_whole)} {noun}"
    parts = " + ".join(dutch.number(n) for n in row.counts)
    total = f"{'' if row.is_exact else 'ongeveer '}{parts} = {dutch.number(row.n_memberships)}"
    if not row.is_possible:
        return f"{dutch.capital(total)}, van {whole}. Dat kan niet: de gepubliceerde aantallen spreken elkaar tegen."
    if row.n_too_many > 0:
        double = dutch.members(row.n_people_lowest, row.unit)
        verb = "staat" if row.n_people_lowest == 1 else "staan"
        too_many = f"{'' if row.is_exact else 'minstens '}{dutch.number(row.n_too_many)} te veel"
        if row.assumed:
            quoted = dutch.listing([f"‘{label}’" for label in row.assumed])
            return (
                f"Als wij {quoted} lezen als deel van deze {whole}, dan passen de groepen niet: {total}. Dat is "
                f"{too_many}. Minstens {double} {verb} dan in meer dan één groep. De tekst zegt niet of dat zo is."
            )
        return (
            f"De groepen passen niet in het geheel: {total}, maar het geheel is {whole}. Dat is {too_many}. "
            f"Minstens {double} {verb} dus in meer dan één groep."
        )
    if row.n_memberships > row.n_whole:
        return (
            f"{dutch.capital(total)}, meer dan het geheel van {whole}. Dat past alleen als een aantal dat niet precies "
            "is, in werkelijkheid anders is."
        )
    return f"{dutch.capital(total)}. Dat past in het geheel van {whole}. {_room(row, noun)}"


def _room(row: Any, noun: str) -> str:
    if row.n_people_highest is not pd.NA and row.n_people_highest == 0:
        return f"Er kunnen geen {noun} in meer dan één groep staan."
    least = "Het kan dat niemand in meer dan één groep staat" if row.n_people_lowest == 0 else (
        f"Minstens {dutch.members(row.n_people_lowest, row.unit)} staan in meer dan één groep"
    )  # fmt: skip
    if pd.isna(row.n_people_highest):
        return f"{least}. Hoeveel het er hoogstens zijn, is niet te zeggen."
    return f"{least}. Hoogstens zijn het er {dutch.number(row.n_people_highest)}."


def _output_sentences(rows: Iterable[Any]) -> list[str]:
    return [
        "Gepubliceerd is wat er is gedaan: "
        f"{dutch.as_published(row.n, None, row.precision, row.as_published)} {row.label}."
        for row in rows
        if row.role == "output"
    ]


def _group(row: Any) -> str:
    return f"{dutch.as_published(row.n, None, row.precision, row.as_published)} {row.label}"


def _target_sentence(row: Any) -> str:
    figure = dutch.as_published(row.n, None, row.precision, row.as_published)
    together = f", voor {row.n_municipalities} gemeenten samen" if row.n_municipalities > 1 else ""
    return f"Het doel: {figure} {dutch.UNITS[row.unit][1]} {row.label}, in {dutch.months(row.months)}{together}."


def _claimed_sentence(row: Any) -> str:
    if pd.isna(row.euro_claimed):
        return ""
    each = f"{dutch.number(row.n)} × {dutch.euro(row.euro_each)}"
    is_same = abs(row.euro_claimed - row.n * row.euro_each) < 1
    return f"De genoemde besparing is {dutch.euro(row.euro_claimed)}. " + (
        f"Dat is {each}: alsof iedereen helemaal uit de uitkering gaat, en niemand dat ook zonder het programma deed. "
        if is_same
        else f"Maar {each} is {dutch.euro(row.n * row.euro_each)}. "
    )


def _break_even_sentence(row: Any) -> str:
    investment = f"een investering van {dutch.BOUNDS[row.investment_precision]}{dutch.euro(row.euro_investment)}"
    saving = f"een besparing van {dutch.euro(row.n * row.euro_each)} in één jaar"
    most = f"{saving}, als iedereen helemaal uit de uitkering gaat en niemand vanzelf was gegaan"
    if row.break_even < 0:
        return f"Tegenover {investment} staat {most}. Ook dan is er na één jaar verlies."
    return (
        f"Tegenover {investment} staat {most}. "
        f"Als {dutch.break_even(row)} ook vanzelf was gegaan, blijft er na één jaar niets over."
    )
