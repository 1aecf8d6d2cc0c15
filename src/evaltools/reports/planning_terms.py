"""Dutch names of what `findings.planning` works out, and how its numbers are written."""

from collections.abc import Callable
from typing import Any, NamedTuple

from evaltools.reports import dutch

LATER = {
    "first_year": "minder dan 1 jaar na het programma",
    "second_year": "1 tot 2 jaar na het programma",
    "later": "meer dan 2 jaar na het programma",
}
"""When a difference was measured."""


class Setting(NamedTuple):
    """How a setting is named, how its value is written, and what it means."""

    name: str
    write: Callable[[float], str]
    meaning: str


def points(difference: float) -> str:
    """Write a difference of two shares in points, whole where it is.

    Examples
    --------
    >>> points(0.05), points(0.054)
    ('5 procentpunt', '5,4 procentpunt')
    """
    return f"{bare_points(difference)} procentpunt"


def bare_points(difference: float) -> str:
    """Write the number of `points` alone.

    Examples
    --------
    >>> bare_points(0.05), bare_points(0.09379)
    ('5', '9,4')
    """
    value = 100 * difference
    return dutch.number(value, 0 if abs(value - round(value)) < 1e-9 else 1)


def bare_share(share: float) -> str:
    """Write a setting that is a share, with the decimals it has.

    Examples
    --------
    >>> bare_share(0.14), bare_share(0.141)
    ('14%', '14,1%')
    """
    return f"{bare_points(share)}%"


def of_hundred(share: float) -> str:
    """Write a chance as so many of a hundred.

    Examples
    --------
    >>> of_hundred(0.301), of_hundred(0.0004), of_hundred(0.9999)
    ('30 van de 100', 'minder dan 1 van de 100', 'meer dan 99 van de 100')
    """
    if 0 < share < 0.01:
        return "minder dan 1 van de 100"
    if 0.99 < share < 1:
        return "meer dan 99 van de 100"
    return f"{dutch.number(100 * share)} van de 100"


def whole_percent(share: float) -> str:
    """Write a chance in whole percents: never 0 or 100 where it is neither.

    Examples
    --------
    >>> whole_percent(0.301), whole_percent(0.0004), whole_percent(0.9999)
    ('30%', 'minder dan 1%', 'meer dan 99%')
    """
    if 0 < share < 0.01:
        return "minder dan 1%"
    if 0.99 < share < 1:
        return "meer dan 99%"
    return f"{dutch.number(100 * share)}%"


def two_groups(n_programme: float, n_comparison: float) -> str:
    """Write how many people two groups have.

    Examples
    --------
    >>> two_groups(1017, 1017), two_groups(616, 2462)
    ('1.017 mensen per groep', '616 mensen in het programma en 2.462 in de vergelijkingsgroep')
    """
    if n_programme == n_comparison:
        return f"{dutch.number(n_programme)} mensen per groep"
    return (
        f"{dutch.number(n_programme)} mensen in het programma en {dutch.number(n_comparison)} in de vergelijkingsgroep"
    )


def months(n: float) -> str:
    """Write a number of months that may have a half.

    Examples
    --------
    >>> months(6.0), months(1.0), months(4.5)
    ('6 maanden', '1 maand', '4,5 maanden')
    """
    return dutch.months(round(n)) if n == round(n) else f"{dutch.number(n, 1)} maanden"


def times(value: float) -> str:
    """Write how large a pilot is beside the one that is planned.

    Examples
    --------
    >>> times(0.5), times(1.0), times(4.0)
    ('half zo groot', 'deze proef', '4 keer zo groot')
    """
    return {0.5: "half zo groot", 1.0: "deze proef"}.get(value, f"{dutch.number(value)} keer zo groot")


def design_name(design: str) -> str:
    """Name a design in plain words, with its own name behind it.

    Examples
    --------
    >>> design_name("phased_start"), design_name("rct")
    ('wachtlijst (gefaseerde start)', 'loting')
    """
    plain = {"phased_start": "wachtlijst", "difference_in_differences": "verandering naast die in andere gemeenten"}
    return f"{plain[design]} ({dutch.DESIGNS[design]})" if design in plain else dutch.DESIGNS[design]


def values_of(rows: list[Any]) -> dict[str, float]:
    """Find the value of each setting in the rows of `findings.planning.settings`."""
    return {row.setting: row.value for row in rows}


SETTINGS = {
    "base_share": Setting(
        "Uitkomst zonder programma", bare_share, "Zo veel mensen bereiken de uitkomst ook als er geen programma is."
    ),
    "difference": Setting("Gewenst verschil", points, "Zo veel hoger moet het aandeel met het programma minstens zijn."),
    "n_programme": Setting("Mensen in het programma", dutch.number, "Bij de start."),
    "n_comparison": Setting("Mensen in de vergelijkingsgroep", dutch.number, "Bij de start."),
    "share_followed": Setting("Te volgen tot het einde", bare_share, "Van de anderen weten wij niet hoe het afliep."),
    "design_effect": Setting(
        "Opslag voor mensen die op elkaar lijken",
        lambda value: dutch.number(value, 0 if value == round(value) else 2),
        "Bij 1 lijkt niemand op een ander. Mensen met dezelfde coach lijken vaak op elkaar: dan is het meer.",
    ),
    "n_followed_programme": Setting("Telt mee in het programma", dutch.number, "Dit volgt uit de regels hierboven."),
    "n_followed_comparison": Setting("Telt mee in de vergelijkingsgroep", dutch.number, "Dit volgt ook uit de regels hierboven."),
    "power": Setting(
        "Gewenste kans om het te zien", bare_share, "Zo vaak moet een proef een echt verschil laten zien."
    ),
    "level": Setting("Betrouwbaarheid", bare_share, "Hoe zeker iemand moet zijn voordat een verschil telt."),
    "months": Setting("Gemeten na", lambda value: dutch.months(round(value)), "Zo lang volgt de proef de mensen."),
    "euro_per_participant": Setting(
        "Kosten per deelnemer",
        lambda value: dutch.euro(value) if value else "niet bekend",
        "Zonder dit bedrag zegt de pagina wat het programma hoogstens mag kosten.",
    ),
}  # fmt: skip
"""In the order in which a page shows them."""


class Design(NamedTuple):
    """What is to be said of a design."""

    may_say: str
    says: str
    weak: str
    needs: str
    costs: str


DESIGNS = {
    "rct": Design(
        "ja",
        "‘door …’",
        "Mensen haken af, of krijgen de hulp ook zonder te zijn ingeloot.",
        "Meer mensen die mee willen doen dan er plaats is. Een loting bepaalt wie begint.",
        "Bijna niets. Wel moet iemand uitleggen waarom niet iedereen nu mee kan doen.",
    ),
    "phased_start": Design(
        "waarschijnlijk",
        "‘waarschijnlijk door …’",
        "Wie weet dat hij later mag beginnen, kan daarop wachten.",
        "Een wachtlijst. Een loting bepaalt wie eerst begint; de rest begint na {months}.",
        "Weinig. Iedereen komt aan de beurt. Na de tweede start is er geen vergelijking meer.",
    ),
    "difference_in_differences": Design(
        "waarschijnlijk",
        "‘waarschijnlijk door …’",
        "Er kan in die gemeente op dat moment ook iets anders zijn veranderd.",
        "Cijfers per maand van vóór en na de start, van deze gemeente en van minstens {places} andere.",
        "Weinig geld, wel rekenwerk. Het CBS publiceert per maand hoeveel uitkeringen elke gemeente heeft.",
    ),
    "matched": Design(
        "nee, wel of het samenhangt",
        "‘hangt samen met, na correctie’",
        "Een coach kiest vaak op iets wat niet in het register staat.",
        "Een register met van iedereen veel gegevens van vóór de start, en vier keer zo veel anderen als deelnemers.",
        "Rekenwerk, en toestemming om het register te gebruiken.",
    ),
    "historical_cohort": Design(
        "nee, alleen of het anders was",
        "‘vergeleken met’",
        "De tijden veranderen: er is meer of minder werk, of er zijn andere regels.",
        "Dezelfde gegevens van mensen die een paar jaar eerder aan de voorwaarden voldeden.",
        "Weinig: de gegevens zijn er al.",
    ),
    "benchmark": Design(
        "nee, alleen of het anders was",
        "‘vergeleken met’",
        "Andere gemeenten hebben andere inwoners en ander werk.",
        "Een cijfer van andere gemeenten dat op dezelfde manier is geteld.",
        "Bijna niets.",
    ),
    "before_after": Design(
        "nee",
        "‘geen effectmeting’",
        "Niemand weet hoe het zonder het programma was gegaan.",
        "Alleen de deelnemers. Meer deelnemers lossen dit niet op.",
        "Niets extra, en het antwoord blijft uit.",
    ),
}
