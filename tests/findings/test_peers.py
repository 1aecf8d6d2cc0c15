"""A municipality beside others: by hand, by all counts that round to the published ones, and on the published figures."""

import itertools

import numpy as np
import pandas as pd
import pytest

from evaltools.disclosure import already_published
from evaltools.effects import funnel
from evaltools.findings import peers
from evaltools.programmes import read_programme
from evaltools.reference import mergers, municipalities, municipality_names
from evaltools.registers.statline import benefit_flows
from evaltools.registers.statline.export import parse_export
from tests.small_flows import MERGERS, MUNICIPALITIES, REGIONS, small_flows
from tests.statline_files import TABLES, real_export


@pytest.fixture
def flows():
    return small_flows()


@pytest.fixture
def places(flows):
    return peers.places_beside(flows, "GM0197", MUNICIPALITIES, REGIONS)


def test_places_are_the_municipality_its_regions_and_the_country(places):
    assert places.to_numpy().tolist() == [
        ["GM0197", "Aalten", "municipality"], ["PV25", "Gelderland", "province"], ["GM", "alle gemeenten samen", "municipalities"], ["NL01", "Nederland", "country"],
    ]  # fmt: skip


def test_nothing_stands_beside_a_municipality_without_figures(flows):
    assert peers.places_beside(flows, "GM9999", MUNICIPALITIES, REGIONS).empty
    assert peers.work_shares(flows, peers.places_beside(flows, "GM9999", MUNICIPALITIES, REGIONS)).empty


def test_flows_by_year_by_hand(flows, places):
    rows = peers.flows_by_year(flows, places, MERGERS).set_index(["code", "year"])
    own = rows.loc[("GM0197", 2017)]
    assert own["per_thousand"] == pytest.approx(1000 * 400 / 1000)
    assert own["share_inflow"] == pytest.approx(110 / (400 + 90))
    assert own["share_outflow"] == pytest.approx(90 / (400 + 90))
    assert (own["n_stock_before"], own["n_flow"]) == (380, 110 - 90)
    # The year before is of another series: never set beside it.
    assert pd.isna(rows.loc[("NL01", 2016)]["n_stock_before"])
    assert rows.loc[("NL01", 2017)]["n_stock_before"] == 12500


def test_a_year_in_which_a_municipality_grew_is_not_set_beside_the_one_before(flows, places):
    grown = MERGERS.assign(into="GM0197")
    rows = peers.flows_by_year(flows, places, grown).set_index(["code", "year"])
    assert rows.loc[("GM0197", 2017)]["has_grown"]
    assert pd.isna(rows.loc[("GM0197", 2017)]["n_stock_before"])
    assert not rows.loc[("GM0197", 2016)]["has_grown"]


def test_a_share_and_its_interval_by_hand(flows, places):
    rows = peers.work_shares(flows, places).set_index(["code", "year"])
    own = rows.loc[("GM0197", 2017)]
    n, p, z = 360 + 90, 40 / 450, 1.959963984540054
    middle, half = (
        (p + z**2 / (2 * n)) / (1 + z**2 / n),
        z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5,
    )
    assert own["n_in_year"] == n
    assert own["share"] == pytest.approx(p)
    assert (own["lower"], own["upper"]) == (pytest.approx(middle - half), pytest.approx(middle + half))


@pytest.mark.parametrize(
    ("work", "stock", "outflow"), [(40, 360, 90), (0, 10, 0), (10, 10, 10), (0, 0, 0), (30, 20, 30)]
)
def test_rounding_leaves_open_every_count_that_rounds_to_the_published_one(flows, work, stock, outflow):
    rows = flows[(flows["code"] == "GM0197") & (flows["year"] == 2017) & (flows["age"] == "to_aow")]
    rows = rows.assign(n_outflow_work=work, n_stock=stock, n_outflow=outflow)
    own = pd.DataFrame({"code": ["GM0197"], "name": ["Aalten"], "kind": ["municipality"]})
    if stock + outflow == 0:
        assert peers.work_shares(rows, own)["share"].isna().all()  # a share of nobody, or of a few, is none
        return
    (found,) = peers.work_shares(rows, own).to_dict("records")

    def rounded_from(count):
        return range(max(0, count - 5), count + 6) if count else range(5)

    possible = [
        a / (b + c) for a, b, c in itertools.product(*map(rounded_from, (work, stock, outflow))) if a <= c and b + c > 0
    ]
    assert found["lowest"] <= min(possible) + 1e-12
    assert found["highest"] >= max(possible) - 1e-12
    assert found["lower_of_all"] <= found["lower"] <= found["share"] <= found["upper"] <= found["upper_of_all"] <= 1
    if (work, stock, outflow) == (40, 360, 90):  # no further than needed
        assert (found["lowest"], found["highest"]) == (pytest.approx(min(possible)), pytest.approx(max(possible)))


def test_a_year_that_came_before_the_programme_is_the_ordinary_one(flows, places, own):
    programme = read_programme("aandacht-helpt", own)  # of 2018
    assert set(peers.ordinary_shares(flows, places, programme)["year"]) == {2017}
    earlier = programme.model_copy(
        update={"period": programme.period.model_copy(update={"first_day": pd.Timestamp("2017-05-01")})}
    )
    assert set(peers.ordinary_shares(flows, places, earlier)["year"]) == {2016}
    nobody_knows = programme.model_copy(update={"period": None})
    found = peers.ordinary_shares(flows, places, nobody_knows)
    assert (set(found["year"]), set(found["chosen"])) == ({2017}, {"unknown"})
    first = programme.model_copy(
        update={"period": programme.period.model_copy(update={"first_day": pd.Timestamp("2010-05-01")})}
    )
    assert set(peers.ordinary_shares(flows, places, first)["year"]) == {2016}


def test_the_funnel_marks_the_own_one_and_names_no_other(flows):
    rows = peers.funnel_points(flows, "GM0197", "Aalten")
    assert rows["name"].tolist() == ["Aalten", "", ""]
    assert rows["is_own"].tolist() == [True, False, False]
    assert rows["n_in_year"].tolist() == [450, 8410 + 1790, 1360 + 340]  # in the order of their codes
    curves = peers.funnel_curves(flows)
    assert set(curves["limits"]) == {"chance", "spread"}
    assert curves["mean"].unique() == pytest.approx([(40 + 880 + 170) / (450 + 10200 + 1700)])
    assert ((curves["lower"] < curves["mean"]) & (curves["mean"] < curves["upper"])).all()


def test_a_municipality_of_which_the_last_year_is_not_known_has_no_place(flows, places):
    is_own = (flows["code"] == "GM0197") & (flows["year"] == 2017)
    flows.loc[is_own, "n_outflow"] = pd.NA
    (row,) = peers.among(flows, "GM0197", "Aalten").to_dict("records")
    assert pd.isna(row["share"])
    assert pd.isna(row["shrunken"])
    assert row["n_municipalities"] == 2
    assert peers.own_limits(flows, "GM0197").empty
    shares = peers.work_shares(flows, places).set_index(["code", "year"])
    assert pd.isna(shares.loc[("GM0197", 2017)]["share"])


def test_tables_pass_as_published(flows, places):
    for table in (
        peers.flows_by_year(flows, places, MERGERS),
        peers.work_shares(flows, places),
        peers.among(flows, "GM0197", "Aalten"),
        peers.own_limits(flows, "GM0197"),
        peers.spread(flows),
        peers.spread_by_size(flows),
        peers.sums(flows),
    ):
        assert already_published(table, source=peers.sources(flows)).origin == "published"


def test_sources_name_table_and_year(flows):
    assert peers.sources(flows) == [
        f"CBS StatLine, tabel {name} ({year})" for name, year in zip("ABC", (2015, 2016, 2017), strict=True)
    ]
    assert peers.sources(flows[:0]) == ["CBS StatLine"]


def test_municipalities_add_up_by_hand(flows):
    rows = peers.sums(flows).set_index(["year", "figure"])
    assert rows.loc[(2017, "outflow")].to_dict() == {
        "n_country": 2700,
        "n_municipalities": 90 + 370 + 1960,
        "n_unknown": 0,
    }
    assert rows.loc[(2016, "stock")].to_dict() == {"n_country": 12500, "n_municipalities": 380, "n_unknown": 0}


@pytest.fixture(scope="module")
def editions():
    return [parse_export(real_export(year), f"{table}.csv", table) for year, table in TABLES.items()]


def test_municipalities_add_up_to_what_is_known(editions, own):
    rows = peers.sums(benefit_flows(editions, own)).set_index(["year", "figure"])
    assert rows.loc[(2015, "stock")].to_dict() == {"n_country": 496_600, "n_municipalities": 496_250, "n_unknown": 0}
    assert rows.loc[(2016, "stock")].to_dict() == {"n_country": 513_980, "n_municipalities": 513_810, "n_unknown": 0}
    assert rows.loc[(2017, "stock")].to_dict() == {"n_country": 508_480, "n_municipalities": 508_460, "n_unknown": 1}
    # 122,450 of 128,560; Meierijstad, of which the flows contradict each other, has nobody out.
    assert rows.loc[(2017, "outflow")].to_dict() == {"n_country": 128_560, "n_municipalities": 122_450, "n_unknown": 1}


def test_the_country_closes_to_the_person(editions, own):
    country = peers.country_of(flows := benefit_flows(editions, own))
    rows = peers.flows_by_year(flows, country, mergers(own)).set_index("year")
    assert rows["n_flow"].loc[[2016, 2017]].tolist() == [17_380, -5_500]
    assert rows["n_stock"].diff().loc[[2016, 2017]].tolist() == [17_380, -5_500]


def test_shares_are_those_that_cbs_prints(editions, own):
    """CBS prints them to half a point, of the stock at the start and who came in; we take those at the end and who left."""
    flows = benefit_flows(editions, own)
    is_asked = flows["kind"].isin(["municipality", "country"]) & (flows["n_stock"] + flows["n_outflow"] > 2000)
    rows = flows[is_asked & (flows["age"] == "to_aow") & (flows["year"] == 2017)]
    places = pd.DataFrame({"code": rows["code"], "name": rows["code"], "kind": rows["kind"]})
    found = peers.work_shares(flows[flows["year"] == 2017], places).set_index("code")["share"]
    table = editions[-1].rows
    printed = table[table["Leeftijd"] == "90100"].set_index("Regiokenmerken")["UitstroomNaarWerk_2"].astype(float) / 100
    apart = (found - printed).dropna().abs()
    assert len(apart) > 50
    # A quarter of a point by rounding; the rest are people who moved between municipalities.
    assert apart.max() < 0.0075
    assert apart["NL01"] < 0.0025


def test_six_municipalities_in_the_funnel(editions, own):
    """Worked out apart from this code, with the limits of R: see tests/reference/funnel.R."""
    flows = benefit_flows(editions, own)
    rows, names = peers.funnel_points(flows), municipality_names(own)
    assert len(rows) == 387  # of 388; not Meierijstad
    found = {
        code: peers.among(flows, code, names[code]).iloc[0]
        for code in ("GM0197", "GM0222", "GM1509", "GM1955", "GM0202", "GM0080")
    }
    assert {code: (row["n_in_year"], round(row["share"], 3)) for code, row in found.items()} == {
        "GM0197": (450, round(40 / 450, 3)), "GM0222": (1700, round(170 / 1700, 3)), "GM1509": (900, round(90 / 900, 3)),
        "GM1955": (630, round(80 / 630, 3)), "GM0202": (10_200, round(880 / 10_200, 3)), "GM0080": (7750, round(820 / 7750, 3)),
    }  # fmt: skip
    # Arnhem alone: 880 of 10,200 where 10.7% is expected is z = -6.6; none lies beyond the limits of the spread.
    assert {code: row["outside"] for code, row in found.items()} == dict.fromkeys(found, "") | {"GM0202": "chance"}


def test_flows_of_a_region_that_lack_those_of_a_large_part_are_not_known(editions, own):
    """Meierijstad has 1,090 of the 12,000 people of Noordoost-Noord-Brabant (CR35), and of the 59,000 of Noord-Brabant (PV30)."""
    flows = peers.usable(benefit_flows(editions, own), municipalities(own))
    rows = flows[flows["age"] == "total"].set_index(["code", "year"])
    assert rows.loc[("CR35", 2017), ["n_inflow", "n_outflow", "n_outflow_work"]].isna().all()
    assert rows.loc[("CR35", 2017), "n_stock"] > 0
    assert rows.loc[[("CR35", 2016), ("PV30", 2017), ("NL01", 2017), ("CR14", 2017)], "n_outflow"].notna().all()


def test_all_municipalities_together_are_those_of_which_the_flows_are_known(editions, own):
    flows = benefit_flows(editions, own)
    together = peers.usable(flows, municipalities(own))
    rows = together[(together["kind"] == "municipalities") & (together["age"] == "total")].set_index("year")
    # Without Meierijstad: 1,090 people, of whom nobody left.
    assert rows["n_stock"].tolist() == [496_250, 513_810, 508_460 - 1_090]
    assert rows["n_outflow"].tolist()[-1] == 122_450
    assert len(together) == len(flows) + 9


def test_what_is_usable_of_nothing_is_nothing(own):
    assert peers.usable(small_flows()[:0], municipalities(own)).empty


@pytest.mark.parametrize("code", ["GM0096", "GM0060", "GM0197", "GM0202", "GM0707", "GM0376"])
def test_where_one_lies_is_sure_when_no_counts_that_round_to_the_published_ones_lie_elsewhere(editions, own, code):
    """By every whole number of people: Vlieland, Ameland, Aalten, Arnhem, and two near the limits."""
    flows = benefit_flows(editions, own)
    found = peers.among(flows, code, code).iloc[0]
    rows = flows[(flows["code"] == code) & (flows["year"] == 2017) & (flows["age"] == "to_aow")].iloc[0]
    whole = funnel(*_counts(flows), levels=(0.998,), winsorise=0)
    work, stock, out = (
        np.arange(max(0, count - 5), count + 6) if count else np.arange(5)
        for count in (int(rows["n_outflow_work"]), int(rows["n_stock"]), int(rows["n_outflow"]))
    )
    events, of_stock, of_out = (each.ravel() for each in np.meshgrid(work, stock, out))
    can_be = (events <= of_out) & (of_stock + of_out > 0)
    n = (of_stock + of_out)[can_be]
    share = events[can_be] / n
    limits = whole.limits(n)
    places = {
        (bool(far), bool(near))
        for far, near in zip(
            (share > limits["upper_overdispersed_99.8"]) | (share < limits["lower_overdispersed_99.8"]),
            (share > limits["upper_99.8"]) | (share < limits["lower_99.8"]),
            strict=True,
        )
    }
    published = {"": (False, False), "chance": (False, True), "spread": (True, True)}[found["outside"]]
    assert bool(found["is_sure"]) == (places == {published})


def _counts(flows):
    rows = flows[(flows["kind"] == "municipality") & (flows["year"] == 2017) & (flows["age"] == "to_aow")].dropna(
        subset=["n_outflow"]
    )
    return rows["n_outflow_work"].astype(int), (rows["n_stock"] + rows["n_outflow"]).astype(int)


def test_rounding_alone_puts_municipalities_outside(editions, own):
    """Beside draws with other numbers, of counts that were rounded each by itself."""
    flows = benefit_flows(editions, own)
    found = peers.spread(flows).iloc[0]
    random, (events, n) = np.random.default_rng(7), _counts(flows)
    share = events.sum() / n.sum()
    whole = funnel(events, n, levels=(0.998,), winsorise=0).units
    squares, outside = [], []
    for _ in range(400):
        people = n + random.integers(-5, 6, len(n)) + random.integers(-5, 6, len(n))
        drawn = np.round(random.binomial(np.maximum(people, 1), share) / 10 + 1e-9) * 10 / n
        squares.append(np.mean(4 * n * (np.arcsin(np.sqrt(np.minimum(drawn, 1))) - np.arcsin(np.sqrt(share))) ** 2))
        outside.append(((drawn > whole["upper_99.8"]) | (drawn < whole["lower_99.8"])).sum())
    # Of 400 draws of about two each the mean is within a tenth or two.
    assert found["n_expected"] == pytest.approx(np.mean(outside), abs=0.3)
    assert found["dispersion_drawn"] == pytest.approx(np.mean(squares), abs=0.05)
    assert found["do_differ"]
    assert (found["n_outside_chance"], found["n_outside_spread"]) == (39, 5)
    assert found["n_sure_spread"] <= found["n_sure_chance"] < found["n_outside_chance"]


def test_without_real_differences_none_are_told(editions, own):
    flows = benefit_flows(editions, own)
    events, n = _counts(flows)
    share = events.sum() / n.sum()
    drawn = np.random.default_rng(3).binomial(n, share)
    same = flows.copy()
    same.loc[events.index, "n_outflow_work"] = (10 * np.round(drawn / 10)).astype(int)
    assert not peers.spread(same).iloc[0]["do_differ"]
