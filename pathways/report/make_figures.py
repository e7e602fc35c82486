"""Draw every figure of the registry that a run has the data for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pathways.report import names, svg
from pathways.report.figures import FIGURES, draw, save
from pathways.report.html import Drawn
from pathways.report.selection import collections
from pathways.results import Results


def make_figures(results: Results, folder: Path) -> list[Drawn]:
    """Write each figure of each collection to `folder`.

    Returns
    -------
    list of Drawn
        In the order of the report.
    """
    return list(_figures(results, folder))


def _figures(results: Results, folder: Path) -> Iterator[Drawn]:
    taken: set[str] = set()
    for place, collection in enumerate(collections(results)):
        tag = names.slug(collection, taken)
        for figure in FIGURES:
            if not figure.applies(results, collection):
                continue
            # The first collection has the plain name: figures/activity.svg.
            name = figure.name if place == 0 else f"{figure.name}_{tag}"
            ax = draw(figure.function, results, collection=collection)
            image = save(ax, folder, name)
            yield Drawn(name, figure.title, collection, svg.inline(image, name, figure.title))
