"""What the published figures do not say, per programme."""

import pytest

from evaltools.findings.gaps import gaps, needed
from evaltools.findings.profile import context, notes, operators_in, profile, sources, statements
from evaltools.programmes import list_programmes, read_programme
from evaltools.reference import benefit_prices, municipality_names, national_context, operators
from evaltools.reports.terms import AIMS, GAPS

EXPECTED = {
    ("aandacht-helpt", "GM0197"): [
        "no_comparison",
        "no_follow_up",
        "exit_reason",
        "part_time_hours",
        "started",
        "membership",
        "whole_not_stated",
    ],
    ("samen-sterk", "GM0222"): [
        "no_comparison",
        "no_follow_up",
        "exits_not_published",
        "part_time_hours",
        "started",
        "membership",
    ],
    ("plan-van-aanpak-laborijn", "GM1955"): [
        "no_results",
        "no_comparison",
        "no_baseline",
        "no_follow_up_planned",
        "shared_target",
        "other_unit",
        "other_area",
    ],
    ("werkacademie", "GM0222"): ["no_figures", "no_comparison"],
    ("impulsregeling-parttime-werken", "GM0222"): ["no_figures", "no_comparison"],
    ("participatiecoaches", "GM0202"): [
        "no_comparison",
        "no_follow_up_job",
        "ladder_without_comparison",
        "invited",
        "whole_not_stated",
    ],
    ("arnhem-in-beweging", "GM0202"): ["outputs_only", "no_comparison", "invited", "without_figure"],
    ("frontlijnaanpak", "GM0080"): ["outputs_only", "no_comparison", "without_figure", "households"],
    ("meedoen-werkt", "GM1509"): [
        "no_results",
        "no_comparison",
        "no_follow_up_planned",
        "several_wholes",
        "deadweight",
        "persons_and_benefits",
    ],
}


@pytest.mark.parametrize(("slug", "municipality"), EXPECTED)
def test_gaps(own, slug, municipality):
    assert list(gaps(read_programme(slug, own), municipality)["gap"]) == EXPECTED[slug, municipality]


def test_the_detail_of_a_gap_is_computed(own):
    table = gaps(read_programme("aandacht-helpt", own), "GM0197").set_index("gap")["detail"]
    assert table["exit_reason"] == str(108 - 38)
    assert (
        gaps(read_programme("plan-van-aanpak-laborijn", own), "GM0197").set_index("gap")["detail"]["shared_target"]
        == "4"
    )


def test_every_gap_and_aim_has_its_words(own):
    programmes = [read_programme(slug, own) for slug in list_programmes(own)]
    found = {
        gap for programme in programmes for code in programme.municipalities for gap in gaps(programme, code)["gap"]
    }
    assert found <= set(GAPS)
    assert {aim for programme in programmes for aim in needed(programme)["aim"]} <= set(AIMS)


def test_profile_knows_who_carries_out_the_law(own):
    programme = read_programme("meedoen-werkt", own)
    (row,) = profile(programme, "GM1509", municipality_names(own), operators_in("GM1509", operators(own))).itertuples()
    assert row.benefit_operators == (
        ("Laborijn", "", "2020", "2019-06-17"),
        ("STOER", "2021", "", "2021-01"),
    )
    assert (row.municipality, row.has_claims, row.has_targets) == ("Oude IJsselstreek", False, True)


def test_sources_are_named_once(own):
    assert list(sources(read_programme("meedoen-werkt", own), "GM1509")["title"]) == [
        "Bericht zonder titel over Meedoen Werkt",
        "regio8.nl",
        "destentor.nl",
        "oude-ijsselstreek.nl",
    ]
    facts = [benefit_prices(own), operators_in("GM1509", operators(own))]
    assert list(sources(read_programme("meedoen-werkt", own), "GM1509", facts)["title"])[4:] == [
        "ministerie van SZW, via lpg-grave.nl",
        "regio8.nl, 17 juni 2019; einde: omroepgelderland.nl, januari 2021",
        "omroepgelderland.nl, januari 2021",
    ]


def test_causal_words_and_notes(own):
    assert list(statements(read_programme("samen-sterk", own), "GM0222")["words"]) == ["effect gehad"]
    assert len(notes(read_programme("meedoen-werkt", own))) == 2


@pytest.mark.parametrize(
    ("slug", "municipality", "expected"),
    [("aandacht-helpt", "GM0197", True), ("meedoen-werkt", "GM1509", True), ("participatiecoaches", "GM0202", False)],
)
def test_national_figures_stand_beside_exits_only(own, slug, municipality, expected):
    assert (len(context(read_programme(slug, own), municipality, national_context(own))) > 0) == expected
