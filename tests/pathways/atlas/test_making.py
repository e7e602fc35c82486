"""An atlas against runs of two traits, and what becomes of it when things go wrong."""

import json
import shutil
from contextlib import contextmanager
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from atlas_files import HERE, bytes_of

import pathways
from pathways.atlas import tasks
from pathways.atlas.engine import run_tasks
from pathways.atlas.making import make_atlas
from pathways.tables.registry import TABLES
from twas import Study, read_trait
from twas.errors import DataError, UsageError

#: Columns that speak of a run as a whole.
KEYS = ["collection", "pathway", "trait_a", "trait_b", "scope"]
COMMAND = ("twas-divergence", "atlas")


def same(mine, theirs, column):
    """Equal to the last bit, text or number; missing is equal to missing."""
    a, b = (frame[column].astype(object).to_numpy() for frame in (mine, theirs))
    empty = pd.isna(a) & pd.isna(b)
    return bool((empty | (a == b)).all())


def run_of(world, names, gene_sets, **options):
    """The results of a run of some traits."""
    sizes = {f"T{k}": 20_000 + 5_000 * k for k in range(5)}
    traits = [
        read_trait(str(world / f"{name.lower()}_*.tsv"), name=name, n_eff=sizes[name])
        for name in names
    ]
    study = Study.from_traits(traits)
    return pathways.analyse(study, gene_sets, run_gsea=False, **options)


#: Pairs that are compared always; the others only with the slow tests.
QUICK = (("T2", "T3"), ("T1", "T4"))


def check_pair(atlas, run, pair):
    """Every column that an atlas holds of a pair is that of a run of its two traits."""
    theirs = run.divergence.sort_values(KEYS, ignore_index=True)
    mine = atlas.table(trait_a=pair[0], trait_b=pair[1])
    mine = mine.astype(dict.fromkeys(KEYS, str)).sort_values(KEYS, ignore_index=True)
    assert len(mine) == len(theirs) > 0
    assert [c for c in mine if not same(mine, theirs, c)] == []


@pytest.fixture(scope="module")
def gene_sets(world):
    return pathways.load_gene_sets(str(world / "sets.gmt"))


@pytest.fixture
def small_parts():
    """Parts of two pairs and two traits, so that there are several."""
    with in_small_parts():
        yield


@contextmanager
def in_small_parts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "PAIRS_PER_PART", {"tests": 2, "called": 2, "full": 1})
        patch.setattr(tasks, "TRAITS_PER_PART", 2)
        yield


@pytest.fixture(scope="module")
def made(plan_of, tmp_path_factory):
    """Folder of an atlas in small parts; copy it before changing it."""
    out = tmp_path_factory.mktemp("made") / "a"
    with in_small_parts():
        assert not make_atlas(plan_of(), out, engine=HERE, command=COMMAND).failures
    return out


@pytest.fixture(scope="module")
def all_scopes(plan_of, tmp_path_factory):
    """An atlas that tests in each tissue too."""
    out = tmp_path_factory.mktemp("all_scopes") / "a"
    with in_small_parts():
        assert not make_atlas(plan_of(all_scopes=True), out, engine=HERE).failures
    return pathways.read_atlas(out)


def test_every_pair_is_there(all_scopes):
    pairs = all_scopes.correlations[["trait_a", "trait_b"]].astype(str).to_numpy()
    assert set(map(tuple, pairs)) == set(combinations([f"T{k}" for k in range(5)], 2))
    assert "opposite" in set(all_scopes.divergence["call"])


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(pair, marks=() if pair in QUICK else pytest.mark.slow, id="-".join(pair))
        for pair in combinations([f"T{k}" for k in range(5)], 2)
    ],
)
def test_pairs_equal_runs_of_two_traits(world, gene_sets, all_scopes, pair):
    check_pair(all_scopes, run_of(world, pair, gene_sets), pair)


@pytest.mark.slow
def test_detail_full_equals_a_run_in_every_column(world, gene_sets, plan_of, tmp_path):
    pair = tmp_path / "pairs.tsv"
    pair.write_text("trait_a\ttrait_b\nT1\tT3\n")
    plan = plan_of(detail="full", all_scopes=True, pairs=pair)
    assert not make_atlas(plan, tmp_path / "a", engine=HERE, report=False).failures
    atlas, run = pathways.read_atlas(tmp_path / "a"), run_of(world, ("T1", "T3"), gene_sets)
    for name in ("divergence", "influence", "overlap", "sensitivity", "gene_divergence"):
        columns = [column.name for column in TABLES[name].columns]
        mine, theirs = atlas.table(name), run.tables[name]
        assert list(mine) == columns
        assert len(mine) == len(theirs)
        by = [c for c in columns if TABLES[name].columns[columns.index(c)].kind == "text"]
        mine = mine.astype(dict.fromkeys(by, str)).sort_values(by, ignore_index=True)
        theirs = theirs.astype(dict.fromkeys(by, str)).sort_values(by, ignore_index=True)
        assert [c for c in columns if not same(mine, theirs, c)] == []


@pytest.mark.slow
def test_detail_called_holds_what_a_run_says_of_called_sets(world, gene_sets, plan_of, tmp_path):
    plan = plan_of(detail="called", against="T3")
    assert not make_atlas(plan, tmp_path / "a", engine=HERE, report=False).failures
    atlas = pathways.read_atlas(tmp_path / "a")
    called = atlas.table("called", trait_a="T0", trait_b="T3").astype(dict.fromkeys(KEYS, str))
    theirs = run_of(world, ("T0", "T3"), gene_sets).divergence
    calls = ["opposite", "concordant", "discordant", "unequal"]
    theirs = theirs[(theirs["scope"] == "combined") & theirs["call"].isin(calls)]
    called, theirs = (f.sort_values(KEYS, ignore_index=True) for f in (called, theirs))
    assert len(called) == len(theirs) > 0
    assert [c for c in called if not same(called, theirs, c)] == []
    assert set(atlas.table("influence")["pathway"]) <= set(atlas.table("called")["pathway"])
    assert len(atlas.table("gene_divergence"))


def test_two_atlases_have_the_same_bytes_and_a_resumed_one_too(
    made, plan_of, small_parts, tmp_path
):
    shutil.copytree(made, tmp_path / "b")
    for name in ("parts/divergence-00001.parquet", "report.html", "parts/directions-00000.parquet"):
        (tmp_path / "b" / name).unlink()
    (tmp_path / "b" / "parts" / ".divergence-00001.parquet-x1").write_bytes(b"half")
    kept = (tmp_path / "b" / "parts" / "divergence-00000.parquet").stat().st_mtime_ns
    outcome = make_atlas(plan_of(), tmp_path / "b", engine=HERE)
    assert outcome.done == 8
    assert (tmp_path / "b" / "parts" / "divergence-00000.parquet").stat().st_mtime_ns == kept
    assert bytes_of(made) == bytes_of(tmp_path / "b")


def test_chunks_and_a_last_call_give_the_same_bytes(made, plan_of, small_parts, tmp_path):
    for k in (3, 1, 2):
        outcome = make_atlas(plan_of(), tmp_path / "b", engine=HERE, chunk=(k, 3))
        assert not outcome.finished
    assert not (tmp_path / "b" / "report.html").exists()
    make_atlas(plan_of(), tmp_path / "b", engine=HERE)
    assert bytes_of(made) == bytes_of(tmp_path / "b")


def test_a_damaged_trait_costs_its_pairs_only(world, plan_of, tmp_path):
    copy = shutil.copytree(world, tmp_path / "world")
    (copy / "t2_Brain_Cortex.tsv").write_text("gene\ttissue\tz\nC4A\tBrain_Cortex\tinf\n")
    outcome = make_atlas(plan_of(copy / "manifest.tsv"), tmp_path / "a", engine=HERE)
    (failure,) = outcome.failures
    assert failure.trait_a == "T2"
    assert "t2_Brain_Cortex.tsv" in failure.error
    lines = (tmp_path / "a" / "failures.tsv").read_text().splitlines()
    assert lines[0] == "trait_a\ttrait_b\terror"
    assert len(lines) == 2
    atlas = pathways.read_atlas(tmp_path / "a")
    whole = pathways.read_atlas(tmp_path / "a").correlations
    assert len(whole) == 6
    assert "T2" not in set(atlas.divergence["trait_a"]) | set(atlas.divergence["trait_b"])


def test_two_traits_that_are_one_and_two_without_a_common_gene(world, plan_of, tmp_path):
    copy = shutil.copytree(world, tmp_path / "world")
    for path in copy.glob("t1_*.tsv"):
        shutil.copy(copy / path.name.replace("t1", "t0"), path)
    frame = pd.read_csv(copy / "t4_Brain_Cortex.tsv", sep="\t")
    frame["gene"] = [f"NOGENE{k}" for k in range(len(frame))]
    frame.to_csv(copy / "t4_Brain_Cortex.tsv", sep="\t", index=False)
    outcome = make_atlas(plan_of(copy / "manifest.tsv"), tmp_path / "a", engine=HERE)
    found = {(f.trait_a, f.trait_b): f.error for f in outcome.failures}
    assert set(found) == {("T0", "T1"), *((f"T{k}", "T4") for k in range(4))}
    assert "read from the same column" in found["T0", "T1"]
    assert "no gene in common" in found["T0", "T4"]
    assert outcome.open == 0


def test_another_atlas_is_replaced_by_force_only(made, plan_of, small_parts, tmp_path):
    out = shutil.copytree(made, tmp_path / "a")
    before = bytes_of(out)
    with pytest.raises(UsageError, match="of other inputs, parameters or version"):
        make_atlas(plan_of(against="T0"), out, engine=HERE)
    assert bytes_of(out) == before
    (out / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"'notes\.txt', which no atlas wrote"):
        make_atlas(plan_of(against="T0"), out, engine=HERE, force=True)
    (out / "notes.txt").unlink()
    make_atlas(plan_of(against="T0"), out, engine=HERE, force=True)
    assert len(pathways.read_atlas(out).correlations) == 4


def test_a_folder_with_something_else_is_refused(plan_of, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError):
        make_atlas(plan_of(), tmp_path / "a", engine=HERE, force=True)
    assert (tmp_path / "a" / "thesis.txt").read_text() == "mine"


def test_a_task_that_fails_is_tried_again_and_told(
    made, plan_of, small_parts, tmp_path, monkeypatch
):
    from pathways.atlas import engine

    tries = []

    def work(folder, key, task):
        tries.append(task.name)
        if task.name == "divergence-00001" and tries.count(task.name) < 3:
            raise OSError(28, "No space left on device")
        if task.name == "divergence-00002":
            raise MemoryError
        return tasks.work(folder, key, task)

    monkeypatch.setattr(engine, "work", work)
    outcome = make_atlas(plan_of(), tmp_path / "a", engine=HERE, report=False)
    assert tries.count("divergence-00001") == tries.count("divergence-00002") == 3
    assert outcome.open == 1
    assert len(outcome.failures) == 2
    assert "MemoryError; run the same command again" in outcome.failures[0].error
    monkeypatch.undo()
    again = make_atlas(plan_of(), tmp_path / "a", engine=HERE)
    assert again.open == 0
    assert not again.failures
    assert bytes_of(tmp_path / "a") == bytes_of(made)


def test_reading_only_what_is_asked_for(made, tmp_path):
    atlas = pathways.read_atlas(made)
    found = atlas.table("divergence", columns=["pathway", "q_call"], call=["opposite"])
    assert list(found) == ["pathway", "q_call"]
    assert len(found) == len(atlas.called("opposite")) > 0
    with pytest.raises(UsageError, match="no table 'genes'; there are"):
        atlas.table("genes")
    with pytest.raises(UsageError, match="no column 'ci_low'"):
        atlas.table(columns=["ci_low"])
    with pytest.raises(DataError, match="holds no atlas"):
        pathways.read_atlas(tmp_path)


def test_correlation_of_effects(made):
    table = pathways.read_atlas(made).correlations
    known = table[table["correlation"].notna()]
    # Signal is a third of the variance and shared by all; the fourth trait has it negated.
    sign = np.where((known["trait_a"] == "T3") | (known["trait_b"] == "T3"), -1, 1)
    assert (np.abs(known["correlation"] - sign) < 4 * known["se"]).all()
    # Read as text and turned into numbers after: before pandas 3 the parser is not exact.
    text = pd.read_csv(made / "correlations.tsv", sep="\t", dtype={"correlation": object})
    assert same(table, text.astype({"correlation": float}), "correlation")


def test_the_record(made):
    record = json.loads((made / "run.json").read_text())
    assert record["kind"] == "atlas"
    assert record["command"] == list(COMMAND)
    assert {"atlas.json", "report.html", "parts/divergence-00000.parquet"} <= set(record["files"])
    assert len(record["inputs"]) == 9


def test_shares_of_one_atlas_never_share_a_name_on_a_scheduler(tmp_path):
    seen = []

    class Listening:
        def each(self, function, calls):
            seen.append(set(calls))
            return iter([(name, None, "") for name in calls])

    every = [tasks.Task("divergence", number, (("A", "B"),)) for number in range(6)]
    for share in (every[0::2], every[1::2]):
        assert run_tasks(share, tmp_path, "key", Listening()) == []
    assert len(seen[0] | seen[1]) == 6
