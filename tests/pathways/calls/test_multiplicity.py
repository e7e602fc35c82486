"""FDR procedures against SciPy, direct definitions and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import false_discovery_control

from pathways.calls.multiplicity import adafilter, benjamini_hochberg, directional_call, holm

p_values = arrays(np.float64, st.integers(1, 60), elements=st.floats(1e-12, 1))


@given(p_values)
def test_bh_is_scipys(p):
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-12)


@given(p_values)
def test_adjusted_p_is_never_below_p_and_keeps_the_order(p):
    for adjust in (benjamini_hochberg, holm):
        q = adjust(p)
        assert (q >= p * (1 - 1e-12)).all()
        order = np.argsort(p, kind="stable")
        assert (np.diff(q[order]) >= 0).all()


def test_untested_sets_stay_out_of_the_family():
    p = np.array([0.01, np.nan, 0.02, np.nan])
    np.testing.assert_allclose(benjamini_hochberg(p)[[0, 2]], false_discovery_control(p[[0, 2]]))
    assert np.isnan(benjamini_hochberg(p)[[1, 3]]).all()
    assert np.isnan(benjamini_hochberg(np.array([np.nan]))).all()


def test_holm_by_hand():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03])), [0.03, 0.06, 0.06])


@given(p_values, st.randoms())
def test_adafilter_against_its_definition(first, random):
    """The q of a hypothesis is the least level at which AdaFilter-BH selects it."""
    second = np.maximum(first, np.array([random.random() for _ in first]))
    q = adafilter(first, second)
    for i in range(len(q)):
        candidates = [
            s * (first <= s).sum() / (second <= s).sum() for s in second if s >= second[i]
        ]
        assert q[i] == pytest.approx(min(1.0, *candidates))


def test_adafilter_q_is_at_most_bh_of_the_larger_p():
    rng = np.random.default_rng(0)
    first, second = np.sort(rng.random((2, 200)), axis=0)
    assert (adafilter(first, second) <= benjamini_hochberg(second) + 1e-12).all()


def one_sided(z):
    from scipy.special import ndtr

    return ndtr(-z), ndtr(z)


def test_directional_call_finds_the_signs():
    z_a = np.array([5.0, 5.0, -5.0, -5.0, 5.0, 0.1])
    z_b = np.array([5.0, -5.0, 5.0, -5.0, 0.2, -0.1])
    call = directional_call(*one_sided(z_a), *one_sided(z_b))
    assert call.sign_a[:4].tolist() == [1, 1, -1, -1]
    assert call.sign_b[:4].tolist() == [1, -1, 1, -1]
    assert (call.q[:4] < 1e-4).all()
    assert (call.q[4:] > 0.2).all()


def test_directional_call_of_untested_sets_is_empty():
    nan = np.array([np.nan, 0.001])
    p = np.array([0.5, 0.001])
    call = directional_call(nan, 1 - nan, p, 1 - p)
    assert np.isnan(call.q[0])
    assert call.sign_a.tolist() == [0, 1]


@pytest.mark.parametrize("share_one", [0.0, 0.3])
def test_directional_call_holds_the_fdr(share_one):
    """No set has a direction in both traits; many have one in the first."""
    rng = np.random.default_rng(3)
    wrong = []
    for _ in range(400):
        z_a, z_b = rng.normal(size=(2, 300))
        z_a += 4 * rng.choice([-1, 1], 300) * (rng.random(300) < share_one)
        call = directional_call(*one_sided(z_a), *one_sided(z_b))
        wrong.append((call.q <= 0.05).any())
    assert np.mean(wrong) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
