"""Stress-reserve balance: a weighted sum of the activities of several sets.

``balance = stress - reserve``, each axis the weighted mean of the activities of its sets. As the
activities are sums over LD blocks, so is the balance: ``c_b = sum_s v_s c_bs``, and its test,
error, interval and contrasts are those of a set. The sets and weights are in
``data/stress_reserve.toml``.

It is formed in every scope, and in every circuit whose tissues the files have. Rows of circuits
have a family-wise p too: max-T over the circuits of one axis and one trait or pair, under flips
that give a block one sign in all circuits. It depends on that trait or pair only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from pathways.calls.decision import untestable
from pathways.calls.vocabulary import ALPHA
from pathways.nulls.interval import cr2_error, sign_flip_interval
from pathways.nulls.maxt import FLIPS, family_wise_p, standardise
from pathways.nulls.ragged import Ragged
from pathways.nulls.signflip import sign_flip
from pathways.statistics.circuits import between, with_circuits
from pathways.statistics.contrasts import Scale, ScaledDifference, kappa, scaled_difference
from pathways.statistics.contributions import Contributions, Members, contributions
from pathways.statistics.moments import moments
from pathways.statistics.stress_reserve import Part, axes, load_parts, sets_of
from pathways.tables.columns import (
    CI_HIGH,
    CI_LOW,
    DIFFERENCE_SCALED,
    EFFECT_SCALE,
    P_DIFFERENCE_SCALED,
    SCALE_REASON,
    Column,
    Run,
    Table,
)
from twas.study.study import Study
from twas.study.universe import COMBINED, PER_SQRT_N, Universe
from twas.system.arrays import Float, Int

#: What a scope is; `CIRCUIT` rows have a family-wise p.
CIRCUIT, GROUP, TISSUE = "circuit", "group", "tissue"


@dataclass(frozen=True)
class _Comparison:
    """What one block of rows is about: a trait, two traits, or two circuits of a trait."""

    trait_a: str
    trait_b: str
    scope: str
    scope_b: str
    scope_type: str
    universe: Universe

    @property
    def contrast(self) -> Float:
        """Weights of the rows of the universe."""
        return np.array([1.0, -1.0])[: len(self.universe.traits)]


@dataclass(frozen=True)
class _Sums:
    """The block sums of each row of one comparison, their shares, and the codes of the blocks.

    Of two traits also the difference after scaling by their genome-wide strengths.
    """

    about: _Comparison
    axes: list[tuple[str, str, Float]]
    runs: Ragged
    shares: Float
    block: Int
    n_tested: list[int]
    scaled: ScaledDifference
    scale_reason: str


def rows(run: Run) -> pd.DataFrame:
    """Rows of ``balance.tsv``."""
    return balance_rows(run.study, flips=run.options.flips, seed=run.options.seed)


def balance_rows(study: Study, *, flips: int = FLIPS, seed: int = 0) -> pd.DataFrame:
    """Rows of ``balance.tsv``: each part, each axis and the balance.

    Per trait and pair in every scope and circuit, and per trait for every two circuits.

    Parameters
    ----------
    study
        One or more traits.
    flips, seed
        Joint flips of the family-wise p of the circuits, and their seed.
    """
    parts = load_parts()
    study, circuits = with_circuits(study)
    members = Members.of(study, sets_of(parts))
    made = [_sums(about, parts, members) for about in _comparisons(study, circuits)]
    found = [sums for sums in made if sums is not None]
    if not found:
        return pd.DataFrame()
    fwer = np.concatenate(_family_wise(found, flips=flips, seed=seed))
    return _table(found).assign(fwer=fwer)


def _comparisons(study: Study, circuits: Sequence[str]) -> Iterator[_Comparison]:
    kinds = {COMBINED: COMBINED} | dict.fromkeys(study.groups, GROUP)
    kinds |= dict.fromkeys(circuits, CIRCUIT) | dict.fromkeys(study.tissues, TISSUE)
    chosen = [*((t,) for t in study.traits), *combinations(study.traits, 2)]
    for scope, kind in kinds.items():
        for traits in chosen:
            view = study.universe(traits, scope)
            if view is not None and (len(traits) == 1 or view.effect_scale == PER_SQRT_N):
                yield _Comparison(traits[0], "".join(traits[1:]), scope, "", kind, view)
    for trait in study.traits:
        for first, second in combinations(circuits, 2):
            view = between(study, trait, first, second)
            if view is not None:
                yield _Comparison(trait, "", first, second, CIRCUIT, view)


def _sums(about: _Comparison, parts: Sequence[Part], members: Members) -> _Sums | None:
    found = contributions(about.universe, members)
    if not found.n_blocks.any():
        return None
    rows = axes(parts, members.pathways, found.n_blocks > 0)
    values = found.combine(about.contrast).values
    merged = [_merge(values, found, weights) for _, _, weights in rows]
    shares = [_merge(found.weights, found, np.abs(weights))[0] for _, _, weights in rows]
    indptr = np.concatenate([[0], np.cumsum([len(run) for run, _ in merged])])
    scale = _scale(about)
    each = [
        Ragged(np.concatenate([_merge(row, found, weights)[0] for _, _, weights in rows]), indptr)
        for row in found.values
    ]
    return _Sums(
        about=about,
        axes=rows,
        runs=Ragged(np.concatenate([run for run, _ in merged]), indptr),
        shares=np.concatenate([share / share.sum() for share in shares]),
        block=np.concatenate([block for _, block in merged]),
        n_tested=[int(found.n_tested[weights != 0].sum()) for _, _, weights in rows],
        scaled=scaled_difference(each[0], each[-1], scale),
        scale_reason=scale.reason,
    )


def _scale(about: _Comparison) -> Scale:
    """Ratio of the genome-wide strengths of two traits; unknown, without a reason, of one."""
    if not about.trait_b:
        return Scale(np.nan, np.nan, "")
    return kappa(moments(about.universe, about.universe.block), about.universe)


def _merge(values: Float, parts: Contributions, weights: Float) -> tuple[Float, Int]:
    """Weighted sum over sets of the values of each block, over the blocks of those sets."""
    weight = weights[np.repeat(np.arange(len(weights)), parts.n_blocks)]
    used = weight != 0
    block, code = np.unique(parts.block[used], return_inverse=True)
    return np.bincount(code, weights=(weight * values)[used]).astype(np.float64), block


def _table(found: Sequence[_Sums]) -> pd.DataFrame:
    """The rows of every comparison, tested together."""
    lengths = np.concatenate([sums.runs.lengths for sums in found])
    values = np.concatenate([sums.runs.values for sums in found])
    runs = Ragged(values, np.concatenate([[0], np.cumsum(lengths)]))
    shares = np.concatenate([sums.shares for sums in found])
    test = sign_flip(runs)
    low, high = sign_flip_interval(runs, shares, alpha=ALPHA)
    rows = [(sums.about, name, note) for sums in found for name, note, _ in sums.axes]
    return pd.DataFrame(
        {
            "axis": [name for _, name, _ in rows],
            "trait_a": [about.trait_a for about, *_ in rows],
            "trait_b": [about.trait_b for about, *_ in rows],
            "scope": [about.scope for about, *_ in rows],
            "scope_b": [about.scope_b for about, *_ in rows],
            "scope_type": [about.scope_type for about, *_ in rows],
            "note": [note for *_, note in rows],
            "n_tested": [n for sums in found for n in sums.n_tested],
            "n_blocks": lengths,
            "effect_scale": [about.universe.effect_scale for about, *_ in rows],
            "activity": test.statistic,
            "se": cr2_error(runs, shares),
            "ci_low": low,
            "ci_high": high,
            "p_direction": test.p,
            "difference_scaled": np.concatenate([sums.scaled.estimate for sums in found]),
            "p_difference_scaled": np.concatenate([sums.scaled.p for sums in found]),
            "scale_reason": [sums.scale_reason for sums in found for _ in sums.axes],
        }
    )


def _family_wise(found: Sequence[_Sums], *, flips: int, seed: int) -> list[Float]:
    """Family-wise p of the rows of each comparison; NaN for rows that are of no circuit."""
    out = [np.full(sums.runs.n_sets, np.nan) for sums in found]
    families: dict[tuple[str, str], dict[str, list[tuple[int, int]]]] = {}
    for k, sums in enumerate(found):
        if sums.about.scope_type == CIRCUIT:
            own = families.setdefault((sums.about.trait_a, sums.about.trait_b), {})
            for row, (axis, _, _) in enumerate(sums.axes):
                name = f"{axis}, {'two circuits' if sums.about.scope_b else 'each circuit'}"
                own.setdefault(name, []).append((k, row))
    for own in families.values():
        for name, p in _joint(found, own, flips=flips, seed=seed).items():
            for (k, row), value in zip(own[name], p, strict=True):
                out[k][row] = value
    return out


def _joint(
    found: Sequence[_Sums],
    families: dict[str, list[tuple[int, int]]],
    *,
    flips: int,
    seed: int,
) -> dict[str, Float]:
    """Family-wise p in each family of rows, from the same flips.

    Blocks are numbered among those of these rows, so that other traits change no sign.
    """
    used = {k for rows in families.values() for k, _ in rows}
    blocks = np.unique(np.concatenate([found[k].block for k in sorted(used)]))
    done = {}
    for name, rows in families.items():
        runs = [found[k].runs.run(row) for k, row in rows]
        codes = [found[k].block[slice(*found[k].runs.indptr[row : row + 2])] for k, row in rows]
        c = Ragged(np.concatenate(runs), np.concatenate([[0], np.cumsum([*map(len, runs)])]))
        testable = ~untestable(np.power(2.0, 1.0 - c.lengths))
        code = np.searchsorted(blocks, np.concatenate(codes))
        statistic = standardise(c, code, len(blocks), testable)
        (done[name],) = family_wise_p([statistic], flips=flips, seed=seed)
    return done


TABLE = Table(
    name="balance",
    contents="the stress-reserve balance: weighted sums of pathways",
    over="run",
    rows=rows,
    columns=(
        Column(
            "axis", "text", "", "a set, an axis (stress, reserve) or the balance", on="report paper"
        ),
        Column("trait_a", "text", "", "trait", on="report paper", heading="trait A"),
        Column(
            "trait_b",
            "text",
            "",
            "trait that is subtracted; empty for one trait",
            on="report paper",
            heading="trait B",
        ),
        Column(
            "scope",
            "text",
            "",
            "combined, a circuit, a group of tissues or a tissue",
            on="report paper",
        ),
        Column(
            "scope_b",
            "text",
            "",
            "circuit that is subtracted, both as the mean z of their tissues on the genes of both;"
            " empty for one scope",
        ),
        Column("scope_type", "text", "", "combined, circuit, group or tissue"),
        Column(
            "note", "text", "", "what the row is made of", on="report", before="end", wordy=True
        ),
        Column(
            "n_tested",
            "count",
            "genes",
            "tested members of its sets",
            on="report",
            heading="genes tested",
        ),
        Column(
            "n_blocks",
            "count",
            "LD blocks",
            "LD blocks that hold them",
            on="report",
            heading="loci",
        ),
        EFFECT_SCALE,
        Column("activity", "number", "effect", "weighted sum of the activities", on="report paper"),
        Column("se", "number", "effect", "CR2 standard error"),
        CI_LOW,
        CI_HIGH,
        Column(
            "p_direction",
            "p",
            "",
            "two-sided sign-flip p; of two traits that of their difference, strengths as they are",
            on="report paper",
        ),
        DIFFERENCE_SCALED,
        P_DIFFERENCE_SCALED,
        SCALE_REASON,
        Column(
            "fwer",
            "p",
            "",
            "rows of circuits: family-wise p over the circuits (or over every two of them) of this"
            " axis and trait or pair, by joint flips; it depends on no other trait",
            on="report",
            heading="family-wise p",
        ),
    ),
)
