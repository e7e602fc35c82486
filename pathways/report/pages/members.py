"""The member genes of one pathway as a table: role, locus, and what each contributes per trait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.pages.selection import Row, Selection, combined
from pathways.report.pages.tables import Cell, Heading, PrintedTable, sortable
from pathways.report.words import names
from pathways.report.words.names import megabases
from pathways.report.words.numbers import count, number

#: Members printed, those that contribute most; ``genes.tsv`` has all.
MAX_MEMBERS = 200
_ORDER = {str(c): k for k, c in enumerate([*range(1, 23), "X", "Y", "MT"])}


@dataclass(frozen=True)
class Source:
    """Rows of one collection in the combined scope, grouped by pathway."""

    genes: Mapping[str, pd.DataFrame]
    classes: Mapping[tuple[str, str], str]
    evidence: Mapping[tuple[str, str], str]


def source(results: RunTables, chosen: Selection) -> Source:
    """Prepare the rows of the pathways shown."""
    genes = combined(results.genes, chosen.collection)
    genes = genes[genes["pathway"].isin(chosen.pathways)]
    return Source(
        genes={str(name): part for name, part in genes.groupby("pathway", sort=False)},
        classes=_classes(results, chosen),
        evidence=_evidence(results, chosen),
    )


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


def members(rows: Source, chosen: Selection, pathway: str) -> PrintedTable | None:
    """The tested members of one pathway, by what they contribute; None where there are none."""
    table = rows.genes.get(pathway)
    if table is None or table.empty:
        return None
    size = table["contribution"].abs().groupby(table["gene"], sort=False).sum()
    order = size.sort_values(ascending=False, kind="stable").index
    by_gene: dict[str, list[Row]] = {}
    for row in table.to_dict("records"):
        by_gene.setdefault(str(row["gene"]), []).append(row)
    shown = [_row(rows, chosen, pathway, str(g), by_gene[str(g)]) for g in order[:MAX_MEMBERS]]
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
        short = names.shorten(trait, 24)
        unit = chosen.scale.prefix
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


def _row(
    rows: Source, chosen: Selection, pathway: str, gene: str, part: Sequence[Row]
) -> tuple[Cell, ...]:
    first = part[0]
    by_trait: dict[str, Row] = {str(row["trait"]): row for row in part}
    cells = [
        Cell(names.clean(gene)),
        Cell(
            f"{int(first['role']):+d}".replace("-", "−") if first["role"] else "0",
            str(first["role"]),
        ),
        Cell(megabases(first["block"])),
        _position(first),
    ]
    for trait in chosen.traits:
        row = by_trait.get(trait, {})
        cells += [
            _number(row.get("z"), number(row.get("z"))),
            _number(row.get("contribution"), chosen.scale.text(row.get("contribution"))),
        ]
    key = (pathway, gene)
    return (*cells, Cell(rows.classes.get(key, "")), Cell(names.clean(rows.evidence.get(key, ""))))


def _position(row: Row) -> Cell:
    if pd.isna(row["position"]):
        return Cell("–", "")
    megabases = float(row["position"]) / 1e6
    # Sorted by chromosome, then by position.
    key = _ORDER.get(str(row["chrom"]), 99) * 1000 + megabases
    return Cell(f"{row['chrom']}:{megabases:.1f}", repr(round(key, 3)))


def _number(value: object, text: str) -> Cell:
    missing = value is None or not np.isfinite(float(value))  # type: ignore[arg-type]
    return Cell("–", "") if missing else Cell(text, sortable(value))


def note(table: PrintedTable) -> str:
    """What is said below a table that is cut."""
    if len(table.rows) == table.n_rows:
        return ""
    return (
        f"The {len(table.rows)} of {count(table.n_rows)} tested members that contribute most;"
        " genes.tsv has all."
    )
