"""``twas_divergence_mqc.json``: the calls as a table in a MultiQC report (custom content).

MultiQC finds the file by the end of its name. It writes names into its page as they are, so they
are escaped here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from pathways.calls.vocabulary import CALLS
from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, collections, select
from pathways.report.words import names
from pathways.report.words.numbers import UNITS, Row
from pathways.tables.columns import Column
from pathways.tables.registry import TABLES

FILE = "twas_divergence_mqc.json"
_FORMATS = {"count": "{:,.0f}", "p": "{:.2g}", "number": "{:.3g}"}
#: MultiQC takes the name of a row for a path, and would keep what stands after the last slash.
_SLASHES = str.maketrans({"/": "\N{DIVISION SLASH}", "\\": "\N{SET MINUS}"})
_ACTIVITIES = ("activity_a", "activity_b")
#: Word of `Column.on` for columns that are there, and shown when asked for.
HIDDEN = "multiqc-hidden"
_COLOURS = {call.word: call.colour for call in CALLS if call.loud}


def multiqc_json(results: RunTables) -> str:
    """A MultiQC section: a row per pathway (and pair of traits), combined scope.

    Parameters
    ----------
    results
        A run. Of a collection of more than 30 pathways those of smallest q are in it.

    Returns
    -------
    str
        JSON of MultiQC's custom content, plot type ``table``.
    """
    chosen = [select(results, name) for name in collections(results)]
    pairs = chosen[0].pairs
    table = "divergence" if pairs else "directions"
    columns = [c for c in TABLES[table].shown() if c.printed("multiqc") or c.printed(HIDDEN)]
    section = {
        "id": "twas_divergence",
        "section_name": "Divergence of pathways",
        "description": _description(results, chosen),
        "plot_type": "table",
        "pconfig": {
            "id": "twas_divergence_table",
            "title": "twas-divergence: calls",
            "namespace": "twas-divergence",
            "col1_header": "Pathway",
            "no_violin": True,
            "sort_rows": False,
        },
        "headers": {column.name: _header(column, pairs) for column in columns},
        "data": {name: _values(row, columns) for name, row in _rows(chosen)},
    }
    return json.dumps(section, indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def _description(results: RunTables, chosen: list[Selection]) -> str:
    alarm = "<strong>SIMULATED data.</strong> " if results.parameters.simulated else ""
    traits = names.listing(chosen[0].traits)
    shown, there = (sum(len(c.pathways) for c in chosen), sum(c.n_pathways for c in chosen))
    cut = f" Shown are the {shown:,} of {there:,} pathways of smallest q." if shown < there else ""
    unit = UNITS.get(chosen[0].scale.effect_scale, "units that differ between traits")
    return alarm + escape(
        f"Direction of pathways in {traits} by genetically predicted expression: association, not"
        f" causation. Activities are in {unit}.{cut}"
    )


def _header(column: Column, pairs: Sequence[tuple[str, str]]) -> dict[str, object]:
    title = column.name.replace("_", " ")
    if len(pairs) == 1 and column.name in _ACTIVITIES:
        title = f"activity {names.shorten(pairs[0][_ACTIVITIES.index(column.name)], 20)}"
    header: dict[str, object] = {
        "title": escape(title),
        "description": escape(column.meaning),
        "scale": False,
        "hidden": column.printed(HIDDEN),
    }
    if column.kind == "text":
        rules = {call: [{"s_eq": call}] for call in _COLOURS}
        return {
            **header,
            "cond_formatting_rules": rules,
            "cond_formatting_colours": [{call: colour} for call, colour in _COLOURS.items()],
        }
    return {**header, "format": _FORMATS[column.kind]}


def _rows(every: list[Selection]) -> Iterator[tuple[str, Row]]:
    """Name of each row, unlike any other, and the row."""
    taken: set[str] = set()
    for chosen in every:
        collection = f"{chosen.collection}: " if len(every) > 1 else ""
        for pathway in chosen.pathways:
            title = collection + chosen.titles[pathway]
            for suffix, row in _of(chosen, pathway):
                name = base = escape(names.clean(title + suffix).translate(_SLASHES))
                copies = 1
                while name in taken:
                    copies += 1
                    name = f"{base} [{copies}]"
                taken.add(name)
                yield name, row


def _of(chosen: Selection, pathway: str) -> Iterator[tuple[str, Row]]:
    """Rows of one pathway: of each pair, of a run without pairs of its trait."""
    for pair in chosen.pairs:
        if row := chosen.divergence.get((pathway, *pair)):
            yield (f" ({pair[0]} and {pair[1]})" if len(chosen.pairs) > 1 else ""), row
    for trait in () if chosen.pairs else chosen.traits:
        if row := chosen.directions.get((pathway, trait)):
            yield "", row


def _values(row: Row, columns: list[Column]) -> dict[str, object]:
    """Cells of a row; what is missing or infinite is left out, as MultiQC has it."""
    found: dict[str, object] = {}
    for column in columns:
        value = row[column.name]
        if column.kind == "text":
            found[column.name] = str(row[column.name])
        elif np.isfinite(value):
            found[column.name] = int(value) if column.kind == "count" else value
    return found
