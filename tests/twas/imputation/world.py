"""A small world of models and GWAS, and the long way to its z-scores, gene by gene."""

import gzip
import sqlite3

import numpy as np
import pandas as pd

PAIRS = ("AG", "CT", "AC", "GT", "GA", "TC", "CA", "TG", "AT", "CG", "TA", "GC")
TURN = str.maketrans("ACGT", "TGCA")


def draw(seed=0, genes=30, snps=4, palindromic=True):
    """Draw models (weights, covariance) and a GWAS that counts the models' effect allele."""
    rng = np.random.default_rng(seed)
    pairs = PAIRS if palindromic else PAIRS[:8]
    rows, covariances, n = [], [], 0
    for g in range(genes):
        k = 1 + rng.integers(snps)
        root = rng.normal(size=(k, k + 2))
        covariance = root @ root.T / (k + 2)
        for _ in range(k):
            ref, eff = pairs[rng.integers(len(pairs))]
            chrom, pos = 1 + g % 22, 1_000_000 + 1000 * n
            rows.append((f"ENSG{g:011d}", f"rs{100 + n}", f"chr{chrom}_{pos}_{ref}_{eff}_b38", ref))
            rows[-1] += (eff, rng.normal(), chrom, pos)
            n += 1
        covariances.append(covariance)
    columns = ["gene", "rsid", "varID", "ref_allele", "eff_allele", "weight", "chrom", "pos"]
    weights = pd.DataFrame(rows, columns=columns)
    z = rng.normal(size=n)
    se = rng.uniform(0.01, 0.02, n)
    gwas = pd.DataFrame(
        {
            "chromosome": weights["chrom"],
            "base_pair_location": weights["pos"],
            "effect_allele": weights["eff_allele"],
            "other_allele": weights["ref_allele"],
            "beta": z * se,
            "standard_error": se,
            "rsid": weights["rsid"],
            "n": 1000,
        }
    )
    return weights, covariances, gwas


def write_model(folder, weights, covariances, *, name="Brain_Cortex", key="rsid", extra=None):
    """Write a PredictDB model and its covariance."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.db"
    genes = pd.unique(weights["gene"])
    if extra is None:
        extra = pd.DataFrame({"gene": genes, "genename": [f"G{i}" for i in range(len(genes))]})
    connection = sqlite3.connect(path)
    columns = ["gene", "rsid", "varID", "ref_allele", "eff_allele", "weight"]
    weights[columns].to_sql("weights", connection, index=False)
    extra.to_sql("extra", connection, index=False)
    connection.close()
    lines = ["GENE RSID1 RSID2 VALUE"]
    for gene, covariance in zip(genes, covariances, strict=True):
        ids = weights.loc[weights["gene"] == gene, key].tolist()
        for i, one in enumerate(ids):
            lines += [f"{gene} {one} {ids[j]} {covariance[i, j]!r}" for j in range(i, len(ids))]
    text = "\n".join(lines).replace("np.float64(", "").replace(")", "") + "\n"
    (folder / f"{name}.txt.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    return path


def write_gwas(path, gwas):
    """Write a GWAS, tab-separated, every digit."""
    gwas.to_csv(path, sep="\t", index=False)
    return path


def long_way(weights, covariances, z_of):
    """z by gene, from its definition; `z_of` is rsid → z of the model's effect allele."""
    found = {}
    for gene, covariance in zip(pd.unique(weights["gene"]), covariances, strict=True):
        own = weights[weights["gene"] == gene].reset_index(drop=True)
        at = [i for i, name in enumerate(own["rsid"]) if name in z_of]
        if not at:
            continue
        w = own["weight"].to_numpy()[at]
        part = covariance[np.ix_(at, at)]
        z = np.array([z_of[own["rsid"][i]] for i in at])
        found[gene] = (w * np.sqrt(np.diag(part))) @ z / np.sqrt(w @ part @ w)
    return found


def turned(allele):
    """The allele on the other strand."""
    return allele[::-1].translate(TURN)
