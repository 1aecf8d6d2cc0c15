"""Municipalities in time: the committed codes, mergers and regions beside CBS's lists and totals."""

import re

import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.reference import (
    LIST_YEARS,
    mergers,
    municipalities,
    municipality_names,
    municipality_problem,
    regions,
    which_municipality,
)
from tests.conftest import ROOT

STATLINE = ROOT.parent / "shared" / "data" / "statline"

N_IN_LIST = {2015: 393, 2016: 390, 2017: 388, 2019: 355, 2020: 355, 2021: 352, 2024: 342}
"""Municipalities in each list; the numbers of 2016, 2017, 2019, 2021 and 2024 are in CBS's news messages as well."""
N_OF_PROVINCE_2019 = {
    "Groningen": 12, "Friesland": 18, "Drenthe": 12, "Overijssel": 25, "Flevoland": 6, "Gelderland": 51, "Utrecht": 26,
    "Noord-Holland": 47, "Zuid-Holland": 52, "Zeeland": 13, "Noord-Brabant": 62, "Limburg": 31,
}  # fmt: skip


@pytest.fixture
def known(own):
    return municipalities(own).set_index("code")


@pytest.fixture
def steps(own):
    return mergers(own)


def statline(name):
    """Read one of the copies of CBS's tables that lie beside the repository."""
    if not (STATLINE / name).is_file():
        pytest.skip(f"the copy of CBS's table is not beside the repository: shared/data/statline/{name}")
    return pd.read_csv(STATLINE / name, dtype=str, keep_default_na=False)


def in_list(known, year):
    return known[(known["seen_first"] <= year) & (known["seen_last"] >= year)]


def test_codes_and_names(own, known):
    assert len(known) == 414
    assert known.index.is_unique
    assert all(re.fullmatch("GM[0-9]{4}", code) for code in known.index)
    assert known.index.is_monotonic_increasing
    assert known["name"].str.strip().ne("").all()
    assert known["name"].is_unique
    assert set(known["seen_first"]) | set(known["seen_last"]) <= set(LIST_YEARS)
    assert municipality_names(own) == known["name"].to_dict()


@pytest.mark.parametrize("year", LIST_YEARS)
def test_as_many_as_in_each_list(known, year):
    assert len(in_list(known, year)) == N_IN_LIST[year]


def test_the_lists_themselves(known):
    rows = statline("gemeentecodes_2015_2024.csv").set_index("code")
    assert set(rows.index) == set(known.index)
    for year in LIST_YEARS:
        assert set(in_list(known, year).index) == set(rows.index[rows[f"in_{year}"] == "1"]), year
    named = rows[rows["naam"] != ""]
    assert (
        len(rows) - len(named) == 9 + 4
    )  # those that ended before 2017 and those of after 2021 have their name elsewhere
    assert named["naam"].to_dict() == known.loc[named.index, "name"].to_dict()
    of_2019 = rows[rows["in_2019"] == "1"]
    assert of_2019["provinciecode_2019"].to_dict() == known.loc[of_2019.index, "province"].to_dict()


def test_provinces(own, known):
    names = regions(own).set_index("code")["name"]
    assert in_list(known, 2019)["province"].map(names).value_counts().to_dict() == N_OF_PROVINCE_2019
    assert sum(N_OF_PROVINCE_2019.values()) == N_IN_LIST[2019]


def test_regions(own, known):
    found = regions(own)
    assert found["code"].is_unique
    assert found["name"].str.strip().ne("").all()
    assert found["kind"].value_counts().to_dict() == {"province": 12, "corop": 40, "labour_market": 35}
    for column, kind in {"province": "province", "corop": "corop", "labour_market_region": "labour_market"}.items():
        assert set(known[column]) - {""} == set(found.loc[found["kind"] == kind, "code"]), column
    assert (known[["province", "corop"]] != "").all(axis=None)
    # Of 2016, so of the municipalities of that year and no others.
    assert set(known.index[known["labour_market_region"] != ""]) == set(in_list(known, 2016).index)
    # A COROP region lies within one province; of Vijfheerenlanden, two thirds came from another than it is in.
    assert known.groupby("corop")["province"].nunique().max() == 1
    achterhoek = known[known["corop"] == "CR14"]
    assert sorted(achterhoek["name"]) == [
        "Aalten", "Berkelland", "Bronckhorst", "Brummen", "Doetinchem", "Lochem", "Montferland", "Oost Gelre",
        "Oude IJsselstreek", "Winterswijk", "Zutphen",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "kind", "year"),
    [
        ("corop", "corop", "2015"),
        ("corop", "corop", "2016"),
        ("corop", "corop", "2017"),
        ("labour_market_region", "arbeidsmarktregio", "2016"),
        ("province", "provincie", "2015"),
        ("province", "provincie", "2016"),
        ("province", "provincie", "2017"),
    ],
)
def test_inhabitants_of_municipalities_add_up_to_those_of_their_regions(known, column, kind, year):
    rows = statline("bijstand_stroom_regio_2015_2017.csv")
    rows = rows[(rows["jaar"] == year) & (rows["leeftijd"] == "totaal")].set_index("code")
    inhabitants = rows["inwoners"].astype(float)
    of_municipalities = inhabitants[rows["soort"] == "gemeente"]
    region = known.loc[of_municipalities.index, column]
    gaps = inhabitants[rows["soort"] == kind] - of_municipalities.groupby(region).sum()
    assert gaps.notna().all()
    # Every number is rounded to ten, so each may be five off.
    most = 5 * (region.value_counts().reindex(gaps.index) + 1)
    assert (gaps.abs() <= most).all(), gaps[gaps.abs() > most]


def test_every_code_that_ended_has_a_merger_and_no_other(known, steps):
    assert set(steps["code"]) == set(known.index[known["seen_last"] < LIST_YEARS[-1]])
    assert steps["code"].nunique() == 414 - 342
    assert not steps.duplicated(["code", "into"]).any()
    assert steps.groupby("code")["from_day"].nunique().max() == 1
    new = known.index[known["seen_first"] > LIST_YEARS[0]]
    assert set(new) <= set(steps["into"])
    assert steps[steps["into"].isin(new)].groupby("into")["from_day"].nunique().max() == 1


def test_mergers_agree_with_the_lists(known, steps):
    assert steps["from_day"].str.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}").all()
    for step in steps.itertuples():
        before = [year for year in LIST_YEARS if f"{year}-01-01" < step.from_day]
        after = [year for year in LIST_YEARS if f"{year}-01-01" >= step.from_day]
        assert known.loc[step.code, "seen_last"] == before[-1], step
        into = known.loc[step.into]
        assert into["seen_last"] == LIST_YEARS[-1], step
        assert into["seen_first"] in (LIST_YEARS[0], after[0]), step


def test_a_municipality_is_in_the_province_of_what_it_became_but_for_two(known, steps):
    province = known["province"]
    other = steps[steps["code"].map(province) != steps["into"].map(province)]
    assert sorted(zip(other["code"].map(known["name"]), other["into"].map(known["name"]), strict=True)) == [
        ("Leerdam", "Vijfheerenlanden"),
        ("Zederik", "Vijfheerenlanden"),
    ]


@pytest.mark.parametrize(
    ("year", "n"),
    [(2016, 393 - 390), (2017, 390 - 388), (2018, 388 - 380), (2019, 380 - 355), (2020, 0), (2021, 355 - 352),
     (2022, 352 - 344), (2023, 344 - 342)],
)  # fmt: skip
def test_mergers_make_the_number_of_municipalities(known, steps, year, n):
    """CBS and VNG: 393 municipalities in 2015, 390, 388, 380, 355, 355, 352, 344 after 24 March 2022, 342 in 2023."""
    of_year = steps[steps["from_day"].str.startswith(str(year))]
    new = [code for code in of_year["into"].unique() if known.loc[code, "seen_first"] > LIST_YEARS[0]]
    assert of_year["code"].nunique() - len(new) == n


@pytest.mark.parametrize(
    ("code", "year", "sentence"),
    [
        ("GM0005", 2018, None),
        (
            "GM0005",
            2019,
            "GM0005 Bedum is in CBS's lists until 2017; it went into GM1966 Het Hogeland on 2019-01-01; did you mean GM1966?",
        ),
        (
            "GM0053",
            2024,
            "GM0053 Winsum is in CBS's lists until 2017; it went into GM1966 Het Hogeland and GM1969 Westerkwartier on "
            "2019-01-01; did you mean GM1966 or GM1969?",
        ),
        ("GM0457", 2022, None),  # until 24 March
        (
            "GM0457",
            2023,
            "GM0457 Weesp is in CBS's lists until 2021; it went into GM0363 Amsterdam on 2022-03-24; did you mean GM0363?",
        ),
        (
            "GM1966",
            2018,
            "GM1966 Het Hogeland is in CBS's lists from 2019 on; it was made of GM0005 Bedum, GM0053 Winsum, GM1651 Eemsmond "
            "and GM1663 De Marne on 2019-01-01; did you mean GM0005, GM0053, GM1651 or GM1663?",
        ),
        ("GM1966", 2019, None),
        ("GM0080", 2016, None),  # Leeuwarden grew, and kept its code
        ("GM1921", 2015, None),  # a new name on 1 July
        ("GM1940", 2015, None),
        ("GM0197", 1990, None),
        ("Alten", 2020, "there is no municipality 'Alten'; did you mean GM0197 Aalten or GM1959 Altena?"),
        ("AALTEN", 2020, "there is no municipality 'AALTEN'; write GM0197"),
        ("0197", 2020, "there is no municipality '0197'; write GM0197"),
        ("GM0198", 2020, "there is no municipality 'GM0198'; did you mean GM0197 Aalten?"),
        ("x", 2020, "there is no municipality 'x'; allowed: the CBS codes of 414 municipalities, such as GM0003"),
    ],
)
def test_the_sentence(own, code, year, sentence):
    assert municipality_problem(code, year, own) == sentence


def test_few_are_all_named():
    names = {"GM0222": "Doetinchem", "GM0197": "Aalten"}
    assert which_municipality("", names) == "allowed: GM0197, GM0222"
    assert which_municipality("Doetichem", names) == "did you mean GM0222 Doetinchem? Allowed: GM0197, GM0222"
    assert which_municipality("x", {}) == "none is known here"


def test_a_strange_code_is_refused(project):
    path = project.reference / "municipalities.csv"
    path.write_text(path.read_text("utf-8") + "GM200,Nieuw,,,,2025,2025,CBS\n", "utf-8")
    with pytest.raises(InvalidDataError, match="has 'GM200', which is no CBS code; write GM and four digits"):
        municipality_names(project)


def test_a_short_line_has_no_source(project):
    path = project.reference / "municipalities.csv"
    path.write_text(path.read_text("utf-8") + "GM2000,Nieuw,2025\n", "utf-8")
    with pytest.raises(InvalidDataError, match="has 1 rows without a source"):
        municipality_names(project)
