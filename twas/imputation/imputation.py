"""GWAS and models → z-scores of genes, with an account of every SNP."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from twas.errors import UsageError
from twas.imputation.blocks import require_arrow
from twas.imputation.effects import Gwas, interpret, with_n_eff
from twas.imputation.files import find_gwas, find_models
from twas.imputation.gwas import Rows, Wanted, read_gwas
from twas.imputation.kernel import associate, control_variance
from twas.imputation.matching import Match, match
from twas.imputation.models import Model, Models, read_models
from twas.imputation.shares import QUALITY, check_share, quality_row
from twas.quality import QualityFact, QualityReport
from twas.traits.n_eff import parse_n_eff

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Imputed:
    """The genes of one trait.

    Attributes
    ----------
    name
        Name of the trait.
    tables
        Tissue → one row per gene with a used SNP, in the columns of S-PrediXcan, by gene; with
        ``phi`` and ``zscore_controlled`` where models hold φ and a heritability was given.
    quality_table
        One row per tissue, columns :data:`twas.imputation.shares.QUALITY`.
    gwas, match, models
        What it was computed from.
    heritability
        As given.
    quality
        What was read, left out and guessed.
    """

    name: str
    tables: Mapping[str, pd.DataFrame]
    quality_table: pd.DataFrame
    gwas: Gwas
    match: Match
    models: Models
    heritability: float | None
    quality: QualityReport


def impute(
    gwas: Mapping[str, str | Path | Sequence[str | Path]],
    models: str | Path | Sequence[str | Path],
    *,
    covariances: str | Path | Sequence[str | Path] | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    n_eff: Mapping[str, float | str] | None = None,
    heritability: Mapping[str, float] | None = None,
    min_used: float = 0.5,
    progress: Progress = lambda _: None,
) -> list[Imputed]:
    """Impute the z-scores of genes from GWAS summary statistics.

    Parameters
    ----------
    gwas
        Trait → the file, or files, of its GWAS.
    models
        PredictDB ``.db`` files, folders or quoted globs.
    covariances
        Their covariance files, if they do not lie beside them.
    columns
        Trait → canonical column → name in its files, for unusual names.
    n_eff
        Trait → effective sample size, or ``"cases/controls"``; else what the file states.
    heritability
        Trait → SNP heritability on the scale of the GWAS: adds ``zscore_controlled``.
    min_used
        Share of a tissue's SNPs that must be used, 0 to 1.
    progress
        Called with a phrase at the start of each step.

    Returns
    -------
    list of Imputed
        One per trait, in the order given.

    Raises
    ------
    DataError
        If a file cannot be used, or too few SNPs are.
    UsageError
        If a parameter has an impossible value, or pyarrow is not installed.
    """
    require_arrow()
    _check_parameters(gwas, columns, n_eff, heritability, min_used)
    paths = {name: find_gwas(_listed(given)) for name, given in gwas.items()}
    files = find_models(models, covariances)
    progress("reading models")
    read = read_models(files)
    wanted = Wanted(
        ids=frozenset(read.variants["rsid"]) - {"", "."},
        places=read.variants["place"].to_numpy(dtype=np.int64),
    )
    out = []
    for name, own in paths.items():
        progress(f"reading the GWAS of {name}")
        rows = read_gwas(own, wanted, (columns or {}).get(name))
        size = parse_n_eff((n_eff or {}).get(name))
        h2 = (heritability or {}).get(name)
        out.append(impute_one(name, rows, read, n_eff=size, heritability=h2, min_used=min_used))
    return out


def impute_one(
    name: str,
    rows: Rows,
    models: Models,
    *,
    n_eff: float | None = None,
    heritability: float | None = None,
    min_used: float = 0.5,
) -> Imputed:
    """Impute one trait from the rows of its GWAS; see :func:`impute`."""
    gwas = with_n_eff(interpret(rows), n_eff)
    found = match(gwas, models)
    facts = [*gwas.facts, *found.facts, *(fact for m in models.models for fact in m.facts)]
    tables, shares = {}, []
    for model in models.models:
        share = quality_row(name, model, found)
        check_share(share, model, gwas, found, models, min_used)
        table, own = _associations(model, gwas, found, heritability)
        shares.append({**share, **own})
        tables[model.tissue] = table
    facts += _sample_size_facts(name, gwas)
    return Imputed(
        name=name,
        tables=tables,
        quality_table=pd.DataFrame(shares)[list(QUALITY)],
        gwas=gwas,
        match=found,
        models=models,
        heritability=heritability,
        quality=QualityReport(tuple(facts)),
    )


def _associations(
    model: Model, gwas: Gwas, found: Match, heritability: float | None
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the table of one tissue, and its counts of genes."""
    at, genes = model.variant, model.genes
    z, beta = found.z[at], found.beta[at]
    result = associate(model.gene, model.weight, model.covariance, z, beta, len(genes))
    table = pd.DataFrame(
        {
            "gene": genes["gene"],
            "gene_name": genes["gene_name"],
            "zscore": result.z,
            "effect_size": result.effect,
            "pvalue": [math.erfc(abs(z) / math.sqrt(2)) for z in result.z.tolist()],
            "var_g": result.variance,
            "pred_perf_r2": genes["pred_perf_r2"],
            "pred_perf_pval": genes["pred_perf_pval"],
            "pred_perf_qval": genes["pred_perf_qval"],
            "n_snps_used": result.n_used,
            "n_snps_in_cov": result.n_in_covariance,
            "n_snps_in_model": result.n_in_model,
        }
    )
    if heritability is not None and gwas.n and genes["phi"].notna().any():
        phi = genes["phi"].to_numpy(dtype=np.float64)
        table["phi"] = phi
        table["zscore_controlled"] = control_variance(result.z, phi, gwas.n, heritability)
    shown = np.isfinite(result.z)
    counts = {
        "genes": len(genes),
        "genes_with_z": int(shown.sum()),
        "genes_without_snps": int((result.n_used == 0).sum()),
        "genes_not_varying": int(((result.n_used > 0) & ~shown).sum()),
    }
    return table[shown].sort_values("gene", ignore_index=True), counts


def _sample_size_facts(name: str, gwas: Gwas) -> list[QualityFact]:
    if gwas.n_eff is None:
        message = "the GWAS states no sample size; give n_eff, or effects are on no common scale"
        return [QualityFact("warning", name, "n_eff_unknown", 0, message)]
    if gwas.n_eff_from == "N of the file":
        message = (
            f"N_eff is taken as N of the file, {gwas.n_eff:,.0f}; if the trait is case–control and "
            "N counts people, give cases/controls as n_eff"
        )
        return [QualityFact("warning", name, "n_eff_is_n", 0, message)]
    message = f"N_eff is {gwas.n_eff:,.0f} ({gwas.n_eff_from})"
    return [QualityFact("fact", name, "n_eff", 0, message)]


def _listed(given: str | Path | Sequence[str | Path]) -> list[str | Path]:
    return [given] if isinstance(given, (str, Path)) else list(given)


def _check_parameters(
    gwas: Mapping[str, object],
    columns: Mapping[str, object] | None,
    n_eff: Mapping[str, object] | None,
    heritability: Mapping[str, float] | None,
    min_used: float,
) -> None:
    if not gwas:
        raise UsageError("gwas: no trait given")
    for parameter, given in (("columns", columns), ("n_eff", n_eff), ("h2", heritability)):
        for name in given or {}:
            if name not in gwas:
                raise UsageError(f"{parameter} names trait {name!r}; there are {', '.join(gwas)}")
    for name, h2 in (heritability or {}).items():
        if not 0 <= h2 <= 1:
            raise UsageError(f"h2 of {name}: give a heritability from 0 to 1, not {h2:g}")
    if not 0 <= min_used <= 1:
        raise UsageError(f"min_used: give a share from 0 to 1, not {min_used:g}")
    seen: dict[str, str] = {}
    for name in gwas:
        if not name.strip(". ") or any(sign in name for sign in '/\\:*?"<>|\0\n\r\t'):
            raise UsageError(f"trait {name!r} cannot name a folder; use letters, digits, '-', '_'")
        if other := seen.get(name.lower()):
            raise UsageError(f"traits {other!r} and {name!r} differ in case only; rename one")
        seen[name.lower()] = name
