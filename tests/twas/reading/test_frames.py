"""Tables in memory, of any kind, are read as a DataFrame is."""

import pandas as pd
import pytest

import pathways
import twas
from twas.errors import DataError, UsageError

GENES = ["MTOR", "RPTOR", "TSC2", "AKT1", "RHEB"]
Z = [0.5, -1.25, 2.0, -0.75, 1.5]
FRAME = pd.DataFrame({"gene": GENES, "z": Z})


def polars_frame():
    return pytest.importorskip("polars").DataFrame({"gene": GENES, "z": Z})


KINDS = {
    "Polars": polars_frame,
    "Series": lambda: pd.Series(Z, index=GENES),
    "named Series": lambda: pd.Series(Z, index=pd.Index(GENES, name="symbol"), name="score"),
    "dict of z": lambda: dict(zip(GENES, Z, strict=True)),
    "dict of columns": lambda: {"gene": GENES, "z": Z},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_is_read_as_a_frame(kind):
    trait = twas.Trait.from_frame(KINDS[kind](), name="A")
    pd.testing.assert_frame_equal(trait.table, twas.Trait.from_frame(FRAME, name="A").table)


def test_missing_values_of_a_polars_frame():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"gene": [*GENES, None], "z": [*Z[:4], None, 1.0]})
    trait = twas.Trait.from_frame(frame, name="A")
    assert len(trait.table) == 4
    assert trait.quality.count("dropped:z_missing") == 1
    assert trait.quality.count("dropped:no_gene") == 1


def test_gene_sets_of_a_polars_frame():
    polars = pytest.importorskip("polars")
    columns = {"pathway": ["p"] * 5, "gene": GENES, "role": [1, -1, 1, 1, -1]}
    found = pathways.load_gene_sets(polars.DataFrame(columns)).table
    pd.testing.assert_frame_equal(found, pathways.load_gene_sets(pd.DataFrame(columns)).table)


@pytest.mark.parametrize("wrong", ["a.csv", 3, None, [1, 2]])
def test_what_is_no_table(wrong):
    with pytest.raises(UsageError, match=r"frame must be .* not .*; read_trait"):
        twas.Trait.from_frame(wrong, name="A")


@pytest.mark.parametrize("wrong", [{"gene": GENES, "z": Z[:2]}, {}, {"gene": "MTOR"}])
def test_a_dict_that_is_no_table(wrong):
    with pytest.raises(DataError, match="A: a dict holds z by gene, or columns of one length"):
        twas.Trait.from_frame(wrong, name="A")


@pytest.mark.parametrize("wrong", [*KINDS, "DataFrame"])
def test_read_trait_says_where_a_table_goes(wrong):
    given = FRAME if wrong == "DataFrame" else KINDS[wrong]()
    with pytest.raises(UsageError, match=r"not .*: Trait.from_frame\(frame, name=...\)"):
        twas.read_trait(given, name="A")
