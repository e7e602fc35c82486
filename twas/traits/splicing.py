"""Splicing models: which rows are introns, and whose.

A positive z of an intron means more use of that junction, not more of the gene, so such rows have
no place in a signed pathway test unless the user asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.quality import QualityFact
from twas.reading.checks import Mask
from twas.reading.table import Table
from twas.traits.pooled_rows import Combined

# intron_1_1000_2000 (PredictDB), chr20:50942126:50945737:clu_24957:ENSG00000000419.12 (GTEx).
_INTRON = re.compile(r"^intron_|[:_]clu_\d+|^(?:chr)?[0-9XY]{1,2}:\d+:\d+(?::|$)", re.IGNORECASE)
# Panels of FUSION: CMC.BRAIN.RNASEQ_SPLICING, folders of sQTL models.
_PANEL = re.compile(r"splic|sqtl|leafcutter", re.IGNORECASE)
_ENSEMBL = re.compile(r"ENSG\d{11}")


def separate_splicing(
    tables: Sequence[Table], combined: Combined, *, keep: bool
) -> tuple[list[Table], list[QualityFact]]:
    """Drop the rows of splicing models, or give them the gene that their id or symbol names.

    Parameters
    ----------
    tables
        The tables of one trait.
    combined
        Their rows.
    keep
        Keep the rows: an Ensembl id inside the intron's id becomes the gene, else the symbol.

    Raises
    ------
    DataError
        If there is nothing but splicing models and ``keep`` is off.
    """
    found = _intron_rows(combined)
    if not found.any():
        return list(tables), []
    done, facts = [], []
    ends = np.cumsum([len(table.frame) for table in tables])
    for table, splicing in zip(tables, np.split(found, ends[:-1]), strict=True):
        frame = table.frame
        count = int(splicing.sum())
        if count and keep:
            genes = frame["gene"].where(~splicing, frame["gene"].map(_gene_of))
            frame = frame.assign(gene=genes)
            message = "rows of splicing models: z is the use of a junction, not expression"
            facts.append(QualityFact("warning", table.name, "splicing", count, message))
        elif count:
            frame = frame[~splicing].reset_index(drop=True)
            message = "rows of splicing models were dropped; `splicing` keeps them"
            facts.append(QualityFact("fact", table.name, "dropped:splicing", count, message))
        done.append(replace(table, frame=frame))
    if facts and not any(len(table.frame) for table in done):
        raise DataError(
            f"{tables[0].name}: holds splicing models only; their sign is the use of a junction, "
            "not expression. Give expression models, or `splicing`"
        )
    return done, facts


def _intron_rows(combined: Combined) -> Mask:
    given = combined.identifiers["given"].to_numpy(object)
    introns = np.array([text[:4] != "ENSG" and _is_intron(text) for text in given], dtype=bool)
    panels = _are_splicing(combined.tissues)
    codes, weights = pd.factorize(combined.weights)
    of_weights = _are_splicing([_panel(path) for path in weights])
    return introns[combined.identifier] | panels[combined.tissue] | of_weights[codes]


def _are_splicing(names: Iterable[str]) -> Mask:
    return np.array([_PANEL.search(name) is not None for name in names], dtype=bool)


def _is_intron(identifier: str) -> bool:
    return _INTRON.search(identifier) is not None


def _panel(weights: str) -> str:
    """Return the folders of a weight file: a gene may be called SPLICE itself."""
    return weights.replace("\\", "/").rpartition("/")[0]


def _gene_of(identifier: str) -> str:
    match = _ENSEMBL.search(identifier)
    if match:
        return match[0]
    return "" if _is_intron(identifier) else identifier
