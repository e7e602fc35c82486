import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twas.errors import UsageError
from twas.simulation.panel import PredictedExpression, correlation_root

gaps = st.lists(st.integers(0, 2_000_000), min_size=1, max_size=12)


def build(gaps, length=300_000.0, strength=0.75, seed=0):
    """Two chromosomes with the same gaps between genes."""
    start = np.cumsum(gaps)
    chrom = pd.Series(["1"] * len(start) + ["2"] * len(start), dtype=object)
    place = pd.Series(np.append(start, start))
    rng = np.random.default_rng(seed)
    return (
        chrom,
        place,
        PredictedExpression.from_positions(chrom, place, rng=rng, length=length, strength=strength),
    )


def dense(chrom, place, orientation, length, strength):
    """C from its definition, entry by entry."""
    n = len(place)
    matrix = np.eye(n)
    for g in range(n):
        for h in range(n):
            if g != h and chrom[g] == chrom[h]:
                size = strength * np.exp(-abs(place[g] - place[h]) / length)
                matrix[g, h] = orientation[g] * orientation[h] * size
    return matrix


@given(gaps, st.floats(1e4, 1e7), st.floats(0, 1), st.integers(0, 100))
def test_product_and_scores_equal_the_dense_matrix(gaps, length, strength, seed):
    chrom, place, expression = build(gaps, length, strength, seed)
    matrix = dense(chrom, place, expression.orientation, length, strength)
    effects = np.random.default_rng(seed).standard_normal((len(place), 2, 3))
    expected = np.einsum("gh,hkt->gkt", matrix, effects)
    np.testing.assert_allclose(expression.marginal(effects), expected, atol=1e-12)
    np.testing.assert_allclose(expression.scores(), (matrix**2).sum(axis=1), atol=1e-12)


def test_draws_have_the_dense_covariance():
    chrom, place, expression = build([0, 20_000, 0, 150_000, 400_000])
    matrix = dense(chrom, place, expression.orientation, 300_000, 0.75)
    draws = expression.draw(np.random.default_rng(1), (len(place), 200_000))
    # The standard error of an entry is at most sqrt(2 / 200,000) = 0.003.
    np.testing.assert_allclose(draws @ draws.T / 200_000, matrix, atol=0.016)


def test_chromosomes_are_independent():
    _, _, expression = build([0, 1000, 1000])
    effects = np.zeros(6)
    effects[2] = 1.0
    assert (expression.marginal(effects)[3:] == 0).all()


@pytest.mark.parametrize("value", [0.7, 1.0, -0.5, [[1, 0.2, 0], [0.2, 1, -0.9], [0, -0.9, 1]]])
def test_correlation_root_squares_to_the_matrix(value):
    root = correlation_root("rg", value, 3)
    matrix = root @ root
    expected = np.where(np.eye(3) == 1, 1, value) if np.isscalar(value) else np.array(value)
    np.testing.assert_allclose(matrix, expected, atol=1e-12)


@pytest.mark.parametrize(
    "value", [1.1, -0.6, np.nan, [[1, 0.2], [0.2, 1]], np.ones((3, 3)) * 2, [[1, 0, 0]] * 3]
)
def test_impossible_correlations_are_refused(value):
    with pytest.raises(UsageError, match=r"^overlap: "):
        correlation_root("overlap", value, 3)
