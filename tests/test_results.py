"""Results are written and read back as they were, and nothing else is read."""

import json
import re
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.errors import InvalidDataError
from evaltools.results import (
    CODES,
    COUNTS,
    FIELDS,
    SUFFIX,
    Result,
    from_rows,
    read_results,
    results_in,
    significant,
    to_rows,
    to_text,
)
from tests.conftest import ROOT

PAGE = "<html lang='nl'></html>"
FINGERPRINT = sha256(PAGE.encode()).hexdigest()


def result(**more):
    known = {
        "programme": "samen-sterk", "municipality": "GM0222", "notebook": "evaluation", "question": "net",
        "outcome": "work", "method": "weighted", "is_main": True, "months": 12, "estimate": 0.024, "lower": -0.012,
        "upper": 0.06, "level": 0.95, "standard_error": 0.0184, "n_programme": 120, "n_comparison": 480,
        "unit": "share_points", "grade": "C", "is_simulated": True, "as_of": "2020-06-30", "source": "register",
    }  # fmt: skip
    return Result(**{**known, **more})


def write(folder, *results, name="", fingerprint=FINGERPRINT, **changes):
    page = results[0].page
    text = to_text(results, page=page, fingerprint=fingerprint, version="1.0")
    path = folder / f"{name or page}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**json.loads(text), **changes}) if changes else text, "utf-8")
    return path


def refused(rows):
    with pytest.raises(InvalidDataError) as error:
        from_rows(rows, subject="a.json")
    return list(error.value.problems)


shares = st.floats(-1, 1).map(significant)
counts = st.none() | st.just(0) | st.integers(10, 10**6)


@given(
    st.fixed_dictionaries(
        {name: st.sampled_from(codes) for name, codes in CODES.items() if name != "unit"}
        | dict.fromkeys(COUNTS, counts)
        | {"months": st.none() | st.integers(0, 120), "is_main": st.booleans(), "hidden": st.booleans()}
        | {"ends": st.none() | st.tuples(shares, shares, shares).map(sorted)}
        | {"source": st.text(min_size=1).filter(str.strip)}
    )
)
def test_what_is_written_is_read(made):
    lower, estimate, upper = made.pop("ends") or (None, None, None)
    given_one = result(lower=lower, estimate=estimate, upper=upper, **made)
    text = to_text([given_one], page=given_one.page, fingerprint=FINGERPRINT, version="1.0")
    assert from_rows(json.loads(text)["results"], subject="x") == (given_one,)


def test_a_file_is_read_with_the_page_beside_it(tmp_path):
    path = write(tmp_path, result())
    assert read_results(path) == (result(),)
    page = path.with_name(path.name.removesuffix(SUFFIX) + ".html")
    page.write_text(PAGE, "utf-8")
    assert read_results(path) == (result(),)
    page.write_text(PAGE + " ", "utf-8")
    with pytest.raises(InvalidDataError, match="is not of the page that stands beside it; make the page again"):
        read_results(path)


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    one, other = result(municipality="GM0197"), result(municipality="GM0222")
    write(tmp_path, other)
    write(tmp_path / "deep", one)
    (tmp_path / "a.json").write_text("{", "utf-8")  # the record of a page is no file with results
    assert results_in(tmp_path) == (one, other)
    assert results_in(tmp_path / "empty") == ()


def test_a_result_in_two_files_is_refused(tmp_path):
    write(tmp_path, result())
    write(tmp_path / "copy", result())
    with pytest.raises(InvalidDataError, match="has 1 result in more than one file"):
        results_in(tmp_path)


def test_every_problem_of_every_file_is_told(tmp_path):
    write(tmp_path, result(), form=2)
    write(tmp_path, result(municipality="GM0197"), page="other/GM0197-evaluation")
    (tmp_path / f"torn{SUFFIX}").write_text("{", "utf-8")
    with pytest.raises(InvalidDataError) as error:
        results_in(tmp_path)
    assert list(error.value.problems) == [
        f"samen-sterk/GM0197-evaluation{SUFFIX}: has 1 result of another page than its own; make the page again",
        f"samen-sterk/GM0222-evaluation{SUFFIX}: is no file with results of form 1; make the page again",
        f"torn{SUFFIX}: cannot be read as JSON; make the page again",
    ]


@pytest.mark.parametrize("content", ["[]", "{}", '{"form": 1}', '{"form": "1"}', "\ud800", "[" * 100_000])
def test_files_that_are_something_else(tmp_path, content):
    path = tmp_path / f"x{SUFFIX}"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(InvalidDataError):
        read_results(path)


def test_keys_are_those_of_the_form(tmp_path):
    path = write(tmp_path, result(), resluts=[])
    with pytest.raises(InvalidDataError, match="the key 'resluts' is unknown; did you mean 'results'"):
        read_results(path)
    (row,) = to_rows([result()])
    assert refused([{**row, "estimte": 0.1}]) == [
        "result 1: the key 'estimte' is unknown; did you mean 'estimate'? Allowed: 25 others"
    ]
    del row["unit"]
    assert refused([row]) == ["result 1: the key 'unit' is missing"]
    assert refused("x") == ["has no list of results; make the page again"]
    assert refused([1]) == ["has no list of results; make the page again"]


def test_a_result_that_is_there_twice(tmp_path):
    (row,) = to_rows([result()])
    assert refused([row, row]) == ["has 1 result more than once; keep one of each"]
    assert len(from_rows([row, {**row, "months": 18}], subject="x")) == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"question": "nett"}, "question 'nett' is unknown; did you mean 'net'?"),
        ({"outcome": "wrok"}, "outcome 'wrok' is unknown; did you mean 'work'?"),
        ({"method": "weighed"}, "method 'weighed' is unknown; did you mean 'weighted'?"),
        ({"grade": "F"}, "grade 'F' is unknown"),
        ({"unit": "percent"}, "unit 'percent' is unknown"),
        ({"programme": "Samen sterk"}, "'programme' must be a name such as samen-sterk"),
        ({"municipality": "0222"}, "'municipality' must be a CBS code, such as GM0197"),
        ({"notebook": "../x"}, "'notebook' must be the name of a notebook"),
        ({"estimate": 2.4, "upper": None}, "shares are 0-1, not percentages"),
        ({"estimate": -0.1, "lower": None, "unit": "share"}, "from 0 to 1 in share"),
        ({"lower": 0.03}, "'lower', 'estimate' and 'upper' must rise"),
        ({"estimate": float("nan")}, "'estimate' must be a number or null"),
        ({"estimate": "0.1"}, "'estimate' must be a number or null"),
        ({"standard_error": True}, "'standard_error' must be a number or null"),
        ({"standard_error": -0.1}, "'standard_error' must be at least 0"),
        ({"level": 95}, "'level' must be between 0 and 1"),
        ({"p_value": 1.2}, "'p_value' must be from 0 to 1"),
        ({"n_programme": 12.5}, "'n_programme' must be a whole number"),
        ({"n_programme": -1}, "'n_programme' must be a whole number"),
        ({"months": True}, "'months' must be a whole number"),
        ({"n_outcome_programme": 9}, "'n_outcome_programme' tells of fewer than 10 people"),
        ({"is_main": "yes"}, "'is_main' must be true or false"),
        ({"source": " "}, "'source' is empty"),
        ({"as_of": "30-06-2020"}, "'as_of' must be a day"),
        ({"as_of": "2020-02-30"}, "'as_of' must be a day"),
        ({"as_of": None}, "'as_of' must be a day"),
    ],
)
def test_what_cannot_be_is_refused(change, problem):
    (row,) = to_rows([result()])
    found = refused([{**row, **change}])
    assert any(problem in each for each in found), found
    with pytest.raises(InvalidDataError):
        result(**change)


def test_none_of_few_people_may_be_told_that_it_is_none():
    assert result(n_outcome_programme=0, n_programme=10).n_programme == 10


def test_a_value_that_could_be_of_a_person_is_not_quoted():
    (row,) = to_rows([result()])
    found = " ".join(refused([{**row, "outcome": "klant 123456782", "123456782": 1, "Jansen, J.": 2}]))
    found += " ".join(refused([{**row, "outcome": "klant 123456782", "municipality": "123456782"}]))
    assert not re.search(r"[0-9]{4,}|Jansen|klant", found.replace("GM0197", ""))


def test_all_problems_of_a_row_at_once():
    (row,) = to_rows([result()])
    assert len(refused([{**row, "grade": "x", "unit": "x"}, {**row, "months": -1, "source": ""}])) == 4


@given(st.floats(-1e12, 1e12, allow_subnormal=False))
def test_five_digits_are_kept(value):
    rounded = significant(value)
    assert significant(rounded) == rounded
    assert rounded == pytest.approx(value, rel=5.1e-5)


def test_the_document_is_read_as_a_file(tmp_path):
    text = (ROOT / "docs" / "results.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    path = tmp_path / f"GM0222-evaluation{SUFFIX}"
    path.write_text(example, "utf-8")
    (found,) = read_results(path)
    assert found.page == "samen-sterk/GM0222-evaluation"
    assert found.hidden
    assert found.n_outcome_comparison is None
    described = set(re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (.*?) \|", text, re.MULTILINE))))
    assert set(FIELDS) <= described


def test_the_page_follows_from_the_result():
    assert replace(result(), notebook="net").page == "samen-sterk/GM0222-net"
