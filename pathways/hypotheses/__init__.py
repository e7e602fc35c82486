"""A registry of directional predictions, and what a run says about each of them."""

from pathways.hypotheses.evaluation import VERDICTS, evaluate
from pathways.hypotheses.registry import (
    KINDS,
    Hypothesis,
    as_table,
    check_hypotheses,
    load_hypotheses,
)

__all__ = [
    "KINDS",
    "VERDICTS",
    "Hypothesis",
    "as_table",
    "check_hypotheses",
    "evaluate",
    "load_hypotheses",
]
