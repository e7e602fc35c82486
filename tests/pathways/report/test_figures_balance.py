"""The balance: axes with their parts, traits, differences."""

from __future__ import annotations

import pytest

from pathways.report.figures.style import COLUMN
from pathways.report.words.numbers import effect_scale
from tests.pathways.report import figure_checks as checks
from twas.errors import UsageError


def rows(ax):
    return [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]


@pytest.mark.parametrize("width", [COLUMN, 7.0])
def test_parts_stand_below_their_axis_and_the_balance_last(width):
    table = checks.full().tables["balance"]
    ax = checks.drawn("balance", checks.full(), width=width)
    shown = rows(ax)
    notes = table.drop_duplicates("axis")["note"]
    for axis in ("Stress", "Reserve"):
        parts = [n.partition(": ")[2] for n in notes if n.startswith(f"{axis.lower()}: ")]
        start = shown.index(axis) + 1
        assert shown[start : start + len(parts)] == parts
        assert parts
    assert shown[-1] == "Balance: stress − reserve"
    bold = [x.get_text() for x in ax.get_yticklabels() if x.get_fontweight() == "bold"]
    assert len(bold) == 3


def test_points_are_activities_of_traits_and_of_their_difference():
    table = checks.full().tables["balance"]
    scale = effect_scale(table)
    ax = checks.drawn("balance", checks.full())
    for traits, name in ((("ALS", ""), "ALS"), (("ALS", "FTD"), "ALS − FTD")):
        row = table[
            (table["axis"] == "balance")
            & (table["scope"] == "combined")
            & (table["trait_a"] == traits[0])
            & (table["trait_b"] == traits[1])
        ].iloc[0]
        ((x, _),) = checks.points(ax, f"balance, {name}: ")
        assert x == pytest.approx(scale.of(row["activity"]))
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["ALS", "FTD", "ALS − FTD"]


def test_traits_with_and_without_sample_size_are_drawn_over_their_error():
    ax = checks.drawn("balance", checks.three())
    assert ax.get_xlabel() == "activity / its standard error"
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["ALS", "FTD", "MDD", "ALS − FTD"]


def test_a_run_without_a_balance_is_refused(nothing):
    tables = {**nothing.tables, "balance": nothing.tables["balance"].head(0)}
    with pytest.raises(UsageError, match="no stress-reserve balance"):
        checks.drawn("balance", type(nothing)(tables, None, (), nothing.quality))
