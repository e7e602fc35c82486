"""Registry of output columns: every table that is written, and what stands in it.

Validation, documentation and the report read this; a column that is not here is not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pathways.hypotheses.columns import COLUMNS as HYPOTHESIS_COLUMNS


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

_PAIR_SCOPE = (*_SET, *_PAIR, *_SCOPE)
_ACTIVITIES = (
    ("activity_a", "number", "effect", "activity in the first trait, on the genes of both"),
    ("activity_b", "number", "effect", "activity in the second trait, on the genes of both"),
)
_OF_TRAITS = (
    ("ci_low_a", "number", "effect", "lower end of the 95 % interval of activity_a"),
    ("ci_high_a", "number", "effect", "upper end of the 95 % interval of activity_a"),
    ("ci_low_b", "number", "effect", "lower end of the 95 % interval of activity_b"),
    ("ci_high_b", "number", "effect", "upper end of the 95 % interval of activity_b"),
)
_SCALED = (
    (
        "difference_scaled",
        "number",
        "effect",
        "kappa * activity_a - activity_b, kappa the ratio of the genome-wide strengths: the end of"
        " its range that is nearer to none; 0 where the ends disagree in sign",
    ),
    (
        "p_difference_scaled",
        "p",
        "",
        "p of the difference after scaling by the genome-wide strengths, over their error",
    ),
    ("scale_reason", "text", "", "why there is no scaled difference"),
)
_BOUNDS = (
    (
        "bound_opposite",
        "number",
        "effect",
        "opposite activities that both exceed this are excluded at 5 % (unit: each in its own SD)",
    ),
    (
        "bound_concordant",
        "number",
        "effect",
        "activities of one direction that both exceed this are excluded at 5 %",
    ),
)
_TESTED = (
    ("n_tested", "count", "genes", "members with a z-score in both traits"),
    ("n_blocks", "count", "LD blocks", "LD blocks that hold the signed ones"),
)
_CALL = ("call", "text", "", "untestable, opposite, concordant, discordant, unequal, undetermined")
_SCALE = ("effect_scale", "text", "", "per_sqrt_n (z / sqrt(N_eff)) or unit (z / SD of z)")
_INTERVAL = (
    ("ci_low", "number", "effect", "lower end of the 95 % interval (inverted sign-flip test)"),
    ("ci_high", "number", "effect", "upper end of the 95 % interval"),
)

#: Which rows are one family of q-values.
_FAMILY = "over the sets; of a tissue or group: over all tissues and groups"

_Q_CALL = (
    "q_call",
    "p",
    "",
    "estimated false discovery rate of the best pair of directions, over both directions of all"
    " sets of the family; called at 0.05 if the exact p is at most 0.05 in both traits too; a"
    " property of the list, not of one pathway",
)

DIRECTIONS = _columns(
    *_SET,
    ("trait", "text", "", "trait"),
    *_SCOPE,
    ("n_set", "count", "genes", "members of the set in its collection"),
    ("n_tested", "count", "genes", "members with a z-score"),
    ("n_signed", "count", "genes", "tested members with a role of +1 or -1"),
    ("n_blocks", "count", "LD blocks", "LD blocks that hold those members"),
    ("min_p", "p", "", "smallest two-sided p that this number of blocks can give"),
    _SCALE,
    (
        "activity",
        "number",
        "effect",
        "mean of role times centred effect; positive: more activity goes with higher risk",
    ),
    ("se", "number", "effect", "CR2 standard error of the activity over LD blocks"),
    *_INTERVAL,
    ("p_direction", "p", "", "two-sided sign-flip p of the activity"),
    (
        "q_direction",
        "p",
        "",
        "BH q of p_direction within collection and trait: combined; or all tissues and groups",
    ),
    (
        "fwer_direction",
        "p",
        "",
        "family-wise p of the activity over all sets and scopes of the trait",
    ),
    ("p_robust", "p", "", "two-sided p of the robust score tanh(z / 2)"),
    ("magnitude", "number", "SD", "weighted sum of |z| against all rotations of the genome"),
    ("p_magnitude", "p", "", "p of the magnitude: involved at all, in any direction"),
    ("q_magnitude", "p", "", f"BH q of p_magnitude {_FAMILY}"),
    ("magnitude_extrapolated", "text", "", "yes where p_magnitude comes from a tail fit"),
    ("nes", "number", "", "GSEA normalised enrichment score (prerank, members oriented by role)"),
    ("p_gsea", "p", "", "GSEA gene-permutation p (ignores LD)"),
    ("q_gsea", "p", "", "BH q of p_gsea"),
    ("detectable_effect", "number", "effect", "true activity found with 80 % power at 0.05"),
    ("detectable_effect_fdr", "number", "effect", "the same at the alpha that FDR would need here"),
    ("power_half", "p", "", "power if the true activity were half of what was seen"),
    ("type_m", "number", "", "exaggeration of a significant activity in that case"),
    ("type_s", "p", "", "risk of a wrong sign of a significant activity in that case"),
    ("reason", "text", "", "why the row is untestable or needs care"),
)
DIVERGENCE = _columns(
    *_PAIR_SCOPE,
    *_TESTED,
    _SCALE,
    *_ACTIVITIES,
    *_OF_TRAITS,
    ("p_both", "p", "", "larger of the two two-sided sign-flip p"),
    (
        "q_both",
        "p",
        "",
        f"BH q of p_both {_FAMILY}",
    ),
    ("p_opposite", "p", "", "larger one-sided p if the directions are opposite, else 1"),
    ("p_concordant", "p", "", "larger one-sided p if the directions agree, else 1"),
    _Q_CALL,
    *_BOUNDS,
    ("p_robust_opposite", "p", "", "p_opposite of the robust score"),
    ("difference", "number", "effect", "activity_a - activity_b"),
    ("se_difference", "number", "effect", "CR2 standard error of the difference"),
    ("ci_low", "number", "effect", "lower end of the 95 % interval of the difference"),
    ("ci_high", "number", "effect", "upper end of the 95 % interval of the difference"),
    ("p_difference", "p", "", "two-sided p of the difference: strength, not direction"),
    ("q_difference", "p", "", f"BH q of p_difference {_FAMILY}"),
    (
        "fwer_difference",
        "p",
        "",
        "family-wise p of the difference over all sets and scopes of the pair",
    ),
    *_SCALED,
    ("p_robust_difference", "p", "", "p of the difference by the robust score"),
    ("excess", "number", "effect", "activity of excess_trait beyond the genome-wide expectation"),
    ("excess_trait", "text", "", "the trait of lower reliability"),
    ("excess_reason", "text", "", "why there is none"),
    ("p_excess", "p", "", "two-sided p of the excess"),
    ("q_excess", "p", "", f"BH q of p_excess {_FAMILY}"),
    ("product", "number", "", "mean over members of z_a z_b"),
    ("p_anticorrelated", "p", "", "one-sided p that the product is below zero"),
    ("q_anticorrelated", "p", "", f"BH q of p_anticorrelated {_FAMILY}"),
    (
        "p_discordant",
        "p",
        "",
        "largest of four one-sided p that members are opposite, and more so than the genome",
    ),
    ("q_discordant", "p", "", f"BH q of p_discordant {_FAMILY}: the call rests on it"),
    ("p_less_concordant", "p", "", "one-sided p that it is below the genome-wide expectation"),
    _CALL,
    ("reason", "text", "", "what the call rests on"),
    ("detectable_difference", "number", "effect", "true difference found with 80 % power at 0.05"),
    ("top_block", "text", "", "LD block with the largest contributions"),
    ("call_without_top_block", "text", "", "the call without it; empty where there is no call"),
    (
        "tissue_agreement",
        "text",
        "",
        "tissues whose activities have the signs of the call, and how many independent ones the"
        " tissues are worth",
    ),
    ("assumed", "text", "", "what was assumed because it was not given"),
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
LEADING_EDGE = _columns(
    *_SET,
    ("trait", "text", "", "trait"),
    ("gene", "text", "", "gene symbol"),
    ("role", "number", "", "+1 or -1"),
    ("effect", "number", "effect", "role * centred effect, by which the gene is ranked"),
    ("rank", "count", "", "place in that ranking, 1 the largest"),
    ("n_ranked", "count", "genes", "genes in the ranking"),
    ("leading", "text", "", "yes in the leading edge of GSEA, else empty"),
)
COVERAGE = _columns(
    *_SET,
    ("gene", "text", "", "gene symbol"),
    ("role", "number", "", "+1, -1 or 0"),
    ("status", "text", "", "tested, or why not"),
)
INFLUENCE = _columns(
    *_PAIR_SCOPE,
    ("dropped", "text", "", "LD block or region left out"),
    ("kind", "text", "", "block: out of this set; region: out of every set of the collection"),
    ("n_genes_dropped", "count", "genes", "tested members that went with it"),
    *_ACTIVITIES,
    ("difference", "number", "effect", "activity_a - activity_b"),
    ("p_both", "p", "", "larger of the two two-sided p"),
    ("p_opposite", "p", "", "larger one-sided p if the directions are opposite, else 1"),
    ("p_difference", "p", "", "two-sided p of the difference"),
    _CALL,
)
OVERLAP = _columns(
    *_PAIR_SCOPE,
    ("other", "text", "", "other called set, whose genes were taken out of this one"),
    ("n_shared", "count", "genes", "tested genes in both sets"),
    ("n_same_role", "count", "genes", "of which with the same role"),
    *_TESTED,
    *_ACTIVITIES,
    ("p_both", "p", "", "larger of the two two-sided p"),
    ("p_opposite", "p", "", "larger one-sided p if the directions are opposite, else 1"),
    ("p_difference", "p", "", "two-sided p of the difference"),
    _CALL,
)
HETEROGENEITY = _columns(
    *_SET,
    *_SCOPE,
    ("traits", "text", "", "traits compared"),
    *_TESTED,
    _SCALE,
    ("statistic", "number", "", "weighted sum of squared deviations of the activities"),
    (
        "p_heterogeneity",
        "p",
        "",
        "p of equal activities in all traits (joint flips), strengths as they are: traits of other"
        " genome-wide strengths differ in every set with an effect",
    ),
    ("q_heterogeneity", "p", "", "BH q of p_heterogeneity"),
)
GENE_DIVERGENCE = _columns(
    *_PAIR_SCOPE,
    ("gene", "text", "", "gene symbol"),
    ("ensembl_id", "text", "", "unversioned Ensembl gene id"),
    ("block", "text", "", "LD block"),
    ("role", "number", "", "+1, -1 or 0"),
    ("z_a", "number", "", "z in the first trait"),
    ("z_b", "number", "", "z in the second trait"),
    ("effect_a", "number", "effect", "centred effect in the first trait"),
    ("effect_b", "number", "effect", "centred effect in the second trait"),
    ("difference", "number", "effect", "effect_a - effect_b"),
    ("se_difference", "number", "effect", "sampling error of the difference"),
    ("ci_low", "number", "effect", "lower end of the 95 % interval"),
    ("ci_high", "number", "effect", "upper end of the 95 % interval"),
    ("contribution_a", "number", "effect", "contribution to the activity in the first trait"),
    ("contribution_b", "number", "effect", "contribution to the activity in the second trait"),
    ("activity_a_without", "number", "effect", "activity in the first trait without the gene"),
    ("activity_b_without", "number", "effect", "activity in the second trait without the gene"),
    ("class", "text", "", "opposite, shared, one-sided or weak, by the intervals of both effects"),
)
BALANCE = _columns(
    ("axis", "text", "", "a set, an axis (stress, reserve) or the balance"),
    ("trait_a", "text", "", "trait"),
    ("trait_b", "text", "", "trait that is subtracted; empty for one trait"),
    ("scope", "text", "", "combined, a circuit, a group of tissues or a tissue"),
    (
        "scope_b",
        "text",
        "",
        "circuit that is subtracted, both as the mean z of their tissues on the genes of both;"
        " empty for one scope",
    ),
    ("scope_type", "text", "", "combined, circuit, group or tissue"),
    ("note", "text", "", "what the row is made of"),
    ("n_tested", "count", "genes", "tested members of its sets"),
    ("n_blocks", "count", "LD blocks", "LD blocks that hold them"),
    _SCALE,
    ("activity", "number", "effect", "weighted sum of the activities"),
    ("se", "number", "effect", "CR2 standard error"),
    *_INTERVAL,
    (
        "p_direction",
        "p",
        "",
        "two-sided sign-flip p; of two traits that of their difference, strengths as they are",
    ),
    *_SCALED,
    (
        "fwer",
        "p",
        "",
        "rows of circuits: family-wise p over the circuits (or over every two of them) of this"
        " axis and trait or pair, by joint flips; it depends on no other trait",
    ),
)
SENSITIVITY = _columns(
    *_PAIR_SCOPE,
    ("variant", "text", "", "what was done differently"),
    *_TESTED,
    *_ACTIVITIES,
    _Q_CALL,
    ("p_difference", "p", "", "two-sided p of the difference"),
    _CALL,
    ("changed", "text", "", "yes where the call differs from the analysis as it is"),
    ("reason", "text", "", "why the variant could not be run"),
)

RESOLUTION = _columns(
    ("trait", "text", "", "trait"),
    ("given", "text", "", "identifier as it stands in the file"),
    ("resolved", "text", "", "gene that it became: Ensembl id, or the name where there is none"),
    ("symbol", "text", "", "its symbol"),
    ("how", "text", "", "rule that resolved it; unknown and ambiguous ones were not guessed"),
)

#: Table name (file ``NAME.tsv``) → its columns.
TABLES: dict[str, tuple[Column, ...]] = {
    "directions": DIRECTIONS,
    "divergence": DIVERGENCE,
    "genes": GENES,
    "coverage": COVERAGE,
    "leading_edge": LEADING_EDGE,
    "influence": INFLUENCE,
    "overlap": OVERLAP,
    "sensitivity": SENSITIVITY,
    "gene_divergence": GENE_DIVERGENCE,
    "heterogeneity": HETEROGENEITY,
    "balance": BALANCE,
    "resolution": RESOLUTION,
    "hypotheses": _columns(*HYPOTHESIS_COLUMNS),
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


def stack(table: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames one below the other; the table without rows where none has any."""
    full = [frame for frame in frames if len(frame)]
    if full:
        return conform(table, pd.concat(full, ignore_index=True))
    return pd.DataFrame({column.name: pd.Series(dtype=object) for column in TABLES[table]})
