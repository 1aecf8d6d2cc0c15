"""Table 1, beside formulas written out here."""

import numpy as np
import pandas as pd
import pytest

from evaltools.cohorts import Definitions, earlier_cohort, programme_cohort, register_cohort, table_one
from tests.cohorts.examples import CENSORING_DAY, programme_of, register_of

GIVEN = Definitions(censoring_day=CENSORING_DAY)
N = 60


@pytest.fixture
def register():
    rng = np.random.default_rng(3)
    names = [f"p{number:02d}" for number in range(N)]
    persons = pd.DataFrame({
        "person_id": names,
        "birth_year": rng.choice([1960, 1970, 1985, 1999, None], N),
        "sex": rng.choice(["1", "2", None], N, p=[0.45, 0.45, 0.1]),
        "neighbourhood": rng.choice(["Noord", "Zuid", None], N),
    })  # fmt: skip
    spells = pd.DataFrame({"person_id": names, "first_day": rng.choice(["2012-01-01", "2014-06-01", "2016-03-01"], N)})
    spells["last_day"] = None
    listed = pd.DataFrame({"person_id": names[:25], "selected_day": ["2019-01-01"] * 10 + ["2019-04-01"] * 15})
    return register_of({"persons": persons, "benefit_spells": spells, "participations": listed})


def test_it_agrees_with_formulas_written_out(register):
    one = programme_cohort(register, programme_of(), definitions=GIVEN)
    other = register_cohort(register, "2018-06-01", definitions=GIVEN)
    made = table_one(one, other, names=("a", "b")).set_index(["variable", "level"])
    ages = [cohort.participants["age"].dropna().astype(float) for cohort in (one, other)]
    row = made.loc[("age", "")]
    assert (row["n_a"], row["value_a"]) == (len(ages[0]), pytest.approx(ages[0].mean()))
    assert row["sd_b"] == pytest.approx(np.sqrt(((ages[1] - ages[1].mean()) ** 2).sum() / (len(ages[1]) - 1)))
    assert row["smd_b"] == pytest.approx((ages[0].mean() - ages[1].mean()) / ages[0].std())
    sexes = [cohort.participants["sex"] for cohort in (one, other)]
    shares = [(values == "1").sum() / values.notna().sum() for values in sexes]
    row = made.loc[("sex", "1")]
    assert (row["label"], row["n_a"]) == ("man", (sexes[0] == "1").sum())
    assert row["value_b"] == pytest.approx(shares[1])
    assert row["smd_b"] == pytest.approx((shares[0] - shares[1]) / np.sqrt(shares[0] * (1 - shares[0])))
    missing = made.loc[("sex", "missing")]
    assert (missing["n_b"], missing["value_b"]) == (sexes[1].isna().sum(), pytest.approx(sexes[1].isna().mean()))
    for variable in ("sex", "neighbourhood", "index_quarter"):
        rows = made.loc[variable]
        assert rows["n_a"].sum() == 25
        assert rows["n_b"].sum() == N


def test_levels_of_all_groups_are_there(register):
    one = programme_cohort(register, programme_of(), definitions=GIVEN)
    made = table_one(one, earlier_cohort(one, years=2), variables="index_quarter")
    assert made["level"].tolist() == ["2017-Q1", "2017-Q2", "2019-Q1", "2019-Q2"]
    assert made["n_programme"].tolist() == [0, 0, 10, 15]
    assert made["n_earlier_years"].sum() == N


def test_one_group_has_no_differences(register):
    made = table_one(programme_cohort(register, programme_of(), definitions=GIVEN))
    assert not [column for column in made if column.startswith("smd")]
