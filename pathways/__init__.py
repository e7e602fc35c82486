"""Gene sets on a TWAS study: direction in each trait, divergence between them, and the call.

Names load on first use, so that the command line can answer ``--help`` without pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathways.analysis import analyse
    from pathways.atlas.reading import Atlas, read_atlas
    from pathways.gene_sets import GeneSets, load_gene_sets
    from pathways.output.reading import read_results
    from pathways.results import Results

_HOMES = {
    "Atlas": "pathways.atlas.reading",
    "GeneSets": "pathways.gene_sets",
    "Results": "pathways.results",
    "analyse": "pathways.analysis",
    "load_gene_sets": "pathways.gene_sets",
    "read_atlas": "pathways.atlas.reading",
    "read_results": "pathways.output.reading",
}

__all__ = [
    "Atlas",
    "GeneSets",
    "Results",
    "analyse",
    "load_gene_sets",
    "read_atlas",
    "read_results",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pathways' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
