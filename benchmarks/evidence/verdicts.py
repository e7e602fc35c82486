"""Each requirement, the numbers that are furthest from it, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm

from benchmarks.evidence import summary, worlds
from benchmarks.evidence.markdown import interval, number, table, take

#: Rate or range asked of a check.
COVERED = (0.94, 0.96)
LARGE = "10 blocks or more"
#: Verdict on a requirement of which the table has no row.
NOT_MEASURED = ("not in the table", "**not shown**")


def table_of(results: pd.DataFrame) -> list[str]:
    """Each requirement, the numbers that are furthest from it, and whether it holds."""
    rows = [
        _not_above(results, question, kind, beside=beside)
        for question in summary.QUESTIONS
        for beside in (False, True)
        for kind in (("all", LARGE) if question != "opposite" else ("all",))
    ]
    near = take(
        results, "false calls", alpha=0.05, method="ours", kind=LARGE,
        question=("direction", "difference"),
    )  # fmt: skip
    near = near[~near["world"].isin(worlds.PLANTED)]
    off = near[(near["low"] > 0.05) | (near["high"] < 0.05)]
    ends = f"{number(near['rate'].min())} to {number(near['rate'].max())} at 0.05"
    rows.append((f"both nominal for sets of {LARGE}, null worlds", ends, _count(off, near)))
    rows += _calls_and_bounds(results)
    rows.append(_coverage(results))
    return table(("what must hold", "measured", "holds"), rows)


def _not_above(
    results: pd.DataFrame, question: str, kind: str, *, beside: bool
) -> tuple[str, str, str]:
    part = take(results, "false calls", method="ours", question=question, kind=kind)
    part = part[part["world"].isin(worlds.PLANTED) == beside]
    above = part[part["low"] > part["alpha"]]
    where = "other sets beside planted ones" if beside else "null worlds"
    words = f"`p_{question}` not above nominal, {where}, {kind if kind != 'all' else 'all sets'}"
    if part.empty:
        return words, *NOT_MEASURED
    worst = part.iloc[int((part["rate"] / part["alpha"]).argmax())]
    said = f"largest {number(worst['rate'])} at {worst['alpha']:g} ({worst['world']})"
    return words, said, _count(above, part)


def _count(bad: pd.DataFrame, of: pd.DataFrame) -> str:
    """Whether the numbers hold, judged together: see `_clearly`."""
    said = f"{len(bad)} of {len(of)} outside"
    return f"yes ({said} at 95 %)" if not _clearly(bad, of) else f"**no** ({said}): {_names(bad)}"


def _names(bad: pd.DataFrame) -> str:
    rows = bad.assign(off=(bad["rate"] / bad["alpha"])).sort_values(
        "off", ascending=False, kind="stable"
    )
    said = [f"{r['world']} at {r['alpha']:g}: {interval(r)}" for r in rows.to_dict("records")[:3]]
    return ", ".join(said) + (", ..." if len(rows) > 3 else "")


def _clearly(bad: pd.DataFrame, of: pd.DataFrame) -> bool:
    """Whether one of them would still be outside if all were judged together (Bonferroni)."""
    if bad.empty:
        return False
    off = bad["rate"] - bad["alpha"]
    half = np.where(off > 0, bad["rate"] - bad["low"], bad["high"] - bad["rate"])
    return bool((np.abs(off) / half * 1.96 > norm.isf(0.025 / len(of))).any())


def _largest(words: str, part: pd.DataFrame, where: str) -> tuple[str, str, str]:
    """The largest rate of a part; `where` names the columns that say of what it is."""
    if part.empty:
        return words, *NOT_MEASURED
    worst = part.iloc[int(part["rate"].argmax())].to_dict()
    said = f"largest {interval(worst)} ({where.format_map(worst)})"
    return words, said, _count(part[part["low"] > part["alpha"]], part)


def _calls_and_bounds(results: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    for word in ("", ", opposite", ", concordant"):
        yield _largest(
            f"FDR of the directional call{word} up to 0.05, worst kind of set",
            take(results, "directional calls", method="ours", question=f"FDR{word}", kind="all"),
            "{world}",
        )
    yield _largest(
        "FDR of the directional call up to 0.05, worlds made against it, each size of family",
        take(results, "against", method="ours", question="FDR"),
        "{world}, families of {kind}",
    )
    yield _largest(
        "families with a false `discordant` up to 0.05, whatever overlap is given",
        take(results, "false families", question="discordant", kind="all"),
        "{world}",
    )
    yield _largest(
        "true patterns beyond the bound printed up to 0.05",
        take(results, "bounds", kind="all"),
        "{world}, {question}",
    )


def _coverage(results: pd.DataFrame) -> tuple[str, str, str]:
    part = take(results, "coverage", world="ordinary")
    low, high = COVERED
    nearest = part["rate"].clip(low, high)
    off = part[(part["high"] < low) | (part["low"] > high)].assign(alpha=nearest)
    measured = f"{number(part['rate'].min())} to {number(part['rate'].max())}"
    said = f"{len(off)} of {len(part)} outside at 95 %"
    names = "; ".join(
        f"{r['question']}, {r['kind']}: {interval(r)}" for r in off.to_dict("records")
    )
    verdict = "**no**" if _clearly(off, part) else "yes"
    words = f"{verdict} ({said}{': ' + names if names else ''})"
    return "coverage 94-96 %, effects not skewed", measured, words
