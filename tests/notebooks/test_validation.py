"""The notebook validation, on smaller registers."""

import shutil
from dataclasses import replace

from bs4 import BeautifulSoup

from evaltools.batch.plan import plan_reports
from evaltools.batch.run import run_reports
from tests.conftest import ROOT


def test_the_page_of_the_method(project):
    shutil.copy2(ROOT / "notebooks" / "validation.ipynb", project.notebooks)
    (report,) = plan_reports(project).reports
    assert report.name == "method/validation"
    report = replace(report, parameters={"n_persons": 6000})
    (status,) = run_reports([report], project=project, site=project.reports)
    assert (status.kind, status.reason) == ("", "")
    assert status.is_simulated
    assert "waar een loting 1.794 dollar vond (van 474 tot 3.115)" in status.headline
    soup = BeautifulSoup((project.reports / "method/validation.html").read_text("utf-8"), "html.parser")
    assert len(soup.find_all("figure")) == 3
    assert len(soup.find_all("table")) == 4
    assert "gemeente" not in soup.find(class_="kicker").text
