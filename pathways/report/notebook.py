"""Results in a notebook: a summary table, its HTML, and figures by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from pathways.report.pages.selection import Row, Selection, collections, select
from pathways.report.words import findings, names
from pathways.report.words.numbers import p_value
from twas.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pathways.results import Results

#: Rows of a summary in a notebook.
MOST = 20


def summary(results: Results) -> pd.DataFrame:
    """A row per collection × pathway × pair (of one trait: × trait), combined scope, rounded.

    Parameters
    ----------
    results
        A run.

    Returns
    -------
    DataFrame
        All pathways: activities with their intervals as text, ``q``, ``call`` and ``in_words``.
    """
    rows = [
        row
        for name in collections(results)
        for row in _rows(select(results, name, most=len(results.directions)))
    ]
    return pd.DataFrame(rows)


def _rows(chosen: Selection) -> list[dict[str, str]]:
    if not chosen.pairs:
        return [_of_trait(chosen, row) for row in chosen.directions.values()]
    return [
        _of_pair(chosen, chosen.divergence[(pathway, *pair)], pair)
        for pathway in chosen.pathways
        for pair in chosen.pairs
        if (pathway, *pair) in chosen.divergence
    ]


def _of_trait(chosen: Selection, row: Row) -> dict[str, str]:
    return {
        "collection": chosen.collection,
        "pathway": str(row["pathway"]),
        "trait": str(row["trait"]),
        "activity": findings.estimate(chosen, row),
        "q": p_value(row["q_direction"]),
        "in_words": findings.trait_sentence(row),
    }


def _of_pair(chosen: Selection, row: Row, pair: tuple[str, str]) -> dict[str, str]:
    estimates = {
        f"activity_{side}": findings.estimate(chosen, found) if found is not None else ""
        for side, found in zip(
            "ab", (chosen.directions.get((row["pathway"], t)) for t in pair), strict=True
        )
    }
    return {
        "collection": chosen.collection,
        "pathway": str(row["pathway"]),
        "trait_a": pair[0],
        "trait_b": pair[1],
        **estimates,
        "q": p_value(row["q_call"]),
        "call": str(row["call"]),
        "in_words": findings.pair_sentence(row),
    }


def repr_html(results: Results) -> str:
    """The summary as HTML for a notebook: the answer first, then the table."""
    alarm = "<p><strong>SIMULATED data.</strong></p>" if results.parameters.simulated else ""
    heads = "".join(
        f"<p><strong>{escape(names.clean(name))}</strong>:"
        f" {escape(findings.headline(select(results, name)))}</p>"
        for name in collections(results)
    )
    units = escape(select(results).scale.unit)
    table = summary(results)
    cut = f"<p>{MOST} of {len(table):,} rows</p>" if len(table) > MOST else ""
    printed = table.head(MOST).map(names.clean).to_html(index=False, escape=True, border=0)
    return f"{alarm}{heads}{printed}{cut}<p>Activities: {units}.</p>"


class Plot:
    """Figures of a run as methods: ``results.plot.activity(ax=ax)``; names in ``dir(...)``."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def __dir__(self) -> list[str]:
        from pathways.report.figures.registry import BY_NAME

        return [*BY_NAME, *super().__dir__()]

    def __getattr__(self, name: str) -> Callable[..., Axes]:
        """The figure `name`, bound to the run.

        Raises
        ------
        AttributeError
            If there is no such figure; the message lists them.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        from pathways.report.figures.registry import BY_NAME

        if name not in BY_NAME:
            raise AttributeError(f"no figure {name!r}; there are {', '.join(BY_NAME)}")
        function, results = BY_NAME[name].function, self._results

        def plot(ax: Axes | None = None, **options: object) -> Axes:
            from pathways.report.figures.save import draw

            _check(results, options)
            # Of a figure of our own the style is ours; on given axes it is the caller's.
            return (
                draw(function, results, **options)
                if ax is None
                else function(results, ax, **options)
            )

        plot.__doc__ = function.__doc__
        return plot


def _check(results: Results, options: Mapping[str, object]) -> None:
    """Refuse a collection, pathway or pair that the results do not hold, with those they do."""
    table = results.directions
    pairs = results.divergence[["trait_a", "trait_b"]].drop_duplicates().itertuples(index=False)
    known: dict[str, list[object]] = {
        "collection": list(collections(results)),
        "pathway": list(table["pathway"].unique()),
        "pair": [tuple(pair) for pair in pairs],
    }
    for key, held in known.items():
        value = options.get(key)
        given = tuple(value) if key == "pair" and isinstance(value, list) else value
        if given is not None and given not in held:
            close = difflib.get_close_matches(str(given), map(str, held), n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            there = names.listing([str(one) for one in held])
            raise UsageError(f"{key} {given!r} is not in the results; {hint}there are {there}")
