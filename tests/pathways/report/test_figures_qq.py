"""Quantiles of p: of a large collection, with the negative controls beside it."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from pathways.report.selection import combined
from tests.pathways.report import figure_checks as checks

#: The package exports the function of the same name.
module = importlib.import_module("pathways.report.figures.qq")


def curve(ax, name):
    """Points of a series: those with tooltips, then the rest under the label."""
    first = [line for line in ax.lines if f", {name}: p" in (line.get_gid() or "")]
    (rest,) = [line for line in ax.lines if line.get_label() == "\u200b" + name]
    data = np.concatenate([line.get_xydata() for line in (*first, rest)])
    return data[:, 0], data[:, 1]


def test_points_are_sorted_p_at_the_quantiles_of_no_signal():
    results = checks.large()
    ax = checks.drawn("qq", results)
    table = combined(results.directions, "many")
    p = np.sort(table.loc[(table["trait"] == "A") & table["q_direction"].notna(), "p_direction"])
    x, y = curve(ax, "direction in A")
    assert y == pytest.approx(-np.log10(p))
    assert 10.0**-x == pytest.approx((np.arange(len(p)) + 0.5) / len(p))


def test_series_and_controls_are_named():
    ax = checks.drawn("qq", checks.large())
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [
        "95 % band, no signal, independent sets",
        "direction in A",
        "direction in B",
        "difference A − B",
        "negative controls, A",
        "negative controls, B",
    ]
    x, _ = curve(ax, "negative controls, A")
    assert 10.0**-x == pytest.approx([0.25, 0.75])


def test_controls_are_not_drawn_beside_themselves():
    ax = checks.drawn("qq", checks.large(), collection="negative_controls")
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [name for name in names if name.startswith("negative")] == [
        "negative controls, A",
        "negative controls, B",
    ]


def test_of_a_long_list_the_smallest_p_are_all_drawn(monkeypatch):
    whole = curve(checks.drawn("qq", checks.large()), "direction in A")
    monkeypatch.setattr(module, "_DRAWN", 40)
    monkeypatch.setattr(module, "_TIPS", 10)
    some = curve(checks.drawn("qq", checks.large()), "direction in A")
    assert 10 < len(some[0]) < len(whole[0])
    assert some[1][:10] == pytest.approx(whole[1][:10])
    assert set(np.round(some[1], 9)) <= set(np.round(whole[1], 9))
    assert some[1][-1] == pytest.approx(whole[1][-1])


def test_small_collections_have_no_quantiles():
    assert module.applies(checks.large(), "many", None)
    assert not module.applies(checks.large(), "negative_controls", None)
    assert not module.applies(checks.full(), "mine", None)
