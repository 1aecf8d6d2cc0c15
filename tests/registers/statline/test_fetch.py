"""Fetching from a service on this machine that does all that a service can do wrong."""

import json
import sys
import time
from functools import partial

import cbsodata
import pandas as pd
import pytest

from evaltools.errors import InvalidDataError
from evaltools.registers.statline import fetch, open_statline, stored_edition, take_export
from evaltools.registers.statline.export import parse_export
from tests.registers.statline.conftest import Answer, body_of
from tests.statline_files import VERSION, export_of, invented, odata_of

TABLE = "84066NED"
LATER = "2019-06-01T02:00:00"


@pytest.fixture
def take(project, service):
    """Fetch from the service, with tries and pauses that do not take long."""
    return partial(fetch, TABLE, project, catalog_url=service.url, timeout=0.3, pauses=(0.01, 0.02))


def test_a_table_is_fetched_and_read_back_with_its_keys(project, service, take, stored):
    done = take()
    assert (done.is_new, done.edition.version, done.edition.source) == (True, VERSION, "odata")
    names = ["TableInfos.json", "DataProperties.json", "TypedDataSet.json"]
    assert list(done.edition.files) == names
    assert sorted(stored()) == sorted([TABLE, *(f"{TABLE}/{name}" for name in [*names, "edition.json"])])
    found = open_statline(TABLE, project)
    assert (found.title, found.version, found.year) == ("Sociale zekerheid", VERSION, 2017)
    # The keys as they came have spaces; names never come in their place.
    assert json.loads(stored()[f"{TABLE}/TypedDataSet.json"])[1]["Regiokenmerken"] == "GM0197 "
    pd.testing.assert_frame_equal(found.rows, parse_export(export_of(invented()), "a.csv", TABLE).rows)
    assert {path.rpartition("/")[2] for path in service.asked} == {name.removesuffix(".json") for name in names}


def test_a_version_that_is_stored_is_not_fetched_again(project, service, take):
    take()
    service.asked.clear()
    assert take().is_new is False
    assert service.asked == [service.path(TABLE, "TableInfos")]
    service.serve(TABLE, odata_of(export_of(invented(regions=("NL01", "GM0197"))), TABLE, version=LATER))
    assert take().edition.version == LATER
    assert len(open_statline(TABLE, project).rows) == 6


def test_a_stored_version_that_was_changed_is_fetched_again(project, service, take, stored):
    take()
    before = stored()
    for name in ("TypedDataSet.json", "edition.json"):
        (project.statline / TABLE / name).write_text("[]", "utf-8")
        assert take().is_new is True
        assert stored() == before


def test_an_export_gives_way_to_what_is_fetched(project, service, take, tmp_path, stored):
    path = tmp_path / "84066NED.csv"
    path.write_bytes(export_of(invented()))
    take_export(path, TABLE, project)
    assert take().is_new is True
    assert f"{TABLE}/84066NED.csv" not in stored()


def test_all_pages_are_fetched(project, service, take):
    service.pages(TABLE, odata_of(export_of(invented()), TABLE)["TypedDataSet"], size=4)
    take()
    assert len(open_statline(TABLE, project).rows) == 9
    assert [path for path in service.asked if "@" in path] == [
        service.path(TABLE, "TypedDataSet", f"@{n}") for n in (4, 8)
    ]


GOOD = Answer(body_of(odata_of(export_of(invented()), TABLE)["TypedDataSet"]))


@pytest.mark.parametrize(
    "bad",
    [
        Answer(b"try later", status=500),
        Answer(b"try later", status=503),
        Answer(b"slowly", status=429),
        Answer(GOOD.body, late=0.6),
        Answer(GOOD.body[:200]),
        Answer(GOOD.body[:200], cut=500),
        Answer(b""),
    ],
    ids=["500", "503", "429", "late", "half", "broken off", "nothing"],
)
def test_what_may_pass_is_tried_again(project, service, take, bad):
    service.first(TABLE, "TypedDataSet", bad, bad)
    take()
    assert len(open_statline(TABLE, project).rows) == 9
    assert service.asked.count(service.path(TABLE, "TypedDataSet")) == 3


@pytest.mark.parametrize("part", ["TableInfos", "DataProperties", "TypedDataSet"])
@pytest.mark.parametrize(
    ("bad", "tries", "sentence"),
    [
        (Answer(b"", status=500), 3, "could not be fetched in 3 tries: CBS answers with an error (500)"),
        (Answer(b"", status=404), 1, "is no table that CBS has (404); look its name up in StatLine"),
        (Answer(b"", status=403), 1, "CBS refuses to give it (403)"),
        (Answer(b"{}", late=1), 3, "could not be fetched in 3 tries: CBS says nothing for 0.3 seconds"),
        (Answer(b'{"value": [{"a"'), 3, "is cut off, or no JSON; try again later"),
        (Answer(b'{"val', cut=9), 3, "there is no connection with CBS, or it broke off; is there a network?"),
        (Answer(b"\n<!DOCTYPE html><p>Log in"), 1, "is a web page in place of figures; is there a login or a proxy"),
        (Answer(b'{"error": 1}'), 1, "is something else than a part of a table"),
        (Answer(b"[1, 2]"), 1, "is something else than a part of a table"),
        (Answer(b'{"value": [1, 2]}'), 1, "holds something else than records"),
        (Answer(b'{"value": []}'), 1, ""),
        (Answer(b'{"value": [{"odata.type": "Cbs.OData.Other", "Key": "a", "Type": "b"}]}'), 1, ""),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence_and_what_was_stored_stays(project, service, take, stored, part, bad, tries, sentence):
    take()
    before = stored()
    info = odata_of(export_of(invented()), TABLE, version=LATER)["TableInfos"]
    service.put(TABLE, "TableInfos", Answer(body_of(info)))
    service.put(TABLE, part, bad)
    service.asked.clear()
    with pytest.raises(InvalidDataError) as error:
        take()
    assert error.value.subject == TABLE
    assert sentence in str(error.value)
    assert service.asked.count(service.path(TABLE, part)) == tries
    assert stored() == before
    assert stored_edition(TABLE, project).version == VERSION


def test_a_page_that_is_not_there_is_no_table(project, service, take, stored):
    service.pages(TABLE, odata_of(export_of(invented()), TABLE)["TypedDataSet"], size=4)
    service.answers[service.path(TABLE, "TypedDataSet", "@8")] = [Answer(b"", status=500)]
    with pytest.raises(InvalidDataError, match="could not be fetched in 3 tries"):
        take()
    assert stored() == {}


def test_a_page_that_comes_twice_is_refused(project, service, take, stored):
    service.pages(TABLE, odata_of(export_of(invented()), TABLE)["TypedDataSet"], size=6)
    first = json.loads(service.answers[service.path(TABLE, "TypedDataSet")][0].body)["value"]
    service.answers[service.path(TABLE, "TypedDataSet", "@6")] = [Answer(body_of(first))]
    with pytest.raises(InvalidDataError, match="has 6 rows again for its dimensions, first row 7"):
        take()
    assert stored() == {}


def test_pages_without_an_end_are_not_followed_for_ever(project, service, take, stored):
    """Not round and round, and not to another host."""
    data = service.answers[service.path(TABLE, "TypedDataSet")]
    rows = json.loads(data[0].body)["value"]
    for link, sentence in (
        (
            f"{service.url}{service.path(TABLE, 'TypedDataSet')}?$format=json",
            "leads to page after page without an end; it is not followed",
        ),
        ("http://localhost:1/elsewhere", "leads to another host; it is not followed"),
    ):
        body = json.dumps({"value": rows, "odata.nextLink": link}).encode()
        service.answers[service.path(TABLE, "TypedDataSet")] = [Answer(body)]
        with pytest.raises(InvalidDataError, match=sentence):
            take()
    assert stored() == {}


def test_a_table_that_changes_meanwhile_is_not_mixed(project, service, take, stored):
    (later,) = odata_of(export_of(invented()), TABLE, version=LATER)["TableInfos"]
    before = service.answers[service.path(TABLE, "TableInfos")][0]
    service.put(TABLE, "TableInfos", before, Answer(body_of([later])))
    with pytest.raises(InvalidDataError, match="was changed by CBS while it was fetched; fetch it again"):
        take()
    assert stored() == {}


def test_without_a_network_it_says_so(project, service, stored):
    nobody = "http://127.0.0.1:9"
    with pytest.raises(InvalidDataError, match="could not be fetched in 2 tries: there is no connection with CBS"):
        fetch(TABLE, project, catalog_url=nobody, timeout=0.3, pauses=(0.01,))
    assert stored() == {}


def test_pauses_are_kept(project, service, take):
    service.put(TABLE, "TableInfos", Answer(b"", status=500))
    begin = time.monotonic()
    with pytest.raises(InvalidDataError):
        take(pauses=(0.1, 0.2))
    assert time.monotonic() - begin > 0.3


def test_options_of_cbsodata_are_as_they_were(project, service, take):
    take()
    service.put(TABLE, "TableInfos", Answer(b"", status=404))
    with pytest.raises(InvalidDataError):
        take()
    assert (cbsodata.options.use_https, cbsodata.options.catalog_url) == (True, "opendata.cbs.nl")


def test_what_the_environment_says_of_proxies_is_heard(project, service, take, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(InvalidDataError, match="there is no connection with CBS"):
        take()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert take().is_new


def test_without_the_extra_it_says_what_to_install(project, take, monkeypatch):
    monkeypatch.setitem(sys.modules, "cbsodata", None)
    with pytest.raises(InvalidDataError, match=r"pip install 'evaltools\[statline\]'"):
        take()
