"""The sign of a network: read under every name that tools give it, and never lost."""

import numpy as np
import pandas as pd
import pytest

from pathways.gene_sets import load_gene_sets
from twas.errors import DataError

GENES = ["MTOR", "TSC1", "AKT3", "ULK1"]
SIGNS = [1, -1, 0, -1]


def roles(source):
    sets = load_gene_sets(source)
    return sets, sets.table["role"].tolist()


def network(**columns):
    return pd.DataFrame({"source": "s", "target": GENES, **columns})


@pytest.mark.parametrize(
    "frame",
    [
        network(mor=SIGNS),
        network(weight=[0.5, -2.0, 0.0, -1e-9]),
        network(sign=["+", "-", "0", "-"]),
        network(sign=["+1", "\u22121", "?", "-1.0"]),
        network(interaction=SIGNS),
        network(interaction=["activation", "inhibition", "binding", "repression"]),
        network(effect=["up-regulates", "down-regulates", "unknown", "down-regulates activity"]),
        network(Mode=["Activation", "Repression", "Unknown", "Repression"]),
        network(direction=["up", "down", "", "down"]),
        network(interaction=["-->", "--|", "---", "-|"]),
        network(is_stimulation=[1, 0, 1, 0], is_inhibition=[0, 1, 1, 1]),
        network(is_stimulation=[True, False, True, False], is_inhibition=[False, True, True, True]),
        network(consensus_stimulation=[1, 0, 0, 0], consensus_inhibition=[0, 1, 0, 1]),
        network(
            is_stimulation=[1, 1, 1, 0],
            is_inhibition=[1, 1, 1, 1],
            consensus_stimulation=["TRUE", "FALSE", "TRUE", "FALSE"],
            consensus_inhibition=["FALSE", "TRUE", "TRUE", "TRUE"],
        ),
        network(confidence="A", mor=SIGNS).rename(columns={"source": "tf"}),
        network(EFFECT=["up-regulates quantity by expression", "down-regulates quantity by "
                        "repression", "form complex", "down-regulates quantity"], SCORE=0.7)
        .rename(columns={"source": "ENTITYA", "target": "ENTITYB"}),
        network(mor=SIGNS, likelihood=1, weight=[2, -3, 0, -1]),
        network(role=SIGNS).rename(columns={"source": "pathway", "target": "gene"}),
    ],
)  # fmt: skip
def test_signs_under_every_name(frame, tmp_path):
    sets, found = roles(frame)
    assert found == SIGNS
    assert sets.signed
    path = tmp_path / "net.txt"
    frame.to_csv(path, sep="\t", index=False)
    assert roles(path)[1] == SIGNS


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("logFC", [0.4, -2.0, 1.0, -0.1]),
        ("mode_of_action", [1, -1, 1, 1]),
        ("only_inhibitors", [-1, -1, -1, -1]),
        ("kind", ["activates", "inhibits", "activates", "phosphorylates"]),
        ("relation", ["+", "-", "+", "+"]),
        ("what", ["up-regulates", "down-regulates quantity", "up-regulates", "up-regulates"]),
    ],
)
@pytest.mark.parametrize("beside", [{}, {"weight": [1, 1, 1, 1]}])
def test_a_column_with_signs_that_is_not_read_is_an_error(column, cells, beside):
    with pytest.raises(DataError, match=f"column '{column.lower()}' holds signs and is not read"):
        load_gene_sets(network(**{**beside, column: cells}))


@pytest.mark.parametrize(
    "frame",
    [
        network(strand=["+", "-", "+", "-"]),
        network(score=[0.1, 0.2, 0.3, 0.4]),
        network(log10p=[-8.0, -2.5, -3.5, -4.0]),
        network(remark=["-", "-", "-", "-"]),
        network(note=["inhibits RHEB when it is bound to TSC2 at the lysosome"] * 4),
        network(interaction=["ppi", "ppi", "phosphorylation", "ppi"]),
    ],
)
def test_other_columns_make_no_sign(frame):
    sets, found = roles(frame)
    assert found == [1, 1, 1, 1]
    assert not sets.signed


def test_columns_that_contradict_each_other_are_refused():
    with pytest.raises(DataError, match=r"row 2: columns 'mor' and 'weight' have different signs"):
        load_gene_sets(network(mor=[1, -1, 1, 1], weight=[1, 1, 1, 1]))


def test_signs_of_a_network_that_contradict_are_role_zero_and_counted():
    frame = pd.DataFrame(
        {
            "source": ["s", "s", "s", "s", "t"],
            "target": ["MTOR", "MTOR", "TSC1", "TSC1", "MTOR"],
            "mor": [1, -1, -1, 0, 1],
        }
    )
    sets, found = roles(frame)
    assert dict(zip(sets.table["pathway"] + sets.table["symbol"], found, strict=True)) == {
        "sMTOR": 0,
        "sTSC1": -1,
        "tMTOR": 1,
    }
    assert sets.quality.count("signs_contradict") == 1
    assert [fact.topic for fact in sets.quality.warnings] == ["signs_contradict"]


def test_what_tells_no_sign_is_counted():
    both = network(is_stimulation=[1, 1, 0, 1], is_inhibition=[0, 1, 0, 0])
    sets, found = roles(both)
    assert (found, sets.quality.count("signs_unknown")) == ([1, 0, 0, 1], 2)
    words = network(effect=["up-regulates", "form complex", "unknown", "down-regulates"])
    assert load_gene_sets(words).quality.count("signs_unknown") == 2


def test_msigdbr_tables_are_read():
    frame = pd.DataFrame(
        {
            "gs_collection": "H",
            "gs_name": ["HALLMARK_A", "HALLMARK_A", "HALLMARK_B"],
            "gene_symbol": ["MTOR", "TSC1", "ULK1"],
            "ncbi_gene": [2475, 7248, 8408],
            "ensembl_gene": ["ENSG00000198793", "ENSG00000165699", "ENSG00000177169"],
        }
    )
    sets, found = roles(frame)
    assert sets.pathways == ("HALLMARK_A", "HALLMARK_B")
    assert (found, sets.signed) == ([1, 1, 1], False)


def test_random_signs_come_back(tmp_path):
    """Whatever the name of the column and the order of the rows."""
    rng = np.random.default_rng(4)
    names = ["mor", "weight", "sign", "interaction", "effect", "regulation", "direction", "mode"]
    for name in names:
        signs = rng.choice([-1, 1], len(GENES))
        order = rng.permutation(len(GENES))
        frame = network(**{name: signs}).iloc[order]
        path = tmp_path / f"{name}.csv"
        frame.to_csv(path, index=False)
        assert roles(path)[1] == signs[order].tolist(), name


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"effect": [1, 2, 1, 2]}, "column 'effect' holds 1, 2, which are no signs"),
        ({"sign": ["A", "R", "A", "R"]}, "column 'sign' holds A, R, which are no signs"),
        ({"direction": ["++-", "--+", "+++", "---"]}, "column 'direction' holds"),
        ({"is_activation": [True, False, True, False]}, "'is_activation' holds signs and is not"),
        ({"inhibition": [0, 1, 0, 1]}, "'inhibition' holds signs and is not read"),
        ({"ud": ["UP", "DN", "UP", "DN"]}, "'ud' holds signs and is not read"),
        ({"type": ["act", "inh", "act", "inh"]}, "'type' holds signs and is not read"),
        ({"x": ["gain of function", "loss", "gain", "loss"]}, "'x' holds signs and is not read"),
    ],
)
def test_codes_and_answers_are_no_plus(columns, words):
    with pytest.raises(DataError, match=words):
        roles(network(**columns))


@pytest.mark.parametrize(
    "columns",
    [
        {"interaction": ["pp", "pd", "pp", "controls"]},
        {"directed": [1, 0, 1, 0]},
        {"positive_control": ["x", "y", "x", "y"]},
        {"activation": [1, 1, 1, 1]},
        {"sign": ["1", "1", "0", "1"]},
    ],
)
def test_what_tells_no_minus_is_plus(columns):
    assert set(roles(network(**columns))[1]) <= {1, 0}


def test_pairs_of_yes_and_no_under_other_names():
    for up, down in (("stimulation", "inhibition"), ("is_activation", "is_repression")):
        found = roles(network(**{up: [1, 0, 0, 0], down: [0, 1, 0, 1]}))[1]
        assert found == SIGNS
