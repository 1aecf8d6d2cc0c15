"""A municipality brings its own look with one file, from which nothing else comes on a page."""

import shutil
import subprocess

import pytest
from bs4 import BeautifulSoup

from evaltools.batch.audit import audit_site
from evaltools.batch.theme import TOKENS, contrast, theme_of
from evaltools.errors import ReportError
from tests.batch.small import GOOD, PARAMETERS

OWN = """
/* of a municipality */
.stad-theme {
  --stad-groen: #00553d; --stad-wit: hsl(0 0% 100%);
  --utrecht-document-color: var(--stad-zwart, #111111);
  --utrecht-document-background-color: var(--stad-wit);
  --utrecht-link-color: var(--stad-groen);
  --utrecht-document-font-family: "Noto Sans", Arial, sans-serif;
  background: url(https://stad.nl/x.png);
}
.summary { display: none }
"""
LINE = (
    ":root { --theme-ink: #111111; --theme-paper: hsl(0 0% 100%); --theme-accent: #00553d; "
    '--theme-font: "Noto Sans", Arial, sans-serif; }'
)


@pytest.fixture
def write(tmp_path):
    def to(text):
        path = tmp_path / "huisstijl.css"
        path.write_text(text, "utf-8")
        theme_of.cache_clear()
        return path

    return to


def test_tokens_are_taken_and_nothing_else(write):
    assert theme_of(write(OWN)) == LINE


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("#00553d", "red; } x { y: z", "--utrecht-link-color has a contrast of 4.0 on the page; expected at least 4.5"),
        ("#00553d", "url(a.png)", "--utrecht-link-color is no colour"),
        ("#00553d", "#00553d80", "--utrecht-link-color can be seen through; give a colour that covers"),
        ("var(--stad-groen)", "var(--stad-rood)", "--utrecht-link-color is no colour"),
        ("#00553d", "var(--stad-groen)", "--utrecht-link-color is no colour"),
        (
            "hsl(0 0% 100%)",
            "#333333",
            "--utrecht-document-background-color is too dark for the notes on a page; give a light one",
        ),
        ('"Noto Sans"', "url(x)", "--utrecht-document-font-family is no list of fonts"),
        ("#111111", "#999999", "--utrecht-document-color has a contrast of 2.8 on the page; expected at least 4.5"),
    ],
)
def test_what_cannot_be_used_or_read_is_refused(write, old, new, problem):
    assert old in OWN
    with pytest.raises(ReportError) as refused:
        theme_of(write(OWN.replace(old, new)))
    assert list(refused.value.problems) == [problem]


def test_a_file_without_tokens_or_no_file(write, tmp_path):
    with pytest.raises(ReportError, match="has no token that pages use"):
        theme_of(write("body { color: red }"))
    with pytest.raises(ReportError, match="cannot be read"):
        theme_of(tmp_path / "none.css")


# Of WCAG's own examples of contrast, and of its definition.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21.0), ("#777", "#fff", 4.48), ("#00f", "#fff", 8.59), ("#fff", "#fff", 1.0)],
)
def test_contrast(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio


def test_pages_are_made_again_in_the_look_and_pass_the_audit(project, write, write_programme, write_gated, evaltools):
    write_programme()
    write_gated(PARAMETERS, *GOOD)
    assert "1 published" in evaltools("reports")[1]
    theme = str(write(OWN))
    assert "the theme changed" in evaltools("list", "--theme", theme)[1]
    assert "1 published" in evaltools("reports", "--theme", theme)[1]
    assert "0 published, 1 up to date" in evaltools("reports", "--theme", theme)[1]
    for page in project.reports.rglob("*.html"):
        styles = BeautifulSoup(page.read_text("utf-8"), "html.parser").find_all("style")
        assert [each.get_text().strip().startswith(LINE) for each in styles] == [True]
    assert audit_site(project.reports, project=project).problems == []
    for bad in (LINE.replace("}", "--theme-x: url(a); }"), LINE.replace("}", "} .summary { display: none }")):
        page = project.reports / "index.html"
        text = page.read_text("utf-8")
        page.write_text(text.replace(LINE, bad), "utf-8")
        assert "other style sheet" in str(audit_site(project.reports, project=project).problems)
        page.write_text(text, "utf-8")


@pytest.mark.parametrize(
    "package", ["@utrecht/design-tokens@5.0.1", "@nl-design-system-unstable/voorbeeld-design-tokens@7.4.1"]
)
def test_packages_of_design_tokens_as_they_are_published(tmp_path, package):
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    packed = subprocess.run([npm, "pack", "--silent", package], cwd=tmp_path, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip("the package cannot be fetched")
    shutil.unpack_archive(next(tmp_path.glob("*.tgz")), tmp_path)
    made = theme_of(tmp_path / "package" / "dist" / "theme.css")
    assert {name for name in TOKENS if f"--theme-{name}:" in made} >= {
        "ink",
        "paper",
        "accent",
        "brand",
        "font",
        "heading-font",
    }
