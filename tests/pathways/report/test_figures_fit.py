"""Figures of 5, 30 and 300 sets with long names: they fit a page, nothing runs through text."""

from __future__ import annotations

import numpy as np
import pytest

from pathways.report.figures.make_figures import make_figures
from pathways.report.figures.style import COLUMN, PAGE, TALLEST
from pathways.report.registry import FIGURES
from pathways.report.selection import collections
from tests.pathways.report import figure_checks as checks
from tests.pathways.report.made_results import made, pair_row, trait_row

TRAITS = ("Bipolar disorder", "Obsessive-compulsive disorder")
CALLS = ("opposite", "concordant", "unequal", "discordant", "undetermined")


def long_named(n):
    """A run of n sets with names as Reactome has them, every fifth of them with each call."""
    rng = np.random.default_rng(n)
    directions, divergence = [], []
    for k in range(n):
        name = f"Regulation of the very long named process number {k} by its upstream partners"
        # Half of all calls only where a page has room for them.
        call = CALLS[k % 5] if n <= 30 or k < 20 else "undetermined"
        q = 0.01 * rng.random() if call != "undetermined" else 0.5
        a, b = rng.normal(0, 0.003, 2)
        for trait, activity in zip(TRAITS, (a, b), strict=True):
            tissues = ("combined", "Brain_Cortex", "Brain_Spinal_cord_cervical_c-1")
            directions += [
                trait_row(name, trait, q=q, activity=activity, scope=scope) for scope in tissues
            ]
        divergence.append(pair_row(name, TRAITS, call, q=q, activity_a=a, activity_b=b))
    return made(TRAITS, directions, divergence)


@pytest.mark.parametrize("width", [COLUMN, PAGE], ids=["89 mm", "183 mm"])
@pytest.mark.parametrize("n", [5, 30, pytest.param(300, marks=pytest.mark.slow)])
def test_figures_of_a_collection_fit_a_page(n, width):
    results = long_named(n)
    for name in ("activity", "plane", "heatmap", *(["qq"] if n >= 20 else [])):
        ax = checks.drawn(name, results, width=width)
        figure = ax.get_figure(root=True)
        assert figure.get_figwidth() == pytest.approx(width)
        assert figure.get_figheight() <= TALLEST + 1e-9, name
        assert checks.faults(ax) == [], name
        if n > 30 and name != "qq":
            assert f"of {n} pathways" in ax.get_xlabel()


def test_every_figure_of_a_run_is_at_most_170_mm_high(monkeypatch):
    results = checks.full()
    asked = []
    # So that nothing is squeezed into the page unseen.
    monkeypatch.setattr("pathways.report.figures.style.TALLEST", 100.0)
    for figure in FIGURES:
        if figure.applies(results, collections(results)[0], None):
            ax = checks.drawn(figure.name, results)
            asked.append(ax.get_figure(root=True).get_figheight())
    assert max(asked) <= TALLEST


def test_alt_texts_give_the_answer(planted, tmp_path):
    figures = {figure.name: figure for figure in make_figures(planted, tmp_path)}
    label = figures["activity"].svg.partition('aria-label="')[2].partition('"')[0]
    assert "1 opposite, 1 concordant" in label
    assert "opposite: turned (up in ALS, down in FTD)" in label
    assert "concordant: shared (up in ALS, up in FTD)" in label
    assert all(figure.svg.count('tabindex="0"') <= 1 for figure in figures.values())
