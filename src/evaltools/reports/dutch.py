"""Numbers, days and fixed terms in Dutch, as the reports print them."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal

LOCALE = "nl"

UNITS = {
    "persons": ("persoon", "personen"),
    "residents": ("inwoner", "inwoners"),
    "households": ("huishouden", "huishoudens"),
    "benefits": ("uitkering", "uitkeringen"),
    "employers": ("werkgever", "werkgevers"),
}
PEOPLE = ("persons", "residents")
QUALIFIERS = {"exact": "", "about": "ongeveer ", "at_least": "ruim ", "at_most": "bijna "}
BOUNDS = {"exact": "", "about": "ongeveer ", "at_least": "minstens ", "at_most": "hoogstens "}
READINGS = {"stated": "{}", "assumed": "{} (onze lezing)", "other_reading": "{} (andere lezing)"}
DESIGNS = {
    "rct": "loting",
    "phased_start": "gefaseerde start",
    "difference_in_differences": "verschil in verschillen",
    "matched": "vergelijking met mensen die erop lijken",
    "historical_cohort": "vergelijking met een eerdere groep",
    "benchmark": "vergelijking met andere gemeenten",
    "before_after": "alleen aantallen, zonder vergelijking",
}
SIMULATED = "gesimuleerde gegevens"
"""What every table and figure from a simulated register says of itself."""
SMALL_BASE = 100
"""Percentages of fewer units than this are whole: a decimal would feign precision."""


def number(value: float, decimals: int = 0) -> str:
    """Write a number: ``number(1234.5, 1)`` is ``1.234,5``.

    Examples
    --------
    >>> number(1000), number(8.3333, 1), number(12, 1)
    ('1.000', '8,3', '12,0')
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=LOCALE)


def percent(share: float, n: int | None = None) -> str:
    """Write a share (0-1) as a percentage: one decimal, none when ``n`` is under `SMALL_BASE`.

    Examples
    --------
    >>> percent(0.1407, 270), percent(0.5, 31)
    ('14,1%', '50%')
    """
    return number(100 * share, 0 if n is not None and n < SMALL_BASE else 1) + "%"


def interval(lower: float, upper: float, n: int | None = None) -> str:
    """Write the two ends of an interval of a share.

    Examples
    --------
    >>> interval(0.1043, 0.1873, 270)
    'van 10,4 tot 18,7%'
    """
    return f"van {percent(lower, n).removesuffix('%')} tot {percent(upper, n)}"


def printed_percent(share: float) -> str:
    """Write a published share with the decimals that it was published with.

    Examples
    --------
    >>> printed_percent(0.3), printed_percent(0.234)
    ('30%', '23,4%')
    """
    percents = Decimal(str(share)) * 100
    return number(float(percents), max(0, -int(percents.normalize().as_tuple().exponent))) + "%"


def confidence(level: float) -> str:
    """Write a confidence level: ``95%``, ``99,9%``."""
    return printed_percent(level)


def euro(value: float) -> str:
    """Write an amount in whole euros, with a no-break space.

    Examples
    --------
    >>> euro(-113000).replace(chr(160), " ")
    '€ -113.000'
    """
    whole = round(value) + 0
    return format_currency(whole, "EUR", format="¤\u00a0#,##0;¤\u00a0-#,##0", locale=LOCALE, currency_digits=False)


def dollars(value: float) -> str:
    """Write an amount in whole dollars.

    Examples
    --------
    >>> dollars(1794.34), dollars(-8497.5)
    ('1.794 dollar', '-8.498 dollar')
    """
    return f"{number(round(value) + 0)} dollar"


def points(difference: float) -> str:
    """Write a difference of two shares (0-1) in percentage points.

    Examples
    --------
    >>> points(0.0344), points(-0.1)
    ('3,4 procentpunt', '-10,0 procentpunt')
    """
    return f"{number(100 * difference, 1)} procentpunt"


def points_between(lower: float, upper: float) -> str:
    """Write the ends of an interval of a difference in words.

    Examples
    --------
    >>> points_between(-0.05, 0.039), points_between(0.01, 0.058), points_between(-0.058, -0.01)
    ('van 5,0 minder tot 3,9 meer', 'van 1,0 tot 5,8 meer', 'van 5,8 tot 1,0 minder')
    """
    low, high = number(100 * abs(lower), 1), number(100 * abs(upper), 1)
    if lower < 0 < upper:
        return f"van {low} minder tot {high} meer"
    return f"van {low} tot {high} {'minder' if upper <= 0 else 'meer'}"


def more_or_less(difference: float) -> str:
    """Write a difference of two shares (0-1) in words.

    Examples
    --------
    >>> more_or_less(0.0344), more_or_less(-0.1), more_or_less(0.0001)
    ('3,4 procentpunt meer', '10,0 procentpunt minder', '0,0 procentpunt')
    """
    rounded = round(100 * difference, 1)
    if rounded == 0:
        return "0,0 procentpunt"
    return f"{points(abs(difference))} {'meer' if rounded > 0 else 'minder'}"


def count(n: int, unit: str) -> str:
    """Write a count with its unit: ``1 inwoner``, ``270 inwoners``."""
    one, many = UNITS[unit]
    return f"{number(n)} {one if n == 1 else many}"


def rounded_count(n: Any, base: int) -> str:
    """Write a count that was rounded to a multiple of ``base``: 0 stands for any small number, or none.

    Examples
    --------
    >>> rounded_count(0, 10), rounded_count(1230, 10)
    ('minder dan 5', '1.230')
    """
    if pd.isna(n):
        return "–"
    return number(n) if n else f"minder dan {base - base // 2}"


def multiples(base: int) -> str:
    """Name what a count is rounded to."""
    return "tientallen" if base == 10 else f"veelvouden van {number(base)}"


def portion(n: int, of: int, one: str, many: str) -> str:
    """Write how many of some things: ``4 van de 20 getallen``.

    Examples
    --------
    >>> portion(4, 20, "getal", "getallen"), portion(20, 20, "getal", "getallen"), portion(1, 1, "getal", "getallen")
    ('4 van de 20 getallen', 'alle 20 getallen', 'het enige getal')
    """
    if n == of:
        return f"het enige {one}" if of == 1 else f"alle {number(of)} {many}"
    return f"{number(n)} van de {number(of)} {many}"


def members(n: int, unit: str) -> str:
    """Write a number of members of a group: ``7 mensen``, ``1 persoon``, but ``7 huishoudens``.

    Examples
    --------
    >>> members(7, "residents"), members(1, "persons"), members(1000, "households")
    ('7 mensen', '1 persoon', '1.000 huishoudens')
    """
    if unit in PEOPLE:
        return "1 persoon" if n == 1 else f"{number(n)} mensen"
    return count(n, unit)


def members_noun(unit: str) -> str:
    """Name the members of a group: ``mensen``, or the unit when that is no person."""
    return "mensen" if unit in PEOPLE else UNITS[unit][1]


def months(n: int) -> str:
    """Write a number of months."""
    return "1 maand" if n == 1 else f"{number(n)} maanden"


def day(partial: str) -> str:
    """Write a year, month or day.

    Examples
    --------
    >>> day("2020-09-03"), day("2020-02"), day("2020")
    ('3 september 2020', 'februari 2020', '2020')
    """
    match len(partial):
        case 4:
            return partial
        case 7:
            return month(dt.date.fromisoformat(f"{partial}-01"))
    return format_date(dt.date.fromisoformat(partial), "d MMMM y", locale=LOCALE)


def month(value: dt.date) -> str:
    """Write the month of a day: ``juli 2018``."""
    return format_skeleton("yMMMM", value, locale=LOCALE)


def period(first_day: dt.date | None, last_day: dt.date | None, *, is_about: bool) -> str:
    """Write when something ran, by month.

    Examples
    --------
    >>> period(dt.date(2018, 7, 1), dt.date(2020, 3, 31), is_about=True)
    'van ongeveer juli 2018 tot en met maart 2020'
    """
    if first_day is None:
        return "staat niet in de bronnen"
    around = "ongeveer " if is_about else ""
    if last_day is None:
        return f"vanaf {around}{month(first_day)}"
    return f"van {around}{month(first_day)} tot en met {month(last_day)}"


def operator(name: str, first: str, last: str, seen_on: str) -> str:
    """Write who carries out the Participatiewet, since when, until when, and on which day a source says so."""
    since = f" vanaf {day(first)}" if first else ""
    until = f" tot en met {day(last)}" if last else ""
    return f"{name}{since}{until} (bericht van {day(seen_on)})"


def as_published(n: float | None, share: float | None, precision: str, wording: str | None) -> str:
    """Write a figure as the text gives it: in its own words, or with its qualifier.

    Examples
    --------
    >>> as_published(1000, None, "at_most", None), as_published(None, 0.25, "about", "1 op de 4")
    ('bijna 1.000', '1 op de 4')
    """
    if is_given(wording):
        return str(wording)
    figure = number(float(n)) if is_given(n) and n is not None else printed_percent(float(share or 0))
    return QUALIFIERS[precision] + figure


def share(row: Any) -> str:
    """Write the share of a row of `findings.claims.shares`: as published, or worked out with its bound."""
    if is_given(row.share):
        return as_published(None, row.share, row.precision, row.as_published)
    return BOUNDS[row.bound] + percent(row.estimate, row.n_whole)


def break_even(row: Any) -> str:
    """Write the deadweight of a row of `findings.costs.break_even`: the less is invested, the more may leave anyway."""
    bound = {"at_most": "at_least", "at_least": "at_most"}.get(row.investment_precision, row.investment_precision)
    return BOUNDS[bound] + percent(row.break_even)


def register_day(value: pd.Timestamp) -> str:
    """Write a day of the register itself: ``31 december 2019``."""
    return day(f"{value:%Y-%m-%d}")


def listing(words: list[str]) -> str:
    """Join words as a sentence does: ``a, b en c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} en {words[-1]}"


def capital(text: str) -> str:
    """Begin a text with a capital and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def is_given(value: object) -> bool:
    """Whether there is a value: a number or text that is known."""
    return value is not None and not pd.isna(value)  # type: ignore[call-overload]
