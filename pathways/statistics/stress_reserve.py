"""The stress-reserve balance: its sets, axes and weights (``data/stress_reserve.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pathways.gene_sets import GeneSets, load_gene_sets
from twas.system.arrays import Bool, Float
from twas.system.program import data_path

#: The row that takes the axes together.
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


def sets_of(parts: Sequence[Part]) -> GeneSets:
    """The sets of the balance as one collection, from the shipped collections."""
    tables = {name: load_gene_sets(name).table for name in {part.collection for part in parts}}
    chosen = {
        part.pathway: dict(zip(rows["symbol"], rows["role"], strict=True))
        for part in parts
        for rows in [tables[part.collection].query("pathway == @part.pathway")]
    }
    return load_gene_sets(chosen, name="stress-reserve")


def axes(
    parts: Sequence[Part], pathways: Sequence[str], present: Bool
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
    every = dict.fromkeys(part.axis for part in parts)
    filled = [axis for axis in every if any(part.axis == axis for part in there)]
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
    if len(filled) == len(every):
        rows.append((BALANCE, "stress minus reserve", total))
    return rows
