"""What the terminal says: counts first, calls by q, the rest counted; nothing cut in silence."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pathways.commands.console import wrapped
from pathways.report.words.headline import MOST_CALLED, MOST_OPEN, terminal_lines
from tests.pathways.report.conftest import HOSTILE
from tests.pathways.report.made_results import made, pair_row, trait_row
from twas.reading.content import harmless

PAIR = ("ALS", "FTD")


def two(rows, **more):
    """A run of two traits: pathway → call, q of the call, q of the direction in each trait."""
    directions, divergence = [], []
    for name, (call, q, q_a, q_b) in rows.items():
        directions += [trait_row(name, "ALS", q=q_a), trait_row(name, "FTD", q=q_b, activity=-0.1)]
        divergence.append(pair_row(name, PAIR, call, q=q))
    return made(PAIR, directions, divergence, **more)


def null(n, **special):
    """So many sets without anything, but for those of which a place is given."""
    rows = {f"set{k}": ("undetermined", 1.0, 1.0, 1.0) for k in range(n)}
    return rows | {f"set{k[1:]}": row for k, row in special.items()}


def test_like_the_demo():
    found = terminal_lines(
        two(
            {
                "mtor": ("unequal", 0.2, 0.5, 0.02),
                "pgc1a": ("opposite", 1e-3, 1e-3, 1e-3),
                "complement": ("concordant", 1e-5, 1e-3, 1e-3),
                "sirt1": ("undetermined", 0.5, 0.4, 0.03),
                "autophagy": ("undetermined", 0.9, 0.4, 0.4),
                "tiny": ("untestable", np.nan, np.nan, np.nan),
            }
        )
    )
    assert found[0] == (
        "mine, ALS / FTD: 1 opposite, 1 concordant, 1 unequal (in strength, not in direction),"
        " 2 undetermined, 1 untestable (of 6 sets)"
    )
    assert [line.split()[:2] for line in found[1:5]] == [
        ["complement", "concordant"],
        ["pgc1a", "opposite"],
        ["mtor", "unequal"],
        ["sirt1", "undetermined"],
    ]
    assert "because opposite" in found[2]
    assert found[3].endswith("because unequal; down in FTD (q 0.020); ALS cannot tell")
    assert found[4].endswith("down in FTD (q 0.030); ALS cannot tell")
    assert found[5].startswith(
        "  1 more: undetermined; if opposite, the weaker effect is below 0.18 %"
    )
    assert found[6] == "  1 more: untestable"
    assert len(found) == 7


def test_null():
    found = terminal_lines(two(null(40)))
    assert found == [
        "mine, ALS / FTD: 40 undetermined (of 40 sets)",
        "  40 undetermined; if opposite, the weaker effect is below 0.18 %, if shared, below 0.36 %"
        " (odds per SD, medians)",
    ]


def test_one_trait():
    rows = [trait_row("a", "ALS", q=0.03), trait_row("b", "ALS", q=1e-4, activity=-0.1)]
    rows += [trait_row("c", "ALS"), trait_row("d", "ALS", q=np.nan)]
    assert terminal_lines(made(("ALS",), rows)) == [
        "mine, ALS: 1 up, 1 down, 1 undetermined, 1 untestable (of 4 sets)",
        "  b                        down          q 1.0 × 10⁻⁴",
        "  a                        up            q 0.030",
        "  1 more: undetermined; activities beyond 0.60 % odds per SD of predicted expression are"
        " excluded at 95 % confidence",
        "  1 more: untestable",
    ]


def test_three_traits_have_a_paragraph_per_pair():
    traits = ("ALS", "FTD", "PD")
    directions = [trait_row("a", t, q=0.01 if t == "PD" else 1.0) for t in traits]
    pairs = (("ALS", "FTD"), ("ALS", "PD"), ("FTD", "PD"))
    found = terminal_lines(made(traits, directions, [pair_row("a", pair) for pair in pairs]))
    heads = [line for line in found if not line.startswith(" ")]
    assert heads == [f"mine, {a} / {b}: 1 undetermined (of 1 set)" for a, b in pairs]
    assert sum("up in PD (q 0.010); " in line for line in found) == 2


def test_a_call_in_row_100_of_125_stands_first():
    found = terminal_lines(two(null(125, s99=("opposite", 0.01, 0.01, 0.01))))
    assert found[0] == "mine, ALS / FTD: 1 opposite, 124 undetermined (of 125 sets)"
    assert found[1].split()[:2] == ["set99", "opposite"]
    assert found[2].startswith("  124 more: undetermined; ")
    assert len(found) == 3


@pytest.mark.parametrize(("called", "alone"), [(0, 0), (3, 50), (90, 0), (90, 50)])
def test_2694_sets_stay_short_and_every_set_is_counted(called, alone):
    rows = null(2694)
    for k in range(called):
        rows[f"set{k}"] = ("opposite", 0.01 + k / 1e5, 0.01, 0.01)
    for k in range(1000, 1000 + alone):
        rows[f"set{k}"] = ("undetermined", 1.0, 0.01, 1.0)
    found = terminal_lines(two(rows))
    assert len(found) <= 1 + MOST_CALLED + MOST_OPEN + 4
    shown = sum(line.startswith("  set") for line in found[1:])
    counted = sum(
        int(match[1].replace(",", ""))
        for line in found[1:]
        if (match := re.match(r"  ([\d,]+) (?:more|undetermined)", line))
    )
    assert shown + counted == 2694


def test_controls_and_predictions_are_a_line_each():
    controls = "negative_controls"
    directions = [trait_row(p, t, collection=c) for c, p in (("mine", "a"), (controls, "x"))
                  for t in PAIR]  # fmt: skip
    divergence = [
        pair_row("a", PAIR),
        pair_row("x", PAIR, "opposite", q=0.01, collection=controls),
    ]
    judged = [
        {"id": "1", "statement": "s", "verdict": "supported"},
        {"id": "2", "statement": "s", "verdict": "not tested"},
    ]
    found = terminal_lines(made(PAIR, directions, divergence, hypotheses=judged))
    assert found[-2:] == [
        "Negative controls: 1 of 1 have a call; calls of this run deserve doubt",
        "Predictions: 1 supported by predicted expression, 1 not tested",
    ]
    assert "Predictions" not in "\n".join(
        terminal_lines(made(PAIR, directions, divergence, hypotheses=judged[1:]))
    )


def test_hostile_names_are_harmless_and_whole():
    names = (*HOSTILE, "\x1b[31mred", "a\r\nb")
    found = [
        harmless(line)
        for line in terminal_lines(two(dict.fromkeys(names, ("opposite", 0.01, 1, 1))))
    ]
    assert len(found) == 1 + len(names)
    assert not any(c in "".join(found) for c in "\x1b\r\n\t\x01")
    assert any(HOSTILE[1] in line for line in found)
    long = next(line for line in found if "long name" in line)
    assert "…" in long


@pytest.mark.parametrize("width", [20, 40, 72, 200])
def test_a_narrow_terminal_breaks_between_words(width):
    for line in terminal_lines(
        two({"a_set": ("unequal", 0.2, 0.5, 0.02), "b": ("undetermined", 1, 1, 1)})
    ):
        parts = wrapped(line, width).split("\n")
        assert " ".join(" ".join(parts).split()) == " ".join(line.split())
        assert all(len(part) <= width for part in parts)
        assert all(part.startswith("      ") for part in parts[1:])
        assert wrapped(line, 0) == line
