"""Results in a notebook."""

from __future__ import annotations

import inspect

import pytest
from matplotlib.figure import Figure

from pathways.report.notebook import Plot, repr_html, summary
from pathways.report.registry import FIGURES


def test_summary_has_a_row_per_pathway_and_pair(planted):
    table = summary(planted)
    assert table["call"].tolist() == ["opposite", "concordant", "undetermined"]
    assert table["pathway"].tolist() == ["turned", "shared", "null"]
    kept = planted.divergence[planted.divergence["scope"] == "combined"]
    for column in ("activity_a", "ci_low_a", "ci_high_b", "q_call", "bound_opposite"):
        assert table[column].tolist() == kept[column].tolist()
    assert set(table["unit"]) == {"half log-odds per SD of predicted expression"}
    own = planted.directions[planted.directions["scope"] == "combined"]
    assert table["q_direction_a"].tolist() == own[own["trait"] == "ALS"]["q_direction"].tolist()
    assert table["direction_a"].tolist()[:2] == ["up", "up"]


def test_words_are_another_method(planted):
    words, numbers = planted.in_words(), planted.summary()
    assert words["call"].tolist() == numbers["call"].tolist()
    assert words["activity_a"].str.contains(" to ").all()
    assert "in_words" not in numbers
    left = words["in_words"].iloc[2]
    assert "the weaker effect is below" in left
    assert left.endswith(
        f"{numbers['direction_a'].iloc[2]} in ALS (q 8.4 × 10⁻⁶); FTD cannot tell."
    )


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


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_plot_methods_have_the_signature_of_their_figure(planted, figure):
    plot = getattr(Plot(planted), figure.name)
    _, *parameters = inspect.signature(figure.function).parameters.values()
    assert list(inspect.signature(plot).parameters.values()) == parameters
    assert parameters[0].name == "ax"
    assert plot.__name__ == figure.name
    assert plot.__doc__ == figure.function.__doc__
