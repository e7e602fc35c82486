"""Loci for people: the members of a set that lie in them, and where they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from pathways.report.words import names

_SPAN = re.compile(r"([^:]+):(\d+)-(\d+)")
#: Genes named of a locus.
_NAMED = 2

#: Pathway and locus → members, those that contribute most first.
Genes = Mapping[tuple[str, str], tuple[str, ...]]


def megabases(block: object) -> str:
    """``1:8117490-10871559`` as ``1:8.1–10.9 Mb``; other names stay."""
    found = _SPAN.fullmatch(str(block))
    if found is None:
        return names.clean(block)
    chrom, start, end = found.groups()
    return f"{chrom}:{int(start) / 1e6:.1f}–{int(end) / 1e6:.1f} Mb"


def members_of(genes: pd.DataFrame) -> Genes:
    """The members in each locus, from rows of ``genes`` in one collection and scope."""
    keys = ["pathway", "block", "gene"]
    size = genes["contribution"].abs().groupby([genes[key] for key in keys], sort=False)
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in size.sum().reset_index().to_dict("records"):
        pathway, block, gene = (str(row[key]) for key in keys)
        found.setdefault((pathway, block), []).append((-float(row["contribution"]), gene))
    return {key: tuple(gene for _, gene in sorted(inside)) for key, inside in found.items()}


def locus(genes: Genes, pathway: object, block: object) -> str:
    """``NPRL3, 16:0.0–1.0 Mb``; of more members the first two and a count."""
    inside = [names.clean(gene) for gene in genes.get((str(pathway), str(block)), ())]
    more = [f"+{len(inside) - _NAMED}"] if len(inside) > _NAMED else []
    return ", ".join([*inside[:_NAMED], *more, megabases(block)]) if block else ""
