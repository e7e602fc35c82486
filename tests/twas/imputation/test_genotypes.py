"""Imputation against the long way: genotypes, predicted expression, and its regression."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import world

from twas.imputation.imputation import impute

PEOPLE, REFERENCE, GENES, LENGTH = 2000, 1000, 60, 10_000_000


def genotypes(seed):
    """Dosages of people × common SNPs of a coalescent, alleles A (ancestral) and G (derived)."""
    msprime = pytest.importorskip("msprime")
    trees = msprime.sim_ancestry(
        samples=PEOPLE + REFERENCE,
        sequence_length=LENGTH,
        recombination_rate=1e-8,
        population_size=10_000,
        random_seed=seed,
        model=[msprime.DiscreteTimeWrightFisher(duration=30), msprime.StandardCoalescent()],
    )
    trees = msprime.sim_mutations(
        trees, rate=5e-10, model=msprime.BinaryMutationModel(), random_seed=seed
    )
    alleles = trees.genotype_matrix()
    dosage = (alleles[:, ::2] + alleles[:, 1::2]).T.astype(float)
    frequency = dosage.mean(axis=0) / 2
    return dosage[:, (frequency > 0.05) & (frequency < 0.95)]


@pytest.mark.slow
def test_z_is_that_of_predicted_expression_in_individuals(tmp_path):
    rng = np.random.default_rng(1)
    dosage = genotypes(1)
    n_snps = dosage.shape[1]
    assert n_snps > 500
    people, panel = dosage[:PEOPLE], dosage[PEOPLE:]
    starts = np.linspace(0, n_snps - 20, GENES).astype(int)
    models = [(start + rng.choice(20, 6, replace=False), rng.normal(size=6)) for start in starts]
    # A trait on a few genes and on SNPs of its own.
    causal = sum(people[:, at] @ w * 0.05 * rng.normal() for at, w in models[::5])
    trait = causal + people[:, rng.choice(n_snps, 50)] @ rng.normal(0, 0.1, 50)
    trait = trait + rng.normal(0, 2 * trait.std(), PEOPLE)
    centred, y = people - people.mean(axis=0), trait - trait.mean()
    beta = centred.T @ y / (centred**2).sum(axis=0)
    residual = ((y[:, None] - centred * beta) ** 2).sum(axis=0)
    se = np.sqrt(residual / (PEOPLE - 2) / (centred**2).sum(axis=0))
    # Half the rows count the other allele, and all are written on the other strand.
    swapped = rng.random(n_snps) < 0.5
    gwas = pd.DataFrame(
        {
            "SNP": [f"rs{i}" for i in range(n_snps)],
            "effect_allele": np.where(swapped, "T", "C"),
            "other_allele": np.where(swapped, "C", "T"),
            "beta": np.where(swapped, -beta, beta),
            "se": se,
        }
    )
    rows, covariances = [], []
    for number, (at, w) in enumerate(models):
        for snp, weight in zip(at, w, strict=True):
            name = f"chr1_{snp + 1}_A_G_b38"
            rows.append((f"ENSG{number:011d}", f"rs{snp}", name, "A", "G", weight))
        covariances.append(np.cov(panel[:, at].T))
    columns = ["gene", "rsid", "varID", "ref_allele", "eff_allele", "weight"]
    weights = pd.DataFrame(rows, columns=columns)
    path = world.write_model(tmp_path / "m", weights, covariances)
    result = impute({"A": world.write_gwas(tmp_path / "a.tsv", gwas)}, path)[0]
    ours = result.tables["Brain_Cortex"].set_index("gene")["zscore"]
    theirs = []
    for at, w in models:
        x = centred[:, at] @ w
        slope = x @ y / (x @ x)
        theirs.append(slope / np.sqrt(((y - slope * x) ** 2).sum() / (PEOPLE - 2) / (x @ x)))
    theirs = np.array(theirs)
    assert len(ours) == GENES
    assert np.abs(theirs).max() > 3
    correlation = np.corrcoef(ours, theirs)[0, 1]
    assert correlation > 0.99  # 0.9998; the rest is the panel's sample covariance
    strong = np.abs(theirs) > 2
    assert (np.sign(ours[strong]) == np.sign(theirs[strong])).all()
    assert np.polyfit(theirs, ours, 1)[0] == pytest.approx(1, abs=0.05)
