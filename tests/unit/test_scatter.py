"""Random numbers that belong to things: uniform, and the same in any order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.units.scatter import uniform

KEYS = st.lists(st.tuples(*[st.integers(-(2**40), 2**40)] * 3), min_size=1, max_size=30)
SEEDS = st.integers(0, 2**31)


@given(KEYS, SEEDS, st.randoms())
def test_a_number_belongs_to_its_key_in_whatever_company(keys, seed, shuffler):
    together = dict(zip(keys, uniform(np.array(keys), seed), strict=True))
    shuffled = list(keys)
    shuffler.shuffle(shuffled)
    assert [together[key] for key in shuffled] == uniform(np.array(shuffled), seed).tolist()
    assert [together[key] for key in keys] == [uniform(np.array([k]), seed)[0] for k in keys]


@given(KEYS, SEEDS)
def test_numbers_lie_strictly_between_zero_and_one(keys, seed):
    numbers = uniform(np.array(keys), seed)
    assert np.all((numbers > 0) & (numbers < 1))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_numbers_of_neighbouring_keys_are_uniform_and_unrelated(seed):
    x, y = np.meshgrid(np.arange(200), np.arange(200))
    numbers = uniform(np.column_stack([x.ravel(), y.ravel()]), seed)
    counts = np.histogram(numbers, 20, (0, 1))[0]
    chi_squared = float(((counts - 2000) ** 2 / 2000).sum())  # 19 degrees of freedom
    grid = numbers.reshape(200, 200)
    beside = float(np.corrcoef(grid[:, 1:].ravel(), grid[:, :-1].ravel())[0, 1])
    other = float(np.corrcoef(numbers, uniform(np.column_stack([x.ravel(), y.ravel()]), 9))[0, 1])
    print(f"chi squared {chi_squared:.1f}; with the neighbour {beside:.1e}, other seed {other:.1e}")
    assert chi_squared < 44  # exceeded once in a thousand
    assert abs(beside) < 0.02
    assert abs(other) < 0.02


def test_columns_are_told_apart():
    assert uniform(np.array([[1, 2]]), 3) != uniform(np.array([[2, 1]]), 3)
