"""Dutch sentences, with their figures from protected tables. Plain words: B1.

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
from evaltools.reports.block import NOTHING, Block, rows_of
from evaltools.reports.terms import AIMS

SUMMARY_KINDS = ("exit", "work_exit", "paid_job", "ladder_step", "part_time_work", "education")
MOST_IN_SUMMARY = 3


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

    The tables are those of `findings`: ``profile``, ``claims.published_figures``,
    ``claims.shares``, ``claims.overlap``, ``claims.exits_and_work``,
    ``targets.pace`` and ``costs.break_even``.
    """
    about = _rows(profile)[0]
    facts = [
        *_share_sentences(_rows(shares)),
        *_exit_sentences(_rows(exits)),
        *(sentence for row in _rows(overlap) for sentence in _overlap_sentences(row) if not row.reading),
        *_output_sentences(_rows(published)),
        *(_target_sentence(row) for row in _rows(targets)),
        *(_break_even_sentence(row) for row in _rows(break_even)[:1]),
    ]
    if not facts:
        sentence = (
            f"Over het programma {about.name} in {about.municipality} zijn geen cijfers gepubliceerd "
            "in de bronnen die wij kennen."
        )
        more = [
            "Deze pagina kan daarom niet zeggen wie is bereikt en wat er van hen is geworden.",
            "Wel staat hier wat nodig is om dat te weten.",
        ]
        return _list([sentence, *more], headline="Geen cijfers gepubliceerd.")
    opening = (
        "Wat het programma zelf heeft veranderd, weten wij niet. "
        "Er is geen vergelijking met mensen die niet meededen. Dit is dus geen effectmeting."
    )
    if about.has_targets and not about.has_claims:
        opening = "Er is een doel gepubliceerd, maar geen uitkomst. Wij weten dus niet of het doel is gehaald."
    return _list([opening, *facts], headline=facts[0])


def about(profile: ProtectedTable) -> Block:
    """Say what the programme is, for whom, where, by whom and when."""
    row = _rows(profile)[0]
    places = dutch.listing(list(row.municipalities))
    terms = [
        ("Programma", row.name),
        ("Gemeente", row.municipality if len(row.municipalities) == 1 else f"{row.municipality} (samen: {places})"),
        ("Uitvoerder", row.operator or "staat niet in de bronnen"),
        ("Periode", _period(row)),
        ("Opzet", dutch.DESIGNS[row.design]),
        (
            "Bewijskracht",
            "E: geen effectmeting. Er zijn alleen aantallen gepubliceerd."
            if row.has_claims
            else "geen: er zijn geen uitkomsten gepubliceerd",
        ),
    ]
    if row.benefit_operators:
        terms.insert(3, ("Participatiewet", "; ".join(_operator(*operator) for operator in row.benefit_operators)))
    items = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(text)}</dd></div>" for term, text in terms)
    return Block(html=f"<p>{escape(row.about)}</p><dl class='facts'>{items}</dl>", text=row.about)


def overlap(table: ProtectedTable) -> Block:
    """Say for each set of groups whether they fit in their whole, in each reading."""
    paragraphs = []
    for row in _rows(table):
        lead = f"Anders gelezen: {row.reading}. " if row.reading else ""
        sentences = _overlap_sentences(row) or [
            f"{dutch.capital(_sum(row))}. Dat past in het geheel van {dutch.number(row.n_whole)}. "
            f"{_overlap_room(row)}"
        ]
        paragraphs.append(lead + " ".join(sentences))
    return _paragraphs(paragraphs)


def exits_and_work(table: ProtectedTable) -> Block:
    """Say how many of those who left the benefit left for work."""
    rows = _rows(table)
    if not rows:
        return NOTHING
    paragraphs = [
        "Uit de uitkering gaan is niet hetzelfde als gaan werken. Mensen gaan ook uit de uitkering door pensioen, "
        "verhuizing, een relatie of omdat de gemeente de uitkering stopt.",
        " ".join(_exit_sentences(rows)),
    ]
    return _paragraphs(paragraphs)


def outputs(published: ProtectedTable, gaps: ProtectedTable) -> Block:
    """Tell what was done from what became of people, and name results without a number."""
    rows = _rows(published)
    done = [row for row in rows if row.role == "output"]
    unnumbered = [row.detail for row in _rows(gaps) if row.gap == "without_figure"]
    if not done and not unnumbered:
        return NOTHING
    paragraphs = []
    if done:
        paragraphs.append(
            " ".join(_output_sentences(done)) + " Dat zegt wat er is gedaan. "
            "Het zegt niet wat er daardoor voor mensen veranderde."
        )
        units = list(dict.fromkeys(dutch.UNITS[row.unit][1] for row in rows))
        if len(units) > 1:
            paragraphs.append(f"De cijfers tellen verschillende dingen: {dutch.listing(units)}.")
    groups = [row for row in rows if row.role == "population"]
    if done and groups:
        paragraphs.append(
            f"De groep zelf: {dutch.count(groups[0].n, groups[0].unit)} ({groups[0].label}). "
            "Hoe het met hen ging, staat er niet in aantallen."
        )
    paragraphs += [f"De tekst noemt ook resultaten zonder aantal: {names}." for names in unnumbered]
    return _paragraphs(paragraphs)


def statements(table: ProtectedTable) -> Block:
    """Hold the source's causal words against what counts alone can carry."""
    rows = _rows(table)
    if not rows:
        return NOTHING
    words = dutch.listing([f"‘{row.words}’" for row in rows])
    return _paragraphs(
        [
            f"De bron gebruikt de woorden {words}. Daarmee zegt de tekst dat de uitkomst door de aanpak komt. "
            "Dat is met deze cijfers niet aan te tonen. Er is geen groep om mee te vergelijken. "
            "Daarom weten wij niet wat er zonder de aanpak was gebeurd."
        ]
    )


def targets(pace: ProtectedTable, shares: ProtectedTable) -> Block:
    """Say what the target asks for."""
    rows = _rows(pace)
    if not rows:
        return NOTHING
    paragraphs = []
    for row in rows:
        text = f"{_target_sentence(row)} Dat zijn er gemiddeld {dutch.number(row.n_per_month, 1)} per maand."
        if row.priority_groups:
            text += (
                f" Extra aandacht is er voor {dutch.listing(list(row.priority_groups))}. "
                "Een eigen doel voor die groepen staat er niet."
            )
        if row.partner:
            text += (
                f" De bron noemt ook {dutch.number(row.n_partners)} {row.partner}: "
                f"gemiddeld {dutch.number(row.n_per_partner)} plaats per werkgever."
            )
        paragraphs.append(text)
    wholes = _rows(shares)
    if len({row.n_population for row in wholes}) > 1:
        least, most = min(row.share for row in wholes), max(row.share for row in wholes)
        paragraphs.append(
            f"De bronnen noemen {len(wholes)} groepen waarvan het doel een deel kan zijn. Daardoor is het doel "
            f"{dutch.percent(least)} of {dutch.percent(most)}, of iets ertussen."
        )
    return _paragraphs(paragraphs)


def money(break_even: ProtectedTable, notes: ProtectedTable) -> Block:
    """Say when the published saving pays back the investment."""
    rows = _rows(break_even)
    if not rows:
        return NOTHING
    paragraphs = [
        "De gemeente rekent met een besparing voor elke persoon die uit de uitkering gaat. Maar sommige mensen "
        "waren ook zonder het programma gegaan. En wie een paar uur gaat werken, houdt een deel van de uitkering.",
        _claimed_sentence(rows[0]) + _break_even_sentence(rows[0]),
        *(f"{row.text} (Bron: {row.title}.)" for row in _rows(notes)),
    ]
    return _paragraphs(paragraphs)


def context(table: ProtectedTable) -> Block:
    """Say why national figures stand beside the claim, and why they are no comparison group."""
    rows = _rows(table)
    if not rows:
        return NOTHING
    return _paragraphs(
        [
            "Ook zonder een bijzonder programma gaan mensen uit de bijstand, en komen mensen terug. De tabel laat zien "
            "hoeveel dat in Nederland is. Dit is geen vergelijking: de landelijke groep is anders samengesteld en telt "
            "uitkeringen, en wie twee keer uit de bijstand gaat, telt twee keer."
        ]
    )


def needed(table: ProtectedTable) -> Block:
    """List what must be measured to know more, from the aims of the programme."""
    aims = [AIMS[row.aim] for row in _rows(table)]
    if not aims:
        return NOTHING
    common = "een groep die niet meedeed, op dezelfde manier gemeten"
    items = "".join(f"<li>{escape(text)}</li>" for text in [*aims, common])
    lead = "Om te zeggen wat dit programma opleverde, is per persoon of huishouden nodig:"
    return Block(html=f"<p>{lead}</p><ul>{items}</ul>", text=lead)


def method(published: ProtectedTable, shares: ProtectedTable, pace: ProtectedTable) -> Block:
    """Say how the figures were worked out."""
    rows = _rows(shares)
    if not rows and not _rows(published) and not _rows(pace):
        return NOTHING
    paragraphs = [
        "Alle cijfers op deze pagina staan in de genoemde bronnen, of zijn daaruit berekend. "
        "Er zijn geen gegevens van personen gebruikt."
    ]
    if rows:
        paragraphs += [
            f"Het {dutch.number(100 * rows[0].level)}%-betrouwbaarheidsinterval is berekend met de methode van Wilson "
            "(1927). Het zegt alleen iets over toeval, niet over andere fouten.",
            "Het aantal mensen dat in meer dan één groep staat, is berekend met alle gepubliceerde aantallen tegelijk. "
            "Het kleinste en het grootste aantal dat daarbij kan, staan in de tabel.",
        ]
    return _paragraphs(paragraphs)


def _share_sentences(rows: Iterable[Any]) -> list[str]:
    shown = [row for row in rows if row.whole == POPULATION and row.kind in SUMMARY_KINDS]
    shown.sort(key=lambda row: SUMMARY_KINDS.index(row.kind))
    return [
        f"{dutch.capital(row.label)}: {'ongeveer ' if row.is_derived or row.precision != 'exact' else ''}"
        f"{dutch.number(row.n)} van de {dutch.number(row.n_whole)} {row.whole_label} "
        f"({dutch.percent(row.estimate, row.n_whole)})."
        for row in shown[:MOST_IN_SUMMARY]
    ]


def _exit_sentences(rows: Iterable[Any]) -> list[str]:
    sentences = []
    for row in rows:
        if pd.isna(row.n_exits):
            sentences.append("Hoeveel mensen om een andere reden uit de uitkering gingen, staat er niet.")
            continue
        if not pd.isna(row.n_work):
            sentences.append(
                f"Van de {dutch.people(row.n_exits)} die uit de uitkering gingen, gingen er {dutch.number(row.n_work)} "
                f"naar werk ({dutch.percent(row.estimate, row.n_exits)})."
            )
        if row.n_without_reason > 0:
            sentences.append(
                f"Van {dutch.people(row.n_without_reason)} staat er niet waarom zij uit de uitkering gingen."
            )
    return sentences


def _overlap_sentences(row: Any) -> list[str]:
    """Sentences on groups that exceed their whole; none where they fit."""
    if not row.is_possible:
        return [f"{dutch.capital(_sum(row))}. Zo kunnen de gepubliceerde aantallen niet allemaal kloppen."]
    if row.n_too_many == 0:
        return []
    whole = f"{dutch.number(row.n_whole)} {dutch.UNITS[row.unit][1]}"
    people = dutch.people(row.n_people_lowest) if row.unit != "households" else dutch.count(row.n_people_lowest, row.unit)
    verb = "staat" if row.n_people_lowest == 1 else "staan"
    quoted = dutch.listing([f"‘{label}’" for label in row.assumed]) if row.assumed else ""
    assumption = f"Wij lezen {quoted} daarbij als deel van dit geheel. De tekst zegt dat niet. " if quoted else ""
    return [
        f"De groepen passen niet in het geheel: {_sum(row)}, maar het geheel is {whole}. {assumption}"
        f"Dat is {dutch.number(row.n_too_many)} te veel. Minstens {people} {verb} dus in meer dan één groep."
    ]


def _overlap_room(row: Any) -> str:
    if row.n_people_highest == 0:
        return "Niemand kan in meer dan één groep staan."
    least = "Niemand hoeft in meer dan één groep te staan" if row.n_people_lowest == 0 else (
        f"Minstens {dutch.number(row.n_people_lowest)} staan in meer dan één groep"
    )  # fmt: skip
    return f"{least}, hoogstens {dutch.number(row.n_people_highest)} kunnen dat."


def _sum(row: Any) -> str:
    parts = " + ".join(dutch.number(n) for n in row.counts)
    return f"{'' if row.is_exact else 'ongeveer '}{parts} = {dutch.number(row.n_memberships)}"


def _output_sentences(rows: Iterable[Any]) -> list[str]:
    return [
        f"Gepubliceerd is wat er is gedaan: {dutch.as_published(row.n, None, row.precision, row.as_published)} {row.label}."
        for row in rows
        if row.role == "output"
    ]


def _target_sentence(row: Any) -> str:
    figure = dutch.as_published(row.n, None, row.precision, row.as_published)
    together = f", voor {row.n_municipalities} gemeenten samen" if row.n_municipalities > 1 else ""
    return f"Het doel: {figure} {dutch.UNITS[row.unit][1]} {row.label}, in {row.months} maanden{together}."


def _claimed_sentence(row: Any) -> str:
    if pd.isna(row.euro_claimed):
        return ""
    each = f"{dutch.number(row.n)} × {dutch.euro(row.euro_each)}"
    same = row.euro_claimed == row.n * row.euro_each
    return f"De genoemde besparing is {dutch.euro(row.euro_claimed)}. " + (
        f"Dat is {each}: alsof iedereen helemaal uit de uitkering gaat, en niemand vanzelf. "
        if same
        else f"Maar {each} is {dutch.euro(row.n * row.euro_each)}. "
    )


def _break_even_sentence(row: Any) -> str:
    bound = "hoogstens " if row.investment_precision == "at_most" else ""
    return (
        f"Tegenover een investering van {bound}{dutch.euro(row.euro_investment)} staat een besparing van "
        f"{dutch.euro(row.n * row.euro_each)} per jaar, als alle {dutch.number(row.n)} mensen helemaal uit de uitkering gaan "
        f"en niemand vanzelf was gegaan. Was {dutch.percent(row.break_even)} ook vanzelf gegaan, dan blijft er na één jaar niets over."
    )


def _operator(name: str, first: str, last: str) -> str:
    since = f" vanaf {dutch.day(first)}" if first else ""
    until = f" tot en met {dutch.day(last)}" if last else ""
    return f"uitgevoerd door {name}{since}{until}"


def _period(row: Any) -> str:
    if row.first_day is None:
        return "staat niet in de bronnen"
    around = "ongeveer " if row.is_about else ""
    return f"{around}van {dutch.month(row.first_day)} tot en met {dutch.month(row.last_day)}"


def _rows(table: ProtectedTable) -> list[Any]:
    return rows_of(table, "a function of wording")


def _list(sentences: list[str], headline: str) -> Block:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return Block(html=f'<ul class="summary">{items}</ul>', text=" ".join(sentences), headline=headline)


def _paragraphs(paragraphs: list[str]) -> Block:
    html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return Block(html=html, text=" ".join(paragraphs))
