"""Figures: one file each, one registry. Each function takes an `Axes` and returns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes

from pathways.report.figures.activity import activity
from pathways.report.figures.save import draw, save
from pathways.results import Results

__all__ = ["FIGURES", "Figure", "activity", "draw", "save"]


@dataclass(frozen=True)
class Figure:
    """One figure of the registry.

    Attributes
    ----------
    name
        Name of its files, and on the command line.
    title
        What it shows.
    function
        Draws it: ``function(results, ax=None, *, collection=None) -> Axes``.
    applies
        Whether a run has what it needs, for one collection.
    """

    name: str
    title: str
    function: Callable[..., Axes]
    applies: Callable[[Results, str], bool]


#: Every figure, in the order of the report.
FIGURES: tuple[Figure, ...] = (
    Figure(
        "activity",
        "Activity of each pathway in each trait, with 95 % intervals and calls",
        activity,
        lambda results, collection: True,
    ),
)
