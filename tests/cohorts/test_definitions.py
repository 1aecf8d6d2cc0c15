"""Each definition of docs/definitions holds, in its own example."""

import dataclasses
import datetime as dt
import re

import pytest

from evaltools.cohorts import Definitions
from evaltools.errors import InvalidDataError
from tests.cohorts.examples import FOLDER, as_texts, names_of, sections
from tests.conftest import ROOT

SECTIONS = list(sections())
ANSWERS = [(section, call, answer) for section in SECTIONS for call, answer in section.answers]


@pytest.mark.parametrize(("section", "call", "answer"), ANSWERS, ids=[f"{s.title}: {call}" for s, call, _ in ANSWERS])
def test_example(section, call, answer):
    found = as_texts(eval(call, names_of(section)), list(answer.columns))  # noqa: S307 - our own documents
    rows, given = found.to_dict("records"), answer.to_dict("records")
    last = answer.columns[-1]
    if last.startswith("n"):  # rows of a count may be left out where it is of nobody, never those of a person
        rows = [row for row in rows if row in given or row[last] != "0"]
    assert rows == given


def test_there_are_many():
    assert len(SECTIONS) >= 30
    assert len(ANSWERS) >= 50


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_every_definition_has_a_reason_and_a_test(section):
    assert "**Why.**" in section.text
    tested = re.findall(r"Tested in `(tests/[^`]+)`", section.text)
    assert section.answers or tested
    assert all((ROOT / path).exists() for path in tested)


def test_every_choice_is_explained_with_its_default():
    text = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.md"))
    named = {}
    for paragraph in re.findall(r"\*\*Parameter\.\*\* (.*?)\n\n", text, re.DOTALL):
        for name in re.findall(r"`([a-z_]+)`", paragraph):
            named[name] = named.get(name, "") + paragraph
    for field in dataclasses.fields(Definitions):
        assert field.name in named, field.name
        if isinstance(field.default, int | float | str):
            assert str(field.default) in named[field.name], field.name


def test_every_page_is_in_the_list():
    listed = re.findall(r"\]\(([a-z-]+\.md)\)", (FOLDER / "README.md").read_text("utf-8"))
    assert sorted(listed) == sorted(path.name for path in FOLDER.glob("*.md") if path.name != "README.md")


def test_choices_that_cannot_be_are_all_named():
    with pytest.raises(InvalidDataError) as caught:
        Definitions(
            gap_days=-1, schemes=("01", "14"), start="begun", share_registered=0.999, censoring_day="2020",
            horizons_months=(12, 6), months_followed_at_most=0, horizon_rule="last", hours_per_week=101,
            aow_and_death="gone", later_participants="out", months_before=True, days_around_index=400,
        )  # fmt: skip
    assert len(caught.value.problems) == 13
    assert any("did you mean 'started'" in problem for problem in Definitions_problems(start="statred"))


def Definitions_problems(**choices):  # noqa: N802
    with pytest.raises(InvalidDataError) as caught:
        Definitions(**choices)
    return caught.value.problems


def test_choices_are_listed_for_the_report():
    frame = Definitions(gap_days=0, censoring_day=dt.date(2020, 12, 31)).frame().set_index("name")
    assert list(frame.index) == [field.name for field in dataclasses.fields(Definitions)]
    assert frame.loc["gap_days", "value"] == "0"
    assert frame.loc["censoring_day", "value"] == "2020-12-31"
    assert frame.loc["schemes", "value"] == "01, 02, 03"
    assert frame.index[~frame["is_default"]].tolist() == ["gap_days", "censoring_day"]
