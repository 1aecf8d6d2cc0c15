"""Identifiers do not get past the door: numbers of persons become keyed pseudonyms.

A pseudonym is the first 128 bits of HMAC-SHA256 (RFC 2104) over the kind of the
identifier and the identifier. The same key gives the same pseudonym in every file, so
that tables link; without the key nobody can go back, not even by trying all numbers.
"""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from evaltools.disclosure.scan.numbers import BSN_WEIGHTS
from evaltools.errors import InvalidDataError
from evaltools.project import Project

KEY_VARIABLE = "EVALTOOLS_KEY"
KEY_FILE_VARIABLE = "EVALTOOLS_KEY_FILE"
SHORTEST_KEY = 32

BLOCK = 64
"""Bytes that SHA-256 takes at a time."""
INNER, OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
"""The two paddings of a key."""

CHANCE = 1 / 11
"""Share of random numbers of nine digits that pass the test."""
LIKELY = 0.001
"""A column in which so many pass by chance at most this often holds BSNs …"""
SHARE = 0.2
"""… if at least this share passes: in long columns a share just over 1/11 is no chance and no BSN either."""

NINE_DIGITS = re.compile(r"(?<![0-9])[0-9]{8,9}(?![0-9])")
# A neighbourhood code of CBS is BU and eight digits.
LONG_NUMBER = re.compile(r"(?<!BU)(?<![0-9])[0-9]{8,}|(?<=BU)[0-9]{9,}")
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[^\w\n]+(?=[0-9])|(?<=[0-9])_+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Key:
    """The secret that pseudonyms are made with; it is never shown."""

    secret: bytes = field(repr=False)

    @property
    def check(self) -> str:
        """Fingerprint of the key: tells whether two tables were made with one key, and nothing else."""
        return self.pseudonym("key", "check")[:8]

    def pseudonym(self, kind: str, identifier: str) -> str:
        """Pseudonym of an identifier of some kind: 32 hexadecimal characters.

        Examples
        --------
        >>> key = Key(b"a key for this example, not yours")
        >>> key.pseudonym("bsn", "111222333") == key.pseudonym("bsn", "111222333")
        True
        >>> key.pseudonym("bsn", "111222333") == key.pseudonym("benefit_id", "111222333")
        False
        """
        return self.pseudonyms(kind, [identifier])[0]

    def pseudonyms(self, kind: str, identifiers: Iterable[str]) -> list[str]:
        """Pseudonyms of many identifiers of one kind, in their order."""
        # The module hmac sets up a key for every message; here both halves are set up once (RFC 2104, section 4).
        key = self.secret if len(self.secret) <= BLOCK else hashlib.sha256(self.secret).digest()
        inner = hashlib.sha256(key.ljust(BLOCK, b"\0").translate(INNER) + f"{kind}:".encode())
        outer = hashlib.sha256(key.ljust(BLOCK, b"\0").translate(OUTER))

        def one(identifier: str) -> str:
            inside, outside = inner.copy(), outer.copy()
            inside.update(identifier.encode("utf-8", "surrogatepass"))
            outside.update(inside.digest())
            return outside.hexdigest()[:32]

        return [one(identifier) for identifier in identifiers]


def read_key(project: Project, key_file: Path | None = None) -> Key:
    """Read the key from a file, or from the environment.

    Parameters
    ----------
    project
        The key may not lie in its folder: what is copied with the data protects nothing.
    key_file
        File with the key; by default the one that ``EVALTOOLS_KEY_FILE`` names, else
        ``EVALTOOLS_KEY`` holds the key itself.

    Raises
    ------
    InvalidDataError
        When there is no key, it is too short, or its file lies in the project or can
        be read by everybody.
    """
    named = key_file or (Path(os.environ[KEY_FILE_VARIABLE]) if os.environ.get(KEY_FILE_VARIABLE) else None)
    if named is None:
        text = os.environ.get(KEY_VARIABLE, "")
        if not text.strip():
            advice = (
                f"is missing: name a file outside the project with --key-file or {KEY_FILE_VARIABLE}; make one with: "
                "(umask 077; set -C; python3 -c 'import secrets; print(secrets.token_hex(32))' > ~/evaltools.key)"
            )
            raise InvalidDataError("the key of the pseudonyms", [advice])
        subject = KEY_VARIABLE
    else:
        text, subject = _read_key_file(project, named), "the key file"
    if len(text.strip()) < SHORTEST_KEY:
        raise InvalidDataError(subject, [f"holds fewer than {SHORTEST_KEY} characters; make a longer one"])
    return Key(text.strip().encode("utf-8", "surrogateescape"))


def _read_key_file(project: Project, path: Path) -> str:
    path = path.expanduser().resolve()
    if path.is_relative_to(project.root.resolve()):
        raise InvalidDataError("the key file", ["lies in the project; keep it elsewhere, away from the data"])
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except OSError as error:
        raise InvalidDataError(f"the key file {path}", [f"cannot be read: {error.strerror}"]) from None
    except ValueError:
        raise InvalidDataError("the key file", ["is not a text file in UTF-8"]) from None
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        raise InvalidDataError("the key file", ["can be read by others than you; chmod 600"])
    return text


def passes_elfproef(numbers: Iterable[str]) -> NDArray[np.bool_]:
    """Whether numbers of nine digits are a BSN: the weighted sum of the digits is a multiple of 11.

    The weights are 9, 8, …, 2 and −1; nine zeros are none.

    Examples
    --------
    >>> passes_elfproef(["111222333", "123456782", "111222334", "000000000"]).tolist()
    [True, True, False, False]
    """
    listed = list(numbers)
    if not listed:
        return np.zeros(0, dtype=bool)
    digits = np.frombuffer("".join(listed).encode("ascii"), dtype=np.uint8).reshape(len(listed), 9).astype(int) - ord(
        "0"
    )
    passes: NDArray[np.bool_] = (digits @ np.array(BSN_WEIGHTS) % 11 == 0) & digits.any(axis=1)
    return passes


def holds_bsn(values: Iterable[str]) -> bool:
    """Whether a column holds BSNs, judged over all its different values.

    One number in eleven passes by chance, so one that passes says nothing. A column
    holds BSNs when all its numbers of nine digits pass, or at least a fifth and more
    than chance can explain. Numbers of eight digits count with the zero that they
    lost; dots, spaces and hyphens between digits do not hide a number.

    Examples
    --------
    >>> holds_bsn(["111222333", "123456782", "klant 999990019"])
    True
    >>> holds_bsn(["900000001", "900000002", "900000003", "A17"])
    False
    """
    text = bare_digits("\n".join(values))
    numbers = {found.zfill(9) for found in NINE_DIGITS.findall(text)}
    if not numbers:
        return False
    n, passed = len(numbers), int(passes_elfproef(numbers).sum())
    return passed == n or (passed / n >= SHARE and float(binom.sf(passed - 1, n, CHANCE)) < LIKELY)


def bare_digits(text: str) -> str:
    """Write all digits in one way, with nothing between them, so that a number cannot hide.

    Examples
    --------
    >>> bare_digits("klant 999-990.019"), bare_digits("９９９ 990 019")
    ('klant 999990019', '999990019')
    """
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(letter, letter)) for letter in unicodedata.normalize("NFKC", text))
    return BETWEEN_DIGITS.sub("", text)
