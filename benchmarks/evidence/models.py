"""Expression models trained on the panel, and what is true about them in the population.

Each gene has one to three cis-eQTLs near its real start, in part shared with the gene before it;
expression is simulated in the panel and a model of one to four variants is trained on it (many
have one). A gene without a variant at `MIN_Z` in a tissue has no model there. z of a model is
S-PrediXcan's ``z_g = sum_s w_s sd_s z_s / sd_g`` with ``sd`` of the panel, so with the
population's genotypes ``X`` and ``G = X V``, ``V`` the columns ``w sd / sd_g``, and summary
statistics ``z = sqrt(N) R beta + noise``, ``R = X'X / n``, it is exactly

``z_G = sqrt(N) (G'X / n) beta + noise of covariance G'G / n``:

thousands of replicates cost products of small matrices, and the true correlation of genes is known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.evidence import genotypes, parallel
from benchmarks.evidence.genotypes import Genotypes, Piece
from twas.simulation.panel import place
from twas.system.arrays import Float, Int

Float32 = NDArray[np.float32]

TISSUES = ("tissue 1", "tissue 2", "tissue 3")
#: Variants up to this distance from the start of a gene may regulate it, in bases.
CIS = 250_000
#: |z| at which the first variant, and each further one, enters a model.
MIN_Z, FURTHER_Z = 3.9, 2.5
#: Cis-variants considered per gene.
MAX_CIS = 200
#: Share of genes whose first eQTL is that of the gene before, and of those with the same sign.
SHARED, SAME_SIGN = 0.3, 0.6
#: Share of models that stop at one variant.
SINGLE = 0.5
#: Every so many bases one variant may be causal for the traits directly.
POLYGENIC_STEP = 20_000


@dataclass(frozen=True)
class Region:
    """Models of one piece and what the population says of them.

    Attributes
    ----------
    gene
        Ensembl ids of the genes with a model, shape ``(g,)``.
    row, tissue
        Gene (row of `gene`) and tissue of each model, shape ``(m,)``.
    n_snps
        Variants in each model.
    root
        ``L`` with ``L L' = G'G / n``: the correlation of the models' z, ``(m, k)``.
    expression
        ``G'E / n``, ``E`` the true standardised expression (mean of tissues), ``(m, g)``.
    variants
        ``G'X / n`` for the variants that may be causal, ``(m, s)``.
    """

    gene: NDArray[np.str_]
    row: Int
    tissue: Int
    n_snps: Int
    root: Float32
    expression: Float32
    variants: Float32


def load(chromosomes: tuple[str, ...], cache: Path, *, processes: int = 2) -> list[Region]:
    """Regions of whole chromosomes, from `cache` where they are there already."""
    genes = place(None)
    jobs = []
    for chrom in chromosomes:
        here = genes[genes["chrom"] == chrom]
        for piece in genotypes.pieces(chrom, int(here["end"].max()) + genotypes.HOT_DISTANCE):
            inside = here["start"].between(piece.start, piece.end, inclusive="left")
            if inside.any():
                jobs.append((piece, here[inside], cache))
    cache.mkdir(parents=True, exist_ok=True)
    with parallel.pool(processes) as pool:
        found = list(pool.map(_cached, *zip(*jobs, strict=True)))
    return [region for region in found if len(region.row)]


def _cached(piece: Piece, genes: pd.DataFrame, cache: Path) -> Region:
    path = cache / f"{piece.chrom}-{piece.start}-{_version()}.npz"
    if not path.exists():
        made = build(piece, genes)
        np.savez(path, **{f.name: getattr(made, f.name) for f in fields(Region)})
    with np.load(path) as kept:
        return Region(**{name: kept[name] for name in kept.files})


def _version() -> str:
    """Changes with the code that makes a region, so that no old one is taken for a new one."""
    files = (Path(genotypes.__file__), Path(__file__))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def build(piece: Piece, genes: pd.DataFrame) -> Region:
    """Simulate the people of a piece and train the models of its genes (columns gene, start)."""
    people = genotypes.simulate(piece)
    rng = np.random.default_rng(piece.seed)
    truth = _eqtls(people, genes["start"].to_numpy(dtype=np.int64), rng)
    trained = [_train(people, cis, effects, rng) for cis, effects in truth]
    has_model = [k for k, models in enumerate(trained) if any(len(m[0]) for m in models)]
    rows, tissues, counts, predicted, expressed = [], [], [], [], []
    for number, k in enumerate(has_model):
        cis, effects = truth[k]
        true = (people.population[:, cis] @ effects).mean(axis=1)
        expressed.append(true / true.std())
        for tissue, (snps, weights) in enumerate(trained[k]):
            if len(snps):
                panel_sd = (people.panel[:, snps] @ weights).std()
                predicted.append(people.population[:, snps] @ weights / panel_sd)
                rows.append(number)
                tissues.append(tissue)
                counts.append(len(snps))
    if not rows:
        empty = np.zeros((0, 0), dtype=np.float32)
        none = np.zeros(0, dtype=np.int64)
        return Region(np.zeros(0, dtype="U1"), none, none, none, empty, empty, empty)
    n = len(people.population)
    g = np.stack(predicted, axis=1)
    return Region(
        gene=genes["gene"].to_numpy(dtype="U20")[has_model],
        row=np.array(rows),
        tissue=np.array(tissues),
        n_snps=np.array(counts),
        root=_root(g.T @ g / n),
        expression=np.asarray(g.T @ np.stack(expressed, axis=1) / n, dtype=np.float32),
        variants=np.asarray(g.T @ people.population[:, _spread(people)] / n, dtype=np.float32),
    )


def _spread(people: Genotypes) -> Int:
    """One variant every `POLYGENIC_STEP` bases."""
    steps = people.position // POLYGENIC_STEP
    return np.flatnonzero(np.diff(steps, prepend=-1))


def _root(correlation: Float32) -> Float32:
    values, vectors = np.linalg.eigh(correlation.astype(np.float64))
    keep = values > 1e-8 * values.max()
    return np.asarray(vectors[:, keep] * np.sqrt(values[keep]), dtype=np.float32)


def _eqtls(people: Genotypes, starts: Int, rng: np.random.Generator) -> list[tuple[Int, Float]]:
    """Per gene: cis-variants (columns of the genotypes) and their true effects by tissue."""
    out: list[tuple[Int, Float]] = []
    for start in starts:
        low, high = np.searchsorted(people.position, [start - CIS, start + CIS])
        cis = np.arange(low, high)[:: max(1, -(-(high - low) // MAX_CIS))]
        effects = np.zeros((len(cis), len(TISSUES)))
        if len(cis):
            n_causal = min(len(cis), int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2])))
            causal = rng.choice(len(cis), n_causal, replace=False)
            own = rng.standard_normal((n_causal, len(TISSUES)))
            effect = 0.95 * rng.standard_normal((n_causal, 1)) + 0.3 * own
            effects[causal] = effect * (rng.random(effect.shape) < 0.8)
            if out and rng.random() < SHARED:
                cis, effects = _with_neighbour(cis, effects, out[-1], rng)
        out.append((cis, effects))
    return out


def _with_neighbour(
    cis: Int, effects: Float, before: tuple[Int, Float], rng: np.random.Generator
) -> tuple[Int, Float]:
    """Make the strongest eQTL of the gene before the strongest of this one too."""
    if not len(before[0]):
        return cis, effects
    strongest = np.abs(before[1]).sum(axis=1).argmax()
    variant = before[0][strongest]
    if not cis[0] <= variant <= cis[-1]:
        return cis, effects
    mine = np.union1d(cis, [variant])
    moved = np.zeros((len(mine), effects.shape[1]))
    moved[np.searchsorted(mine, cis)] = 0.5 * effects
    sign = 1 if rng.random() < SAME_SIGN else -1
    moved[np.searchsorted(mine, variant)] += sign * before[1][strongest]
    return mine, moved


def _train(
    people: Genotypes, cis: Int, effects: Float, rng: np.random.Generator
) -> list[tuple[Int, Float]]:
    """Simulate expression of a gene in the panel; variants and weights of its model by tissue."""
    if not effects.any():
        return [(np.zeros(0, dtype=np.int64), np.zeros(0))] * len(TISSUES)
    x = people.panel[:, cis].astype(np.float64)
    most = 1 if rng.random() < SINGLE else 4
    heritability = np.clip(np.exp(rng.normal(np.log(0.05), 0.9)), 0.01, 0.6)
    models = []
    for genetic in (x @ effects).T:
        noise = rng.standard_normal(len(x))
        share = heritability if genetic.std() > 0 else 0.0
        genetic = genetic / (genetic.std() or 1.0)
        models.append(_select(x, np.sqrt(share) * genetic + np.sqrt(1 - share) * noise, most))
    return [(cis[chosen], weights) for chosen, weights in models]


def _select(x: Float, expression: Float, most: int) -> tuple[Int, Float]:
    """Forward selection of up to `most` variants."""
    y = (expression - expression.mean()) / expression.std()
    chosen: list[int] = []
    residual, weights = y, np.zeros(0)
    while len(chosen) < most:
        z = x.T @ residual / np.sqrt(len(y)) / residual.std()
        best = int(np.abs(z).argmax())
        if abs(z[best]) < (FURTHER_Z if chosen else MIN_Z) or best in chosen:
            break
        chosen.append(best)
        weights = np.linalg.lstsq(x[:, chosen], y, rcond=None)[0]
        residual = y - x[:, chosen] @ weights
    return np.array(chosen, dtype=np.int64), weights
