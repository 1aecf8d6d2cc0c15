"""Numbers, days and fixed terms in Dutch, as the reports print them."""

import datetime as dt

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
STAGES = {
    "on_benefit": "heeft een uitkering",
    "selected": "geselecteerd",
    "offered": "kreeg een aanbod",
    "approached": "benaderd",
    "started": "begonnen",
    "completed": "klaar",
}
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
    "before_after": "alleen vóór en na, zonder vergelijking",
}
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


def euro(value: float) -> str:
    """Write an amount in whole euros, with a no-break space.

    Examples
    --------
    >>> euro(-113000).replace(chr(160), " ")
    '€ -113.000'
    """
    return format_currency(value, "EUR", format="¤\u00a0#,##0;¤\u00a0-#,##0", locale=LOCALE, currency_digits=False)


def count(n: int, unit: str) -> str:
    """Write a count with its unit: ``1 inwoner``, ``270 inwoners``."""
    one, many = UNITS[unit]
    return f"{number(n)} {one if n == 1 else many}"


def people(n: int) -> str:
    """Write a number of people: ``1 mens`` is no Dutch, so ``1 persoon``, ``7 mensen``."""
    return "1 persoon" if n == 1 else f"{number(n)} mensen"


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


def as_published(n: float | None, share: float | None, precision: str, wording: str | None) -> str:
    """Write a figure as the text gives it: in its own words, or with its qualifier.

    Examples
    --------
    >>> as_published(1000, None, "at_most", None), as_published(None, 0.25, "about", "1 op de 4")
    ('bijna 1.000', '1 op de 4')
    """
    if _given(wording):
        return str(wording)
    figure = number(float(n)) if _given(n) and n is not None else f"{number(100 * float(share or 0))}%"
    return QUALIFIERS[precision] + figure


def listing(words: list[str]) -> str:
    """Join words as a sentence does: ``a, b en c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} en {words[-1]}"


def capital(text: str) -> str:
    """Begin a text with a capital and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def _given(value: object) -> bool:
    return value is not None and not pd.isna(value)  # type: ignore[call-overload]
