"""Rows of ``hypotheses.tsv``: each prediction that was made beforehand, with its verdict."""

from __future__ import annotations

import pandas as pd

from pathways.hypotheses.evaluation import evaluate
from pathways.tables.columns import TRAIT, Column, Run, Table


def rows(run: Run) -> pd.DataFrame:
    """A row per prediction."""
    tables = run.tables
    return evaluate(run.hypotheses, tables["directions"], tables["divergence"], tables["balance"])


TABLE = Table(
    name="hypotheses",
    contents="a row per prediction that was made beforehand, with its verdict",
    over="run",
    rows=rows,
    columns=(
        Column("id", "text", "", "name of the prediction"),
        Column("statement", "text", "", "the prediction in words", on="report paper", wordy=True),
        Column("kind", "text", "", "direction, difference or opposite"),
        TRAIT,
        Column("trait_b", "text", "", "second trait; empty for a direction"),
        Column("pathway", "text", "", "gene set, or axis of the stress-reserve balance"),
        Column(
            "sign",
            "number",
            "",
            "predicted sign of the activity in the trait, or of the difference trait - trait_b",
        ),
        Column(
            "source",
            "text",
            "",
            "publication that predicts it; empty for an extension",
            on="report",
            before="reason",
        ),
        Column(
            "independent",
            "text",
            "",
            "no where the prediction was drawn from a GWAS of the trait",
            on="report",
            before="source",
        ),
        Column(
            "estimate",
            "number",
            "effect",
            "activity, or difference trait - trait_b; opposite: the smaller of both activities,"
            " each counted positive in its predicted direction",
            on="report paper",
        ),
        Column(
            "ci_low",
            "number",
            "effect",
            "lower end of the 95 % interval; opposite: the smaller of both traits' ends",
            on="report",
            heading="95 % interval from",
        ),
        Column(
            "ci_high",
            "number",
            "effect",
            "upper end of the 95 % interval; opposite: the smaller of both traits' ends, passed"
            " in at most 5 %",
            on="report",
            heading="to",
        ),
        Column(
            "excluded_above",
            "number",
            "effect",
            "size from which on the prediction is excluded, by the upper end in its direction",
        ),
        Column(
            "p_for",
            "p",
            "",
            "one-sided p of the prediction; difference: the larger of before and after scaling by"
            " the genome-wide strengths",
        ),
        Column(
            "p_against", "p", "", "one-sided p of its contrary; opposite: of concordant directions"
        ),
        Column(
            "holm_for",
            "p",
            "",
            "p_for after Holm over both p of all tested predictions",
            on="report paper",
            heading="p for (Holm)",
        ),
        Column(
            "holm_against",
            "p",
            "",
            "p_against after Holm over both p of all tested predictions",
            on="report paper",
            heading="p against (Holm)",
        ),
        Column(
            "verdict",
            "text",
            "",
            "supported, contradicted, inconclusive or not tested",
            on="report paper",
            before="estimate",
        ),
        Column(
            "detectable_effect",
            "number",
            "effect",
            "true size found with 80 % power at 0.05; opposite: of the less powerful trait",
            on="report",
        ),
        Column(
            "reason",
            "text",
            "",
            "why it was not tested, or what to know about the test",
            on="report",
            heading="remark",
            wordy=True,
        ),
    ),
)
