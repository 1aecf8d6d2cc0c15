"""Sentences of the evaluation. The grade of the evidence decides the words: see `reports.causal`."""

from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import Block, from_protected
from evaltools.reports.evaluation_terms import CARRIES, CHECKS, GRADES, REACHED
from evaltools.reports.net_sentences import differences, net_in_words, net_sentence, others, shown_row
from evaltools.reports.rows import is_hidden, is_shown
from evaltools.reports.wording.base import as_paragraphs, carried, carried_list, rows_in


@from_protected
def evaluation_summary(results: ProtectedTable, durability: ProtectedTable, grade: str, outcome: str) -> Block:
    """Say on one screen what was found, how sure that is and what is not known: net before gross.

    Parameters
    ----------
    results
        From `findings.evaluation.outcomes.outcome_results`.
    durability
        From `findings.evaluation.gross.durability`.
    grade, outcome
        Of the evidence, and the main outcome of the programme; see `findings.evidence.grade_of` and ``Groups.outcome``.
    """
    shown = shown_row(results, outcome)
    sentences = [
        net_sentence(results, shown, outcome, grade),
        _unmeasured(results),
        _disagreement(shown),
        _visible(shown),
        _how_sure(shown, grade),
        _gross(results),
    ]
    sentences += [_lasting(durability), _unknown(grade)]
    kept = [sentence for sentence in sentences if sentence]
    return carried_list(kept, grade, "evaluation_summary()", headline=_headline(results, shown, grade))


def _unmeasured(results: ProtectedTable) -> str:
    """Say so where nobody can tell who works beside the benefit: for many a programme that is the aim."""
    if "any_work" in set(results.rows["outcome"]):
        return ""
    return "Wie werkt en daarnaast bijstand heeft, telt niet mee als aan het werk: het register heeft niet van elk tijdstip inkomsten."


def _how_sure(row: Any | None, grade: str) -> str:
    return (
        f"Bewijskracht: {grade}, op een schaal van A (sterk) tot en met E (geen). Het is {GRADES[grade]}."
        if row is not None
        else ""
    )


def _visible(row: Any | None) -> str:
    """Say what so many people can show."""
    if row is None or not is_shown(row, "detectable"):
        return ""
    return f"Met zoveel mensen wordt een stijging pas goed zichtbaar vanaf ongeveer {dutch.points(row.detectable)}."


def _disagreement(row: Any | None) -> str:
    """Say so where not all ways of comparing point the same way."""
    found = [] if row is None else differences(row)
    if len(found) < 2 or min(found) > 0 or max(found) < 0:
        return ""
    return (
        f"Niet alle manieren van vergelijken wijzen dezelfde kant op: zij lopen uiteen van {dutch.more_or_less(min(found))} tot "
        f"{dutch.more_or_less(max(found))}."
    )


def _gross(results: ProtectedTable) -> str:
    rows = {row.outcome: row for row in rows_in(results) if int(row.months) == int(row.main_months)}
    whole, off, work = rows[TOTAL], rows["off_benefit"], rows["work"]
    if is_hidden(whole, "n_programme"):
        return ""
    n, months = int(whole.n_programme), dutch.months(int(whole.months))
    if is_hidden(off, "n_programme"):
        return f"Van de {dutch.number(n)} deelnemers tonen wij niet hoeveel er na {months} uit de bijstand waren: het zijn er te weinig."
    left = f"Van de {dutch.number(n)} deelnemers hadden er na {months} {dutch.number(off.n_programme)} geen bijstand meer van deze gemeente, ook wie verhuisde"
    to_work = "" if is_hidden(work, "n_programme") else f"; {dutch.number(work.n_programme)} gingen aan het werk"
    return f"{left}{to_work}. Ook zonder programma gaan mensen uit de bijstand."


def _lasting(durability: ProtectedTable) -> str:
    (row,) = [each for each in rows_in(durability) if each.exits == TOTAL]
    if is_hidden(row, "n_followed", "n_returned") or not row.n_followed:
        return ""
    return (
        f"Van {dutch.number(row.n_followed)} mensen die uit de bijstand gingen en een jaar te volgen zijn, kwamen er "
        f"{dutch.number(row.n_returned)} binnen dat jaar terug."
    )


def _unknown(grade: str) -> str:
    if grade == "A":
        return "Niet bekend: hoe lang het verschil blijft, en of anderen er werk door misliepen."
    if grade == "E":
        return "Niet bekend: wat er zonder het programma was gebeurd, en wat mensen na de bijstand verdienen."
    return "Niet bekend: of de groepen verschilden in wat niet in het register staat, en wat mensen na de bijstand verdienen."


def _headline(results: ProtectedTable, row: Any | None, grade: str) -> str:
    if row is None:
        if grade == "E":
            return "Alleen aantallen, zonder vergelijking (bewijskracht E)."
        return f"Het verschil met anderen tonen wij niet (bewijskracht {grade})."
    return (
        f"Na {dutch.months(int(row.months))} {REACHED[row.outcome]}: {dutch.more_or_less(row.main_difference)} dan {others(results, grade).rstrip(',')} "
        f"({dutch.points_between(row.main_lower, row.main_upper)}; bewijskracht {grade})."
    )


@from_protected
def reach(flow: ProtectedTable, caseload: ProtectedTable) -> Block:
    """Say who is in the evaluation, and until when they are followed. From `findings.evaluation.reach`: ``flow`` and ``caseload``."""
    row = rows_in(flow)[0]
    until = f"Mensen zijn te volgen tot en met {dutch.register_day(row.censoring_day)}."
    if "on" in flow.rows:
        return as_paragraphs([
            (
                "Het programma is voor de hele gemeente: er is geen lijst van deelnemers. ‘Deelnemers’ zijn hier alle mensen met bijstand op "
                f"{dutch.register_day(row.on)}. Die dag is onze aanname: de bron noemt geen begin. {until}"
            )
        ])  # fmt: skip
    (whole,) = rows_in(caseload)
    known = (
        ""
        if is_hidden(whole, "n_register")
        else f"In de tijd van de selectie hadden ongeveer {dutch.number(whole.n_register)} mensen bijstand. "
    )
    who = "Iedereen die voor het programma is geselecteerd, telt mee, ook wie niet begon of stopte. De startdag is de dag van selectie."
    return as_paragraphs([f"{known}{who} {until}"])


@from_protected
def evidence(card: ProtectedTable, grade: str) -> Block:
    """Say what the grade is and what a page of it may say. From `findings.evidence.evidence_card`."""
    checked = {row.check: row.is_met == "yes" for row in rows_in(card)}
    asked = (
        ["comparison"]
        if not checked["comparison"]
        else [check for check in checked if check not in {"comparison", "earlier"}]
    )
    unmet = [CHECKS[check][0] for check in asked if not checked[check]]
    paragraphs = [f"De bewijskracht is {grade}: {GRADES[grade]}. {CARRIES[grade]}"]
    if grade == "C":
        paragraphs.append(
            "De coach koos wie meedeed. Koos die op iets wat niet in het register staat, zoals motivatie, dan is dat niet gecorrigeerd."
        )
    if unmet and grade in {"D", "E"}:
        paragraphs.append(f"Sterker kan het hier niet. Hierop is het antwoord nee: {' '.join(unmet)}")
    return carried(paragraphs, grade, "evidence()")


@from_protected
def gross(results: ProtectedTable, grade: str) -> Block:
    """Say what the counts of participants are, and what they are not."""
    return carried(
        [
            _gross(results),
            "Dit zijn bruto-uitkomsten: ze tellen iedereen, ook wie het zonder het programma had gedaan. Het verschil met anderen staat verderop.",
        ],
        grade,
        "gross()",
    )


@from_protected
def hours(table: ProtectedTable, mean: ProtectedTable) -> Block:
    """Say how many hours people work beside the benefit. From `findings.evaluation.detail`."""
    if "hours" not in table.rows:
        return as_paragraphs(
            [
                "Het register heeft niet van elk tijdstip inkomsten. Daarom is niet bekend wie naast de bijstand werkt.",
                "Wie dat doet, telt op deze pagina als iemand die in de bijstand zit.",
            ]
        )
    (row,) = rows_in(mean)
    if not is_shown(row, "mean_hours"):
        return as_paragraphs(
            ["Hoeveel uur mensen gemiddeld naast de bijstand werken, tonen wij niet: het gaat om te weinig mensen."]
        )
    (whole,) = [each for each in rows_in(table) if each.hours == TOTAL]
    of = (
        ""
        if is_hidden(whole, "n_programme")
        else f" van de {dutch.number(whole.n_programme)} mensen met werk naast de bijstand"
    )
    return as_paragraphs(
        [
            f"Van {dutch.number(row.n_programme)}{of} is bekend hoeveel uur zij werken: gemiddeld {dutch.number(row.mean_hours, 1)} uur per week."
        ]
    )


@from_protected
def durability(table: ProtectedTable, grade: str) -> Block:
    """Say whether exits lasted, both ways. From `findings.evaluation.gross.durability`."""
    (row,) = [each for each in rows_in(table) if each.exits == TOTAL]
    if is_hidden(row, "n_followed", "n_returned") or not row.n_followed:
        return as_paragraphs(["Of het vertrek standhield, tonen wij niet: het gaat om te weinig mensen."])
    n = int(row.n_followed)
    said = [
        (
            f"Van {dutch.number(n)} mensen die uit de bijstand gingen en een jaar te volgen zijn, kwam {dutch.percent(row.share_returned, n)} "
            "binnen dat jaar terug."
        )
    ]
    if not is_hidden(row, "n_on_year"):
        said.append(
            f"Na precies een jaar had {dutch.percent(row.share_on_year, n)} bijstand: wie terugkwam en weer vertrok, telt dan niet mee."
        )
    return carried([" ".join(said)], grade, "durability()")


@from_protected
def limits(card: ProtectedTable, grade: str) -> Block:
    """List what is not known, and why."""
    known = {row.check: row for row in rows_in(card)}
    said = [
        "Wat er zonder het programma met de deelnemers was gebeurd. Dat is nooit te zien; een vergelijking benadert het.",
    ]
    if grade in {"C", "D"} and known["comparison"].is_met == "yes":
        said.append("Of de coach koos op iets wat niet in het register staat, zoals motivatie of gezondheid.")
    if known["comparison"].is_met == "yes":
        said.append(
            "Of de anderen helemaal niets kregen. Ook zij kunnen begeleiding hebben gehad, en sommigen deden later zelf mee; zij tellen mee tot die dag."
        )
    else:
        said.append(
            "Hoe de tijd zelf veranderde: werkgelegenheid, corona en nieuwe regels tellen mee in een vergelijking met eerdere jaren."
        )
    said += [
        "Of anderen in de gemeente hun kans op werk zagen dalen omdat deelnemers die baan kregen.",
        "Hoeveel uur mensen werken en wat zij verdienen nadat zij uit de bijstand gingen. Het register stopt daar.",
        "Of wie verhuisde elders bijstand kreeg. ‘Werk’ is bovendien een code die ook een ziekte-uitkering kan zijn.",
        "Hoe het verder gaat na de periode die te volgen is.",
    ]
    return carried_list(said, grade, "limits()", headline="")


@from_protected
def conclusion(results: ProtectedTable, grade: str, outcome: str) -> Block:
    """Close with what was found, in the words of the grade, and what is needed to know more."""
    row = shown_row(results, outcome)
    needed = {
        "A": "Volg beide groepen langer: veel programma’s tonen hun verschil pas na een jaar of twee.",
        "C": "Meer zekerheid geeft een loting, of een start in stappen: wie later begint, is dan de vergelijking.",
        "D": "Meer zekerheid geeft een groep in dezelfde tijd: een loting, of een start in stappen.",
        "E": "Om een verschil te meten is een groep nodig die niet meedeed. Begin bij de volgende ronde met een loting of een start in stappen.",
    }[grade]
    return carried([net_in_words(row, grade), needed], grade, "conclusion()")


@from_protected
def evaluation_method(results: ProtectedTable, flow: ProtectedTable) -> Block:
    """Say how the page was made."""
    level = dutch.confidence(next(iter(rows_in(results))).level)
    of_list = (
        "Iedereen die is geselecteerd telt mee, ook wie niet begon. Zo kan niet meespelen wie het volhield. Anderen uit het register kregen een "
        "startdag uit dezelfde periode. Wie van hen later zelf werd geselecteerd, telt mee tot die dag; anderen in de bijstand tellen dan zwaarder."
    )
    of_everybody = (
        "Iedereen met bijstand op de eerste dag telt mee. De vergelijking is met mensen die op dezelfde dag twee jaar eerder bijstand hadden; "
        "zij worden gevolgd tot de dag voor het begin."
    )
    return as_paragraphs([
        of_everybody if "on" in flow.rows else of_list,
        (
            "De kans op deelname is geschat met een logistische regressie op leeftijd, geslacht, leefvorm, verblijfsstatus, regeling, ontheffing, tijd in de "
            "bijstand nu en eerder, eerder werk, eerder vertrek, een lopend traject en het kwartaal van de start. Wat bij te veel mensen ontbreekt, doet niet mee. Een enkeling van wie te veel onbekend is, of die op niemand in de andere groep lijkt, telt in de vergelijking niet mee."
        ),
        (
            f"Intervallen zijn {level}-betrouwbaarheidsintervallen. Formules en hun bronnen staan in de documentatie (docs/methods.md), de keuzes in de "
            "tabel hierboven. Hoe betrouwbaar het register zelf is, staat op de pagina ‘Hoe betrouwbaar zijn de gegevens?’ van deze gemeente."
        ),
    ])  # fmt: skip
