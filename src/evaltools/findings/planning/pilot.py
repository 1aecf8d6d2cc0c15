"""The settings of a pilot that is planned, each checked, and what follows from them at once."""

from dataclasses import asdict, dataclass
from math import ceil, floor
from typing import Any

from evaltools.effects import minimum_detectable_difference, sample_size
from evaltools.errors import InvalidDataError

PLAUSIBLE = (0.02, 0.05, 0.09)
"""Differences that are looked at beside the one that is wanted: small, middle and large, among what `showing.LITERATURE` has."""
MOST_PEOPLE = 20_000
"""In each group: sums over all counts of larger ones would take minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """The settings of a pilot that is planned.

    Attributes
    ----------
    base_share
        Share (0-1) with the outcome at the end without the programme.
    difference
        Share with the programme minus ``base_share`` that the pilot should be able to show; above 0.
    n_programme, n_comparison
        People in each group at the start.
    power, level
        Chance of showing a difference that is there, and confidence level of the two-sided test.
    months
        Until when they are followed.
    share_followed
        Share (0-1) of whom the outcome is known then.
    design_effect
        ``1 + (m - 1) * rho`` for groups of m people who are alike, such as those of one coach; 1 for nobody alike.
    euro_per_participant
        What the programme costs for each participant; 0 where that is not known.

    Raises
    ------
    InvalidDataError
        With every setting that cannot be used.

    Examples
    --------
    Of 270 people in each group 229 are followed:

    >>> pilot = Pilot(
    ...     base_share=0.14, difference=0.05, n_programme=270, n_comparison=270, power=0.8, level=0.95, months=12,
    ...     share_followed=0.85, design_effect=1.0, euro_per_participant=0.0,
    ... )
    >>> pilot.n_followed
    (229, 229)
    """

    base_share: float
    difference: float
    n_programme: int
    n_comparison: int
    power: float
    level: float
    months: int
    share_followed: float
    design_effect: float
    euro_per_participant: float

    def __post_init__(self) -> None:
        names = asdict(self)
        problems = [
            f"{name} is {names[name]!r}; expected {expected}"
            for name, (is_allowed, expected) in _ALLOWED.items()
            if isinstance(names[name], bool) or not isinstance(names[name], (int, float)) or not is_allowed(names[name])
        ]
        if not problems and self.base_share + self.difference >= 1:
            problems.append(
                f"base_share + difference is {self.base_share + self.difference:g}; expected less than 1: take a smaller "
                "difference"
            )
        if not problems and min(self.n_followed) < 1:
            problems.append("leaves nobody to follow in a group; take larger groups, or follow more of them")
        if problems:
            raise InvalidDataError("the settings of the pilot", problems)

    @property
    def n_followed(self) -> tuple[int, int]:
        """People in each group of whom the outcome is known, and who count as one person each."""
        return self.followed(self.n_programme), self.followed(self.n_comparison)

    @property
    def ratio(self) -> float:
        """People in the comparison for each one in the programme."""
        return self.n_comparison / self.n_programme

    def followed(self, n: float) -> int:
        """How many of ``n`` people at the start count in the end."""
        # A product such as 0.85 × 20 may lie a hair below its whole number.
        return floor(n * self.share_followed / self.design_effect + 1e-9)

    def needed(self, difference: float, *, base_share: float | None = None, ratio: float = 1.0) -> tuple[int, int]:
        """How many people each group needs at the start to show a difference."""
        base = self.base_share if base_share is None else base_share
        options = {"power": self.power, "level": self.level, "design_effect": self.design_effect}
        found = sample_size(base, difference, ratio=ratio, **options)
        at_start = (found.exact_programme / self.share_followed, found.exact_comparison / self.share_followed)
        return ceil(at_start[0] - 1e-9), ceil(at_start[1] - 1e-9)

    def detectable(self, n_programme: float, n_comparison: float, *, base_share: float | None = None) -> float | None:
        """Smallest rise that groups of so many people at the start show; None where there is none."""
        sizes = self.followed(n_programme), self.followed(n_comparison)
        if min(sizes) < 1:
            return None
        base = self.base_share if base_share is None else base_share
        return minimum_detectable_difference(base, *sizes, power=self.power, level=self.level).rise

    def differences(self) -> list[float]:
        """List the differences that are looked at: those of `PLAUSIBLE` and the one that is wanted, in order."""
        return sorted({each for each in (*PLAUSIBLE, self.difference) if self.base_share + each < 1})


_ALLOWED: dict[str, tuple[Any, str]] = {
    "base_share": (lambda value: 0 < value < 1, "a share strictly between 0 and 1, such as 0.14"),
    "difference": (lambda value: 0 < value < 1, "a share above 0, such as 0.05 for 5 points"),
    "n_programme": (lambda value: 1 <= value <= MOST_PEOPLE and value == round(value), f"a count from 1 to {MOST_PEOPLE:,}"),
    "n_comparison": (lambda value: 1 <= value <= MOST_PEOPLE and value == round(value), f"a count from 1 to {MOST_PEOPLE:,}"),
    "power": (lambda value: 0.5 <= value < 1, "a chance from 0.5 to below 1, such as 0.8"),
    "level": (lambda value: 0.5 <= value < 1, "a level from 0.5 to below 1, such as 0.95"),
    "months": (lambda value: 1 <= value <= 120 and value == round(value), "whole months from 1 to 120"),
    "share_followed": (lambda value: 0 < value <= 1, "a share above 0 and at most 1, such as 0.85"),
    "design_effect": (lambda value: value >= 1, "1 + (m - 1) * rho, at least 1"),
    "euro_per_participant": (lambda value: value >= 0, "an amount in euro; 0 where it is not known"),
}  # fmt: skip
