"""Who did what, where and when: the facts that a page opens and closes with."""

from collections.abc import Iterable, Mapping

import pandas as pd

from evaltools.disclosure import from_publications
from evaltools.programmes import Programme


@from_publications
def profile(programme: Programme, municipality: str, names: Mapping[str, str], operators: pd.DataFrame) -> pd.DataFrame:
    """One row: what the programme is, in which municipality, by whom and when.

    Parameters
    ----------
    names
        Name of each municipality by its code.
    operators
        One row per organisation that carries out the Participatiewet there:
        ``operator``, ``first``, ``last``, ``seen_on``.
    """
    period = programme.period
    return pd.DataFrame(
        [
            {
                "name": programme.name,
                "about": programme.about,
                "municipality": names[municipality],
                "municipalities": tuple(names[code] for code in programme.municipalities),
                "operator": programme.operator or "",
                "design": programme.design,
                "benefit_operators": tuple(
                    operators[["operator", "first", "last", "seen_on"]].itertuples(index=False, name=None)
                ),
                "first_day": period.first_day if period else None,
                "last_day": period.last_day if period else None,
                "is_about": period is not None and period.precision == "about",
                "has_claims": bool(programme.claims_in(municipality)),
                "has_targets": bool(programme.targets_in(municipality)),
            }
        ]
    )


@from_publications
def sources(programme: Programme, municipality: str, facts: Iterable[pd.DataFrame] = ()) -> pd.DataFrame:
    """One row per source: ``title``, ``published`` (a year, month, day or empty), ``note``, ``file``.

    Parameters
    ----------
    facts
        Reference tables that the page uses; each row has its ``source`` as one text.
    """
    rows = [
        (source.title, source.published or "", source.published_note or "", source.file or "")
        for source in programme.sources_for(municipality)
    ]
    used = dict.fromkeys(text for table in facts for text in table["source"])
    rows += [(text, "", "", "") for text in used]
    return pd.DataFrame(rows, columns=["title", "published", "note", "file"])


@from_publications
def statements(programme: Programme, municipality: str) -> pd.DataFrame:
    """One row per word with which a source says that the programme did it: ``words``, ``title``."""
    rows = [(words, claim.source.title) for claim in programme.claims_in(municipality) for words in claim.causal_words]
    return pd.DataFrame(rows, columns=["words", "title"])


@from_publications
def notes(programme: Programme) -> pd.DataFrame:
    """One row per published fact that a reader of the figures must know: ``text``, ``title``."""
    return pd.DataFrame([(note.text, note.source.title) for note in programme.notes], columns=["text", "title"])


def operators_in(municipality: str, operators: pd.DataFrame) -> pd.DataFrame:
    """Rows of the organisations that carry out the Participatiewet in one municipality."""
    return operators[operators["municipality"] == municipality]


@from_publications
def context(programme: Programme, municipality: str, national: pd.DataFrame) -> pd.DataFrame:
    """Rows of the national figures where the page is about leaving the benefit; none elsewhere."""
    outcomes = [outcome.kind for claim in programme.claims_in(municipality) for outcome in claim.outcomes]
    kinds = [*outcomes, *(target.kind for target in programme.targets_in(municipality))]
    return national[[bool({"exit", "work_exit"} & set(kinds))] * len(national)]
