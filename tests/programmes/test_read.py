"""Programme files, good and bad: every problem is told at once, with its line."""

import pytest

from evaltools.errors import ProgrammeError
from evaltools.programmes import list_programmes, read_programme
from tests.conftest import MINIMAL

CLAIM = """\
claims:
  - municipality: GM0197
    population: {n: 100, unit: residents, stage: selected, meaning: iedereen}
    source: {title: krant}
"""


def problems(slug="proef"):
    with pytest.raises(ProgrammeError) as error:
        read_programme(slug)
    return list(error.value.problems)


def test_a_minimal_file_is_read(write_programme):
    write_programme()
    programme = read_programme("proef")
    assert (programme.slug, programme.name, programme.notebooks[0].name) == ("proef", "Proef", "plain")


def test_every_problem_is_told_at_once_in_the_order_of_the_file(write_programme):
    write_programme(
        """\
name: Proef
abuot: Een proef.
municipalities: [GM0198]
design: before_aftr
notebooks: [plain]
name: Proef
claims:
  - municipality: GM0197
    outcomes:
      - {name: a, kind: exit, label: a, n: -3}
      - {name: b, kind: exitt, label: b, share: 1.5}
    source: {title: krant}
"""
    )
    found = problems()
    assert [problem.split(":")[0] for problem in found] == [
        "line 1, name",
        "line 1",
        "line 2, abuot",
        "line 3, municipalities[0]",
        "line 4, design",
        "line 10, claims[0].outcomes[0].n",
        "line 11, claims[0].outcomes[1].kind",
        "line 11, claims[0].outcomes[1].share",
    ]
    text = "\n".join(found)
    assert "the key 'name' stands here and again on line 6; keep one" in text
    assert "the key 'about' is missing" in text
    assert "unknown key 'abuot'; did you mean 'about'?" in text
    assert "unknown municipality 'GM0198'; did you mean GM0197 Aalten? A code of after 2024" in text
    assert "data/raw/reference/municipalities.csv" in text
    assert "did you mean 'before_after'?" in text
    assert "greater than or equal to 0" in text
    assert "did you mean 'exit'?" in text
    assert "less than or equal to 1" in text


def test_the_name_of_a_municipality_is_told_with_its_code(write_programme):
    write_programme(MINIMAL.replace("[GM0197]", "[Alten, Aalten, GM9999]"))
    assert problems() == [
        "line 3, municipalities[0]: unknown municipality 'Alten'; did you mean GM0197 Aalten or GM1959 Altena?",
        "line 3, municipalities[1]: unknown municipality 'Aalten'; write GM0197",
        "line 3, municipalities[2]: unknown municipality 'GM9999'; allowed: the CBS codes of 414 municipalities, such as GM0003. "
        "A code of after 2024 goes into data/raw/reference/municipalities.csv, with its name and its source",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("- a\n- b\n", "holds no keys"),
        ("name: [a\nabout: b\n", "line 2: is not valid YAML"),
        ("name: a\n\tabout: b\n", "line 2: is not valid YAML"),
        ("1: a\n", "has a key that is no word"),
        ("a: !!bool x\n", "does not fit its tag"),
        ("a: !!timestamp x\n", "does not fit its tag"),
        ("!!set {a, b}\n", "has a key that is no word"),
        ("a: " + "[" * 3000, "parts within parts without end"),
        ("name: !!python/object:os.system a\n", "is not valid YAML"),
    ],
)
def test_a_file_that_is_no_programme(write_programme, text, expected):
    write_programme(text)
    assert expected in problems()[0]


def test_a_file_in_another_encoding(project, write_programme):
    write_programme().write_bytes("name: Één".encode("latin-1"))
    assert problems() == ["is not a text file in UTF-8"]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "'../../etc'", "'a\\b'", "''", "12", "a\u202eb", "a\u200bb"]
)
def test_a_name_is_plain_text(write_programme, name):
    write_programme(MINIMAL.replace("Proef", name, 1))
    assert len(problems()) == 1
    assert problems()[0].startswith("line 1, name: ")


@pytest.mark.parametrize("slug", ["../../etc/passwd", "niet-daar", ""])
def test_a_programme_that_is_not_there(write_programme, slug):
    write_programme()
    with pytest.raises(ProgrammeError, match="has no file in programmes/"):
        read_programme(slug)


def test_a_file_name_that_is_no_slug(write_programme):
    write_programme(slug="Mijn Proef")
    assert "is not a name of small letters, digits and -" in problems("Mijn Proef")[0]


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ("[{name: a, kind: exit, label: a}]", "needs either n or share"),
        ("[{name: a, kind: exit, label: a, n: 1, share: 0.5}]", "needs either n or share"),
        ("[{name: a, kind: exit, label: a, n: 1, of: population}]", "has 'of', which goes with a share"),
        ("[{name: a, kind: exit, label: a, n: 101}]", "counts 101, more than its whole 'population' with 100"),
        ("[{name: a, kind: exit, label: a, n: 1, within: b}]", "unknown group 'b'"),
        ("[{name: a, kind: exit, label: a, n: 1}, {name: a, kind: exit, label: a, n: 1}]", "used more than once"),
        (
            "[{name: a, kind: exit, label: a, n: 1, within: b}, {name: b, kind: exit, label: b, n: 1, within: a}]",
            "within each other in a circle",
        ),
        ("[{name: a, kind: exit, label: a, share: 0.5, of: a}]", "within each other in a circle"),
        ("[{name: a, kind: exit, label: a, n: true}]", "expected a whole number"),
        ("[{name: a, kind: exit, label: a, n: '5'}]", "expected a whole number"),
        ("[{name: a, kind: exit, label: a, share: .nan}]", "finite number"),
    ],
)
def test_outcomes_that_cannot_be(write_programme, outcomes, expected):
    write_programme(f"{MINIMAL}{CLAIM}    outcomes: {outcomes}\n")
    assert any(expected in problem for problem in problems()), problems()


def test_parts_without_a_whole(write_programme):
    claim = CLAIM.replace("    population: {n: 100, unit: residents, stage: selected, meaning: iedereen}\n", "")
    write_programme(f"{MINIMAL}{claim}    outcomes: [{{name: a, kind: exit, label: a, n: 1}}]\n")
    assert problems() == [
        "line 10, claims[0].outcomes: are parts without a whole: add 'population', or make them 'outputs'"
    ]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("{meaning: m, within: {b: population}}", "readings[0].within: unknown group 'b'"),
        ("{meaning: m, within: {a: c}}", "readings[0].within: unknown group 'c'"),
        ("{meaning: m, within: {a: a}}", "puts groups within each other in a circle"),
        ("{meaning: m, exclusive: [[a]]}", "needs two or more different groups"),
        ("{meaning: m, exclusive: [[a, c]]}", "unknown group 'c'"),
    ],
)
def test_readings_that_cannot_be(write_programme, reading, expected):
    write_programme(
        f"{MINIMAL}{CLAIM}    outcomes: [{{name: a, kind: exit, label: a, n: 1}}]\n    readings: [{reading}]\n"
    )
    assert any(expected in problem for problem in problems()), problems()


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (
            "    outcomes: [{name: a, kind: exit, label: a, n: 9}, {name: b, kind: work_exit, label: b, n: 5}]\n",
            "claims[0].outcomes[1].within: 'b' left for work, so it lies within those who left: add 'within: a'",
        ),
        (
            (
                "    outcomes: [{name: a, kind: exit, label: a, n: 9}, {name: b, kind: trajectory, label: b, n: 5, within: a}]\n"
                "    exclusive: [[a, b]]\n"
            ),
            "claims[0].exclusive[0]: 'b' lies within 'a'; they cannot exclude each other",
        ),
    ],
)
def test_groups_that_contradict_their_meaning(write_programme, claim, expected):
    write_programme(MINIMAL + CLAIM + claim)
    assert [problem.split(", ", 1)[1] for problem in problems()] == [expected]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("costs: [{c}, {c}]", "costs: give more than one sum for GM0197; keep one, the tables tell no two apart"),
        ("targets: [{t, n: 9, populations: [{p}]}]", "targets[0].populations[0].n: is 5, fewer than the target of 9"),
        (
            "targets: [{t, n: 3, together_with: {o}}]",
            "targets[0].together_with.n: input should be greater than or equal to 1",
        ),
        ("notes: [{text: t, source: {title: t, published: 2020-13}}]", "'2020-13' is no year, month or day"),
        ("notes: [{text: t, source: {title: t, published: 2020-02-30}}]", "'2020-02-30' is no year, month or day"),
    ],
)
def test_other_blocks_that_cannot_be(write_programme, block, expected):
    source = "source: {title: t}"
    text = (
        block.replace("{c}", f"{{municipality: GM0197, investment_euro: 5, n: 1, saving_euro_each: 5, {source}}}")
        .replace("{t,", f"{{kind: exit, label: l, unit: residents, months: 12, {source},")
        .replace("{p}", "{n: 5, unit: residents, stage: selected, meaning: m}")
        .replace("{o}", "{label: o, n: 0, unit: employers}")
    )
    write_programme(f"{MINIMAL}{text}\n")
    assert any(expected in problem for problem in problems()), problems()


def test_a_municipality_without_a_source(write_programme):
    write_programme(MINIMAL.replace("sources: [{title: krant}]\n", ""))
    assert problems() == ["line 3, municipalities[0]: nothing has a source for GM0197; name one under 'sources'"]


def test_a_claim_about_another_municipality(write_programme):
    write_programme(MINIMAL + CLAIM.replace("municipality: GM0197", "municipality: GM0222"))
    (problem,) = problems()
    assert problem.startswith("line 8, claims[0].municipality: GM0222 is not among the programme's municipalities")


def test_a_period_that_ends_before_it_begins(write_programme):
    write_programme(f"{MINIMAL}period: {{first_day: 2020-01-02, last_day: 2020-01-01}}\n")
    assert problems() == ["line 7, period: last_day comes before first_day"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("period: {first_day: 2022-31-01}", "period.first_day: is no day of the calendar"),
        ("aims: exit", "aims: expected a list, such as [a, b]"),
        ("aims: [exitt]", "aims[0]: unknown value 'exitt'; did you mean 'exit'?"),
        ("costs: [{n: 1.250}]", "costs[0].n: expected a whole number without a dot or quotes"),
        ("costs: [{n: 010}]", "costs[0].n: expected a whole number without a dot or quotes"),
        ("claims: [{municipality: Aalten}]", "claims[0].municipality: 'Aalten' is not a CBS code, such as GM0197"),
    ],
)
def test_values_that_are_not_what_is_expected(write_programme, line, expected):
    write_programme(f"{MINIMAL}{line}\n")
    assert any(expected in problem for problem in problems()), problems()


def test_a_notebook_twice(write_programme):
    write_programme(MINIMAL.replace("[plain]", "[plain, plain]"))
    assert problems() == ["line 5, notebooks: names plain more than once"]


def test_a_notebook_with_a_path(write_programme):
    write_programme(MINIMAL.replace("[plain]", "[../plain]"))
    assert "is not the name of a notebook" in problems()[0]


def test_a_file_that_refers_to_itself(write_programme):
    write_programme(MINIMAL.replace("[{title: krant}]", "&a [*a]"))
    assert problems()


def test_the_slug_cannot_be_set_in_the_file(write_programme):
    write_programme(f"{MINIMAL}slug: anders\n")
    assert "unknown key 'slug'" in problems()[0]


def test_a_share_of_a_whole_becomes_the_nearest_count(write_programme):
    write_programme(
        f"{MINIMAL}{CLAIM}    outcomes:\n"
        "      - {name: a, kind: exit, label: a, share: 0.25}\n"
        "      - {name: b, kind: exit, label: b, share: 0.5, within: a}\n"
        "      - {name: c, kind: exit, label: c, share: 0.1, within: a, of: population}\n"
    )
    claim = read_programme("proef").claims[0]
    assert [claim.size(name) for name in "abc"] == [25, 13, 10]


def test_targets_are_shared_by_all_municipalities_when_none_is_named(write_programme):
    write_programme(
        MINIMAL.replace("[GM0197]", "[GM0197, GM0222]")
        + "targets: [{kind: exit, label: t, n: 5, unit: residents, months: 12, source: {title: s}}]\n"
    )
    assert read_programme("proef").targets_in("GM0222")[0].municipalities == ("GM0197", "GM0222")


def test_programmes_are_listed_in_order(write_programme):
    write_programme(slug="b")
    write_programme(slug="a")
    assert list_programmes() == ["a", "b"]
