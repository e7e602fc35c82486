"""The heat map: a cell per pathway, trait and tissue, and what is said where there is none."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from matplotlib.collections import QuadMesh

from pathways.report.figures.style import COLUMN
from tests.pathways.report import figure_checks as checks

#: The package exports the function of the same name.
module = importlib.import_module("pathways.report.figures.heatmap")
SCOPES = ["combined", *checks.TISSUES]
SHORT = ["combined", "Amygdala", "Cerebellum", "Cortex BA24", "Pons"]


def cells(ax):
    (mesh,) = [c for c in ax.collections if isinstance(c, QuadMesh)]
    return mesh.get_array()


def labels(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def test_cells_are_activity_over_standard_error():
    results = checks.full()
    ax = checks.drawn("heatmap", results)
    rows = results.directions.set_index(["pathway", "trait", "scope"])
    columns = [(t, s) for t in ("ALS", "FTD") for s in SCOPES]
    want = [
        [rows.loc[(p, t, s), "activity"] / rows.loc[(p, t, s), "se"] for t, s in columns]
        for p in ("turned", "shared", "null")
    ]
    assert np.asarray(cells(ax)) == pytest.approx(np.array(want))
    assert labels(ax.yaxis) == ["turned", "shared", "null"]
    assert labels(ax.xaxis) == SHORT * 2
    assert {"ALS", "FTD"} <= {text.get_text() for text in ax.texts}
    assert "hatched" not in ax.get_xlabel()


def test_dots_mark_small_q():
    results = checks.full()
    ax = checks.drawn("heatmap", results)
    (dots,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(dots.get_xdata()) == (results.directions["q_direction"] <= 0.05).sum() > 10


def test_missing_cells_are_hatched_not_white():
    ax = checks.drawn("heatmap", checks.three())
    hatched = [patch for patch in ax.patches if patch.get_hatch()]
    assert len(hatched) == np.ma.getmaskarray(cells(ax)).sum() == 3 * 6
    assert "hatched: not tested" in ax.get_xlabel()


def test_traits_stand_one_above_the_other_where_columns_have_no_room(monkeypatch):
    beside = checks.drawn("heatmap", checks.full(), width=COLUMN)
    monkeypatch.setattr(module, "_COLUMNS_NARROW", 9)
    above = checks.drawn("heatmap", checks.full(), width=COLUMN)
    ten = np.asarray(cells(beside))
    assert np.asarray(cells(above)) == pytest.approx(np.vstack([ten[:, :5], ten[:, 5:]]))
    assert labels(above.xaxis) == SHORT
    assert labels(above.yaxis) == ["turned", "shared", "null"] * 2
    assert checks.faults(above) == []


def test_what_all_tissues_begin_with_is_left_out():
    assert module.scope_labels(["combined", "Brain_Pons", "Brain_Cortex_A"])[1:] == [
        "Pons",
        "Cortex A",
    ]
    assert module.scope_labels(["combined", "Brain_Pons", "Blood"])[1:] == ["Brain Pons", "Blood"]
    assert module.scope_labels(["combined", "Brain_Pons"])[1:] == ["Brain Pons"]
    assert module.scope_labels(["combined", "Brain", "Brain"])[1:] == ["Brain", "Brain"]
