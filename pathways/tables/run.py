"""`Run`: what a table of the whole run is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pathways.calls.collection import Options
from pathways.hypotheses.registry import Hypothesis
from twas.study.study import Study


@dataclass(frozen=True, eq=False)
class Run:
    """A whole run.

    Attributes
    ----------
    study
        What was tested.
    hypotheses
        Predictions to judge.
    options
        What was chosen.
    tables
        Name → table, of those that are made before.
    """

    study: Study
    hypotheses: Sequence[Hypothesis]
    options: Options
    tables: Mapping[str, pd.DataFrame]
