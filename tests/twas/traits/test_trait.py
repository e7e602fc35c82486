"""Files of one disease → one table; nothing depends on order, copies or how files are cut."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twas.errors import DataError, UsageError
from twas.genes import reference
from twas.traits.trait import COLUMNS, Trait, parse_n_eff, read_trait

GENES = reference.load().query("chrom == '1' and ensembl_id != ''").head(200)


def dropped(trait):
    return sum(f.count for f in trait.quality.facts if f.topic.startswith("dropped:"))


def assert_all_counted(trait):
    assert trait.quality.count("rows_read") == len(trait.table) + dropped(trait)


def toy(rows=60, seed=3, tissue="cortex"):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "gene": GENES["ensembl_id"].to_numpy()[:rows],
            "symbol": GENES["symbol"].to_numpy()[:rows],
            "tissue": tissue,
            "z": rng.normal(size=rows),
            "r2": rng.uniform(0.01, 0.3, rows),
        }
    )


@pytest.mark.parametrize("name", [pytest.param("mdd", marks=pytest.mark.slow), "ptsd"])
def test_real_files(test_data, name):
    folder = test_data("spredixcan", name)
    trait = read_trait(folder, name=name.upper(), n_eff=1000)
    table = trait.table
    assert tuple(table.columns) == COLUMNS
    assert table[["tissue", "gene"]].apply(tuple, axis=1).is_monotonic_increasing
    assert not table.duplicated(["tissue", "gene"]).any()
    assert np.isfinite(table["z"]).all()
    assert_all_counted(trait)
    assert table["tissue"].nunique() == len(trait.files) == 6
    assert all(fact.source for fact in trait.quality.facts)
    assert 0 < (table["z"] == 0).mean() < 0.01
    assert not trait.quality.count("zeros")
    # Independent oracle: z of genes that occur once per file, straight from pandas.
    for path in sorted(folder.glob("*.gz")):
        tissue = path.name.removesuffix("_spredixcan.csv.gz")
        raw = pd.read_csv(path, dtype=str).astype({"zscore": float})
        raw["gene"] = raw["gene"].str.split(".").str[0]
        ours = table[table["tissue"] == tissue].set_index("gene")["z"]
        theirs = raw.set_index("gene")["zscore"]
        shared = ours.index.intersection(theirs.index)
        assert len(shared) > 0.97 * len(raw)
        np.testing.assert_array_equal(ours[shared], theirs[shared])
    positions = reference.positions(table["gene"].drop_duplicates())
    assert positions["start"].notna().mean() > 0.9
    assert {"given", "resolved", "symbol", "how"} == set(trait.resolution.columns)
    assert not trait.resolution.duplicated().any()
    assert not trait.quality.warnings


def test_real_fusion_lost_its_mhc(test_data):
    trait = read_trait(test_data("fusion"), name="UKB")
    assert_all_counted(trait)
    (warning,) = [fact for fact in trait.quality.warnings if fact.topic == "no_mhc"]
    assert "C2, CFB, C4A and C4B" in warning.message
    assert trait.files[0].tissue == "CMC.BRAIN.RNASEQ"
    assert trait.files[0].genes_resolved > 500


def test_no_absolute_path_in_facts(test_data):
    trait = read_trait(test_data("fusion"), name="UKB")
    assert not any("/" in fact.source or "/work" in fact.message for fact in trait.quality.facts)


@settings(max_examples=30)  # files are written and read; a seed is as good as another
@given(seed=st.integers(0, 10_000), cuts=st.integers(1, 4))
def test_order_cuts_and_copies_change_nothing(tmp_path_factory, seed, cuts):
    folder = tmp_path_factory.mktemp("cuts")
    rng = np.random.default_rng(seed)
    frame = pd.concat([toy(40, seed), toy(40, seed + 1, "blood")], ignore_index=True)
    frame.loc[3, "gene"] = frame.loc[4, "gene"]  # the same gene twice
    frame.to_csv(folder / "whole.csv", index=False)
    whole = read_trait(folder / "whole.csv", name="T")
    shuffled = frame.iloc[rng.permutation(len(frame))]
    parts = np.array_split(np.arange(len(frame)), cuts)
    for number, part in enumerate(parts):
        shuffled.iloc[part].to_csv(folder / f"part{number}.csv", index=False)
    paths = [folder / f"part{number}.csv" for number in rng.permutation(cuts)]
    (folder / "part0_again.csv").write_bytes((folder / "part0.csv").read_bytes())
    again = read_trait([*paths, folder / "part0_again.csv", paths[0]], name="T")
    pd.testing.assert_frame_equal(again.table, whole.table)
    pd.testing.assert_frame_equal(again.resolution, whole.resolution)
    assert_all_counted(again)
    assert again.quality.count("dropped:file_copy") == len(parts[0])


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000))
def test_the_same_gene_twice_is_kept_by_model_not_by_z(seed):
    rng = np.random.default_rng([seed, 1])  # never the stream toy() draws from
    frame = toy(30)
    twin = frame.assign(z=rng.normal(size=30) * 5, r2=rng.uniform(0.01, 0.3, 30))
    both = pd.concat([frame, twin]).sample(frac=1, random_state=seed)
    trait = Trait.from_frame(both, name="T")
    best = both.sort_values("r2", ascending=False).drop_duplicates("gene").set_index("gene")
    expected = best.loc[trait.table["gene"], "z"].to_numpy()
    np.testing.assert_array_equal(trait.table["z"], expected)
    assert trait.quality.count("dropped:gene_repeated") == 30
    # Flipping every sign keeps the same rows.
    flipped = Trait.from_frame(both, name="T", flip=True)
    np.testing.assert_array_equal(flipped.table["z"], -trait.table["z"])


def test_equal_models_are_kept_without_regard_to_order():
    frame = pd.concat([toy(50).assign(r2=np.nan), toy(50, seed=9).assign(r2=np.nan)])
    one = Trait.from_frame(frame, name="T")
    other = Trait.from_frame(frame.iloc[::-1], name="T")
    pd.testing.assert_frame_equal(one.table, other.table)
    assert {fact.topic for fact in one.quality.warnings} == {"gene_contradicts"}
    mirrored = Trait.from_frame(frame.assign(z=-frame["z"]), name="T")
    np.testing.assert_array_equal(mirrored.table["z"], -one.table["z"])
    first = toy(50).set_index("gene").loc[one.table["gene"], "z"].to_numpy()
    share = np.mean(first == one.table["z"].to_numpy())
    assert 0.2 < share < 0.8  # neither "the first" nor "the second"


def test_more_snps_win_where_r2_is_unknown():
    frame = pd.concat([toy(2).assign(r2=np.nan, n_snps_model=2), toy(2, 5).assign(n_snps_model=7)])
    frame["r2"] = np.nan
    trait = Trait.from_frame(frame, name="T")
    assert (trait.table["n_snps_model"] == 7).all()


def test_a_copy_under_another_tissue_is_a_warning(tmp_path):
    toy().drop(columns="tissue").to_csv(tmp_path / "Cortex.csv", index=False)
    toy().drop(columns="tissue").to_csv(tmp_path / "Brain_Stem.csv", index=False)
    trait = read_trait(tmp_path, name="T")
    assert set(trait.table["tissue"]) == {"Cortex"}
    assert [fact.topic for fact in trait.quality.warnings] == ["dropped:file_copy"]
    assert_all_counted(trait)


def test_filters_keep_rows_without_the_value():
    frame = toy(6).assign(r2=[0.1, 0.2, np.nan, 0.05, 0.3, 0.01], pp4=np.nan)
    trait = read_frame(frame, min_r2=0.1)
    assert trait.table["r2"].isna().sum() == 1
    assert trait.table["r2"].min() == 0.1
    assert trait.quality.count("dropped:min_r2") == 2
    assert trait.quality.count("no_r2") == 1
    assert_all_counted(trait)
    nothing = read_frame(frame, min_pp4=0.8)
    assert len(nothing.table) == 6
    assert [fact.topic for fact in nothing.quality.warnings] == ["no_pp4"]


def read_frame(frame, **options):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.tsv"
        frame.to_csv(path, sep="\t", index=False)
        return read_trait(path, name="T", **options)


def test_heidi_drops_linkage():
    frame = toy(4).drop(columns="r2").assign(p_heidi=[0.001, 0.01, 0.5, np.nan])
    trait = read_frame(frame, max_heidi_p=0.01)
    assert sorted(trait.table["heidi_p"].dropna()) == [0.5]
    assert len(trait.table) == 2


@pytest.mark.parametrize("option", ["min_r2", "max_heidi_p", "min_pp4", "min_pip"])
def test_impossible_thresholds(option):
    with pytest.raises(UsageError, match=f"`{option}`"):
        read_frame(toy(4), **{option: 2.0})


def test_tissues(tmp_path):
    frame = pd.concat([toy(5), toy(4, tissue="blood")])
    trait = read_frame(frame, tissues=["blood"])
    assert set(trait.table["tissue"]) == {"blood"}
    assert_all_counted(trait)
    with pytest.raises(UsageError, match="has no tissue 'liver'; it has blood, cortex"):
        read_frame(frame, tissues=["liver"])


def test_zeros_of_one_tissue_are_told_and_few_are_not():
    tissues = [toy(tissue=name, seed=k) for k, name in enumerate("abcdefgh")]
    tissues[2].loc[:11, "z"] = 0
    tissues[5].loc[:2, "z"] = 0
    trait = read_frame(pd.concat(tissues, ignore_index=True))
    (told,) = (fact for fact in trait.quality.warnings if fact.topic == "zeros")
    assert told.source == trait.name
    assert told.sentence.startswith("12 rows have a z of exactly 0 (20% of those of c); if missing")
    tissues[0].loc[:17, "z"] = 0
    (told,) = zeros_of(pd.concat(tissues, ignore_index=True))
    assert told.sentence.startswith("30 rows have a z of exactly 0 (in 2 tissues, most in a: 30%);")
    assert not zeros_of(pd.concat([tissues[1], tissues[5]], ignore_index=True))


def test_zeros_of_many_small_tissues_are_told():
    tissues = [toy(rows=12, tissue=f"t{k}", seed=k) for k in range(20)]
    for tissue in tissues:
        tissue.loc[:2, "z"] = 0
    (told,) = zeros_of(pd.concat(tissues, ignore_index=True))
    assert told.sentence.startswith("60 rows have a z of exactly 0 (25% of all); if missing")


@pytest.mark.parametrize("decimals", [0, 1])
def test_rounded_z_are_no_zeros(decimals):
    """Four in a hundred, or two in five, are 0, but as many have another number."""
    rng = np.random.default_rng(3)
    for seed in range(20):
        tissues = [toy(tissue=f"t{k}", seed=k) for k in range(50)]
        frame = pd.concat(tissues, ignore_index=True).assign(
            z=rng.normal(size=3000).round(decimals)
        )
        assert not zeros_of(frame), seed


def zeros_of(frame):
    """What is told of zeros."""
    return [fact for fact in read_frame(frame).quality.warnings if fact.topic == "zeros"]


def test_flip():
    plain, flipped = read_frame(toy()), read_frame(toy(), flip=True)
    np.testing.assert_array_equal(flipped.table["z"], -plain.table["z"])


def test_doubtful_identifiers_are_told(tmp_path):
    frame = pd.DataFrame({"gene": ["2-Mar", "8-Sep", "SEPT2", "PTEN"], "z": [1, -1, 2, -2]})
    trait = Trait.from_frame(frame, name="T")
    facts = {fact.topic: fact for fact in trait.quality.facts}
    assert facts["resolved:ambiguous"].level == "warning"
    assert "2-Mar" in facts["resolved:ambiguous"].message
    assert "8-Sep" in facts["resolved:spreadsheet"].message
    assert dict(trait.resolution[["given", "symbol"]].to_numpy())["8-Sep"] == "SEPTIN8"
    aliens = Trait.from_frame(frame.assign(gene=["a1", "b2", "c3x", "d4x"]), name="T")
    assert "human genes" in aliens.quality.warnings[-1].message


def test_from_frame():
    trait = Trait.from_frame(toy().drop(columns="tissue"), name="T", n_eff="100/200")
    assert set(trait.table["tissue"]) == {"unknown"}
    assert trait.n_eff == pytest.approx(4 / (1 / 100 + 1 / 200))
    np.testing.assert_allclose(
        trait.table.set_index("gene").loc[toy()["gene"], "z"], toy()["z"], rtol=0
    )
    with pytest.raises(DataError, match="T: has no column known as gene; columns seen: a"):
        Trait.from_frame(pd.DataFrame({"a": [1]}), name="T")
    with pytest.raises(DataError, match="infinite"):
        Trait.from_frame(toy().assign(z=np.inf), name="T")


@pytest.mark.parametrize(
    ("text", "value"),
    [("87400", 87400), (10_300, 10300), ("87,400", 87400), ("27205/110881", 87_381), (None, None)],
)
def test_parse_n_eff(text, value):
    assert parse_n_eff(text) == (value if value is None else pytest.approx(value, abs=1))


@pytest.mark.parametrize("text", ["0", "-1", "a", "1/0", "1/2/3", "", "inf", "nan", "/"])
def test_parse_n_eff_refuses(text):
    with pytest.raises(UsageError, match="n_eff"):
        parse_n_eff(text)
