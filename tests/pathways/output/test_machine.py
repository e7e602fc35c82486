"""``results.json``: its schema, its values, and what must not be in it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import pathways
import twas
from pathways.output import machine
from pathways.output.machine import results_json
from pathways.tables.registry import TABLES
from twas.system.program import data_path

ROOT = Path(__file__).resolve().parents[3]
#: Made by scripts/results_schema.py; a test of the pages holds that it is up to date.
SCHEMA = (ROOT / "docs" / "results.schema.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def study():
    """The shipped example: files, hashes, tissues."""
    traits = [
        twas.read_trait(str(data_path("example", name.lower())), name=name, n_eff=n)
        for name, n in (("ALS", 87_400), ("FTD", 10_300))
    ]
    return twas.Study.from_traits(traits, groups={"pair": traits[0].table["tissue"].unique()[:2]})


@pytest.fixture(scope="module")
def example(study):
    """What the core sets say of it."""
    return pathways.analyse(study, pathways.load_gene_sets("core"), run_gsea=False, flips=50)


CASES = ["example", "planted", "hostile", "nothing", "one_trait"]


def record_of(results):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(results_json(results), parse_constant=refuse)


def validator():
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA))
    return jsonschema.Draft202012Validator(json.loads(SCHEMA))


def distinct(value):
    """A record with each scalar of an array once: to a schema without lengths it is the same."""
    if isinstance(value, dict):
        return {key: distinct(part) for key, part in value.items()}
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return list({(type(part), part): part for part in value}.values())
    return [distinct(part) for part in value] if isinstance(value, list) else value


def test_the_schema_asks_for_no_lengths_and_no_order():
    words = ("minItems", "maxItems", "uniqueItems", "prefixItems", "contains")
    assert not [word for word in words if f'"{word}"' in SCHEMA]


@pytest.mark.parametrize("case", CASES)
def test_record_fits_its_schema(case, request):
    validator().validate(distinct(record_of(request.getfixturevalue(case))))


@pytest.mark.parametrize("case", CASES)
def test_schema_names_everything_there_is(case, request):
    """Without a validator: every key is in the schema, and every required key is there."""

    def compare(value, schema, path):
        if "properties" in schema:
            assert set(value) <= set(schema["properties"]), path
            assert set(schema["required"]) <= set(value), path
            for key, part in value.items():
                compare(part, schema["properties"][key], f"{path}.{key}")
        elif "items" in schema and "$ref" not in schema["items"]:
            for part in value:
                compare(part, schema["items"], f"{path}[]")

    compare(record_of(request.getfixturevalue(case)), json.loads(SCHEMA), "results")


@pytest.mark.parametrize(
    "damage",
    [
        lambda r: r["tables"]["directions"]["columns"]["p_direction"].__setitem__(0, 1.5),
        lambda r: r["tables"]["directions"]["columns"]["n_tested"].__setitem__(0, 1.5),
        lambda r: r["tables"]["directions"]["columns"]["activity"].__setitem__(0, "infinite"),
        lambda r: r["tables"]["directions"]["columns"]["pathway"].__setitem__(0, None),
        lambda r: r["tables"]["directions"]["columns"].pop("activity"),
        lambda r: r["tables"].pop("divergence"),
        lambda r: r["tables"]["genes"].pop("columns"),
        lambda r: r["study"]["traits"][0].pop("n_eff"),
        lambda r: r.update(schema_version=2),
    ],
)
def test_schema_refuses_what_is_wrong(damage, planted):
    check, record = validator(), distinct(record_of(planted))
    damage(record)  # which is valid: `test_record_fits_its_schema`
    assert not check.is_valid(record)


@pytest.mark.parametrize("case", CASES)
def test_values_are_exactly_those_of_the_tables(case, request):
    results = request.getfixturevalue(case)
    record = record_of(results)["tables"]
    assert list(record) == list(results.tables)
    for name, table in results.tables.items():
        assert record[name]["n_rows"] == len(table)
        for column in TABLES[name].columns:
            values = record[name]["columns"][column.name]
            assert len(values) == len(table)
            if column.kind == "text":
                assert values == table[column.name].tolist()
            else:
                numbers = [np.nan if v is None else float(v) for v in values]
                given = table[column.name].to_numpy(dtype=float, na_value=np.nan)
                np.testing.assert_array_equal(numbers, given)


def test_missing_and_infinite_numbers(planted):
    table = planted.directions.copy()
    table.loc[:2, "detectable_effect"] = [np.inf, -np.inf, np.nan]
    given = replace(planted, tables={**planted.tables, "directions": table})
    record = record_of(given)
    cells = record["tables"]["directions"]["columns"]["detectable_effect"]
    assert cells[:3] == ["inf", "-inf", None]
    assert [float(cells[0]), float(cells[1])] == [np.inf, -np.inf]
    validator().validate(distinct(record))


def test_study_files_and_sets_are_told(example, study):
    record = record_of(example)
    trait = record["study"]["traits"][0]
    assert (trait["name"], trait["n_eff"], trait["intercept"]) == ("ALS", 87_400, None)
    assert len(trait["files"]) == len(trait["tissues"]) == 3
    assert {len(file["sha256"]) for file in trait["files"]} == {64}
    assert {file["format"] for file in trait["files"]} == {"S-PrediXcan"}
    assert trait["n_genes"] == len(study.universe(("ALS",)).genes)
    assert record["study"]["scopes"] == list(study.scopes)
    (pair,) = record["study"]["pairs"]
    view = study.universe(("ALS", "FTD"))
    assert pair["correlation"] == pytest.approx(np.corrcoef(view.effect)[0, 1], abs=1e-12)
    (sets,) = record["gene_sets"]
    assert sets["version"] == example.gene_sets[0].version
    assert sets["members"]["symbol"] == example.gene_sets[0].table["symbol"].tolist()
    assert record["quality"][0]["message"] == example.quality.facts[0].message


def test_no_path_and_no_time_and_the_same_again(example, planted, hostile):
    text = results_json(example)
    assert str(ROOT) not in text
    assert "/" not in "".join(
        f["name"] for t in json.loads(text)["study"]["traits"] for f in t["files"]
    )
    assert not any(word in text for word in ('"started"', '"seconds"', '"out"'))
    for results in (example, planted, hostile):
        assert results_json(results) == results_json(results)


def test_simulated_data_are_marked(planted, nothing):
    assert record_of(planted)["simulated"] is True
    assert record_of(nothing)["simulated"] is False


def test_long_tables_are_left_to_their_files(planted, monkeypatch):
    monkeypatch.setattr(machine, "MAX_ROWS", len(planted.divergence))
    monkeypatch.setattr(machine, "MAX_MEMBERS", len(planted.divergence))
    record = record_of(planted)
    assert "columns" in record["tables"]["divergence"]
    assert set(record["tables"]["genes"]) == {"n_rows", "omitted"}
    assert "genes.tsv" in record["tables"]["genes"]["omitted"]
    assert "coverage.tsv" in record["gene_sets"][0]["omitted"]
    validator().validate(distinct(record))
