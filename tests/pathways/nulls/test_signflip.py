"""The sign-flip test against enumeration and against many random flips."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pathways.nulls import enumeration, inversion
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import least_tail, sign_flip


def ragged(runs):
    lengths = [len(run) for run in runs]
    return Ragged(np.concatenate(runs), np.concatenate([[0], np.cumsum(lengths)]))


def p_of(c):
    return float(sign_flip(ragged([np.asarray(c, dtype=float)])).p[0])


def enumerate_all(c):
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=len(c))))
    return float(np.mean(np.abs(signs @ c) >= abs(c.sum()) - 1e-12 * np.abs(c).sum()))


def flip_randomly(c, rng, n=200_000):
    hits = 0
    for _ in range(n // 10_000):
        signs = rng.integers(0, 2, (10_000, len(c)), dtype=np.int8) * 2.0 - 1.0
        hits += int((np.abs(signs @ c) >= abs(c.sum()) - 1e-12 * np.abs(c).sum()).sum())
    return hits / n


SHAPES = {
    "normal": lambda rng, n: rng.normal(size=n) + 0.2,
    "heavy": lambda rng, n: rng.standard_t(2, size=n) + 0.1,
    "giant": lambda rng, n: np.r_[25.0, rng.normal(size=n - 1) + 0.15],
    "equal": lambda rng, n: np.where(rng.random(n) < 0.6, 1.0, -1.0),
    "nearly equal": lambda rng, n: (
        np.where(rng.random(n) < 0.6, 1.0, -1.0) * (1 + 0.01 * rng.normal(size=n))
    ),
    "loosely equal": lambda rng, n: (
        np.where(rng.random(n) < 0.6, 1.0, -1.0) * (1 + 0.1 * rng.normal(size=n))
    ),
    "one and two": lambda rng, n: (
        np.where(rng.random(n) < 0.55, 1.0, -1.0) * rng.choice([1.0, 2.0], n)
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [6, 12, 18, 25, 40, 100, 300])
def test_p_agrees_with_200_000_flips(shape, n):
    rng = np.random.default_rng([n, list(SHAPES).index(shape)])
    for _ in range(2):
        c = SHAPES[shape](rng, n)
        drawn = flip_randomly(c, rng)
        error = np.sqrt(max(drawn, 1e-5) * (1 - drawn) / 200_000)
        assert abs(p_of(c) - drawn) <= max(5 * error, 0.05 * drawn)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 13, 14, 16])
def test_p_is_enumeration_to_rounding(n):
    rng = np.random.default_rng(n)
    for c in (rng.normal(size=n) + 0.3, np.where(rng.random(n) < 0.7, 1.0, -1.0)):
        assert p_of(c) == pytest.approx(enumerate_all(c), abs=1e-15)


def test_p_of_24_blocks_is_exact():
    rng = np.random.default_rng(24)
    signs = enumeration.sign_vectors(20)
    for _ in range(3):
        c = rng.normal(size=24) + 0.4
        bound = abs(c.sum()) - 1e-12 * np.abs(c).sum()
        first = signs @ c[:20]
        hits = sum(
            int((np.abs(first + np.dot(rest, c[20:])) >= bound).sum())
            for rest in itertools.product([-1.0, 1.0], repeat=4)
        )
        assert p_of(c) == pytest.approx(hits / 2**24, abs=1e-7)


@pytest.mark.parametrize("n", [3, 8, 13, 20, 24, 25, 60, 300, 1050])
def test_contributions_of_one_sign_give_the_smallest_p(n):
    rng = np.random.default_rng(n)
    for c in (rng.random(n) + 0.01, np.ones(n), -rng.random(n) - 1e-3):
        assert p_of(c) == pytest.approx(2.0 ** (1 - n), rel=1e-9)


def test_far_tail_keeps_its_relative_accuracy():
    """Against exact counts of small subsets: at 40 blocks almost all of one sign."""
    rng = np.random.default_rng(5)
    for flipped in (1, 2, 3):
        c = rng.random(40) + 0.5
        c[:flipped] *= -1
        size, gap = np.abs(c), np.abs(c[:flipped]).sum()
        subsets = sum(
            int((np.array([sum(s) for s in itertools.combinations(size, k)]) <= gap + 1e-9).sum())
            for k in range(6)
        )
        assert p_of(c) == pytest.approx(2 * subsets / 2.0**40, rel=5e-3)


def test_inversion_agrees_with_exact_counts_at_24_blocks():
    rng = np.random.default_rng(7)
    runs = [rng.normal(size=24) + 0.3 * rng.normal() for _ in range(100)]
    exact = sign_flip(ragged(runs)).p
    inverted = 2 * inversion.upper_tail(ragged(runs))
    np.testing.assert_allclose(inverted, exact, rtol=0.01)


@pytest.mark.parametrize("spread", [0.0, 1e-3, 1e-2, 0.1])
def test_lattice_agrees_with_exact_counts_at_24_blocks(spread):
    rng = np.random.default_rng(8)
    for _ in range(10):
        c = np.where(rng.random(24) < 0.65, 1.0, -1.0) * (1 + spread * rng.normal(size=24))
        assert 2 * enumeration.upper_tail(c) == pytest.approx(p_of(c), rel=0.03)


def test_lattice_step():
    assert enumeration.lattice_step(np.array([2.0, 3.0, 5.0]) * 0.1) == pytest.approx(0.1)
    assert enumeration.lattice_step(np.array([1.0, np.sqrt(2), np.pi])) is None


def test_one_sided_p():
    rng = np.random.default_rng(1)
    for n in (7, 15, 40):
        c = rng.normal(size=n) + 0.3
        test = sign_flip(ragged([c, -c]))
        assert test.p_up[0] == test.p_down[1]
        assert min(test.p_up[0], test.p_down[0]) == pytest.approx(test.p[0] / 2)
    signs = enumeration.sign_vectors(9)
    c = rng.normal(size=9)
    test = sign_flip(ragged([c]))
    assert test.p_up[0] == pytest.approx(np.mean(signs @ c >= c.sum() - 1e-12))
    assert test.p_down[0] == pytest.approx(np.mean(signs @ c <= c.sum() + 1e-12))


def test_zero_activity_is_no_evidence():
    test = sign_flip(ragged([np.array([1.0, -1.0, 2.0, -2.0]), np.zeros(6), np.array([])]))
    assert test.p[:2].tolist() == [1.0, 1.0]
    assert (test.p_up[:2] >= 0.5).all()
    assert (test.p_down[:2] >= 0.5).all()
    assert np.isnan(test.p[2])
    assert np.isnan(test.statistic[2])


@pytest.mark.parametrize("n", [4, 14, 26, 100])
def test_balanced_contributions_are_no_evidence(n):
    """An activity of exactly zero has p = 1, whatever the branch."""
    c = np.r_[np.ones(n // 2), -np.ones(n // 2)]
    assert p_of(c) == 1.0
    assert p_of(np.r_[np.full(n // 2, 2.0), -np.ones(n)]) == 1.0


def test_contributions_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        p_of([1.0, np.nan, 2.0])


def test_lattices_of_many_sizes_are_seen():
    rng = np.random.default_rng(12)
    for _ in range(20):
        c = rng.integers(1, 13, 24) * np.where(rng.random(24) < 0.75, 1.0, -1.0)
        if c.sum() != 0:
            assert 2 * inversion.upper_tail(ragged([c])) == pytest.approx(p_of(c), rel=0.03)


finite = st.floats(-5, 5).map(lambda v: round(v, 3))


@given(arrays(np.float64, st.integers(2, 40), elements=finite), st.integers(0, 99))
def test_p_does_not_depend_on_sign_scale_or_order(c, seed):
    shuffled = np.random.default_rng(seed).permutation(c)
    p = p_of(c)
    assert 2.0 ** (1 - len(c)) <= p * (1 + 1e-9)
    assert p <= 1
    assert p_of(-c) == pytest.approx(p, rel=1e-6)
    assert p_of(1000 * c) == pytest.approx(p, rel=1e-6)
    assert p_of(shuffled) == pytest.approx(p, rel=1e-6)
    assert p_of(np.r_[c, 0.0]) == pytest.approx(p, rel=5e-3)


def test_sets_do_not_disturb_each_other():
    rng = np.random.default_rng(3)
    runs = [rng.normal(size=n) + 0.2 for n in (30, 5, 24, 120, 30, 13, 25)]
    together = sign_flip(ragged(runs)).p
    np.testing.assert_allclose(together, [p_of(run) for run in runs], rtol=1e-9)


def test_size_under_the_null():
    """Symmetric contributions: p is uniform, or above (discrete)."""
    rng = np.random.default_rng(11)
    for n, draws in ((8, 4000), (20, 2000), (60, 4000)):
        p = sign_flip(ragged([rng.standard_t(3, size=n) for _ in range(draws)])).p
        for alpha in (0.05, 0.2, 0.5):
            rate = (p <= alpha).mean()
            assert rate <= alpha + 4 * np.sqrt(alpha * (1 - alpha) / draws)


@pytest.mark.parametrize("n", [25, 40, 100])
def test_a_few_ties_are_no_lattice(n, monkeypatch):
    rng = np.random.default_rng(n)
    runs = []
    for _ in range(40):
        c = rng.normal(size=n)
        pairs = rng.choice(n, 2 * (n // 10), replace=False).reshape(2, -1)
        c[pairs[0]] = c[pairs[1]] * rng.choice([-1, 1], pairs.shape[1])
        runs.append(c)
    short = inversion.upper_tail(ragged(runs))
    monkeypatch.setattr(inversion, "TIED", -1.0)  # every set takes the longest rule
    assert short == pytest.approx(inversion.upper_tail(ragged(runs)), rel=5e-3)


@given(
    st.lists(
        arrays(float, st.integers(1, 40), elements=st.floats(-1e6, 1e6, allow_subnormal=False)),
        min_size=1,
        max_size=5,
    )
)
def test_no_tail_is_below_its_bound(runs):
    c = ragged(runs)
    assert (least_tail(c) <= sign_flip(c).p * (1 + 1e-3)).all()


@pytest.mark.parametrize("unit", [2.0**-1021, 2.0**-700, 2.0**600, 2.0**1000])
def test_the_unit_of_a_set_changes_no_tail(unit):
    """As far as numbers reach: squares of these are none."""
    c = [np.r_[1.0, np.zeros(24)], np.r_[2.0, -0.5, np.full(30, 0.25)], np.linspace(-3, 2.5, 60)]
    assert (sign_flip(ragged([run * unit for run in c])).p == sign_flip(ragged(c)).p).all()


def test_the_bound_is_a_third_where_nothing_is_left_and_zero_far_out():
    equal = np.ones(100)
    alternating = np.where(np.arange(100) % 2, 1.0, -1.0)
    bound = least_tail(ragged([alternating, equal, np.zeros(3)]))
    assert bound == pytest.approx([1 / (3 - 0.02), 0.0, 0.0])


def test_sets_that_are_skipped_decide_no_call():
    """`calls_only` leaves out sums whose p is above alpha for certain."""
    rng = np.random.default_rng(3)
    c = ragged([rng.normal(size=int(n)) for n in rng.integers(6, 60, 400)])
    p = sign_flip(c).p / 2
    skipped = least_tail(c) / 2 > 0.05
    assert skipped.sum() > 100
    assert (p[skipped] > 0.05).all()
