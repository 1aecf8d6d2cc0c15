"""Every page of the site, as people open it: on a phone and on a screen, by day and by night, by keyboard and on paper."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.statline_files import are_there

# Of what is well one node a rule comes back, not all: that is most of the time.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}
WAYS = [(1280, "light"), (375, "dark")]
"""The pages of `OF_EACH_KIND` in all four ways, of the others one in this way and the next in that."""
OTHER_WAYS = [(1280, "dark"), (375, "light")]
OF_EACH_KIND = [
    "index.html", "samen-sterk/index.html", "GM0222/index.html", "samen-sterk/GM0222-claims.html",
    "samen-sterk/GM0222-evaluation.html", "participatiecoaches/GM0202-participation.html", "meedoen-werkt/GM1509-targets.html",
    "plan-van-aanpak-laborijn/synthesis.html", "GM0222/data_quality.html", "method/planning.html", "method/validation.html",
    *(["GM0222/context.html", "method/municipalities.html"] if are_there() else []),
]  # fmt: skip


TARGETS = "[...document.querySelectorAll('a')].map(link => decodeURI(link.href).replace('file://', ''))"
IDS = "[...document.querySelectorAll('[id]')].map(element => element.id)"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def found_by_axe(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['target']} {node['html'][:90]}" for each in found for node in each["nodes"]]


def problems(page):
    """Say what axe finds, what must be scrolled sideways, which links lead nowhere, and what was asked for or refused."""
    told = found_by_axe(page)
    for width in (
        page.viewport_size["width"],
        1030,
        320,
    ):  # the last, WCAG 2.1, 1.4.10: as wide as 1,280 pixels at 400%
        page.set_viewport_size({"width": width, "height": 900})
        told += [f"must be scrolled sideways at {width} pixels"] if page.evaluate(SIDEWAYS) else []
    here, ids = page.url.replace("file://", "").split("#")[0], page.evaluate(IDS)
    for path, _, anchor in (target.partition("#") for target in page.evaluate(TARGETS)):
        if not Path(path).exists() or (path == here and anchor and anchor not in ids):
            told.append(f"leads nowhere: {path}#{anchor}")
    return told + page.complaints


def test_every_page_can_be_read_by_everybody(site, visit):
    found = {}
    others = [path for path in site.rglob("*.html") if path.relative_to(site).as_posix() not in OF_EACH_KIND]
    for place, path in enumerate(sorted(others)):
        width, scheme = WAYS[place % 2]
        page = visit(path, width=width, scheme=scheme)
        found[path.relative_to(site).as_posix()] = problems(page)
        page.close()
    assert len(found) > 40
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("name", OF_EACH_KIND)
@pytest.mark.parametrize(("width", "scheme"), WAYS + OTHER_WAYS)
def test_each_kind_of_page_in_other_ways(site, visit, pictures, name, width, scheme):
    page = visit(site / name, width=width, scheme=scheme)
    page.screenshot(
        path=pictures / f"{name.replace('/', '-').removesuffix('.html')}-{width}-{scheme}.png", full_page=True
    )
    assert problems(page) == []


def test_links_go_where_they_say(site, visit):
    """From the index to a programme, from there to a report, along its list of contents, to its municipality and back."""
    page = visit(site / "index.html")
    page.get_by_role("link", name="Samen sterk voor inwoners naar werk").first.click()
    assert page.locator("h1").inner_text() == "Samen sterk voor inwoners naar werk"
    page.get_by_role("link", name="Wat heeft het programma opgeleverd?").click()
    page.get_by_role("navigation", name="Op deze pagina").get_by_role(
        "link", name="Blijven mensen uit de bijstand?"
    ).click()
    heading = page.get_by_role("heading", name="Blijven mensen uit de bijstand?")
    assert abs(heading.bounding_box()["y"]) < 200
    page.get_by_role("link", name="Gemeente Doetinchem").click()
    assert page.locator("h1").inner_text() == "Gemeente Doetinchem"
    page.get_by_role("link", name="Alle rapporten").click()
    assert page.locator("h1").inner_text().startswith("Evaluaties van programma’s")


def shown(page):
    return page.locator("main .reports li:visible")


def test_the_list_is_narrowed_by_keyboard(site, visit):
    page = visit(site / "index.html")
    n = shown(page).count()
    status = page.get_by_role("status")
    assert status.inner_text() == f"{n} rapporten"
    for _ in range(12):  # along the skip link, to the field
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "search":
            break
    page.keyboard.type("doetinchem opgeleverd")
    assert {"Doetinchem" in text and "opgeleverd" in text for text in shown(page).all_inner_texts()} == {True}
    assert 0 < shown(page).count() < n
    assert status.inner_text() == f"{shown(page).count()} rapporten"
    assert page.locator("main section:visible:has(.reports)").count() == shown(page).count()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    page.keyboard.type("Leeuwarden")
    assert {text.split(":")[0] for text in shown(page).all_inner_texts()} == {"Leeuwarden"}
    page.keyboard.press("Tab")
    page.keyboard.type("Kwamen mensen")
    assert shown(page).count() == 1
    assert status.inner_text() == "1 rapport"
    assert problems(page) == []


def test_without_scripts_all_is_there(site, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    assert page.locator(".filter").count() == 0
    assert shown(page).count() > 35
    context.close()


def test_no_other_script_runs(site, visit, tmp_path):
    text = (site / "index.html").read_text("utf-8").replace("</main>", "</main><script>document.title = 'x'</script>")
    (tmp_path / "index.html").write_text(text, "utf-8")
    page = visit(tmp_path / "index.html")
    assert page.title().startswith("Evaluaties")
    assert any("Content Security Policy" in each for each in page.complaints)


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_paper(site, visit, name):
    page = visit(site / name)
    page.emulate_media(media="print")
    assert page.locator(".filter, .contents, .links, nav").locator("visible=true").count() == 0
    assert found_by_axe(page) == []
    printed = page.pdf(format="A4", tagged=True)
    assert b"/StructTreeRoot" in printed
    assert b"/Lang" in printed
