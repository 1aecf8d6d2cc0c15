"""Effects that are right when either the model of selection or that of the outcome is."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from evaltools.effects.adjustment.influence import Sample, check_spread, clusters_of, from_influence
from evaltools.effects.adjustment.overlap import check_scale
from evaltools.effects.adjustment.propensity import propensity_fit, weights_of
from evaltools.effects.adjustment.regression import check_group, covariates_of, linear, logistic
from evaltools.effects.estimate import Estimate
from evaltools.effects.inputs import (
    Array,
    Mask,
    check_aligned,
    check_choice,
    check_level,
    numbers,
    programme_group,
    refuse,
)
from evaltools.errors import many

OutcomeModel = Literal["linear", "logistic"]


def doubly_robust(
    outcome: ArrayLike,
    programme: ArrayLike,
    covariates: Any,
    *,
    estimand: Literal["ATT", "ATE"] = "ATT",
    outcome_model: OutcomeModel = "linear",
    clusters: Any = None,
    level: float = 0.95,
) -> Estimate:
    """Estimate an average effect by augmented inverse probability weighting (Robins, Rotnitzky & Zhao 1994).

    With ``T`` for the programme, outcome ``y``, propensity ``e`` of a logistic regression, and ``m₁`` and ``m₀`` the
    outcomes that regressions within the programme's and the comparison group predict,

    - ATE: the mean of ``m₁ − m₀`` over everybody, plus that of ``y − m₁`` over the programme's group with weights
      ``1/e``, less that of ``y − m₀`` over the comparison group with weights ``1/(1 − e)``;
    - ATT: the mean of ``y − m₀`` over the programme's group, less that over the comparison group with weights
      ``e/(1 − e)``.

    These are weighted means, ``Σ w r/Σ w`` (Hájek): with little overlap the sums ``Σ w r/n`` of Robins, Rotnitzky & Zhao
    may lie far from any outcome, as ``Σ w`` then is far from ``n``. It is consistent when either the propensity or the
    outcome regressions are of the right form, and all that decides on both selection and outcome is among the
    covariates. The standard error and the interval are those of `weighted_difference` for the influence function: the
    terms of these means, each from its mean. It takes both models as known, which is right to first order when both are.

    Nothing is clipped: look at `overlap_report` of the same `propensity_weights` before the effect.

    Parameters
    ----------
    outcome
        A number, or 0 and 1 (or booleans), for each unit. Shape (n,).
    programme
        Who is in the programme: booleans, or 0 and 1. Shape (n,).
    covariates
        Known before the programme. DataFrame, or array of shape (n, k); see `effects.inputs.columns`.
    estimand
        ``"ATT"`` or ``"ATE"``: whose average effect.
    outcome_model
        ``"linear"``, least squares, for any outcome; or ``"logistic"``, maximum likelihood, for 0 and 1.
    clusters
        A label for each unit; those with the same label may depend on each other. Each group needs two. Shape (n,).
    level
        Confidence level, strictly between 0 and 1.

    Returns
    -------
    Estimate
        In the unit of the outcome.

    Raises
    ------
    InvalidDataError
        When an input is not as described, when the covariates tell for certain who is in the programme or (logistic)
        who has the outcome, when a group is too small or too uniform for a regression on all covariates, when nothing
        varies that a standard error could follow from, or when an outcome of 0 and 1 gets an effect beyond -1 to 1.

    References
    ----------
    J. M. Robins, A. Rotnitzky & L. P. Zhao (1994), Estimation of regression coefficients when some regressors are not
    always observed. Journal of the American Statistical Association 89, 846-866.
    J. K. Lunceford & M. Davidian (2004), Stratification and weighting via the propensity score in estimation of causal
    treatment effects: a comparative study. Statistics in Medicine 23, 2937-2960.

    Examples
    --------
    The covariate makes 10 of difference, and the programme 2; it is commoner in the programme.

    >>> programme = [1, 1, 1, 0, 1, 0, 0, 0]
    >>> covariate = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> outcome = [11, 12, 13, 10, 2, -1, 0, 1]
    >>> round(doubly_robust(outcome, programme, covariate).estimate, 3)
    2.0
    """
    problems: list[str] = []
    check_aligned(
        {"outcome": outcome, "programme": programme, "covariates": covariates, "clusters": clusters}, problems
    )
    is_programme = programme_group(programme, problems)
    n = len(is_programme)
    observed = numbers("outcome", outcome, problems, n=n)
    check_scale(("outcome",), observed, problems)
    matrix, names = covariates_of(covariates, problems, n=n)
    codes = clusters_of(clusters, is_programme, np.ones(n, dtype=bool), problems)
    check_choice("estimand", estimand, ("ATT", "ATE"), problems)
    check_choice("outcome_model", outcome_model, ("linear", "logistic"), problems)
    if outcome_model == "logistic" and not np.isin(observed, (0, 1)).all():
        problems.append("outcome has other values than 0 and 1; expected those for outcome_model='logistic'")
    check_level(level, problems)
    check_spread(observed, (is_programme, ~is_programme), problems)
    _check_size(is_programme, problems)
    refuse("doubly_robust", problems)
    logit, fit = propensity_fit(matrix, names, is_programme, function="doubly_robust")
    sample = Sample(
        outcome=observed,
        is_programme=is_programme,
        weights=weights_of(logit, is_programme, estimand)[0],
        clusters=codes,
    )
    regress = partial(_regress, fit.design, observed, names, outcome_model)
    without = regress(~is_programme, "comparison")
    # For the effect on those in the programme, their outcome with it need not be predicted: it is what they have.
    with_it = regress(is_programme, "programme's") if estimand == "ATE" else np.zeros(n)
    target = is_programme if estimand == "ATT" else np.ones(n, dtype=bool)
    effect, influence = _augmented(sample, with_it, without, target / target.sum())
    return from_influence(
        sample,
        effect,
        influence,
        function="doubly_robust",
        level=level,
        measure=f"doubly robust difference ({estimand})",
        method=f"augmented inverse probability weighting, {outcome_model} outcome",
    )


def _check_size(is_programme: Mask, problems: list[str]) -> None:
    if not problems and min(is_programme.sum(), (~is_programme).sum()) < 2:
        problems.append("programme leaves one unit in a group; expected two or more in each")


def _augmented(sample: Sample, with_it: Array, without: Array, on: Array) -> tuple[float, Array]:
    """Give the effect and how far each unit moves it, from predictions and the shares of those whose effect it is."""
    predicted = with_it - without
    effect = float(on @ predicted)
    influence = on * (predicted - effect)
    left = sample.outcome - np.where(sample.is_programme, with_it, without)
    for is_in, sign in ((sample.is_programme, 1), (~sample.is_programme, -1)):
        shares = sample.shares[is_in]
        mean = float(shares @ left[is_in])
        effect += sign * mean
        influence[is_in] += sign * shares * (left[is_in] - mean)
    return effect, influence


def _regress(
    design: Array, observed: Array, names: Sequence[str], outcome_model: OutcomeModel, used: Mask, group: str
) -> Array:
    """Predict for everybody what the outcome would be in one group. Shape (n,)."""
    n, k = int(used.sum()), design.shape[1]
    problems = check_group(design[used, 1:], names, group)
    if n <= k:
        problems = [f"the {group} group has {many(n, 'unit')}; so many covariates need more than {k}"]
    elif outcome_model == "logistic" and np.ptp(observed[used]) == 0:
        problems.append(f"outcome is the same for everybody in the {group} group; take outcome_model='linear'")
    refuse("doubly_robust", problems)
    if outcome_model == "linear":
        return linear(design, observed, used)
    what = f"the chance of the outcome in the {group} group"
    logit, _ = logistic(design, observed == 1, used, names=names, function="doubly_robust", what=what)
    return np.asarray(expit(logit))
