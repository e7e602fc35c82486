"""FDR procedures against SciPy, direct definitions and invariants."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import false_discovery_control

from pathways.calls.multiplicity import benjamini_hochberg, holm

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
