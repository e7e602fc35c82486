"""Simulated results → GWAS files and prediction models that give these results.

A model of a tissue has SNPs of its own, with LD between neighbours. SNP z-scores are drawn from
their distribution given that ``Σ w σ z / sqrt(w' Γ w)`` is the gene's simulated z, so imputation
from the files gives the very table of the simulation: z, effect size, variance and counts of SNPs.
Equal simulations give equal files.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from twas.simulation.draw import Simulation
from twas.simulation.files import check_names, digits, gzipped
from twas.system.arrays import Bool, Float, Text

#: Correlation between neighbouring SNPs of a model; it falls with each further SNP.
LD = 0.4
#: Share of palindromic SNPs (A/T, C/G), and rows of the GWAS that no model names.
PALINDROMIC, BESIDE = 0.15, 5000
#: Ids begin here, beyond those of real SNPs.
FIRST_ID = 9_000_000_000
_PLAIN = ("AC", "AG", "CA", "CT", "GA", "GT", "TC", "TG")
_ALIKE = ("AT", "TA", "CG", "GC")


def write_gwas(simulation: Simulation, folder: str | Path, *, rng: int = 0) -> list[Path]:
    """Write a GWAS per trait, and a model with its covariance per tissue.

    Parameters
    ----------
    folder
        Made if it does not exist; ``als.gwas.tsv.gz`` (GWAS-SSF, GRCh38, forward strand, half the
        rows count the other allele), ``models/TISSUE.db`` and ``models/TISSUE.txt.gz``.
    rng
        Seed of SNPs and weights.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    UsageError
        If a trait or tissue cannot name a file.
    """
    check_names(simulation)
    draws = np.random.default_rng(rng)
    home = Path(folder) / "models"
    home.mkdir(parents=True, exist_ok=True)
    traits = list(simulation.n_eff)
    first = simulation.table[simulation.table["trait"] == traits[0]].reset_index(drop=True)
    models = _Models(first, draws)
    paths = []
    for tissue in simulation.tissues:
        rows = np.flatnonzero(first["tissue"] == tissue)
        paths += models.write(home, tissue, rows)
    beside = _beside(len(models.snps), draws)
    for trait in traits:
        z = simulation.table.loc[simulation.table["trait"] == trait, "z"].to_numpy()
        table = _gwas(models, z, beside, simulation.n_eff[trait], draws)
        path = Path(folder) / f"{trait.lower()}.gwas.tsv.gz"
        path.write_bytes(gzipped(table.to_csv(sep="\t", index=False, lineterminator="\n").encode()))
        paths.append(path)
    return paths


class _Models:
    """Weights and SNPs of M models, padded to the K SNPs of the largest: ``(M, K)`` arrays."""

    def __init__(self, table: pd.DataFrame, rng: np.random.Generator) -> None:
        self.table = table
        counts = table["n_snps_model"].to_numpy()
        place = np.arange(counts.max())
        shape = (len(table), len(place))
        self.inside: Bool = place < counts[:, None]
        self.used: Bool = place < table["n_snps"].to_numpy()[:, None]
        self.correlation: Float = LD ** np.abs(place[:, None] - place)
        frequency = rng.uniform(0.05, 0.95, shape)
        self.sd: Float = np.sqrt(2 * frequency * (1 - frequency))
        loading = rng.standard_normal(shape) * self.sd
        spread = _quadratic(loading * self.used, self.correlation)
        # The variance of predicted expression over the used SNPs is that of the simulation.
        loading *= np.sqrt(table["var_g"].to_numpy() / spread)[:, None]
        self.loading: Float = loading
        self.snps = self._snps(frequency, rng)

    def _snps(self, frequency: Float, rng: np.random.Generator) -> pd.DataFrame:
        model, at = np.nonzero(self.inside)
        n = len(model)
        gene = self.table.iloc[model]
        near = gene["start"].to_numpy() + rng.integers(-500_000, 500_000, n)
        alleles = _alleles(n, rng)
        snps = pd.DataFrame(
            {
                "model": model,
                "at": at,
                "chrom": gene["chrom"].to_numpy(),
                "pos": np.maximum(near, 1),
                "ref": alleles[0],
                "eff": alleles[1],
                "frequency": frequency[model, at],
                "rsid": _ids(0, n),
            }
        )
        while (twice := snps.duplicated(["chrom", "pos"])).any():
            snps.loc[twice, "pos"] += 1
        parts = zip(snps["chrom"], snps["pos"], snps["ref"], snps["eff"], strict=True)
        return snps.assign(varID=[f"chr{c}_{p}_{ref}_{eff}_b38" for c, p, ref, eff in parts])

    def z(self, gene_z: Float, rng: np.random.Generator) -> Float:
        """Draw the z of the SNPs given those of the genes, ``(M, K)``."""
        share = self.loading * self.used
        share = share / np.sqrt(_quadratic(share, self.correlation))[:, None]
        noise = rng.standard_normal(share.shape) @ np.linalg.cholesky(self.correlation).T
        missing = gene_z - (share * noise).sum(axis=1)
        return np.asarray(noise + (share @ self.correlation) * missing[:, None])

    def write(self, home: Path, tissue: str, rows: npt.NDArray[np.intp]) -> list[Path]:
        """Write ``TISSUE.db`` and ``TISSUE.txt.gz``."""
        genes = self.table.iloc[rows]
        snps = self.snps[self.snps["model"].isin(rows)]
        model, at = snps["model"].to_numpy(), snps["at"].to_numpy()
        weights = pd.DataFrame(
            {
                "gene": self.table["gene"].to_numpy()[model],
                "rsid": snps["rsid"].to_numpy(),
                "varID": snps["varID"].to_numpy(),
                "ref_allele": snps["ref"].to_numpy(),
                "eff_allele": snps["eff"].to_numpy(),
                "weight": self.loading[model, at] / self.sd[model, at],
            }
        )
        extra = pd.DataFrame(
            {
                "gene": genes["gene"].to_numpy(),
                "genename": genes["symbol"].to_numpy(),
                "n.snps.in.model": genes["n_snps_model"].to_numpy(),
                "pred.perf.R2": genes["r2"].to_numpy(),
                "pred.perf.pval": None,
                "pred.perf.qval": None,
            }
        )
        database, text = home / f"{tissue}.db", home / f"{tissue}.txt.gz"
        database.unlink(missing_ok=True)
        connection = sqlite3.connect(database)
        try:
            weights.to_sql("weights", connection, index=False)
            extra.to_sql("extra", connection, index=False)
            connection.commit()
        finally:
            connection.close()
        text.write_bytes(gzipped(self._covariance(snps).encode()))
        return [database, text]

    def _covariance(self, snps: pd.DataFrame) -> str:
        one = snps.reset_index(drop=True)
        pairs = one.merge(one, on="model", suffixes=("1", "2"))
        pairs = pairs[pairs["at1"] <= pairs["at2"]]
        m, i, j = (pairs[c].to_numpy() for c in ("model", "at1", "at2"))
        value = self.sd[m, i] * self.sd[m, j] * self.correlation[i, j]
        gene = self.table["gene"].to_numpy()[m]
        table = pd.DataFrame({"GENE": gene, "RSID1": pairs["rsid1"], "RSID2": pairs["rsid2"]})
        table["VALUE"] = digits(pd.Series(value, index=table.index), 10)
        return table.to_csv(sep=" ", index=False, lineterminator="\n")


def _quadratic(loading: Float, correlation: Float) -> Float:
    return np.asarray(np.einsum("mi,ij,mj->m", loading, correlation, loading))


def _alleles(n: int, rng: np.random.Generator) -> tuple[Text, ...]:
    alike = rng.random(n) < PALINDROMIC
    pairs = np.where(alike, rng.choice(_ALIKE, n), rng.choice(_PLAIN, n))
    return tuple(np.array([pair[i] for pair in pairs], dtype=object) for i in (0, 1))


def _ids(first: int, n: int) -> list[str]:
    return [f"rs{FIRST_ID + number}" for number in range(first, first + n)]


def _beside(first: int, rng: np.random.Generator) -> pd.DataFrame:
    """SNPs that no model names."""
    ref, eff = _alleles(BESIDE, rng)
    table = pd.DataFrame({"chrom": rng.integers(1, 23, BESIDE).astype(str)})
    return table.assign(
        pos=rng.integers(100_000, 46_000_000, BESIDE),
        ref=ref,
        eff=eff,
        frequency=rng.uniform(0.05, 0.95, BESIDE),
        rsid=_ids(first, BESIDE),
    )


def _gwas(
    models: _Models, gene_z: Float, beside: pd.DataFrame, n_eff: float, rng: np.random.Generator
) -> pd.DataFrame:
    """A GWAS in the columns of GWAS-SSF, sorted by place."""
    known = models.snps[models.used[models.snps["model"], models.snps["at"]]]
    z = models.z(gene_z, rng)[known["model"], known["at"]]
    table = pd.concat([known, beside], ignore_index=True)
    z = np.append(z, rng.standard_normal(len(beside)))
    other_way = rng.random(len(table)) < 0.5
    frequency = np.where(other_way, 1 - table["frequency"], table["frequency"])
    # N_eff / 4 is the information of a balanced study on a log-odds.
    se = digits(pd.Series(2 / np.sqrt(n_eff * 2 * frequency * (1 - frequency))), 7)
    beta = np.where(other_way, -z, z) * se.astype(float)
    out = pd.DataFrame(
        {
            "chromosome": table["chrom"],
            "base_pair_location": table["pos"],
            "effect_allele": table["eff"].where(~other_way, table["ref"]),
            "other_allele": table["ref"].where(~other_way, table["eff"]),
            "beta": digits(pd.Series(beta), 7),
            "standard_error": se,
            "effect_allele_frequency": digits(pd.Series(frequency), 6),
            "p_value": digits(pd.Series(2 * ndtr(-np.abs(z))), 6),
            "rsid": table["rsid"],
            "n_eff": f"{n_eff:.10g}",
        }
    )
    order = table.assign(number=pd.to_numeric(table["chrom"])).sort_values(["number", "pos"]).index
    return out.loc[order]
