"""What sites have in common, beside metafor and closed forms; and that nothing ranks them."""

import itertools
import math
from dataclasses import replace

import pandas as pd
import pytest

from evaltools.disclosure import already_on_pages, already_published
from evaltools.errors import InvalidDataError
from evaltools.findings import synthesis
from evaltools.findings.planning import LITERATURE_SOURCE
from tests.conftest import MINIMAL, ROOT
from tests.test_results import result, write

REFERENCE = ROOT / "tests" / "reference"
FROM_R = pd.read_csv(REFERENCE / "pooling.csv").query("method == 'REML' and test == 'adhoc'").set_index("set")
SITES = pd.read_csv(REFERENCE / "pooling_sites.csv")
SETS = ["bcg_rd", "lidocaine_rd", "one_precise", "few_close", "all_equal"]
"""Sets of differences between shares; those of ratios do not fit in from -1 to 1."""
ASKED = {"outcome": "work", "months": 12, "level": 0.95}


@pytest.fixture
def known(project, write_programme):
    """A project with many municipalities in its reference data, and a programme in some of them."""
    codes = [f"GM{number:04}" for number in range(1, 20)]
    # Names run the other way than codes do.
    rows = [f"{code},Plaats {chr(ord('a') + 19 - number)},test" for number, code in enumerate(codes)]
    (project.reference / "municipalities.csv").write_text("\n".join(["code,name,source", *rows]), "utf-8")
    write_programme(programme(codes[:3]))
    return codes


def programme(codes, name="Proef", notebooks="plain"):
    text = MINIMAL.replace("[GM0197]", f"[{', '.join(codes)}]").replace("name: Proef", f"name: {name}")
    return text.replace("[plain]", f"[{notebooks}]")


NOTHING = {"estimate": None, "lower": None, "upper": None, "standard_error": None}


def site(code, estimate=0.03, error=0.02, **more):
    lower, upper = (max(-1.0, min(1.0, estimate + side * 1.96 * error)) for side in (-1, 1))
    ends = {"estimate": estimate, "lower": min(lower, estimate), "upper": max(upper, estimate), "standard_error": error}
    return result(**{"programme": "proef", "municipality": code, **ends, **more})


def of_set(name, codes):
    own = SITES[SITES["set"] == name]
    return own, [
        site(code, row.estimate, row.standard_error) for code, row in zip(codes, own.itertuples(), strict=False)
    ]


def by_code(results, asked="proef", **more):
    return synthesis.sites(results, programme=asked, **{**ASKED, **more}).set_index("municipality")


def whole(results, asked="proef", **more):
    return synthesis.pooled(results, programme=asked, **{**ASKED, **more}).iloc[0]


@pytest.mark.parametrize("name", SETS)
def test_agrees_with_metafor(known, name):
    own, results = of_set(name, known)
    found, expected = whole(results), FROM_R.loc[name]
    names = {"mean": "mean", "lower": "lower", "upper": "upper", "prediction_lower": "prediction_lower",
             "prediction_upper": "prediction_upper", "i2": "i2", "q_p_value": "q_p_value"}  # fmt: skip
    for ours, theirs in names.items():
        assert found[ours] == pytest.approx(expected[theirs], rel=1e-6, abs=1e-9), ours
    for ours in ("tau", "tau_lower", "tau_upper"):
        assert found[ours] ** 2 == pytest.approx(expected[ours.replace("tau", "tau2")], rel=1e-6, abs=1e-12), ours
    sites = by_code(results)
    shrunken = sites.loc[known[: len(own)]]
    assert shrunken["shrunken"].tolist() == pytest.approx(own["shrunken"].tolist(), rel=1e-6, abs=1e-9)
    assert shrunken["shrunken_lower"].tolist() == pytest.approx(own["lower"].tolist(), rel=1e-6, abs=1e-9)
    assert shrunken["shrunken_upper"].tolist() == pytest.approx(own["upper"].tolist(), rel=1e-6, abs=1e-9)


def test_how_much_of_a_shrunken_value_is_its_own_follows_from_the_values_themselves(known):
    _, results = of_set("lidocaine_rd", known)
    mean, sites = whole(results)["mean"], by_code(results).dropna(subset="estimate")
    worked_out = (sites["shrunken"] - mean) / (sites["estimate"] - mean)
    assert sites["share_own"].tolist() == pytest.approx(worked_out.tolist(), rel=1e-6)


def test_the_mean_without_one_of_three_is_that_of_the_two_others(known):
    values = {known[0]: (0.02, 0.01), known[1]: (0.05, 0.02), known[2]: (-0.03, 0.03)}
    means = []
    for (one, u), (other, v) in itertools.combinations(values.values(), 2):
        # Two sites a distance d apart: the variance between them is d²/2 minus the mean of their own.
        tau2 = max(0, (one - other) ** 2 / 2 - (u**2 + v**2) / 2)
        w, z = 1 / (u**2 + tau2), 1 / (v**2 + tau2)
        means.append((w * one + z * other) / (w + z))
    found = whole([site(code, *value) for code, value in values.items()])
    assert (found["without_lowest"], found["without_highest"]) == pytest.approx((min(means), max(means)), rel=1e-6)


def test_who_is_inside_the_funnel(known):
    # All equal but for one, which lies 1.9 or 2.1 of its standard errors from a mean that the precise ones make alone.
    for distance, is_inside in ((1.9, True), (2.1, False)):
        precise = [site(code, 0.02, 0.0001) for code in known[:4]]
        found = by_code([*precise, site(known[4], 0.02 + distance * 0.04, 0.04)])
        assert bool(found.loc[known[4], "is_inside"]) is is_inside


def test_two_sites_have_a_mean_and_no_spread(known):
    found = whole([site(known[0], 0.02, 0.05), site(known[1], 0.04, 0.05)])
    assert found["mean"] == pytest.approx(0.03)
    # t with 1 degree of freedom: tan(0.475 π).
    width = math.tan(0.475 * math.pi) * 0.05 / math.sqrt(2)
    assert (found["lower"], found["upper"]) == pytest.approx((0.03 - width, 0.03 + width))
    assert found[["tau", "prediction_lower", "i2", "without_lowest"]].isna().all()
    assert by_code([site(known[0]), site(known[1])])["shrunken"].isna().all()


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_sites_have_no_mean(known, n):
    results = [site(code) for code in known[:n]]
    found = whole(results)
    assert (found["n_sites"], found["n_expected"]) == (n, 3)
    assert found[["mean", "lower", "tau"]].isna().all()
    assert found["grade"] == ("C" if n else "")
    assert by_code(results)["is_inside"].isna().all()


def test_every_site_says_why_it_does_not_count(known, write_programme):
    write_programme(programme(known[:6]))
    results = [
        site(known[0]),
        replace(site(known[1]), **NOTHING, hidden=True, n_programme=None),
        replace(site(known[2]), **NOTHING),
        site(known[3], 0.0, 0.0),
        site(known[4], outcome="off_benefit"),
    ]
    found = by_code(results)
    assert found.loc[known[:6], "status"].tolist() == ["used", "hidden", "no_estimate", "no_error", "other", "missing"]
    assert set(synthesis.STATUSES) == set(found["status"])
    table = already_on_pages(synthesis.sites(results, programme="proef", **ASKED))
    hidden = table.hidden.set_axis(table.rows["municipality"])
    assert hidden.loc[known[1], ["estimate", "n_programme"]].all()
    assert not hidden.loc[[code for code in known[:6] if code != known[1]]].to_numpy().any()
    assert not hidden.loc[known[1], "n_comparison"]


def test_only_the_main_difference_for_everybody_is_pooled(known):
    kept = site(known[0], 0.01)
    others = [
        site(known[0], 0.9, method="counted", is_main=False),
        site(known[0], 0.9, group="jongeren"),
        site(known[0], 0.9, months=18),
        site(known[0], 0.9, outcome="any_work"),
        site(known[0], 0.9, question="gross", unit="share", lower=None),
        site(known[0], 0.9, programme="x"),
    ]
    assert by_code([kept, *others]).loc[known[0], "estimate"] == 0.01
    assert by_code([kept, *others], months=18).loc[known[0], "estimate"] == 0.9


def test_two_main_results_of_one_site_are_refused(known):
    with pytest.raises(
        InvalidDataError, match=r"proef in GM0001 has 2 main results for work after 12 months; mark one"
    ):
        by_code([site(known[0]), site(known[0], method="matched")])
    with pytest.raises(InvalidDataError, match="there is no such outcome; did you mean 'work'"):
        by_code([], outcome="wrok")


def test_sites_stand_in_the_order_of_their_names_whatever_they_found(known):
    estimates = [0.01, 0.05, -0.03, 0.02]
    orders = set()
    for order in itertools.permutations(estimates):
        results = [site(code, estimate) for code, estimate in zip(known, order, strict=False)]
        for given in (results, results[::-1]):
            rows = synthesis.sites(given, programme="proef", **ASKED)
            orders.add(tuple(rows["municipality"]))
            assert rows["municipality_name"].is_monotonic_increasing
    assert orders == {tuple(known[3::-1])}
    assert not any("rank" in name for name in rows.columns)


def test_all_programmes_together_and_each_apart(known, write_programme):
    write_programme(programme(known[:2], notebooks="evaluation"), slug="proef")
    write_programme(programme(known[:3], name="Andere", notebooks="evaluation"), slug="andere")
    write_programme(programme(known[3:4], name="Geen", notebooks="claims"), slug="geen")
    results = [
        site(known[0], 0.01),
        site(known[1], 0.02, grade="D"),
        site(known[0], 0.03, programme="andere", method="matched"),
        site(known[5], 0.04, programme="elsewhere"),
    ]
    rows = synthesis.pooled(results, programme="", **ASKED)
    assert rows["scope"].tolist() == ["all", "proef"]
    first, own = rows.iloc[0], rows.iloc[1]
    # Known are two and three municipalities of the programmes that evaluate, and one of which results were found.
    assert (first["n_sites"], first["n_expected"], first["n_municipalities"], first["n_shared"]) == (4, 6, 3, 1)
    assert (first["n_methods"], first["n_grades"], first["grade"]) == (2, 2, "D")
    assert (own["n_sites"], own["scope_name"], own["n_shared"]) == (2, "Proef", 0)
    assert own["mean"] == pytest.approx(0.015)
    assert by_code([], asked="").index.tolist() == [known[2], known[1], known[1], known[0], known[0]]
    names = synthesis.sites(results, programme="", **ASKED)
    assert names["programme_name"].tolist() == ["elsewhere", "Andere", "Andere", "Proef", "Andere", "Proef"]
    assert len(synthesis.pooled(results, programme="proef", **ASKED)) == 1


def test_a_programme_file_with_problems_stops_no_synthesis_of_all(known, write_programme):
    write_programme("name: [", slug="broken")
    assert whole([site(known[0]), site(known[1])], asked="")["n_sites"] == 2


def test_the_folder_of_the_site_is_that_of_the_project(project):
    write(project.reports, result())
    write(project.root / "elsewhere", result(municipality="GM0197"))
    assert synthesis.read() == (result(),)
    assert synthesis.read(str(project.root / "elsewhere")) == (result(municipality="GM0197"),)


def test_published_differences_are_of_work_only():
    table = already_published(synthesis.literature(outcome="any_work"), source=LITERATURE_SOURCE)
    # Card, Kluve & Weber (2018): 1.6, 5.4 and 8.7 percentage points.
    assert (100 * table.rows["difference"]).round(1).tolist() == [1.6, 5.4, 8.7]
    assert synthesis.literature(outcome="off_benefit").empty
