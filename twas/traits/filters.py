"""Filters on the rows of a trait, each counted; a row that lacks the value is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from twas.errors import UsageError
from twas.quality import QualityFact
from twas.traits.trait_checks import snp_share


@dataclass(frozen=True)
class Filter:
    """One threshold.

    Attributes
    ----------
    option
        Name of the parameter of :func:`twas.traits.trait.read_trait`.
    column
        Column compared with the threshold, or ``"snp_share"``.
    fails
        Which rows go; a missing value never fails.
    words
        What is wrong with those rows.
    """

    option: str
    column: str
    fails: Callable[[pd.Series, float], pd.Series]
    words: str


#: ``max_heidi_p`` is the largest HEIDI p that still counts as heterogeneity (two causal variants
#: in linkage): rows at or below it go.
FILTERS = (
    Filter("min_r2", "r2", lambda values, limit: values < limit, "cross-validated r2 below"),
    Filter("max_heidi_p", "heidi_p", lambda values, limit: values <= limit, "HEIDI p at or below"),
    Filter("min_pp4", "pp4", lambda values, limit: values < limit, "colocalisation PP4 below"),
    Filter(
        "min_snp_share",
        "snp_share",
        lambda values, limit: values < limit,
        "a share of the model's SNPs below",
    ),
    Filter("min_pip", "pip", lambda values, limit: values < limit, "fine-mapping PIP below"),
)


def apply_filters(
    frame: pd.DataFrame, limits: Mapping[str, float | None]
) -> tuple[pd.DataFrame, list[QualityFact]]:
    """Drop the rows that fail a threshold.

    FUSION computes PP4 for strong genes only, and MASHR models have no r2: a filter that dropped
    rows without a value would leave no background, so they stay, counted.

    Parameters
    ----------
    frame
        Rows with the columns of :data:`FILTERS`.
    limits
        Option → threshold in [0, 1], None for no filter.

    Raises
    ------
    UsageError
        If a threshold is no number in [0, 1].
    """
    facts = []
    for rule in FILTERS:
        limit = limits.get(rule.option)
        if limit is None:
            continue
        named = f"`{rule.option}`"
        if not 0 <= limit <= 1:
            raise UsageError(f"{named} {limit}: give a number between 0 and 1")
        values = snp_share(frame) if rule.column == "snp_share" else frame[rule.column]
        fails = rule.fails(values, limit)
        unknown = int(values.isna().sum())
        if len(values) and unknown == len(values):
            message = f"rows, all there are, have no value for {named}, so it did nothing"
            facts.append(QualityFact("warning", "", f"no_{rule.column}", unknown, message))
            continue
        message = f"rows with {rule.words} {limit:g} were dropped"
        facts.append(QualityFact("fact", "", f"dropped:{rule.option}", int(fails.sum()), message))
        if unknown:
            message = f"rows have no value for {named} and were kept"
            facts.append(QualityFact("fact", "", f"no_{rule.column}", unknown, message))
        frame = frame[~fails]
    return frame, facts


def keep_tissues(
    frame: pd.DataFrame, tissues: Sequence[str] | None, name: str
) -> tuple[pd.DataFrame, list[QualityFact]]:
    """Drop the rows of other tissues than those asked for; None asks for all.

    Raises
    ------
    UsageError
        If a tissue is not there; the message names the trait and its tissues.
    """
    if tissues is None:
        return frame, []
    known = sorted(frame["tissue"].unique())
    for tissue in tissues:
        if tissue not in known:
            raise UsageError(f"trait {name} has no tissue {tissue!r}; it has {', '.join(known)}")
    inside = frame["tissue"].isin(list(tissues))
    message = "rows of other tissues were dropped"
    fact = QualityFact("fact", "", "dropped:tissue", int((~inside).sum()), message)
    return frame[inside], [fact]
