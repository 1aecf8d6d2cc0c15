"""Code is parsed side by side without trouble."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evaltools.batch.code import parse


@pytest.fixture
def crowded():
    """Let threads take turns in the middle of what they do: whenever garbage is looked for, which is often."""

    def let_others(*_):
        time.sleep(0)

    before = gc.get_threshold()
    gc.callbacks.append(let_others)
    gc.set_threshold(50)
    yield
    gc.callbacks.remove(let_others)
    gc.set_threshold(*before)


@pytest.mark.usefixtures("crowded")
def test_threads_do_not_stand_in_each_others_way():
    source = "\n".join(f"a{number} = [f(x, y=[1, {{2: 3}}])]" for number in range(40))
    with ThreadPoolExecutor(8) as pool:
        assert {len(each.body) for each in pool.map(parse, [source] * 100)} == {40}
