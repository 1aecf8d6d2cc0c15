"""Whom a programme is for, in its file."""

import pytest

from evaltools.errors import ProgrammeError
from evaltools.programmes import Eligibility, read_programme
from tests.conftest import MINIMAL


def read(write_programme, project, block):
    write_programme(MINIMAL + block)
    return read_programme("proef", project)


def test_what_is_left_out_is_no_condition(project, write_programme):
    programme = read(write_programme, project, "")
    assert programme.eligibility == Eligibility()
    assert programme.eligibility.model_dump(exclude_defaults=True) == {}
    assert programme.horizons_months == ()


def test_a_whole_block(project, write_programme):
    block = (
        'eligibility: {schemes: ["01"], months_on_benefit_at_least: 24, age_below: 27, origin_status: status_holder,\n'
        "  neighbourhoods: [Noord], without_open_trajectory: true}\nhorizons_months: [6, 12]\n"
    )
    programme = read(write_programme, project, block)
    assert programme.eligibility.schemes == ("01",)
    assert programme.eligibility.neighbourhoods == ("Noord",)
    assert programme.horizons_months == (6, 12)


def test_all_mistakes_are_told_together(project, write_programme):
    block = (
        'eligibility: {schemes: ["04"], months_on_benefit_at_least: 24.5, age_bellow: 27, origin_status: holder,\n'
        "  without_open_trajectory: ja}\nhorizons_months: [12, 6]\n"
    )
    with pytest.raises(ProgrammeError) as caught:
        read(write_programme, project, block)
    text = str(caught.value)
    assert "6 problems" in text
    assert "unknown key 'age_bellow'; did you mean 'age_below'?" in text
    assert "eligibility.schemes[0]: unknown value '04'" in text
    assert "without_open_trajectory: expected true or false" in text
    assert "must be different and rise" in text


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("{months_on_benefit_at_least: 24, months_on_benefit_at_most: 12}", "is less than months_on_benefit_at_least"),
        ("{age_at_least: 27, age_below: 27}", "is not more than age_at_least"),
    ],
)
def test_conditions_that_nobody_can_meet(project, write_programme, block, problem):
    with pytest.raises(ProgrammeError, match=problem):
        read(write_programme, project, f"eligibility: {block}\n")
