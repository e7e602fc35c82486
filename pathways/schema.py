"""Registry of output columns: every table that is written, and what stands in it.

Validation, documentation and the report read this; a column that is not here is not written.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Column:
    """One output column.

    Attributes
    ----------
    name
        Name in the header of the TSV.
    kind
        ``text``, ``count``, ``p`` (a p- or q-value, in [0, 1]) or ``number``.
    unit
        Unit, or ``""``; ``effect`` is the unit named by the column ``effect_scale``.
    meaning
        One phrase for people.
    """

    name: str
    kind: str
    unit: str
    meaning: str


def _columns(*rows: tuple[str, str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


_SET = (
    ("collection", "text", "", "collection of gene sets"),
    ("pathway", "text", "", "gene set"),
)
_PAIR = (
    ("trait_a", "text", "", "first trait"),
    ("trait_b", "text", "", "second trait"),
)
_SCOPE = (("scope", "text", "", "combined, a tissue, or a group of tissues"),)

DIRECTIONS = _columns(
    *_SET,
    ("trait", "text", "", "trait"),
    *_SCOPE,
    ("n_set", "count", "genes", "members of the set in its collection"),
    ("n_tested", "count", "genes", "members with a z-score"),
    ("n_signed", "count", "genes", "tested members with a role of +1 or -1"),
    ("n_blocks", "count", "LD blocks", "LD blocks that hold those members"),
    ("min_p", "p", "", "smallest two-sided p that this number of blocks can give"),
    ("effect_scale", "text", "", "per_sqrt_n (z / sqrt(N_eff)) or unit (z / SD of z)"),
    (
        "activity",
        "number",
        "effect",
        "mean of role times centred effect: positive, more activity goes with higher risk",
    ),
    ("se", "number", "effect", "CR2 standard error of the activity over LD blocks"),
    ("ci_low", "number", "effect", "lower end of the 95 % interval (inverted sign-flip test)"),
    ("ci_high", "number", "effect", "upper end of the 95 % interval"),
    ("p_direction", "p", "", "two-sided sign-flip p of the activity"),
    ("q_direction", "p", "", "Benjamini-Hochberg q of p_direction within collection, trait, scope"),
    ("nes", "number", "", "GSEA normalised enrichment score (prerank, members oriented by role)"),
    ("p_gsea", "p", "", "GSEA gene-permutation p (ignores LD)"),
    ("q_gsea", "p", "", "Benjamini-Hochberg q of p_gsea"),
    ("reason", "text", "", "why the row is untestable or needs care"),
)
DIVERGENCE = _columns(
    *_SET,
    *_PAIR,
    *_SCOPE,
    ("n_tested", "count", "genes", "members with a z-score in both traits"),
    ("n_blocks", "count", "LD blocks", "LD blocks that hold the signed ones"),
    ("effect_scale", "text", "", "per_sqrt_n or unit"),
    ("activity_a", "number", "effect", "activity in the first trait, on the genes of both"),
    ("activity_b", "number", "effect", "activity in the second trait, on the genes of both"),
    ("p_both", "p", "", "larger of the two two-sided sign-flip p"),
    ("q_both", "p", "", "Benjamini-Hochberg q of p_both"),
    ("p_opposite", "p", "", "larger one-sided p if the directions are opposite, else 1"),
    ("p_concordant", "p", "", "larger one-sided p if the directions agree, else 1"),
    ("q_call", "p", "", "AdaFilter q of the best pair of directions"),
    ("difference", "number", "effect", "activity_a - activity_b"),
    ("se_difference", "number", "effect", "CR2 standard error of the difference"),
    (
        "ci_low",
        "number",
        "effect",
        "lower end of the 95 % interval of the difference; empty in unit scale",
    ),
    ("ci_high", "number", "effect", "upper end of the 95 % interval of the difference"),
    (
        "p_difference",
        "p",
        "",
        "two-sided sign-flip p of the difference (strength, not direction); empty in unit scale",
    ),
    ("q_difference", "p", "", "Benjamini-Hochberg q of p_difference"),
    (
        "p_difference_scaled",
        "p",
        "",
        "p of the difference after scaling the first trait by kappa, over the error of kappa",
    ),
    ("call", "text", "", "untestable, opposite, concordant, discordant, unequal or undetermined"),
    ("reason", "text", "", "what the call rests on"),
)
GENES = _columns(
    *_SET,
    ("gene", "text", "", "gene symbol"),
    ("ensembl_id", "text", "", "unversioned Ensembl gene id"),
    ("chrom", "text", "", "chromosome"),
    ("position", "count", "bp, GRCh38", "start of the gene"),
    ("block", "text", "", "LD block"),
    ("role", "number", "", "+1 raises, -1 lowers the activity, 0 unknown"),
    ("trait", "text", "", "trait"),
    *_SCOPE,
    ("z", "number", "", "TWAS z-score (combined over the tissues of the scope)"),
    ("effect", "number", "effect", "centred effect"),
    (
        "contribution",
        "number",
        "effect",
        "role * effect / number of signed members; sums to the activity",
    ),
)
COVERAGE = _columns(
    *_SET,
    ("gene", "text", "", "gene symbol"),
    ("role", "number", "", "+1, -1 or 0"),
    ("status", "text", "", "tested, or why not"),
)

#: Table name (file ``NAME.tsv``) → its columns.
TABLES: dict[str, tuple[Column, ...]] = {
    "directions": DIRECTIONS,
    "divergence": DIVERGENCE,
    "genes": GENES,
    "coverage": COVERAGE,
}


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with exactly the registered columns, in order.

    Raises
    ------
    ValueError
        If a column is missing or not registered: a programming error.
    """
    names = [column.name for column in TABLES[table]]
    if set(names) != set(frame.columns):
        odd = sorted(set(names) ^ set(frame.columns))
        raise ValueError(f"table {table!r} and its registry disagree on {odd}")
    return frame[names]
