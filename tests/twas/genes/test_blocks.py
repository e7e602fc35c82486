"""LD blocks."""

import numpy as np
import pandas as pd
import pytest

from twas import DataError, UsageError
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


def test_bed_file(tmp_path):
    bed = tmp_path / "b.bed"
    bed.write_text("chr \t start \t stop\nchr1 \t 100 \t 200\nchr1 \t 200 \t 500\n")
    made = blocks.read_blocks(bed, build="38")
    genes = pd.DataFrame(
        {"gene": list("abcd"), "chrom": ["1", "1", "1", "2"], "start": [100, 250, 600, 100]}
    ).astype({"start": "Int64"})
    assert made.assign(genes).tolist() == ["1:100-200", "1:200-500", "between:1:2", "between:2:0"]


def test_genes_outside_a_bed_file_share_blocks(tmp_path):
    """Neighbours that the file leaves out must not count as independent loci."""
    table = blocks.default_blocks().table
    rest = table[table["block"] != "MHC"]
    bed = tmp_path / "no_mhc.bed"
    rest[["chrom", "start", "end"]].to_csv(bed, sep="\t", header=False, index=False)
    genes = reference.load()
    mhc = genes[reference.in_region(genes["gene"], "6", 25_000_000, 34_000_000)]
    names = blocks.read_blocks(bed, build="38").assign(mhc)
    assert len(mhc) > 100
    assert len(set(names)) == 1


@pytest.mark.parametrize("build", [None, "37", "hg19", "GRCh37"])
def test_other_builds_are_refused(tmp_path, build):
    with pytest.raises(UsageError, match="GRCh38"):
        blocks.read_blocks(tmp_path / "b.bed", build=build)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\t100\t50\n", "empty or overlaps"),
        ("1\t100\t200\n1\t150\t300\n", "empty or overlaps"),
        ("1\t100\tx\n", "not a number"),
        ("1\t100\n", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_bad_bed_files(tmp_path, text, message):
    bed = tmp_path / "b.bed"
    bed.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        blocks.read_blocks(bed, build="38")
    assert "b.bed" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_decode_blocks(test_data):
    made = blocks.read_blocks(
        test_data("ld_blocks", "deCODE_EUR_LD_blocks_GRCh38.bed"), build="hg38"
    )
    assert len(made.table) == 1361
    genes = reference.load().dropna(subset=["start"])
    inside = np.mean([not str(n).startswith("unplaced") for n in made.assign(genes)])
    assert inside > 0.9
