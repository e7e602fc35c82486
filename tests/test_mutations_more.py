"""Files damaged byte by byte: read as they were where they are whole, or refused in one line.

A row whose line is untouched has the numbers it had, or the file is refused; nothing but a
`TwasError` of one line ever comes out, and nothing takes longer than `LIMIT`. The default run
takes a sample; ``-m slow`` takes all ten thousand.
"""

import bz2
import gzip
import io
import os
import signal
from contextlib import contextmanager
from functools import cache

import numpy as np
import pandas as pd
import pytest

from pathways.gene_sets import load_gene_sets
from pathways.hypotheses import check_hypotheses
from pathways.output.machine import results_json
from pathways.results import read_results
from tests.pathways.report.conftest import make_results, some_sets
from twas.errors import TwasError
from twas.genes import reference
from twas.genes.blocks import read_blocks
from twas.system.program import data_path
from twas.traits.trait import read_trait

LIMIT = 20
SAMPLE = 30  # of each of the twelve kinds: 360
#: With TWAS_MUTANTS=834 the slow test makes 10,008; CI makes a part of them.
ALL = int(os.environ.get("TWAS_MUTANTS", "80"))
ROWS = 40


@cache
def genes():
    frame = reference.load().query("chrom == '6' and ensembl_id != ''")
    return frame.iloc[100 : 100 + ROWS].reset_index(drop=True)


def z_scores():
    return np.random.default_rng(3).normal(0, 1.5, ROWS).round(4)


def trait_frame():
    return pd.DataFrame({"gene": genes()["ensembl_id"], "zscore": z_scores(), "pvalue": 0.5})


def network_frame():
    signs = np.random.default_rng(5).choice([-1, 1], ROWS)
    return pd.DataFrame({"source": "net", "target": genes()["symbol"], "mor": signs})


def gmt_text():
    symbols = genes()["symbol"].tolist()
    lines = (f"set{k}\tabout {k}\t" + "\t".join(symbols[k : k + 8]) for k in range(0, ROWS, 4))
    return "\n".join(lines) + "\n"


def bed_text():
    rows = (f"chr{c}\t{k * 10**6}\t{(k + 1) * 10**6}" for c in (1, 2, "X") for k in range(12))
    return "\n".join(rows) + "\n"


def parquet(frame):
    buffer = io.BytesIO()
    frame.to_parquet(buffer, write_page_checksum=True)
    return buffer.getvalue()


def workbook(frame):
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    return buffer.getvalue()


def csv_bytes(frame, **options):
    return frame.to_csv(index=False, lineterminator="\n", **options).encode()


# --- damage ----------------------------------------------------------------------------------


def mutate(data, rng):
    """One to three faults: bytes changed, lost, repeated, added or moved, or the end cut off."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at, n = int(rng.integers(len(data) + 1)), int(rng.integers(1, 9))
        kind = rng.integers(7)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            del data[at : at + n]
        elif kind == 2:
            data[at:at] = data[at : at + n]
        elif kind == 3:
            data[at:at] = rng.bytes(n)
        elif kind == 4:
            other = int(rng.integers(len(data) + 1))
            data[at : at + n], data[other : other + n] = data[other : other + n], data[at : at + n]
        elif kind == 5 and rng.random() < 0.3:
            del data[at:]
        else:
            odd = [b"\t", b"\n", b"\r", b",", b'"', b"-", b"NA", b"1e999", b"\x1b[2J", b"\xff"]
            data[at : at + 1] = odd[int(rng.integers(len(odd)))]
    return bytes(data)


@contextmanager
def time_limit():
    """Seconds of work of this process: other work of the machine does not count."""

    def late(*_):
        raise AssertionError(f"took more than {LIMIT} s")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def whole_lines(original, mutant):
    """Lines of the original that are in the mutant, and the text of all lines that are new."""
    old, new = (data.split(b"\n") for data in (original, mutant))
    changed = b"\n".join(line for line in new if line not in set(old))
    counts = {line: new.count(line) for line in set(old)}
    return {line.decode() for line in old if counts[line] == 1}, changed.decode(errors="replace")


# --- the kinds: how they are made, read, and what must be right --------------------------------


def check_trait(path, original, mutant):
    trait = read_trait(path, name="T")
    assert np.isfinite(trait.table["z"]).all()
    if not original:
        return
    kept, changed = whole_lines(original, mutant)
    if original.split(b"\n")[0].decode() not in kept:
        return
    found = dict(zip(trait.table["gene"], trait.table["z"], strict=True))
    known = dict(zip(genes()["ensembl_id"], genes()["gene"], strict=True))
    for line in kept & set(original.decode().split("\n")[1:]) - {""}:
        name, z = line.split(",")[:2]
        if name not in changed:
            assert found.get(known[name]) == float(z), line


def check_network(path, original, mutant):
    table = load_gene_sets(path).table
    assert table["role"].isin((-1, 0, 1)).all()
    if not original:
        return
    kept, changed = whole_lines(original, mutant)
    found = dict(zip(table["pathway"] + "," + table["symbol"], table["role"], strict=True))
    if original.split(b"\n")[0].decode() not in kept:
        return
    for line in kept & set(original.decode().split("\n")[1:]) - {""}:
        key, role = line.rsplit(",", 1)
        if key.split(",")[1] not in changed:
            assert found.get(key) == int(role), line


def check_gmt(path, original, mutant):
    table = load_gene_sets(path).table
    kept, changed = whole_lines(original, mutant)
    found = table.groupby("pathway")["symbol"].apply(list).to_dict()
    for line in kept - {""}:
        name, _, *members = line.split("\t")
        if name not in changed:
            assert found.get(name) == members, line


def check_bed(path, original, mutant):
    table = read_blocks(path, build="38").table
    kept, _ = whole_lines(original, mutant)
    found = set(table["block"])
    for line in kept - {""}:
        chrom, start, end = line.removeprefix("chr").split("\t")
        assert f"{chrom}:{start}-{end}" in found, line


def check_toml(path, _original, _mutant):
    for problem in check_hypotheses(path):
        assert "\n" not in problem
        assert path.name in problem


@cache
def results():
    return make_results({"A": {"n_eff": 900}, "B": {"n_eff": 800}}, some_sets(["x"]), flips=50)


def whole(path):
    """One folder of whole results for all cases, beside theirs."""
    folder = path.parent.parent / "whole"
    if not folder.exists():
        folder.mkdir()
        results().write_tables(folder)
        (folder / "results.json").write_text(results_json(results()), encoding="utf-8")
    return folder


def check_results(path, _original, _mutant):
    """``results.json`` was damaged, the tables were not."""
    folder = whole(path)
    path.rename(folder / "results.json")
    read = read_results(folder)
    for name, table in results().tables.items():
        assert len(read.tables[name]) == len(table), name
    assert read.directions["activity"].tolist() == results().directions["activity"].tolist()


def check_table(path, original, mutant):
    """``directions.tsv`` was damaged; rows of whole lines are what they were."""
    folder = whole(path)
    path.rename(folder / "directions.tsv")
    read = read_results(folder).directions
    header, *lines = original.split(b"\n")[:-1]
    if mutant.split(b"\n")[0] != header:
        return
    for k, line in enumerate(mutant.split(b"\n")[1:-1]):
        if line in lines:
            row = lines.index(line)
            assert read["activity"].iloc[k] == results().directions["activity"].iloc[row]


def text_trait():
    return csv_bytes(trait_frame())


def directions():
    return results().directions.to_csv(sep="\t", index=False, lineterminator="\n").encode()


def registry():
    return data_path("hypotheses.toml").read_bytes()


KINDS = {
    "trait.csv": (text_trait, check_trait, bytes),
    "trait.csv.gz": (text_trait, check_trait, gzip.compress),
    "trait.parquet": (lambda: parquet(trait_frame()), check_trait, None),
    "trait.xlsx": (lambda: workbook(trait_frame()), check_trait, None),
    "net.csv": (lambda: csv_bytes(network_frame()), check_network, bytes),
    "net.parquet": (lambda: parquet(network_frame()), check_network, None),
    "sets.gmt": (lambda: gmt_text().encode(), check_gmt, bytes),
    "blocks.bed": (lambda: bed_text().encode(), check_bed, bytes),
    "blocks.bed.bz2": (lambda: bed_text().encode(), check_bed, bz2.compress),
    "registry.toml": (registry, check_toml, bytes),
    "record.json": (lambda: results_json(results()).encode(), check_results, bytes),
    "table.tsv": (directions, check_table, bytes),
}


def try_all(name, cases, folder):
    make, check, pack = KINDS[name]
    original = make()
    refused = 0
    for case in cases:
        rng = np.random.default_rng([sum(name.encode()), case])
        # Damage before packing is damage of a text; after it, of the container.
        inner = pack is not None and (pack is bytes or rng.random() < 0.5)
        mutant = mutate(original, rng) if inner else original
        data = (pack or bytes)(mutant) if inner else mutate((pack or bytes)(original), rng)
        place = folder / str(case)
        place.mkdir()
        path = place / name
        path.write_bytes(data)
        message = try_one(check, path, original if pack else b"", mutant, f"{name}, case {case}")
        assert "\n" not in message, (name, case)
        refused += bool(message)
    return refused


def try_one(check, path, original, mutant, what):
    """The line that refuses a file, "" if it is read."""
    try:
        with time_limit():
            check(path, original, mutant)
    except TwasError as error:
        return str(error)
    except Exception as error:
        raise AssertionError(f"{what}: {error!r}") from error
    return ""


@pytest.mark.parametrize("name", KINDS)
def test_some_mutants(name, tmp_path):
    refused = try_all(name, range(SAMPLE), tmp_path)
    assert refused < SAMPLE or name in ("trait.xlsx", "blocks.bed.bz2")


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_many_mutants(name, tmp_path):
    try_all(name, range(SAMPLE, ALL), tmp_path)
