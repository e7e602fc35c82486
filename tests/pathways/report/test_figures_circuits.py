"""The balance by circuit: a row per circuit, and the sentence beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pathways.report.figures.style import COLUMN
from pathways.report.pages.printed import of_run
from pathways.report.words.numbers import effect_scale
from pathways.report.words.whole_run import balance_words, circuit_balances, circuits_sentence
from tests.pathways.report import figure_checks as checks
from twas.errors import UsageError

CIRCUITS = ["Frontotemporal", "Limbic", "Cerebellar"]


def without_circuits(results):
    table = results.tables["balance"]
    kept = table[table["scope_type"] != "circuit"]
    return type(results)({**results.tables, "balance": kept}, None, (), results.quality)


@pytest.mark.parametrize("width", [COLUMN, 7.0])
def test_a_row_per_circuit(width):
    ax = checks.drawn("circuits", checks.full(), width=width)
    assert [label.get_text() for label in ax.get_yticklabels()] == CIRCUITS
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["ALS", "FTD", "ALS − FTD"]


def test_points_are_balances_of_circuits():
    table = circuit_balances(checks.full().tables["balance"])
    scale = effect_scale(table)
    ax = checks.drawn("circuits", checks.full())
    assert len(table) == 9
    for row in table.to_dict("records"):
        key = " − ".join(filter(None, (row["trait_a"], row["trait_b"])))
        ((x, _),) = checks.points(ax, f"{row['scope']}, {key}: ")
        assert x == pytest.approx(scale.of(row["activity"]))


def test_traits_with_and_without_sample_size_are_drawn_over_their_error():
    assert checks.drawn("circuits", checks.three()).get_xlabel() == "balance / its standard error"


def test_a_run_without_circuits_is_refused_and_says_nothing():
    bare = without_circuits(checks.full())
    with pytest.raises(UsageError, match="no circuit"):
        checks.drawn("circuits", bare)
    assert circuits_sentence(bare.tables["balance"]) == ""
    assert len(balance_words(bare)) == 1


def test_the_report_shows_circuits_but_not_their_differences_or_tissues():
    results = checks.full()
    printed = of_run(results, effect_scale(results.directions))["balance"]
    place = [heading.name for heading in printed.headings].index("scope")
    scopes = {row[place].text for row in printed.rows}
    assert scopes == {"combined", *(name.lower() for name in CIRCUITS)}
    combined = checks.full().tables["balance"]["scope"] == "combined"
    assert printed.n_rows == combined.sum() + 9
    assert balance_words(checks.full())[1].startswith("By circuit: in ")


# --- the sentence ----------------------------------------------------------------------------


def row(trait, scope, scope_b="", activity=1.0, fwer=0.5, axis="balance", trait_b=""):
    return {
        "axis": axis,
        "trait_a": trait,
        "trait_b": trait_b,
        "scope": scope,
        "scope_b": scope_b,
        "scope_type": "circuit",
        "activity": activity,
        "fwer": fwer,
    }


def sentence(*rows):
    return circuits_sentence(pd.DataFrame(rows))


def two(trait, **options):
    return [row(trait, "motor"), row(trait, "limbic"), row(trait, "motor", "limbic", **options)]


def test_no_table_or_an_empty_one_is_silent():
    assert circuits_sentence(None) == ""
    assert circuits_sentence(pd.DataFrame()) == ""


def test_one_circuit_cannot_be_compared():
    found = sentence(row("ALS", "motor"), row("FTD", "motor"))
    assert found == (
        "The files have tissues of the motor circuit only, so that no two circuits can be compared."
    )


@pytest.mark.parametrize(
    ("activity", "words"), [(1, "motor than in the limbic"), (-1, "limbic than in the motor")]
)
def test_a_difference_names_the_higher_circuit(activity, words):
    found = sentence(*two("ALS", activity=activity, fwer=0.012), *two("FTD", fwer=0.3))
    assert f"in ALS the balance is higher in the {words}" in found
    assert "(family-wise p = 0.012)" in found
    assert "in FTD the circuits (motor and limbic) cannot be told apart" in found
    assert "smallest family-wise p 0.30" in found
    assert "expression models" in found
    assert found.endswith("disease.")


def test_other_axes_and_pairs_of_traits_say_nothing():
    found = sentence(
        *two("ALS", fwer=0.2),
        row("ALS", "motor", "limbic", fwer=0.001, axis="stress"),
        row("ALS", "motor", fwer=0.001, trait_b="FTD"),
    )
    assert found == (
        "By circuit: in ALS the circuits (motor and limbic) cannot be told apart"
        " (smallest family-wise p 0.20)."
    )


def test_many_traits_are_counted_and_missing_texts_are_empty():
    rows = [entry for k in range(12) for entry in two(f"T{k}", fwer=0.4)]
    filled = [{k: np.nan if v == "" else v for k, v in row.items()} for row in rows]
    table = pd.DataFrame(filled)
    found = circuits_sentence(table)
    assert found.startswith("By circuit: in 12 traits the circuits (motor and limbic) cannot")


def test_too_few_loci_are_said():
    assert "too few loci to test" in sentence(*two("ALS", fwer=np.nan))
