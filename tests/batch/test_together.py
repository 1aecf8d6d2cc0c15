"""Pages are published when all together tell nothing about people; and a finished site is checked from its files."""

import json
import shutil
from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup
from papermill.parameterize import parameterize_notebook

from evaltools.batch import make, run
from evaltools.batch.audit import audit_site
from evaltools.batch.pages import read_page
from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from evaltools.batch.site import left_over, write_indexes
from evaltools.disclosure.record import Cell
from evaltools.disclosure.tabular import to_csv
from evaltools.errors import DisclosureError
from evaltools.reports.block import Block
from tests.batch.small import GOOD, PARAMETERS, of
from tests.batch.small import block as code_of_block
from tests.conftest import MINIMAL
from tests.small_registers import persons, store

WHOLE = ((0, (1, 2)),)
REGION = of(("", 34), ("work", None), ("study", None), sums=WHOLE)
"""A total and its two parts, both hidden: alone it tells that each is 0 to 34."""
PART = of(("study", 30))
"""One of the parts, shown by another page: then the other part is 4."""
BYSTANDER = replace(of(("", 50)), cells=(Cell("n_households"),))


def block(*records, html="<p>goed</p>", origins=("register",)):
    return Block(html=html, headline="Een kop.", origins=origins, records=records)


@pytest.fixture
def publish(project, write_programme, write_gated, monkeypatch):
    """Make a page of each block, of those that are asked for, and give how they went; no kernel runs."""
    shown = {}

    def execute(job):
        return executed(job.report, *shown[job.report.notebook])

    monkeypatch.setattr(make, "_execute", execute)

    def publish(only=(), **pages):
        shown.update({name: each if isinstance(each, list) else [each] for name, each in pages.items()})
        for name in pages:
            write_gated(PARAMETERS, *GOOD, name=name)
        write_programme(MINIMAL.replace("[plain]", f"[{', '.join(shown)}]"))
        plan = plan_reports(project).only(notebooks=only)
        # The notebooks are the same each time; only what they are said to show differs.
        statuses = run_reports(plan.reports, project=project, site=project.reports, force=True)
        return {status.notebook: status for status in statuses}

    return publish


def executed(report, *blocks):
    cells = [nbformat.v4.new_markdown_cell("# Een proef")]
    for each in blocks:
        data, metadata = each._repr_mimebundle_()
        output = nbformat.v4.new_output("execute_result", data, metadata=metadata)
        cells.append(nbformat.v4.new_code_cell("wording.about(facts)", outputs=[output]))
    for cell in cells:
        cell.metadata["tags"] = []
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"papermill": {}})
    return parameterize_notebook(notebook, report.parameters, kernel_name="python3", language="python")


def html_of(project, name):
    return (project.reports / "proef" / f"GM0197-{name}.html").read_text("utf-8")


def there(project):
    return sorted(path.stem.removeprefix("GM0197-") for path in project.reports.glob("proef/*.html"))


def problems(project, **options):
    return audit_site(project.reports, project=project, **options).problems


def test_pages_that_tell_nothing_are_published_with_their_records(ungated, project, write_programme, write_notebook):
    """The whole way, with kernels."""
    write_notebook(PARAMETERS, code_of_block(REGION), name="region")
    write_notebook(PARAMETERS, code_of_block(BYSTANDER, origins=("published",)), name="other")
    write_programme(MINIMAL.replace("[plain]", "[region, other]"))
    statuses = run_reports(plan_reports(project).reports, project=project, site=project.reports)
    assert {status.kind for status in statuses} == {""}
    page = read_page(project.reports, "proef/GM0197-region")
    assert (page.municipality, page.origins, page.records) == ("GM0197", ("register",), (REGION,))
    assert (project.reports / "proef/GM0197-region.csv").read_bytes() == to_csv([REGION]).encode()
    link = BeautifulSoup(html_of(project, "region"), "html.parser").footer.a
    assert (link["href"], link.text) == ("GM0197-region.csv", "Download de aantallen van deze pagina (CSV)")
    assert not list(project.build.rglob("*.html"))
    found = audit_site(project.reports, project=project)
    assert (found.n_pages, found.n_cells, found.n_hidden, found.problems) == (2, 4, 2, [])
    assert found.summary() == "2 pages, 4 cells, 2 hidden: nothing found"


def test_two_pages_that_tell_together_are_both_held_back(publish, project):
    found = publish(region=block(REGION), part=block(PART), other=block(BYSTANDER))
    assert {name: status.kind for name, status in found.items()} == {
        "region": "disclosure",
        "part": "disclosure",
        "other": "",
    }
    for name in ("region", "part"):
        assert "(together: proef/GM0197-part, proef/GM0197-region)" in found[name].reason
        assert found[name].published == ""
    assert there(project) == ["other"]
    assert problems(project) == []
    assert not list(project.build.rglob("*.html"))
    index = write_indexes(plan_reports(project), project=project, site=project.reports, fresh=found.values())
    assert index.read_text("utf-8").count("Niet gepubliceerd: de pagina kan iets over personen verraden.") == 2


def test_a_page_that_tells_with_one_that_stands_there_already(publish, project):
    publish(region=block(REGION))
    before = html_of(project, "region")
    found = publish(part=block(PART), only=["part"])
    assert found["part"].kind == "disclosure"
    assert there(project) == ["region"]
    assert html_of(project, "region") == before


def test_an_edition_under_another_name_is_compared(publish, project):
    one, more = of(("", 187)), replace(of(("", 188)), as_of="2021-06-30")
    publish(ends=block(one))
    found = publish(exits=block(more), only=["exits"])
    assert found["exits"].kind == "disclosure"
    assert "edition before" in found["exits"].reason
    assert there(project) == ["ends"]


def test_the_page_of_before_that_stays_is_read_too(publish, project):
    """Held back, a page leaves the one of before: with that one another fresh page may tell what it did not with the new.

    Of simulated people: their editions are not compared, so that only a second look finds it.
    """
    region, part, other = (replace(record, is_simulated=True) for record in (REGION, PART, BYSTANDER))
    first = publish(region=block(region), part=block(other), last=block(other))
    assert {status.kind for status in first.values()} == {""}
    alone = of(("", 34), ("work", None), ("study", 30), sums=WHOLE, is_simulated=True)
    found = publish(region=block(alone), part=block(part))
    assert {name: status.kind for name, status in found.items()} == {
        "region": "disclosure",
        "part": "disclosure",
        "last": "",
    }
    assert "(together: proef/GM0197-part, proef/GM0197-region)" in found["part"].reason
    assert "together" not in found["region"].reason
    assert read_page(project.reports, "proef/GM0197-region").records == (region,)
    assert read_page(project.reports, "proef/GM0197-part").records == (other,)
    assert found["region"].published == first["region"].published
    assert found["region"].headline == "Een kop."
    assert problems(project) == []


def test_two_editions_that_differ_by_few_people(publish, project):
    first = publish(plain=block(of(("work", 40))))
    before = html_of(project, "plain")
    found = publish(plain=block(of(("work", 43), as_of="2020-07-31")))
    assert found["plain"].kind == "disclosure"
    assert "differ from the edition before by too few people" in found["plain"].reason
    assert (html_of(project, "plain"), found["plain"].published) == (before, first["plain"].published)
    assert publish(plain=block(of(("work", 60), as_of="2020-07-31")))["plain"].kind == ""


def test_the_edition_of_before_can_be_another_folder(publish, project):
    publish(plain=block(of(("work", 40))))
    before = shutil.copytree(project.reports, project.root / "before")
    shutil.rmtree(project.reports)
    publish(plain=block(of(("work", 43), as_of="2020-07-31")))
    assert problems(project) == []
    ((names, problem),) = problems(project, earlier=before)
    assert names == "proef/GM0197-plain"
    assert "differ from the edition before" in problem


def test_pages_that_stand_there_and_tell_together_fail_the_audit(publish, project):
    publish(region=block(REGION))
    other = shutil.copytree(project.reports, project.root / "other")
    shutil.rmtree(project.reports)
    publish(part=block(PART), only=["part"])
    for path in (other / "proef").iterdir():
        shutil.copy2(path, project.reports / "proef")
    assert {names for names, _ in problems(project)} == {"proef/GM0197-part, proef/GM0197-region"}


def test_a_page_is_scanned_with_the_identifiers_of_its_register(publish, project):
    store(project, persons=persons("persoon-1x", "persoon-2x"))
    named = {"html": "<p>Dit gaat over persoon-2x.</p>"}
    found = publish(
        plain=block(**named),
        simulated=block(**named, origins=("simulated",)),
        published=block(**named, origins=("published",)),
        good=block(),
    )
    assert {name: status.kind for name, status in found.items()} == {
        "plain": "disclosure",
        "simulated": "disclosure",
        "published": "",
        "good": "",
    }
    assert "persoon-2x" not in found["plain"].reason
    assert not any("persoon-2x" in path.read_text("utf-8") for path in project.build.rglob("GM0197-plain.*"))


def test_what_stands_on_the_index_is_scanned_too(publish):
    found = publish(plain=replace(block(), headline="Een kop over 123456782."))
    assert found["plain"].kind == "disclosure"
    assert "its headline: holds 1 BSN-like number" in found["plain"].reason
    assert found["plain"].headline == ""


@pytest.mark.parametrize(
    ("blocks", "kind"),
    [
        ([block(html="<p>sinds 14 maart 2019</p>")], "disclosure"),
        ([block(of(days=("2019-03-14",)), html="<p>extract van 14 maart 2019</p>")], ""),
        ([block(of(as_of="2019-03-14"), html="<p>extract van 14 maart 2019</p>")], ""),
        ([block(html="<p>sinds 14 maart 2019</p>", origins=("published",))], ""),
        # A page of both: what was published may stand on it, and what was not may not.
        ([block(html="<p>krant van 14 maart 2019</p>", origins=("published",)), block()], ""),
        (
            [block(html="<p>krant van 14 maart 2019</p>", origins=("published",)), block(html="<p>15-3-2019</p>")],
            "disclosure",
        ),
    ],
)
def test_days_of_persons_and_others(publish, project, blocks, kind):
    assert publish(plain=blocks)["plain"].kind == kind
    assert problems(project) == []


def test_a_run_that_is_cut_off_leaves_the_site_as_it_was(publish, project, monkeypatch):
    publish(plain=block(REGION))
    before = {path: path.read_bytes() for path in project.reports.rglob("*") if path.is_file()}

    def cut_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "disclosed", cut_off)
    with pytest.raises(KeyboardInterrupt):
        publish(plain=block(of(("work", 90), as_of="2021-06-30")))
    assert {path: path.read_bytes() for path in project.reports.rglob("*") if path.is_file()} == before


def test_a_page_that_has_no_counts_any_more_has_no_csv(publish, project):
    publish(plain=block(REGION))
    publish(plain=block())
    assert [path.name for path in sorted((project.reports / "proef").iterdir())] == [
        "GM0197-plain.html",
        "GM0197-plain.json",
    ]
    assert problems(project) == []


@pytest.fixture
def site(publish, project):
    publish(plain=block(REGION))
    write_indexes(plan_reports(project), project=project, site=project.reports)
    assert problems(project) == []
    return project.reports


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_page_that_was_changed_is_told(site, project):
    change(site / "proef/GM0197-plain.html", "goed", "beter")
    assert problems(project) == [("proef/GM0197-plain.html", "was changed after it was made; make it again")]


def test_a_csv_that_was_changed_is_told(site, project):
    change(site / "proef/GM0197-plain.csv", "34", "35")
    assert problems(project) == [("proef/GM0197-plain.html", "its CSV is not what its records say; make it again")]
    (site / "proef/GM0197-plain.csv").unlink()
    assert problems(project) == [("proef/GM0197-plain.html", "its CSV is not what its records say; make it again")]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"form": 2}', "\ud800"])
def test_records_that_cannot_be_read_are_told(site, project, text):
    path = site / "proef/GM0197-plain.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    ((name, problem),) = problems(project)
    assert name == "proef/GM0197-plain.html"
    assert problem == "proef/GM0197-plain.json: cannot be read, so that nobody can check the page; make the page again"


def test_records_of_another_page_are_told(site, project):
    change(site / "proef/GM0197-plain.json", "proef/GM0197-plain", "proef/GM0222-plain")
    assert "cannot be read" in problems(project)[0][1]


def test_records_that_contradict_each_other_are_told(site, project):
    path = site / "proef/GM0197-plain.json"
    content = json.loads(path.read_text("utf-8"))
    again = json.loads(json.dumps(content["records"][0]).replace("34.0", "38.0"))
    path.write_text(json.dumps({**content, "records": [*content["records"], again]}), "utf-8")
    assert problems(project)


def test_files_of_nobody_are_told(site, project):
    for name in ("notes.txt", "proef/people.csv", ".GM0197.draft", "proef/deep/page.html"):
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text("x", "utf-8")
    (site / "proef" / "GM0222-plain.html").symlink_to(site / "proef" / "GM0197-plain.html")
    found = dict(problems(project))
    named = [".GM0197.draft", "notes.txt", "proef/GM0222-plain.html", "proef/deep/page.html", "proef/people.csv"]
    assert sorted(found) == named
    assert left_over(plan_reports(project), site) == ["proef/GM0222-plain", "proef/people"]


def test_the_index_is_scanned(site, project):
    change(site / "index.html", "Een kop.", "Een kop over 123456782.")
    ((name, problem),) = problems(project)
    assert name == "index.html"
    assert problem.startswith("holds 1 BSN-like number")


def test_private_values_are_looked_for(site, project):
    ((name, problem),) = problems(project, private={"proef/GM0197-plain": ["goed"]})
    assert name == "proef/GM0197-plain.html"
    assert problem.startswith("holds 1 private value")


def test_registers_that_are_not_here_are_named(site, project):
    assert audit_site(site).without_register == ("GM0197",)
    store(project, persons=persons("persoon-1x"))
    assert audit_site(site, project=project).without_register == ()


def test_a_register_that_cannot_be_read_is_named(site, project):
    register = store(project, persons=persons("persoon-1x"))
    (register.folder / "persons.parquet").write_bytes(b"x")
    ((name, problem),) = problems(project)
    assert name == "GM0197"
    assert problem.startswith(
        "its identifiers cannot be looked for: data/processed/GM0197/persons.parquet: cannot be read"
    )


def test_the_edition_of_before_must_have_its_records(site, project):
    before = shutil.copytree(site, project.root / "before")
    (before / "proef/GM0197-plain.json").unlink()
    with pytest.raises(DisclosureError, match="is not there, so that nobody can check the page"):
        audit_site(site, earlier=before)
