"""Predictions in sentences: a verdict, with effect and interval."""

from __future__ import annotations

from pathways.report.pages.manuscript import manuscript
from pathways.report.pages.view import page
from pathways.report.words.whole_run import predictions
from tests.pathways.report.made_results import made, trait_row


def prediction(verdict, **more):
    return {
        "id": "1",
        "statement": "mTOR is raised in BIP.",
        "kind": "direction",
        "verdict": verdict,
        "estimate": 0.002,
        "ci_low": 0.001,
        "ci_high": 0.003,
        "holm_for": 0.01,
        "holm_against": 1.0,
        "excluded_above": 0.003,
        **more,
    }


def test_a_prediction_is_supported_by_predicted_expression_with_effect_and_interval():
    rows = [prediction("supported"), prediction("inconclusive"), prediction("not tested")]
    results = made(("BIP", "OCD"), [trait_row("a", "BIP")], hypotheses=rows)
    supported, open_one = predictions(results)
    assert supported == (
        "“mTOR is raised in BIP” is supported by predicted expression (activity 0.40 %, 95 %"
        " interval 0.20 % to 0.60 %; odds per SD of predicted expression; Holm p 0.010)."
    )
    assert "excluded above 0.60 %" in open_one
    assert supported in manuscript(results, page(results, ()))["methods.md"].replace("\\", "")
