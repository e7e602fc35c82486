"""How far a call depends on single loci, tissues and choices, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pathways.calls.vocabulary import LOUD
from pathways.report.pages.selection import Row, Selection, combined, is_control
from pathways.report.words import names

if TYPE_CHECKING:
    from pathways.results import Results

AS_ANALYSED = "as analysed"


def support(row: Row) -> tuple[str, ...]:
    """What holds one call up, or does not: its leading locus and its tissues."""
    sentences = []
    block = str(row.get("top_block") or "")
    without = str(row.get("call_without_top_block") or "")
    if block and without:
        same = without == row["call"]
        sentences.append(
            f"Without the locus that contributes most ({block}) the call is"
            f" {'the same' if same else without}."
        )
    agreement = str(row.get("tissue_agreement") or "")
    if agreement:
        sentences.append(f"Tissues whose activities have the directions of the call: {agreement}.")
    return tuple(sentences)


def sensitivity(results: Results, chosen: Selection) -> tuple[str, ...]:
    """Which calls change under other reasonable choices, a sentence per call that changes."""
    table = results.tables.get("sensitivity")
    if table is None or table.empty:
        return ()
    table = combined(table, chosen.collection)
    run = table[(table["variant"] != AS_ANALYSED) & (table["call"].fillna("") != "")]
    changed = run[run["changed"] == "yes"]
    variants = run["variant"].nunique()
    if not variants:
        return ()
    if changed.empty:
        return (f"No call changes under any of the {variants} variants that could be run.",)
    sentences = [
        f"{changed['pathway'].nunique():,} of {run['pathway'].nunique():,} pathways have another"
        f" call under at least one of the {variants} variants that could be run."
    ]
    return (*sentences, *_changes(changed, table, chosen)[:12])


def _changes(changed: pd.DataFrame, table: pd.DataFrame, chosen: Selection) -> list[str]:
    keys = ["pathway", "trait_a", "trait_b"]
    before = table[table["variant"] == AS_ANALYSED].set_index(keys)["call"].to_dict()
    found = []
    for key, part in changed.groupby(keys, sort=False):
        title = names.title(key[0], chosen.collection)
        pair = f" ({key[1]} / {key[2]})" if len(chosen.pairs) > 1 else ""
        new = [f"{row['call']} with “{row['variant']}”" for row in part.to_dict("records")]
        found.append(f"{title}{pair}: {before.get(key, 'no call')}, but {names.listing(new)}.")
    return found


def controls(results: Results, chosen: Selection) -> str:
    """What the negative controls say of the whole run."""
    if not is_control(chosen.collection):
        return ""
    rows = list(chosen.divergence.values())
    if rows:
        called = sum(row["call"] in LOUD for row in rows)
        of = f"{called:,} of {len(rows):,}"
        return (
            "Negative controls (random genes, equal to the core sets in size, roles and loci):"
            f" {of} have a call{'' if called == 0 else '; calls of this run deserve doubt'}."
        )
    q = [float(row["q_direction"]) for row in chosen.directions.values()]
    clear = sum(value <= 0.05 for value in q)
    return (
        "Negative controls (random genes, equal to the core sets in size, roles and loci):"
        f" {clear:,} of {len(q):,} have a direction."
    )
