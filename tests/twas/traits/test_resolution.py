"""Tables of resolved identifiers: what is listed, what is left out, in which order."""

import pandas as pd

from twas.genes.identifiers import resolve
from twas.traits.trait import RESOLUTION, Trait, read_trait, resolution_table

IDS = ["ENSG00000171862.10", "TP53", "SEPT8", "8-Sep", "2-Mar", "mtor", "nonsense"]


def trait(name="T", ids=IDS):
    return Trait.from_frame(pd.DataFrame({"gene": ids, "z": range(len(ids))}), name=name)


def listing(*traits):
    return resolution_table({trait.name: trait.identifiers for trait in traits})


def test_only_what_is_not_the_present_name_is_listed():
    table = listing(trait("B"), trait("A", ["SEPT8", "PTEN"]))
    assert tuple(table.columns) == ("trait", *RESOLUTION)
    assert table["trait"].tolist() == ["B"] * 5 + ["A"]
    of_b = table[table["trait"] == "B"].set_index("given")
    assert of_b.index.tolist() == sorted({"SEPT8", "8-Sep", "2-Mar", "mtor", "nonsense"})
    assert of_b["how"].to_dict() == {
        "2-Mar": "ambiguous",
        "8-Sep": "spreadsheet",
        "SEPT8": "alias",
        "mtor": "case",
        "nonsense": "unknown",
    }
    assert of_b.loc["8-Sep", "symbol"] == "SEPTIN8"


def test_an_id_that_another_gene_took_over_is_listed(test_data):
    table = listing(read_trait(test_data("spredixcan", "ptsd"), name="PTSD"))
    by_id = table[table["how"] == "ensembl"]
    assert len(by_id)
    assert not any(g.startswith(r) for g, r in zip(by_id["given"], by_id["resolved"], strict=True))
    assert len(table) < 3000
    ordered = table.sort_values(list(RESOLUTION), kind="stable").reset_index(drop=True)
    pd.testing.assert_frame_equal(table, ordered)


def test_the_whole_list_is_one_row_per_identifier():
    full = trait().resolution
    assert full["given"].tolist() == sorted(IDS)
    expected = resolve(full["given"]).rename(columns={"gene": "resolved"})
    pd.testing.assert_frame_equal(full, expected[list(RESOLUTION)], check_dtype=False)


def test_nothing_to_list():
    assert listing().empty
    assert listing(trait(ids=["TP53", "PTEN"])).empty
