"""MSER-5 by hand, and on a series that starts far from where it settles."""

from __future__ import annotations

import numpy as np

from twin.metrics.warm_up import mser5


def by_the_book(values: list[float]) -> int:
    """The rule written out: batch means, and for every cut the squared standard error of what is left."""
    means = [sum(values[k : k + 5]) / 5 for k in range(0, len(values) - 4, 5)]
    errors = []
    for cut in range(len(means) // 2 + 1):
        left = means[cut:]
        middle = sum(left) / len(left)
        errors.append(sum((mean - middle) ** 2 for mean in left) / len(left) ** 2)
    return 5 * errors.index(min(errors))


def test_a_hand_example() -> None:
    # Batch means 10, 6, 2, 1, 3, 2, 1, 3, 2, 2: from the third on they only shake.
    values = np.repeat([10.0, 6.0, 2.0, 1.0, 3.0, 2.0, 1.0, 3.0, 2.0, 2.0], 5)
    assert mser5(values) == by_the_book(values.tolist()) == 10


def test_a_series_that_settles_is_cut_where_the_book_says() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        values = 40 * np.exp(-np.arange(600) / 30) + rng.normal(size=600)
        assert mser5(values) == by_the_book(values.tolist())
        assert 60 <= by_the_book(values.tolist()) < 300


def test_what_has_settled_is_hardly_cut_and_what_never_does_is_told() -> None:
    assert mser5(np.full(100, 3.0)) == 0
    assert mser5(np.arange(500.0)) is None
    assert mser5(np.arange(9.0)) is None
