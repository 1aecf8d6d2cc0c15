"""Sentences of the page on steps: before and after, without others to compare with, so that no word may claim a cause."""

from collections.abc import Iterator
from typing import Any

from evaltools.disclosure import ProtectedTable
from evaltools.disclosure.record import TOTAL
from evaltools.reports import dutch
from evaltools.reports.block import NOTHING, Block, from_protected
from evaltools.reports.participation_terms import (
    GRADE,
    MOMENTS,
    RELIABILITIES,
    RUNGS,
    moments_in,
    n_measured,
    total_of,
)
from evaltools.reports.rows import is_hidden, is_shown
from evaltools.reports.wording.base import carried, carried_list, rows_in
from evaltools.reports.wording.households import household_sentences

SMALL_P = 0.001


@from_protected
def participation_summary(
    ladder: ProtectedTable,
    without: ProtectedTable,
    activities: ProtectedTable,
    needs: ProtectedTable,
    professionals: ProtectedTable,
) -> Block:
    """Say on one screen what was found, how sure that is and what is not known. From `findings.participation` and `findings.beside_the_ladder`."""
    found = _steps(ladder)
    sentences = [
        found,
        _chance_in_short(without, ladder),
        _education(activities),
        *household_sentences(needs, professionals),
    ]
    sentences += [
        "Bewijskracht: E, op een schaal van A (sterk) tot en met E (geen). Dit is geen effectmeting: wij kijken ervoor en erna, zonder andere mensen ernaast.",
        "Niet bekend: hoe het deze mensen zonder het programma was vergaan, en wie niet meedeed.",
    ]
    kept = [sentence for sentence in sentences if sentence]
    return _carried_list(kept, "participation_summary()", headline=_headline(ladder, needs))


def _steps(ladder: ProtectedTable) -> str:
    """Say how many went up."""
    row = total_of(ladder)
    within = f"binnen {dutch.months(int(row.months))}"
    n = n_measured(ladder)
    if n and is_shown(row, "n_up"):
        more = (
            f" Van hen gingen {dutch.number(row.n_up_more)} mensen twee treden of meer omhoog."
            if is_shown(row, "n_up_more")
            else ""
        )
        return (
            f"Van {dutch.number(n)} mensen met twee scores op de participatieladder stonden er {dutch.number(row.n_up)} {within} hoger "
            f"({dutch.percent(row.share_up, n)}).{more}"
        )
    if is_shown(row, "n_up", "n_rest") and row.n_up:
        return (
            f"Van {dutch.number(row.n_everybody)} deelnemers scoorden er {dutch.number(row.n_up)} {within} hoger op de participatieladder. "
            f"Bij de andere {dutch.number(row.n_rest)} was de tweede score gelijk, lager of er niet."
        )
    if _is_unscored(ladder, row):
        return ""
    return "Hoeveel mensen hoger scoorden op de participatieladder tonen wij niet: het gaat om te weinig mensen."


def _is_unscored(ladder: ProtectedTable, row: Any) -> bool:
    """Whether nobody has two scores."""
    name = "n_measured" if "n_measured" in ladder.rows else "n_up"
    return not is_hidden(row, name) and int(getattr(row, name)) == 0


def _chance_in_short(without: ProtectedTable, ladder: ProtectedTable) -> str:
    row = total_of(ladder)
    if not _is_unscored(ladder, row) and not moments_in(without):
        return "Wie begint op een slecht moment, scoort later vaak vanzelf hoger. Hoeveel dat hier uitmaakt, is met zo weinig mensen niet te berekenen."
    if not moments_in(without):
        return ""
    low, high = _range(without)
    return (
        f"Wie begint op een slecht moment, scoort later vaak vanzelf hoger. Ook als er niets verandert, scoort hier {dutch.percent(low, 1).removesuffix('%')} "
        f"tot {dutch.percent(high, 1)} van de mensen hoger. Dat hangt af van hoe precies een score is en hoe slecht het moment was."
    )


def _range(without: ProtectedTable) -> tuple[float, float]:
    row = total_of(without)
    shares = [getattr(row, f"up_of_{name}_at_{at}") for name in moments_in(without) for at in RELIABILITIES]
    return min(shares), max(shares)


def _education(activities: ProtectedTable) -> str:
    rows = {row.activity: row for row in rows_in(activities)}
    whole = rows[TOTAL]
    if "education" not in rows or is_hidden(rows["education"], "n") or is_hidden(whole, "n"):
        return ""
    n = int(whole.n)
    return (
        f"Van de {dutch.number(n)} deelnemers {_began(int(rows['education'].n))} binnen {dutch.months(int(whole.months))} een opleiding "
        f"({dutch.percent(rows['education'].share, n)})."
    )


def _began(n: int) -> str:
    return "begon niemand" if n == 0 else "begon er één" if n == 1 else f"begonnen er {dutch.number(n)}"


def _headline(ladder: ProtectedTable, needs: ProtectedTable) -> str:
    row, n = total_of(ladder), n_measured(ladder)
    if n and is_shown(row, "n_up"):
        said = f"{dutch.number(row.n_up)} van {dutch.number(n)} mensen scoorden later hoger op de ladder"
    elif is_shown(row, "n_up", "n_rest") and row.n_up:
        said = (
            f"{dutch.number(row.n_up)} van {dutch.number(row.n_everybody)} deelnemers scoorden later hoger op de ladder"
        )
    else:
        said = "Hoeveel mensen hoger scoorden op de ladder, is niet te tonen"
    homes = {each.change: each for each in rows_in(needs) if each.at_goal == TOTAL}
    if not is_hidden(homes[TOTAL], "n") and homes[TOTAL].n and not is_hidden(homes["fewer"], "n"):
        said += f"; {dutch.number(homes['fewer'].n)} van {dutch.number(homes[TOTAL].n)} huishoudens hadden minder hulpvragen"
    return f"{said}. Zonder vergelijking (bewijskracht E)."


@from_protected
def participation_evidence(ladder: ProtectedTable) -> Block:
    """Say how strong the evidence is: none. From `findings.participation.ladder`."""
    paragraphs = [
        ("De bewijskracht is E, de laagste van vijf. Dit is geen effectmeting. Wij vergelijken mensen met zichzelf, ervoor en erna. "
        "Wat er zonder het programma met hen was gebeurd, is zo niet te zien."),
        ("Drie dingen laten een score ook stijgen als er niets verandert. Mensen kunnen op een slecht moment zijn begonnen. Er gaat ook tijd voorbij: in een half jaar vinden ook anderen "
        "werk of contacten. En wie de score geeft, kan hopen op vooruitgang."),
    ]  # fmt: skip
    said = _rater(ladder)
    return _carried([*paragraphs, *([said] if said else [])], "participation_evidence()")


def _rater(ladder: ProtectedTable) -> str:
    row = total_of(ladder)
    if _is_unscored(ladder, row):
        return ""
    if row.is_coach_only:
        return "Bij alle mensen met twee scores gaf een coach of consulent de score. Dat is iemand van het programma zelf, geen buitenstaander."
    return "Niet alle scores zijn van een coach of consulent: ook de inwoner zelf of iemand anders gaf een score."


@from_protected
def ladder_steps(ladder: ProtectedTable) -> Block:
    """Say how many went up, stayed and went down. From `findings.participation.ladder`."""
    row, n = total_of(ladder), n_measured(ladder)
    if _is_unscored(ladder, row):
        return NOTHING
    rungs = dutch.listing([f"{rung} ({text})" for rung, text in RUNGS.items()])
    paragraphs = [
        f"De participatieladder heeft zes treden: {rungs}. De treden liggen niet even ver uit elkaar. Daarom tellen wij wie hoger, gelijk of lager staat, en nooit een gemiddelde stap.",
        _steps(ladder),
    ]
    if n and is_shown(row, "up_low"):
        paragraphs.append(
            f"Het interval om dat aandeel loopt {dutch.interval(row.up_low, row.up_high, n)} "
            f"({dutch.confidence(row.level)} betrouwbaar). Zoveel hoger of lager had het door toeval kunnen zijn."
        )
    if n and is_shown(row, "n_down", "n_equal"):
        paragraphs.append(
            f"Gelijk bleven er {dutch.number(row.n_equal)}, en lager stonden er {dutch.number(row.n_down)}."
        )
    elif n and is_shown(row, "n_not_up"):
        paragraphs.append(
            f"De andere {dutch.number(row.n_not_up)} stonden gelijk of lager. Hoeveel er lager stonden, tonen wij niet: het zijn er te weinig."
        )
    if n and is_shown(row, "p_mcnemar", "p_signed_rank"):
        paragraphs.append(
            f"De kans dat iemand later hoger staat dan eerder, met de helft van wie gelijk bleef erbij, is {dutch.percent(row.superiority, n)} "
            f"({dutch.interval(row.superiority_low, row.superiority_high, n)}); bij 50% gaan er evenveel omhoog als omlaag. Als omhoog en omlaag even waarschijnlijk zijn, is de kans op zo’n verschil "
            f"{_p(row.p_mcnemar)} (McNemar), en met de grootte van de stappen erbij {_p(row.p_signed_rank)} (Wilcoxon, Pratt). Dat toetst alleen of er iets verschilt, niet waardoor."
        )  # fmt: skip
    return _carried(paragraphs, "ladder_steps()")


def _p(p: float) -> str:
    return "kleiner dan 0,001" if p < SMALL_P else dutch.number(p, 3)


@from_protected
def ladder_missing(ladder: ProtectedTable) -> Block:
    """Say what those without a second score can change. From `findings.participation.ladder`."""
    row, n = total_of(ladder), n_measured(ladder)
    if not n:
        return NOTHING
    start = "Wie geen tweede score heeft, bleef niet gelijk: er is niet gekeken."
    if not is_shown(row, "up_lowest", "n_missing"):
        return _carried([start], "ladder_missing()")
    n_all = int(row.n_expected)
    return _carried(
        [
            (
                f"{start} Dat zijn {dutch.number(row.n_missing)} van de {dutch.number(n_all)} mensen met een eerste score. Stond niemand van hen hoger, dan is het aandeel "
                f"{dutch.percent(row.up_lowest, n_all)}. Stonden zij allemaal hoger, dan is het {dutch.percent(row.up_highest, n_all)}. Met toeval erbij loopt het "
                f"{dutch.interval(row.up_lower, row.up_upper, n_all)}. Meer zeggen deze gegevens niet."
            )
        ],
        "ladder_missing()",
    )  # fmt: skip


@from_protected
def steps_without_change(without: ProtectedTable, ladder: ProtectedTable, others: ProtectedTable) -> Block:
    """Say what chance alone would give, and what people who did not take part show. From `findings.participation`."""
    moments = moments_in(without)
    row = total_of(without)
    found = total_of(ladder)
    if _is_unscored(ladder, found):
        return NOTHING
    paragraphs = [
        (
            "Een score is nooit precies. Wie op een slecht moment begint, krijgt een lage eerste score. Later is het moment gewoon weer gewoon, en stijgt de score. "
            "Dat heet terugval naar het gemiddelde: er verandert niets, en toch staan mensen hoger."
        )
    ]
    if moments:
        one, two = (getattr(row, f"up_of_{name}_at_eight") for name in ("one", "two"))
        low, high = _range(without)
        paragraphs += [
            (
                "Hoeveel dat is, hangt af van twee dingen die niet bekend zijn. Het eerste is de betrouwbaarheid: welk deel van de verschillen tussen scores echt is. "
                "Het tweede is hoe slecht het moment was waarop mensen begonnen. Wij nemen van beide meer dan één mogelijkheid, en gaan ervan uit dat bij niemand iets verandert."
            ),
            (
                f"Bij een betrouwbaarheid van 0,8 scoort dan {dutch.percent(one, 1)} hoger als mensen op een gewoon moment begonnen. Even veel mensen scoren dan lager. Begonnen zij op het slechtste van twee "
                f"momenten, dan is het {dutch.percent(two, 1)}. Over alle mogelijkheden in de tabel loopt het van {dutch.percent(low, 1).removesuffix('%')} tot {dutch.percent(high, 1)}."
            ),
            *_beside(found, high),
        ]  # fmt: skip
    else:
        paragraphs.append(
            "Hoeveel dat hier is, berekenen wij niet: daarvoor zijn er op te weinig treden genoeg mensen."
        )
    if "others" in moments:
        paragraphs.append(
            f"‘{dutch.capital(MOMENTS['others'])}’ gaat uit van {dutch.number(row.n_others)} mensen in het register die nooit meededen en een eerste score hebben: "
            "deelnemers zijn dan alleen op hun score uit hen gekozen."
        )
    paragraphs += _of_others(others)
    return _carried(paragraphs, "steps_without_change()")


def _beside(found: Any, high: float) -> Iterator[str]:
    if not is_shown(found, "share_up", "up_low"):
        return
    n = int(found.n_measured)
    measured = f"Gemeten is {dutch.percent(found.share_up, n)}."
    if found.up_low > high:
        yield f"{measured} Dat is meer dan elke mogelijkheid die wij doorrekenden. Wat overblijft, kan van alles zijn: de tijd, wie de score gaf, werk dat mensen zelf vonden, of de begeleiding."
    else:
        yield f"{measured} Ook zonder dat er iets verandert, is zo’n aandeel mogelijk."


def _of_others(others: ProtectedTable) -> Iterator[str]:
    n = n_measured(others)
    row = total_of(others)
    if n and is_shown(row, "n_up"):
        yield (
            f"Van mensen die nooit meededen, hebben er {dutch.number(n)} twee scores. Van hen stonden er {dutch.number(row.n_up)} hoger "
            f"({dutch.percent(row.share_up, n)}). Zij lijken misschien niet op de deelnemers; daarvoor is niet gecorrigeerd."
        )


@from_protected
def jobs_and_activities(jobs: ProtectedTable, activities: ProtectedTable) -> Block:
    """Say who has a job of 16 hours and who began education. From `findings.beside_the_ladder`."""
    rows = {row.job: row for row in rows_in(jobs)}
    whole = rows[TOTAL]
    paragraphs = []
    if "job_of_16" in rows and not is_hidden(whole, "n"):
        n, months = int(whole.n), dutch.months(int(whole.months))
        if is_hidden(rows["job_of_16"], "n"):
            left = rows["left_for_work"]
            known = (
                ""
                if is_hidden(left, "n")
                else f" Wel te tonen: {dutch.number(left.n)} mensen gingen uit de bijstand naar werk."
            )
            paragraphs.append(
                f"Hoeveel van de {dutch.number(n)} deelnemers na {months} een baan van 16 uur of meer hadden, tonen wij niet, om de privacy van mensen te beschermen.{known}"
            )
        else:
            job = rows["job_of_16"]
            paragraphs.append(
                f"Na {months} hadden {dutch.number(job.n)} van de {dutch.number(n)} deelnemers een baan van 16 uur of meer ({dutch.percent(job.share, n)}, {dutch.interval(job.low, job.high, n)})."
            )
        paragraphs.append(
            "Van wie uit de bijstand ging naar werk, kent het register de uren niet. Die mensen tellen mee als baan van 16 uur of meer."
        )
    paragraphs.append(_education(activities))
    return _carried([paragraph for paragraph in paragraphs if paragraph], "jobs_and_activities()")


@from_protected
def participation_unknown(ladder: ProtectedTable, visits: ProtectedTable) -> Block:
    """List what is not known, and why. From `findings.participation.ladder` and `findings.beside_the_ladder.visits`."""
    row = total_of(ladder)
    said = ["Hoe het deze mensen zonder het programma was vergaan. Daarvoor is een groep nodig die niet meedeed."]
    if not _is_unscored(ladder, row):
        said += [
            "Hoe betrouwbaar een score op de ladder is. Twee coaches die los van elkaar dezelfde mensen scoren, kunnen dat laten zien.",
            "Hoe het ging met wie geen tweede score heeft.",
            "Of een hogere score blijft. Wij kijken tot en met de laatste score in deze periode.",
        ]
    (whole,) = [each for each in rows_in(visits) if each.visited == TOTAL]
    if not is_hidden(whole, "n") and whole.n:
        said += [
            "Of huishoudens met één bezoek beter of slechter af waren. Misschien was meer niet nodig, misschien deed niemand open.",
            "Of minder hulpverleners ook betere hulp is. Geteld is alleen hoeveel het er zijn.",
        ]
    said += [
        "Hoeveel uur mensen werken nadat zij uit de bijstand gingen.",
        "Wie gevraagd is en niet meedeed. Wie meedeed, wilde of kon misschien al meer.",
    ]
    return _carried_list(said, "participation_unknown()", headline="")


@from_protected
def participation_method(ladder: ProtectedTable) -> Block:
    """Say how the page was made. From `findings.participation.ladder`."""
    row = total_of(ladder)
    scored = [] if _is_unscored(ladder, row) else [
        (
            "De eerste score is de laatste tot de startdag, of anders de eerste erna, hoogstens 90 dagen ervan af. De tweede is de laatste score op dezelfde ladder, hoogstens "
            f"{dutch.months(int(row.months))} na de eerste. Wie niet twee keer is gemeten, staat apart."
        ),
        (
            "Bij ‘als er niets verandert’ is een score een vast niveau met een fout. Beide zijn normaal verdeeld; de grenzen tussen treden liggen waar de eerste scores liggen. "
            "De eerste score is dan de laagste van een aantal momenten. Deze manier van kijken is bekend van Davis (1976) en van Barnett, Van der Pols en Dobson (2005). Treden met minder dan tien "
            "mensen tellen samen met de volgende."
        ),
    ]  # fmt: skip
    return _carried(
        [
            *scored,
            f"Intervallen zijn {dutch.confidence(row.level if 'level' in ladder.rows else 0.95)}-betrouwbaarheidsintervallen (Wilson). Formules en bronnen staan in docs/methods.md, de definities met een voorbeeld in docs/definitions.",
        ],
        "participation_method()",
    )


def _carried(paragraphs: list[str], where: str) -> Block:
    return carried(paragraphs, GRADE, where)


def _carried_list(sentences: list[str], where: str, *, headline: str) -> Block:
    return carried_list(sentences, GRADE, where, headline=headline)
