"""The tables of a register, declared once.

One declaration drives the validation of an extract, the data dictionary
(``docs/data-dictionary.md``), the types in the Parquet files and the simulator.
Days are inclusive; an empty last day means that it still runs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa

from evaltools.errors import InvalidDataError, did_you_mean, many
from evaltools.registers import codes
from evaltools.registers.codes import CodeList

SCHEMA_VERSION = 1
"""Goes up when a stored table of before can no longer be read as one of now."""

DAY = "datetime64[ms]"
DTYPES = {
    "identifier": "str",
    "text": "str",
    "municipality": "str",
    "programme": "str",
    "day": DAY,
    "month": DAY,
    "year": "Int16",
    "count": "Int16",
    "number": "float64",
}
"""The pandas type of each kind of column; codes have that of their list."""

FORMS = {
    "municipality": r"GM[0-9]{4}",
    "programme": r"[a-z0-9]+(-[a-z0-9]+)*",
    "text": r"[^\x00-\x1f]{1,60}",
}
"""The form of a text, by kind of column."""
FORM_WORDS = {
    "municipality": "not a CBS code, such as GM0197",
    "programme": "not a name of small letters, digits and -, such as samen-sterk",
    "text": "a text of more than 60 characters, or with characters that cannot be seen",
}

Mask = Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: what a row is, what makes a row one of its kind, and its columns and rules.

    Attributes
    ----------
    row
        What one row is.
    key
        The columns that no two rows share.
    schema
        The declaration in pandera; each column's ``metadata`` holds its ``kind`` and,
        for codes, their list.
    """

    name: str
    row: str
    key: tuple[str, ...]
    schema: pa.DataFrameSchema

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.schema.columns)

    def kind(self, column: str) -> str:
        """Kind of a column: identifier, code, day, month, year, count, number, text, municipality or programme."""
        return str((self.schema.columns[column].metadata or {})["kind"])

    def code_list(self, column: str) -> CodeList | None:
        """Codes of a column; None where it has none."""
        found: CodeList | None = (self.schema.columns[column].metadata or {}).get("codes")
        return found

    def is_required(self, column: str) -> bool:
        """Whether every row must have a value."""
        return not self.schema.columns[column].nullable

    def dtype(self, column: str) -> Any:
        """Type of a column in pandas."""
        code_list = self.code_list(column)
        return code_list.dtype if code_list else DTYPES[self.kind(column)]

    def days(self) -> tuple[str, ...]:
        """Columns that hold a day."""
        return tuple(column for column in self.columns if self.kind(column) == "day")

    def frame(self, values: dict[str, Any] | pd.DataFrame) -> pd.DataFrame:
        """Make a table with every column in its own type; what is not given is missing.

        Raises
        ------
        InvalidDataError
            When a column is not declared, or holds what its type or code list does not take.

        Examples
        --------
        >>> TABLES["incomes"].frame({"person_id": ["a"], "kind": ["11"]}).dtypes["hours_per_week"]
        dtype('float64')
        """
        given = pd.DataFrame(values)
        problems = [
            f"has no column {column}; {did_you_mean(str(column), self.columns)}"
            for column in given.columns.difference(list(self.columns))
        ]
        made = {}
        for column in self.columns:
            own = given[column] if column in given else pd.Series([None] * len(given), index=given.index)
            code_list = self.code_list(column)
            if code_list:
                wrong = own.notna() & ~own.isin(code_list.dtype.categories)
                if wrong.any():
                    problems.append(f"{column}: {many(int(wrong.sum()), 'row')} with no code of its list")
                own = own.mask(wrong)
            try:
                made[column] = own.astype(self.dtype(column))
            except (ValueError, TypeError):  # pandas quotes the value
                problems.append(f"{column}: holds something that is no {self.kind(column)}")
        if problems:
            raise InvalidDataError(f"the table {self.name}", problems) from None
        return pd.DataFrame(made, index=given.index)


def _column(kind: str, description: str, *, required: bool = False, **more: Any) -> pa.Column:
    code_list: CodeList | None = more.pop("codes", None)
    checks: list[pa.Check] = more.pop("checks", [])
    if kind in FORMS:
        pattern = FORMS[kind]
        checks = [
            *checks,
            pa.Check(
                lambda values: values.isna() | values.str.fullmatch(pattern),
                name="has_the_form",
                error=FORM_WORDS[kind],
                n_failure_cases=1,
            ),
        ]
    dtype: Any = code_list.dtype if code_list else DTYPES[kind]
    return pa.Column(
        dtype, checks, nullable=not required, description=description, metadata={"kind": kind, "codes": code_list}
    )


def _code(code_list: CodeList, description: str, *, required: bool = False) -> pa.Column:
    return _column("code", description, required=required, codes=code_list)


def _between(low: float, high: float) -> pa.Check:
    return pa.Check(
        lambda values: values.isna() | values.between(low, high),
        name="between",
        error=f"outside {low:g} to {high:g}",
        n_failure_cases=1,
    )


def _rule(name: str, sentence: str, holds: Mask) -> pa.Check:
    # check_output holds every row; one failure case keeps pandera from gathering them all, values and all.
    return pa.Check(holds, name=name, error=sentence, n_failure_cases=1)


def _not_before(later: str, earlier: str, name: str) -> pa.Check:
    return _rule(name, f"{later} before {earlier}", lambda rows: ~(rows[later] < rows[earlier]))


def _table(
    name: str, row: str, key: tuple[str, ...], columns: dict[str, pa.Column], rules: Iterable[pa.Check] = ()
) -> Table:
    schema = pa.DataFrameSchema(columns, checks=list(rules), strict=True, name=name, description=row)
    return Table(name=name, row=row, key=key, schema=schema)


def _person() -> pa.Column:
    return _column("identifier", "pseudonym of the person", required=True)


PERSONS = _table(
    "persons",
    "a person in the register of one municipality",
    ("person_id",),
    {
        "person_id": _person(),
        "municipality": _column("municipality", "CBS code of the municipality that grants", required=True),
        "birth_year": _column("year", "year of birth", checks=[_between(1900, 2100)]),
        "sex": _code(codes.SEX, "sex, as registered"),
        "household_type": _code(codes.HOUSEHOLD_TYPE, "form of living, on the extract day"),
        "household_id": _column("identifier", "pseudonym of the household or address"),
        "origin_status": _code(codes.ORIGIN_STATUS, "holder of a residence permit for asylum, or not"),
        "neighbourhood": _column("text", "code or name of the neighbourhood"),
    },
)

BENEFIT_SPELLS = _table(
    "benefit_spells",
    "an unbroken benefit of one person; a couple on one benefit has two rows with one benefit_id",
    ("person_id", "benefit_id", "scheme", "first_day"),
    {
        "person_id": _person(),
        "benefit_id": _column("identifier", "pseudonym of the benefit; a couple shares one", required=True),
        "scheme": _code(codes.SCHEME, "law or scheme of the benefit", required=True),
        "first_day": _column("day", "first day with the benefit", required=True),
        "last_day": _column("day", "last day with the benefit; empty while it runs"),
        "exit_reason": _code(codes.EXIT_REASON, "why the benefit ended"),
        "registered_day": _column("day", "day on which the end, or else the begin, was entered in the administration"),
        "exemption": _code(codes.EXEMPTION, "exemption from the duty to look for work"),
    },
    [_not_before("last_day", "first_day", "ends_before_begin")],
)

INCOMES = _table(
    "incomes",
    "an income of one kind of one person in one month, beside the benefit",
    ("person_id", "month", "kind"),
    {
        "person_id": _person(),
        "month": _column(
            "month", "first day of the month; `2019-12` in a file for the profile `generic`", required=True
        ),
        "kind": _code(codes.INCOME_KIND, "kind of income; 11 is work", required=True),
        "euro": _column("number", "amount in that month in euro, holiday pay included", checks=[_between(-1e6, 1e6)]),
        "hours_per_week": _column("number", "hours of work a week, where known", checks=[_between(0, 100)]),
    },
)


def _fits_its_code_set(rows: pd.DataFrame) -> "pd.Series[bool]":
    fits = pd.Series(data=True, index=rows.index)
    for code_set, own in codes.PROVISION_TYPES.items():
        others = {code for name, other in codes.PROVISION_TYPES.items() if name != code_set for code in other.by_code}
        fits &= ~((rows["code_set"] == code_set) & rows["provision_type"].isin(others - set(own.by_code)))
    return fits


PROVISIONS = _table(
    "provisions",
    "a provision (voorziening) of one person; a person can have several at once",
    ("person_id", "provision_type", "code_set", "first_day"),
    {
        "person_id": _person(),
        "provision_type": _code(codes.PROVISION_TYPE, "type of provision, in its code set", required=True),
        "code_set": _code(codes.CODE_SET, "list that the type is of", required=True),
        "first_day": _column("day", "first day of the provision", required=True),
        "last_day": _column("day", "last day of the provision; empty while it runs"),
        "end_reason": _code(codes.PROVISION_END_REASON, "why the provision ended"),
    },
    [
        _not_before("last_day", "first_day", "ends_before_begin"),
        _rule(
            "wrong_code_set",
            "a provision_type of the other code set (2015 counts up to 2018, 2019 from then on)",
            _fits_its_code_set,
        ),
    ],
)

PARTICIPATIONS = _table(
    "participations",
    "a person in a programme",
    ("person_id", "programme"),
    {
        "person_id": _person(),
        "programme": _column("programme", "name of the programme's file, such as samen-sterk", required=True),
        "status": _code(codes.PARTICIPATION_STATUS, "how far the person came", required=True),
        "selected_day": _column("day", "day on which the person was selected or assigned", required=True),
        "first_day": _column("day", "first day in the programme; empty for who never started"),
        "last_day": _column("day", "last day in the programme; empty while it runs"),
        "kind": _code(codes.PARTICIPATION_KIND, "what the trajectory was about"),
        "arm": _column("programme", "group assigned to; 'programme' and 'comparison' in a study of two"),
    },
    [
        _not_before("first_day", "selected_day", "starts_before_selection"),
        _not_before("last_day", "first_day", "ends_before_begin"),
        _rule(
            "starts_without_day",
            "started or completed without a first_day",
            lambda rows: ~(rows["status"].isin(["started", "completed"]) & rows["first_day"].isna()),
        ),
    ],
)

LADDER_SCORES = _table(
    "ladder_scores",
    "a measurement on the participation ladder",
    ("person_id", "day", "variant", "rater"),
    {
        "person_id": _person(),
        "day": _column("day", "day of the measurement", required=True),
        "rung": _code(codes.RUNG, "rung of the ladder", required=True),
        "variant": _code(codes.LADDER_VARIANT, "which ladder", required=True),
        "rater": _code(codes.RATER, "who scored"),
    },
    [
        _rule(
            "rung_not_in_variant",
            "rung 6 of a ladder with five rungs",
            lambda rows: ~((rows["variant"] == "5") & (rows["rung"] == "6")),
        )
    ],
)

HOUSEHOLD_VISITS = _table(
    "household_visits",
    "a visit to a household",
    ("household_id", "day"),
    {
        "household_id": _column("identifier", "pseudonym of the household", required=True),
        "programme": _column("programme", "name of the programme's file", required=True),
        "day": _column("day", "day of the visit", required=True),
        "n_professionals": _column(
            "count", "professionals involved with the household on that day", checks=[_between(0, 100)]
        ),
        "n_needs": _column(
            "count", "different needs noted (work, debts, language, health, …)", checks=[_between(0, 50)]
        ),
    },
)

PLACEMENTS = _table(
    "placements",
    "a workplace that an employer offered, filled or not",
    ("placement_id",),
    {
        "placement_id": _column("identifier", "pseudonym of the workplace", required=True),
        "programme": _column("programme", "name of the programme's file", required=True),
        "employer_id": _column("identifier", "pseudonym of the employer", required=True),
        "sector": _column("text", "branch of industry"),
        "hours_per_week": _column("number", "hours a week of the workplace", checks=[_between(0, 100)]),
        "offered_day": _column("day", "day on which the employer offered it", required=True),
        "filled_day": _column("day", "first day of the person in it; empty while nobody is"),
        "person_id": _column("identifier", "pseudonym of the person in it"),
        "last_day": _column("day", "last day of the person in it; empty while that runs"),
    },
    [
        _not_before("filled_day", "offered_day", "filled_before_offer"),
        _not_before("last_day", "filled_day", "ends_before_begin"),
        _rule(
            "filled_without_person",
            "a filled_day without a person_id, or the other way round",
            lambda rows: rows["filled_day"].isna() == rows["person_id"].isna(),
        ),
    ],
)

TABLES = {
    table.name: table
    for table in (
        PERSONS, BENEFIT_SPELLS, INCOMES, PROVISIONS, PARTICIPATIONS, LADDER_SCORES, HOUSEHOLD_VISITS, PLACEMENTS,
    )
}  # fmt: skip
"""Every table by its name, in the order of the data dictionary."""
