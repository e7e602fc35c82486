"""LD blocks."""

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
