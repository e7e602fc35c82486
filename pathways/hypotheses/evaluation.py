"""What a run says about each prediction: one-sided tests both ways, Holm over all of them.

The tables of the run hold the row that a prediction is about, or the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pathways.calls.multiplicity import holm
from pathways.calls.vocabulary import ALPHA
from pathways.hypotheses.registry import Hypothesis
from twas.study.universe import COMBINED

Row = dict[str, Any]

VERDICTS = ("supported", "contradicted", "inconclusive", "not tested")
_STATED = ("id", "statement", "kind", "trait", "trait_b", "pathway", "sign", "source")
#: Columns of `evaluate`, in the order of the table.
_COLUMNS = (
    *_STATED,
    "independent",
    "estimate",
    "ci_low",
    "ci_high",
    "excluded_above",
    "p_for",
    "p_against",
    "holm_for",
    "holm_against",
    "verdict",
    "detectable_effect",
    "reason",
)


@dataclass(frozen=True)
class _Tables:
    """Rows of the combined scope."""

    directions: pd.DataFrame
    divergence: pd.DataFrame
    balance: pd.DataFrame | None


class _NotTestedError(Exception):
    """Carries the reason why a prediction was not tested."""


@dataclass(frozen=True)
class _Finding:
    """What the tables hold on one prediction; NaN p where it was not tested."""

    estimate: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    excluded_above: float = np.nan
    p_for: float = np.nan
    p_against: float = np.nan
    detectable_effect: float = np.nan
    reason: str = ""


def evaluate(
    hypotheses: Sequence[Hypothesis],
    directions: pd.DataFrame,
    divergence: pd.DataFrame,
    balance: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Test predictions against the tables of a run.

    Each is tested one-sided both ways: for the prediction and for its contrary. Holm's adjustment
    runs over twice the number of tested predictions, at 0.05. A set of too few LD blocks, or a
    trait or set that is not in the run, is not tested and does not count in the family.

    Parameters
    ----------
    hypotheses
        From `load_hypotheses`.
    directions, divergence, balance
        The tables of a run; rows of other scopes than ``combined`` are left aside.

    Returns
    -------
    DataFrame
        Row per prediction, in the given order.
    """
    directions, divergence = (t[t["scope"] == COMBINED] for t in (directions, divergence))
    tables = _Tables(directions, divergence, balance)
    found = [_find(entry, tables) for entry in hypotheses]
    p = np.array([[item.p_for, item.p_against] for item in found], dtype=np.float64).reshape(-1, 2)
    adjusted = holm(p.ravel()).reshape(-1, 2)
    rows = [
        {
            **_stated(entry),
            **vars(item),
            "holm_for": adjusted[k, 0],
            "holm_against": adjusted[k, 1],
            "verdict": _verdict(adjusted[k, 0], adjusted[k, 1]),
        }
        for k, (entry, item) in enumerate(zip(hypotheses, found, strict=True))
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _verdict(holm_for: float, holm_against: float) -> str:
    if np.isnan(holm_for):
        return "not tested"
    if holm_for <= ALPHA:
        return "supported"
    return "contradicted" if holm_against <= ALPHA else "inconclusive"


def _stated(entry: Hypothesis) -> dict[str, object]:
    stated: dict[str, object] = {name: getattr(entry, name) for name in _STATED}
    return {**stated, "independent": "yes" if entry.independent else "no"}


def _find(entry: Hypothesis, tables: _Tables) -> _Finding:
    try:
        return _TESTS[entry.kind](entry, tables)
    except _NotTestedError as error:
        return _Finding(reason=str(error))


def _direction(entry: Hypothesis, tables: _Tables) -> _Finding:
    trait = _trait_of(entry.trait, tables)
    if entry.target == "balance":
        return _of_balance(entry, trait, "", tables)
    row = _set_row(entry, tables.directions, {"trait": trait})
    _refuse_untestable(row, not row["min_p"] <= ALPHA)
    return _signed(row, "activity", "p_direction", "detectable_effect", entry.sign)


def _difference(entry: Hypothesis, tables: _Tables) -> _Finding:
    trait, other = _trait_of(entry.trait, tables), _trait_of(entry.trait_b, tables)
    if entry.target == "balance":
        return _of_balance(entry, trait, other, tables)
    row, turned = _pair_row(entry, trait, other, tables)
    if np.isnan(row["p_difference"]):
        raise _NotTestedError("strengths cannot be compared without sample sizes: give `n_eff`")
    # The reason of a pair explains its call, which is another test.
    row = row | {"reason": ""}
    sign = turned * entry.sign
    found = _signed(row, "difference", "p_difference", "detectable_difference", sign)
    found = _scaled_too(found, row, sign)
    return _turn(found) if turned < 0 else found


def _opposite(entry: Hypothesis, tables: _Tables) -> _Finding:
    trait, other = _trait_of(entry.trait, tables), _trait_of(entry.trait_b, tables)
    row, turned = _pair_row(entry, trait, other, tables)
    if np.isnan(row["p_opposite"]):
        raise _NotTestedError(row["reason"] or "no p-value")
    sides = ("activity_a", "activity_b") if turned > 0 else ("activity_b", "activity_a")
    a, b = (float(row[side]) for side in sides)
    estimate = min(entry.sign * a, -entry.sign * b)
    low, high = _smaller_interval(row, sides, entry.sign)
    powers = [
        _number(_set_row(entry, tables.directions, {"trait": name}), "detectable_effect")
        for name in (trait, other)
    ]
    return _Finding(
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        excluded_above=_at_least_zero(high),
        # Of the pairs of signs only the one that was seen has a p below 1; the contrary of the
        # prediction is a shared direction, or opposite directions the other way round.
        p_for=float(row["p_opposite"]) if estimate > 0 else 1.0,
        p_against=float(
            row["p_opposite"] if max(entry.sign * a, -entry.sign * b) < 0 else row["p_concordant"]
        ),
        detectable_effect=float(np.max(powers)),
        reason=f"{trait} {a:+.3g}, {other} {b:+.3g}",
    )


def _of_balance(entry: Hypothesis, trait: str, other: str, tables: _Tables) -> _Finding:
    table = tables.balance
    if table is None or table.empty:
        raise _NotTestedError("the stress-reserve balance is not part of this run")
    rows = table[(table["axis"] == entry.pathway) & (table["scope"] == COMBINED)]
    for a, b, turned in ((trait, other, 1), (other, trait, -1)):
        found = rows[(rows["trait_a"] == a) & (rows["trait_b"] == b)]
        if len(found):
            row = _first(found) | {"reason": ""}
            if 2.0 ** (1 - row["n_blocks"]) > ALPHA:
                raise _NotTestedError(f"untestable: {row['n_blocks']} LD blocks")
            sign = turned * entry.sign
            result = _signed(row, "activity", "p_direction", "detectable_effect", sign)
            result = _scaled_too(result, row, sign) if other else result
            return _turn(result) if turned < 0 else result
    raise _NotTestedError(f"the balance table has no {entry.pathway!r} of {trait} {other}".rstrip())


def _signed(row: Row, value: str, p: str, power: str, sign: int) -> _Finding:
    """One-sided p both ways from a two-sided p and the sign of its statistic."""
    estimate, two_sided = _number(row, value), _number(row, p)
    if np.isnan(two_sided):
        raise _NotTestedError(row["reason"] or "no p-value")
    fits, misfits = two_sided / 2, 1 - two_sided / 2
    low, high = _number(row, "ci_low"), _number(row, "ci_high")
    return _Finding(
        estimate=estimate,
        ci_low=low,
        ci_high=high,
        excluded_above=_at_least_zero(high if sign > 0 else -low),
        p_for=fits if estimate * sign > 0 else misfits,
        p_against=fits if estimate * sign < 0 else misfits,
        detectable_effect=_number(row, power),
        reason=row["reason"],
    )


def _scaled_too(found: _Finding, row: Row, sign: int) -> _Finding:
    """A difference of strengths must hold after scaling by the genome-wide strengths too."""
    scaled = _number(row, "p_difference_scaled")
    if np.isnan(scaled):
        why = str(row.get("scale_reason") or "") or "the scaled difference is not known"
        return replace(found, p_for=np.nan, p_against=np.nan, reason=f"not scaled: {why}")
    fits = _number(row, "difference_scaled") * sign
    same, other = scaled / 2, 1 - scaled / 2
    return replace(
        found,
        p_for=max(found.p_for, same if fits > 0 else other),
        p_against=max(found.p_against, same if fits < 0 else other),
    )


def _smaller_interval(row: Row, sides: tuple[str, str], sign: int) -> tuple[float, float]:
    """Interval of the smaller of two activities, each counted in its predicted direction."""
    ends = []
    for side, towards in zip(sides, (sign, -sign), strict=True):
        name = side[-1]
        pair = (_number(row, f"ci_low_{name}"), _number(row, f"ci_high_{name}"))
        ends.append(sorted(towards * end for end in pair))
    (low_a, high_a), (low_b, high_b) = ends
    return float(np.minimum(low_a, low_b)), float(np.minimum(high_a, high_b))


def _at_least_zero(value: float) -> float:
    return float(np.maximum(value, 0.0))


def _turn(found: _Finding) -> _Finding:
    """The same test with the traits in the other order."""
    return replace(found, estimate=-found.estimate, ci_low=-found.ci_high, ci_high=-found.ci_low)


_TESTS: dict[str, Callable[[Hypothesis, _Tables], _Finding]] = {
    "direction": _direction,
    "difference": _difference,
    "opposite": _opposite,
}


def _number(row: Row, column: str) -> float:
    """A cell as a number; NaN where the table has no such column."""
    return float(row.get(column, np.nan))


def _trait_of(name: str, tables: _Tables) -> str:
    """The trait of the run that a prediction names."""
    there = list(dict.fromkeys(tables.directions["trait"]))
    same = [trait for trait in there if trait.casefold() == name.casefold()]
    if not same:
        raise _NotTestedError(f"trait {name} is not in this run ({', '.join(there)})")
    return name if name in same else same[0]


def _pair_row(entry: Hypothesis, trait: str, other: str, tables: _Tables) -> tuple[Row, int]:
    """The row of a pair, and -1 where the run has the traits in the other order."""
    table = tables.divergence
    turned = ((table["trait_a"] == other) & (table["trait_b"] == trait)).any()
    a, b = (other, trait) if turned else (trait, other)
    row = _set_row(entry, table, {"trait_a": a, "trait_b": b})
    _refuse_untestable(row, row["call"] == "untestable")
    return row, -1 if turned else 1


def _set_row(entry: Hypothesis, table: pd.DataFrame, traits: dict[str, str]) -> Row:
    """The row of the set of a prediction, in which the columns `traits` have these names."""
    rows = table[table["collection"] == entry.collection]
    if rows.empty:
        raise _NotTestedError(
            f"collection {entry.collection!r} is not in this run; add `gene_sets`"
            f" {entry.collection}"
        )
    rows = rows[rows["pathway"] == entry.pathway]
    if rows.empty:
        raise _NotTestedError(
            f"set {entry.pathway!r} of {entry.collection!r} is not in this run; was it left out by"
            " `min_genes` or `max_genes`?"
        )
    for column, name in traits.items():
        rows = rows[rows[column] == name]
    if rows.empty:
        names = " and ".join(traits.values())
        raise _NotTestedError(f"the run holds no test of {names}: no gene in common")
    return _first(rows)


def _first(rows: pd.DataFrame) -> Row:
    """The first row."""
    return {str(key): value for key, value in rows.iloc[0].items()}


def _refuse_untestable(row: Row, untestable: bool) -> None:
    """Give the reason of a row that could not be tested."""
    if untestable:
        raise _NotTestedError(f"untestable: {row['reason']}")
