"""MultiQC custom content: a row per pathway, inert, and nothing lost on the way."""

from __future__ import annotations

import json

import pytest

from pathways.report.exports.multiqc import FILE, multiqc_json
from tests.pathways.report.conftest import make_results, some_sets


def section_of(results):
    return json.loads(multiqc_json(results))


def test_the_name_of_the_file_is_one_that_multiqc_finds():
    assert FILE.endswith("_mqc.json")


@pytest.mark.parametrize("case", ["planted", "hostile", "nothing", "one_trait"])
def test_shape_of_a_table_section(case, request):
    section = section_of(request.getfixturevalue(case))
    assert section["plot_type"] == "table"
    assert section["id"] == "twas_divergence"
    assert section["data"]
    for cells in section["data"].values():
        assert set(cells) <= set(section["headers"])
        assert all(isinstance(cell, (str, int, float)) for cell in cells.values())


def test_calls_are_those_of_the_table(planted):
    section = section_of(planted)
    table = planted.divergence.query("scope == 'combined'").set_index("pathway")
    assert set(section["data"]) == set(table.index)
    for pathway, cells in section["data"].items():
        assert cells["call"] == table["call"][pathway]
        assert cells["activity_a"] == table["activity_a"][pathway]
    assert section["headers"]["activity_a"]["title"] == "activity ALS"
    assert "SIMULATED" in section["description"]


def test_names_are_inert_and_none_is_taken_for_a_path(hostile):
    text = multiqc_json(hostile)
    section = json.loads(text)
    assert len(section["data"]) == hostile.directions["pathway"].nunique()
    # MultiQC keeps what stands after the last slash of a name.
    assert not any(c in name for name in section["data"] for c in "<>/\\")
    assert "<script" not in text
    assert "<img" not in text
    assert text.isascii()


def test_one_trait_shows_its_directions(one_trait):
    section = section_of(one_trait)
    assert "p_direction" in section["headers"]
    assert "call" not in section["headers"]
    assert "SIMULATED" not in section["description"]


def test_three_traits_have_a_row_per_pair():
    traits = {name: {"n_eff": 900} for name in ("A", "B", "C")}
    section = section_of(make_results(traits, some_sets(["x", "y"])))
    assert set(section["data"]) == {
        f"{p} ({pair})" for p in "xy" for pair in ("A and B", "A and C", "B and C")
    }


def test_names_that_become_equal_stay_apart():
    sets = some_sets(["a/b", "a\N{DIVISION SLASH}b"])
    section = section_of(make_results({"A": {"n_eff": 900}, "B": {"n_eff": 800}}, sets))
    assert len(section["data"]) == 2


def test_a_large_collection_is_cut_and_says_so():
    sets = some_sets([f"set {k}" for k in range(40)], size=12)
    section = section_of(make_results({"A": {"n_eff": 900}, "B": {"n_eff": 800}}, sets))
    assert len(section["data"]) == 30
    assert "the 30 of 40 pathways of smallest q" in section["description"]
