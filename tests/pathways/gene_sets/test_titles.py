"""Titles of sets: the second field of a GMT whose names are identifiers."""

import json

import pytest

from pathways import load_gene_sets
from pathways.output.machine import sets_record


@pytest.mark.parametrize(
    ("name", "second", "title"),
    [
        ("GO:0006915", "apoptotic process", "apoptotic process"),
        ("hsa04210", "Apoptosis", "Apoptosis"),
        ("HALLMARK_APOPTOSIS", "http://www.gsea-msigdb.org/HALLMARK_APOPTOSIS", None),
        ("Apoptosis", "R-HSA-109581", None),
        ("Intrinsic pathway for apoptosis", "one of many", None),
        ("hsa04210", "hsa04210", None),
        ("hsa04210", "na", None),
        ("hsa04210", "", None),
    ],
)
def test_a_title_is_words_beside_an_identifier(tmp_path, name, second, title):
    path = tmp_path / "sets.gmt"
    path.write_text(f"{name}\t{second}\tMTOR\tAKT1\n")
    sets = load_gene_sets(path)
    assert sets.pathways == (name,)
    assert sets.titles.get(name) == title
    assert json.loads(json.dumps(sets_record(sets))).get("titles", {}).get(name) == title


def test_a_title_of_two_sets_is_none(tmp_path):
    path = tmp_path / "sets.gmt"
    path.write_text("S1\tsame words\tMTOR\tAKT1\nS2\tsame words\tTP53\tAKT1\n")
    assert load_gene_sets(path).titles == {}
