"""Methods: the tests of direction in each trait, and what compares two traits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pathways.calls.vocabulary import ALPHA
from pathways.output.run_tables import PairSummary
from pathways.report.words import names
from pathways.report.words.facts import Clause, RunFacts, said
from pathways.report.words.numbers import number
from twas.study.universe import COMBINED, PER_SQRT_N, UNIT

DIRECTION, DIVERGENCE = "Direction in each trait", "Divergence"

#: Blocks up to which all sign vectors are counted.
_COUNTED = 24


def _on_scale(facts: RunFacts, scale: str) -> list[str]:
    """Traits and pairs whose effects are on a scale."""
    found: dict[str, None] = {}
    for table, columns in (("directions", ["trait"]), ("divergence", ["trait_a", "trait_b"])):
        rows = facts.rows(table, "effect_scale")
        if len(rows):
            own = rows[rows["effect_scale"] == scale][columns].drop_duplicates()
            found |= dict.fromkeys(" / ".join(row) for row in own.itertuples(index=False))
    return list(found)


def _effect(facts: RunFacts) -> str:
    per_n, unit = _on_scale(facts, PER_SQRT_N), _on_scale(facts, UNIT)
    if not unit:
        which = "z / √N_eff"
    elif not per_n:
        which = "z / SD(z)"
    else:
        which = f"z / √N_eff in {names.listing(per_n)} and z / SD(z) in {names.listing(unit)}"
    return (
        f"The effect of a gene is {which}, centred on the mean over all tested genes; the activity"
        " of a pathway is the mean of role × effect over its tested members, a sum of contributions"
        " of LD blocks."
    )


def _blocks(facts: RunFacts, *, many: bool) -> bool:
    rows = facts.rows("directions", "p_direction")
    if rows.empty:
        return False
    n = rows["n_blocks"].to_numpy(dtype=np.float64)
    return bool((n > _COUNTED).any() if many else (n <= _COUNTED).any())


def _cannot(facts: RunFacts) -> bool:
    rows = facts.rows("directions", "min_p")
    return bool(len(rows)) and bool((rows["min_p"].to_numpy(dtype=np.float64) > ALPHA).any())


def _scopes(facts: RunFacts) -> bool:
    return set(facts.values("directions", "scope")) - {COMBINED} != set()


def _pairs(facts: RunFacts) -> str:
    pairs = "; ".join(_pair(pair) for pair in facts.study.pairs)
    return f"Pairs of traits were compared on the genes of both ({pairs})."


def _pair(pair: PairSummary) -> str:
    r = number(pair.correlation, 2) if np.isfinite(pair.correlation) else "unknown"
    return (
        f"{names.clean(pair.a)} and {names.clean(pair.b)}: {pair.n_genes:,} genes in"
        f" {pair.n_blocks:,} LD blocks, correlation of effects {r}"
    )


def _of(facts: RunFacts, column: str) -> str:
    """Which pairs a test was made for, unless it was made for all."""
    with_value = facts.subjects("divergence", column)
    pairs = facts.subjects("divergence", "call")
    return "" if len(with_value) == len(pairs) else f" (for {names.listing(with_value)})"


def _not_compared(facts: RunFacts) -> pd.DataFrame:
    rows = facts.rows("divergence", "effect_scale")
    return rows[rows["effect_scale"] == UNIT] if len(rows) else rows


def _no_difference(facts: RunFacts) -> str:
    rows = _not_compared(facts)[["trait_a", "trait_b"]].drop_duplicates()
    pairs = names.listing([f"{a} / {b}" for a, b in rows.itertuples(index=False)])
    return (
        f"Strengths in {pairs} were not compared: that takes a sample size of both traits and"
        " z-scores of the same tissues."
    )


CLAUSES = (
    Clause("effect", DIRECTION, _effect, rows=(("directions", "effect_scale"),)),
    Clause(
        "sign flips",
        DIRECTION,
        said(
            "Under the null of no net direction each block is as likely to push up as down:"
            " two-sided p-values come from the sign-flip distribution of the block contributions"
            " [@fisher1935]."
        ),
        rows=(("directions", "p_direction"),),
    ),
    Clause(
        "counted",
        DIRECTION,
        said(f"Up to {_COUNTED} blocks all sign vectors were counted [@horowitz1974]."),
        when=lambda f: _blocks(f, many=False),
    ),
    Clause(
        "inverted",
        DIRECTION,
        said(
            f"Above {_COUNTED} blocks the distribution was had by inversion of its characteristic"
            " function, or by a saddlepoint approximation [@davies1973; @daniels1987]."
        ),
        when=lambda f: _blocks(f, many=True),
    ),
    Clause(
        "standard error",
        DIRECTION,
        said("Standard errors are cluster-robust (CR2) over blocks [@bell2002]."),
        rows=(("directions", "se"),),
    ),
    Clause(
        "interval",
        DIRECTION,
        said("The 95 % intervals invert the sign-flip test [@hartigan1969]."),
        rows=(("directions", "ci_low"),),
    ),
    Clause(
        "untestable",
        DIRECTION,
        said(f"Pathways whose smallest attainable p exceeds {ALPHA} are untestable."),
        when=_cannot,
    ),
    Clause(
        "q",
        DIRECTION,
        said(
            "The q-values are Benjamini–Hochberg [@benjamini1995] within collection and trait or"
            " pair."
        ),
        rows=(("directions", "q_direction"),),
    ),
    Clause(
        "scopes",
        DIRECTION,
        said(
            "All tissues combined are one family, the single tissues and groups of tissues together"
            " another."
        ),
        rows=(("directions", "q_direction"),),
        when=_scopes,
    ),
    Clause("pairs", DIVERGENCE, _pairs, rows=(("divergence", "call"),)),
    Clause(
        "call",
        DIVERGENCE,
        said(
            "For each pathway four one-sided hypotheses (up or down in either trait) were judged"
            " together over all pathways of the collection. Their false discovery rate, over both"
            " directions, is estimated: AdaFilter [@wang2022] counts the pathways without direction"
            " in one trait, and a further term those without direction in both whose chance"
            " direction the second trait repeats, from the correlation of the two activities of"
            " each pathway under joint flips of its blocks. The p-values of this estimate take the"
            " variance of an activity from the whole genome and the pathway itself, moderated as in"
            " [@smyth2004]; they are right on average over pathways and are not printed. A pathway"
            f" is called opposite or concordant at an estimated rate (q_call) up to {ALPHA} if its"
            f" exact sign-flip p is at most {ALPHA} in both traits too; the rate is a property of"
            " the list of calls, not of one pathway."
        ),
        rows=(("divergence", "q_call"),),
    ),
    Clause(
        "bounds",
        DIVERGENCE,
        said(
            "How opposite, or how shared, a pathway can still be follows from the 95 % intervals of"
            " both traits: two one-sided errors of 2.5 %."
        ),
        rows=(("divergence", "bound_opposite"),),
    ),
    Clause(
        "difference",
        DIVERGENCE,
        lambda f: (
            "The difference of activities was tested by the same sign flips"
            f"{_of(f, 'p_difference')}; it concerns strength, not direction."
        ),
        rows=(("divergence", "p_difference"),),
    ),
    Clause(
        "scaled difference",
        DIVERGENCE,
        lambda f: (
            "A pathway is called unequal in strength only where the difference also holds"
            " after scaling for the genome-wide strength of each trait"
            f"{_of(f, 'p_difference_scaled')}."
        ),
        rows=(("divergence", "p_difference_scaled"),),
    ),
    Clause("no difference", DIVERGENCE, _no_difference, when=lambda f: len(_not_compared(f)) > 0),
    Clause(
        "excess",
        DIVERGENCE,
        lambda f: (
            "The excess of a pathway over what the genome-wide correlation of the traits"
            f" predicts was tested over the range of that expectation{_of(f, 'q_excess')}; what is"
            " said of it rests on its q-value."
        ),
        rows=(("divergence", "q_excess"),),
    ),
    Clause(
        "discordance",
        DIVERGENCE,
        said(
            "Gene-wise discordance was tested by sign flips of block sums of products of z-scores:"
            " the largest p of four scores, none of which uses the sample overlap."
        ),
        rows=(("divergence", "p_discordant"),),
    ),
)
