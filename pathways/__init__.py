"""Gene sets on a TWAS study: direction in each trait, divergence between them, and the call.

Names load on first use, so that the command line can answer ``--help`` without pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twas import on_first_use

if TYPE_CHECKING:
    from pathways.analysis import analyse
    from pathways.atlas.reading import Atlas, read_atlas
    from pathways.gene_sets import GeneSets, load_gene_sets
    from pathways.results import Results, read_results

_HOMES = {
    "Atlas": "pathways.atlas.reading",
    "GeneSets": "pathways.gene_sets",
    "Results": "pathways.results",
    "analyse": "pathways.analysis",
    "load_gene_sets": "pathways.gene_sets",
    "read_atlas": "pathways.atlas.reading",
    "read_results": "pathways.results",
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


__getattr__ = on_first_use("pathways", _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
