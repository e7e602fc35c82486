"""Figure: the stress–reserve balance of each circuit, per trait and pair."""

from __future__ import annotations

from matplotlib.axes import Axes

from pathways.output.run_tables import RunTables
from pathways.report.figures import style
from pathways.report.figures.forest import draw_rows
from pathways.report.selection import collections
from pathways.report.words import names
from pathways.report.words.whole_run import circuit_balances
from twas.errors import UsageError


def circuits(
    results: RunTables,
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
        Per trait (up to six) and, up to three pairs, their difference. In units of the effect,
        or of the standard error where only some traits have a sample size.

    Raises
    ------
    UsageError
        If the files have no tissue of a circuit.
    """
    table = circuit_balances(results.tables.get("balance"))
    if table.empty:
        raise UsageError("the results hold no circuit: no file has a tissue of one")
    scopes = dict.fromkeys(map(str, table["scope"]))
    rows = [
        (names.label(scope[:1].upper() + scope[1:]), scope, table[table["scope"] == scope])
        for scope in scopes
    ]
    return draw_rows(results, ax, rows, quantity="balance", width=width)


def applies(results: RunTables, collection: str, _: str | None) -> bool:
    """Whether a file has a tissue of a circuit; they are drawn with the first collection."""
    shown = not circuit_balances(results.tables.get("balance")).empty
    return shown and collection == collections(results)[0]
