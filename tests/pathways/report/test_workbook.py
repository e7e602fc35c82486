"""The workbook, read back by openpyxl: everything is there, as what it is."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from xlsxwriter.exceptions import FileSizeError

from pathways.report.exports import workbook
from pathways.report.words.whole_run import LIMITATIONS
from pathways.tables.registry import TABLES
from twas.errors import DataError

openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
unescape = pytest.importorskip("openpyxl.utils.escape").unescape
pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed (extra xlsx)")

#: What a spreadsheet would turn into something else if it were not told that it is text.
TRAPS = ["SEPT8", "MARCH1", "2-Mar", "1E5", "001", "NA", "=cmd()", "+1", "-1", "@SUM(A1)", "{=1}"]
TRAPS += ["http://example.org/x", "mailto:x@example.org", "TRUE", "#N/A", " x ", "_x0041_"]


def read_back(results, folder, name="results.xlsx"):
    facts = workbook.write_workbook(results, folder / name)
    return openpyxl.load_workbook(folder / name), facts


def rows_of(sheet):
    return [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]


def changed(results, table, **columns):
    """Results with other values at the head of some columns of a table."""
    frame = results.tables[table].copy()
    for name, values in columns.items():
        cells = frame[name].astype(object).tolist()
        cells[: len(values)] = values
        frame[name] = cells
    return replace(results, tables={**results.tables, table: frame})


@pytest.fixture(scope="module")
def book(planted, tmp_path_factory):
    return read_back(planted, tmp_path_factory.mktemp("xlsx"))[0]


def test_a_sheet_per_table_with_rows(book, planted):
    filled = [name for name, table in planted.tables.items() if len(table)]
    assert book.sheetnames == ["README", *filled, "quality"]
    assert "heterogeneity" not in book.sheetnames  # two traits: no row


@pytest.mark.parametrize("name", ["directions", "divergence", "genes", "coverage", "hypotheses"])
def test_cells_hold_the_values_of_the_table(name, book, planted):
    table = planted.tables[name]
    if name == "genes":
        table = table[table["scope"] == "combined"]
    rows = rows_of(book[name])
    assert len(rows) == len(table)
    for k, column in enumerate(TABLES[name].columns):
        cells = [row[k] for row in rows]
        if column.kind == "text":
            assert [cell or "" for cell in cells] == table[column.name].tolist()
        else:
            numbers = [np.nan if c is None else float(c) for c in cells]
            expected = table[column.name].to_numpy(dtype=float, na_value=np.nan)
            np.testing.assert_allclose(numbers, expected, rtol=1e-15)


def test_header_has_units_and_stays_in_sight(book):
    sheet = book["divergence"]
    header = [cell.value for cell in sheet[1]]
    assert "n_tested [genes]" in header
    assert "difference [half log-odds per SD of predicted expression]" in header
    assert "p_both" in header
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert book["genes"].cell(1, 6).value == "position [bp, GRCh38]"


def test_numbers_are_rounded_by_their_format_only(book):
    sheet = book["directions"]
    formats = {c.value.split(" [")[0]: sheet.cell(2, c.column).number_format for c in sheet[1]}
    assert formats["pathway"] == "@"
    assert formats["n_tested"] == "#,##0"
    assert formats["p_direction"] == "[<0.001]0.0E+00;0.000"
    assert formats["activity"] == "0.00E+00"
    assert book["genes"].cell(2, 6).number_format == "0"


def test_readme_explains_every_sheet_and_column(book):
    lines = [[cell for cell in row if cell] for row in book["README"].iter_rows(values_only=True)]
    said = [line[0] for line in lines if line]
    assert "SIMULATED" in said[1]
    assert all(sentence in said for sentence in LIMITATIONS)
    assert set(TABLES) <= set(said)
    for table, entry in TABLES.items():
        for column in entry.columns:
            assert any(
                line[:2] == [table, column.name] and line[-1] == column.meaning for line in lines
            )


def test_readme_of_real_data_does_not_say_simulated(nothing, tmp_path):
    book, _ = read_back(nothing, tmp_path)
    cells = [str(cell) for row in book["README"].iter_rows(values_only=True) for cell in row]
    assert not any("SIMULATED" in cell for cell in cells)


def test_text_stays_text(planted, tmp_path):
    book, _ = read_back(changed(planted, "genes", gene=TRAPS, pathway=TRAPS), tmp_path)
    sheet = book["genes"]
    # A code such as _x0041_ is escaped in the file, which openpyxl does not undo by itself.
    assert [unescape(row[2]) for row in rows_of(sheet)[: len(TRAPS)]] == TRAPS
    for row in sheet.iter_rows(min_row=2, max_row=len(TRAPS) + 1, max_col=3):
        assert {cell.data_type for cell in row} == {"s"}
        assert all(cell.hyperlink is None for cell in row)


def test_hostile_names_make_no_formula_and_no_link(hostile, tmp_path):
    book, _ = read_back(hostile, tmp_path)
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    with zipfile.ZipFile(tmp_path / "results.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_missing_is_empty_and_infinite_is_said(planted, tmp_path):
    given = changed(planted, "directions", detectable_effect=[np.inf, -np.inf, np.nan, 0.25])
    book, _ = read_back(given, tmp_path)
    at = [column.name for column in TABLES["directions"].columns].index("detectable_effect")
    cells = [row[at] for row in rows_of(book["directions"])[:4]]
    assert cells == ["inf", "-inf", None, 0.25]


def test_equal_results_give_equal_bytes_without_the_time(hostile, tmp_path):
    read_back(hostile, tmp_path, "a.xlsx")
    read_back(hostile, tmp_path, "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert archive.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2


def test_what_does_not_fit_is_left_out_and_counted(planted, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", len(planted.divergence))
    book, facts = read_back(planted, tmp_path)
    assert "divergence" in book.sheetnames
    assert "genes" not in book.sheetnames
    (fact,) = (f for f in facts if "genes.tsv" in f.message)
    assert (fact.topic, fact.count) == (
        "sheet_left_out",
        (planted.genes["scope"] == "combined").sum(),
    )
    lines = [row[:2] for row in book["README"].iter_rows(values_only=True)]
    assert ("genes", fact.message) in lines


def test_a_text_longer_than_a_cell_is_cut_and_counted(planted, tmp_path):
    given = changed(planted, "coverage", status=["x" * 40_000])
    book, facts = read_back(given, tmp_path)
    assert [(fact.topic, fact.count) for fact in facts] == [("cells_cut", 1)]
    assert len(book["coverage"].cell(2, 5).value) == workbook.MAX_TEXT


def test_nothing_read_means_no_quality_sheet(nothing, tmp_path):
    bare = replace(nothing, quality=type(nothing.quality)())
    book, _ = read_back(bare, tmp_path)
    assert "quality" not in book.sheetnames
    assert isinstance(bare.directions, pd.DataFrame)


def test_a_workbook_that_cannot_be_made_is_one_line(tmp_path, monkeypatch):
    from tests.pathways.report.conftest import make_results, some_sets

    whole = xlsxwriter.Workbook.close

    def close(book):
        whole(book)
        raise FileSizeError("too\nlarge")

    results = make_results({"A": {}}, some_sets(["x"]), flips=20)
    monkeypatch.setattr(xlsxwriter.Workbook, "close", close)
    with pytest.raises(DataError, match=r"results\.xlsx cannot be written \(too large\)"):
        workbook.write_workbook(results, tmp_path / "results.xlsx")
