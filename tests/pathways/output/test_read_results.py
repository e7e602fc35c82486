"""Results read back from their folder: the same tables, to the last byte, and the same words."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.output.machine import results_json
from pathways.output.reading import read_table
from pathways.output.run_tables import StudySummary, TraitSummary, summarise
from pathways.report.pages import html
from pathways.report.pages.view import page
from pathways.results import read_results
from pathways.statistics.genome import Genome
from pathways.tables.registry import TABLES
from tests.pathways.report.conftest import HOSTILE, make_results, make_study, some_sets
from twas.errors import DataError
from twas.quality import QualityFact


def written(results, folder):
    """A folder with what `read_results` needs."""
    folder.mkdir(parents=True, exist_ok=True)
    results.write_tables(folder)
    (folder / "results.json").write_text(results_json(results), encoding="utf-8", newline="\n")
    return folder


@pytest.fixture(scope="module")
def two():
    """Two traits with sample sizes, two tissues, hostile names."""
    facts = [QualityFact("warning", text, text, 3, text) for text in HOSTILE]
    traits = {
        HOSTILE[0]: {"n_eff": 9000, "tissues": ("a", HOSTILE[5])},
        HOSTILE[1]: {"n_eff": 8000, "tissues": ("a", "b")},
    }
    sets = some_sets([*HOSTILE, "NA", "nan", "SEPT8", "001", "a\rb", '"', "c\nd"])
    return make_results(traits, sets, name="NA", facts=facts, simulated=True, flips=50)


THREE = {"A": {"n_eff": 900}, "B": {"n_eff": 800}, "C": {}}


@pytest.fixture(scope="module")
def one():
    """One trait without sample size."""
    return make_results({"ALS": {}}, some_sets(["only"]), flips=50)


@pytest.fixture(scope="module")
def three():
    """Three traits, one without sample size."""
    return make_results(THREE, some_sets(["x", "y"]), gsea=True, flips=50)


@pytest.fixture(params=["two", "one", "three"])
def case(request, tmp_path):
    """Live results, and those read back from their folder."""
    live = request.getfixturevalue(request.param)
    return live, read_results(written(live, tmp_path / "out"))


def test_tables_are_the_same(case):
    live, read = case
    assert list(read.tables) == list(live.tables)
    for name, table in live.tables.items():
        again = read.tables[name]
        assert list(again.columns) == list(table.columns)
        for column in TABLES[name].columns:
            if column.kind == "text":
                assert again[column.name].tolist() == table[column.name].fillna("").tolist()
            else:
                assert pd.api.types.is_numeric_dtype(again[column.name])
                numbers = [t[column.name].to_numpy(float, na_value=np.nan) for t in (again, table)]
                np.testing.assert_array_equal(*numbers)


def test_written_again_it_gives_the_same_bytes(case, tmp_path):
    live, read = case
    first, second = written(live, tmp_path / "first"), written(read, tmp_path / "second")
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted([*(f"{name}.tsv" for name in TABLES), "results.json"])
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_summary_quality_parameters_and_sets_are_the_same(case):
    live, read = case
    assert isinstance(read.study, StudySummary)
    for field in fields(StudySummary):
        if field.name != "pairs":  # a correlation may be NaN
            assert getattr(read.study, field.name) == getattr(live.study, field.name)
    for pair, other in zip(read.study.pairs, live.study.pairs, strict=True):
        assert repr(pair) == repr(other)
    assert read.study.traits == live.study.traits
    assert read.study.scopes == live.study.scopes
    assert read.quality == live.quality
    assert read.parameters == live.parameters
    for sets, other in zip(read.gene_sets, live.gene_sets, strict=True):
        assert (sets.collection, sets.version, sets.signed) == (
            other.collection,
            other.version,
            other.signed,
        )
        columns = list(other.table.columns)
        assert sets.table[columns].to_dict("records") == other.table.to_dict("records")


def test_report_says_the_same(case):
    live, read = case
    assert html.render(page(read, [])) == html.render(page(live, []))


def test_large_collections_come_back_from_coverage(three, tmp_path, monkeypatch):
    monkeypatch.setattr("pathways.output.machine.MAX_ROWS", 20)
    monkeypatch.setattr("pathways.output.machine.MAX_MEMBERS", 20)
    read = read_results(written(three, tmp_path))
    (sets,), (other,) = read.gene_sets, three.gene_sets
    assert sets.pathways == other.pathways
    assert sets.table["symbol"].tolist() == other.table["symbol"].tolist()
    assert sets.table["role"].tolist() == other.table["role"].tolist()


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
text |= st.sampled_from(["NA", "NaN", "inf", "", "1", "001", '"', '""', '"a', "\r", "a\rb", "a\n"])
number = st.floats(allow_nan=True, allow_infinity=True, width=64)


@given(st.lists(st.tuples(text, text, number), min_size=1, max_size=6))
def test_any_text_and_number_comes_back(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("any")
    names, status, values = (list(part) for part in zip(*rows, strict=True))
    columns = {"collection": names, "pathway": status, "gene": "NA", "role": values}
    table = pd.DataFrame({**columns, "status": status})
    table.to_csv(folder / "coverage.tsv", sep="\t", index=False, lineterminator="\n")
    read = read_table(folder, "coverage", len(rows))
    assert read["collection"].tolist() == names
    assert read["pathway"].tolist() == read["status"].tolist() == status
    np.testing.assert_array_equal(read["role"].to_numpy(dtype=float), values)


def test_types_of_the_columns(three, tmp_path):
    coverage = three.coverage.head(4).assign(gene=["NA", "SEPT8", "NAN", "001"])
    given = replace(three, tables={**three.tables, "coverage": coverage})
    read = read_results(written(given, tmp_path))
    assert read.coverage["gene"].tolist() == ["NA", "SEPT8", "NAN", "001"]
    assert read.directions["n_tested"].dtype == np.int64
    assert read.directions["activity"].dtype == np.float64
    assert read.tables["balance"].empty or read.tables["balance"]["activity"].dtype == np.float64
    assert all(isinstance(v, str) for v in read.divergence["reason"])


def edited(name, change):
    def damage(folder):
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return damage


def changed_record(**values):
    def change(content):
        return json.dumps({**json.loads(content), **values})

    return edited("results.json", change)


DAMAGES = {
    "results.json cannot be read": lambda folder: (folder / "results.json").unlink(),
    "cut off or no JSON": edited("results.json", lambda content: content[:-50]),
    "not from twas-divergence": edited("results.json", lambda content: "[1, 2]"),
    "schema version 99, this program reads up to 1": changed_record(schema_version=99),
    "results.json in .* is damaged": changed_record(study={"traits": [{}]}),
    "genes.tsv cannot be read": lambda folder: (folder / "genes.tsv").unlink(),
    "genes.tsv has [0-9,]+ rows and results.json says": edited(
        "genes.tsv", lambda content: content[: content.rindex("\n", 0, -1) + 1]
    ),
    "genes.tsv has no column 'block'": edited(
        "genes.tsv", lambda content: content.replace("\tblock\t", "\tBLOCK\t", 1)
    ),
    "genes.tsv in .* is cut off or no such table": edited("genes.tsv", lambda content: ""),
    "directions.tsv: column 'n_set': ": edited(
        "directions.tsv", lambda content: content.replace("\tcombined\t", "\tcombined\tx", 1)
    ),
}


@pytest.mark.parametrize("message", DAMAGES)
def test_a_damaged_folder_gives_one_clear_line(message, one, tmp_path):
    folder = written(one, tmp_path / "out")
    DAMAGES[message](folder)
    with pytest.raises(DataError, match=message) as error:
        read_results(folder)
    assert "\n" not in str(error.value)


def test_no_folder_gives_one_clear_line(tmp_path):
    for wrong in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataError, match="is not a folder of results"):
            read_results(wrong)


def test_what_a_later_version_adds_is_left_aside(one, tmp_path):
    folder = written(one, tmp_path)
    record = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    record["new"] = record["parameters"]["new"] = record["study"]["traits"][0]["new"] = 1
    (folder / "results.json").write_text(json.dumps(record), encoding="utf-8")
    table = pd.read_csv(folder / "coverage.tsv", sep="\t").assign(new=1)
    table.to_csv(folder / "coverage.tsv", sep="\t", index=False)
    read = read_results(folder)
    assert read.parameters == one.parameters
    assert "new" not in read.coverage


def test_summary_of_a_study(three):
    study = make_study(THREE)
    found = summarise(study, Genome.of(study).symmetries)
    assert found.pairs == three.study.pairs
    assert all(isinstance(member, TraitSummary) for member in found.members)
    assert [member.n_eff for member in found.members] == [900, 800, None]
    assert [(p.a, p.b) for p in found.pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    view = study.universe(("A", "B"))
    assert found.pairs[0].n_genes == len(view.genes)
    assert found.pairs[0].assumed == view.assumed
    assert [pair.effect_scale for pair in found.pairs] == ["per_sqrt_n", "unit", "unit"]
