"""Paths, folders and globs → table files."""

import pytest

from twas.errors import DataError
from twas.reading.paths import find_tables, stem


def test_find_tables(tmp_path):
    for name in ["b.csv.gz", "a.dat", "a.dat.MHC", "x.pos", "README.txt", ".h.csv", "n.log"]:
        (tmp_path / name).write_text("x")
    found = find_tables(tmp_path)
    assert [file.name for file in found.tables] == ["a.dat", "a.dat.MHC", "b.csv.gz"]
    assert not found.named
    assert [(fact.topic, fact.count) for fact in found.facts] == [("file_passed_over", 4)]
    alone = find_tables(tmp_path / "a.dat")
    assert [file.name for file in alone.tables] == ["a.dat", "a.dat.MHC"]
    assert [fact.topic for fact in alone.facts] == ["mhc_added"]
    twice = find_tables([tmp_path / "b.csv.gz", tmp_path, str(tmp_path / "*.gz")])
    assert len(twice.tables) == 3
    assert {fact.topic: fact.count for fact in twice.facts}["path_repeated"] == 2


def test_find_tables_finds_nothing(tmp_path):
    (tmp_path / "sub").mkdir()
    with pytest.raises(DataError, match=r"holds no table.*look into its 1 subfolders"):
        find_tables(tmp_path)
    with pytest.raises(DataError, match="no file matches this pattern"):
        find_tables(str(tmp_path / "*.csv"))
    with pytest.raises(DataError, match=r"x\.csv: there is no such file or folder"):
        find_tables(tmp_path / "x.csv")
    with pytest.raises(DataError, match="no path given"):
        find_tables([])


def test_stem():
    assert [stem(n) for n in ("a.csv.gz", "a.dat.MHC", "a", ".csv", "a.b.tsv")] == [
        *("a", "a", "a", ".csv", "a.b"),
    ]
