"""Contributions against a plain loop over genes."""

import numpy as np
import pytest

from pathways import load_gene_sets
from pathways.statistics.contributions import Members, contributions


@pytest.fixture(scope="module")
def sets(placed_genes):
    rng = np.random.default_rng(1)
    out = {}
    for k, size in enumerate((5, 20, 80, 3)):
        genes = rng.choice(placed_genes, size, replace=False)
        out[f"set {k}"] = {g: int(rng.choice([-1, 0, 1])) for g in genes}
    out["empty"] = {"NOTAGENE1": 1}
    return load_gene_sets(out)


@pytest.mark.parametrize("traits", [("ALS",), ("ALS", "FTD")])
@pytest.mark.parametrize("scope", ["combined", "cord"])
def test_against_a_loop(small_study, sets, traits, scope):
    view = small_study.universe(traits, scope)
    parts = contributions(view, Members.of(small_study, sets))
    genes = small_study.genes.iloc[view.genes].reset_index(drop=True)
    column = {gene: i for i, gene in enumerate(genes["gene"])}
    for k, pathway in enumerate(sets.pathways):
        rows = sets.table[sets.table["pathway"] == pathway]
        tested = [
            (column[g], r) for g, r in zip(rows["gene"], rows["role"], strict=True) if g in column
        ]
        signed = [(i, r) for i, r in tested if r != 0]
        assert parts.n_tested[k] == len(tested)
        assert parts.n_signed[k] == len(signed)
        for t in range(len(traits)):
            sums, share = {}, {}
            for i, r in signed:
                block = genes["block_code"][i]
                sums[block] = sums.get(block, 0) + r * view.effect[t, i] / len(signed)
                share[block] = share.get(block, 0) + 1 / len(signed)
            run = slice(parts.indptr[k], parts.indptr[k + 1])
            assert parts.block[run].tolist() == sorted(sums)
            np.testing.assert_allclose(parts.values[t, run], [sums[b] for b in sorted(sums)])
            np.testing.assert_allclose(parts.weights[run], [share[b] for b in sorted(sums)])


def test_a_contrast_is_a_weighted_sum(small_study, sets):
    parts = contributions(small_study.universe(("ALS", "FTD")), Members.of(small_study, sets))
    np.testing.assert_allclose(
        parts.combine(np.array([2.0, -1.0])).values, 2 * parts.values[0] - parts.values[1]
    )
