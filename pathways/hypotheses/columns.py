"""Columns of ``hypotheses.tsv``, and the words that stand in it."""

from __future__ import annotations

VERDICTS = ("supported", "contradicted", "inconclusive", "not tested")
#: Columns of ``hypotheses.tsv``: name, kind, unit, meaning (see `pathways.output.columns.Column`).
COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    ("id", "text", "", "name of the prediction"),
    ("statement", "text", "", "the prediction in words"),
    ("kind", "text", "", "direction, difference or opposite"),
    ("trait", "text", "", "trait"),
    ("trait_b", "text", "", "second trait; empty for a direction"),
    ("pathway", "text", "", "gene set, or axis of the stress-reserve balance"),
    (
        "sign",
        "number",
        "",
        "predicted sign of the activity in the trait, or of the difference trait - trait_b",
    ),
    ("source", "text", "", "publication that predicts it; empty for an extension"),
    ("independent", "text", "", "no where the prediction was drawn from a GWAS of the trait"),
    (
        "estimate",
        "number",
        "effect",
        "activity, or difference trait - trait_b; opposite: the smaller of both activities, each"
        " counted positive in its predicted direction",
    ),
    (
        "ci_low",
        "number",
        "effect",
        "lower end of the 95 % interval; opposite: the smaller of both traits' ends",
    ),
    (
        "ci_high",
        "number",
        "effect",
        "upper end of the 95 % interval; opposite: the smaller of both traits' ends, passed in at"
        " most 5 %",
    ),
    (
        "excluded_above",
        "number",
        "effect",
        "size from which on the prediction is excluded, by the upper end in its direction",
    ),
    (
        "p_for",
        "p",
        "",
        "one-sided p of the prediction; difference: the larger of before and after scaling by the"
        " genome-wide strengths",
    ),
    ("p_against", "p", "", "one-sided p of its contrary; opposite: of concordant directions"),
    ("holm_for", "p", "", "p_for after Holm over both p of all tested predictions"),
    ("holm_against", "p", "", "p_against after Holm over both p of all tested predictions"),
    ("verdict", "text", "", "supported, contradicted, inconclusive or not tested"),
    (
        "detectable_effect",
        "number",
        "effect",
        "true size found with 80 % power at 0.05; opposite: of the less powerful trait",
    ),
    ("reason", "text", "", "why it was not tested, or what to know about the test"),
)
