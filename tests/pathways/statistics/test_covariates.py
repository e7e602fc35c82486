"""Covariates against plain loops."""

import numpy as np
import pandas as pd
import pytest

from pathways.statistics.covariates import design, gene_density, residuals
from twas import Study, Trait


def test_gene_density_counts_the_genes_within_reach():
    rng = np.random.default_rng(0)
    chrom = np.repeat([3, 0, 7], [40, 30, 1])  # codes in any order, runs of one chromosome
    start = np.concatenate([np.sort(rng.integers(0, 10_000_000, n)) for n in (40, 30, 1)])
    expected = [
        sum(c == d and abs(s - t) <= 1_000_000 for d, t in zip(chrom, start, strict=True))
        for c, s in zip(chrom, start, strict=True)
    ]
    assert gene_density(chrom, start).tolist() == expected
    assert gene_density(np.zeros(0, dtype=int), np.zeros(0, dtype=int)).tolist() == []


@pytest.fixture(scope="module")
def covered(placed_genes):
    """A trait with covariates, some of them missing, in two tissues."""
    rng = np.random.default_rng(1)
    genes = placed_genes[:600]
    frame = pd.DataFrame(
        {
            "gene": genes * 2,
            "tissue": ["cord"] * 600 + ["cortex"] * 600,
            "z": rng.normal(size=1200),
            "var_g": rng.gamma(1.0, size=1200),
            "n_snps": rng.integers(1, 5, 1200),
            "n_snps_model": rng.integers(1, 5, 1200),
        }
    )
    frame.loc[::11, "var_g"] = np.nan
    frame = frame[(frame["tissue"] == "cord") | (frame.index % 3 > 0)]
    return Study.from_traits([Trait.from_frame(frame, name="ALS")])


def columns(study, scope):
    view = study.universe(("ALS",), scope)
    density = np.arange(len(view.genes)) + 1
    return view, design(view, study, view.genes, density)


def test_columns_are_standardised_and_follow_the_scope(covered):
    view, x = columns(covered, "combined")
    # 1; log var_g, indicator; log SNPs used; of the model; tissues; density; square of log var_g.
    # No r2 in this trait; with missing var_g in a few genes only where no tissue has it.
    table = covered.members[0].table
    log_var = np.log(table["var_g"]).groupby(table["gene"]).mean()
    log_var = log_var.reindex(covered.genes["gene"].to_numpy()[view.genes]).to_numpy()
    known = np.isfinite(log_var)
    assert 0 < (~known).sum() < 60
    np.testing.assert_array_equal(x[:, 0], 1.0)
    expected = (log_var - log_var[known].mean()) / log_var[known].std()
    np.testing.assert_allclose(x[known, 1], expected[known], atol=1e-12)
    np.testing.assert_array_equal(x[~known, 1], 0.0)
    np.testing.assert_array_equal(x[:, 2], ~known)
    assert x.shape[1] == 8
    np.testing.assert_allclose(
        x[known, 7], (lambda q: (q - q.mean()) / q.std())(expected[known] ** 2)
    )
    one_tissue = columns(covered, "cord")[1]
    np.testing.assert_array_equal(one_tissue[:, 5], 0.0)  # one tissue each: no information
    assert len(one_tissue) == 600


def test_residuals_are_orthogonal_to_the_design(covered):
    view, x = columns(covered, "combined")
    y = np.abs(view.z[0])
    left = residuals(y, x)
    np.testing.assert_allclose(x.T @ left, 0.0, atol=1e-8)
    again = residuals(left, np.column_stack([x, x[:, 1]]))  # of any rank
    np.testing.assert_allclose(again, left, atol=1e-10)
