"""A planned study: errors, detectable effects, the N_eff needed, words, files."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.stats import multivariate_normal, norm

from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.power.design import Design, Loci
from pathways.power.family import Family
from pathways.power.noncentrality import sign_flip_noncentrality
from pathways.power.plan import COLUMNS, CURVE, POWER, _tests, plan
from pathways.power.rejection import LEVELS, Rejection, joint
from pathways.report.exports.power_plan import plan_json, power_table, sentences, write_plan
from pathways.report.figures import style
from pathways.report.figures.power_curves import power_curves
from pathways.report.figures.save import draw
from twas.errors import UsageError
from twas.system.program import data_path

PAIR = {"ALS": 87_400.0, "FTD": 10_300.0}


@pytest.fixture(scope="module")
def found():
    design = Design(PAIR, Loci.spread(50, 30), rg=0.64, overlap=0.02)
    return plan(design, [0.002, 0.004])


def row(found, test, effect, trait=None):
    table = found.table
    rows = table[(table["test"] == test) & (table["effect"] == effect)]
    rows = rows if trait is None else rows[rows["trait"] == trait]
    assert len(rows) == 1
    return rows.iloc[0]


@given(st.floats(-0.9, 0.9), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_joint_power_against_scipy(r, a, b):
    expected = multivariate_normal.cdf(norm.ppf([a, b]), cov=[[1, r], [r, 1]])
    assert joint(np.array([a]), np.array([b]), r)[0] == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("n_blocks", [6, 9, 14, 30, 80])
def test_rejection_agrees_with_the_detectable_effect_of_a_run(n_blocks):
    """Another approximation of the same power, itself within 0.77 to 0.82 of simulation."""
    weights = np.full(n_blocks, 1 / n_blocks)
    delta = sign_flip_noncentrality(Ragged(weights, np.array([0, n_blocks])), 0.05)[0]
    assert Rejection(weights).power(delta, 0.05) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("n_blocks", [7, 30])
def test_rejection_holds_its_level_and_rises(n_blocks):
    one = Rejection(np.full(n_blocks, 1 / n_blocks))
    attainable = np.floor(LEVELS * 2.0**n_blocks) / 2.0**n_blocks if n_blocks < 16 else LEVELS
    np.testing.assert_allclose(one.one_sided(0.0), attainable, atol=0.006)
    steps = [one.one_sided(delta) for delta in np.linspace(-2, 9, 40)]
    assert (np.diff(steps, axis=0) >= -1e-9).all()
    assert (np.diff(steps, axis=1) >= -1e-9).all()
    assert one.power(9.0, 0.05) > 0.99


@pytest.mark.slow
def test_a_locus_that_outweighs_the_rest_is_not_left_to_a_t_test():
    weights = np.r_[30.0, np.ones(30)] / 60
    one = Rejection(weights)
    rng = np.random.default_rng(3)
    c = 3.0 * weights + np.sqrt(weights) * rng.standard_normal((1000, 31))
    p = sign_flip(Ragged(c.ravel(), np.arange(0, c.size + 1, 31))).p
    assert one.df < 4
    assert one.power(3.0, 0.05) == pytest.approx((p <= 0.05).mean(), abs=0.05)


def test_one_set_alone_needs_a_third_of_alpha_for_a_call():
    """Three of its own four hypotheses pass the filter, so q is three times L and what it adds."""
    one = Rejection(np.full(30, 1 / 30))
    family = Family(one, n_sets=1, n_true=1, alpha=0.05)
    most, least = (norm.cdf(3.0 + norm.ppf(0.05 / k)) ** 2 for k in (3, 6))
    assert least < family.call(3.0, 3.0, 0.0) < most
    assert family.direction(3.0) == pytest.approx(one.power(3.0, 0.05), abs=0.01)


def test_more_sets_cost_power_and_more_true_sets_return_some():
    one = Rejection(np.full(30, 1 / 30))
    call, direction = (
        [
            getattr(Family(one, m, s, 0.05), name)(*([2.5] * k), *([0.0] * (k - 1)))
            for m, s in ((1, 1), (20, 1), (300, 1))
        ]
        for name, k in (("call", 2), ("direction", 1))
    )
    assert call == sorted(call, reverse=True)
    assert direction == sorted(direction, reverse=True)
    assert Family(one, 20, 10, 0.05).call(4.0, 4.0, 0.0) > Family(one, 20, 1, 0.05).call(4, 4, 0)
    assert Family(one, 20, 10, 0.05).direction(2.5) > direction[1]


def test_errors_by_hand():
    design = Design(
        PAIR,
        Loci.spread(50, 30),
        tissues=4,
        tissue_correlation=0.5,
        rg=0.6,
        overlap=0.1,
        polygenic=0.002,
    )
    scale = 4 / np.sqrt(4 + 12 * 0.5)
    a, b = (1 / n + 0.002**2 for n in PAIR.values())
    shared = 0.1 / np.sqrt(PAIR["ALS"] * PAIR["FTD"]) + 0.6 * 0.002**2
    assert design.scale == pytest.approx(scale)
    assert design.se("FTD") == pytest.approx(np.sqrt(b / 50) / scale)
    assert design.correlation() == pytest.approx(shared / np.sqrt(a * b))
    assert design.se_difference() == pytest.approx(np.sqrt((a + b - 2 * shared) / 50) / scale)
    spread = replace(design, dispersion={"ALS": 1.5})
    assert spread.gene_variance("ALS") == pytest.approx(1.5**2 / PAIR["ALS"])
    assert spread.gene_variance("FTD") == pytest.approx(b)
    # The polygenic spread belongs to the trait: a larger study does not shrink it.
    assert spread.gene_variance("ALS", 1e15) == pytest.approx(1.25 / PAIR["ALS"])


def test_columns_and_rows(found):
    assert tuple(found.table.columns) == tuple(COLUMNS)
    tests = found.table.groupby(["test", "trait"], sort=False).size()
    assert tests.to_dict() == {
        ("direction", "ALS"): 2,
        ("direction", "FTD"): 2,
        ("opposite", "ALS, FTD"): 2,
        ("concordant", "ALS, FTD"): 2,
        ("difference", "ALS - FTD"): 2,
    }
    powers = found.table[["power", "power_fdr"]].to_numpy()
    assert ((powers >= 0) & (powers <= 1)).all()
    single = found.table["type_m"].notna()
    assert set(found.table.loc[~single, "test"]) == {"opposite", "concordant"}
    assert (found.table.loc[single, "type_m"] >= 1).all()
    np.testing.assert_allclose(found.table["activity"], found.table["effect"] * found.design.scale)


def power_of(design, test, effect, suffix, trait=None):
    """One power of a plan, without the rest of it, which takes seconds."""
    (one,) = [t for t in _tests(design) if t.name == test and trait in (None, t.trait)]
    return one.power_fdr(effect) if suffix else one.power(effect)


@pytest.mark.parametrize("suffix", ["", "_fdr"])
@pytest.mark.parametrize("test", ["direction", "opposite", "concordant", "difference"])
def test_the_detectable_effect_has_the_power(found, test, suffix):
    trait = "FTD" if test == "direction" else None
    told = row(found, test, 0.004, trait)
    assert told[f"power{suffix}"] == power_of(found.design, test, 0.004, suffix, trait)
    at = told[f"detectable_effect{suffix}"]
    assert power_of(found.design, test, at, suffix, trait) == pytest.approx(POWER, abs=0.01)


@pytest.mark.parametrize("suffix", ["", "_fdr"])
@pytest.mark.parametrize("test", ["direction", "opposite", "difference"])
def test_the_n_eff_needed_has_the_power(found, test, suffix):
    trait = "FTD" if test == "direction" else None
    needed = row(found, test, 0.002, trait)
    assert needed["n_eff_of"] == "FTD"
    larger = replace(found.design, n_eff=PAIR | {"FTD": needed[f"n_eff_needed{suffix}"]})
    assert power_of(larger, test, 0.002, suffix, trait) == pytest.approx(POWER, abs=0.02)


def test_polygenic_effects_can_forbid_any_sample_size():
    design = Design({"A": 5_000.0}, Loci.spread(20, 20), polygenic=0.004, tissues=1)
    small, large = plan(design, [0.001, 0.01]).table["n_eff_needed"]
    assert np.isinf(small)
    assert np.isfinite(large)
    assert np.isfinite(plan(replace(design, polygenic=0.0), [0.001]).table["n_eff_needed"][0])
    assert any("no N_eff of A is enough" in line for line in sentences(plan(design, [0.001])))


def test_swapping_the_traits_changes_no_power(found):
    turned = plan(replace(found.design, n_eff=dict(reversed(PAIR.items()))), [0.002, 0.004])
    for test in ("opposite", "concordant", "difference"):
        for effect in (0.002, 0.004):
            a, b = row(found, test, effect), row(turned, test, effect)
            assert a["power"] == pytest.approx(b["power"], abs=1e-9)
            # Of the other sets other p are drawn.
            assert a["power_fdr"] == pytest.approx(b["power_fdr"], abs=0.015)
            assert a["n_eff_of"] == b["n_eff_of"] == "FTD"


@pytest.mark.slow
def test_automatic_effects_are_round_and_reach_the_detectable_ones():
    found = plan(Design(PAIR, Loci.spread(50, 30)))
    effects = found.table["effect"].drop_duplicates()
    assert 5 <= len(effects) <= 13
    assert effects.max() > found.table["detectable_effect_fdr"].max()
    assert all(float(f"{effect:.3g}") == effect for effect in effects)


def test_too_few_loci_for_the_fdr_is_said():
    found = plan(Design({"A": 50_000.0}, Loci.spread(12, 8), n_sets=100), [0.01])
    assert np.isinf(found.table["detectable_effect_fdr"]).all()
    assert any("too few loci" in line for line in sentences(found))
    assert '"inf"' in plan_json(found)


def test_loci_of_a_shipped_set():
    whole = Loci.of_pathway("complement", covered=1.0)
    table = pd.read_csv(data_path("gene_sets", "core.tsv"), sep="\t")
    signed = table[(table["pathway"] == "complement") & (table["role"] != 0)]
    assert whole.n_genes == len(signed)
    assert len(whole.members) < whole.n_genes  # the MHC is one locus
    part = Loci.of_pathway("complement", covered=0.5)
    assert part.n_genes == round(0.5 * whole.n_genes)
    assert part.members.min() >= 1


def test_terminal_table_and_words(found):
    lines = power_table(found).splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
    assert lines[2].startswith("0.004")
    text = "\n".join(sentences(found))
    assert "FTD (N_eff 10,300)" in text
    assert "FTD would need an N_eff of" in text


def test_files(found, tmp_path):
    for name in ("one", "two"):
        write_plan(found, tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == [
        *("power.json", "power.svg", "power.tsv", "power_curves.tsv"),
        "run.json",
    ]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    table = pd.read_csv(tmp_path / "one" / "power.tsv", sep="\t")
    pd.testing.assert_frame_equal(table, found.table)
    content = json.loads((tmp_path / "one" / "power.json").read_text(encoding="utf-8"))
    assert content["design"]["n_eff"] == PAIR
    assert len(content["table"]) == len(found.table)
    with pytest.raises(UsageError, match="`force`"):
        write_plan(found, tmp_path / "one")
    write_plan(found, tmp_path / "one", force=True)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"n_eff": {}}, "`n_eff`"),
        ({"n_eff": {"A": 1.0, "B": 1.0, "C": 1.0}}, "`n_eff`"),
        ({"dispersion": {"X": 1.2}}, "`dispersion`"),
        ({"dispersion": {"ALS": 0.7}}, "`dispersion`"),
        ({"dispersion": {"ALS": np.nan}}, "`dispersion`"),
        ({"loci": Loci.spread(5, 5)}, "`loci`"),
        ({"alpha": 0.0}, "`alpha`"),
        ({"tissues": 0}, "`tissues`"),
        ({"tissue_correlation": 1.0}, "`tissue_correlation`"),
        ({"overlap": 1.0}, "`overlap`"),
        ({"rg": 1.5}, "`rg`"),
        ({"polygenic": -1.0}, "`polygenic`"),
        ({"n_sets": 0}, "`n_sets`"),
        ({"n_true": 21}, "`n_true`"),
    ],
)
def test_impossible_designs(changes, word):
    with pytest.raises(UsageError, match=word):
        Design(**{"n_eff": PAIR, "loci": Loci.spread(50, 30)} | changes)


def test_impossible_loci_and_effects(found):
    with pytest.raises(UsageError, match="`loci`"):
        Loci.spread(5, 6)
    with pytest.raises(UsageError, match="mtor"):
        Loci.of_pathway("mtro")
    with pytest.raises(UsageError, match="`covered`"):
        Loci.of_pathway("mtor", covered=0.0)
    with pytest.raises(UsageError, match="`effects`"):
        plan(found.design, [-0.1])


@pytest.mark.parametrize("width", [style.COLUMN, style.PAGE])
def test_figure(found, width):
    ax = draw(power_curves, found, width=width)
    lines = [line for line in ax.lines if len(line.get_xdata()) == CURVE]
    assert len(lines) == 5
    for line in lines:
        assert np.ptp(line.get_ydata()) > 0.9
    assert len(ax.get_legend().get_texts()) == 5
    assert "FTD (N_eff 10,300)" in ax.get_legend().get_texts()[1].get_text()
    assert ax.get_xlim()[0] == 0
    # A point at the detectable effect of each test, on the line of enough power.
    points = [line for line in ax.lines if list(line.get_ydata()) == [POWER]]
    assert len(points) == 5
    renderer = FigureCanvasAgg(ax.get_figure()).get_renderer()
    box, whole = ax.get_tightbbox(renderer), ax.get_figure().bbox
    assert box.x0 >= whole.x0 - 1
    assert box.x1 <= whole.x1 + 1


def test_figure_on_given_axes(found):
    ax = style.new_axes(3.0)
    assert power_curves(found, ax) is ax
