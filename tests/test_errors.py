import pytest

from evaltools.errors import EvaltoolsError, InvalidDataError, did_you_mean


def test_one_problem_is_one_line():
    assert str(InvalidDataError("a.csv", ["lacks the column n"])) == "a.csv: lacks the column n"


def test_all_problems_are_told_at_once():
    assert str(InvalidDataError("a.csv", ["one", "two"])) == "a.csv has 2 problems:\n- one\n- two"


def test_every_error_has_one_root():
    with pytest.raises(EvaltoolsError):
        raise InvalidDataError("a.csv", ["x"])


def test_a_long_list_of_names_is_not_written_out():
    names = [f"GM{number:04}" for number in range(342)]
    assert did_you_mean("GM0100x", names) == "did you mean 'GM0100'? Allowed: 342 others"


def test_nothing_to_choose_from_is_said():
    assert did_you_mean("x", []) == "none is allowed here"
