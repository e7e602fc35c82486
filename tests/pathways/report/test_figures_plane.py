"""The plane: where the points are, how the corners are named, which names are printed."""

from __future__ import annotations

import numpy as np
import pytest

from pathways.report.figures.style import COLUMN, PAGE, spread
from pathways.report.selection import select
from tests.pathways.report import figure_checks as checks
from twas.errors import UsageError


def test_points_stand_at_the_activities_with_their_intervals():
    results = checks.full()
    chosen = select(results)
    ax = checks.drawn("plane", results)
    for pathway in chosen.pathways:
        row = chosen.divergence[pathway, "ALS", "FTD"]  # on the genes of both, as the call
        want = [chosen.scale.of(row[f"activity_{side}"]) for side in "ab"]
        assert checks.points(ax, f"{pathway}, ") == pytest.approx(np.array([want]))
        ends = [
            [chosen.scale.of(row[f"{c}_{side}"]) for c in ("ci_low", "ci_high")] for side in "ab"
        ]
        across = tuple((round(x, 9), round(want[1], 9)) for x in ends[0])
        upward = tuple((round(want[0], 9), round(y, 9)) for y in ends[1])
        assert {across, upward} <= set(checks.strokes(ax))


@pytest.mark.parametrize("width", [COLUMN, PAGE])
def test_each_corner_is_named_by_its_directions(width):
    ax = checks.drawn("plane", checks.full(), width=width)
    low_x, high_x = ax.get_xlim()
    low_y, high_y = ax.get_ylim()
    assert low_x < 0 < high_x
    assert low_y < 0 < high_y
    corners = {text.get_text(): text.get_position() for text in ax.texts if "\n" in text.get_text()}
    for words, (x, y) in corners.items():
        assert words == f"ALS {'↑' if x > 0.5 else '↓'}\nFTD {'↑' if y > 0.5 else '↓'}"
    assert len(corners) == 4


def test_calls_are_in_the_legend_and_called_pathways_bold():
    ax = checks.drawn("plane", checks.full())
    calls = [text.get_text() for text in ax.get_legend().get_texts()]
    assert calls == ["opposite", "concordant", "undetermined"]
    weights = {text.get_text(): text.get_fontweight() for text in ax.texts}
    assert weights["turned"] == weights["shared"] == "bold"
    assert "null" not in weights  # names of called points only


def test_traits_of_a_chosen_pair():
    ax = checks.drawn("plane", checks.three(), pair=("FTD", "MDD"))
    assert ax.get_xlabel().startswith("activity in FTD (")
    # FTD has a sample size and MDD none: each axis has its own unit.
    assert "half log-odds" in ax.get_xlabel()
    assert "SD of z" in ax.get_ylabel()
    with pytest.raises(UsageError, match="no pair"):
        checks.drawn("plane", checks.three(), pair=("FTD", "ALS"))


def test_many_pathways_are_cut_and_it_is_said():
    ax = checks.drawn("plane", checks.large(), collection="many", width=COLUMN)
    assert len(checks.tips(ax)) == 30
    assert "30 of 60 pathways, those of smallest q" in ax.get_xlabel()


def test_one_trait_has_no_plane(one_trait):
    with pytest.raises(UsageError, match="no pair"):
        checks.drawn("plane", one_trait)


def test_names_keep_their_distance_and_their_order():
    places = spread(np.array([0.0, 0.01, 0.02, 0.49, 0.5, 0.9, 0.9]), 0.1, 0.02, 0.98)
    assert np.all(np.diff(places) >= 0.1 - 1e-9)
    assert min(places) >= 0.02 - 1e-9
    assert max(places) <= 0.98 + 1e-9
