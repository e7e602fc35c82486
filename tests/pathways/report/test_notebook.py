"""Results in a notebook."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from pathways.report.notebook import Plot, repr_html, summary


def test_summary_has_a_row_per_pathway_and_pair(planted):
    table = summary(planted)
    assert table["call"].tolist() == ["opposite", "concordant", "undetermined"]
    assert table["pathway"].tolist() == ["turned", "shared", "null"]
    assert (table["activity_a"].str.contains(" to ")).all()


def test_summary_of_one_trait(one_trait):
    table = summary(one_trait)
    assert list(table["trait"]) == ["ALS"]
    assert "call" not in table


def test_html_is_inert_and_says_simulated(hostile, planted):
    text = repr_html(hostile)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "undetermined" in text
    assert "SIMULATED" in repr_html(planted)
    assert "1 opposite, 1 concordant" in repr_html(planted)


def test_plot_takes_axes_and_lists_figures(planted):
    plot = Plot(planted)
    ax = Figure().subplots()
    assert plot.activity(ax=ax) is ax
    assert plot.activity() is not ax
    assert {"activity", "plane", "genes"} <= set(dir(plot))
    with pytest.raises(AttributeError, match="there are activity"):
        plot.no_such_figure()
