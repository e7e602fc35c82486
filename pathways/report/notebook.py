"""Results in a notebook: a summary table, its HTML, and figures by name."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.selection import Selection, collections, select
from pathways.report.words import findings, headline, names
from pathways.report.words.numbers import UNITS, Row, p_value
from twas.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


#: Rows of a summary in a notebook.
MOST = 20

Record = dict[str, object]

#: Columns of ``directions`` and of ``divergence`` that a summary holds.
_OF_TRAIT = ("n_tested", "n_blocks", "activity", "ci_low", "ci_high", "p_direction", "q_direction")
_OF_PAIR = (
    *("n_tested", "n_blocks", "activity_a", "ci_low_a", "ci_high_a"),
    *("activity_b", "ci_low_b", "ci_high_b", "q_call", "call"),
    *("bound_opposite", "bound_concordant"),
)


def summary(results: RunTables) -> pd.DataFrame:
    """A row per collection × pathway × pair (of one trait: × trait), combined scope, in numbers.

    Parameters
    ----------
    results
        A run.

    Returns
    -------
    DataFrame
        All pathways, numbers as in the tables. Of pairs: those of ``divergence``, with
        ``direction_a``, ``q_direction_a`` and so on, which each trait has on its own genes, from
        ``directions``. Of one trait those of ``directions``. Column ``unit`` is the unit of every
        activity, end of an interval and bound.
    """
    return pd.DataFrame(list(_each(results, _numbers_of_trait, _numbers_of_pair)))


def in_words(results: RunTables) -> pd.DataFrame:
    """The rows of `summary`, in words: numbers rounded as in the report, and the finding.

    Parameters
    ----------
    results
        A run.

    Returns
    -------
    DataFrame
        Texts: activities with their intervals, in ``unit``, ``q``, ``call`` and ``in_words``.
    """
    return pd.DataFrame(list(_each(results, _of_trait, _of_pair)))


def _each(
    results: RunTables,
    of_trait: Callable[[Selection, Row], Record],
    of_pair: Callable[[Selection, Row, list[Row]], Record],
) -> Iterator[Record]:
    """A record per row that is told, in the order of the source."""
    for name in collections(results):
        chosen = select(results, name, most=len(results.directions))
        if not chosen.pairs:
            yield from (of_trait(chosen, row) for row in chosen.directions.values())
        for pathway in chosen.pathways if chosen.pairs else ():
            for pair in chosen.pairs:
                row = chosen.divergence.get((pathway, *pair))
                if row is not None:
                    yield of_pair(chosen, row, chosen.sides(row))


def _numbers_of_trait(chosen: Selection, row: Row) -> Record:
    return {
        "collection": chosen.collection,
        "pathway": row["pathway"],
        "trait": row["trait"],
        **{name: row[name] for name in _OF_TRAIT},
        "direction": row["direction"],
        "unit": UNITS.get(str(row["effect_scale"]), ""),
    }


def _numbers_of_pair(chosen: Selection, row: Row, own: list[Row]) -> Record:
    each = {
        key: value
        for side, trait in zip("ab", own, strict=True)
        for key, value in (
            (f"direction_{side}", trait["direction"]),
            (f"q_direction_{side}", trait["q_direction"]),
        )
    }
    return {
        "collection": chosen.collection,
        "pathway": row["pathway"],
        "trait_a": row["trait_a"],
        "trait_b": row["trait_b"],
        **{name: row[name] for name in _OF_PAIR},
        **each,
        "unit": UNITS.get(str(row["effect_scale"]), ""),
    }


def _of_trait(chosen: Selection, row: Row) -> Record:
    return {
        "collection": chosen.collection,
        "pathway": str(row["pathway"]),
        "trait": str(row["trait"]),
        "activity": findings.estimate(chosen, row),
        "unit": chosen.scale.unit,
        "q": p_value(row["q_direction"]),
        "in_words": findings.trait_sentence(row),
    }


def _of_pair(chosen: Selection, row: Row, own: list[Row]) -> Record:
    sentence = f"{findings.pair_sentence(row)} {findings.own_directions([row], own)}".rstrip()
    a, b = chosen.of_pair(str(row["pathway"]), (str(row["trait_a"]), str(row["trait_b"])))
    return {
        "collection": chosen.collection,
        "pathway": str(row["pathway"]),
        "trait_a": str(row["trait_a"]),
        "trait_b": str(row["trait_b"]),
        "activity_a": findings.estimate(chosen, a),
        "activity_b": findings.estimate(chosen, b),
        "unit": chosen.scale.unit,
        "q": p_value(row["q_call"]),
        "call": str(row["call"]),
        "in_words": sentence,
    }


def repr_html(results: RunTables) -> str:
    """The answer in words as HTML for a notebook: the answer first, then the table."""
    alarm = "<p><strong>SIMULATED data.</strong></p>" if results.parameters.simulated else ""
    heads = "".join(
        f"<p><strong>{escape(names.clean(name))}</strong>:"
        f" {escape(headline.headline(select(results, name)))}</p>"
        for name in collections(results)
    )
    units = escape(select(results).scale.unit)
    table = in_words(results).drop(columns="unit", errors="ignore")
    cut = f"<p>{MOST} of {len(table):,} rows</p>" if len(table) > MOST else ""
    printed = table.head(MOST).map(names.clean).to_html(index=False, escape=True, border=0)
    return f"{alarm}{heads}{printed}{cut}<p>Activities: {units}.</p>"


class Plot:
    """Figures of a run as methods: ``results.plot.activity(ax=ax)``; names in ``dir(...)``."""

    def __init__(self, results: RunTables) -> None:
        self._results = results

    def __dir__(self) -> list[str]:
        from pathways.report.registry import BY_NAME

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
        from pathways.report.registry import BY_NAME

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

        return _named(plot, name, function)


def _named(
    plot: Callable[..., Axes], name: str, function: Callable[..., Axes]
) -> Callable[..., Axes]:
    """Give a method the name, the text and the signature of the figure, less the results."""
    signature = inspect.signature(function)
    _, *parameters = signature.parameters.values()
    plot.__name__, plot.__qualname__ = name, f"Plot.{name}"
    plot.__doc__ = function.__doc__
    plot.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return plot


def _check(results: RunTables, options: Mapping[str, object]) -> None:
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
