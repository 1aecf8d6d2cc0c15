"""Read one value of a source; what is wrong with it is said without the value."""

import datetime as dt
import re
from difflib import get_close_matches
from typing import get_args

import numpy as np

from evaltools.registers.codes import CodeList
from evaltools.registers.extracts.delivery import Cell
from evaltools.registers.extracts.profile import DayFormat

FIRST_YEAR, LAST_YEAR = 1900, 2100
LIKENESS = 0.8
"""How like a code must be to be suggested: 'overig' is no slip of the pen for 'overlijden'."""
TWO_DIGITS = re.compile(r"[0-9]{2}")

Fault = tuple[str, str]
"""Name of a rule, and what is wrong, expected and to be done."""


class WrongError(ValueError):
    """A value that is not what it should be."""

    def __init__(self, *fault: str) -> None:
        super().__init__(*fault)
        self.fault: Fault = (fault[0], fault[1])


def day_number(value: Cell, form: str) -> int | None:
    """Give a day a number to order by; None for what is no day written so."""
    try:
        return int(day(value, form).astype("datetime64[D]").astype(int))
    except WrongError:
        return None


def day(value: Cell, form: str) -> np.datetime64:
    """Read a day written in one of the forms of a profile."""
    if isinstance(value, dt.datetime):
        day = value.date()
    else:
        text = written(value)
        parts = _DAY_PATTERNS[form].fullmatch(text)
        if parts is None:
            raise WrongError(
                "not_a_day", f"not a {'day' if 'dd' in form else 'month'} written as {form} ({_example(form)})"
            )
        if not text.strip("0-/. "):
            raise WrongError("zeros", f"only zeros instead of a day; if that means no day, write empty: ['{text}']")
        try:
            day = dt.date(int(parts["j"]), int(parts["m"]), int(parts["d"]) if "d" in parts.groupdict() else 1)
        except ValueError:
            raise WrongError("not_a_day", "a day that no calendar has, such as 31 February") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        advice = "if it means no day, write it under empty, such as empty: ['31-12-9999']"
        raise WrongError("outside", f"a day outside {FIRST_YEAR} to {LAST_YEAR}; {advice}")
    return np.datetime64(day, "D")


def _example(form: str) -> str:
    return form.replace("jjjj", "2019").replace("mm", "12").replace("dd", "31")


def _pattern(form: str) -> re.Pattern[str]:
    # With a separator, a day or month may be written with one digit.
    digits = "{1,2}" if re.search(r"[-/.]", form) else "{2}"
    pattern = re.escape(form).replace("jjjj", r"(?P<j>[0-9]{4})")
    pattern = pattern.replace("mm", f"(?P<m>[0-9]{digits})").replace("dd", f"(?P<d>[0-9]{digits})")
    return re.compile(pattern)


_DAY_PATTERNS = {form: _pattern(form) for form in get_args(DayFormat)}


def year(value: Cell, days: str) -> int:
    """Read a year, or the year of a day."""
    if re.fullmatch(r"[0-9]{4}", written(value)):
        return int(written(value))
    if not isinstance(value, dt.datetime) and not _DAY_PATTERNS[days].fullmatch(written(value)):
        advice = "write days: … for this column when it is written otherwise"
        raise WrongError(
            "not_a_year", f"not a year of four digits, nor a day written as {days} ({_example(days)}); {advice}"
        )
    return int(day(value, days).astype("datetime64[Y]").astype(int)) + 1970


def count(value: Cell) -> int:
    """Read a whole number of at most four digits."""
    if not re.fullmatch(r"[0-9]{1,4}", written(value)):
        raise WrongError("not_a_number", "not a whole number, such as 12")
    return int(written(value))


def number(value: Cell, decimal: str) -> float:
    """Read a number with its decimal sign."""
    if isinstance(value, int | float):
        return float(value)
    text = written(value)
    thousands, example = (".", "1.234,50") if decimal == "," else (",", "1234.50")
    pattern = rf"[+-]?([0-9]{{1,3}}(\{thousands}[0-9]{{3}})+|[0-9]+)(\{decimal}[0-9]+)?"
    if not re.fullmatch(pattern, text):
        raise WrongError("not_a_number", f"not a number with '{decimal}' before the decimals, such as {example}")
    return float(text.replace(thousands, "").replace(decimal, "."))


def text(value: Cell) -> str:
    """Read a text."""
    if isinstance(value, dt.datetime):
        raise WrongError("not_a_text", "a day where a text or code is expected")
    return written(value)


def code(value: Cell, code_list: CodeList) -> str:
    """Read a code of a list, or of its form where the list is open."""
    text = written(value)
    if text in code_list.by_code:
        return text
    allowed = ", ".join(f"{code.code} {code.text}" for code in code_list.codes[:12])
    if code_list.is_open:
        if TWO_DIGITS.fullmatch(text):
            return text
        if text.isdigit() and text.zfill(2) in code_list.by_code:
            raise WrongError("unknown_code", "a code that lost its leading zero; write zero_pad: 2 for this column")
        raise WrongError("unknown_code", "not a code of two digits; map theirs to ours under codes")
    names = {code.text: code.code for code in code_list.codes}
    close = get_close_matches(text, [*code_list.by_code, *names], n=1, cutoff=LIKENESS)
    likely = f"did you mean '{names.get(close[0], close[0])}'? Allowed" if close else "allowed"
    raise WrongError("unknown_code", f"not a code of {code_list.name}; {likely}: {allowed}; map theirs under codes")


def municipality(value: Cell) -> str:
    """Read a CBS code: ``0197`` and ``GM0197`` are both GM0197."""
    text = written(value)
    if re.fullmatch(r"GM[0-9]{4}", text):
        return text
    if re.fullmatch(r"[0-9]{4}", text):
        return f"GM{text}"
    if re.fullmatch(r"[0-9]{1,3}", text):
        raise WrongError(
            "unknown_code", "a municipality code that lost its leading zeros; write zero_pad: 4 for this column"
        )
    raise WrongError("unknown_code", "not a CBS code of a municipality, such as 0197 or GM0197")


def is_number(text: str) -> bool:
    """Whether a text is digits alone, of the ten that codes and numbers of persons are written in."""
    return text.isascii() and text.isdigit()


def written(value: Cell) -> str:
    """Write a value as a text; a day as year-month-day."""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)
