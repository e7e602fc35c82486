"""Identifiers → genes: each rule by example, invariants by Hypothesis, real files by count."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twas.genes import reference
from twas.genes.identifiers import HOW, MISSING, resolve
from twas.genes.lookups import NOT_FOUND, ensembl_numbers, ensembl_rows, former_symbols, readings

PTEN = "ENSG00000171862"


@pytest.mark.parametrize(
    ("text", "symbol", "how"),
    [
        (PTEN, "PTEN", "ensembl"),
        (f"{PTEN}.10", "PTEN", "ensembl"),
        (f" {PTEN}.10\t", "PTEN", "ensembl"),
        ("ensg00000171862", "PTEN", "ensembl"),
        ("ENSG00000284792", "PTEN", "ensembl"),  # its id on a patch
        ("ENSG00000002586.20_PAR_Y", "CD99", "ensembl"),
        ("ENSGR0000002586.3", "CD99", "ensembl"),
        ("PTEN", "PTEN", "symbol"),
        ("MT-ND1", "ND1", "alias"),
        ("SEPT8", "SEPTIN8", "alias"),
        ("SEPT2", "SEPTIN2", "alias"),  # also a synonym of SEPTIN6
        ("MARCH1", "MARCHF1", "alias"),
        ("MARC1", "MTARC1", "alias"),
        ("BF", "CFB", "alias"),
        ("C9ORF72", "C9orf72", "case"),
        ("pten", "PTEN", "case"),
        ("HLA\u2011A", "HLA-A", "symbol"),  # non-breaking hyphen
        ("8-Sep", "SEPTIN8", "spreadsheet"),
        ("Sep-8", "SEPTIN8", "spreadsheet"),
        ("8-Sep-19", "SEPTIN8", "spreadsheet"),
        ("2019-09-08", "SEPTIN8", "spreadsheet"),
        ("15-Sep", "SELENOF", "spreadsheet"),  # SEP15: there is no SEPT15
        ("10-Mar", "MARCHF10", "spreadsheet"),
        ("43717", "SEPTIN9", "spreadsheet"),  # 2019-09-09
    ],
)
def test_one_answer(text, symbol, how):
    row = resolve([text, "TP53", "TBK1", "C9orf72"]).iloc[0]
    assert (row["symbol"], row["how"]) == (symbol, how)
    expected = reference.load().set_index("symbol").loc[symbol, "gene"]
    assert row["gene"] == expected


@pytest.mark.parametrize("text", ["2-Mar", "1-Mar", "1-Dec", "DEC1"])
def test_two_answers_are_not_guessed(text):
    row = resolve([text]).iloc[0]
    assert (row["gene"], row["how"]) == (text, "ambiguous")


@pytest.mark.parametrize("text", ["XYZZY", "30-Feb", "99999999", "ENSG00000999999", "1e5", "a|b"])
def test_unknown_stays_as_given(text):
    row = resolve([text, "TP53", "TBK1"]).iloc[0]
    assert (row["gene"], row["how"]) == (text, "unknown")


def test_dates_of_known_serials():
    # pandas is the oracle for serial numbers of dates.
    for serial in range(29_221, 60_267, 97):
        day = pd.Timestamp("1899-12-30") + pd.Timedelta(days=serial)
        assert readings(str(serial)) == [(day.strftime("%b").upper(), day.day)]
    assert readings("29220") == readings("60267") == []


def test_day_and_month_that_cannot_be_told_apart():
    assert set(readings("9/8/2019")) == {("SEP", 8), ("AUG", 9)}
    assert readings("9/20/2019") == [("SEP", 20)]
    assert former_symbols("MAR", 2) == [["MARCH2", "MARC2"]]


def test_every_renamed_septin_survives_the_spreadsheet():
    symbols = reference.load()["symbol"]
    for symbol in symbols[symbols.str.fullmatch(r"SEPTIN\d+")]:
        number = symbol.removeprefix("SEPTIN")
        assert resolve([f"{number}-Sep"])["symbol"].item() == symbol
        assert resolve([f"SEPT{number}"])["symbol"].item() == symbol


def test_numbers_are_entrez_ids_where_most_are_numbers():
    assert resolve(["7157", "5728", "43717"])["how"].tolist() == ["entrez", "entrez", "unknown"]
    assert resolve([7157, 5728.0])["symbol"].tolist() == ["TP53", "PTEN"]
    assert resolve(["PTEN", "TP53", "7157"])["how"].tolist() == ["symbol", "symbol", "unknown"]


def test_a_symbol_wins_over_a_synonym():
    table = reference.load()
    synonyms = table["aliases"].str.split("|").explode()
    both = synonyms[synonyms.isin(table["symbol"])]
    assert len(both) > 1000
    resolved = resolve(both.unique())
    assert (resolved["how"] == "symbol").all()
    assert (resolved["symbol"] == resolved["given"]).all()


def test_retired_ensembl_ids_follow_the_symbol():
    unknown = "ENSG00000999999"
    row = resolve([unknown], ["PTEN"]).iloc[0]
    assert (row["gene"], row["how"]) == (PTEN, "retired ensembl")
    both = resolve([unknown, PTEN], ["PTEN", "PTEN"])
    assert both["gene"].tolist() == [unknown, PTEN]
    assert both["symbol"].tolist() == ["PTEN", "PTEN"]
    assert both["how"].tolist() == ["unknown", "ensembl"]
    assert resolve([unknown], ["DEC1"])["how"].item() == "unknown"


def test_a_secondary_id_yields_to_the_own_id():
    secondary = "ENSG00000284792"
    assert resolve([secondary])["gene"].item() == PTEN
    both = resolve([secondary, PTEN])
    assert both["gene"].tolist() == [secondary, PTEN]
    assert both["how"].tolist() == ["unknown", "ensembl"]


def test_the_symbol_helps_where_the_id_does_not():
    found = resolve(["", None, "ILMN_1", "DEC1"], ["PTEN", "TP53", "TBK1", "BHLHE40"])
    assert found["symbol"].tolist() == ["PTEN", "TP53", "TBK1", "BHLHE40"]
    assert (found["how"] == "symbol").all()
    assert resolve(["PTEN"], [f"{PTEN}.3"])["how"].item() == "ensembl"  # swapped columns


@pytest.mark.parametrize("text", sorted(MISSING))
def test_words_for_missing(text):
    assert resolve([text])["gene"].item() == ""


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2 ids but 1 symbols"):
        resolve(["a", "b"], ["a"])


def test_empty_input():
    assert resolve([]).columns.tolist() == ["given", "gene", "symbol", "how"]


NAMES = st.one_of(
    st.sampled_from(reference.load()["symbol"].tolist()[:5000]),
    st.sampled_from(reference.load()["gene"].tolist()[:5000]),
    st.sampled_from(["SEPT8", "8-Sep", "2-Mar", "43717", "", "pten", "ENSG00000999999", "GBA"]),
    st.text(max_size=12),
)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=30), st.randoms())
def test_order_and_repeats_change_nothing(pairs, random):
    ids, symbols = zip(*pairs, strict=True)
    plain = resolve(ids, symbols)
    assert plain["how"].isin(HOW).all()
    order = list(range(len(pairs))) * 2
    random.shuffle(order)
    again = resolve([ids[i] for i in order], [symbols[i] for i in order])
    pd.testing.assert_frame_equal(again, plain.iloc[order].reset_index(drop=True))


@given(st.lists(NAMES, min_size=1, max_size=30))
def test_resolving_twice_changes_nothing(ids):
    once = resolve(ids)
    known = once[~once["how"].isin(["unknown", "ambiguous"])]
    twice = resolve(known["gene"])
    # An id without Ensembl id is its symbol; both resolve to themselves.
    assert twice["gene"].tolist() == known["gene"].tolist()


def test_entrez_ids_in_a_column_of_symbols():
    some = reference.load().head(50)
    found = resolve([""] * 50, some["entrez"])
    assert set(found["how"]) == {"entrez"}
    assert found["gene"].tolist() == some["gene"].tolist()


@pytest.mark.parametrize("cell", ['="SEPTIN8"', "'SEPTIN8", "'SEPTIN8'", ' ="SEPTIN8" '])
def test_shields_against_spreadsheets_come_off(cell):
    found = resolve([cell, "TP53"])
    assert found["given"].tolist() == ["SEPTIN8", "TP53"]
    assert set(found["how"]) == {"symbol"}


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"ENSG[0-9]{9,12}(\.[0-9]{1,2})?(_PAR_Y)?", fullmatch=True),
            st.from_regex(r"[A-Z]{4}[0-9]{11}[.x]?", fullmatch=True),
            st.text(max_size=18).filter(lambda text: "\0" not in text),
        ),
        max_size=20,
    )
)
def test_ensembl_numbers_equal_a_pattern(texts):
    expected = []
    for text in texts:
        match = re.fullmatch(r"ENSG([0-9]{11})(\..*)?", text, flags=re.DOTALL)
        expected.append(int(match[1]) if match else -1)
    assert ensembl_numbers(texts).tolist() == expected


def test_every_ensembl_id_of_the_reference_is_found():
    table = reference.load()
    ids = table["ensembl_id"].to_numpy(dtype=object)
    own = np.flatnonzero(ids != "")
    assert ensembl_rows(ensembl_numbers(ids[own])).tolist() == own.tolist()
    assert ensembl_rows(np.array([-1, 10**12])).tolist() == [NOT_FOUND] * 2
    for row in np.flatnonzero(table["secondary_ids"].to_numpy(dtype=object) != "")[:200]:
        for other in table["secondary_ids"][row].split("|"):
            (found,) = ensembl_rows(ensembl_numbers([other]))
            assert ids[found] == other or found == row


@pytest.mark.parametrize("trait", ["mdd", "ptsd"])
def test_real_files(test_data, trait):
    files = sorted(test_data("spredixcan", trait).glob("*.csv.gz"))
    table = pd.concat([pd.read_csv(file, usecols=["gene", "gene_name"]) for file in files])
    found = resolve(table["gene"], table["gene_name"])
    share = found.drop_duplicates("gene")["how"].value_counts(normalize=True)
    assert share["ensembl"] + share["retired ensembl"] > 0.9
    # A gene that both sides know has the file's symbol or a newer one of the same gene.
    same = found["symbol"].to_numpy() == table["gene_name"].to_numpy()
    renamed = resolve(table["gene_name"][~same])
    known = renamed["how"].isin(["symbol", "alias"]).to_numpy()
    agree = renamed["gene"].to_numpy()[known] == found["gene"].to_numpy()[~same][known]
    assert np.mean(agree) > 0.8
