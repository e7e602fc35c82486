"""Leave one locus out: the loci of most influence, and calls that do not survive."""

from __future__ import annotations

import numpy as np
import pytest

from pathways.report.figures.influence import MOST, rows_of
from pathways.report.selection import combined, select
from tests.pathways.report import figure_checks as checks
from twas.errors import UsageError


def test_points_are_the_activities_without_each_locus():
    results = checks.full()
    ax = checks.drawn("influence", results, pathway="turned")
    scale = select(results).scale
    table = combined(results.tables["influence"], "mine").query("pathway == 'turned'")
    drawn = checks.points(ax, "without ")
    assert len(drawn) == 2 * MOST < 2 * len(table)
    every = scale.factor * np.concatenate([table["activity_a"], table["activity_b"]])
    assert all(np.isclose(every, x, rtol=1e-9).any() for x, _ in drawn)
    assert f"{MOST} of {table['dropped'].nunique()} loci" in ax.get_xlabel()
    assert ax.get_legend().get_title().get_text() == "turned: opposite"


def test_loci_of_most_relative_change_come_first():
    results = checks.full()
    ax = checks.drawn("influence", results, pathway="shared")
    table = combined(results.tables["influence"], "mine").query("pathway == 'shared'")
    whole = combined(results.divergence, "mine").query("pathway == 'shared'").iloc[0]
    change = sum((table[c] - whole[c]).abs() / abs(whole[c]) for c in ("activity_a", "activity_b"))
    first = table.loc[change.idxmax(), "dropped"]
    assert checks.tips(ax)[0].startswith(f"without {first} (")


def test_dotted_lines_stand_at_the_activities_with_all_loci():
    results = checks.full()
    ax = checks.drawn("influence", results, pathway="turned")
    whole = combined(results.divergence, "mine").query("pathway == 'turned'").iloc[0]
    dotted = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == ":"]
    scale = select(results).scale
    assert dotted == pytest.approx([scale.of(whole["activity_a"]), scale.of(whole["activity_b"])])


def test_a_call_that_does_not_survive_is_named():
    results = checks.six_loci()
    ax = checks.drawn("influence", results)
    assert [text.get_text() for text in ax.texts] == ["untestable"] * 6
    genes = {label.get_text().split(" (")[0] for label in ax.get_yticklabels()}
    assert genes == set(results.gene_sets[0].table["symbol"])


def test_traits_keep_their_colours_in_any_pair():
    legend = checks.drawn("influence", checks.three(), pair=("ALS", "MDD")).get_legend()
    colours = [handle.get_color() for handle in legend.legend_handles]
    whole = checks.drawn("activity", checks.three()).get_legend().legend_handles
    assert colours == [whole[0].get_color(), whole[2].get_color()]


def test_a_pathway_without_a_call_has_no_rows():
    assert rows_of(checks.full(), "mine", "null", None).empty
    with pytest.raises(UsageError, match="no locus was left out of null"):
        checks.drawn("influence", checks.full(), pathway="null")
