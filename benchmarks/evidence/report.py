"""`docs/evidence.md` from the results table: every number is read from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from benchmarks.evidence import (
    adversaries,
    claims,
    figures,
    genotypes,
    losses,
    peers,
    sets,
    summary,
    texts,
    worlds,
)
from benchmarks.evidence.markdown import crossed, interval, number, table

#: Rate or range asked of a check.
COVERED = (0.94, 0.96)
LARGE = "10 blocks or more"
#: Verdict on a requirement of which the table has no row.
NOT_MEASURED = ("not in the table", "**not shown**")


def write(results: pd.DataFrame, docs: Path) -> None:
    """Write the page and its figures."""
    results = typed(results)
    names = figures.write(results, docs / "images")
    parts = [
        texts.INTRODUCTION,
        *([texts.OUTDATED] if _take(results, "against").empty else []),
        "## What holds\n",
        *_verdicts(results),
        *losses.paragraphs(results),
        _setting(),
        *_false_calls(results, names[0]),
        *_calls(results),
        *_against(results),
        *_power(results, names[1]),
        *_others(results),
    ]
    (docs / "evidence.md").write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def typed(results: pd.DataFrame) -> pd.DataFrame:
    """The table as read from a file without missing values → numbers."""
    numbers = ["alpha", "n", "hits", "rate", "low", "high", "replicates"]
    return results.assign(**{c: pd.to_numeric(results[c], errors="coerce") for c in numbers})


def _take(
    results: pd.DataFrame, part: str, *, alpha: float | None = None, **equal: object
) -> pd.DataFrame:
    keep = results["part"] == part
    for column, value in equal.items():
        wanted = value if isinstance(value, tuple) else (value,)
        keep &= results[column].isin(list(wanted))
    if alpha is not None:
        keep &= np.isclose(results["alpha"], alpha)
    return results[keep]


def _verdicts(results: pd.DataFrame) -> list[str]:
    """Each requirement, the numbers that are furthest from it, and whether it holds."""
    rows = [
        _not_above(results, question, kind, beside=beside)
        for question in summary.QUESTIONS
        for beside in (False, True)
        for kind in (("all", LARGE) if question != "opposite" else ("all",))
    ]
    near = _take(
        results, "false calls", alpha=0.05, method="ours", kind=LARGE,
        question=("direction", "difference"),
    )  # fmt: skip
    near = near[~near["world"].isin(worlds.PLANTED)]
    off = near[(near["low"] > 0.05) | (near["high"] < 0.05)]
    ends = f"{number(near['rate'].min())} to {number(near['rate'].max())} at 0.05"
    rows.append((f"both nominal for sets of {LARGE}, null worlds", ends, _count(off, near)))
    rows += [_fdr(results, word) for word in ("", ", opposite", ", concordant")]
    rows.append(_worst_against(results))
    rows.append(_coverage(results))
    return table(("what must hold", "measured", "holds"), rows)


def _not_above(
    results: pd.DataFrame, question: str, kind: str, *, beside: bool
) -> tuple[str, str, str]:
    part = _take(results, "false calls", method="ours", question=question, kind=kind)
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


def _fdr(results: pd.DataFrame, word: str) -> tuple[str, str, str]:
    part = _take(results, "directional calls", method="ours", question=f"FDR{word}", kind="all")
    worst = part.iloc[int(part["rate"].argmax())]
    return (
        f"FDR of the directional call{word} up to 0.05, worst kind of set",
        f"largest {interval(worst.to_dict())} ({worst['world']})",
        _count(part[part["low"] > 0.05], part),
    )


def _worst_against(results: pd.DataFrame) -> tuple[str, str, str]:
    part = _take(results, "against", method="ours", question="FDR")
    words = "FDR of the directional call up to 0.05, worlds made against it, each size of family"
    if part.empty:
        return words, *NOT_MEASURED
    worst = part.iloc[int(part["rate"].argmax())]
    return (
        words,
        f"largest {interval(worst.to_dict())} ({worst['world']}, families of {worst['kind']})",
        _count(part[part["low"] > 0.05], part),
    )


def _coverage(results: pd.DataFrame) -> tuple[str, str, str]:
    part = _take(results, "coverage", world="ordinary")
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


def _setting() -> str:
    lines = [texts.SETTING, "Worlds:", ""]
    lines += table(
        ("world", "what is true"),
        [
            (w.name + (" (held out)" if w.name in worlds.HELD_OUT else ""), w.words)
            for w in worlds.WORLDS
        ],
    )
    lines += ["Gene sets:", ""]
    lines += table(
        ("kind", "sets", "how"),
        [(kind, str(sets.NUMBERS[kind]), texts.KINDS[kind]) for kind in sets.KINDS],
    )
    lines += ["Peers, and the rule that their users use:", ""]
    lines += table(("method", "as run", "rule"), texts.PEERS)
    people = f"{genotypes.N_POPULATION:,} people give the LD, {genotypes.N_PANEL} train the models."
    return "\n".join([*lines, people, ""])


def _false_calls(results: pd.DataFrame, figure: str) -> list[str]:
    lines = ["## False calls", "", f"![False calls by method](images/{figure})", "", texts.FALSE]
    for question in summary.QUESTIONS:
        mine = _take(results, "false calls", method="ours", question=question, kind=(LARGE,))
        lines += [f"### {texts.QUESTIONS[question]}", "", f"Ours, sets of {LARGE}:", ""]
        lines += crossed(mine, "world", "alpha")
        everyone = _take(results, "false calls", alpha=0.05, question=question, kind="all")
        lines += ["All sets, every method, at 0.05:", ""]
        lines += crossed(everyone, "world", "method", plain=True)
        by_kind = _take(results, "false calls", alpha=0.05, question=question, method="ours")
        lines += ["Ours by kind of set, at 0.05:", ""]
        lines += crossed(by_kind, "world", "kind", plain=True)
    worst = _take(results, "worst set", kind=LARGE)
    lines += ["### The worst set", "", texts.WORST]
    for question in ("direction", "difference"):
        part = worst[worst["question"] == question]
        lines += [f"{question.capitalize()}:", "", *crossed(part, "world", "method", plain=True)]
    further = _take(results, "false calls", method="ours", kind="all", question=summary.FURTHER)
    lines += ["### Further tests of ours, at 0.05", "", *crossed(further, "world", "question")]
    return lines


def _calls(results: pd.DataFrame) -> list[str]:
    lines = ["## Directional calls at FDR 0.05", "", texts.CALLS]
    told = (*(f"FDR{word}" for word in summary.WORDS), "power")
    mine = _take(results, "directional calls", method="ours", kind="all", question=told)
    lines += crossed(mine, "world", "question")
    lines += ["Ours by collection, FDR:", ""]
    part = _take(results, "directional calls", method="ours", question="FDR")
    lines += crossed(part, "world", "kind", plain=True)
    for question in ("FDR", "power"):
        part = _take(results, "directional calls", question=question, kind="all")
        part = part[part["rate"].notna()]
        lines += [f"Every method, {question}:", "", *crossed(part, "world", "method", plain=True)]
    words = results[results["part"] == "words"]
    for kind in ("planted", "not planted"):
        lines += [f"How often each word is used, sets {kind}:", ""]
        lines += crossed(words[words["kind"] == kind].dropna(subset="rate"), "world", "question",
                         plain=True)  # fmt: skip
    return lines


def _against(results: pd.DataFrame) -> list[str]:
    lines = ["## Worlds made against the call", "", texts.AGAINST]
    every = (*adversaries.ADVERSARIES, *adversaries.HELD_OUT)
    lines += table(("world", "what is true"), [(w.name, w.words) for w in every])
    part = _take(results, "against", question="FDR")
    if part.empty:
        return lines
    for method, words in texts.AGAINST_METHODS.items():
        mine = part[part["method"] == method]
        lines += [words, "", *crossed(mine, "world", "kind", plain=method != "ours")]
    power = _take(results, "against", question="power", method="ours")
    lines += ["Power, where some sets have directions in both:", ""]
    return [*lines, *crossed(power, "world", "kind", plain=True)]


def _power(results: pd.DataFrame, figure: str) -> list[str]:
    lines = ["## Power at equal false-call rate", "", f"![Power](images/{figure})", "", texts.POWER]
    part = results[results["part"] == "power"]
    for threshold in ("worst world", "own world"):
        here = part[part["kind"] == threshold]
        rows = []
        for r in here[here["note"] == ""].to_dict("records"):
            beside = here[
                (here["note"] == "ours") & (here["world"] == r["world"])
                & (here["method"] == r["method"]) & (here["question"] == r["question"])
            ].iloc[0]  # fmt: skip
            rule = "both traits" if r["question"] == "opposite" else "difference"
            rows.append((r["world"], r["method"], rule, interval(r), number(beside["rate"])))
        lines += [f"Threshold from the {threshold}:", ""]
        lines += table(("world", "method", "rule", "power", "ours, same replicates"), rows)
    return lines


def _others(results: pd.DataFrame) -> list[str]:
    lines = ["## Coverage of 95 % intervals", "", texts.COVERAGE]
    part = _take(results, "coverage")
    for world in dict.fromkeys(part["world"]):
        here = part[part["world"] == world]
        lines += [f"{world.capitalize()} effects:", "", *crossed(here, "kind", "question")]
    lines += ["## Tails", "", texts.TAILS]
    tails = _take(results, "tails")
    rows = [
        (r["world"], r["kind"], r["note"], str(int(r["n"])), interval(r))
        for r in tails.to_dict("records")
    ]
    head: Sequence[str] = ("contributions", "blocks", "against", "sets", "ratio (1 to 99 %)")
    lines += table(head, rows)
    real = _take(results, "real data")
    if len(real):
        lines += ["## Real z-scores", "", texts.REAL]
        real = real.assign(check=real["world"] + ", " + real["question"] + ", " + real["kind"])
        lines += crossed(real, "check", "alpha")
    return lines


METHODS = (claims.OURS, *peers.PEERS)
