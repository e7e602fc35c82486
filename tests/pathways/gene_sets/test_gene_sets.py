"""Gene-set sources: read as they are, resolved, counted, refused where they contradict."""

from __future__ import annotations

import gzip
import hashlib
import random
import time
from itertools import combinations

import gseapy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pathways
from pathways.gene_sets import (
    SHIPPED,
    check_gene_sets,
    describe,
    list_collections,
    load_gene_sets,
    shipped_pathways,
    show,
)
from twas.errors import DataError, UsageError
from twas.genes import identifiers, reference
from twas.genes.blocks import default_blocks

GMTS = {
    "ReactomePathways_2024-09-18.gmt.gz": 2694,
    "wikipathways_Hs_20260822.gmt.gz": 992,
    "h.all.v7.0.symbols.gmt": 50,
}
MTOR_SETS = {"mTOR core": ["MTOR", "RPTOR", "TSC1"], "autophagy": ["ULK1", "BECN1"]}
NETWORK = "source,target,weight\nmtor,MTOR,1\nmtor,TSC1,-2.5\nmtor,AKT3,0\nautophagy,ULK1,0.4\n"


def write(folder, name, text, encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def members(sets):
    """Set → symbol → role."""
    table = sets.table
    return {
        pathway: dict(zip(part["symbol"], part["role"], strict=True))
        for pathway, part in table.groupby("pathway", sort=False)
    }


def topics(sets):
    return {fact.topic: fact.count for fact in sets.quality.facts}


def one_line(error):
    text = str(error.value)
    assert "\n" not in text
    return text


# --- GMT -------------------------------------------------------------------------------------


def lines_of(path):
    """Independent reading of a GMT: (name, description, genes) of each line, cells stripped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="\n") as handle:
        cells = [[cell.strip() for cell in line.split("\t")] for line in handle]
    return [(row[0], row[1], [gene for gene in row[2:] if gene]) for row in cells]


@pytest.mark.parametrize("name", GMTS)
def test_real_gmt_is_read_as_it_is(test_data, name):
    path = test_data("gene_sets", name)
    lines, sets = lines_of(path), load_gene_sets(path)
    assert len(lines) == len(sets.pathways) == GMTS[name]
    names = [line[0] for line in lines]
    expected = [name if names.count(name) == 1 else f"{name} ({about})" for name, about, _ in lines]
    assert list(sets.pathways) == expected
    found = sets.table.groupby("pathway", sort=False)["gene"].agg(set)
    for k in random.Random(1).sample(range(len(lines)), 40):
        genes = identifiers.resolve(lines[k][2])
        kept = genes["gene"].where(genes["gene"] != "", lines[k][2])
        assert found[expected[k]] == set(kept)
    assert set(sets.resolution["given"]) == {gene for *_, row in lines for gene in row}


def test_gmt_name_that_means_missing_elsewhere_stays_a_member(test_data):
    sets = load_gene_sets(test_data("gene_sets", "ReactomePathways_2024-09-18.gmt.gz"))
    holding = sets.table.loc[sets.table["gene"] == "NA", "pathway"]
    assert "Influenza Infection" in set(holding)
    assert not (sets.table["gene"] == "").any()


def test_reactome_is_read_fast(test_data):
    path = test_data("gene_sets", "ReactomePathways_2024-09-18.gmt.gz")
    load_gene_sets(path)
    times = []
    for _ in range(4):
        start = time.process_time()
        load_gene_sets(path)
        times.append(time.process_time() - start)
    # 0.4 s of processor time on a free core.
    assert min(times) < 1.0


@pytest.mark.parametrize(
    ("name", "text", "encoding"),
    [
        ("plain.gmt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\nautophagy\tx\tULK1\tBECN1\n", "utf-8"),
        ("tabs.gmt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\t\t\nautophagy\tx\tULK1\tBECN1\t", "utf-8"),
        ("bom.gmt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\nautophagy\t\tULK1\tBECN1\n", "utf-8-sig"),
        ("crlf.gmt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\r\nautophagy\t\tULK1\tBECN1\r\n", "utf-8"),
        ("mac.gmt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\rautophagy\t\tULK1\tBECN1\r", "utf-8"),
        ("blank.gmt", "\nmTOR core\t\tMTOR\tRPTOR\tTSC1\n\n \nautophagy\t\tULK1\tBECN1", "utf-8"),
        ("padded.gmt", " mTOR core \t\tMTOR \t RPTOR\tTSC1\nautophagy\t\tULK1\tBECN1\n", "utf-8"),
        (
            "weights.gmt",
            "mTOR core\t\tMTOR,1.0\tRPTOR,0.3\tTSC1\nautophagy\t\tULK1\tBECN1",
            "utf-8",
        ),
        ("library.txt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\nautophagy\t\tULK1\tBECN1\n", "utf-8"),
        ("utf16.gmt", "mTOR core\t\tMTOR\tRPTOR\tTSC1\nautophagy\t\tULK1\tBECN1\n", "utf-16"),
    ],
)
def test_gmt_peculiarities(tmp_path, name, text, encoding):
    sets = load_gene_sets(write(tmp_path, name, text, encoding))
    assert members(sets) == {key: dict.fromkeys(genes, 1) for key, genes in MTOR_SETS.items()}
    assert sets.collection == name.rsplit(".", 1)[0]
    assert not sets.signed
    assert sets.version == load_gene_sets(MTOR_SETS).version
    assert topics(sets) == ({"members_weighted": 2} if name == "weights.gmt" else {})


def test_compressed_gmt_is_the_same_collection(tmp_path):
    path = tmp_path / "sets.v1.gmt.gz"
    path.write_bytes(gzip.compress(b"mTOR core\t\tMTOR\tRPTOR\tTSC1\nautophagy\t\tULK1\tBECN1\n"))
    sets = load_gene_sets(path)
    assert (sets.collection, sets.version) == ("sets.v1", load_gene_sets(MTOR_SETS).version)


def test_a_name_with_a_comma_is_no_weight(tmp_path):
    path = write(tmp_path, "a.gmt", "x\t\t18S rRNA, 28S rRNA\tIGHV1,2\tMTOR\n")
    sets = load_gene_sets(path)
    assert sets.table["gene"].iloc[0] == "18S rRNA, 28S rRNA"
    assert topics(sets)["members_weighted"] == 1


NAMES = st.text(
    st.characters(exclude_characters="\t\r\n\x00\ufeff", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda name: name == name.strip() and not name.startswith(("\x1f", "BZh", "PK")))
GENES = st.sampled_from(["MTOR", "TSC1", "TSC2", "RHEB", "C3", "C4A", "NOGENE1", "ENSG00000198793"])


@given(
    sets=st.dictionaries(NAMES, st.lists(GENES, min_size=1, max_size=6), min_size=1, max_size=4),
    end=st.sampled_from(["\n", "\r\n"]),
    tabs=st.integers(0, 3),
    description=st.sampled_from(["", "a description", "http://x/y"]),
)
def test_gmt_holds_what_was_written(tmp_path_factory, sets, end, tabs, description):
    lines = ["\t".join([name, description, *genes]) + "\t" * tabs for name, genes in sets.items()]
    folder = tmp_path_factory.getbasetemp()
    read = load_gene_sets(write(folder, "any.gmt", end.join(lines) + end))
    given_sets = load_gene_sets(sets, name="any")
    pd.testing.assert_frame_equal(read.table, given_sets.table)
    assert read.version == given_sets.version
    assert read.quality == given_sets.quality


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mtor MTOR TSC1\n", "bad.gmt: line 1 has 1 tab-separated cell; a GMT line is name"),
        ("a\t\tMTOR\nb\tTSC1\n", "line 2 has 2 tab-separated cells"),
        ("\t\tMTOR\n", "line 1 has no set name"),
        ("a\t\t\t\nb\td\t\n", "'bad' hold no genes"),
        ("", "'bad' hold no genes"),
        ("a\tx\tMTOR\na\ty\tTSC1\na (x)\t\tRHEB\n", "'a \\(x\\)' could be either of two sets"),
    ],
)
def test_gmt_that_cannot_be_read_is_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message) as error:
        load_gene_sets(write(tmp_path, "bad.gmt", text))
    assert str(tmp_path) not in one_line(error)


def test_truncated_gzip_is_refused(tmp_path):
    path = tmp_path / "cut.gmt.gz"
    path.write_bytes(gzip.compress(b"a\t\tMTOR\tTSC1\n" * 500)[:-12])
    with pytest.raises(DataError, match=r"cut\.gmt\.gz: is cut off or damaged"):
        load_gene_sets(path)


def test_one_name_on_several_lines(tmp_path):
    text = "x\td1\tMTOR\tTSC1\nx\td1\tTSC1\tTSC2\ny\ta\tRHEB\ny\tb\tRPTOR\nz\t\t\n"
    sets = load_gene_sets(write(tmp_path, "a.gmt", text))
    plain = {"x": ["MTOR", "TSC1", "TSC2"], "y (a)": ["RHEB"], "y (b)": ["RPTOR"]}
    assert members(sets) == {key: dict.fromkeys(genes, 1) for key, genes in plain.items()}
    assert topics(sets) == {
        "sets_same_name": 1,
        "sets_merged": 1,
        "sets_empty": 1,
        "members_repeated": 1,
    }


# --- identifiers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (("RAPAMYCIN_UP", "RAPAMYCIN_DN"), 1),
        (("A_UP.V1", "B", "A_DOWN.V1"), 1),
        (("TP53 down GSE1", "TP53 up GSE1", "MTOR up GSE2"), 1),
        (("x upregulated", "x down-regulated"), 1),
        (("A_UP", "B_UP"), 0),
        (("GROUP_A", "UPSTREAM_A", "DOWNSTREAM_A"), 0),
    ],
)
def test_sets_of_two_directions_are_warned_of(tmp_path, names, count):
    text = "".join(f"{name}\t\tMTOR\tRPTOR\tTSC{k + 1}\n" for k, name in enumerate(names))
    sets = load_gene_sets(write(tmp_path, "a.gmt", text))
    assert topics(sets).get("sets_up_and_down", 0) == count
    assert sets.pathways == names
    signed = {name: {"MTOR": 1, "TSC1": -1} for name in names}
    assert "sets_up_and_down" not in topics(load_gene_sets(signed))


def test_entrez_gmt_is_converted(tmp_path):
    symbols = ["MTOR", "RPTOR", "TSC1", "TSC2", "C4A"]
    entrez = reference.load().set_index("symbol")["entrez"][symbols]
    sets = load_gene_sets(write(tmp_path, "e.gmt", "mtor\t\t" + "\t".join(entrez) + "\n"))
    assert list(sets.table["symbol"]) == symbols
    assert topics(sets) == {"members_entrez": len(symbols)}
    assert sets.version == load_gene_sets({"mtor": symbols}).version


def test_unknown_and_ambiguous_members_are_kept_and_counted():
    alias = next(
        name
        for name in ("MCP", "GBA", "H4-16", "APITD1")
        if identifiers.resolve([name])["how"][0] == "ambiguous"
    )
    sets = load_gene_sets({"a": ["MTOR", "NOSUCHGENE", alias], "b": ["NOSUCHGENE"]})
    assert list(sets.table["gene"])[1:] == ["NOSUCHGENE", alias, "NOSUCHGENE"]
    assert topics(sets) == {"members_unknown": 1, "members_ambiguous": 1}
    how = sets.resolution.set_index("given")["how"]
    assert (how["NOSUCHGENE"], how[alias]) == ("unknown", "ambiguous")


def test_a_collection_of_unknown_genes_is_warned_of():
    sets = load_gene_sets({"a": ["Mx1a", "Foo2b", "MTOR"]})
    assert [fact.topic for fact in sets.quality.warnings] == ["members_unknown"]


def test_renamed_members_are_counted():
    sets = load_gene_sets({"a": ["SEPT8", "8-Sep", "mtor", "MTOR"]})
    assert list(sets.table["symbol"]) == ["SEPTIN8", "MTOR"]
    assert topics(sets) == {"members_repeated": 2, "members_renamed": 3}


@pytest.mark.parametrize(
    "source",
    [
        {"mtor": {"DEPTOR": -1, "DEPDC6": 1}},
        pd.DataFrame({"pathway": "mtor", "gene": ["DEPTOR", "DEPDC6"], "role": [-1, 1]}),
    ],
)
def test_a_gene_with_two_roles_is_refused(source):
    with pytest.raises(
        DataError, match=r"DEPTOR has two roles in 'mtor' \(.*\); keep one"
    ) as error:
        load_gene_sets(source)
    one_line(error)


def test_one_gene_may_differ_between_sets():
    sets = load_gene_sets({"mtor": {"MTOR": 1}, "autophagy": {"MTOR": -1}})
    assert members(sets) == {"mtor": {"MTOR": 1}, "autophagy": {"MTOR": -1}}


# --- tables and networks ---------------------------------------------------------------------


def network_files(folder):
    frame = pd.read_csv(write(folder, "net.csv", NETWORK))
    frame.to_csv(folder / "net.tsv", sep="\t", index=False)
    frame.to_csv(folder / "indexed.csv")
    frame.astype({"source": "category"}).to_parquet(folder / "net.parquet")
    write(folder, "net.txt", NETWORK.replace(",", "\t"))
    write(folder, "win.csv", NETWORK.replace("\n", "\r\n"), "utf-8-sig")
    (folder / "net.csv.gz").write_bytes(gzip.compress(NETWORK.encode()))
    wide = frame.assign(p_value=0.01).rename(columns=str.upper)
    wide[["P_VALUE", "WEIGHT", "TARGET", "SOURCE"]].to_csv(folder / "wide.csv", index=False)
    names = ("net.csv", "net.tsv", "indexed.csv", "net.parquet", "net.txt", "win.csv")
    return [folder / name for name in (*names, "net.csv.gz", "wide.csv")], frame


def test_signed_networks_in_every_container(tmp_path):
    paths, frame = network_files(tmp_path)
    expected = {"mtor": {"MTOR": 1, "TSC1": -1, "AKT3": 0}, "autophagy": {"ULK1": 1}}
    for source in [*paths, frame]:
        sets = load_gene_sets(source)
        assert members(sets) == expected, source
        assert sets.signed
        assert topics(sets) == {"weights_zero": 1, "weights_graded": 2}, source
    assert load_gene_sets(paths[0]).version == load_gene_sets(expected).version


@given(weights=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_a_role_is_the_sign_of_the_weight(weights):
    genes = reference.load()["symbol"].iloc[1000 : 1000 + len(weights)].tolist()
    net = pd.DataFrame({"source": "s", "target": genes, "weight": weights})
    assert load_gene_sets(net).table["role"].tolist() == [
        0 if w == 0 else 1 if w > 0 else -1 for w in weights
    ]


def test_entrez_ids_of_a_frame_may_be_floats():
    number = float(reference.load().set_index("symbol").loc["MTOR", "entrez"])
    net = pd.DataFrame({"source": ["a"], "target": [number], "weight": [1]})
    assert members(load_gene_sets(net)) == {"a": {"MTOR": 1}}
    gap = pd.DataFrame({"source": ["a", "a"], "target": [number, None], "weight": [1, 1]})
    with pytest.raises(DataError, match="row 2 has no target"):
        load_gene_sets(gap)


def test_network_without_weights_is_unsigned(tmp_path):
    sets = load_gene_sets(write(tmp_path, "n.csv", "source,target\nmtor,MTOR\nmtor,TSC1\n"))
    assert (members(sets), sets.signed) == ({"mtor": {"MTOR": 1, "TSC1": 1}}, False)


def test_parquet_without_pyarrow_is_one_clear_line(tmp_path, monkeypatch):
    paths, _ = network_files(tmp_path)

    def missing(*_, **__):
        raise ImportError("Unable to find a usable engine")

    monkeypatch.setattr(pd, "read_parquet", missing)
    with pytest.raises(
        DataError, match=r"net\.parquet: Parquet needs the package pyarrow"
    ) as error:
        load_gene_sets(next(path for path in paths if path.suffix == ".parquet"))
    one_line(error)


def test_own_table_keeps_evidence_and_note(tmp_path):
    text = "pathway\tgene\trole\tevidence\tnote\nmtor\tTSC1\t-1\tGO:1 IDA\tblocks, RHEB\n"
    row = load_gene_sets(write(tmp_path, "own.tsv", text)).table.iloc[0]
    assert (row["role"], row["evidence"], row["note"]) == (-1, "GO:1 IDA", "blocks, RHEB")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tsv", "pathway\tgene\trole\nm\tMTOR\tup\n", "a.tsv: line 2 has role 'up'; roles are"),
        ("a.tsv", "pathway\tgene\trole\nm\tMTOR\t1\nm\tTSC1\t0.5\n", "line 3 has role '0.5'"),
        ("a.tsv", "pathway\tgene\trole\n\nm\t\t1\n", "line 3 has no gene; fill it in"),
        ("a.tsv", "pathway\tgene\trole\nm\tMTOR\n", "a.tsv: line 2"),
        (
            "a.tsv",
            "path\tgene\tdirection\nm\tMTOR\t1\n",
            "columns are path, gene, direction;",
        ),
        ("a.tsv", "pathway\tgene\trole\trole\nm\tMTOR\t1\t1\n", "column 'role' stands twice"),
        ("a.csv", "source,target,weight\nm,MTOR,\n", "line 2 has weight ''; give a number"),
        ("a.csv", "source,target,weight\nm,MTOR,inf\n", "line 2 has weight 'inf'"),
        ("a.csv", "source,target,weight\n,MTOR,1\n", "line 2 has no source"),
        ("a.csv", "source,target,weight\n", "a.csv: holds a header but no rows"),
        ("a.parquet", "no parquet", "a.parquet: "),
        ("a.tsv", "", "a.tsv: is empty"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(tmp_path, name, text, message):
    with pytest.raises(DataError, match=message) as error:
        load_gene_sets(write(tmp_path, name, text))
    assert str(tmp_path) not in one_line(error)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"m": "MTOR"}, "gene set 'm' must be a list of genes"),
        ({"m": 3}, "gene set 'm' must be a list of genes"),
        ({"m": {"MTOR": 2}}, "role 2 of MTOR; roles are"),
        ({"m": {"MTOR": 0.5}}, "role 0.5 of MTOR"),
        ({"m": {"MTOR": "up"}}, "role 'up' of MTOR"),
        ({"m": ["MTOR", None]}, "gene set 'm' holds an empty gene name"),
        ({"m": []}, "hold no genes"),
        ({}, "hold no genes"),
        ({1: ["MTOR"], "1": ["TSC1"]}, "two gene sets of the mapping have the same name"),
    ],
)
def test_mappings_that_make_no_sense_are_refused(source, message):
    with pytest.raises(DataError, match=message) as error:
        load_gene_sets(source)
    one_line(error)


def test_an_empty_set_of_a_mapping_is_counted():
    assert topics(load_gene_sets({"a": ["MTOR"], "b": []})) == {"sets_empty": 1}


def test_a_python_set_has_one_order():
    genes = {"TSC1", "MTOR", "RHEB", "RPTOR"}
    assert list(load_gene_sets({"a": genes}).table["symbol"]) == sorted(genes)
    assert load_gene_sets({"a": frozenset(genes)}).version == (
        load_gene_sets({"a": sorted(genes)}).version
    )


# --- names and shipped collections -----------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_collections_load_clean(name):
    sets = load_gene_sets(name)
    assert (sets.collection, sets.signed, sets.quality.facts) == (name, True, ())
    assert sets.pathways == shipped_pathways(name)
    assert set(sets.resolution["how"]) == {"symbol"}


@pytest.mark.parametrize(
    ("given_name", "nearest"),
    [
        ("cor", "core"),
        ("Core", "core"),
        ("extendet", "extended"),
        ("negative-controls", "negative"),
    ],
)
def test_a_misspelt_collection_is_answered_with_the_nearest(given_name, nearest):
    with pytest.raises(UsageError, match=f"did you mean '{nearest}") as error:
        load_gene_sets(given_name)
    one_line(error)


def test_a_missing_file_is_a_usage_error(tmp_path):
    for source in (tmp_path / "none.gmt", tmp_path):
        with pytest.raises(UsageError, match="neither a shipped collection"):
            load_gene_sets(source)


def test_collection_name_can_be_given():
    assert load_gene_sets("core", name="mine").collection == "mine"


def test_selection_counts_what_it_leaves_out():
    sets = load_gene_sets({"a": ["MTOR"], "b": ["MTOR", "TSC1"], "c": ["C3", "C4A", "C2"]})
    kept = sets.select(min_genes=2, max_genes=2)
    assert (kept.pathways, topics(kept)) == (("b",), {"sets_outside_size": 2})
    assert sets.select(min_genes=1) is sets


def test_equal_names_in_two_collections_stay_apart(small_study):
    genes = small_study.genes["symbol"].tolist()
    one = load_gene_sets({"same": genes[:40]}, name="one")
    two = load_gene_sets({"same": genes[2000:2050]}, name="two")
    table = pathways.analyse(small_study, [one, two], run_gsea=False).directions
    rows = table[(table["scope"] == "combined") & (table["trait"] == "ALS")]
    assert dict(zip(rows["collection"], rows["n_set"], strict=True)) == {"one": 40, "two": 50}
    assert (rows["pathway"] == "same").all()


# --- Enrichr ---------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch, tmp_path):
    """An Enrichr that answers from a dictionary and counts its calls."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    libraries = {
        "Tiny_2026": {"mTOR core": ["MTOR", "RPTOR", "TSC1"], "autophagy": ["ULK1", "BECN1"]}
    }
    calls = []

    def get_library(name, organism="Human", min_size=0, max_size=2000):
        calls.append((name, organism, min_size, max_size))
        if not libraries:
            raise ConnectionError("no route to host")
        if name not in libraries:
            raise ValueError(f"Sorry. The input: {name} could be be found given organism: Human")
        return dict(libraries[name])

    monkeypatch.setattr(gseapy, "get_library", get_library)
    return libraries, calls, tmp_path / "cache" / "twas-divergence" / "enrichr"


def test_enrichr_library_is_fetched_once_and_kept_by_its_hash(server):
    libraries, calls, folder = server
    first = load_gene_sets("enrichr:Tiny_2026")
    assert members(first) == {key: dict.fromkeys(genes, 1) for key, genes in MTOR_SETS.items()}
    assert (first.collection, calls[0][2] == 0, calls[0][3] > 50_000) == ("Tiny_2026", True, True)
    (kept,) = folder.iterdir()
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    assert kept.name == f"Tiny_2026.{digest}.gmt"
    assert digest in first.quality.facts[0].message
    libraries.clear()
    second = load_gene_sets("enrichr:Tiny_2026")
    assert len(calls) == 1
    assert (second.version, second.quality) == (first.version, first.quality)
    pd.testing.assert_frame_equal(second.table, first.table)


def test_enrichr_offline_says_what_to_do(server):
    server[0].clear()
    with pytest.raises(DataError, match=r"not cached and cannot be fetched .*FILE\.gmt") as error:
        load_gene_sets("enrichr:Tiny_2026")
    one_line(error)
    assert not server[2].exists()


@pytest.mark.parametrize("failure", [Exception("Error fetching"), ValueError("no JSON"), OSError()])
def test_every_failure_of_the_server_is_one_line(server, monkeypatch, failure):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(gseapy, "get_library", fail)
    with pytest.raises(DataError, match="cannot be fetched"):
        load_gene_sets("enrichr:Tiny_2026")


@pytest.mark.parametrize(
    "name", ["None_Such", "../x", "a/b", "/etc/passwd", "x.gmt", "", ".hidden"]
)
def test_enrichr_names_that_cannot_be(server, name):
    with pytest.raises(UsageError, match="Enrichr") as error:
        load_gene_sets(f"enrichr:{name}")
    one_line(error)
    assert not server[2].exists()


def test_a_changed_cache_is_noticed(server):
    load_gene_sets("enrichr:Tiny_2026")
    (kept,) = server[2].iterdir()
    kept.write_bytes(kept.read_bytes() + b"more\t\tC3\n")
    with pytest.raises(DataError, match="does not have the SHA-256 of its name; delete it"):
        load_gene_sets("enrichr:Tiny_2026")


def test_a_library_that_cannot_be_kept_still_serves(server):
    server[2].parent.parent.mkdir()
    server[2].parent.write_text("a file where the folder should be")
    assert load_gene_sets("enrichr:Tiny_2026").pathways == ("mTOR core", "autophagy")


# --- check, describe, list, show -------------------------------------------------------------

ROLES = st.dictionaries(
    st.sampled_from(["MTOR", "TSC1", "TSC2", "RHEB", "C3", "C4A", "C2", "NOGENE1"]),
    st.sampled_from([-1, 0, 1]),
    min_size=1,
)


@given(sets=st.dictionaries(st.sampled_from("abcde"), ROLES, min_size=1))
def test_overlap_is_that_of_python_sets(sets):
    found = check_gene_sets(sets).overlap
    expected = {}
    for a, b in combinations(sets, 2):
        products = [sets[a][gene] * sets[b][gene] for gene in sets[a].keys() & sets[b].keys()]
        if products:
            share = len(products) / min(len(sets[a]), len(sets[b]))
            expected[a, b] = (len(products), products.count(1), products.count(-1), share)
    columns = ["n_shared", "n_same", "n_opposite", "share"]
    rows = found[columns].itertuples(index=False, name=None)
    assert dict(
        zip(zip(found["pathway_a"], found["pathway_b"], strict=True), rows, strict=True)
    ) == (expected)
    assert found["n_shared"].is_monotonic_decreasing


def test_check_finds_duplicates_and_unknown_genes():
    check = check_gene_sets(
        {"a": ["MTOR", "TSC1", "mtor", "NOGENE1"], "b": ["NOGENE1", "C3", "C3"], "c": ["RHEB"]}
    )
    assert check.duplicates.to_numpy().tolist() == [
        ["a", "MTOR", "MTOR, mtor", 2],
        ["b", "C3", "C3, C3", 2],
    ]
    assert check.unresolved.to_numpy().tolist() == [["NOGENE1", "unknown", 2, "a"]]
    assert check.n_problems == 3
    assert check.sizes["n_genes"].tolist() == [3, 2, 1]
    assert check.sizes["n_unresolved"].tolist() == [1, 1, 0]
    assert check_gene_sets("core").n_problems == 0


def test_check_refuses_what_load_refuses():
    with pytest.raises(DataError, match="two roles"):
        check_gene_sets({"m": {"DEPTOR": 1, "DEPDC6": -1}})


@pytest.mark.parametrize("name", SHIPPED)
def test_description_counts_members_roles_and_loci(name):
    sets = load_gene_sets(name)
    table = sets.table.assign(
        block=default_blocks().assign(reference.positions(sets.table["gene"]))
    )
    for row in describe(sets).itertuples():
        part = table[table["pathway"] == row.pathway]
        assert (row.n_genes, row.n_unresolved, row.n_unplaced) == (len(part), 0, 0)
        assert [row.n_plus, row.n_minus, row.n_zero] == [
            int((part["role"] == role).sum()) for role in (1, -1, 0)
        ]
        assert row.n_blocks == part.loc[part["role"] != 0, "block"].nunique()


def test_description_of_a_set_without_roles_or_positions():
    row = describe(load_gene_sets({"a": {"NOGENE1": 0, "NOGENE2": 0}})).iloc[0]
    assert row["n_blocks"] == 0
    assert row["n_unplaced"] == 2
    row = describe(load_gene_sets({"a": ["NOGENE1", "NOGENE2"]})).iloc[0]
    assert row["n_blocks"] == 2


def test_list_and_show():
    listed = list_collections().set_index("collection")
    assert list(listed.index) == list(SHIPPED)
    assert listed.loc["core", ["n_sets", "n_members"]].tolist() == [
        5,
        len(load_gene_sets("core").table),
    ]
    shown = show("mtor").set_index("gene")
    assert shown.loc["TSC1", "role"] == -1
    assert set(shown["collection"]) == {"core"}
    pd.testing.assert_frame_equal(show("core"), describe(load_gene_sets("core")))
    with pytest.raises(UsageError, match="shipped sets are mtor, pgc1a"):
        show("mtro")


def test_loading_does_not_import_gseapy():
    import subprocess
    import sys

    code = (
        "import sys, pathways; from pathways.gene_sets import *; load_gene_sets('core');"
        "sys.exit('gseapy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sizes_are_numbers_that_tables_can_hold():
    assert all(dtype == np.int64 for dtype in describe(load_gene_sets("core")).dtypes[1:])
