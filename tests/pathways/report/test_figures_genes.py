"""Members along the genome: every member at its place, the leading loci named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.report.figures.genes import CHROMOSOMES, Genome, joined, leading_loci
from pathways.report.figures.style import COLUMN, PAGE, spread
from pathways.report.selection import combined, select
from tests.pathways.report import figure_checks as checks
from twas.errors import UsageError


def members(results, pathway):
    table = combined(results.genes, "mine")
    return table[table["pathway"] == pathway]


def test_every_member_is_drawn_at_role_times_effect():
    results = checks.full()
    ax = checks.drawn("genes", results, pathway="turned")
    table = members(results, "turned")
    drawn = checks.points(ax, "")
    assert len(drawn) == len(table)
    want = table["role"] * table["effect"] * select(results).scale.factor
    assert np.sort(drawn[:, 1]) == pytest.approx(np.sort(want))
    hollow = [line for line in ax.lines if line.get_gid() and line.get_mfc() == "white"]
    assert sum(len(line.get_xydata()) for line in hollow) == (table["role"] < 0).sum() > 0
    assert ax.get_legend().get_title().get_text() == "turned"
    assert "filled: role +1, hollow: role −1" in ax.get_xlabel()


def test_members_of_different_units_are_drawn_as_z():
    ax = checks.drawn("genes", checks.three(), pathway="turned")
    table = members(checks.three(), "turned")
    assert ax.get_ylabel() == "role × z"
    assert np.sort(checks.points(ax, "")[:, 1]) == pytest.approx(
        np.sort(table["role"] * table["z"])
    )


@pytest.mark.parametrize(("width", "most"), [(COLUMN, 5), (PAGE, 9)])
def test_leading_loci_are_named_by_their_genes(width, most):
    results = checks.full()
    ax = checks.drawn("genes", results, pathway="null", width=width)
    table = members(results, "null")
    named = [text.get_text() for text in ax.texts]
    assert 3 <= len(named) <= most
    genes = [word.split(",")[0].split(" +")[0] for word in named]
    assert set(genes) <= set(table["gene"])
    # The locus of the largest share in any trait comes first.
    sums = table.groupby(["trait", "block"])["contribution"].sum().abs()
    total = table.groupby("trait")["contribution"].apply(lambda c: c.abs().sum())
    top = (sums / total).idxmax()[1]
    assert set(genes) & set(table.loc[table["block"] == top, "gene"])


def test_members_of_a_locus_that_cancel_do_not_lead():
    table = pd.DataFrame(
        {
            "trait": "A",
            "block": ["one", "one", "two"],
            "gene": ["up", "down", "alone"],
            "contribution": [1.0, -0.9, 0.2],
            "x": [1.0, 2.0, 3.0],
            "y": [1.0, -0.9, 0.2],
        }
    )
    assert [row["name"] for row in leading_loci(table, 2)] == ["alone", "up, down"]


def test_a_pathway_without_a_role_is_refused():
    with pytest.raises(UsageError, match="'nowhere' has no tested gene with a role"):
        checks.drawn("genes", checks.full(), pathway="nowhere")


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=9),
    st.lists(st.floats(0.01, 0.1), min_size=9, max_size=9),
)
def test_names_stand_apart_in_order_and_inside(wanted, share):
    wanted, share = np.sort(wanted), np.array(share[: len(wanted)])
    places = spread(wanted, (share[1:] + share[:-1]) / 2, share / 2, 1 - share / 2)
    assert np.all(places - share / 2 >= -1e-9)
    assert np.all(places + share / 2 <= 1 + 1e-9)
    assert np.all(np.diff(places) >= (share[1:] + share[:-1]) / 2 - 1e-9)


def test_a_name_that_has_room_is_not_moved():
    wanted = np.array([0.2, 0.5, 0.8])
    assert spread(wanted, 0.1, 0.05, 0.95) == pytest.approx(wanted)


def test_names_of_several_genes():
    assert joined(["A", "B"], 13) == "A, B"
    assert joined(["A", "B", "C", "D"], 13) == "A, B, C, D"
    assert joined(["LONGGENE1", "LONGGENE2"], 13) == "LONGGENE1 +1"
    assert joined(["A_GENE_OF_TWENTY_CHARACTERS"], 13) == "A_GENE_OF_TWENTY_CHARACTERS"


def placed(rows):
    table = pd.DataFrame(rows, columns=["chrom", "position"])
    return table.assign(position=table["position"].astype("Int64"))


def test_the_whole_genome_is_drawn_for_members_on_many_chromosomes():
    table = placed([(str(c), 1_000_000) for c in range(1, 10)])
    genome = Genome.of(table)
    assert genome.chromosomes == CHROMOSOMES
    assert not genome.unplaced
    place = genome.place(table)
    assert place.is_monotonic_increasing
    assert place.iloc[0] == 1_000_000
    assert place.iloc[1] == pytest.approx(genome.edges[1] + 1_000_000)


def test_members_on_few_chromosomes_have_no_empty_genome_around_them():
    table = placed([("6", 31_000_000), ("9", 27_000_000), ("", None), ("MT", 4000)])
    genome = Genome.of(table)
    assert genome.chromosomes == ("6", "9")
    assert genome.unplaced
    place = genome.place(table)
    assert place.iloc[0] < genome.edges[1] < place.iloc[1] < genome.edges[2]
    # Without a position, or on none of the chromosomes: beyond the last.
    assert (place.iloc[2:] > genome.edges[2]).all()
    assert (place.iloc[2:] < genome.length).all()
