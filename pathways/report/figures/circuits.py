"""Figure: the stress–reserve balance of each circuit, per trait and pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from pathways.report.figures import style
from pathways.report.figures.balance import estimate, keys_of, name_axis
from pathways.report.figures.forest import forest, legend
from pathways.report.pages.selection import collections
from pathways.report.words import names
from pathways.report.words.circuits import circuit_balances
from pathways.report.words.numbers import effect_scale
from twas.errors import UsageError

if TYPE_CHECKING:
    from pathways.results import Results


def circuits(
    results: Results,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw the balance of each circuit, a row per circuit.

    Parameters
    ----------
    results
        A run with circuits in its ``balance`` table.
    ax
        Where to draw; a new figure by default.
    collection
        Not used: the balance has sets of its own.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        Per trait and, up to three pairs, the difference between traits. In units of the effect,
        or of the standard error where only some traits have a sample size.

    Raises
    ------
    UsageError
        If the files have no tissue of a circuit.
    """
    table = circuit_balances(results.tables.get("balance"))
    if table.empty:
        raise UsageError("the results hold no circuit: no file has a tissue of one")
    rows = list(dict.fromkeys(table["scope"]))
    keys, scale = keys_of(table), effect_scale(table)
    height = 1.2 + max(0.3, 0.1 * len(keys)) * len(rows)
    ax = style.new_axes(height, width) if ax is None else ax
    series = [
        [estimate(table[table["scope"] == scope], key, scale, scope) for scope in rows]
        for key in keys
    ]
    forest(ax, [names.label(scope[:1].upper() + scope[1:]) for scope in rows], series)
    name_axis(ax, scale, "balance")
    above = legend(ax, [f"{a} − {b}" if b else a for a, b in keys])
    style.bare(ax)
    style.stamp(ax, simulated=results.parameters.simulated, above=above)
    return ax


def applies(results: Results, collection: str, _: str | None) -> bool:
    """Whether a file has a tissue of a circuit; they are drawn with the first collection."""
    shown = not circuit_balances(results.tables.get("balance")).empty
    return shown and collection == collections(results)[0]
