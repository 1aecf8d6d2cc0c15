"""Flows of bijstand by region and year: on the figures of CBS, and on tables in which something cannot be."""

import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers.statline import benefit_flows, change, of_region, open_statline, region_kind
from evaltools.registers.statline.export import parse_export
from evaltools.registers.statline.odata import parse_odata
from tests.statline_files import REGION, TABLES, export_of, invented, odata_of, real_export, write_real_tables

COUNTS = ["n_residents", "n_stock", "n_inflow", "n_outflow", "n_outflow_work", "n_reintegration"]


def edition(lines, table="84066NED"):
    return parse_export(export_of(lines), "export.csv", table)


@pytest.fixture
def real(project):
    """The three years as they are published."""
    return benefit_flows([open_statline(table, project) for table in write_real_tables(project)], project)


def of_country(flows, year, column, age="total"):
    return of_region(flows, "NL01", kind="country", years=[year]).set_index("age").loc[age, column]


def test_one_row_per_region_year_and_age(real):
    assert list(real) == ["code", "kind", "year", "age", *COUNTS, "share_outflow_work", "series", "table"]
    assert len(real) == 3 * (485 + 490 + 488)
    assert not real.duplicated(["code", "year", "age"]).any()
    assert {str(real[column].dtype) for column in COUNTS} == {"Int64"}
    everybody = real[real["age"] == "total"]
    kinds = pd.crosstab(everybody["year"], everybody["kind"])
    assert kinds["municipality"].to_dict() == {2015: 393, 2016: 390, 2017: 388}
    assert kinds["other"].to_dict() == {2015: 0, 2016: 8, 2017: 8}
    for kind, n in {"country": 1, "landsdeel": 4, "province": 12, "corop": 40, "labour_market_region": 35}.items():
        assert set(kinds[kind]) == {n}
    assert real.groupby("year")["series"].unique().map(list).to_dict() == {
        2015: ["instromers"], 2016: ["instroom"], 2017: ["instroom"],
    }  # fmt: skip


def test_stock_and_flows_of_the_country_close(real):
    """The stock runs over the editions: its change is inflow less outflow, also from the first series to the next."""
    for year, difference in ((2016, 148130 - 130750), (2017, 123060 - 128560)):
        assert difference in {17380, -5500}
        assert change(real, "n_stock", "NL01", first=year - 1, last=year) == difference
        assert of_country(real, year, "n_inflow") - of_country(real, year, "n_outflow") == difference


def test_municipalities_beside_the_country(real):
    """They do not sum to it: CBS knows no municipality of some, and rounds."""
    sums = real[(real["kind"] == "municipality") & (real["age"] == "total")].groupby("year")[COUNTS].sum()
    for year, of_municipalities, of_all in ((2015, 496250, 496600), (2016, 513810, 513980), (2017, 508460, 508480)):
        assert sums.loc[year, "n_stock"] == of_municipalities
        assert of_country(real, year, "n_stock") == of_all
    assert (sums.loc[2017, "n_outflow"], of_country(real, 2017, "n_outflow")) == (122450, 128560)


def test_ages_sum_to_everybody_but_for_rounding(real):
    places = real[real["kind"] == "municipality"]
    wide = places.pivot_table(index=["code", "year"], columns="age", values="n_stock")
    apart = (wide["total"] - wide["to_aow"] - wide["from_aow"]).abs()
    assert apart.max() <= 20
    assert (apart > 10).mean() < 0.01
    assert real.loc[real["age"] == "from_aow", "n_outflow_work"].isna().all()


def test_the_order_and_the_source_of_the_tables_make_no_difference(real, project):
    exports = {table: real_export(year) for year, table in TABLES.items()}
    other = [
        parse_odata(odata_of(exports[table], table, period=str(year)), table)
        for year, table in reversed(TABLES.items())
    ]
    pd.testing.assert_frame_equal(benefit_flows(other, project), real)


def test_flows_that_contradict_each_other_are_not_known(real):
    """Meierijstad in 2017: nobody in, nobody out, and 120 of those to work."""
    rows = of_region(real, "GM1948")
    assert rows["year"].unique().tolist() == [2017]
    assert rows["n_stock"].tolist() == [1090, 950, 140]
    assert rows[["n_inflow", "n_outflow", "n_outflow_work"]].isna().all(axis=None)
    known = real[(real["age"] == "total") & (real["code"] != "GM1948")]
    assert known[["n_inflow", "n_outflow", "n_outflow_work"]].notna().all(axis=None)


def test_a_region_that_is_listed_and_does_not_contradict_itself_is_known(project):
    lines = invented(regions=("NL01", "GM1948"))
    assert of_region(benefit_flows([edition(lines)], project), "GM1948")["n_inflow"].tolist() == [110] * 3


def test_a_municipality_that_merged_is_told_with_its_years(real):
    assert sorted(of_region(real, "GM0844")["year"].unique()) == [2015, 2016]
    with pytest.raises(InvalidDataError, match="is not in the table of 2017, but in that of 2015 and 2016; munici"):
        of_region(real, "GM0844", years=[2016, 2017])
    with pytest.raises(InvalidDataError, match="is in no table of 2015, 2016 and 2017; did you mean 'GM"):
        of_region(real, "GM0198")
    for code, kind in (("CR15", "corop"), ("NL01", "country"), ("AM09", "labour market region"), ("0197", "other")):
        with pytest.raises(InvalidDataError, match=f"is no municipality: it is {kind}"):
            of_region(real, code)


def test_flows_of_two_series_are_never_set_beside_each_other(real):
    assert change(real, "n_inflow", "GM0197", first=2016, last=2017) == 110 - 130
    assert change(real, "n_stock", "GM0197", first=2015, last=2017) == 380 - 370
    for column in ("n_inflow", "n_outflow", "n_outflow_work", "n_reintegration"):
        with pytest.raises(
            InvalidDataError, match=f"{column} of 2015 is of the series instromers, that of 2016 of instr"
        ):
            change(real, column, "GM0197", first=2015, last=2016)
    with pytest.raises(InvalidDataError, match="did you mean 'n_inflow'"):
        change(real, "n_inflows", "GM0197", first=2016, last=2017)
    with pytest.raises(InvalidDataError, match="did you mean 'to_aow'"):
        change(real, "n_inflow", "GM0197", first=2016, last=2017, age="toaow")
    with pytest.raises(InvalidDataError, match="n_outflow_work of GM0197 is not known in 2016 and 2017"):
        change(real, "n_outflow_work", "GM0197", first=2016, last=2017, age="from_aow")


def test_years_may_be_there_in_part(project):
    flows = benefit_flows([edition(invented(2015), "83450NED"), edition(invented(2017))], project)
    assert flows.groupby("year")["series"].first().to_dict() == {2015: "instromers", 2017: "instroom"}


def test_a_table_with_periods_is_read_when_they_agree(project):
    lines = [line | {"Perioden": "2017JJ00"} for line in invented()]
    assert set(benefit_flows([edition(lines)], project)["year"]) == {2017}


@pytest.mark.parametrize("region", [*REGION.values(), "WijkenEnBuurten"])
def test_the_region_may_have_any_of_its_names(project, region):
    lines = [{region if key == "Regiokenmerken" else key: cell for key, cell in line.items()} for line in invented()]
    assert benefit_flows([edition(lines)], project)["code"].unique().tolist() == ["NL01", "GM0197", "GM0202"]


def edited(number, key, cell):
    def edit(lines):
        lines[number][key] = cell
        return lines

    return edit


def renamed(key, new):
    return lambda lines: [{new if each == key else each: cell for each, cell in line.items()} for line in lines]


def added(**cells):
    return lambda lines: [line | cells for line in lines]


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda lines: renamed("Instroom_6", "Inflow_6")(renamed("Instroom_5", "Inflow_5")(lines)), "lacks the topic Instroom of"),
        (renamed("Uitstroom_7", "Uitstromers_7"), "has one topic Uitstroom; expected two, the count and then the percentage"),
        (renamed("Bijstandsontvangers_4", "Bijstandsontvanger_4"), "did you mean 'Bijstandsontvanger'?"),
        (renamed("Regiokenmerken", "Gebied"), "has 0 dimensions of regions; expected one of RegioS, Regiokenmerken"),
        (added(RegioS="NL01"), "has 2 dimensions of regions"),
        (renamed("Leeftijd", "Leeftijden"), "lacks the dimension Leeftijd; did you mean 'Leeftijden'?"),
        (added(Geslacht="T001038"), "has 1 dimension that flows do not have"),
        (lambda lines: [line | {"Instroom_5": "110.5"} for line in lines], "Instroom holds other things than whole numbers"),
        (edited(0, "Leeftijd", "20151"), "Leeftijd: 1 row with another key than 20150, 90100, 90200, first row 1"),
        (lambda lines: lines[:-1], "1 region (GM0202) without all of 20150, 90100, 90200; was the table cut off?"),
        (lambda lines: lines[:4], "3 regions"),
        (lambda lines: [line for line in lines if "NL01" not in line["Regiokenmerken"]], "has 0 countries"),
        (edited(4, "Uitstroom_7", "     -10"), "n_outflow is negative for 1 region (GM0197)"),
        (edited(4, "Instroom_6", "   100.5"), "Instroom_2 is no percentage for 1 region (GM0197)"),
        (edited(4, "Uitstroom_8", "    -0.5"), "Uitstroom_2 is no percentage for 1 region (GM0197)"),
        (edited(4, "UitstroomNaarWerk_9", "     110"), "n_outflow_work is more than n_outflow for 1 region (GM0197)"),
        (added(Perioden="2016JJ00"), "is about 2016, and data/raw/reference/statline.csv says 2017"),
        (added(Perioden="2017KW01"), "has quarters or months; expected whole years"),
        (lambda lines: [line | {"Perioden": f"201{n % 2 + 6}JJ00"} for n, line in enumerate(lines)], "is about 2016 and 2017"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(project, edit, sentence):
    with pytest.raises(InvalidDataError) as error:
        benefit_flows([edition(edit(invented()))], project)
    assert any(problem.startswith("84066NED: ") and sentence in problem for problem in error.value.problems)


def test_rounding_and_counts_that_are_no_tens_are_let_through(project):
    lines = invented()
    lines[1] |= {"Uitstroom_7": "33", "UitstroomNaarWerk_9": "43", "Instroom_5": "0"}
    row = of_region(benefit_flows([edition(lines)], project), "GM0197").iloc[0]
    assert (row["n_inflow"], row["n_outflow"], row["n_outflow_work"]) == (0, 33, 43)


def test_what_is_unknown_stays_unknown(project):
    lines = invented()
    lines[1] |= {"Uitstroom_7": ".", "Bijstandsontvangers_4": ""}
    row = of_region(benefit_flows([edition(lines)], project), "GM0197").iloc[0]
    assert row[["n_outflow", "n_stock"]].isna().all()


def test_another_year_says_so_in_its_description(project):
    parts = odata_of(export_of(invented()), "84066NED", period="2016")
    with pytest.raises(InvalidDataError, match=r"is about 2016, and data/raw/reference/statline\.csv says 2017"):
        benefit_flows([parse_odata(parts, "84066NED")], project)


def test_a_series_under_the_name_of_the_other_is_refused(project):
    with pytest.raises(InvalidDataError) as error:
        benefit_flows([edition(invented(2016), "83450NED"), edition(invented(2015), "84066NED")], project)
    assert len(error.value.problems) == 6
    assert "83450NED: lacks the topic Instromers of the series instromers; did you mean 'Instroom'?" in str(error.value)


def test_editions_are_not_mixed(project):
    with pytest.raises(InvalidDataError, match="84066NED: comes twice, and is the table of 2017; give one edition"):
        benefit_flows([edition(invented()), edition(invented())], project)
    with pytest.raises(InvalidDataError, match=r"84067NED: .* does not say its year; did you mean '84066NED'"):
        benefit_flows([edition(invented(), "84067NED")], project)
    with pytest.raises(InvalidDataError, match="got no table; fetch them with: evaltools statline"):
        benefit_flows([], project)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("84067NED,2017,instroom,x", "has year 2017 more than once; keep one row"),
        ("84066NED,2018,instroom,x", "has table 84066NED more than once; keep one row"),
        ("84067NED,last,instroom,x", "column year has 1 rows that are no number"),
        ("84067NED,2018,instroom,", "has 1 rows without a source"),
    ],
)
def test_the_years_of_the_tables_are_declared_once(project, row, sentence):
    path = project.reference / "statline.csv"
    path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")
    with pytest.raises(InvalidDataError) as error:
        benefit_flows([edition(invented())], project)
    assert sentence in str(error.value)


def test_kinds_of_regions():
    codes = ["NL00", "LD01", "PV25", "CR15", "AM09", "GM0197", "WK019700", "WK0363AA", "BU01970001", "A007394", "GM197"]
    assert [region_kind(code) for code in codes] == [
        "country", "landsdeel", "province", "corop", "labour_market_region", "municipality", "district", "district",
        "neighbourhood", "other", "other",
    ]  # fmt: skip
