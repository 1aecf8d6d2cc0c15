"""Small registers with scores on the ladder, work, education and visits to households, of which a reader can redo every count."""

import datetime as dt

from evaltools.cohorts import Definitions, programme_cohort
from evaltools.programmes import Programme
from tests.small_registers import persons, spells, store

SLUG = "proef"
TEXT = {
    "name": "Proef", "about": "Een proef.", "municipalities": ["GM0197"], "design": "before_after",
    "notebooks": ["participation"], "aims": ["ladder_step"], "sources": [{"title": "een bericht"}],
}  # fmt: skip
INDEX = "2019-01-10"
FOLLOWED = Definitions(censoring_day=dt.date(2020, 5, 1))


def programme():
    return Programme.model_validate({**TEXT, "<file name>": SLUG}, context={"municipalities": {"GM0197": "Aalten"}})


class People:
    """So many people alike: their first and second rung, and what became of them."""

    def __init__(
        self,
        n,
        before=None,
        after=None,
        *,
        rater="coach",
        last=None,
        reason=None,
        hours=None,
        kind=None,
        ladder="vng_6",
    ):
        self.n, self.before, self.after, self.rater = n, before, after, rater
        self.last, self.reason, self.hours, self.kind, self.ladder = last, reason, hours, kind, ladder


def tables_of(*groups):
    people, scores, incomes, rows = [], [], [], []
    for group in groups:
        for _ in range(group.n):
            name = f"QQ{len(people)}QQ"
            people.append((name, group))
            ended = (group.last, group.last, group.reason) if group.last else ()
            rows.append((name, name, "2015-01-01", *ended))
            if group.before:
                scores.append((name, "2019-01-10", group.before, "vng_6", group.rater))
            if group.after:
                scores.append((name, "2019-05-10", group.after, group.ladder, group.rater))
            if group.hours is not None:
                incomes.append((name, "2019-07-01", "11", group.hours or None))
    # Others who left long before, five each month: the register shows ends from then on.
    past = [f"QQpast{number}QQ" for number in range(60)]
    rows += [
        (name, name, "2015-01-01", f"2017-{number // 5 + 1:02d}-15", f"2017-{number // 5 + 1:02d}-20", "11")
        for number, name in enumerate(past)
    ]
    names = [name for name, _ in people]
    return {
        "persons": persons(*names, *past, birth_year=[1980] * (len(names) + len(past)), sex=["1"] * (len(names) + len(past))),
        "benefit_spells": spells(*rows),
        "participations": {
            "person_id": names,
            "programme": [SLUG] * len(names),
            "status": ["started"] * len(names),
            "selected_day": [INDEX] * len(names),
            "first_day": [INDEX] * len(names),
            "kind": [group.kind or "work" for _, group in people],
        },
        "ladder_scores": dict(zip(("person_id", "day", "rung", "variant", "rater"), zip(*scores, strict=True), strict=True))
        if scores
        else {"person_id": [], "day": [], "rung": [], "variant": [], "rater": []},
        "incomes": dict(zip(("person_id", "month", "kind", "hours_per_week"), zip(*incomes, strict=True), strict=True))
        if incomes
        else {"person_id": [], "month": [], "kind": [], "hours_per_week": []},
    }  # fmt: skip


def visits_of(*groups):
    """Rows of (households, needs at the visits, professionals at the visits); a number that is missing is None."""
    rows = []
    for position, (n, needs, professionals) in enumerate(groups):
        for each in range(n):
            for visit, (need, professional) in enumerate(zip(needs, professionals, strict=True)):
                rows.append((f"HH{position}x{each}", SLUG, f"2019-0{visit + 1}-10", professional, need))
    names = ("household_id", "programme", "day", "n_professionals", "n_needs")
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def cohort_of(project, *groups, **options):
    tables = tables_of(*groups)
    register = store(project, **{name: rows for name, rows in tables.items() if rows["person_id"]}, **options)
    return programme_cohort(register, programme(), definitions=FOLLOWED)
