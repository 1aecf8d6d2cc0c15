"""Reads the examples of docs/definitions: the register of each, the calls, and their answers."""

import re
from dataclasses import dataclass

import pandas as pd

from evaltools import cohorts
from evaltools.programmes import Eligibility, Programme
from evaltools.registers import hold
from evaltools.registers.tables import TABLES
from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "definitions"
EXTRACT_DAY, CENSORING_DAY = "2021-06-30", pd.Timestamp("2021-05-31").date()
DEFAULTS = {
    "persons": {"municipality": "GM0197"},
    "benefit_spells": {"scheme": "01"},
    "incomes": {"kind": "11"},
    "provisions": {"provision_type": "99", "code_set": "2015"},
    "participations": {"programme": "proef", "status": "selected", "selected_day": "2019-01-01"},
    "ladder_scores": {"variant": "vng_6", "rater": "coach"},
    "household_visits": {"programme": "proef"},
    "placements": {"programme": "proef"},
}
"""What a table of an example need not say."""


@dataclass(frozen=True)
class Section:
    """One definition: what it says, the tables of its register, and each call with its answer."""

    page: str
    title: str
    text: str
    tables: dict[str, pd.DataFrame]
    answers: list[tuple[str, pd.DataFrame]]


def sections():
    for path in sorted(FOLDER.glob("*.md")):
        if path.name != "README.md":
            for part in path.read_text("utf-8").split("\n## ")[1:]:
                yield _section(path.stem, part)


def _section(page, part):
    title, text = part.split("\n", 1)
    tables, answers = {}, []
    for call, lines in re.findall(r"^`([^`\n]+)`\n\n((?:\|.*\n?)+)", text, re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.strip().splitlines()]
        table = pd.DataFrame([*rows[2:]], columns=rows[0])
        if call in TABLES:
            tables[call] = table
        else:
            answers.append((call, table))
    return Section(page, title, text, tables, answers)


def programme_of(**blocks):
    return Programme.model_validate(
        {"<file name>": "proef", "name": "Proef", "about": "Een proef.", "municipalities": ("GM0197",),
         "design": "before_after", "notebooks": ("claims",), "sources": ({"title": "krant"},), **blocks},
        context={"municipalities": {"GM0197": "Aalten"}},
    )  # fmt: skip


def register_of(tables, *, municipality="GM0197", extract_day=EXTRACT_DAY):
    """Make a register of tables as texts; what they leave out is as docs/definitions/README.md says."""
    made = {name: pd.DataFrame(rows).replace("", None).copy() for name, rows in tables.items()}
    if "benefit_spells" in made:
        names = sorted(set(made["benefit_spells"]["person_id"]))
        made.setdefault("persons", pd.DataFrame({"person_id": names}))
        made.setdefault("participations", pd.DataFrame({"person_id": names}))
        if "benefit_id" not in made["benefit_spells"]:
            made["benefit_spells"]["benefit_id"] = made["benefit_spells"].groupby("person_id").ngroup().astype(str)
    for name, rows in made.items():
        for column, value in DEFAULTS[name].items():
            if column not in rows:
                rows[column] = value
    return hold(made, municipality=municipality, extract_day=extract_day, is_simulated=True)


def names_of(section):
    """What a call of an example can name."""
    register = register_of(section.tables)

    def cohort(*, eligibility=None, arm="programme", **choices):
        return cohorts.programme_cohort(
            register,
            programme_of(),
            arm=arm,
            eligibility=Eligibility.model_validate(eligibility or {}),
            definitions=cohorts.Definitions(**{"censoring_day": CENSORING_DAY, **choices}),
        )

    def others(**options):
        return cohorts.comparison_cohort(cohort(**options))

    def earlier(*, years, **options):
        return cohorts.earlier_cohort(cohort(**options), years=years)

    functions = {name: getattr(cohorts, name) for name in cohorts.__all__}
    tables = {name: register.read(name) for name in register.tables}
    return {**functions, **tables, "register": register, "cohort": cohort, "others": others, "earlier": earlier}


def as_texts(found, columns):
    """Write an answer as a table of texts, as the example does."""
    if isinstance(found, tuple):
        found = pd.DataFrame([found], columns=columns)
    return pd.DataFrame({column: [_as_text(value) for value in found[column]] for column in columns})


def _as_text(value):
    if pd.isna(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
