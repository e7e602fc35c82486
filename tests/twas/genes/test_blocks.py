"""LD blocks: cut at gaps of the reference, or read from BED files, strictly."""

import gzip

import numpy as np
import pandas as pd
import pytest

from twas.errors import DataError, UsageError
from twas.genes import blocks, reference


def test_blocks_partition_the_placed_genes():
    table = blocks.default_blocks().table
    for _, part in table.groupby("chrom"):
        assert (part["start"].to_numpy()[1:] == part["end"].to_numpy()[:-1]).all()
    genes = reference.load()
    names = blocks.default_blocks().assign(genes)
    placed = genes["start"].notna().to_numpy()
    assert not any(str(name).startswith("unplaced:") for name in names[placed])
    assert all(str(name).startswith("unplaced:") for name in names[~placed])


def test_cuts_fall_within_the_window_and_outside_long_range_regions():
    table = blocks.default_blocks().table
    regions = blocks.long_range_regions()
    for row in regions.itertuples():
        cuts = table.loc[table["chrom"] == row.chrom, "end"].to_numpy()
        assert not ((cuts > row.start) & (cuts < row.end)).any()
    ordinary = ~table["block"].isin(regions["region"])
    sizes = (table["end"] - table["start"])[ordinary]
    assert sizes.median() < 3e6
    assert (sizes < 1e6).mean() < 0.05


def test_named_regions_are_one_block_each():
    symbols = ["C4A", "CFB", "HLA-A", "MAPT", "GATA4"]
    genes = reference.load().set_index("symbol").loc[symbols].reset_index()
    names = blocks.default_blocks().assign(genes)
    assert names.tolist() == ["MHC", "MHC", "MHC", "17q21.31", "8p23.1"]


def test_smaller_windows_make_more_blocks():
    counts = [len(blocks.default_blocks(window).table) for window in blocks.WINDOWS.values()]
    assert counts[0] > 1.5 * counts[1] > 1.5 * counts[2]


def write(folder, data, name="b.bed"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_bed_file(tmp_path):
    path = write(tmp_path, "chr \t start \t stop\nchr1 \t 100 \t 200\nchr1 \t 200 \t 500\n")
    made = blocks.read_blocks(path, build="38")
    genes = pd.DataFrame(
        {"gene": list("abcd"), "chrom": ["1", "1", "1", "2"], "start": [100, 250, 600, 100]}
    ).astype({"start": "Int64"})
    assert made.assign(genes).tolist() == ["1:100-200", "1:200-500", "between:1:2", "between:2:0"]


def test_genes_outside_a_bed_file_share_blocks(tmp_path):
    """Neighbours that the file leaves out must not count as independent loci."""
    table = blocks.default_blocks().table
    rest = table[table["block"] != "MHC"]
    path = tmp_path / "no_mhc.bed"
    rest[["chrom", "start", "end"]].to_csv(path, sep="\t", header=False, index=False)
    genes = reference.load()
    mhc = genes[reference.in_region(genes["gene"], "6", 25_000_000, 34_000_000)]
    names = blocks.read_blocks(path, build="38").assign(mhc)
    assert len(mhc) > 100
    assert len(set(names)) == 1


@pytest.mark.parametrize("build", [None, "37", "hg19", "GRCh37"])
def test_other_builds_are_refused(tmp_path, build):
    with pytest.raises(UsageError, match="GRCh38"):
        blocks.read_blocks(tmp_path / "b.bed", build=build)


PLAIN = "1\t0\t5000\n1\t5000\t900000\nX\t1\t2\n"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        "chrom\tstart\tend\n" + PLAIN,
        "#chrom chromStart chromEnd\n" + PLAIN.replace("\t", "   "),
        'track name="mine"\n# a remark\n\n' + PLAIN.replace("1\t0", "Chr1\t0").replace("X", "CHRX"),
        "chr , start , stop\n" + PLAIN.replace("\t", ","),
        PLAIN.replace("X", "chr23").replace("5000\n", "5000.0\n"),
        PLAIN.replace("\n", "\tname\t0\t+\n"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: b"\xef\xbb\xbf" + data])
def test_the_same_blocks_however_they_are_written(tmp_path, text, pack):
    found = blocks.read_blocks(write(tmp_path, pack(text.encode())), build="38").table
    assert found["block"].tolist() == ["1:0-5000", "1:5000-900000", "X:1-2"]
    assert found[["start", "end"]].to_numpy().tolist() == [[0, 5000], [5000, 900000], [1, 2]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("1\t100\t50\n", "line 1: block 1:100-50 is empty or overlaps"),
        ("1\t100\t200\n1\t150\t300\n", "line 2: block 1:150-300 is empty or overlaps"),
        ("1\t100\tx\n", "line 1: end is not a number"),
        ("1\tx100\t200\n1\t300\t400\n", "line 1: start is not a number"),
        ("chrom\tstart\tend\nchrom\tstart\tend\n", "line 2: start is not a number"),
        ("1\t-5\t200\n", "line 1: start is not a number of whole bases, 0 or more"),
        ("1\t1.5\t200\n", "line 1: start is not"),
        ("1\t1\tinf\n", "line 1: end is not"),
        ("1\t1\t1e400\n", "line 1: end is not"),
        ("1\t1\t" + "9" * 5000 + "\n", "line 1: no chromosome is so long"),
        ("1\t100\n", "line 1 cannot be read as BED"),
        ("", "cannot be read as BED"),
        ("# nothing\n", "cannot be read as BED"),
        ("scaffold_9\t1\t2\n", "no block lies on a known chromosome"),
        (gzip.compress(PLAIN.encode() * 99, mtime=0)[:-9], "is cut off or damaged"),
        (b"\x00\x01\x02", "zero bytes"),
        ("<!DOCTYPE html><p>sorry", "is a web page"),
    ],
)
def test_bad_bed_files(tmp_path, data, message):
    with pytest.raises(DataError, match=message) as caught:
        blocks.read_blocks(write(tmp_path, data), build="38")
    assert str(caught.value).startswith("b.bed: ")
    assert "\n" not in str(caught.value)


def test_decode_blocks(test_data):
    made = blocks.read_blocks(
        test_data("ld_blocks", "deCODE_EUR_LD_blocks_GRCh38.bed"), build="hg38"
    )
    assert len(made.table) == 1361
    genes = reference.load().dropna(subset=["start"])
    inside = np.mean([not str(n).startswith("unplaced") for n in made.assign(genes)])
    assert inside > 0.9
