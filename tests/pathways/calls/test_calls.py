"""Words beside a call: what the genome explains, what a set without roles shows."""

from __future__ import annotations

import numpy as np
import pytest

import pathways
from pathways.calls.reasons import discordant_remark, excess_remark
from tests.pathways.report.conftest import make_trait, some_sets
from twas import Study


@pytest.mark.parametrize(
    ("q", "excess", "said"),
    [
        (0.01, 0.2, "; more than the genome-wide correlation predicts (q_excess 0.01)"),
        (0.01, -0.2, "; no more than"),
        (0.4, 0.2, "; no more than"),
        (np.nan, np.nan, "; not tested"),
    ],
)
def test_excess_counts_in_the_direction_of_the_call_alone(q, excess, said):
    assert excess_remark(q, excess).startswith(said)


def test_every_concordant_call_says_how_it_stands_to_the_genome():
    sets = some_sets(["shared", "null"], size=60)
    shift = dict.fromkeys(sets["shared"], 2.0)
    study = Study.from_traits(
        [
            make_trait("A", seed=0, n_eff=80_000, shift=shift),
            make_trait("B", seed=1, n_eff=60_000, shift=shift),
        ]
    )
    table = pathways.analyse(study, pathways.load_gene_sets(sets), flips=100).divergence
    rows = table[table["call"] == "concordant"]
    assert len(rows) > 0
    assert rows["reason"].str.contains("genome-wide correlation").all()


def test_a_set_without_roles_says_what_its_members_show():
    assert discordant_remark(0.2) == discordant_remark(np.nan) == ""
    assert "q_discordant 0.01" in discordant_remark(0.01)
    sets = some_sets(["turned", "null"], size=60)
    a = {g: 4.0 * (-1) ** k for k, g in enumerate(sets["turned"])}
    b = {g: -z for g, z in a.items()}
    study = Study.from_traits(
        [make_trait("A", seed=0, n_eff=9e4, shift=a), make_trait("B", seed=1, n_eff=9e4, shift=b)]
    )
    unknown = {name: dict.fromkeys(genes, 0) for name, genes in sets.items()}
    table = pathways.analyse(study, pathways.load_gene_sets(unknown), flips=100).divergence
    row = table[(table["pathway"] == "turned") & (table["scope"] == "combined")].iloc[0]
    assert row["call"] == "untestable"
    assert "opposite directions gene by gene" in row["reason"]
