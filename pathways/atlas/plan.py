"""What an atlas is made from, and the key by which two atlases are known to be equal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from pathways.atlas.manifest import Entry, Pairs
from pathways.gene_sets import GeneSets
from pathways.gene_sets.sources import load_collections
from pathways.job import Job, load_background
from twas.errors import TwasError, UsageError
from twas.genes.blocks import default_blocks
from twas.reading.paths import find_tables
from twas.system.record import version_of

#: What may be written of each pair.
DETAILS = ("tests", "called", "full")
#: Changes whenever the parts of an atlas would.
_LAYOUT = 2
#: Fields of a job that say nothing of the numbers, or name files whose content counts.
_FILES = ("traits", "gene_sets", "blocks", "background")
_ASIDE = (*_FILES, "out", "report", "pdf", "force", "command", "simulated", "controls")


@dataclass(frozen=True)
class Plan:
    """Everything that an atlas is made from.

    Attributes
    ----------
    entries
        The manifest.
    pairs
        The pairs to make.
    job
        How files are read, gene sets chosen and blocks cut, as for a run.
    detail
        One of `DETAILS`.
    all_scopes
        Whether tissues and groups are written beside the combined scope.
    """

    entries: tuple[Entry, ...]
    pairs: Pairs
    job: Job
    detail: str = "tests"
    all_scopes: bool = False

    def __post_init__(self) -> None:
        if self.detail not in DETAILS:
            raise UsageError(f"detail is {self.detail!r}; it must be one of {', '.join(DETAILS)}")

    def collections(self) -> list[GeneSets]:
        """The gene sets."""
        return load_collections(self.job.gene_sets, self.job.min_genes, self.job.max_genes)

    def inputs(self) -> list[str]:
        """Files, folders and globs that are read."""
        paths = [path for entry in self.entries for path in entry.paths]
        others = (self.job.blocks, self.job.background)
        return [*paths, *self.job.gene_sets, *(path for path in others if path is not None)]


def key_of(plan: Plan, collections: Sequence[GeneSets]) -> str:
    """Hash of inputs (by content), parameters and version: of two atlases that are equal, equal."""
    parameters = {k: v for k, v in asdict(plan.job).items() if k not in _ASIDE}
    blocks, background = plan.job.blocks, load_background(plan.job)
    told = {
        "layout": _LAYOUT,
        "version": version_of("twas-divergence"),
        "entries": [{**asdict(entry), "paths": _hashes(entry)} for entry in plan.entries],
        "pairs": plan.pairs.chosen,
        "overlaps": sorted([*pair, value] for pair, value in plan.pairs.overlaps.items()),
        "parameters": {**parameters, "overlaps": sorted(map(str, plan.job.overlaps.items()))},
        "gene_sets": [_content(sets) for sets in collections],
        "blocks": _file_hash(Path(blocks)) if blocks else default_blocks().name,
        "background": None if background is None else _content(background),
        "detail": plan.detail,
        "all_scopes": plan.all_scopes,
    }
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _hashes(entry: Entry) -> list[str]:
    """Content of the files of a trait; the error in its place where they cannot be read."""
    try:
        return [f"{p.name} {_file_hash(p)}" for p in find_tables(entry.paths).tables]
    except (TwasError, OSError) as error:
        return [f"error: {one_line(error)}"]


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _content(sets: GeneSets) -> list[object]:
    table = sets.table[["pathway", "gene", "role"]]
    rows = pd.util.hash_pandas_object(table.astype(str), index=False).to_numpy()
    return [sets.collection, sets.signed, len(rows), hashlib.sha256(rows.tobytes()).hexdigest()]


def one_line(error: BaseException) -> str:
    """An error in one line, without the folder of a file."""
    if isinstance(error, OSError) and error.filename:
        return f"{Path(error.filename).name}: {error.strerror or error}"
    return " ".join(str(error).split()) or type(error).__name__
