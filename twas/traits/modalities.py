"""Rows that are not expression: introns, methylation sites, proteins.

A positive z of an intron means more use of that junction, of a methylation site more methylation,
which often means less of the gene. Such rows have no place in a signed pathway test. Introns stay
if the user asks for them, each mapped to its gene.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.quality import QualityFact
from twas.reading.table import Table
from twas.system.arrays import Bool
from twas.traits.merging import Combined

_ENSEMBL = re.compile(r"ENSG\d{11}")


@dataclass(frozen=True)
class Modality:
    """What a model may predict in the place of expression.

    Attributes
    ----------
    topic
        Key of its facts.
    words
        Its rows in words.
    sign
        What the sign of its z is.
    identifier
        Pattern of identifiers.
    panel
        Pattern of tissues, panels and folders of weight files.
    """

    topic: str
    words: str
    sign: str
    identifier: re.Pattern[str]
    panel: re.Pattern[str]


SPLICING = Modality(
    "splicing",
    "splicing models",
    "the use of a junction",
    # intron_1_1000_2000 (PredictDB), chr20:50942126:50945737:clu_24957:ENSG00000000419.12 (GTEx).
    re.compile(r"^intron_|[:_]clu_\d+|^(?:chr)?[0-9XY]{1,2}:\d+:\d+(?::|$)", re.IGNORECASE),
    re.compile(r"splic|sqtl|leafcutter", re.IGNORECASE),
)
#: In the order in which they are looked for.
MODALITIES = (
    SPLICING,
    Modality(
        "methylation",
        "methylation probes",
        "the methylation of a site",
        # Illumina: cg00000029, ch.1.1000R, and since EPIC v2 with a design suffix, cg00000029_TC21.
        re.compile(r"^c[gh][._]?\d{5,}|^ch\.[0-9XY]+\.\d+", re.IGNORECASE),
        re.compile(r"methyl|mqtl|meqtl|mwas(?:\b|_)", re.IGNORECASE),
    ),
    Modality(
        "protein",
        "protein models",
        "the level of a protein",
        # SomaScan SeqId_2589_67, seq.2589.67 and SL000001, Olink OID20049, UniProt accessions, also
        # as in A1BG:P04217:OID30771:v1, Ensembl proteins.
        re.compile(
            r"^seq(?:id)?[._-]?\d+[._-]\d+|^SL\d{6}$|(?:^|[:|_])OID\d{5}|^ENSP\d{11}|^PROT_"
            r"|(?:^|[:|_])(?-i:[OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z0-9]{2}\d){1,2})"
            r"(?:-\d+)?(?:$|[:|_])",
            re.IGNORECASE,
        ),
        re.compile(r"pqtl|pwas|proteom|protein|(?:^|[._-])prot(?:$|[._-])|somascan|olink", re.I),
    ),
    Modality(
        "chromatin",
        "chromatin peaks",
        "the openness of chromatin or a mark on it",
        re.compile(
            r"^(?:chr)?[0-9XY]{1,2}[:_.-]\d{3,}[_.-]\d{3,}$|(?:^|[._-])peak[._-]?\d+",
            re.IGNORECASE,
        ),
        re.compile(r"caqtl|haqtl|hqtl|chromatin|atac", re.IGNORECASE),
    ),
    Modality(
        "polyadenylation",
        "polyadenylation models",
        "the use of a 3' end",
        # NM_004958.3|MTOR|chr1|-, as DaPars names a 3' end.
        re.compile(r"^[NX][MR]_\d+(?:\.\d+)?\|.+\|(?:chr)?[0-9XY]{1,2}\b|[._-]apa[._-]", re.I),
        re.compile(r"apaqtl|3.?aqtl|3.?atwas|polyadenyl|dapars", re.IGNORECASE),
    ),
)


def separate_modalities(
    tables: Sequence[Table], combined: Combined, *, splicing: bool
) -> tuple[list[Table], list[QualityFact]]:
    """Drop the rows that are not expression, or map introns to the gene that they name.

    Parameters
    ----------
    tables
        The tables of one trait.
    combined
        Their rows.
    splicing
        Keep introns: an Ensembl id inside the intron's id becomes the gene, else the symbol.

    Raises
    ------
    DataError
        If nothing else is there.
    """
    done, facts = list(tables), []
    left = np.ones(len(combined), dtype=bool)
    for modality in MODALITIES:
        found = _rows_of(modality, combined) & left
        if not found.any():
            continue
        kept = splicing and modality is SPLICING
        left &= kept | ~found
        done, told = _separate(done, combined, found, modality, keep=kept)
        facts += told
    if facts and not left.any():
        topic = max(facts, key=lambda fact: fact.count).topic.removeprefix("dropped:")
        modality = next(modality for modality in MODALITIES if modality.topic == topic)
        remedy = ", or set `splicing`" if modality is SPLICING else ""
        raise DataError(
            f"{tables[0].name}: holds {modality.words} only; their sign is {modality.sign}, "
            f"not expression. Give expression models{remedy}"
        )
    ends = np.cumsum([len(table.frame) for table in tables])
    masks = np.split(left, ends[:-1])
    done = [
        table if mask.all() else replace(table, frame=table.frame[mask].reset_index(drop=True))
        for table, mask in zip(done, masks, strict=True)
    ]
    return done, facts


def _separate(
    tables: list[Table], combined: Combined, found: Bool, modality: Modality, *, keep: bool
) -> tuple[list[Table], list[QualityFact]]:
    """Count the rows of a modality in each table; where kept, name them by their gene."""
    done, facts = [], []
    ends = np.cumsum([len(table.frame) for table in tables])
    for table, mask in zip(tables, np.split(found, ends[:-1]), strict=True):
        count = int(mask.sum())
        if count and keep:
            genes = table.frame["gene"].where(~mask, table.frame["gene"].map(_gene_of))
            table = replace(table, frame=table.frame.assign(gene=genes))
            message = f"rows of {modality.words}: z is {modality.sign}, not expression"
            facts.append(QualityFact("warning", table.name, modality.topic, count, message))
        elif count:
            message = f"rows of {modality.words} were dropped: z is {modality.sign}, not expression"
            message += "; `splicing` keeps them" if modality is SPLICING else ""
            facts.append(
                QualityFact("note", table.name, f"dropped:{modality.topic}", count, message)
            )
        done.append(table)
    return done, facts


def _rows_of(modality: Modality, combined: Combined) -> Bool:
    given = combined.identifiers["given"].to_numpy(object)
    # Accessions of proteins look like some symbols.
    known = combined.identifiers["symbol"].to_numpy(object) == given
    known &= combined.reference_rows >= 0
    pattern = modality.identifier
    probes = [text[:4] != "ENSG" and pattern.search(text) is not None for text in given]
    panels = _match(modality.panel, combined.tissues)
    codes, weights = pd.factorize(combined.weights)
    of_weights = _match(modality.panel, [_folder(path) for path in weights])
    named: Bool = np.array(probes, dtype=bool) & ~known
    found: Bool = named[combined.identifier] | panels[combined.tissue] | of_weights[codes]
    return found


def _match(pattern: re.Pattern[str], names: Iterable[str]) -> Bool:
    return np.array([pattern.search(name) is not None for name in names], dtype=bool)


def _folder(weights: str) -> str:
    """Return the folders of a weight file: a gene may be called SPLICE itself."""
    return weights.replace("\\", "/").rpartition("/")[0]


def _gene_of(identifier: str) -> str:
    match = _ENSEMBL.search(identifier)
    if match:
        return match[0]
    return "" if SPLICING.identifier.search(identifier) else identifier
