"""Figure 6: quantile–quantile plot of a large collection, with the negative controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import betaincinv

from pathways.output.run_tables import RunTables
from pathways.report.figures import style, svg
from pathways.report.selection import CONTROLS, Selection, combined, is_control, select
from pathways.report.words import names
from pathways.report.words.numbers import p_value
from twas.system.arrays import Float

#: With fewer p-values there is no quantile to speak of.
MIN_SETS = 20
#: The largest p-values of a long list lie on top of each other: at most so many are drawn.
_DRAWN = 400
#: The smallest p-values of each series have a tooltip.
_TIPS = 30


@dataclass(frozen=True)
class _Series:
    """Sorted p-values, their sets, and their look."""

    name: str
    p: Float
    pathways: tuple[str, ...]
    look: int
    control: bool = False


def qq(
    results: RunTables,
    ax: Axes | None = None,
    *,
    collection: str | None = None,
    width: float = style.PAGE,
) -> Axes:
    """Draw observed against expected p-values of directions and differences.

    Parameters
    ----------
    results
        A run.
    ax
        Where to draw; a new figure by default.
    collection
        Name of a collection; the first by default. Beside it stand the negative controls of the
        run, each series on the quantiles of its own length.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        With the 95 % band of independent p-values of no signal.
    """
    chosen = select(results, collection)
    tall = 0.62 if width > style.COLUMN else 1.0
    ax = style.new_axes(tall * width + 0.6, width) if ax is None else ax
    traits = chosen.traits
    series = _directions(results, chosen.collection, traits)
    n = len(series)
    series += _differences(results, chosen.collection, n)
    if not is_control(chosen.collection):
        series += _directions(results, CONTROLS, traits)
    _band(ax, max((len(one.p) for one in series), default=0))
    for one in series:
        _draw(ax, one, chosen)
    ax.set_xlabel("expected −log10 p")
    ax.set_ylabel("observed −log10 p")
    box = ax.legend(loc="upper left", handletextpad=0.3, borderaxespad=0.2)
    for text in box.get_texts():
        text.set_parse_math(False)
        text.set_text(text.get_text().removeprefix("\u200b"))
    style.bare(ax)
    style.stamp(ax, simulated=chosen.simulated)
    return ax


def applies(results: RunTables, collection: str, _: str | None) -> bool:
    """Whether a collection has enough testable sets."""
    table = combined(results.directions, collection)
    return bool(table.groupby("trait")["q_direction"].count().max() >= MIN_SETS)


def _directions(results: RunTables, collection: str, traits: tuple[str, ...]) -> list[_Series]:
    table = combined(results.directions, collection)
    found = []
    for look, trait in enumerate(traits):
        part = table[table["trait"] == trait]
        control = is_control(collection)
        words = f"negative controls, {trait}" if control else f"direction in {trait}"
        found.append(_series(words, part, "direction", look, control=control))
    return [one for one in found if one.p.size]


def _differences(results: RunTables, collection: str, first: int) -> list[_Series]:
    table = combined(results.divergence, collection)
    found = [
        _series(f"difference {a} − {b}", part, "difference", first + k)
        for k, ((a, b), part) in enumerate(table.groupby(["trait_a", "trait_b"], sort=False))
    ]
    return [one for one in found if one.p.size]


def _series(
    name: str, table: pd.DataFrame, test: str, look: int, *, control: bool = False
) -> _Series:
    """The p-values of the sets that could be tested, in order."""
    used = table[table[f"q_{test}"].notna() & table[f"p_{test}"].notna()]
    used = used.sort_values([f"p_{test}", "pathway"], kind="stable")
    p = used[f"p_{test}"].to_numpy(dtype=np.float64)
    return _Series(name, p, tuple(map(str, used["pathway"])), look, control)


def _draw(ax: Axes, one: _Series, chosen: Selection) -> None:
    """Points of a series: the first have tooltips, of the rest of a long one some are drawn."""
    n = len(one.p)
    x = -np.log10((np.arange(1, n + 1) - 0.5) / n)
    y = -np.log10(np.maximum(one.p, 1e-300))
    shade = style.colour(one.look)
    # Controls stand out by size and dark rim; they are few.
    look: dict[str, Any] = {"marker": style.marker(one.look), "ls": "", "mew": 0.7}
    look |= (
        {"ms": 4.5, "mec": style.INK, "mfc": shade}
        if one.control
        else {"ms": 2.6, "mec": shade, "mfc": "none"}
    )
    titles = {} if one.control else chosen.titles
    first = [
        f"{titles.get(pathway) or names.clean(pathway)}, {one.name}: p = {p_value(p)}"
        for pathway, p in zip(one.pathways[:_TIPS], one.p[:_TIPS], strict=True)
    ]
    ax.plot(x[:_TIPS], y[:_TIPS], zorder=4 if one.control else 3, gid=svg.tips(first), **look)
    rest = np.arange(_TIPS, n)
    if n > _DRAWN:
        rest = np.unique(np.geomspace(_TIPS, n - 1, _DRAWN).round().astype(int))
    label = "\u200b" + names.shorten(one.name, 40)
    ax.plot(x[rest], y[rest], label=label, **look)


def _band(ax: Axes, n: int) -> None:
    if not n:
        return
    rank = np.unique(np.geomspace(1, n, 60).round().astype(int))
    x = -np.log10((rank - 0.5) / n)
    low, high = (-np.log10(betaincinv(rank, n + 1 - rank, level)) for level in (0.975, 0.025))
    label = "95 % band, no signal, independent sets"
    ax.fill_between(x, low, high, color="#e4e4e4", lw=0, label=label)
    ax.plot([0, x.max()], [0, x.max()], color=style.FAINT, lw=0.6)
