"""Numbers of persons become pseudonyms, and only with a key that lies elsewhere."""

import hmac
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaltools.errors import InvalidDataError
from evaltools.registers.pseudonyms import Key, holds_bsn, passes_elfproef, read_key

# The test of domain.md: these three pass.
VALID = ["111222333", "123456782", "999990019"]


def elfproef(number):
    """The rule as it is written: 9a + 8b + 7c + 6d + 5e + 4f + 3g + 2h - i is a multiple of eleven."""
    weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
    return number != "000000000" and sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 11 == 0


@given(st.lists(st.integers(0, 999_999_999).map("{:09d}".format), max_size=30))
def test_elfproef_is_the_rule_as_written(numbers):
    assert passes_elfproef(numbers).tolist() == [elfproef(number) for number in numbers]


def test_known_numbers():
    assert passes_elfproef(VALID).all()
    assert not passes_elfproef(["111222334", "000000000"]).any()


def valid_numbers(n, seed=1):
    drawn = random.Random(seed)
    found = []
    while len(found) < n:
        number = f"{drawn.randrange(10**9):09d}"
        if elfproef(number):
            found.append(number)
    return found


def any_numbers(n, seed=2):
    drawn = random.Random(seed)
    return [f"{drawn.randrange(10**9):09d}" for _ in range(n)]


def test_a_column_of_random_numbers_is_no_bsn_though_one_in_eleven_passes():
    numbers = any_numbers(5000)
    share = sum(map(elfproef, numbers)) / 5000
    assert abs(share - 1 / 11) < 4 * (1 / 11 * 10 / 11 / 5000) ** 0.5
    assert not holds_bsn(numbers)


@pytest.mark.parametrize("share", [1.0, 0.9, 0.5, 0.3])
def test_a_column_with_many_bsns_is_one_that_holds_them(share):
    n = int(1000 * share)
    assert holds_bsn(valid_numbers(n) + any_numbers(1000 - n))


@pytest.mark.parametrize("text", ["111222333", "klant 111222333", "1112.22.333", "1112 22 333", "klant-111222333"])
def test_writing_a_number_otherwise_does_not_hide_it(text):
    assert holds_bsn([text])


def test_eight_digits_count_with_their_zero():
    (number,) = [n for n in valid_numbers(2000) if n.startswith("0")][:1]
    assert holds_bsn([number.lstrip("0")])


@pytest.mark.parametrize("values", [[], ["A17", "B18"], ["BU01970101"], ["20190131", "20190201"], ["1234567890123"]])
def test_other_columns_are_none(values):
    assert not holds_bsn(values)


@given(st.binary(min_size=1, max_size=200), st.sampled_from(["bsn", "benefit_id"]), st.text(max_size=20))
def test_a_pseudonym_is_an_hmac(secret, kind, text):
    message = f"{kind}:{text}".encode("utf-8", "surrogatepass")
    assert Key(secret).pseudonym(kind, text) == hmac.digest(secret, message, "sha256").hex()[:32]


def test_a_key_is_not_shown():
    assert "secret" not in repr(Key(b"secret"))


@pytest.fixture
def no_key(monkeypatch):
    monkeypatch.delenv("EVALTOOLS_KEY", raising=False)
    monkeypatch.delenv("EVALTOOLS_KEY_FILE", raising=False)


def key_file(folder, text="k" * 40, mode=0o600):
    path = folder / "key"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_no_key_no_ingest(project, no_key):
    with pytest.raises(InvalidDataError, match="the key of the pseudonyms: is missing"):
        read_key(project)


def test_a_key_from_the_environment_or_a_file(project, no_key, monkeypatch, tmp_path_factory):
    path = key_file(tmp_path_factory.mktemp("elsewhere"), "k" * 40 + "\n")
    from_file = read_key(project, path)
    monkeypatch.setenv("EVALTOOLS_KEY", "k" * 40)
    assert read_key(project) == from_file
    monkeypatch.setenv("EVALTOOLS_KEY_FILE", str(path))
    monkeypatch.setenv("EVALTOOLS_KEY", "other" * 10)
    assert read_key(project) == from_file


def test_a_key_file_in_the_project_is_refused_also_through_a_link(project, no_key, tmp_path_factory):
    inside = key_file(project.root)
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(inside)
    for path in (inside, link):
        with pytest.raises(InvalidDataError, match="lies in the project"):
            read_key(project, path)


@pytest.mark.parametrize(
    ("text", "mode", "sentence"),
    [
        ("short", 0o600, "fewer than 32 characters"),
        ("k" * 40, 0o644, "can be read by others"),
        ("", 0o600, "fewer than 32 characters"),
    ],
)
def test_bad_key_files(project, no_key, tmp_path_factory, text, mode, sentence):
    path = key_file(tmp_path_factory.mktemp("elsewhere"), text, mode)
    with pytest.raises(InvalidDataError, match=sentence) as caught:
        read_key(project, path)
    assert not text or text not in str(caught.value)


def test_a_key_file_that_is_not_there(project, no_key, tmp_path_factory):
    with pytest.raises(InvalidDataError, match="cannot be read"):
        read_key(project, tmp_path_factory.mktemp("elsewhere") / "none")
