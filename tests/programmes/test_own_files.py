"""The programme files of this repository hold what the sources say."""

import pytest

from evaltools.programmes import list_programmes, read_programme

MUNICIPALITIES = {
    "aandacht-helpt": ["GM0197"],
    "arnhem-in-beweging": ["GM0202"],
    "frontlijnaanpak": ["GM0080"],
    "impulsregeling-parttime-werken": ["GM0222"],
    "meedoen-werkt": ["GM1509"],
    "participatiecoaches": ["GM0202"],
    "plan-van-aanpak-laborijn": ["GM0197", "GM0222", "GM1509", "GM1955"],
    "samen-sterk": ["GM0222"],
    "werkacademie": ["GM0222"],
}


def outcomes(own, slug):
    claim = read_programme(slug, own).claims[0]
    return claim.population.n, {
        outcome.name: (outcome.n or outcome.share, outcome.precision) for outcome in claim.outcomes
    }


def test_the_nine_programmes_are_there(own):
    found = {slug: list(read_programme(slug, own).municipalities) for slug in list_programmes(own)}
    assert {slug: found[slug] for slug in MUNICIPALITIES} == MUNICIPALITIES


def test_aandacht_helpt(own):
    assert outcomes(own, "aandacht-helpt") == (
        270,
        {
            "off_benefit": (108, "exact"),
            "paid_work": (38, "exact"),
            "on_benefit": (162, "exact"),
            "part_time_work": (17, "exact"),
            "trajectory_continues": (53, "exact"),
            "participation_or_care": (106, "exact"),
        },
    )


def test_samen_sterk(own):
    assert outcomes(own, "samen-sterk") == (
        726,
        {"fully_at_work": (83, "exact"), "part_time_work": (150, "exact"), "in_trajectory": (516, "exact")},
    )


def test_participatiecoaches(own):
    assert outcomes(own, "participatiecoaches") == (
        472,
        {"big_step": (0.25, "about"), "paid_job": (0.15, "at_most"), "education": (0.10, "exact")},
    )


@pytest.mark.parametrize(
    ("slug", "population", "output"),
    [
        ("arnhem-in-beweging", 31, (1000, "at_least", "residents")),
        ("frontlijnaanpak", None, (1000, "at_most", "households")),
    ],
)
def test_outputs(own, slug, population, output):
    claim = read_programme(slug, own).claims[0]
    assert (claim.population.n if claim.population else None) == population
    assert [(done.n, done.precision, done.unit) for done in claim.outputs] == [output]
    assert claim.outcomes == ()


@pytest.mark.parametrize(
    ("slug", "n", "precision", "months", "extra"),
    [("plan-van-aanpak-laborijn", 300, "at_least", 24, True), ("meedoen-werkt", 100, "exact", 12, False)],
)
def test_targets(own, slug, n, precision, months, extra):
    (target,) = read_programme(slug, own).targets
    assert (target.n, target.precision, target.months, target.extra) == (n, precision, months, extra)


def test_meedoen_werkt_wholes_and_money(own):
    programme = read_programme("meedoen-werkt", own)
    assert [(whole.n, whole.precision) for whole in programme.targets[0].populations] == [
        (600, "at_least"),
        (650, "exact"),
        (300, "exact"),
    ]
    (costs,) = programme.costs
    assert (costs.investment_euro, costs.n, costs.saving_euro_each) == (253_000, 100, 14_000)


@pytest.mark.parametrize("slug", ["werkacademie", "impulsregeling-parttime-werken"])
def test_no_figures(own, slug):
    programme = read_programme(slug, own)
    assert programme.claims == programme.targets == programme.costs == ()
    assert programme.aims


@pytest.mark.parametrize("slug", MUNICIPALITIES)
def test_every_page_has_a_source(own, slug):
    programme = read_programme(slug, own)
    for municipality in programme.municipalities:
        sources = programme.sources_for(municipality)
        assert sources
        assert all(source.published or source.published_note or source.title.endswith(".nl") for source in sources)
