"""Bounds in words: an odds ratio per SD, or units of each trait's own SD."""

from __future__ import annotations

import numpy as np
import pytest

from pathways.report.words.numbers import percent, still_possible


def row(opposite, shared, scale="per_sqrt_n"):
    return {
        "trait_a": "BIP",
        "trait_b": "OCD",
        "effect_scale": scale,
        "bound_opposite": opposite,
        "bound_concordant": shared,
    }


def test_the_odds_of_an_effect():
    """An effect is half the log-odds per SD: 0.0009 is 0.18 %."""
    assert percent(0.0009) == "0.18 %"
    assert percent(np.log(2) / 2) == "100 %"


def test_both_directions_in_one_sentence():
    assert still_possible(row(0.0009, 0.0024), "mTOR") == (
        "If mTOR runs opposite in BIP and OCD, the weaker effect is below 0.18 %; if it runs the"
        " same way, the weaker effect is below 0.48 % (odds per SD of predicted expression; 95 %"
        " confidence)."
    )


def test_without_sample_sizes_each_trait_has_its_own_unit():
    text = still_possible(row(0.12, 0.3, "unit"))
    assert "the weaker effect is below 0.12;" in text
    assert "each trait in SD of its own z" in text
    assert "%" not in text.replace("95 %", "")


def test_an_excluded_direction_and_a_missing_bound():
    assert "If it runs opposite in BIP and OCD, that is excluded at any size" in still_possible(
        row(0.0, 0.3)
    )
    assert still_possible(row(np.nan, np.nan)) == ""


@pytest.mark.parametrize("missing", ["bound_opposite", "bound_concordant"])
def test_an_older_table_without_bounds_says_nothing(missing):
    cells = row(0.1, 0.1)
    del cells[missing]
    assert still_possible(cells) == ""
