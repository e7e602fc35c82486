"""Power of each test of a planned study against the true effect.

Not a figure of results: it takes the curves of `pathways.power.plan.Plan`, and is in no registry.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pathways.power.plan import POWER, Plan
from pathways.report.figures import style, svg
from pathways.report.words.numbers import Scale, count, number
from twas.study.universe import PER_SQRT_N

#: Look of the tests of two traits; those of one have the colours of the traits.
_LOOKS: dict[str, dict[str, Any]] = {
    "opposite": {"color": style.INK, "lw": 2.0, "ls": "-"},
    "concordant": {"color": style.FAINT, "lw": 1.2, "ls": "--"},
    "difference": {"color": style.TRAIT_COLOURS[2], "lw": 1.2, "ls": "-."},
}
#: One marker per so many points of a curve.
_MARKED = 8


def power_curves(plan: Plan, ax: Axes | None = None, *, width: float = style.PAGE) -> Axes:
    """Draw power against the true effect per member.

    Parameters
    ----------
    plan
        A planned study.
    ax
        Where to draw; a new figure by default.
    width
        Of a new figure, in inches.

    Returns
    -------
    Axes
        Direction of each trait and difference at p, calls at q at most alpha. Effects that
        have the power asked for stand on the dotted line.
    """
    ax = (
        style.new_axes(0.45 * width + (0.9 if width > style.COLUMN else 1.9), width)
        if ax is None
        else ax
    )
    top = float(plan.curves["effect"].max())
    scale = Scale(3 * int(np.floor(np.log10(top) / 3)), PER_SQRT_N)
    groups = plan.curves.groupby(["test", "trait"], sort=False)
    handles = [
        _curve(ax, plan, (str(test), str(trait)), part, k, scale)
        for k, ((test, trait), part) in enumerate(groups)
    ]
    ax.axhline(POWER, color=style.FAINT, lw=0.6, ls=":", zorder=0)
    ax.set_xlim(0, scale.of(top))
    ax.set_ylim(0, 1.02)
    ax.set_yticks(np.linspace(0, 1, 6), [f"{tick:.0%}" for tick in np.linspace(0, 1, 6)])
    ax.set_ylabel("power")
    ax.set_xlabel(style.quantity(ax, "true effect per member, one tissue", scale.unit))
    style.legend_above(
        ax, handles, columns=1 if style.narrow(ax) else 3, heading=_heading(ax, plan)
    )
    style.bare(ax)
    return ax


def _curve(
    ax: Axes, plan: Plan, key: tuple[str, str], part: pd.DataFrame, k: int, scale: Scale
) -> Line2D:
    """One line, and a point where it has the power asked for."""
    test, trait = key
    called = test in ("opposite", "concordant")
    y = part["power_fdr" if called else "power"].to_numpy()
    look = _LOOKS.get(test) or {"color": style.colour(k), "lw": 1.2, "ls": "-"}
    if test == "direction":
        look = {**look, "marker": style.marker(k), "ms": 3.0, "markevery": (k + 2, _MARKED)}
    ax.plot(part["effect"] * scale.factor, y, zorder=3, **look)
    rows = plan.table[(plan.table["test"] == test) & (plan.table["trait"] == trait)]
    column = "detectable_effect_fdr" if called else "detectable_effect"
    at = float(rows[column].iloc[0])
    label = _label(plan, test, trait)
    if np.isfinite(at) and at <= part["effect"].max():
        tip = svg.tip(f"{label}: power {POWER:.0%} at {number(at)}")
        point = {"marker": "o", "ms": 4, "mfc": "white", "mec": look["color"]}
        ax.plot(scale.of(at), POWER, gid=tip, zorder=4, **point)
    return Line2D([], [], label=label, **{**look, "markevery": None})


def _label(plan: Plan, test: str, trait: str) -> str:
    alpha = f"{plan.design.alpha:g}"
    if test == "direction":
        size = count(plan.design.n_eff[trait])
        return f"direction in {trait} (N_eff {size}), p ≤ {alpha}"
    if test == "difference":
        return f"difference, p ≤ {alpha}"
    return f"called {test}, FDR {alpha}"


def _heading(ax: Axes, plan: Plan) -> str:
    design = plan.design
    name = f"{design.loci.name}: " if design.loci.name else ""
    words = f"{name}{design.loci.n_genes} members in {len(design.loci.members)} loci"
    if style.narrow(ax):
        return words
    return f"{words}, {design.n_true} of {design.n_sets} sets with the effect"
