"""Gene sets on a TWAS study: direction in each trait, divergence between them, and the call."""

from pathways.analysis import analyse
from pathways.gene_sets import GeneSets, load_gene_sets
from pathways.reading_results import read_results
from pathways.results import Results

__all__ = ["GeneSets", "Results", "analyse", "load_gene_sets", "read_results"]
