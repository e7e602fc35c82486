import numpy as np
import pandas as pd
import pytest
from scipy import stats

from twas import Study, Trait
from twas.errors import UsageError
from twas.quality import QualityReport
from twas.simulation.draw import COLUMNS, TISSUES, simulate
from twas.simulation.panel import candidate_genes

N_EFF = {"ALS": 87_400.0, "FTD": 10_300.0}


@pytest.fixture(scope="module")
def toy():
    return simulate(n_eff=N_EFF, rg=0.64, overlap=0.02, rng=1)


@pytest.fixture(scope="module")
def few():
    """Every sixth candidate gene: quick, and still thousands."""
    return candidate_genes()[::6]


def wide(simulation):
    """Genes × (trait, tissue), in genomic order."""
    table = simulation.table
    order = table.drop_duplicates("gene").set_index("gene")[["chrom", "start"]]
    order["chrom"] = order["chrom"].astype(int)
    z = table.pivot_table(index="gene", columns=["trait", "tissue"], values="z")
    return z.reindex(order.sort_values(["chrom", "start"]).index)


def test_table_has_its_columns_order_and_keys(toy):
    table = toy.table
    assert tuple(table.columns) == COLUMNS
    assert not table.duplicated(["trait", "tissue", "gene"]).any()
    assert table[["trait", "tissue"]].drop_duplicates().to_numpy().tolist() == [
        [trait, tissue] for trait in N_EFF for tissue in TISSUES
    ]
    part = table[(table["trait"] == "FTD") & (table["tissue"] == TISSUES[1])]
    place = part.assign(chrom=part["chrom"].astype(int))[["chrom", "start"]]
    assert place.equals(place.sort_values(["chrom", "start"], kind="stable"))
    assert np.isfinite(table[["z", "effect_size", "var_g", "r2"]]).all(axis=None)
    assert table["n_snps"].between(1, table["n_snps_model"]).all()


def test_spread_of_z_is_noise_plus_polygenic_effects(toy):
    for trait, n_eff in N_EFF.items():
        z = toy.table["z"][toy.table["trait"] == trait]
        assert z.std() == pytest.approx(np.sqrt(1 + n_eff * 0.0018**2), abs=0.04)
        assert abs(z.mean()) < 0.05


def test_as_many_significant_genes_as_in_a_real_als_study():
    hits = []
    for seed in range(4):
        table = simulate(n_eff={"ALS": 87_400}, rng=seed).table
        for _, part in table.groupby("tissue"):
            p = 2 * stats.norm.sf(part["z"].abs())
            hits.append((stats.false_discovery_control(p) < 0.05).sum())
    # 28 of 12,494 genes in a real study; here 27 on average, and 1 to 68 by chance.
    assert 12 < np.mean(hits) < 50


def test_tissues_correlate(toy):
    for trait in N_EFF:
        r = wide(toy)[trait].corr().to_numpy()[np.triu_indices(3, 1)]
        assert r == pytest.approx(0.7, abs=0.04)


def test_neighbours_share_size_but_not_sign(toy):
    z = wide(toy)["ALS"][TISSUES[0]].dropna().to_numpy()
    signed, size = (np.corrcoef(x[1:], x[:-1])[0, 1] for x in (z, np.abs(z)))
    assert abs(signed) < 0.06
    assert 0.15 < size < 0.5


def test_overlap_correlates_the_noise_of_traits(few):
    both = simulate(n_eff=N_EFF, genes=few, polygenic=0, overlap=0.4, rng=1)
    z = wide(both)
    assert z.std().to_numpy() == pytest.approx(1, abs=0.05)
    for tissue in TISSUES:
        assert z["ALS"][tissue].corr(z["FTD"][tissue]) == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize("rg", [0.64, -0.5])
def test_rg_correlates_the_effects_of_traits(few, rg):
    vast = simulate(n_eff={"A": 1e12, "B": 1e11}, genes=few, causal=1, rg=rg, rng=1)
    z = wide(vast)
    for tissue in TISSUES:
        assert z["A"][tissue].corr(z["B"][tissue]) == pytest.approx(rg, abs=0.06)
    assert z["A"].stack().std() / z["B"].stack().std() == pytest.approx(np.sqrt(10), rel=0.05)


def test_three_traits_with_a_matrix_of_overlaps(few):
    overlap = [[1, 0.5, 0], [0.5, 1, -0.3], [0, -0.3, 1]]
    three = simulate(
        n_eff=dict.fromkeys("ABC", 1e4), genes=few, polygenic=0, overlap=overlap, rng=3
    )
    r = wide(three).xs(TISSUES[0], axis=1, level=1).corr().to_numpy()
    np.testing.assert_allclose(r, overlap, atol=0.07)


def test_polygenic_effects_may_differ_between_traits(few):
    one = simulate(n_eff=N_EFF, genes=few, polygenic={"ALS": 0.0, "FTD": 0.02}, rng=1)
    spread = one.table.groupby("trait")["z"].std()
    assert spread["ALS"] == pytest.approx(1, abs=0.05)
    assert spread["FTD"] == pytest.approx(np.sqrt(1 + 10_300 * 0.02**2), rel=0.15)


def test_a_planted_gene_moves_by_sqrt_n_times_its_effect():
    """Its own z in every tissue by exactly that, whatever its orientation; others by their LD."""
    settings = {"n_eff": N_EFF, "genes": ["MTOR", "TARDBP", "MASP2", "SOD1"], "modelled": 1.0}
    for seed in range(6):
        bare = simulate(**settings, rng=seed).table
        planted = {"ALS": {"MTOR": 0.01}, "FTD": {"ENSG00000198793": -0.02}}
        moved = simulate(**settings, planted=planted, rng=seed).table
        shift = (moved["z"] - bare["z"]).groupby([bare["trait"], bare["symbol"]])
        largest, smallest = shift.max(), shift.min()
        np.testing.assert_allclose(largest, smallest, atol=1e-12)
        assert largest["ALS", "MTOR"] == pytest.approx(0.01 * np.sqrt(87_400))
        assert largest["FTD", "MTOR"] == pytest.approx(-0.02 * np.sqrt(10_300))
        assert largest["ALS", "SOD1"] == pytest.approx(0)
        # MTOR starts at 11,106,534 and MASP2 at 11,026,522 of chromosome 1.
        ratio = abs(largest["ALS", "MASP2"] / largest["ALS", "MTOR"])
        distance = bare.set_index("symbol")["start"].loc[["MTOR", "MASP2"]].drop_duplicates()
        assert ratio == pytest.approx(0.75 * np.exp(-abs(np.diff(distance)[0]) / 300_000))


def test_truth_lists_what_was_planted(few):
    planted = {"FTD": {"RHEB": -0.01, "MTOR": 0.02, "RRAGB": 0.5}}
    genes = [*(set(few) - {"ENSG00000106615", "ENSG00000198793"}), "RHEB", "MTOR"]
    known = simulate(
        n_eff=N_EFF, genes=genes, planted=planted, unmodelled=["RHEB"], modelled=1, rng=1
    )
    truth = known.truth.set_index("symbol")
    assert truth["effect"].to_dict() == {"RHEB": -0.01, "MTOR": 0.02, "RRAGB": 0.5}
    # RHEB without a model, RRAGB not among the genes.
    assert truth["n_tissues"].to_dict() == {"RHEB": 0, "MTOR": 3, "RRAGB": 0}
    assert (truth["trait"] == "FTD").all()
    assert "RHEB" not in set(known.table["symbol"])


def test_effect_size_is_a_log_odds_ratio_per_unit_of_expression(toy):
    table = toy.table
    standard_error = table["effect_size"] / table["z"]
    n_eff = table["trait"].map(N_EFF)
    np.testing.assert_allclose(1 / standard_error**2, n_eff * table["var_g"] / 4)


def test_traits_share_the_panel(toy):
    columns = ["tissue", "gene", "var_g", "n_snps", "n_snps_model", "r2"]
    als, ftd = (toy.table.loc[toy.table["trait"] == trait, columns] for trait in N_EFF)
    assert als.reset_index(drop=True).equals(ftd.reset_index(drop=True))


def test_panels_overlap_as_in_real_tissues(toy, test_data):
    folder = test_data("spredixcan", "mdd")
    names = ("Frontal_Cortex_BA9", "Caudate_basal_ganglia", "Hippocampus")
    files = [folder / f"Brain_{name}_spredixcan.csv.gz" for name in names]
    real = [set(pd.read_csv(file)["gene"].str.partition(".")[0]) for file in files]
    own = [set(part["gene"]) for _, part in toy.table.groupby("tissue")]
    for count in (lambda sets: len(set.union(*sets)), lambda sets: len(set.intersection(*sets))):
        assert count(own) == pytest.approx(count(real), rel=0.05)


def test_the_seed_decides_everything(few):
    def table(rng, **changes):
        return simulate(n_eff=N_EFF, genes=few, rng=rng, **changes).table

    assert table(5).equals(table(5))
    assert table(5).equals(table(np.random.default_rng(5)))
    other = table(6)
    assert not np.isin(other["z"], table(5)["z"]).any()


def test_the_order_of_genes_changes_nothing(few):
    assert simulate(n_eff=N_EFF, genes=few, rng=2).table.equals(
        simulate(n_eff=N_EFF, genes=few[::-1], rng=2).table
    )


def test_a_simulation_becomes_a_study(few):
    toy = simulate(n_eff=N_EFF, genes=few, rng=1)
    missing = dict.fromkeys(("heidi_p", "pp4", "pip"), np.nan)
    traits = [
        Trait(name, part.drop(columns="trait").assign(**missing), n_eff, QualityReport())
        for (name, part), n_eff in zip(
            toy.table.groupby("trait", sort=False), N_EFF.values(), strict=True
        )
    ]
    assert Study.from_traits(traits).traits


def test_candidate_genes_look_protein_coding():
    genes = candidate_genes()
    assert 17_000 < len(genes) < 20_000
    assert len(set(genes)) == len(genes)
    known = simulate(n_eff={"A": 1}, tissues=["t"], modelled=1, rng=0).table
    assert known["gene"].tolist() == list(genes)
    symbols = set(known["symbol"])
    assert symbols >= {"MTOR", "AKAP1", "C1QBP", "TSC2", "C4A", "C9orf72", "TFAM", "SIRT1"}
    assert not symbols & {"LAMP2", "XIST", "MIR9-1", "RPL21P28", "LINC00461", "OR1A1"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_eff": {}}, "n_eff: give at least one"),
        ({"n_eff": {"A": -1}}, "n_eff: give at least one"),
        ({"tissues": ["x", "x"]}, "tissues: "),
        ({"modelled": 0}, "modelled: "),
        ({"causal": 1.5}, "causal: "),
        ({"polygenic": -1}, "polygenic: "),
        ({"polygenic": {"B": 0.1}}, "polygenic: "),
        ({"rg": 2}, "rg: "),
        ({"overlap": [[1, 0], [0, 1]]}, "overlap: "),
        ({"tissue_correlation": -0.9}, "tissue_correlation: "),
        ({"genes": []}, "genes: none"),
        ({"genes": ["MTOR", "ENSG00000198793"]}, "genes: none, or one given twice"),
        ({"genes": ["WASH7Q"]}, "genes: 'WASH7Q' is no gene"),
        ({"unmodelled": ["WASH7Q"]}, "unmodelled: 'WASH7Q' is no gene"),
        ({"planted": {"A": {"WASH7Q": 1}}}, "planted: 'WASH7Q' is no gene"),
        ({"planted": {"B": {"MTOR": 1}}}, "planted: trait 'B' has no n_eff"),
        ({"planted": {"A": {"MTOR": np.inf}}}, "planted: give each gene"),
        ({"planted": {"A": {"MTOR": 1, "ENSG00000198793": 1}}}, "planted: give each gene"),
    ],
)
def test_impossible_parameters_are_refused_in_one_line(changes, message):
    with pytest.raises(UsageError) as caught:
        simulate(**({"n_eff": {"A": 1e4}, "genes": ["MTOR", "SOD1"]} | changes))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_gene_without_position_is_refused():
    with pytest.raises(UsageError, match=r"genes: .* has no position"):
        simulate(n_eff={"A": 1}, genes=["MTOR", "AAVS1"])
