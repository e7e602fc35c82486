"""The magnitude test: against a loop, and its size in a simulated LD field on real positions."""

import re

import numpy as np
import pandas as pd
import pytest

from pathways import load_gene_sets
from pathways.nulls.correlogram import correlogram, spread
from pathways.nulls.rotation import Places, rotation_test
from pathways.statistics.contributions import Members
from pathways.statistics.covariates import design, gene_density, residuals
from pathways.statistics.magnitude import CLUSTER_GAP, cluster_weights, magnitude
from twas import Study, Trait, read_trait
from twas.genes import reference

#: Tandem families: one locus, several loci, two large loci.
FAMILIES = {
    "UGT1A": r"UGT1A\d+",
    "protocadherins": r"PCDH[ABG]?\w*\d|PCDH\d+X?",
    "keratins": r"KRT\d+\w?",
}


# The layer against loops ------------------------------------------------------------------


@pytest.fixture(scope="module")
def sets(placed_genes):
    rng = np.random.default_rng(1)
    out = {f"of {n}": rng.choice(placed_genes, n, replace=False).tolist() for n in (1, 8, 40, 200)}
    out["neighbours"] = placed_genes[700:712]
    out["elsewhere"] = ["NOTAGENE1"]
    return load_gene_sets(out)


def by_hand(study, sets, trait, scope):
    """T of every rotation of every set, gene by gene."""
    view = study.universe((trait,), scope)
    genes = study.genes.iloc[view.genes].reset_index(drop=True)
    use = genes["start"].notna().to_numpy()
    genes = genes[use].reset_index(drop=True)
    chrom = pd.factorize(genes["chrom"])[0]
    start = genes["start"].to_numpy(dtype=np.int64)
    x = design(view, study, view.genes[use], gene_density(chrom, start))
    y = residuals(np.abs(view.z[0, use]), x)
    field = correlogram(y, chrom, start)
    for pathway in sets.pathways:
        wanted = set(sets.table.loc[sets.table["pathway"] == pathway, "gene"])
        at = np.flatnonzero(genes["gene"].isin(wanted))
        clusters = []
        for i in at:
            last = clusters[-1][-1] if clusters else None
            near = last is not None and chrom[i] == chrom[last]
            if near and start[i] - start[last] <= CLUSTER_GAP:
                clusters[-1].append(i)
            else:
                clusters.append([i])
        w = np.array([1 / len(c) for c in clusters for _ in c])
        if not len(at):
            yield 0, 0, np.nan, np.nan
            continue
        sums = np.array([w @ np.roll(y, -s)[at] for s in range(len(y))])
        where = Places(np.zeros(len(at), dtype=np.int64), at, w, 1)
        r = spread(where, field, chrom, start)[0]
        deviation = sums - sums.mean()
        p = (1 + (deviation[1:] >= deviation[0] / r - 1e-9).sum()) / len(y)
        yield len(at), len(clusters), deviation[0] / (r * sums.std()), p


@pytest.mark.parametrize("scope", ["combined", "cord"])
def test_against_a_loop_over_all_rotations(small_study, sets, scope):
    members = Members.of(small_study, sets)
    found = magnitude(small_study.universe(("FTD",), scope), small_study, members)
    n, loci, statistic, p = map(
        np.array, zip(*by_hand(small_study, sets, "FTD", scope), strict=True)
    )
    assert found.n_placed.tolist() == n.tolist()
    assert found.n_loci.tolist() == loci.tolist()
    np.testing.assert_allclose(found.magnitude, statistic, rtol=1e-6)
    plain = ~found.extrapolated
    np.testing.assert_allclose(found.p[plain], p[plain], rtol=1e-9)
    assert found.reason[-1] == "no tested member has a position"
    assert set(found.reason[:-1]) == {""}


def one_trait(frame, name="ALS"):
    study = Study.from_traits([Trait.from_frame(frame, name=name)])
    return study, study.universe((name,))


def test_signs_do_not_matter_and_large_z_does(placed_genes):
    rng = np.random.default_rng(2)
    z = rng.normal(size=len(placed_genes))
    chosen = rng.choice(len(z), 80, replace=False)
    z[chosen] *= 2
    sets = load_gene_sets({"loud": [placed_genes[i] for i in chosen]})
    p = []
    for sign in (1.0, rng.choice([-1.0, 1.0], len(z))):
        study, view = one_trait(pd.DataFrame({"gene": placed_genes, "z": sign * z}))
        p.append(magnitude(view, study, Members.of(study, sets)).p[0])
    assert p[0] == p[1] < 0.01


def test_what_a_covariate_explains_is_no_involvement(placed_genes):
    """|z| grows with var_g, and the set has the genes of large var_g."""
    rng = np.random.default_rng(3)
    log_var = rng.normal(size=len(placed_genes))
    z = rng.normal(size=len(placed_genes)) * np.exp(log_var / 4)
    frame = pd.DataFrame({"gene": placed_genes, "z": z, "var_g": np.exp(log_var)})
    chosen = rng.permutation(np.argsort(log_var)[-600:])[:80]
    sets = load_gene_sets({"large": [placed_genes[i] for i in chosen]})
    p = []
    for given in (frame, frame.drop(columns="var_g")):
        study, view = one_trait(given)
        p.append(magnitude(view, study, Members.of(study, sets)).p[0])
    assert p[0] > 0.05
    assert p[1] < 1e-3


def test_genes_without_position_are_left_out_and_counted(placed_genes):
    rng = np.random.default_rng(4)
    genes = [*placed_genes[:1500], "NOTAGENE1", "NOTAGENE2"]
    z = rng.normal(size=len(genes))
    sets = load_gene_sets(
        {"both": [*genes[:9], "NOTAGENE1"], "unplaced": ["NOTAGENE1", "NOTAGENE2"]}
    )
    study, view = one_trait(pd.DataFrame({"gene": genes, "z": z}))
    assert len(view.genes) == 1502
    found = magnitude(view, study, Members.of(study, sets))
    assert found.n_placed.tolist() == [9, 0]
    assert np.isnan(found.p).tolist() == [False, True]
    # Their z-scores touch nothing.
    loud = np.r_[z[:1500], 30.0, -30.0]
    study, view = one_trait(pd.DataFrame({"gene": genes, "z": loud}))
    assert magnitude(view, study, Members.of(study, sets)).p[0] == found.p[0]


@pytest.mark.parametrize("n", [1, 2, 3, 12])
def test_tiny_studies_do_not_fail(placed_genes, n):
    genes = placed_genes[::100][:n]
    sets = load_gene_sets({"one": genes[:1], "all": genes, "none": ["NOTAGENE1"]})
    for z in (np.r_[2.0, np.ones(n - 1)], np.random.default_rng(n).normal(size=n)):
        study, view = one_trait(pd.DataFrame({"gene": genes, "z": z}))
        found = magnitude(view, study, Members.of(study, sets))
        assert np.isnan(found.p[1:]).all()
        assert found.reason[1] == "the sum is the same in every rotation"
        assert np.isnan(found.p[0]) or 1 / n <= found.p[0] <= 1


def test_cluster_weights():
    owner = np.array([0, 0, 0, 0, 0, 1, 1, 2])
    chrom = np.array([1, 1, 1, 1, 2, 2, 2, 2])
    start = np.array([0, 400_000, 900_000, 1_400_001, 1_400_002, 1_400_003, 9_000_000, 9_000_001])
    expected = [1 / 3, 1 / 3, 1 / 3, 1, 1, 1, 1, 1]
    np.testing.assert_allclose(cluster_weights(owner, chrom, start), expected)
    assert cluster_weights(owner[:0], chrom[:0], start[:0]).shape == (0,)


# Size in an LD field ----------------------------------------------------------------------


class Genome:
    """Real positions: genes spread over the genome, and every gene of the tandem families."""

    def __init__(self, n):
        table = reference.load().dropna(subset=["start"])
        table = table[table["ensembl_id"] != ""].reset_index(drop=True)
        pattern = "|".join(FAMILIES.values())
        in_family = table["symbol"].map(lambda s: bool(re.fullmatch(pattern, s)))
        every = np.zeros(len(table), dtype=bool)
        every[:: -(-len(table) // n)] = True
        table = table[every | in_family].reset_index(drop=True)
        self.chrom = pd.factorize(table["chrom"])[0]
        self.start = table["start"].to_numpy(dtype=np.int64)
        self.symbol = table["symbol"]
        gap = np.diff(self.start, prepend=self.start[0]).astype(float)
        gap[np.diff(self.chrom, prepend=-1) != 0] = np.inf
        self.carry = np.exp(-np.maximum(gap, 0) / 300_000)

    def family(self, name):
        return np.flatnonzero(self.symbol.map(lambda s: bool(re.fullmatch(FAMILIES[name], s))))

    def fields(self, rng, n):
        """|z| of correlation 0.75 exp(-d / 300 kb), shape (n, n_genes)."""
        noise = rng.standard_normal((len(self.carry), n))
        smooth = np.empty_like(noise)
        state = np.zeros(n)
        for i, a in enumerate(self.carry):
            state = a * state + np.sqrt(1 - a**2) * noise[i]
            smooth[i] = state
        own = rng.standard_normal(noise.shape)
        return np.abs(np.sqrt(0.75) * smooth + np.sqrt(0.25) * own).T

    def places(self, sets):
        owner = np.repeat(np.arange(len(sets)), [len(s) for s in sets])
        at = np.concatenate([np.sort(s) for s in sets])
        weight = cluster_weights(owner, self.chrom[at], self.start[at])
        return Places(owner, at, weight, len(sets))

    def p_values(self, sets, rng, n):
        """P-values of the sets in `n` fields, shape (n, n_sets), the whole way from |z|."""
        where, out = self.places(sets), []
        density = np.log(gene_density(self.chrom, self.start))
        x = np.column_stack([np.ones(len(density)), density])
        for z in self.fields(rng, n):
            y = residuals(z, x)
            ratio = spread(where, correlogram(y, self.chrom, self.start), self.chrom, self.start)
            out.append(rotation_test(y, where, spread=ratio).p)
        return np.array(out)


def spread_sets(genome, rng, n):
    return [rng.choice(len(genome.start), m, replace=False) for m in rng.integers(5, 150, n)]


def clustered_sets(genome, rng):
    """The families alone, with ten others, all together; five and twenty runs of neighbours."""
    n = len(genome.start)
    families = [genome.family(name) for name in FAMILIES]
    mixed = [np.union1d(f, rng.choice(n, 10, replace=False)) for f in families]
    runs = [np.unique(rng.choice(n - 5, k, replace=False)[:, None] + np.arange(5)) for k in (5, 20)]
    return [*families, *mixed, np.unique(np.concatenate(families)), *runs]


def test_the_families_are_tandem_clusters():
    genome = Genome(4000)
    sizes = [len(genome.family(name)) for name in FAMILIES]
    assert sizes[0] == 9
    assert min(sizes[1:]) > 40
    where = genome.places([genome.family(name) for name in FAMILIES])
    assert np.rint(where.total(where.weight)).tolist()[0] == 1
    assert where.total(where.weight)[2] < 8


def test_field_has_the_correlation_it_claims():
    genome = Genome(2000)
    z = genome.fields(np.random.default_rng(0), 2000)
    i = genome.family("UGT1A")
    d = np.abs(genome.start[i[0]] - genome.start[i[-1]])
    rho = 0.75 * np.exp(-d / 300_000)
    # Correlation of |x|, |y| of a bivariate normal.
    expected = (2 / np.pi) * (np.sqrt(1 - rho**2) + rho * np.arcsin(rho) - 1) / (1 - 2 / np.pi)
    assert np.corrcoef(z[:, i[0]], z[:, i[-1]])[0, 1] == pytest.approx(expected, abs=0.06)


def test_size_in_the_ld_field():
    genome, rng = Genome(3000), np.random.default_rng(7)
    sets = [*spread_sets(genome, rng, 40), *clustered_sets(genome, rng)]
    p = genome.p_values(sets, rng, 400)
    even, clustered = p[:, :40] <= 0.05, p[:, 40:] <= 0.05
    assert 0.04 <= even.mean() <= 0.06
    assert 0.04 <= clustered.mean() <= 0.06
    # Each set: 400 fields have an error of 0.011.
    assert clustered.mean(axis=0).max() < 0.10
    assert (p <= 0.001).mean() < 0.002


def test_without_the_spread_clusters_lose_their_size():
    genome, rng = Genome(3000), np.random.default_rng(8)
    where = genome.places([genome.family("UGT1A"), genome.family("keratins")])
    plain = np.array([rotation_test(z, where).p for z in genome.fields(rng, 600)])
    assert (plain <= 0.05).mean() > 0.08


@pytest.mark.slow
def test_size_in_the_ld_field_of_a_full_study():
    genome, rng = Genome(14_000), np.random.default_rng(9)
    sets = [*spread_sets(genome, rng, 40), *clustered_sets(genome, rng)]
    p = np.concatenate([genome.p_values(sets, rng, 250) for _ in range(6)])
    even, clustered = p[:, :40], p[:, 40:]
    for part in (even, clustered):
        assert 0.04 <= (part <= 0.05).mean() <= 0.06
        assert 0.007 <= (part <= 0.01).mean() <= 0.013
        assert 0.0001 <= (part <= 0.001).mean() <= 0.0015
    # 1,500 fields have an error of 0.006.
    each = (clustered <= 0.05).mean(axis=0)
    assert 0.03 <= each.min() <= each.max() <= 0.07


# Real files -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(test_data):
    trait = read_trait(test_data("spredixcan", "ptsd"), name="PTSD")
    study = Study.from_traits([trait])
    sets = load_gene_sets(test_data("gene_sets", "ReactomePathways_2024-09-18.gmt.gz"))
    return study, Members.of(study, sets)


def test_real_files(real):
    study, members = real
    view = study.universe(("PTSD",))
    found = magnitude(view, study, members)
    tested = np.isfinite(found.p)
    assert tested.tolist() == (found.n_placed > 0).tolist()
    assert tested.sum() > 2400
    assert 0.02 < (found.p[tested] <= 0.05).mean() < 0.15
    assert (found.n_loci[tested] <= found.n_placed[tested]).all()
    # |z| depends on the variance of predicted expression before the residuals are taken.
    placed = study.genes["start"].notna().to_numpy()[view.genes]
    size = np.abs(view.z[0, placed])
    x = design(view, study, view.genes[placed], np.ones(placed.sum(), dtype=np.int64))
    assert abs(np.corrcoef(size, x[:, 1])[0, 1]) > 0.01
    assert abs(np.corrcoef(residuals(size, x), x[:, 1])[0, 1]) < 1e-8


def test_rotated_sets_have_size_on_real_files(real):
    """Sets moved together along the genome by random offsets, real |z|: few are involved."""
    study, members = real
    view = study.universe(("PTSD",), "Brain_Hippocampus")
    rng = np.random.default_rng(5)
    genes = study.genes["gene"].to_numpy()
    placed = view.genes[study.genes["start"].notna().to_numpy()[view.genes]]
    rates = []
    for shift in rng.integers(500, len(placed) - 500, 4):
        moved = dict(zip(placed, np.roll(placed, shift), strict=True))
        chosen = [
            [genes[moved[g]] for g in members.gene[members.owner == k] if g in moved]
            for k in range(0, len(members.pathways), 4)
        ]
        sets = load_gene_sets({f"set {k}": c for k, c in enumerate(chosen) if len(c) >= 5})
        p = magnitude(view, study, Members.of(study, sets)).p
        rates.append((p[np.isfinite(p)] <= 0.05).mean())
    assert 0.02 < np.mean(rates) < 0.09
