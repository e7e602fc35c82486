"""Rows as typed values: what is missing has one form, and each row carries its direction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pathways.report.selection import is_clear, rank, rows_of, select
from pathways.tables.registry import TABLES
from tests.pathways.report.made_results import made, pair_row, trait_row

PAIR = ("BIP", "OCD")


def test_what_is_missing_has_one_form():
    table = pd.DataFrame(
        {
            "pathway": pd.Series(["x", None], dtype=object),
            "n_tested": pd.Series([3, None], dtype="Int64"),
            "activity": [0.5, np.nan],
            "q_direction": pd.Series([None, None], dtype=object),
        }
    )
    first, second = rows_of("directions", table)
    assert (first["n_tested"], first["activity"], first["pathway"]) == (3, 0.5, "x")
    assert type(first["n_tested"]) is int
    assert second["pathway"] == ""
    for value in (second["n_tested"], second["activity"], first["q_direction"]):
        assert isinstance(value, float)
        assert np.isnan(value)


def test_a_table_of_an_earlier_version_has_every_column():
    (row,) = rows_of("divergence", pd.DataFrame({"pathway": ["x"]}))
    assert list(row) == [column.name for column in TABLES["divergence"].columns]
    assert np.isnan(row["bound_opposite"])
    assert row["top_block"] == ""
    assert rows_of("divergence", pd.DataFrame()) == []


@pytest.mark.parametrize(
    ("q", "activity", "word"),
    [
        (0.01, 0.1, "up"),
        (0.01, -0.1, "down"),
        (0.05, 0.1, "up"),
        (0.06, 0.1, "undetermined"),
        (np.nan, 0.1, "untestable"),
    ],
)
def test_a_row_carries_its_direction(q, activity, word):
    chosen = select(made(("BIP",), [trait_row("x", "BIP", q=q, activity=activity)]))
    (row,) = chosen.own["x"]
    assert row["direction"] == word
    assert is_clear(row) == (word in ("up", "down"))
    assert chosen.called == (("x",) if is_clear(row) else ())


def test_a_pair_carries_its_ways_and_finds_its_sides():
    rows = [trait_row(name, trait) for name in "xy" for trait in PAIR]
    chosen = select(made(PAIR, rows, [pair_row("x", PAIR, "opposite", q=0.01)]))
    (row,) = chosen.both["x"]
    assert row["ways"] == {"BIP": "up", "OCD": "down"}
    assert [side["trait"] for side in chosen.sides(row)] == list(PAIR)
    assert chosen.both["y"] == []
    assert chosen.titles == {"x": "x", "y": "y"}
    assert chosen.called == ("x",)


def test_a_missing_q_is_the_last():
    assert sorted([np.nan, 0.2, 0.1], key=rank)[:2] == [0.1, 0.2]
