"""The tables of an atlas: which columns of a run's tables each detail holds, and three of its own.

A table or column of the name that it has in a run is that of a run.
"""

from __future__ import annotations

from pathways.tables.columns import SCOPE, TRAIT, TRAIT_A, TRAIT_B, Column
from pathways.tables.registry import TABLES

#: Columns of ``divergence`` that every detail holds: the tests of a pair and the calls.
TESTS = (
    "collection",
    "pathway",
    "trait_a",
    "trait_b",
    "scope",
    "n_tested",
    "n_blocks",
    "effect_scale",
    "activity_a",
    "activity_b",
    "p_both",
    "q_both",
    "p_opposite",
    "p_concordant",
    "q_call",
    "p_difference",
    "q_difference",
    "call",
    "assumed",
)
#: Columns of ``directions`` that every detail holds.
DIRECTIONS = (
    "collection",
    "pathway",
    "trait",
    "scope",
    "n_set",
    "n_tested",
    "n_signed",
    "n_blocks",
    "min_p",
    "effect_scale",
    "activity",
    "p_direction",
    "q_direction",
)

#: Tables that a run does not have.
OWN: dict[str, tuple[Column, ...]] = {
    # A row per pair: how the effects of two traits correlate over the genome.
    "correlations": (
        TRAIT_A,
        TRAIT_B,
        SCOPE,
        Column("n_genes", "count", "genes", "genes of both traits"),
        Column("correlation_z", "number", "", "Pearson correlation of the two z"),
        Column(
            "correlation",
            "number",
            "",
            "correlation of the effects beyond sampling noise and overlap: (cov z - rho) /"
            " sqrt((var z_a - i_a) (var z_b - i_b)), without outlying loci",
        ),
        Column("se", "number", "", "its block-jackknife standard error"),
        Column("p", "p", "", "two-sided normal p of no correlation"),
        Column("reason", "text", "", "why there is none"),
    ),
    # A row per trait that could be read.
    "traits": (
        TRAIT,
        Column("n_eff", "number", "", "effective sample size"),
        Column("intercept", "number", "", "univariate LDSC intercept, as given"),
        Column("ancestry", "text", "", "ancestry, as given"),
        Column("group", "text", "", "group, as given"),
        Column("n_genes", "count", "genes", "genes with a z-score"),
        Column("n_tissues", "count", "tissues", "tissues"),
    ),
    # A row per trait or pair that could not be made.
    "failures": (
        Column("trait_a", "text", "", "the trait, or the first one of a pair"),
        Column("trait_b", "text", "", "the second trait of a pair, empty for a trait"),
        Column("error", "text", "", "why"),
    ),
}


def columns(table: str, detail: str) -> tuple[Column, ...]:
    """The columns of a table of parts.

    Parameters
    ----------
    table
        Its name; ``called`` has those of ``divergence``.
    detail
        ``tests``, ``called`` or ``full``.
    """
    if table in OWN:
        return OWN[table]
    known = TABLES["divergence" if table == "called" else table].columns
    if detail == "full" or table not in ("divergence", "directions"):
        return known
    held = TESTS if table == "divergence" else DIRECTIONS
    return tuple(column for column in known if column.name in held)
