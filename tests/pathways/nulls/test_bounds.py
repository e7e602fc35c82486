"""How opposite, or how shared, two activities can still be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.nulls.interval import bound, sign_flip_interval
from pathways.nulls.ragged import Ragged

ENDS = st.tuples(*[st.floats(-2, 2) for _ in range(4)]).map(
    lambda e: (*sorted(e[:2]), *sorted(e[2:]))
)


def of(ends, product):
    return float(bound(*ends, product=product))


@given(ENDS, st.sampled_from([-1, 1]))
def test_it_is_the_largest_pattern_that_the_intervals_hold(ends, product):
    """On a grid: the largest s so that some (a, b) of these directions has both beyond s."""
    low_a, high_a, low_b, high_b = ends
    a = np.linspace(low_a, high_a, 201)[:, None]
    b = product * np.linspace(low_b, high_b, 201)[None, :]
    size = np.maximum(np.minimum(a, b), np.minimum(-a, -b))
    assert of(ends, product) == pytest.approx(max(0.0, size.max()), abs=0.03)


@given(ENDS)
def test_symmetries(ends):
    low_a, high_a, low_b, high_b = ends
    swapped = (low_b, high_b, low_a, high_a)
    turned = (-high_a, -low_a, -high_b, -low_b)
    one_turned = (-high_a, -low_a, low_b, high_b)
    for product in (-1, 1):
        assert of(swapped, product) == of(turned, product) == of(ends, product)
        assert of(one_turned, product) == of(ends, -product)
        assert of(tuple(3 * e for e in ends), product) == pytest.approx(3 * of(ends, product))


def test_missing_intervals_and_clear_directions():
    assert np.isnan(bound(np.nan, np.nan, -1, 1, product=-1))
    assert of((0.1, 0.5, 0.2, 0.9), -1) == 0
    assert of((0.1, 0.5, 0.2, 0.9), 1) == 0.5


def violations(rng, *, product, r, blocks, truth, n, skew=False):
    """Share of sets whose true smaller effect lies beyond the bound of its pattern."""
    members = rng.integers(1, 4, blocks)
    w = members / members.sum()
    x, y = rng.normal(size=(2, n, blocks))
    y = r * x + np.sqrt(1 - r * r) * y
    if skew:  # a tenth of the loci carry most of the variance
        x, y = (v * np.where(rng.random((n, blocks)) < 0.1, 3.0, 0.5) for v in (x, y))
    ends = []
    for noise, shift in ((x, truth[0]), (y, product * truth[1])):
        c = Ragged((np.sqrt(w) * noise + shift * w).ravel(), np.arange(n + 1) * blocks)
        ends += [*sign_flip_interval(c, np.tile(w, n))]
    return float(np.mean(bound(*ends, product=product) < min(truth)))


WORLDS = [
    ("equal", {"r": 0.0, "blocks": 12, "truth": (1.0, 1.0)}),
    ("unequal", {"r": 0.0, "blocks": 12, "truth": (1.0, 4.0)}),
    ("alike", {"r": 0.9, "blocks": 10, "truth": (0.5, 0.5)}),
    ("against", {"r": -0.9, "blocks": 10, "truth": (0.5, 0.5)}),
    ("few loci", {"r": 0.5, "blocks": 6, "truth": (1.0, 1.0)}),
    ("many loci", {"r": 0.5, "blocks": 40, "truth": (2.0, 2.0)}),
    ("heavy loci", {"r": 0.5, "blocks": 14, "truth": (1.0, 1.0), "skew": True}),
    ("barely there", {"r": 0.0, "blocks": 12, "truth": (0.01, 0.01)}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "world"), WORLDS, ids=[name for name, _ in WORLDS])
@pytest.mark.parametrize("product", [-1, 1])
def test_a_true_pattern_is_excluded_in_at_most_one_of_twenty(name, world, product):
    n = 2000
    share = violations(np.random.default_rng(11), product=product, n=n, **world)
    assert share <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / n)


def test_violations_of_one_world():
    share = violations(
        np.random.default_rng(2), product=-1, r=0.0, blocks=9, truth=(1.0, 1.0), n=300
    )
    assert 0.01 < share <= 0.075
