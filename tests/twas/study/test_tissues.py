"""Tissue correlation and the combined z."""

import numpy as np
import pytest

from twas.study.tissues import combine, tissue_correlation


def draw(rho, sd=1.0, n=40_000, seed=0):
    r = np.full((3, 3), rho)
    np.fill_diagonal(r, 1.0)
    return sd * np.linalg.cholesky(r) @ np.random.default_rng(seed).normal(size=(3, n))


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7, 0.9])
@pytest.mark.parametrize("sd", [1.0, 1.4])
def test_cutting_z_off_does_not_bias_the_correlation(rho, sd):
    r = tissue_correlation(draw(rho, sd))
    np.testing.assert_allclose(r[np.triu_indices(3, 1)], rho, atol=0.04)


@pytest.mark.parametrize("rho", [0.0, 0.7])
def test_combined_null_z_has_the_sd_of_one_tissue(rho):
    z = draw(rho)
    assert combine(z, tissue_correlation(z)).std() == pytest.approx(1, abs=0.02)


def test_combine_by_hand():
    z = np.array([[1.0, 2.0, np.nan], [3.0, np.nan, np.nan]])
    r = np.array([[1.0, 0.5], [0.5, 1.0]])
    np.testing.assert_allclose(combine(z, r), [4 / np.sqrt(3), 2.0, np.nan])


def test_few_common_genes_take_the_mean_of_the_other_pairs():
    z = draw(0.6, n=2000)
    z[2, 30:] = np.nan
    r = tissue_correlation(z)
    assert r[0, 2] == r[1, 2] == pytest.approx(r[0, 1])
