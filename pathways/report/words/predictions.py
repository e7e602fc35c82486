"""What a run says of each prediction, with effect and interval."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from pathways.output.run_tables import RunTables
from pathways.report.pages.selection import Row
from pathways.report.words.bounds import percent
from pathways.report.words.numbers import as_float, number, p_value
from twas.study.universe import PER_SQRT_N, UNIT

#: A verdict, as a reader must take it.
VERDICTS = {
    "supported": "supported by predicted expression",
    "contradicted": "contradicted by predicted expression",
    "inconclusive": "inconclusive",
    "not tested": "not tested",
}
_NOT_TESTED = "not tested"
#: After the sizes.
_UNIT = {PER_SQRT_N: "; odds per SD of predicted expression", UNIT: "; SD of z"}


def predictions(results: RunTables) -> tuple[str, ...]:
    """A sentence per prediction that could be judged, in the order of the table."""
    scale = _scale(results)
    return tuple(_sentence(row, scale) for row in _judged(results).to_dict("records"))


def counted(results: RunTables) -> str:
    """How many predictions have which verdict; "" where none could be judged."""
    table = results.tables.get("hypotheses")
    if table is None or table.empty or _judged(results).empty:
        return ""
    found = Counter(str(verdict) for verdict in table["verdict"])
    return ", ".join(f"{found[word]:,} {VERDICTS[word]}" for word in VERDICTS if found[word])


def _judged(results: RunTables) -> pd.DataFrame:
    table = results.tables.get("hypotheses")
    if table is None or table.empty:
        return pd.DataFrame()
    return table[table["verdict"] != _NOT_TESTED]


def _scale(results: RunTables) -> str:
    kinds = results.directions["effect_scale"].dropna().unique()
    return str(kinds[0]) if len(kinds) == 1 else "mixed"


def _sentence(row: Row, scale: str) -> str:
    verdict = VERDICTS[str(row["verdict"])]
    p = "holm_against" if row["verdict"] == "contradicted" else "holm_for"
    what = {"difference": "difference", "opposite": "smaller of both activities"}
    ends = (as_float(row["ci_low"]), as_float(row["ci_high"]))
    interval = (
        f", 95 % interval {_size(ends[0], scale)} to {_size(ends[1], scale)}"
        if np.isfinite(ends).all()
        else ""
    )
    return (
        f"“{str(row['statement']).rstrip('.')}” is {verdict}"
        f" ({what.get(str(row['kind']), 'activity')} {_size(as_float(row['estimate']), scale)}"
        f"{interval}{_excluded(row, scale)}{_UNIT.get(scale, '')}; Holm p {p_value(row[p])})."
    )


def _excluded(row: Row, scale: str) -> str:
    most = as_float(row.get("excluded_above"))
    if row["verdict"] == "supported" or not np.isfinite(most):
        return ""
    if most == 0:
        return ", excluded at any size"
    return f", excluded above {_size(most, scale)} in that direction"


def _size(value: float, scale: str) -> str:
    """An effect as a change of the odds per SD where that is what it is."""
    return percent(value) if scale == PER_SQRT_N else number(value)
