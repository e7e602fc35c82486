"""Power of each test of a planned study, the smallest effect it sees, and the N_eff it would need.

The tests and their words are those of a run: ``direction`` of one trait (``p_direction``,
``q_direction``), ``opposite`` and ``concordant`` directions of two (``p_opposite``,
``p_concordant``, ``q_call``), and their ``difference`` (``p_difference``, ``q_difference``). An
effect is added to every member, times its role, in every tissue: to one trait, to both (opposite,
concordant), or it is the difference of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtri

from pathways.nulls.interval import bound
from pathways.power.achieved import type_errors
from pathways.power.design import Design
from pathways.power.noncentrality import attainable_alpha
from pathways.power.rejection import joint
from twas.errors import UsageError

#: What each column of the table says.
COLUMNS = {
    "test": "direction, opposite, concordant or difference",
    "trait": "trait, or both traits",
    "effect": "true effect per member in one tissue: half log-odds per SD of predicted expression",
    "odds_ratio": "exp(2 effect): odds ratio per SD of predicted expression of one member",
    "activity": "the activity, or difference, that a run would estimate over all tissues combined",
    "se": "its standard error",
    "power": "probability of p at most alpha",
    "power_fdr": "probability of q at most alpha in the collection; of two directions: of the call",
    "type_m": "exaggeration of a significant estimate; empty for calls",
    "type_s": "risk that a significant estimate has the wrong sign; empty for calls",
    "detectable_effect": "effect that has the power asked for at p at most alpha",
    "detectable_effect_fdr": "the same at q at most alpha",
    "bound": "calls: both effects of such directions exceed at most this, at 5 %, where a run finds"
    " none (median); empty for direction and difference",
    "n_eff_of": "trait whose N_eff the next columns are about",
    "n_eff_needed": "its N_eff that gives the power asked for at p at most alpha; inf: none does",
    "n_eff_needed_fdr": "the same at q at most alpha",
}
#: Power that counts as enough.
POWER = 0.8
#: Number of effects in the automatic grid is at most this, in the curves exactly.
MOST_EFFECTS, CURVE = 12, 41
#: An effect beyond this is none.
_MAX_EFFECT = 1e4
#: Quantiles of each activity in the grid.
_GRID = 64
#: Bounds of an N_eff that is searched for, and the relative error of what is found.
_N_BOUNDS, _N_ERROR = (1.0, 1e10), 0.01


@dataclass(frozen=True)
class Plan:
    """What a planned study could see.

    Attributes
    ----------
    design
        The study.
    table
        A row per test × effect, columns `COLUMNS`.
    curves
        The same tests at `CURVE` effects from 0: ``test trait effect power power_fdr``.
    """

    design: Design
    table: pd.DataFrame
    curves: pd.DataFrame


def plan(design: Design, effects: Sequence[float] = ()) -> Plan:
    """Compute power, errors of type M and S, detectable effects and the N_eff needed.

    Parameters
    ----------
    design
        The study.
    effects
        True effects per member and tissue, above 0, in half log-odds per SD of predicted
        expression; by default up to a little above the largest detectable one.

    Raises
    ------
    UsageError
        If an effect is not above 0.
    """
    if not all(0 < effect < np.inf for effect in effects):
        raise UsageError("`effects`: give effects above 0, such as 0.005")
    tests = [*_tests(design)]
    automatic = _grid(tests)
    chosen = sorted(set(effects)) or automatic
    rows = [row for test in tests for row in _rows(design, test, chosen)]
    curves = [
        (test.name, test.trait, effect, test.power(effect), test.power_fdr(effect))
        for test in tests
        for effect in np.linspace(0.0, max(*chosen, *automatic), CURVE)
    ]
    names = ["test", "trait", "effect", "power", "power_fdr"]
    return Plan(design, pd.DataFrame(rows, columns=[*COLUMNS]), pd.DataFrame(curves, columns=names))


@dataclass(frozen=True)
class _Test:
    """One test: its powers as functions of the effect and of the N_eff of its weaker trait.

    Attributes
    ----------
    name, trait, weaker
        As in the table.
    se
        Standard error in units of effect, None for a call.
    at, at_fdr
        Power from effect and N_eff (None: as planned).
    bound
        Of a call, the bound to expect without an effect.
    """

    name: str
    trait: str
    weaker: str
    se: float | None
    at: Callable[[float, float | None], float]
    at_fdr: Callable[[float, float | None], float]
    bound: float = np.nan

    def power(self, effect: float) -> float:
        """Power at p."""
        return self.at(effect, None)

    def power_fdr(self, effect: float) -> float:
        """Power at q."""
        return self.at_fdr(effect, None)

    @cached_property
    def detectable(self) -> float:
        """Effect of enough power at p."""
        return _detectable(self.power)

    @cached_property
    def detectable_fdr(self) -> float:
        """Effect of enough power at q."""
        return _detectable(self.power_fdr)


def _tests(design: Design) -> Iterator[_Test]:
    for trait in design.traits:
        yield _single(design, "direction", trait, trait, partial(design.se, trait))
    if len(design.traits) == 2:
        for name, sign in (("opposite", -1), ("concordant", 1)):
            yield _call(design, name, sign)
        both = " - ".join(design.traits)
        yield _single(design, "difference", both, design.weaker, design.se_difference)


def _single(
    design: Design, name: str, trait: str, weaker: str, se: Callable[[float | None], float]
) -> _Test:
    """A test of one linear form: power depends on effect / se alone."""
    family = design.family
    return _Test(
        name,
        trait,
        weaker,
        se(None),
        lambda effect, n: family.rejection.power(effect / se(n), design.alpha),
        lambda effect, n: family.direction(effect / se(n)),
    )


def _call(design: Design, name: str, sign: int) -> _Test:
    """Both directions at once: `sign` is the product of the directions."""
    family = design.family
    first, second = design.traits

    def deltas(effect: float, n: float | None) -> tuple[float, float]:
        a, b = (n if trait == design.weaker else None for trait in (first, second))
        return effect / design.se(first, a), effect / design.se(second, b)

    def at(effect: float, n: float | None) -> float:
        a, b = (family.rejection.one_sided_at(d, design.alpha) for d in deltas(effect, n))
        return float(joint(np.array([a]), np.array([b]), sign * design.correlation(n))[0])

    def at_fdr(effect: float, n: float | None) -> float:
        return family.call(*deltas(effect, n), sign * design.correlation(n))

    expected = expected_bound(design, sign)
    return _Test(name, ", ".join(design.traits), design.weaker, None, at, at_fdr, expected)


def _rows(design: Design, test: _Test, effects: Sequence[float]) -> Iterator[dict[str, object]]:
    for effect in effects:
        yield {
            "test": test.name,
            "trait": test.trait,
            "effect": effect,
            "odds_ratio": float(np.exp(2 * effect)),
            "activity": effect * design.scale,
            "se": np.nan if test.se is None else test.se * design.scale,
            "power": test.power(effect),
            "power_fdr": test.power_fdr(effect),
            **_errors(design, test, effect),
            "detectable_effect": test.detectable,
            "detectable_effect_fdr": test.detectable_fdr,
            "bound": test.bound,
            "n_eff_of": test.weaker,
            "n_eff_needed": _n_needed(partial(test.at, effect)),
            "n_eff_needed_fdr": _n_needed(partial(test.at_fdr, effect)),
        }


def _errors(design: Design, test: _Test, effect: float) -> dict[str, float]:
    if test.se is None:
        return {"type_m": np.nan, "type_s": np.nan}
    rejection = design.family.rejection
    level = attainable_alpha(np.array([rejection.n_blocks]), design.alpha)
    found = type_errors(np.array([effect]), np.array([test.se]), np.array([rejection.df]), level)
    return {"type_m": float(found.exaggeration[0]), "type_s": float(found.wrong_sign[0])}


def _detectable(power: Callable[[float], float]) -> float:
    """The effect with enough power; infinite where none has it."""
    low, high = 1e-3, 1e-2
    while power(high) < POWER:
        high *= 10
        if high > _MAX_EFFECT:
            return np.inf
    while power(low) >= POWER:
        low /= 10
    root = brentq(lambda x: power(np.exp(x)) - POWER, np.log(low), np.log(high), xtol=1e-3)
    return float(np.exp(root))


def _n_needed(power: Callable[[float], float]) -> float:
    """The N_eff with enough power; infinite where none has it."""
    low, high = _N_BOUNDS
    if power(high) < POWER:
        return np.inf
    if power(low) >= POWER:
        return low
    root = brentq(lambda x: power(np.exp(x)) - POWER, np.log(low), np.log(high), xtol=_N_ERROR)
    return float(np.exp(root))


def _grid(tests: Sequence[_Test]) -> list[float]:
    """Round effects up to a little above the largest that is detectable."""
    found = [e for test in tests for e in (test.detectable, test.detectable_fdr)]
    top = 1.2 * max([e for e in found if np.isfinite(e)], default=0.05)
    unit = 10.0 ** np.floor(np.log10(top / MOST_EFFECTS))
    step = next(s * unit for s in (1, 2, 2.5, 5, 10) if s * unit * MOST_EFFECTS >= top)
    return [float(f"{step * k:.6g}") for k in range(1, int(np.ceil(top / step)) + 1)]


def expected_bound(design: Design, product: int) -> float:
    """Median bound, in units of effect, that two traits without an effect would give.

    How opposite, or how shared, could a set still be? A run prints ``bound_opposite`` and
    ``bound_concordant`` (`pathways.nulls.interval`) from the intervals ``A_k +- q se_k``.
    Without an effect the activities are jointly normal with the errors and their correlation of
    the design; ``q`` is the half width that is as often too small as too large: the test of a
    shift of ``q se`` rejects in half of the cases. The bound to expect is the median over a fixed
    grid of both activities, so nothing is drawn.

    Parameters
    ----------
    design
        Two traits.
    product
        -1 for opposite directions, +1 for a shared one.
    """
    x, y = np.meshgrid(*[ndtri((np.arange(_GRID) + 0.5) / _GRID)] * 2)
    r = design.correlation()
    width = half_width(design)
    ends = []
    for trait, seen in zip(design.traits, (x, r * x + np.sqrt(1 - r**2) * y), strict=True):
        se = design.se(trait)
        ends += [se * (seen - width), se * (seen + width)]
    return float(np.median(bound(*ends, product=product)))


def half_width(design: Design) -> float:
    """Half width of the 95 % interval of an activity, in standard errors (median)."""
    rejection = design.family.rejection
    return float(brentq(lambda delta: rejection.one_sided_at(delta, 0.025) - 0.5, 0.5, 16.0))
