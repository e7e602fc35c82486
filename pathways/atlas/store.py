"""The store of an atlas: all traits and gene sets, read once, in a folder that every worker opens.

``store.json`` names what is in it and the key, a hash of inputs, parameters and version;
``genes.parquet`` is the gene axis, ``z.npy`` the z of all traits (mapped into memory, so that the
processes of a machine share it), ``traits/`` their whole tables, ``sets/`` the collections.
A universe made of it is, bit by bit, the one of a study of its traits alone (`twas.study.study`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pathways.atlas.manifest import Pair
from pathways.gene_sets import GeneSets
from pathways.statistics.contributions import Members
from twas.genes.blocks import Blocks
from twas.quality import QualityFact, QualityReport
from twas.study.study import Study
from twas.study.universe import COMBINED
from twas.traits.trait import InputFile, Trait

#: Description of a store.
INDEX = "store.json"


@dataclass(frozen=True)
class Failure:
    """What could not be made.

    Attributes
    ----------
    trait_a, trait_b
        The trait, and for a pair the other one, else "".
    error
        Why, one line.
    """

    trait_a: str
    trait_b: str
    error: str


@dataclass(frozen=True, eq=False)
class Store:
    """An opened store.

    Attributes
    ----------
    folder
        Where it lies.
    key
        Hash of inputs, parameters and version.
    detail
        What is written of each pair: ``tests``, ``called`` or ``full``.
    scopes
        The scopes to write.
    pairs
        The pairs to make, in order.
    study
        All traits; it has no tables of traits.
    sets, members
        The collections, and their genes in `study`.
    seed, flips
        Of the joint flips of the family-wise error.
    record
        Everything else that ``store.json`` says.
    """

    folder: Path
    key: str
    detail: str
    scopes: tuple[str, ...]
    pairs: tuple[Pair, ...]
    study: Study
    sets: tuple[GeneSets, ...]
    members: tuple[Members, ...]
    seed: int
    flips: int
    record: Mapping[str, Any]

    @property
    def failures(self) -> list[Failure]:
        """What was known to fail when the store was made."""
        return [Failure(**failure) for failure in self.record["failures"]]

    @property
    def quality(self) -> QualityReport:
        """What was read, dropped, merged or renamed."""
        return QualityReport(tuple(QualityFact(**fact) for fact in self.record["quality"]))

    def trait(self, name: str) -> Trait:
        """One trait as it was read."""
        k = self.study.traits.index(name)
        table = pd.read_parquet(self.folder / "traits" / f"{k:05d}.parquet")
        n_eff = float(self.study.n_eff[k])
        files = tuple(InputFile(**file) for file in self.record["traits"][k]["files"])
        return Trait(name, table, n_eff if np.isfinite(n_eff) else None, files=files)

    def study_of(self, names: Sequence[str]) -> Study:
        """A study of some traits alone, with all that a `run` of them would know."""
        traits = [self.trait(name) for name in names]
        known = {tissue for trait in traits for tissue in trait.table["tissue"].unique()}
        groups = {name: [t for t in own if t in known] for name, own in self.study.groups.items()}
        overlap = self.study.overlaps.get(frozenset(names))
        a, b = (*names, *names)[:2]
        return Study.from_traits(
            traits,
            blocks=self.blocks,
            intercepts={n: x for n, x in self.study.intercepts.items() if n in names},
            overlaps={} if overlap is None or len(names) != 2 else {(a, b): overlap},
            groups={name: own for name, own in groups.items() if own},
            allow_same=True,
        )

    @cached_property
    def blocks(self) -> Blocks:
        """The LD blocks."""
        return Blocks(self.study.blocks_name, pd.read_parquet(self.folder / "blocks.parquet"))


@lru_cache(maxsize=1)
def open_store(folder: str, key: str) -> Store:
    """Open a store, once per process.

    Parameters
    ----------
    folder
        Where it lies.
    key
        The key that it must have.

    Raises
    ------
    ValueError
        If it has another one.
    """
    place = Path(folder)
    record = json.loads((place / INDEX).read_text(encoding="utf-8"))
    if record["key"] != key:
        raise ValueError(f"the store has the key {record['key']}, not {key}")
    genes = pd.read_parquet(place / "genes.parquet")
    traits = record["traits"]
    study = Study(
        traits=tuple(trait["name"] for trait in traits),
        tissues=tuple(record["tissues"]),
        genes=genes,
        z=np.asarray(np.load(place / "z.npy", mmap_mode="r")),
        n_eff=np.array([np.nan if t["n_eff"] is None else t["n_eff"] for t in traits]),
        blocks_name=record["blocks_name"],
        members=(),
        intercepts=record["intercepts"],
        overlaps={frozenset((a, b)): value for a, b, value in record["overlaps"]},
        groups={name: tuple(tissues) for name, tissues in record["groups"].items()},
    )
    collections = [_read_sets(place, k, entry) for k, entry in enumerate(record["sets"])]
    return Store(
        folder=place,
        key=key,
        detail=record["detail"],
        scopes=study.scopes if record["all_scopes"] else (COMBINED,),
        pairs=tuple((a, b) for a, b in record["pairs"]),
        study=study,
        sets=tuple(collections),
        members=tuple(Members.of(study, sets) for sets in collections),
        seed=record["seed"],
        flips=record["flips"],
        record=record,
    )


def _read_sets(place: Path, k: int, entry: Mapping[str, Any]) -> GeneSets:
    return GeneSets(
        collection=entry["collection"],
        table=pd.read_parquet(place / "sets" / f"{k:05d}.parquet"),
        version=entry["version"],
        signed=entry["signed"],
        quality=QualityReport(),
    )


def write_sets(folder: Path, collections: Sequence[GeneSets]) -> list[dict[str, Any]]:
    """Write the collections; what ``store.json`` says of them."""
    (folder / "sets").mkdir()
    for k, sets in enumerate(collections):
        sets.table.to_parquet(folder / "sets" / f"{k:05d}.parquet", index=False)
    return [
        {"collection": s.collection, "version": s.version, "signed": s.signed} for s in collections
    ]


def trait_record(trait: Trait) -> dict[str, Any]:
    """What ``store.json`` says of a trait."""
    return {
        "name": trait.name,
        "n_eff": trait.n_eff,
        "files": [asdict(file) for file in trait.files],
        "genes": int(trait.table["gene"].nunique()),
        "tissues": sorted(trait.table["tissue"].unique()),
    }
