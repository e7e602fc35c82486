"""Two thousand damaged files: each is read correctly or refused in one line, never worse.

"Correctly" is checked against the table that was damaged: every row that comes out has the z of
its gene, and rows in = rows out + rows counted as dropped.
"""

import bz2
import gzip
import json
import lzma
import math

import numpy as np
import pandas as pd
import pytest

from twas.errors import DataError
from twas.genes import reference
from twas.inspection.inspection import as_text, inspect
from twas.traits.trait import read_trait

CASES = 2000
BATCHES = 8
ROWS = 64


def base_tables():
    """Three small tables of real genes, as cells of text, and the true z of each gene."""
    rng = np.random.default_rng(7)
    genes = reference.load().query("chrom == '6' and ensembl_id != ''").iloc[100 : 100 + ROWS]
    z = rng.normal(0, 1.5, ROWS).round(6)
    p = [math.erfc(abs(value) / math.sqrt(2)) for value in z]
    spredixcan = pd.DataFrame(
        {
            "gene": [f"{gene}.{i % 9 + 1}" for i, gene in enumerate(genes["ensembl_id"])],
            "gene_name": genes["symbol"],
            "zscore": z,
            "effect_size": z * rng.uniform(0.1, 3, ROWS),
            "pvalue": p,
            "var_g": rng.uniform(0.001, 0.1, ROWS),
            "pred_perf_r2": rng.uniform(0.01, 0.5, ROWS),
            "n_snps_used": rng.integers(1, 30, ROWS),
        }
    )
    fusion = pd.DataFrame(
        {
            "PANEL": "CMC.BRAIN",
            "FILE": [f"WEIGHTS/CMC.BRAIN/CMC.{s}.wgt.RDat" for s in genes["symbol"]],
            "ID": genes["symbol"],
            "CHR": 6,
            "NSNP": rng.integers(50, 500, ROWS),
            "MODELCV.R2": rng.uniform(0.01, 0.5, ROWS).round(4),
            "TWAS.Z": z,
            "TWAS.P": p,
        }
    )
    generic = pd.DataFrame(
        {"symbol": genes["symbol"], "tissue": "cortex", "beta": z * 0.1, "se": 0.1, "note": "x"}
    )
    truth = dict(zip(genes["gene"], z, strict=True))
    return [table.astype(str) for table in (spredixcan, fusion, generic)], truth


TABLES, TRUTH = base_tables()


def cell_to(*texts):
    def mutate(lines, rng):
        for _ in range(rng.integers(1, 4)):
            row = lines[rng.integers(1, len(lines))]
            if row:
                row[rng.integers(len(row))] = texts[rng.integers(len(texts))]

    return mutate


def drop_column(lines, rng):
    place = rng.integers(len(lines[0]))
    for row in lines:
        if place < len(row):
            del row[place]


def shuffle_columns(lines, rng):
    order = rng.permutation(len(lines[0]))
    lines[:] = [[row[i] for i in order] if len(row) == len(order) else row for row in lines]


def rename_column(lines, rng):
    names = ["gene", "tissue", "foo", "", "p", "Gene Name", "ÄÖ", "ID", "z", "Z", "zscore"]
    place = rng.integers(len(lines[0]))
    # A beta that is called z cannot be told from a z without p: no reader can see that.
    last = len(names) - 3 * (lines[0][place] in ("beta", "se"))
    lines[0][place] = names[rng.integers(last)]


def shuffle_rows(lines, rng):
    body = [lines[1:][i] for i in rng.permutation(len(lines) - 1)]
    lines[1:] = body


def repeat_header(lines, rng):
    lines.insert(int(rng.integers(2, len(lines))), list(lines[0]))


def other_header(lines, rng):
    lines.insert(int(rng.integers(2, len(lines))), list(reversed(lines[0])))


def short_row(lines, rng):
    row = lines[rng.integers(1, len(lines))]
    if row:
        row.pop()


def long_row(lines, rng):
    lines[rng.integers(1, len(lines))].append("1")


def blank_lines(lines, rng):
    lines.insert(int(rng.integers(len(lines) + 1)), [])


def duplicate_rows(lines, rng):
    lines.append(list(lines[rng.integers(1, len(lines))]))


def no_rows(lines, rng):
    del lines[1:]


def no_header(lines, rng):
    del lines[0]


def row_names(lines, rng):
    for number, row in enumerate(lines[1:]):
        row.insert(0, str(number))


def pad(lines, rng):
    lines[:] = [[f"  {cell} " for cell in row] for row in lines]


def comment_top(lines, rng):
    lines.insert(0, ["# made by a tool"])


CELLS = [
    cell_to("NaN", "NA", "", "nan", "."),
    cell_to("text", "1,5", "TRUE", "--"),
    cell_to("inf", "-inf", "Infinity"),
    cell_to("  NA", "NULL", "\u00a0"),
    drop_column,
    shuffle_columns,
    rename_column,
    shuffle_rows,
    repeat_header,
    other_header,
    short_row,
    long_row,
    blank_lines,
    duplicate_rows,
    no_rows,
    no_header,
    row_names,
    pad,
    comment_top,
]


def to_bytes(lines, rng):
    """Write the cells with a delimiter, perhaps the wrong one for some lines, and an encoding."""
    delimiter = "\t,; |"[rng.integers(5)] if rng.random() < 0.5 else "\t"
    texts = [delimiter.join(row) for row in lines]
    if rng.random() < 0.05 and texts:
        texts[0] = ",".join(lines[0])
    if rng.random() < 0.05:
        texts = ['"' + text.replace(delimiter, f'"{delimiter}"') + '"' for text in texts]
    end = ["\n", "\r\n", "\r"][rng.integers(3)] if rng.random() < 0.3 else "\n"
    text = end.join(texts) + (end if rng.random() < 0.8 else "")
    if rng.random() < 0.05:
        text = text.replace("x", "é", 1).replace("S", "é", 1)
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "latin-1"], p=[0.8, 0.1, 0.05, 0.05])
    return text.encode(encoding, errors="replace")


def pack(data, rng):
    """Perhaps compress, perhaps cut off or damage; return the bytes and the ending."""
    kind = rng.integers(8)
    packers = {0: (gzip.compress, ".gz"), 1: (bz2.compress, ".bz2"), 2: (lzma.compress, ".xz")}
    packer, ending = packers.get(int(kind), (bytes, ""))
    packed = packer(data)
    if rng.random() < 0.05:
        packed = packed[: rng.integers(len(packed) + 1)]
    if rng.random() < 0.02 and packed:
        place = int(rng.integers(len(packed)))
        packed = packed[:place] + b"\x00\xff" + packed[place + 2 :]
    return packed, ending


@pytest.mark.parametrize(
    "batch", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in range(1, BATCHES))]
)
def test_damaged_files(batch, tmp_path):
    outcomes = {"read": 0, "refused": 0}
    for case in range(batch, CASES, BATCHES):
        rng = np.random.default_rng(case)
        table = TABLES[rng.integers(len(TABLES))]
        lines = [list(table.columns), *table.to_numpy(dtype=object).tolist()]
        for _ in range(rng.integers(0, 4)):
            if len(lines) > 2 and lines[0]:
                CELLS[rng.integers(len(CELLS))](lines, rng)
        data, ending = pack(to_bytes(lines, rng), rng)
        path = tmp_path / f"case{case}.txt{ending}"
        path.write_bytes(data)
        if case % 10 == 0:
            check_inspection(path, case)
        try:
            trait = read_trait(path, name="T")
        except DataError as error:
            outcomes["refused"] += 1
            message = str(error)
            assert "\n" not in message, (case, message)
            assert path.name in message or "trait T" in message, (case, message)
            assert str(tmp_path) not in message, (case, message)
            continue
        outcomes["read"] += 1
        check_trait(trait, case)
    assert min(outcomes.values()) > CASES / BATCHES / 8, outcomes


def check_inspection(path, case):
    """`inspect` refuses what `read_trait` refuses, and counts what it reads."""
    found = inspect(path)
    (file,) = found.files
    json.dumps(found.to_dict(), allow_nan=False)
    try:
        trait = read_trait(path, name="T")
    except DataError:
        assert found.problems == (file.error,) != ("",), case
        return
    assert found.problems == (), case
    assert file.rows == trait.quality.count("rows_read"), case
    assert file.genes_with_z == trait.table["gene"].nunique(), case
    assert len(as_text(found).splitlines()) == 3 + len(file.notes) + len(file.warnings), case


def check_trait(trait, case):
    """Every row has the z of its gene, and no row went uncounted."""
    table, facts = trait.table, trait.quality.facts
    assert np.isfinite(table["z"]).all(), case
    assert not table.duplicated(["gene", "tissue"]).any(), case
    dropped = sum(fact.count for fact in facts if fact.topic.startswith("dropped:"))
    assert trait.quality.count("rows_read") == len(table) + dropped, (case, facts)
    known = table[table["gene"].isin(TRUTH.keys())]
    expected = known["gene"].map(TRUTH).astype(float).to_numpy()
    wrong = ~np.isclose(known["z"].to_numpy(), expected, atol=1e-6)
    topics = {fact.topic for fact in facts}
    if "no_final_newline" in topics:  # cut within the last number: said, but not to be seen
        assert wrong.sum() <= 1, (case, known[wrong].head())
        return
    warned = {"p_contradicts_z", "effect_contradicts_z"} & topics
    assert not wrong.any() or warned, (case, known[wrong].head())
