"""Months with benefit in a programme's group and beside it: the area between two curves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from evaltools.cohorts import Cohort
from evaltools.cohorts.definitions import DAYS_A_MONTH, days_of, months_given
from evaltools.cohorts.follow_up import is_followed
from evaltools.disclosure.record import THRESHOLD
from evaltools.effects import Estimate, PropensityWeights, weighted_difference
from evaltools.errors import InvalidDataError, many
from evaltools.findings.evaluation.compared import Compared
from evaltools.findings.in_view_months import Filled, InView, fill, look

OUT_OF_VIEW = ("n_out_programme", "n_out_comparison")
"""How many go out of view before the horizon, in either group."""
FEWEST = "n_ever_off"
"""How many had a day without benefit, in the group where they are fewest: what tells of single people if it is small."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MonthsOff:
    """Months with benefit within a horizon of H months, of two groups side by side.

    Attributes
    ----------
    cohort, comparison
        Who is compared: those of either who can be followed until the horizon. ``comparison`` is None where there is none.
    months
        The horizon H.
    weights
        Of all, the programme's first. Shape (n,), or of the propensity.
    by_month
        Months with benefit in each month, those out of view filled in: the weighted mean of a group is its area under the
        curve, of that month (see `in_view_months.fill`). Shape (n, H).
    clusters
        Who leaves together: those who have one benefit on the index day. Shape (n,).
    share_programme, share_comparison
        Weighted share with a benefit at the start of each month, and at the horizon. Shape (H + 1,).
    level
        Confidence level.
    numbers
        ``n_programme``, ``n_comparison``; ``n_on_…``: with a benefit at the horizon, those out of view filled in, rounded to whole
        people; ``n_out_…``: out of view before it; ``n_sharing``: participants beyond the first on each benefit; `FEWEST`.
    on_by_month
        ``n_on_…`` at the start of each month, one row for each group. Shape (1 or 2, H + 1).
    lowest, highest
        What the difference can be, whatever became of those out of view: months less in the programme's group. Of a group in
        which they are fewer than ten they are filled in here too, or it would tell how many they are.
    bounded
        The counts of the groups of which they are not.
    """

    cohort: Cohort
    comparison: Cohort | None
    months: int
    weights: PropensityWeights | np.ndarray
    by_month: np.ndarray
    clusters: np.ndarray
    share_programme: np.ndarray
    share_comparison: np.ndarray
    level: float
    numbers: Mapping[str, int]
    on_by_month: np.ndarray
    lowest: float
    highest: float
    bounded: tuple[str, ...]

    @property
    def whole(self) -> np.ndarray:
        """Length of each month up to the horizon: of whole days, so that it is not quite 1. Shape (H,)."""
        return whole_months(self.months)

    @property
    def in_programme(self) -> np.ndarray:
        """Who is in the programme's group. Shape (n,)."""
        return np.arange(len(self.by_month)) < len(self.cohort)

    def mean(self, *, of_programme: bool, counts: np.ndarray | None = None) -> float:
        """Give the mean number of months with benefit of one group; nan of a comparison that is not there.

        Parameters
        ----------
        counts
            For how much a month counts. Shape (H,). Ones when left out.
        """
        is_in = self.in_programme == of_programme
        weights = np.asarray(getattr(self.weights, "weights", self.weights))[is_in]
        each = self.by_month[is_in] @ (np.ones(self.months) if counts is None else counts)
        return float(weights @ each / weights.sum()) if len(weights) else np.nan

    def value_off(self, value: np.ndarray) -> float:
        """Give the mean worth of the months without benefit in the programme's group, of which each is worth ``value``. Shape (H,)."""
        return float(value @ self.whole) - self.mean(of_programme=True, counts=value)

    def less(self, counts: np.ndarray | None = None) -> Estimate | None:
        """Estimate how many months of benefit fewer the programme's group has: the area between both curves.

        Parameters
        ----------
        counts
            For how much a month counts, such as a discounted price: the result is then in that. Shape (H,). Ones when left out.

        Returns
        -------
        Estimate or None
            Above 0 where the programme's group has less benefit; None without a comparison, or where nothing varies.
        """
        if self.comparison is None:
            return None
        each = self.by_month @ (np.ones(self.months) if counts is None else counts)
        if all(np.ptp(each[is_in]) == 0 for is_in in (self.in_programme, ~self.in_programme)):
            return None
        found = weighted_difference(each, self.in_programme, self.weights, clusters=self.clusters, level=self.level)
        return replace(
            found, measure="months of benefit less", estimate=-found.estimate, lower=-found.upper, upper=-found.lower
        )


def months_off_benefit(
    cohort: Cohort,
    comparison: Cohort | None,
    months: int,
    weights: Compared | PropensityWeights | None = None,
    *,
    level: float = 0.95,
) -> MonthsOff:
    """Set the months with benefit within a horizon of two groups side by side.

    Parameters
    ----------
    cohort, comparison
        The programme's group, and whom it is compared with; None where there is nobody.
    months
        The horizon, counted from everybody's own index day.
    weights
        What makes the groups alike: what `evaluation.compare` made, which says of whom too; or weights of the propensity in the
        order of the participants of both, the programme's first. As they are when left out.
    level
        Confidence level.

    Raises
    ------
    InvalidDataError
        When nobody of a group can be followed so long, or there are not as many weights as people.

    Notes
    -----
    With ``S₁(t)`` and ``S₀(t)`` the shares with a benefit on a day, the mean number of months with benefit of a group is the area
    ``∫ S(t) dt``: the sum over days of shares is the mean over persons of sums over days. So the difference of two means is the
    area between both curves, with the standard error of a difference of means, and who comes back or is held in benefit
    counts as such. Who joins the programme later is filled in (see `in_view_months`); who moves has no benefit of this municipality. Weights of the propensity that are
    not all used, as some cannot be followed, are taken as given.
    """
    (months,) = months_given(months)
    everybody = [cohort] if comparison is None else [cohort, comparison]
    groups, given = _chosen(everybody, weights)
    followed = [is_followed(each, months) for each in groups]
    if not all(each.any() for each in followed):
        raise InvalidDataError(
            "months_off_benefit()", [f"nobody of a group can be followed for {months} months; take a shorter horizon"]
        )
    kept = [_followed(each, months) for each in groups]
    used = np.concatenate(followed)
    numbers = np.ones(int(used.sum())) if given is None else given.weights[used]
    sizes = [len(each) for each in kept]
    seen = [look(each, months) for each in kept]
    # Counts are of everybody: those who cannot be compared are few, and not to be told apart.
    whole = [_followed(each, months) for each in everybody]
    seen_of_whole = [look(each, months) for each in whole]
    parts = np.split(numbers, sizes[:1])[: len(kept)]
    kinds = _kinds(weights, sizes)
    filled = [fill(*each) for each in zip(kept, seen, parts, kinds, strict=True)]
    alike = [fill(each, found, np.ones(len(each))) for each, found in zip(whole, seen_of_whole, strict=True)]
    nothing = np.full(months + 1, np.nan)
    on_by_month = np.stack([np.rint(each.share_on * len(all_of)) for each, all_of in zip(alike, whole, strict=True)])
    lowest, highest, bounded = _bounds(seen, parts, filled)
    return MonthsOff(
        cohort=kept[0],
        comparison=kept[1] if len(kept) > 1 else None,
        months=months,
        weights=given if given is not None and used.all() else numbers,
        by_month=np.concatenate([each.months for each in filled]),
        clusters=np.concatenate([each.participants["benefit_id"].astype(str) for each in kept]),
        share_programme=alike[0].share_on,
        share_comparison=filled[1].share_on if len(filled) > 1 else nothing,
        level=level,
        numbers=_numbers(whole, seen_of_whole, on_by_month[:, -1]),
        on_by_month=on_by_month,
        lowest=lowest,
        highest=highest,
        bounded=bounded,
    )


def _kinds(weights: Compared | PropensityWeights | None, sizes: list[int]) -> list[np.ndarray] | list[None]:
    """Give the kinds of each group, where they are known."""
    if not isinstance(weights, Compared) or len(weights.people) != sum(sizes):
        return [None] * len(sizes)
    return np.split(weights.kinds, sizes[:1])[: len(sizes)]


def _followed(cohort: Cohort, months: int) -> Cohort:
    """Keep those whom the calendar lets be followed until the horizon."""
    followed = is_followed(cohort, months)
    return cohort if followed.all() else cohort.subgroup("followed", followed)


def _chosen(
    groups: list[Cohort], weights: Compared | PropensityWeights | None
) -> tuple[list[Cohort], PropensityWeights | None]:
    """Take those of each group of whom the weights are."""
    if not isinstance(weights, Compared):
        n = sum(len(each) for each in groups)
        if weights is not None and len(weights.weights) != n:
            problem = f"has {many(len(weights.weights), 'weight')} for {many(n, 'person')}; one for each, the programme's first"
            raise InvalidDataError("months_off_benefit()", [problem])
        return groups, weights
    ids = weights.people["person_id"]
    of_groups = (ids[weights.in_programme], ids[~weights.in_programme])
    kept = [
        each.subgroup("compared", each.participants["person_id"].isin(own).to_numpy(bool))
        for each, own in zip(groups, of_groups, strict=False)
    ]
    return kept, weights.weights if len(groups) > 1 else None


def whole_months(months: int) -> np.ndarray:
    """Give the length of each of so many months from an index day on. Shape (months,).

    Examples
    --------
    >>> (whole_months(3) * DAYS_A_MONTH).round().astype(int).tolist()
    [30, 31, 30]
    """
    return np.asarray(np.diff(days_of(np.arange(months + 1))) / DAYS_A_MONTH)


def _numbers(kept: list[Cohort], seen: list[InView], on: np.ndarray) -> dict[str, int]:
    n_other = len(kept[1]) if len(kept) > 1 else 0
    whole = np.diff(days_of(np.arange(seen[0].days.shape[1] + 1)))
    ever_off = [int(((each.days < whole) & ~_unseen(each)).any(axis=1).sum()) for each in seen]
    return {
        "n_programme": len(kept[0]),
        "n_comparison": n_other,
        "n_on_programme": int(on[0]),
        "n_on_comparison": int(on[1]) if n_other else 0,
        "n_out_programme": int(seen[0].is_out.sum()),
        "n_out_comparison": int(seen[1].is_out.sum()) if n_other else 0,
        "n_sharing": len(kept[0]) - kept[0].participants["benefit_id"].nunique(),
        FEWEST: min(ever_off),
    }


def _unseen(seen: InView) -> np.ndarray:
    """Say in which months a member is not seen to the end. Shape (n, H)."""
    ends = days_of(np.arange(1, seen.days.shape[1] + 1))
    return np.asarray(seen.is_out[:, None] & (seen.last[:, None] < ends - 1))


def _bounds(
    seen: list[InView], weights: list[np.ndarray], filled: list[Filled]
) -> tuple[float, float, tuple[str, ...]]:
    """Bound the difference, whatever became of those out of view; and name the counts that it rests on."""
    if len(seen) == 1:
        return np.nan, np.nan, ()
    ends, bounded = [], []
    for name, each, part, made in zip(OUT_OF_VIEW, seen, weights, filled, strict=True):
        own = (made.months.sum(axis=1),) * 2
        if each.is_out.sum() >= THRESHOLD:
            own = each.bounds
            bounded.append(name)
        ends.append([float(part @ end / part.sum()) for end in own])
    (own_least, own_most), (other_least, other_most) = ends
    return other_least - own_most, other_most - own_least, tuple(bounded)
