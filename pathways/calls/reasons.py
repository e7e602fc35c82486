"""What a call rests on, in words: why it was made, or could not be, and whether tissues agree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pathways.calls.pair import PairResult
from pathways.calls.vocabulary import ALPHA, BY_WORD
from pathways.nulls.ragged import Ragged
from twas.study.study import Study
from twas.system.arrays import Float, Int, Text


def why_untestable(n_set: int, n_tested: int, n_blocks: int) -> str:
    """Why a set cannot be tested."""
    if n_tested == 0:
        return f"none of the {n_set} genes has a z-score"
    if n_blocks == 0:
        return f"none of the {n_tested} tested genes has a known role"
    return (
        f"{_plural(n_blocks, 'LD block')}: the smallest possible p is {2.0 ** (1 - n_blocks):.3g}"
    )


def dominant_block(c: Ragged, w: Float, block_names: Text, block: Int) -> Text:
    """A remark where one block outweighs the sum of all others, else "".

    The test is then valid but speaks of the rest of the set; the activity without the block is
    ``(A - c_b) / (1 - w_b)``.
    """
    remarks = np.full(c.n_sets, "", dtype=object)
    size = np.abs(c.values)
    largest = c.maxima(size)
    heavy = (c.lengths > 1) & (largest > c.replace(size).sums() - largest)
    total = c.sums()
    for k in np.flatnonzero(heavy):
        run = slice(c.indptr[k], c.indptr[k + 1])
        at = int(np.argmax(size[run])) + int(c.indptr[k])
        without = (total[k] - c.values[at]) / (1 - w[at])
        remarks[k] = (
            f"block {block_names[block[at]]} outweighs all others together;"
            f" without it the activity is {without:.3g}"
        )
    return remarks


def call_reason(call: str, best: tuple[float, int, int], traits: tuple[str, str]) -> str:
    """What a testable call rests on, in words.

    Parameters
    ----------
    call
        Its word.
    best
        The q of the best pair of directions, and both directions.
    traits
        Names of the traits.
    """
    q, sign_a, sign_b = best
    up = {1: "up", -1: "down"}
    return BY_WORD[call].reason.format(
        a=traits[0], b=traits[1], up_a=up.get(sign_a, ""), up_b=up.get(sign_b, ""), q=q
    )


def guard_remark(q: float, p: tuple[float, float], traits: tuple[str, str]) -> str:
    """Why a set whose q is small enough is not called: its exact p is not, in one trait or both.

    Parameters
    ----------
    q
        q of the call; NaN where not tested.
    p
        Exact two-sided p of both traits.
    traits
        Their names.
    """
    short = [f"{t} {value:.2g}" for t, value in zip(traits, p, strict=True) if value > ALPHA]
    if not q <= ALPHA or not short:
        return ""
    return f"; q_call {q:.2g}, but the exact p is above {ALPHA:g} ({', '.join(short)})"


def excess_remark(q: float, excess: float) -> str:
    """How a concordant call stands to the genome-wide correlation, which brings such calls alone.

    Parameters
    ----------
    q, excess
        q, and size, of the excess over the genome-wide expectation; positive in the direction of
        the call. NaN where not tested.
    """
    if np.isnan(q):
        return "; not tested against the genome-wide correlation"
    how = against_genome(q, excess)
    return f"; {how} than the genome-wide correlation predicts (q_excess {q:.2g})"


def against_genome(q: float, excess: float) -> str:
    """``more``, or ``no more``, than the genome-wide correlation predicts."""
    return "more" if q <= ALPHA and excess > 0 else "no more"


def discordant_remark(q: float) -> str:
    """What an untestable set of members without roles shows nevertheless."""
    if not q <= ALPHA:
        return ""
    return f"; its members point in opposite directions gene by gene (q_discordant {q:.2g})"


def _plural(n: int, noun: str) -> str:
    return f"{n} {noun}" + ("" if n == 1 else "s")


def tissue_agreement(combined: PairResult, pairs: Sequence[PairResult], study: Study) -> list[str]:
    """For each set with an ``opposite`` or ``concordant`` call, "k of n tissues agree".

    A tissue agrees if both activities have the signs of the combined call. Tissues are not
    independent: beside their number stands how many independent ones they are worth,
    ``(sum of eigenvalues)^2 / sum of their squares`` of their correlation.
    """
    best = combined.directional
    tissues = [
        pair
        for pair in pairs
        if pair.traits == combined.traits and pair.universe.scope in study.tissues
    ]
    directional = np.isin(combined.call, ("opposite", "concordant"))
    if not tissues:
        return [""] * len(directional)
    a, b = (np.stack([t.a.statistic for t in tissues]), np.stack([t.b.statistic for t in tissues]))
    present = np.isfinite(a)
    agree = (a * best.sign_a > 0) & (b * best.sign_b > 0)
    r = study.tissue_correlation(combined.traits, [t.universe.scope for t in tissues])
    # The eigenvalues sum to the number of tissues, their squares to the sum of squares of r.
    squares = np.einsum("tk,ts,sk->k", present, r**2, present.astype(float))
    independent = present.sum(axis=0) ** 2 / np.maximum(squares, 1)
    return [
        f"{agree[:, k].sum()} of {present[:, k].sum()} ({independent[k]:.1f} independent)"
        if directional[k]
        else ""
        for k in range(len(directional))
    ]
