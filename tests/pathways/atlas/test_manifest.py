"""The manifest of an atlas, and its pairs."""

import pytest

from pathways.atlas.manifest import choose_pairs, read_manifest
from twas.errors import DataError, UsageError

HEADER = "trait\tpath\tcases\tcontrols\tancestry\n"


def written(tmp_path, text, name="m.tsv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_of_a_trait_add_up_and_paths_are_below_the_manifest(tmp_path):
    text = (
        HEADER
        + "A\ta1.csv\t10\t20\tEUR\nB\t/x/b.csv\t\t\tEUR\n\n# a note\nA\ta2.csv\t10\t20\tEUR\n"
    )
    a, b = read_manifest(written(tmp_path, text))
    assert a.paths == (str(tmp_path / "a1.csv"), str(tmp_path / "a2.csv"))
    assert a.n_eff == "10/20"
    assert b.paths == ("/x/b.csv",)
    assert b.n_eff is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trait\tn_eff\nA\t1\n", "column 'path' is missing"),
        ("trait\tpath\tsize\nA\ta\t1\n", "column 'size' is unknown"),
        ("trait\tpath\ttrait\nA\ta\tA\n", "a column is there twice"),
        ("trait\tpath\n", "holds no trait"),
        ("", "column 'trait' is missing"),
        ("trait\tpath\nA\t\n", "line 2: path is empty"),
        ("trait\tpath\nA\ta\tb\n", "line 2: has more cells"),
        (HEADER + "A\ta\t10\t\t\n", "line 2: give both cases and controls"),
        ("trait\tpath\tn_eff\nA\ta\t-5\n", "line 2: n_eff '-5'"),
        ("trait\tpath\tintercept\nA\ta\t0\n", "line 2: intercept '0'"),
        ("trait\tpath\tflip\nA\ta\tmaybe\n", "line 2: flip is 'maybe'"),
        ("trait\tpath\tn_eff\nA\ta\t5\nA\tb\t6\n", "line 3: trait A was described otherwise"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read_manifest(written(tmp_path, text))


@pytest.fixture
def entries(tmp_path):
    text = HEADER + "A\ta\t\t\tEUR\nB\tb\t\t\tEAS\nC\tc\t\t\teur\n"
    return read_manifest(written(tmp_path, text))


def test_ancestries_are_not_mixed(entries):
    pairs = choose_pairs(entries)
    assert pairs.chosen == (("A", "C"),)
    assert pairs.mixed == (("A", "B"), ("B", "C"))
    every = choose_pairs(entries, allow_mixed=True)
    assert every.chosen == (("A", "B"), ("A", "C"), ("B", "C"))
    assert not every.mixed


def test_pairs_that_would_be_called_the_same(tmp_path):
    """Before anything is read; of pairs that are not asked for it does not matter."""
    path = tmp_path / "manifest.tsv"
    rows = "".join(f"{name}\t{k}.csv\n" for k, name in enumerate(("A / B", "C", "A", "B / C")))
    path.write_text("trait\tpath\n" + rows)
    entries = read_manifest(path)
    with pytest.raises(DataError, match="would both be called 'A / B / C'"):
        choose_pairs(entries)
    assert len(choose_pairs(entries, against="C").chosen) == 3


def test_against_one_trait(entries):
    assert choose_pairs(entries, against="C").chosen == (("A", "C"),)
    with pytest.raises(UsageError, match="'X'"):
        choose_pairs(entries, against="X")
    with pytest.raises(UsageError, match=r"no pair of traits.*allow_mixed"):
        choose_pairs(entries, against="B")


def test_pairs_of_a_file_in_the_order_of_the_manifest(entries, tmp_path):
    path = written(tmp_path, "trait_a\ttrait_b\toverlap\nC\tA\t0.1\n", "p.tsv")
    pairs = choose_pairs(entries, pairs=path)
    assert pairs.chosen == (("A", "C"),)
    assert pairs.overlaps == {("A", "C"): 0.1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("trait_a\ttrait_b\nA\tX\n", "line 2: trait 'X' is not in the manifest"),
        ("trait_a\ttrait_b\nA\tA\n", "line 2: names A twice"),
        ("trait_a\ttrait_b\nA\tC\nC\tA\n", "line 3: the pair C, A was named before"),
        ("trait_a\ttrait_b\toverlap\nA\tC\tmuch\n", "line 2: overlap 'much'"),
        ("trait_a\ttrait_b\nA\tB\n", "A and B are of different ancestries"),
    ],
)
def test_a_wrong_file_of_pairs(entries, tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        choose_pairs(entries, pairs=written(tmp_path, text, "p.tsv"))


def test_an_ancestry_that_is_not_given_beside_others(tmp_path):
    entries = read_manifest(written(tmp_path, HEADER + "A\ta\t\t\tEUR\nB\tb\t\t\t\n"))
    with pytest.raises(DataError, match="trait B has no ancestry"):
        choose_pairs(entries)
