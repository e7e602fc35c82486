"""Single genes of a pair: difference of effect with its error, contribution, and a class.

The class goes by the two 95 % intervals ``z +- 1.96 sqrt(i)``: ``opposite`` and ``shared`` if both
exclude zero, ``one-sided`` if one does, else ``weak``. It describes a gene; it is not a test of
the difference, whose error is ``sqrt(i_A / N_A + i_B / N_B - 2 rho / sqrt(N_A N_B))``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pathways.calls.collection import CollectionResult
from pathways.calls.pair import PairResult
from pathways.tables.columns import (
    BLOCK,
    CI_HIGH,
    ENSEMBL_ID,
    GENE,
    OF_PAIR,
    Column,
    Table,
)
from twas.study.study import Study
from twas.system.arrays import Float, Int, Text

CLASSES = ("opposite", "shared", "one-sided", "weak")
_HALF_WIDTH = 1.959964


def rows(collection: CollectionResult) -> pd.DataFrame:
    """A row per pair × set × tested member, combined scope."""
    frames = [gene_divergence_rows(collection.study, p) for p in collection.explored_pairs]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def gene_divergence_rows(study: Study, pair: PairResult) -> pd.DataFrame:
    """Tabulate the tested members of every set: a row per set × gene."""
    universe, tested = pair.universe, pair.contributions.tested
    at = tested.position
    genes = study.genes.take(universe.genes[at])
    count = np.maximum(pair.contributions.n_signed[tested.owner], 1)
    share = tested.role / count
    effect = universe.effect[:, at]
    contribution = share * effect
    activity = np.stack([pair.a.statistic, pair.b.statistic])
    weight = np.abs(share)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = (activity[:, tested.owner] - contribution) / (1 - weight)
    error = _error(pair)
    difference = effect[0] - effect[1]
    return pd.DataFrame(
        {
            "pathway": np.array(pair.members.pathways, dtype=object)[tested.owner],
            "trait_a": universe.traits[0],
            "trait_b": universe.traits[1],
            "scope": universe.scope,
            "gene": genes["symbol"].to_numpy(),
            "ensembl_id": genes["ensembl_id"].to_numpy(),
            "block": genes["block"].to_numpy(),
            "role": tested.role.astype(np.int64),
            "z_a": universe.z[0, at],
            "z_b": universe.z[1, at],
            "effect_a": effect[0],
            "effect_b": effect[1],
            "difference": difference,
            "se_difference": error,
            "ci_low": difference - _HALF_WIDTH * error,
            "ci_high": difference + _HALF_WIDTH * error,
            "contribution_a": contribution[0],
            "contribution_b": contribution[1],
            "activity_a_without": np.where(count > 1, rest[0], np.nan),
            "activity_b_without": np.where(count > 1, rest[1], np.nan),
            "class": classify(universe.z[:, at], universe.intercept),
        }
    )


def classify(z: Float, intercept: Float) -> Text:
    """Class of each gene from both z, shape ``(2, n)``, and the LDSC intercepts, shape ``(2,)``."""
    away = np.abs(z) > _HALF_WIDTH * np.sqrt(intercept)[:, None]
    both, one = away.all(axis=0), away.any(axis=0)
    same = z[0] * z[1] > 0
    choice: Int = np.select([both & ~same, both & same, one], [0, 1, 2], default=3)
    names: Text = np.array(CLASSES, dtype=object)
    return names[choice]


def _error(pair: PairResult) -> float:
    (n_a, n_b), (i_a, i_b) = pair.universe.n_eff, pair.universe.intercept
    shared = 2 * pair.universe.sample_overlap / np.sqrt(n_a * n_b)
    return float(np.sqrt(i_a / n_a + i_b / n_b - shared)) + pair.blank


TABLE = Table(
    name="gene_divergence",
    contents="a row per collection, pathway, pair of traits and member",
    rows=rows,
    over="pair",
    columns=(
        *OF_PAIR,
        GENE,
        ENSEMBL_ID,
        BLOCK,
        Column("role", "number", "", "+1, -1 or 0"),
        Column("z_a", "number", "", "z in the first trait"),
        Column("z_b", "number", "", "z in the second trait"),
        Column("effect_a", "number", "effect", "centred effect in the first trait"),
        Column("effect_b", "number", "effect", "centred effect in the second trait"),
        Column("difference", "number", "effect", "effect_a - effect_b"),
        Column("se_difference", "number", "effect", "sampling error of the difference"),
        Column("ci_low", "number", "effect", "lower end of the 95 % interval"),
        replace(CI_HIGH, on=""),
        Column(
            "contribution_a", "number", "effect", "contribution to the activity in the first trait"
        ),
        Column(
            "contribution_b", "number", "effect", "contribution to the activity in the second trait"
        ),
        Column(
            "activity_a_without", "number", "effect", "activity in the first trait without the gene"
        ),
        Column(
            "activity_b_without",
            "number",
            "effect",
            "activity in the second trait without the gene",
        ),
        Column(
            "class",
            "text",
            "",
            "opposite, shared, one-sided or weak, by the intervals of both effects",
        ),
    ),
)
