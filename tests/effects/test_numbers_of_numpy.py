"""Numbers of numpy are narrow: a sum of two small integers can leave their range. They are taken as Python's."""

from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest

from evaltools import effects

i8, i32, f16, f32 = np.int8, np.int32, np.float16, np.float32
CALLS = [
    (effects.proportion, (i8(100), i8(120)), {"level": f32(0.9)}),
    (effects.risk_difference, (i8(100), i8(120), i8(90), i8(127)), {"level": f16(0.9)}),
    (effects.risk_difference, (i8(100), i8(120), i8(90), i8(127)), {"method": "miettinen_nurminen", "level": f16(0.9)}),
    (effects.number_needed_to_treat, (i8(100), i8(120), i8(90), i8(127)), {"level": f16(0.9)}),
    (effects.risk_ratio, (i8(100), i8(120), i8(90), i8(127)), {"level": f16(0.9)}),
    (effects.odds_ratio, (i8(100), i8(120), i8(90), i8(127)), {"level": f16(0.9)}),
    (effects.odds_ratio, (i8(100), i8(120), i8(90), i8(127)), {"method": "conditional", "level": f16(0.9)}),
    (effects.cohens_h, (i8(100), i8(120), i8(90), i8(127)), {"level": f16(0.9)}),
    (effects.mean_difference, ([1, 2, 4], [3, 5]), {"level": f16(0.9)}),
    (effects.hedges_g, ([1, 2, 4], [3, 5]), {"level": f16(0.9)}),
    (effects.probability_of_superiority, ([1, 2, 4], [3, 5]), {"level": f16(0.9)}),
    (effects.cliffs_delta, ([1, 2], [3, 5]), {"level": f16(0.9)}),
    (effects.paired_change, ([1, 2, 4], [3, 5, 4]), {"level": f16(0.9)}),
    (effects.pool, ([1, 2, 4], [3, 5, 4]), {"level": f16(0.9)}),
    (effects.indirect_standardisation, (i8(127), f16(3)), {"level": f16(0.9)}),
    (effects.e_value, (f16(3.9),), {"lower": f16(1.8), "upper": f32(np.inf)}),
    (effects.rosenbaum_bounds, (i8(100), i8(100)), {"level": f16(0.9)}),
    (effects.break_even_deadweight, (i32(253_000), i32(100_000), i32(30_000)), {}),
    (effects.overlap_bounds, (np.array([100, 120, 90], dtype=i8), i8(127)), {}),
    (effects.missing_outcome_bounds, (i8(30), i8(100), i8(100)), {"level": f16(0.9)}),
    (
        effects.missing_outcome_difference_bounds,
        (i8(30), i8(100), i8(100), i8(20), i8(100), i8(100)),
        {"level": f16(0.9)},
    ),
    (effects.minimum_detectable_difference, (f16(0.14), i8(127), i8(120)), {"power": f16(0.8), "level": f16(0.9)}),
    (effects.sample_size, (f16(0.25), f16(0.07)), {"ratio": i8(2), "power": f16(0.8), "level": f16(0.9)}),
]


def as_python(value):
    return value.item() if isinstance(value, np.generic) else value.tolist() if isinstance(value, np.ndarray) else value


def parts(found):
    """Values of a result, those of the results within it too; a table as lists."""
    if is_dataclass(found):
        return [part for field in fields(found) for part in parts(getattr(found, field.name))]
    if isinstance(found, pd.DataFrame):
        return [value for column in found for value in found[column].tolist()]
    return [found]


@pytest.mark.parametrize(
    ("function", "arguments", "options"), [pytest.param(*call, id=call[0].__name__) for call in CALLS]
)
def test_numbers_of_numpy_give_what_those_of_python_give(function, arguments, options):
    expected = function(*map(as_python, arguments), **{name: as_python(value) for name, value in options.items()})
    found = parts(function(*arguments, **options))
    assert found == parts(expected)
    assert {type(part) for part in found} <= {int, float, str, type(None)}
