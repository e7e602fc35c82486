"""Runs to draw, and what every drawing must satisfy."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.text import Text

import pathways
from pathways.report.figures.save import draw
from pathways.report.figures.style import style
from pathways.report.figures.svg import texts_of
from pathways.report.registry import BY_NAME
from tests.pathways.report.conftest import make_study, some_sets, symbols

TISSUES = tuple(f"Brain_{place}" for place in ("Amygdala", "Cerebellum", "Cortex_BA24", "Pons"))


def analysed(traits, collections, *, gsea=False, flips=200, simulated=False):
    """Analyse; `traits` maps a name to options of `make_trait`, `collections` a name to sets."""
    study = make_study(traits)
    loaded = [
        sets
        if isinstance(sets, pathways.GeneSets)
        else pathways.load_gene_sets(sets, name=collection)
        for collection, sets in collections.items()
    ]
    results = pathways.analyse(study, loaded, run_gsea=gsea, flips=flips)
    return replace(results, parameters=replace(results.parameters, simulated=simulated))


def signed(sets):
    """Every third member lowers the activity."""
    return {
        name: {gene: -1 if k % 3 == 0 else 1 for k, gene in enumerate(genes)}
        for name, genes in sets.items()
    }


def full_inputs():
    """Traits and signed sets of `full`."""
    sets = signed(some_sets(["turned", "shared", "null"], size=60))
    a = {g: 2.0 * r for name in ("turned", "shared") for g, r in sets[name].items()}
    b = {
        g: s * 2.0 * r for name, s in (("turned", -1), ("shared", 1)) for g, r in sets[name].items()
    }
    traits = {
        "ALS": {"n_eff": 80_000, "shift": a, "tissues": TISSUES},
        "FTD": {"n_eff": 10_000, "shift": b, "tissues": TISSUES},
    }
    return traits, sets


@cache
def full():
    """Two traits, four tissues, signed sets, calls of both kinds, GSEA; simulated."""
    traits, sets = full_inputs()
    return analysed(traits, {"mine": sets}, gsea=True, simulated=True)


@cache
def three():
    """Three traits, of which the last has no sample size and a tissue of its own."""
    sets = signed(some_sets(["turned", "shared", "null"], size=60))
    shift = {g: 2.0 * r for g, r in sets["turned"].items()}
    turned = {g: -z for g, z in shift.items()}
    traits = {
        "ALS": {"n_eff": 80_000, "shift": shift, "tissues": TISSUES},
        "FTD": {"n_eff": 10_000, "shift": shift, "tissues": TISSUES[:2]},
        "MDD": {"shift": turned, "tissues": (*TISSUES[2:], "Whole_Blood")},
    }
    return analysed(traits, {"mine": sets}, gsea=True)


@cache
def large():
    """Sixty sets, two traits of noise, and negative controls."""
    sets = some_sets([f"A rather long name of pathway number {k}" for k in range(60)], size=12)
    controls = some_sets(["control one", "control two"], size=40)
    traits = {"A": {"n_eff": 900}, "B": {"n_eff": 800}}
    return analysed(traits, {"many": sets, "negative_controls": controls})


@cache
def six_loci():
    """One pathway of six genes in six loci, opposite in two traits: no locus can be spared."""
    genes = symbols(600)[::100]
    shift = {gene: 6.0 + k for k, gene in enumerate(genes)}
    traits = {
        "ALS": {"n_eff": 80_000, "shift": shift},
        "FTD": {"n_eff": 10_000, "shift": {g: -z for g, z in shift.items()}},
    }
    return analysed(traits, {"mine": {"fragile": genes}})


def drawn(name, results, **options):
    """A figure of the registry in the project's style."""
    return draw(BY_NAME[name].function, results, **options)


def faults(ax):
    """What a reader of a figure would miss: text that is small, cut off or covered by other."""
    figure = ax.get_figure(root=True)
    figure.set_dpi(300)
    canvas = FigureCanvasAgg(figure)
    with style():  # ticks are made when they are drawn
        canvas.draw()
    renderer = canvas.get_renderer()
    seen = []
    for text in _visible(figure):
        if isinstance(text, Text) and hasattr(text, "update_positions"):
            text.update_positions(renderer)
        # Of an annotation the words only, not the line that leads to its point.
        seen.append((Text.get_window_extent(text, renderer), text))
    found = [f"small: {text.get_text()!r}" for _, text in seen if text.get_fontsize() < 6]
    x, y = figure.bbox.x1 + 1, figure.bbox.y1 + 1
    for box, text in seen:
        if box.x0 < -1 or box.y0 < -1 or box.x1 > x or box.y1 > y:
            found.append(f"cut off: {text.get_text()!r}")
    found += _crossed(figure, seen)
    for k, (one, first) in enumerate(seen):
        for two, second in seen[k + 1 :]:
            wide = min(one.x1, two.x1) - max(one.x0, two.x0)
            high = min(one.y1, two.y1) - max(one.y0, two.y0)
            if wide > 3 and high > 6:
                found.append(f"overlap: {first.get_text()!r} {second.get_text()!r}")
    return found


def _crossed(figure, seen):
    """Text that a line goes through: of an interval, a stem, or from a name to its point."""
    ax = figure.axes[0]
    lines = [line.get_transform().transform(line.get_xydata()) for line in ax.lines
             if line.get_linestyle() != "None"]  # fmt: skip
    for many in ax.collections:
        if isinstance(many, LineCollection):
            lines += [many.get_transform().transform(part) for part in many.get_segments()]
    strokes = [(a, b, None) for xy in lines for a, b in pairwise(xy)]
    for box, text in seen:
        if getattr(text, "arrow_patch", None) is not None:
            right, up = (text.arrowprops or {}).get("relpos", (0.5, 0.5))
            start = (box.x0 + right * box.width, box.y0 + up * box.height)
            strokes.append((start, ax.transData.transform(text.xy), text))
    return [
        f"line through {text.get_text()!r}"
        for box, text in seen
        for a, b, own in strokes
        if own is not text and np.isfinite([a, b]).all() and _through(box.padded(-3), a, b)
    ]


def _through(box, a, b):
    """Whether the stroke from a to b has a part in the box (Liang and Barsky's clipping)."""
    start, end = 0.0, 1.0
    for low, high, x, step in (
        (box.x0, box.x1, a[0], b[0] - a[0]),
        (box.y0, box.y1, a[1], b[1] - a[1]),
    ):
        if low >= high or (step == 0 and not low < x < high):
            return False
        if step:
            near, far = sorted(((low - x) / step, (high - x) / step))
            start, end = max(start, near), min(end, far)
    return start < end


def _visible(figure):
    """Text that is drawn: ticks beyond the limits are not."""
    hidden = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    hidden |= {id(tick.label1), id(tick.label2)}
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
            yield text


def words(ax):
    """All text of the figure of an axes."""
    return [text.get_text() for text in _visible(ax.get_figure(root=True))]


def tips(ax):
    """What the points say on hover."""
    return [text for artist in ax.get_children() for text in texts_of(artist.get_gid())]


def points(ax, start):
    """Coordinates of the points whose tooltip begins with `start`."""
    return np.array(
        [
            place
            for line in ax.lines
            for place, text in zip(line.get_xydata(), texts_of(line.get_gid()), strict=False)
            if text.startswith(start)
        ]
    )


def strokes(ax):
    """Start and end of each stroke of the lines, whichever line they are in."""
    found = []
    for line in ax.lines:
        xy = np.round(line.get_xydata(), 9)
        apart = np.flatnonzero(np.isnan(xy).any(axis=1))
        found += [tuple(map(tuple, part[~np.isnan(part).any(axis=1)].tolist()))
                  for part in np.split(xy, apart)]  # fmt: skip
    return found


def shown_numbers(text):
    """Numbers in a text, with true minus signs."""
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace("\N{MINUS SIGN}", "-"))]
