"""Toy simulator of TWAS z-scores: real genes and positions, planted effects, no genotypes.

Trait k, tissue t, genes g and h in genomic order::

    z_gkt = sqrt(N_k) * sum_h C_gh (a_hkt + b_hk) + noise_gkt

- ``C``: correlation of predicted expression, see :mod:`twas.simulation.panel`.
- ``a``: polygenic effects, 0 for all but a share of the genes; they correlate ``rg`` between
  traits and ``tissue_correlation`` between tissues.
- ``b``: planted effects, the same in every tissue.
- ``noise``: variance 1, correlation C between genes, ``tissue_correlation`` between tissues,
  ``overlap`` between traits (the bivariate LDSC intercept).

Effects are per sqrt(N): half the log-odds per standard deviation of predicted expression.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from twas.errors import UsageError
from twas.genes import reference
from twas.simulation.panel import (
    PredictedExpression,
    correlation_root,
    draw_models,
    place,
    resolved,
)
from twas.system.arrays import Float

#: Tissues of GTEx v8: frontal cortex, hypothalamus and spinal cord.
TISSUES = (
    "Brain_Frontal_Cortex_BA9",
    "Brain_Hypothalamus",
    "Brain_Spinal_cord_cervical_c-1",
)
#: Columns of :attr:`Simulation.table`, in order.
COLUMNS = (
    "trait",
    "tissue",
    "gene",
    "symbol",
    "chrom",
    "start",
    "end",
    "z",
    "effect_size",
    "var_g",
    "n_snps",
    "n_snps_model",
    "r2",
)


@dataclass(frozen=True)
class Simulation:
    """Simulated TWAS results with their truth.

    Attributes
    ----------
    n_eff
        Effective sample size of each trait.
    tissues
        Names of the tissues.
    table
        One row per trait × tissue × gene with a model, in this order, genes in genomic order;
        columns :data:`COLUMNS`. ``effect_size`` is the log-odds per unit of predicted expression;
        a gene's ``var_g``, ``n_snps``, ``n_snps_model`` and ``r2`` are the same in every trait.
    truth
        One row per planted trait × gene: ``trait gene symbol effect n_tissues`` (tissues in which
        the gene has a model; 0: planted, but invisible).
    """

    n_eff: Mapping[str, float]
    tissues: tuple[str, ...]
    table: pd.DataFrame
    truth: pd.DataFrame


def simulate(
    *,
    n_eff: Mapping[str, float],
    tissues: Sequence[str] = TISSUES,
    planted: Mapping[str, Mapping[str, float]] | None = None,
    genes: Sequence[str] | None = None,
    modelled: float = 0.6,
    unmodelled: Collection[str] = (),
    polygenic: float | Mapping[str, float] = 0.0018,
    causal: float = 0.04,
    rg: ArrayLike = 0.0,
    overlap: ArrayLike = 0.0,
    tissue_correlation: float = 0.7,
    rng: np.random.Generator | int = 0,
) -> Simulation:
    """Simulate the TWAS z-scores of several traits.

    Parameters
    ----------
    n_eff
        Effective sample size of each trait, above 0.
    tissues
        Names of the tissues.
    planted
        Trait → gene (symbol or Ensembl id) → effect per sqrt(N), added to the polygenic effect.
    genes
        Genes with a position, symbols or Ensembl ids; default `panel.candidate_genes`.
    modelled
        Share of the genes with a prediction model in one tissue, in (0, 1].
    unmodelled
        Genes without a model in any tissue.
    polygenic
        Root mean square of ``C @ a`` over genes, of all traits or of each one.
    causal
        Share of the genes with ``a`` other than 0, in (0, 1]; the smaller, the heavier the tails.
    rg, overlap
        Correlation between traits of the effects ``a`` and of the noise: one number for all
        pairs, or a matrix in the order of `n_eff`.
    tissue_correlation
        Correlation between any two tissues, of the effects ``a`` and of the noise.
    rng
        Seed or generator. Genes, models and polygenic effects do not depend on `planted`.

    Raises
    ------
    UsageError
        If a parameter is out of range or names an unknown gene, trait or tissue.
    """
    _check(n_eff, tissues, modelled, causal)
    rng = np.random.default_rng(rng)
    where, truth = place(genes), _truth(planted or {}, n_eff)
    rms, lost = _per_trait(polygenic, n_eff), resolved(unmodelled, "unmodelled")
    across = correlation_root("tissue_correlation", tissue_correlation, len(tissues))
    genetic = correlation_root("rg", rg, len(n_eff)), across
    sampling = correlation_root("overlap", overlap, len(n_eff)), across
    shape = (len(where), len(n_eff), len(tissues))

    expression = PredictedExpression.from_positions(where["chrom"], where["start"], rng=rng)
    models = draw_models(where["gene"], len(tissues), modelled=modelled, unmodelled=lost, rng=rng)
    noise = _mixed(expression.draw(rng, shape), *sampling)
    effects = rms * _mixed(_polygenic(expression, shape, causal, rng), *genetic)
    marginal = expression.marginal(effects + _shifts(truth, where["gene"], n_eff))
    z = _by_trait(np.sqrt(list(n_eff.values()))) * marginal + noise
    truth = truth.assign(n_tissues=_n_tissues(truth["gene"], where["gene"].iloc[models["row"]]))
    return Simulation(dict(n_eff), tuple(tissues), _table(n_eff, tissues, where, models, z), truth)


def _check(
    n_eff: Mapping[str, float], tissues: Sequence[str], modelled: float, causal: float
) -> None:
    if not n_eff or not all(np.isfinite(n) and n > 0 for n in n_eff.values()):
        raise UsageError("n_eff: give at least one trait with an effective sample size above 0")
    if not tissues or len(set(tissues)) < len(tissues):
        raise UsageError("tissues: give at least one name, each once")
    for name, share in (("modelled", modelled), ("causal", causal)):
        if not 0 < share <= 1:
            raise UsageError(f"{name}: give a share above 0 and at most 1, not {share}")


def _per_trait(polygenic: float | Mapping[str, float], traits: Collection[str]) -> Float:
    given = polygenic if isinstance(polygenic, Mapping) else dict.fromkeys(traits, polygenic)
    values = np.array([given.get(trait, np.nan) for trait in traits], dtype=float)
    if set(given) - set(traits) or not (values >= 0).all() or not np.isfinite(values).all():
        raise UsageError("polygenic: give one number, 0 or above, for all traits or for each one")
    return _by_trait(values)


def _by_trait(values: Float) -> Float:
    """Shape one number per trait to fit genes × traits × tissues."""
    return values[None, :, None]


def _mixed(values: Float, traits: Float, tissues: Float) -> Float:
    return np.asarray(np.einsum("gkt,kl,tu->glu", values, traits, tissues))


def _polygenic(
    expression: PredictedExpression,
    shape: tuple[int, ...],
    causal: float,
    rng: np.random.Generator,
) -> Float:
    """Draw effects, independent between traits and tissues, with rms 1 after ``C @``."""
    effects = rng.standard_normal(shape)
    # The same genes matter for every trait and tissue, so that correlations act on sizes only.
    effects *= (rng.random(shape[0]) < causal)[:, None, None]
    return np.asarray(effects / np.sqrt(causal * expression.scores().mean()))


def _truth(planted: Mapping[str, Mapping[str, float]], n_eff: Mapping[str, float]) -> pd.DataFrame:
    if strange := [trait for trait in planted if trait not in n_eff]:
        raise UsageError(f"planted: trait {strange[0]!r} has no n_eff")
    rows = [
        (trait, gene, effect)
        for trait, effects in planted.items()
        for gene, effect in zip(resolved(effects, "planted"), effects.values(), strict=True)
    ]
    truth = pd.DataFrame(rows, columns=["trait", "gene", "effect"]).astype({"effect": float})
    if truth.duplicated(["trait", "gene"]).any() or not np.isfinite(truth["effect"]).all():
        raise UsageError("planted: give each gene of a trait once, with a finite effect")
    symbol = reference.by_gene()["symbol"].reindex(truth["gene"]).to_numpy()
    return truth.assign(symbol=symbol)[["trait", "gene", "symbol", "effect"]]


def _shifts(truth: pd.DataFrame, genes: pd.Series, traits: Collection[str]) -> Float:
    """Return the planted effects as genes × traits × 1."""
    shifts = np.zeros((len(genes), len(traits), 1))
    row = pd.Index(genes).get_indexer(pd.Index(truth["gene"]))
    column = pd.Index(list(traits)).get_indexer(pd.Index(truth["trait"]))
    shifts[row[row >= 0], column[row >= 0], 0] = truth["effect"].to_numpy()[row >= 0]
    return shifts


def _n_tissues(genes: pd.Series, modelled: pd.Series) -> pd.Series:
    return genes.map(modelled.value_counts()).fillna(0).astype(int)


def _table(
    n_eff: Mapping[str, float],
    tissues: Sequence[str],
    where: pd.DataFrame,
    models: pd.DataFrame,
    z: Float,
) -> pd.DataFrame:
    row, tissue = models["row"].to_numpy(), models["tissue"].to_numpy()
    panel = pd.concat([where.iloc[row].reset_index(drop=True), models], axis=1)
    panel["tissue"] = np.array(tissues, dtype=object)[tissue]
    parts = []
    for k, (trait, size) in enumerate(n_eff.items()):
        part = panel.assign(trait=trait, z=z[row, k, tissue])
        # N_eff / 4 is the information of a balanced study on a log-odds.
        part["effect_size"] = 2 * part["z"] / np.sqrt(size * part["var_g"])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]
