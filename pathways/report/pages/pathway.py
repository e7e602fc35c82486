"""The section of one pathway: what was found, what holds it up, and its member genes as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.figures.make_figures import Drawn
from pathways.report.pages.printed import Cell, Heading, PrintedTable, sortable
from pathways.report.selection import MOST, Selection, combined, rows_of
from pathways.report.words import names
from pathways.report.words.findings import Finding
from pathways.report.words.names import Genes, megabases
from pathways.report.words.numbers import Row, count, number

#: Members printed, those that contribute most; ``genes.tsv`` has all.
MAX_MEMBERS = 200
_ORDER = {str(c): k for k, c in enumerate([*range(1, 23), "X", "Y", "MT"])}


@dataclass(frozen=True)
class Pathway:
    """The section of one pathway."""

    anchor: str
    finding: Finding
    support: tuple[str, ...]
    members: PrintedTable | None
    note: str
    figures: tuple[Drawn, ...]


def pathways(
    results: RunTables,
    chosen: Selection,
    findings: Mapping[str, Finding],
    loci: Genes,
    figures: Sequence[Drawn],
    anchor: str,
) -> tuple[Pathway, ...]:
    """Sections: of a small collection every pathway has one, of a large one those with a call.

    Parameters
    ----------
    results
        A run.
    chosen
        The collection.
    findings
        What was found for each of its pathways.
    loci
        Pathway and locus → members.
    figures
        Of the collection.
    anchor
        How the names of their places on the page begin.
    """
    shown = chosen.called[:MOST] if chosen.cut else chosen.pathways
    genes = combined(results.genes, chosen.collection)
    by_pathway = dict(list(genes[genes["pathway"].isin(shown)].groupby("pathway", sort=False)))
    notes = Notes(_classes(results, chosen), _evidence(results, chosen))
    found = []
    for k, pathway in enumerate(shown):
        table = members(by_pathway.get(pathway), chosen, notes)
        found.append(
            Pathway(
                anchor=f"{anchor}-pathway-{k + 1}",
                finding=findings[pathway],
                members=table,
                note=note(table) if table else "",
                support=tuple(s for row in chosen.both[pathway] for s in support(row, loci)),
                figures=tuple(f for f in figures if f.pathway == pathway),
            )
        )
    return tuple(found)


def support(row: Row, loci: Genes) -> tuple[str, ...]:
    """What holds one call up, or does not: its leading locus and its tissues.

    Parameters
    ----------
    row
        Of ``divergence``.
    loci
        Pathway and locus → members.
    """
    sentences = []
    block, without = row["top_block"], row["call_without_top_block"]
    if block and without:
        same = without == row["call"]
        where = names.locus(loci, row["pathway"], block)
        sentences.append(
            f"Without the locus that contributes most ({where}) the call is"
            f" {'the same' if same else without}."
        )
    agreement = row["tissue_agreement"]
    if agreement:
        sentences.append(f"Tissues whose activities have the directions of the call: {agreement}.")
    return tuple(sentences)


@dataclass(frozen=True)
class Notes:
    """What is known of members: (pathway, gene) → class of its effects; evidence of its role."""

    classes: Mapping[tuple[str, str], str]
    evidence: Mapping[tuple[str, str], str]


def _classes(results: RunTables, chosen: Selection) -> dict[tuple[str, str], str]:
    """(pathway, gene) → class of its pair of effects; of one pair only."""
    table = results.tables.get("gene_divergence")
    if table is None or len(chosen.pairs) != 1 or table.empty:
        return {}
    table = combined(table, chosen.collection)
    keys = zip(table["pathway"], table["gene"], strict=True)
    return dict(zip(keys, table["class"].astype(str), strict=True))


def _evidence(results: RunTables, chosen: Selection) -> dict[tuple[str, str], str]:
    for sets in results.gene_sets:
        if sets.collection == chosen.collection and "evidence" in sets.table:
            table = sets.table
            text = names.texts(table["evidence"]) + ": " + names.texts(table["note"])
            keys = zip(table["pathway"], table["symbol"], strict=True)
            return {k: t for k, t in zip(keys, text, strict=True) if t != ": "}
    return {}


def members(table: pd.DataFrame | None, chosen: Selection, notes: Notes) -> PrintedTable | None:
    """The tested members of one pathway, by what they contribute; None where there are none."""
    if table is None or table.empty:
        return None
    size = table["contribution"].abs().groupby(table["gene"], sort=False).sum()
    order = [str(gene) for gene in size.sort_values(ascending=False, kind="stable").index]
    by_gene: dict[str, list[Row]] = {}
    for row in rows_of("genes", table):
        by_gene.setdefault(str(row["gene"]), []).append(row)
    shown = [_row(by_gene[gene], chosen, notes) for gene in order[:MAX_MEMBERS]]
    used = [any(row[k].text not in ("", "–") for row in shown) for k in range(len(shown[0]))]
    return PrintedTable(
        name="members",
        headings=tuple(h for h, u in zip(_headings(chosen), used, strict=True) if u),
        rows=tuple(tuple(c for c, u in zip(r, used, strict=True) if u) for r in shown),
        n_rows=len(order),
    )


def _headings(chosen: Selection) -> list[Heading]:
    fixed = [
        Heading("gene", "gene", "", "gene symbol", False),
        Heading("role", "role", "", "+1 raises, −1 lowers the activity, 0 unknown", True),
        Heading("block", "locus", "", "LD block", False),
        Heading("position", "position", "Mb", "start of the gene, GRCh38", True),
    ]
    for trait in chosen.traits:
        short, unit = chosen.short[trait], chosen.scale.prefix
        fixed += [
            Heading("z", f"z {short}", "", "TWAS z-score, tissues combined", True),
            Heading(
                "contribution", f"contribution {short}", unit,
                "role × effect / number of signed members; sums to the activity", True,
            ),
        ]  # fmt: skip
    return [
        *fixed,
        Heading("class", "effects", "", "by the intervals of both effects of the gene", False),
        Heading("evidence", "why this role", "", "annotation or mechanism", False, wordy=True),
    ]


def _row(part: Sequence[Row], chosen: Selection, notes: Notes) -> tuple[Cell, ...]:
    first, role = part[0], int(part[0]["role"])
    by_trait = {str(row["trait"]): row for row in part}
    cells = [
        Cell(names.clean(first["gene"])),
        Cell(f"{role:+d}".replace("-", "−") if role else "0", str(role)),
        Cell(megabases(first["block"])),
        _position(first),
    ]
    for trait in chosen.traits:
        row = by_trait.get(trait, {"z": np.nan, "contribution": np.nan})
        cells += [
            _number(row["z"], number(row["z"])),
            _number(row["contribution"], chosen.scale.text(row["contribution"])),
        ]
    key = (str(first["pathway"]), str(first["gene"]))
    told = notes.classes.get(key, ""), notes.evidence.get(key, "")
    return (*cells, Cell(told[0]), Cell(names.clean(told[1])))


def _position(row: Row) -> Cell:
    if np.isnan(row["position"]):
        return Cell("–", "")
    place = row["position"] / 1e6
    # Sorted by chromosome, then by position.
    key = _ORDER.get(str(row["chrom"]), 99) * 1000 + place
    return Cell(f"{row['chrom']}:{place:.1f}", repr(round(key, 3)))


def _number(value: float, text: str) -> Cell:
    return Cell(text, sortable(value)) if np.isfinite(value) else Cell("–", "")


def note(table: PrintedTable) -> str:
    """What is said below a table that is cut."""
    if len(table.rows) == table.n_rows:
        return ""
    return (
        f"The {len(table.rows)} of {count(table.n_rows)} tested members that contribute most;"
        " genes.tsv has all."
    )
