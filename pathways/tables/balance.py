"""Stress-reserve balance: a weighted sum of the activities of several sets.

``balance = stress - reserve``, each axis the weighted mean of the activities of its sets. As the
activities are sums over LD blocks, so is the balance: ``c_b = sum_s v_s c_bs``, and its test,
error, interval and contrasts are those of a set. The sets and weights are in
``data/stress_reserve.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pathways.calls.words import ALPHA
from pathways.gene_sets import GeneSets, load_gene_sets
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.statistics.contributions import Contributions, Members, contributions
from pathways.tables.columns import CI_HIGH, CI_LOW, EFFECT_SCALE, Column, Table
from pathways.tables.run import Run
from twas.resources import data_path
from twas.study.study import COMBINED, PER_SQRT_N, Study

Float = NDArray[np.float64]

BALANCE = "balance"


@dataclass(frozen=True)
class Part:
    """One set of an axis.

    Attributes
    ----------
    axis
        ``stress`` or ``reserve``.
    collection, pathway
        The set.
    part
        What it stands for.
    weight
        Its share in the balance, with the sign of its axis; the sizes sum to 2.
    """

    axis: str
    collection: str
    pathway: str
    part: str
    weight: float


def load_parts() -> tuple[Part, ...]:
    """Read ``data/stress_reserve.toml``: weights normalised within each axis."""
    config = tomllib.loads(data_path("stress_reserve.toml").read_text(encoding="utf-8"))
    parts = []
    for axis in config["axis"]:
        total = sum(entry["weight"] for entry in axis["sets"])
        for entry in axis["sets"]:
            weight = axis["sign"] * entry["weight"] / total
            parts.append(
                Part(axis["name"], entry["collection"], entry["pathway"], entry["part"], weight)
            )
    return tuple(parts)


def rows(run: Run) -> pd.DataFrame:
    """Rows of ``balance.tsv``."""
    return balance_rows(run.study)


def balance_rows(study: Study) -> pd.DataFrame:
    """Rows of ``balance.tsv``: each part, each axis and the balance, per trait and per pair."""
    parts = load_parts()
    sets = _sets(parts)
    members = Members.of(study, sets)
    frames = []
    for traits in [*((t,) for t in study.traits), *combinations(study.traits, 2)]:
        view = study.universe(traits, COMBINED)
        if view is None or (len(traits) == 2 and view.effect_scale != PER_SQRT_N):
            continue
        found = contributions(view, members)
        if not found.n_blocks.any():
            continue
        sign = np.array([1.0]) if len(traits) == 1 else np.array([1.0, -1.0])
        table = _rows(found, sign, _axes(parts, members.pathways, found.n_blocks > 0))
        table.insert(1, "trait_a", traits[0])
        table.insert(2, "trait_b", traits[1] if len(traits) == 2 else "")
        table["effect_scale"] = view.effect_scale
        frames.append(table)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _sets(parts: Sequence[Part]) -> GeneSets:
    """The sets of the balance as one collection, from the shipped collections."""
    tables = {name: load_gene_sets(name).table for name in {part.collection for part in parts}}
    chosen = {
        part.pathway: dict(zip(rows["symbol"], rows["role"], strict=True))
        for part in parts
        for rows in [tables[part.collection].query("pathway == @part.pathway")]
    }
    return load_gene_sets(chosen, name="stress-reserve")


def _axes(
    parts: Sequence[Part], pathways: Sequence[str], present: NDArray[np.bool_]
) -> list[tuple[str, str, Float]]:
    """Name, note and weights over the sets of every row of the table.

    A set without tested genes is left out of its axis, and named; it does not count as zero.
    """
    at = {pathway: k for k, pathway in enumerate(pathways)}
    there = [part for part in parts if present[at[part.pathway]]]
    rows = []
    for part in there:
        weights = np.zeros(len(pathways))
        weights[at[part.pathway]] = 1.0
        rows.append((part.pathway, f"{part.axis}: {part.part}", weights))
    total = np.zeros(len(pathways))
    axes = dict.fromkeys(part.axis for part in parts)
    filled = [axis for axis in axes if any(part.axis == axis for part in there)]
    for axis in filled:
        weights = np.zeros(len(pathways))
        for part in there:
            if part.axis == axis:
                weights[at[part.pathway]] = part.weight
        weights /= np.abs(weights).sum()
        total += weights
        missing = [p.pathway for p in parts if p.axis == axis and p not in there]
        note = "mean of " + ", ".join(part.pathway for part in there if part.axis == axis)
        note += f"; without {', '.join(missing)}: no tested gene" if missing else ""
        rows.append((axis, note, np.abs(weights)))
    if len(filled) == len(axes):
        rows.append((BALANCE, "stress minus reserve", total))
    return rows


def _rows(
    parts: Contributions, traits: Float, combine: list[tuple[str, str, Float]]
) -> pd.DataFrame:
    c = parts.combine(traits)
    runs = [_merge(c.values, parts, weights) for _, _, weights in combine]
    shares = [_merge(parts.weights, parts, np.abs(weights)) for _, _, weights in combine]
    indptr = np.concatenate([[0], np.cumsum([len(run) for run in runs])])
    joint = Ragged(np.concatenate(runs), indptr)
    w = np.concatenate([share / share.sum() for share in shares])
    test = sign_flip(joint)
    low, high = sign_flip_interval(joint, w, alpha=ALPHA)
    return pd.DataFrame(
        {
            "axis": [name for name, _, _ in combine],
            "note": [note for _, note, _ in combine],
            "n_tested": [int(parts.n_tested[weights != 0].sum()) for _, _, weights in combine],
            "n_blocks": joint.lengths,
            "activity": test.statistic,
            "se": cr2_error(joint, w),
            "ci_low": low,
            "ci_high": high,
            "p_direction": test.p,
        }
    )


def _merge(values: Float, parts: Contributions, weights: Float) -> Float:
    """Weighted sum over sets of the values of each block, over the blocks of those sets."""
    weight = weights[np.repeat(np.arange(len(weights)), parts.n_blocks)]
    used = weight != 0
    _, code = np.unique(parts.block[used], return_inverse=True)
    return np.bincount(code, weights=(weight * values)[used]).astype(np.float64)


TABLE = Table(
    name="balance",
    contents="the stress-reserve balance: weighted sums of pathways",
    over="run",
    rows=rows,
    columns=(
        Column(
            "axis", "text", "", "a set, an axis (stress, reserve) or the balance", on="report paper"
        ),
        Column("trait_a", "text", "", "trait", on="report paper", heading="trait A"),
        Column(
            "trait_b",
            "text",
            "",
            "trait that is subtracted; empty for one trait",
            on="report paper",
            heading="trait B",
        ),
        Column(
            "note", "text", "", "what the row is made of", on="report", before="end", wordy=True
        ),
        Column(
            "n_tested",
            "count",
            "genes",
            "tested members of its sets",
            on="report",
            heading="genes tested",
        ),
        Column(
            "n_blocks",
            "count",
            "LD blocks",
            "LD blocks that hold them",
            on="report",
            heading="loci",
        ),
        EFFECT_SCALE,
        Column("activity", "number", "effect", "weighted sum of the activities", on="report paper"),
        Column("se", "number", "effect", "CR2 standard error"),
        CI_LOW,
        CI_HIGH,
        Column("p_direction", "p", "", "two-sided sign-flip p", on="report paper"),
    ),
)
