"""The type that tables, figures and wording accept, and who may make one."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import InitVar, dataclass, field, replace
from functools import wraps
from typing import Literal, ParamSpec

import pandas as pd

from evaltools.disclosure.record import Record, label_text, part_of
from evaltools.errors import DisclosureError, did_you_mean

_SEAL = object()
REGISTER = "evaltools_register"
"""Key of ``DataFrame.attrs`` by which a table that was made from a register is known; see `from_register`."""
PUBLISHED = "evaltools_published"
"""Key of ``DataFrame.attrs`` that holds the fingerprint of a table made from publications; see `from_publications`."""
DRAWN = "evaltools_drawn"
"""The same of a table that was drawn by chance; see `from_simulation`."""

P = ParamSpec("P")
Origin = Literal["published", "register", "simulated", "results"]
Protection = Literal["published", "rounded", "suppressed", "drawn", "on_pages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedTable:
    """A table that may be shown.

    It is made by this package only, never by hand, so that nothing reaches a page
    that has not passed the gate. The seal is no attribute, so that ``dataclasses.replace``
    cannot hand it on, and it is of these very rows: `checked_rows` refuses them once they were changed.

    Attributes
    ----------
    rows
        The table. Read it, do not change it.
    sources
        Where its figures were published or which register they are from, one text per source.
    is_simulated
        Whether it is from a register in which nobody exists.
    protection
        How it was protected: ``published`` before, ``rounded`` to multiples of ``base``, ``suppressed`` where few
        people are (see `protect`), ``drawn`` by chance, of nobody, or ``on_pages`` of the site before (see `on_pages`).
    base
        Counts are multiples of this; 0 where nothing was rounded.
    hidden
        Of each cell of ``rows`` whether it was left out to protect people; it is missing in ``rows`` then. What is
        missing and not hidden is not known.
    record
        What the table tells everybody, for `audit`; None where its figures are of no register.
    one_number
        Columns that are one number to who reads the table: an estimate with its interval, and other ways to work it out.
    """

    rows: pd.DataFrame
    sources: tuple[str, ...]
    is_simulated: bool = False
    protection: Protection = "published"
    base: int = 0
    hidden: pd.DataFrame = field(default_factory=pd.DataFrame)
    record: Record | None = None
    one_number: tuple[tuple[str, ...], ...] = ()
    seal: InitVar[object]
    _sealed: str = field(init=False, repr=False)

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise DisclosureError(
                "ProtectedTable",
                [
                    (
                        "is not made by hand; pass published figures through already_published(rows, source=…), "
                        "counts of a register through rounded(rows, labels=…, counts=…)"
                    )
                ],
            )
        object.__setattr__(self, "_sealed", self._content())

    def checked_rows(self) -> pd.DataFrame:
        """Give the rows as they passed the gate.

        Raises
        ------
        DisclosureError
            When they were changed since.
        """
        if self._content() != self._sealed:
            raise DisclosureError("ProtectedTable", ["was changed after it passed the gate; pass the rows again"])
        return self.rows

    def only(self, **labels: str | bool) -> "ProtectedTable":
        """Keep the rows with these labels: tables that add up are protected together and shown apart.

        Parameters
        ----------
        labels
            By column, the label to keep: ``only(municipality="GM0197")``.

        Raises
        ------
        DisclosureError
            When the table was not made by `protect`, or has no such rows.
        """
        rows = self.checked_rows()
        if self.record is None or self.protection != "suppressed":
            raise DisclosureError("only()", ["takes a table that protect() made; filter others before the gate"])
        beside = {cell.measure for cell in self.record.cells}
        are_labels = [str(name) for name in rows if name not in beside and (rows[name].dtype in (object, bool))]
        problems = [f"has no label '{name}'; {did_you_mean(name, are_labels)}" for name in labels
                    if name not in are_labels]  # fmt: skip
        if problems:
            raise DisclosureError("only()", problems)
        kept = pd.Series(True, index=rows.index)
        for name, label in labels.items():
            kept &= rows[name] == label
        if not kept.any():
            named = ", ".join(f"{name}={label}" for name, label in labels.items())
            raise DisclosureError("only()", [f"has no rows with {named}"])
        texts = {name: label_text(label) for name, label in labels.items()}
        hidden = self.hidden[kept].reset_index(drop=True)
        n_hidden_shares = n_left_out(hidden, [name for name in hidden if name in beside], self.one_number)
        return replace(
            self,
            rows=rows[kept].reset_index(drop=True),
            hidden=hidden,
            record=part_of(self.record, texts, n_hidden_shares=n_hidden_shares),
            seal=_SEAL,
        )

    def _content(self) -> str:
        return fingerprint_of(self.rows) + fingerprint_of(self.hidden)

    @property
    def origin(self) -> Origin:
        """What the figures are: ``published``, of a ``register`` of persons or a ``simulated`` one, or ``results`` of other pages."""
        if self.is_simulated:
            return "simulated"
        if self.protection == "on_pages":
            return "results"
        return "published" if self.protection == "published" else "register"


def from_publications(make: Callable[P, pd.DataFrame]) -> Callable[P, pd.DataFrame]:
    """Let what a function makes pass `already_published`; for functions of programme files and reference tables.

    The mark holds a fingerprint of the table. What is filtered, joined, counted or filled in
    afterwards is another table, and does not pass, whether pandas keeps the mark or not.

    Raises
    ------
    DisclosureError
        By the function that is made, when a table that it gets is known to be of a register.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        given = [value for value in (*args, *kwargs.values()) if isinstance(value, pd.DataFrame)]
        if any(is_of_a_register(rows) for rows in given):
            raise DisclosureError(f"{make.__name__}()", ["got a table that was made from a register"])
        rows = make(*args, **kwargs).copy(deep=False)
        rows.attrs = {PUBLISHED: fingerprint_of(rows)}
        return rows

    return made


def already_published(rows: pd.DataFrame, *, source: str | Iterable[str]) -> ProtectedTable:
    """Let figures pass that somebody published before, or that follow from those alone.

    Only what a function marked with `from_publications` made is taken, as it was made: a table of a
    register does not pass because nothing lets it, not because something was noticed.
    The limit: it is the one who marks a function who says that it works on publications alone.
    A test holds that only modules of `findings` do so; that such a function is given no register by a
    roundabout way is for review.

    Parameters
    ----------
    rows
        The table; it is copied.
    source
        The title of each source, one or more.

    Raises
    ------
    DisclosureError
        When no source is named: what has no source was not published. When the table is not one that
        was made from publications, or was changed since.

    Examples
    --------
    >>> laborijn = from_publications(lambda: pd.DataFrame({"n": [108]}))
    >>> already_published(laborijn(), source="laborijn.nl").sources
    ('laborijn.nl',)
    """
    if is_of_a_register(rows):
        raise DisclosureError(
            "already_published()", ["got a table that was made from a register; round its counts with rounded()"]
        )
    if PUBLISHED not in rows.attrs or rows.attrs[PUBLISHED] != fingerprint_of(rows):
        raise DisclosureError(
            "already_published()",
            [
                (
                    "takes a table as a function of findings made it from programme files; filter or join inside that "
                    "function, and pass counts of a register through rounded()"
                )
            ],
        )
    return seal(rows, source, subject="already_published()")


def from_simulation(make: Callable[P, pd.DataFrame]) -> Callable[P, pd.DataFrame]:
    """Let what a function makes pass `simulated`; for functions that draw what they need themselves.

    Raises
    ------
    DisclosureError
        By the function that is made, when it is given anything but numbers and texts: a register of persons is neither.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> pd.DataFrame:
        if not all(isinstance(value, (bool, int, float, str)) for value in (*args, *kwargs.values())):
            raise DisclosureError(
                f"{make.__name__}()", ["got something else than numbers and texts; it draws its own register"]
            )
        rows = make(*args, **kwargs).copy(deep=False)
        rows.attrs = {DRAWN: fingerprint_of(rows)}
        return rows

    return made


def simulated(rows: pd.DataFrame, *, source: str | Iterable[str]) -> ProtectedTable:
    """Let figures pass of people who were drawn by chance and do not exist, as they are.

    Only what a function marked with `from_simulation` made is taken, as it was made. Counts of a register that a
    simulation wrote pass through `rounded`, as those of any register.

    Parameters
    ----------
    rows
        The table; it is copied.
    source
        What was drawn, such as the name of the model.

    Raises
    ------
    DisclosureError
        When the table is not one that was drawn, or was changed since, or no source is named.

    Examples
    --------
    >>> coin = from_simulation(lambda seed: pd.DataFrame({"n": [seed % 2]}))
    >>> simulated(coin(3), source="a coin").origin
    'simulated'
    """
    if DRAWN not in rows.attrs or rows.attrs[DRAWN] != fingerprint_of(rows):
        raise DisclosureError(
            "simulated()", ["takes a table as a function of findings drew it; filter or join inside that function"]
        )
    return seal(rows, source, subject="simulated()", is_simulated=True, protection="drawn")


def from_register(rows: pd.DataFrame, *, is_simulated: bool) -> pd.DataFrame:
    """Mark a table as made from a register: a hint that gives a clear error early.

    pandas loses it in many operations, so that nothing rests on it alone; see `already_published`.
    """
    marked = rows.copy(deep=False)
    marked.attrs[REGISTER] = {"is_simulated": is_simulated}
    return marked


def is_of_a_register(rows: pd.DataFrame) -> bool:
    """Whether a table is known to be of a register: a hint, see `from_register`."""
    names = [*rows.columns, *rows.index.names, *rows.columns.names]
    return REGISTER in rows.attrs or any(str(name).endswith("_id") for name in names)


def fingerprint_of(rows: pd.DataFrame) -> str:
    """Tell tables apart by their content: values, types, order, and names of both axes."""
    axes = [(axis.tolist(), axis.names) for axis in (rows.index, rows.columns)]
    content = (rows.to_numpy(dtype=object).tolist(), [str(dtype) for dtype in rows.dtypes], axes)
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()


def seal(
    rows: pd.DataFrame,
    source: str | Iterable[str],
    *,
    subject: str,
    is_simulated: bool = False,
    protection: Protection = "published",
    base: int = 0,
    hidden: pd.DataFrame | None = None,
    record: Record | None = None,
    one_number: Iterable[tuple[str, ...]] = (),
) -> ProtectedTable:
    """Make the protected table; for the functions of this package, each of which checks first."""
    named = (source,) if isinstance(source, str) else tuple(source)
    if not named or not all(name.strip() for name in named):
        raise DisclosureError(subject, ["names no source; say where the figures are from"])
    return ProtectedTable(
        rows=rows.copy(),  # of its own: what the caller does to the given table does not reach this one
        sources=tuple(dict.fromkeys(named)),
        is_simulated=is_simulated,
        protection=protection,
        base=base,
        hidden=_nothing_hidden(rows) if hidden is None else hidden.copy(),
        record=record,
        one_number=tuple(one_number),
        seal=_SEAL,
    )


def n_left_out(hidden: pd.DataFrame, counts: Collection[str], one_number: Collection[tuple[str, ...]]) -> int:
    """Count the numbers beside the counts that a reader does not see; columns that are one number to them count once in a row."""
    apart = hidden.drop(columns=[*counts, *(name for names in one_number for name in names)])
    together = (hidden[[*names]].any(axis="columns").sum() for names in one_number)
    return int(apart.to_numpy(bool).sum()) + int(sum(together))


def _nothing_hidden(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(False, index=rows.index, columns=rows.columns)
