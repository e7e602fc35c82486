"""Other methods, each run for real on the same gene-level z and the same sets.

A peer takes signatures (one z per gene, tissues combined as ours are) and gives, per signature
and set, a two-sided p and a score whose sign is the direction. `RULES` says how users make of it
an answer to the questions asked here.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from twas.system.arrays import Float, Int

#: Genes of each set, columns of the signatures.
Sets = Sequence[Int]

#: Permutations of every method that permutes.
PERMUTATIONS = 1000
SEED = 1


@dataclass(frozen=True)
class Answer:
    """Shape ``(n_signatures, n_sets)`` each.

    Attributes
    ----------
    p
        Two-sided, as the method gives it, zero floored at ``1 / (PERMUTATIONS + 1)``.
    score
        Signed statistic of the method.
    """

    p: Float
    score: Float


Peer = Callable[[Float, Sets], Answer]


def stouffer(signatures: Float, sets: Sets) -> Answer:
    """``sum z / sqrt(m)`` against the normal distribution: genes as if independent."""
    score = np.stack([signatures[:, s].sum(axis=1) / np.sqrt(len(s)) for s in sets], axis=1)
    return Answer(2 * ndtr(-np.abs(score)), score)


def gene_permutation(signatures: Float, sets: Sets) -> Answer:
    """Mean z of the set against random sets of as many genes."""
    rng = np.random.default_rng(SEED)
    centred = signatures - signatures.mean(axis=1, keepdims=True)
    sizes = np.array([len(s) for s in sets])
    order = np.argsort(rng.random((PERMUTATIONS, centred.shape[1])), axis=1)[:, : sizes.max()]
    score = np.stack([centred[:, s].mean(axis=1) for s in sets], axis=1)
    p = np.empty_like(score)
    for row, z in enumerate(centred):
        sums = np.abs(np.cumsum(z[order], axis=1))
        beyond = sums[:, sizes - 1] >= np.abs(score[row]) * sizes - 1e-12
        p[row] = (1 + beyond.sum(axis=0)) / (1 + PERMUTATIONS)
    return Answer(p, score)


def prerank(signatures: Float, sets: Sets, *, threads: int = 1) -> Answer:
    """`gseapy.prerank`: weight 1, nominal p."""
    import gseapy

    names = {str(k): [str(g) for g in s] for k, s in enumerate(sets)}
    answer = _empty(signatures, sets)
    for row, z in enumerate(signatures):
        order = np.argsort(-z, kind="stable")
        # Models that share a variant tie; the order is made strict as in `statistics.gsea`.
        strict = z[order] - 1e-12 * np.ptp(z) * np.arange(len(z))
        ranked = pd.Series(strict, index=[str(g) for g in order])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = gseapy.prerank(
                rnk=ranked,
                gene_sets=names,
                min_size=1,
                max_size=len(z),
                permutation_num=PERMUTATIONS,
                seed=SEED,
                threads=threads,
                outdir=None,
                no_plot=True,
                verbose=False,
            ).results
        for key, result in found.items():
            answer.p[row, int(key)] = result["pval"]
            answer.score[row, int(key)] = result["nes"]
    return _floored(answer)


def blitz(signatures: Float, sets: Sets) -> Answer:
    """`blitzgsea.gsea`: prerank with a gamma approximation of the null."""
    import blitzgsea

    names = {str(k): [str(g) for g in s] for k, s in enumerate(sets)}
    answer = _empty(signatures, sets)
    for row, z in enumerate(signatures):
        signature = pd.DataFrame({"i": [str(g) for g in range(len(z))], "v": z})
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            found = blitzgsea.gsea(
                signature, names, permutations=PERMUTATIONS, processes=2, seed=SEED
            )
        at = found.index.astype(int)
        answer.p[row, at] = found["pval"]
        answer.score[row, at] = found["nes"]
    return _floored(answer)


def _network(n_genes: int, sets: Sets) -> pd.DataFrame:
    rows = [(f"{k:04d}", str(g), 1.0) for k, s in enumerate(sets) for g in s]
    return pd.DataFrame(rows, columns=["source", "target", "weight"])


def ulm(signatures: Float, sets: Sets) -> Answer:
    """`decoupler.mt.ulm`; p of its t statistic, since it returns adjusted p only."""
    import decoupler
    from scipy.stats import t

    frame = pd.DataFrame(signatures, columns=[str(g) for g in range(signatures.shape[1])])
    score, _ = decoupler.mt.ulm(frame, _network(signatures.shape[1], sets))
    order = [f"{k:04d}" for k in range(len(sets))]
    values = score[order].to_numpy(dtype=np.float64)
    return Answer(2 * t.sf(np.abs(values), signatures.shape[1] - 2), values)


def decoupler_gsea(signatures: Float, sets: Sets) -> Answer:
    """`decoupler.mt.gsea`, its function under the layer that returns adjusted p only."""
    import decoupler

    lengths = np.array([len(s) for s in sets])
    score, p = decoupler.mt.gsea.func(
        signatures,
        np.concatenate(sets),
        np.concatenate([[0], np.cumsum(lengths)[:-1]]),
        lengths,
        times=PERMUTATIONS,
        seed=SEED,
    )
    return _floored(Answer(np.array(p, dtype=np.float64), np.array(score, dtype=np.float64)))


CAMERA = """
suppressMessages(library(limma))
where <- commandArgs(trailingOnly = TRUE)
z <- as.matrix(read.table(file.path(where, "z.tsv")))
sets <- lapply(strsplit(readLines(file.path(where, "sets.txt")), " "), as.integer)
names(sets) <- seq_along(sets)
out <- sapply(seq_len(nrow(z)), function(i) {
  found <- cameraPR(z[i, ], sets, sort = FALSE)
  ifelse(found$Direction == "Up", 1, -1) * found$PValue
})
write.table(t(out), file.path(where, "p.tsv"), row.names = FALSE, col.names = FALSE)
"""


def camera(signatures: Float, sets: Sets) -> Answer:
    """`limma::cameraPR` with its fixed inter-gene correlation of 0.01."""
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        np.savetxt(where / "z.tsv", signatures)
        lines = [" ".join(str(g + 1) for g in s) for s in sets]
        (where / "sets.txt").write_text("\n".join(lines) + "\n")
        (where / "camera.R").write_text(CAMERA)
        subprocess.run(["Rscript", where / "camera.R", where], check=True, capture_output=True)
        signed = np.loadtxt(where / "p.tsv", ndmin=2)
    p = np.abs(signed)
    return Answer(p, np.sign(signed) * -np.log(np.maximum(p, 1e-300)))


def _empty(signatures: Float, sets: Sets) -> Answer:
    shape = (len(signatures), len(sets))
    return Answer(np.ones(shape), np.zeros(shape))


def _floored(answer: Answer) -> Answer:
    p = np.clip(np.nan_to_num(answer.p, nan=1.0), 1 / (PERMUTATIONS + 1), 1.0)
    return Answer(p, np.nan_to_num(answer.score))


def directional_merging(z: Float, sets: Sets) -> Float:
    """ActivePathways: DPM with the constraint "opposite", then the ranked hypergeometric test.

    Parameters
    ----------
    z
        Shape ``(2, n_genes)``.

    Returns
    -------
    ndarray
        p of each set before adjustment, shape ``(n_sets,)``.
    """
    import activepathways
    from activepathways.gmt import GMT, Pathway

    genes = [str(g) for g in range(z.shape[1])]
    p = pd.DataFrame(2 * ndtr(-np.abs(z.T)), index=genes, columns=["A", "B"])
    direction = pd.DataFrame(np.sign(z.T), index=genes, columns=["A", "B"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        merged = activepathways.merge_p_values(p, "DPM", direction, np.array([1, -1]))
    merged = pd.Series(merged, index=genes)
    ranked = list(merged[merged <= 0.1].sort_values(kind="stable").index)
    gmt = GMT(
        [Pathway(id=str(k), name=str(k), genes=[str(g) for g in s]) for k, s in enumerate(sets)]
    )
    found = activepathways.enrichment_analysis(ranked, gmt, genes)
    return np.asarray(found["adjusted_p_val"], dtype=np.float64)


#: Methods that give a direction for one signature.
PEERS: dict[str, Peer] = {
    "Stouffer, genes independent": stouffer,
    "random-gene permutation": gene_permutation,
    "decoupler ULM": ulm,
    "limma cameraPR": camera,
    "GSEApy prerank": prerank,
    "blitzGSEA": blitz,
    "decoupler GSEA": decoupler_gsea,
}
DPM = "ActivePathways DPM"
#: By time: those that run in every replicate, in some, in few.
INSTANT = ("Stouffer, genes independent",)
FAST = ("random-gene permutation", "decoupler ULM", "limma cameraPR", DPM)
SLOW = ("GSEApy prerank", "blitzGSEA", "decoupler GSEA")
