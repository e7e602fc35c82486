"""Gene sets with roles: shipped collections, GMT files, signed networks, mappings, Enrichr.

A role says what higher expression of a gene does to the activity of the pathway: +1 raises, -1
lowers, 0 unknown (such a gene takes part in unsigned tests only). A set without roles is +1
throughout.
"""

from pathways.gene_sets.collection import COLUMNS, GeneSets
from pathways.gene_sets.inspection import (
    GeneSetCheck,
    check_gene_sets,
    describe,
    list_collections,
    show,
)
from pathways.gene_sets.sources import SHIPPED, load_gene_sets, shipped_pathways

__all__ = [
    "COLUMNS",
    "SHIPPED",
    "GeneSetCheck",
    "GeneSets",
    "check_gene_sets",
    "describe",
    "list_collections",
    "load_gene_sets",
    "shipped_pathways",
    "show",
]
