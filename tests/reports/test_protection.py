"""What a page says of how people are protected in it."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from evaltools.disclosure import Table, already_published, from_publications, protect, rounded
from evaltools.disclosure.protected import seal
from evaltools.disclosure.record import Cell, Record
from evaltools.reports import wording
from evaltools.reports.block import NOTHING

FIRST = "Een klein aantal kan verraden om wie het gaat. Daarom zijn de aantallen op deze pagina beschermd."
FEW = "Aantallen van 1 tot en met 9 tonen wij niet."
TRAIT = "Bij gevoelige gegevens tonen wij ook niet dat het om niemand gaat, of om iedereen."
OTHERS = "Is zo’n aantal uit te rekenen met andere aantallen, dan laten wij ook een ander aantal weg."
NONE = "Op deze pagina was het niet nodig om een aantal weg te laten."
CANNOT = (
    "Wie alles optelt en aftrekt wat er wel staat, vindt een weggelaten aantal niet. Er blijft altijd een marge van "
    "minstens 10 over."
)


def told(states, *, measure="n", is_amount=False, is_trait=False, threshold=10, base=0, n_hidden_shares=0):
    """Seal a table of which the record has cells with these states."""
    n = len(states)
    record = Record(
        cells=tuple(Cell(measure, (("group", str(at)),)) for at in range(n)),
        states=tuple(states),
        low=(0,) * n,
        high=(100,) * n,
        is_trait=(is_trait,) * n,
        is_amount=(is_amount,) * n,
        threshold=threshold,
        is_simulated=False,
        n_hidden_shares=n_hidden_shares,
    )
    return seal(pd.DataFrame(), "a", subject="a", protection="suppressed", record=record, base=base)


def to_tens(**options):
    return rounded(pd.DataFrame({"n": [14]}), counts=["n"], source="register", is_simulated=False, **options)


def counts(n, **options):
    words = ["work", "partner", "other"]
    return protect(
        Table(
            rows=pd.DataFrame({"outcome": [*words, "all"], "n": [*n, sum(n)]}), counts=["n"], labels=["outcome"],
            words={"outcome": words}, totals=["outcome"], about={"municipality": "GM0197"}, source="register",
            is_simulated=False, **options,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["shown"] * 4, f"{FEW} {NONE}"),
        (["hidden", "shown", "shown"], f"{FEW} {OTHERS} In die tabellen is 1 van de 3 aantallen weggelaten. {CANNOT}"),
        (["hidden"] * 2 + ["shown"], f"{FEW} {OTHERS} In die tabellen zijn 2 van de 3 aantallen weggelaten. {CANNOT}"),
        (["hidden"] * 4, f"{FEW} {OTHERS} In die tabellen zijn alle 4 aantallen weggelaten. {CANNOT}"),
        (["hidden"], f"{FEW} {OTHERS} In die tabellen is het enige aantal weggelaten. {CANNOT}"),
        # What is not in the table is no number of the page.
        (
            ["hidden", "shown", "derived"],
            f"{FEW} {OTHERS} In die tabellen is 1 van de 2 aantallen weggelaten. {CANNOT}",
        ),
    ],
)
def test_how_many_are_not_shown(states, said):
    assert wording.protection(told(states)).text == f"{FIRST} {said}"


def test_a_number_in_two_tables_counts_once():
    one, two = told(["hidden", "shown"]), told(["hidden", "shown", "shown"], n_hidden_shares=1)
    text = wording.protection(one, two, two, told(["hidden"], measure="m")).text
    assert "2 van de 4 aantallen" in text  # n of three groups, and m of one
    assert "er 1 weggelaten" in text
    # Of another day it is another number.
    later = replace(two.record, as_of="2021-01-01")
    other = seal(pd.DataFrame(), "a", subject="a", protection="suppressed", record=later)
    assert "2 van de 6 aantallen" in wording.protection(two, other).text


@pytest.mark.parametrize(("n", "said"), [(1, "is er 1 weggelaten"), (7, "zijn er 7 weggelaten")])
def test_shares_that_are_left_out_are_counted_apart(n, said):
    text = wording.protection(told(["shown"], n_hidden_shares=n)).text
    assert f"Van de percentages, gemiddelden en schattingen {said}, omdat zij" in text
    assert NONE in text
    assert "percentages" not in wording.protection(told(["hidden"])).text


def test_amounts_are_no_numbers_of_people():
    text = wording.protection(told(["hidden", "shown"]), told(["hidden"] * 5, measure="euro", is_amount=True)).text
    assert "1 van de 2 aantallen" in text


def test_the_rules_are_those_of_the_tables():
    assert TRAIT not in wording.protection(told(["shown"])).text
    assert f"{FEW} {TRAIT}" in wording.protection(told(["shown"]), told(["shown"], measure="m", is_trait=True)).text
    text = wording.protection(told(["hidden"], threshold=20), told(["hidden"], measure="m", threshold=15)).text
    assert "van 1 tot en met 14 tonen" in text
    assert "een marge van minstens 15 over" in text
    assert "Wat er wel staat, is afgerond op veelvouden van 5." in wording.protection(told(["shown"], base=5)).text
    mixed = wording.protection(told(["shown"], base=5), told(["hidden"])).text
    assert "Een deel van wat er wel staat, is afgerond op veelvouden van 5." in mixed


def test_rounded_tables():
    assert wording.protection(to_tens()).text == (
        f"{FIRST} Alle aantallen zijn afgerond op tientallen. Bij ‘minder dan 5’ kan het ook om nul gaan. "
        "Percentages daarbij zijn berekend uit afgeronde aantallen."
    )
    assert "op tientallen en veelvouden van 20. Bij ‘minder dan 5’ en ‘minder dan 10’" in (
        wording.protection(to_tens(), to_tens(base=20)).text
    )


def test_rounded_tables_beside_others():
    text = wording.protection(to_tens(), counts([38, 4, 66]), to_tens()).text
    assert "Een deel van de aantallen is afgerond op tientallen." in text
    assert f"Van de andere aantallen tonen wij die van 1 tot en met 9 niet. {OTHERS}" in text
    assert "Alle" not in text


def test_what_protect_hides_is_what_is_said():
    # 4 is few; with the total and one other it could be computed, so one more goes.
    assert "In die tabellen zijn 2 van de 4 aantallen weggelaten." in wording.protection(counts([38, 4, 66])).text
    assert NONE in wording.protection(counts([38, 44, 66])).text
    assert "In die tabellen zijn alle 4 aantallen weggelaten." in wording.protection(counts([1, 2, 3])).text


def test_what_was_published_needs_no_protection():
    published = already_published(from_publications(lambda: pd.DataFrame({"n": [3]}))(), source="krant")
    assert wording.protection(published) is NOTHING
    assert wording.protection(published, to_tens()).text == wording.protection(to_tens()).text


def test_the_records_of_all_tables_go_with_the_page():
    tables = [counts([38, 4, 66]), told(["hidden"])]
    assert wording.protection(*tables).records == tuple(table.record for table in tables)


def test_words_are_plain():
    text = wording.protection(to_tens(), counts([38, 4, 66], base=5, sensitive=["outcome"])).text
    assert not re.search(r"suppress|complement|threshold|drempel|cel\b|record|None|nan|  ", text)
    assert max(len(sentence.split()) for sentence in re.split(r"[.:] ", text)) <= 20
