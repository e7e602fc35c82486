"""`docs/evidence.md` from the results table: every number is read from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks.evidence import (
    adversaries,
    adversary_runs,
    claims,
    figures,
    genotypes,
    losses,
    peers,
    sets,
    summary,
    texts,
    verdicts,
    worlds,
)
from benchmarks.evidence.markdown import crossed, interval, number, table, take

LARGE = verdicts.LARGE


def write(results: pd.DataFrame, docs: Path) -> None:
    """Write the page and its figures."""
    results = typed(results)
    names = figures.write(results, docs / "images")
    mine = take(results, "directional calls", method="ours")
    required = verdicts.table_of(results)
    parts = [
        _introduction(results, required),
        "## What holds\n",
        *required,
        *losses.paragraphs(results),
        _setting(),
        *_false_calls(results, names[0]),
        *_calls(results),
        *_bounds(results),
        *_further(results),
        *_against(results),
        *_power(results, names[1]),
        *_others(results),
        texts.ABOUT.format(taken=_taken_over(), replicates=_least(mine)),
    ]
    (docs / "evidence.md").write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def _introduction(results: pd.DataFrame, required: list[str]) -> str:
    verdict = [row.split(" | ")[-1] for row in required if row.startswith("| ")][1:]
    return texts.INTRODUCTION.format(
        worlds=results.loc[results["part"] == "false calls", "world"].nunique(),
        held=sum(words.startswith("yes") for words in verdict),
        required=len(verdict),
    )


def typed(results: pd.DataFrame) -> pd.DataFrame:
    """The table as read from a file without missing values → numbers."""
    numbers = ["alpha", "n", "hits", "rate", "low", "high", "replicates"]
    return results.assign(**{c: pd.to_numeric(results[c], errors="coerce") for c in numbers})


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
        mine = take(results, "false calls", method="ours", question=question, kind=(LARGE,))
        lines += [f"### {texts.QUESTIONS[question]}", "", f"Ours, sets of {LARGE}:", ""]
        lines += crossed(mine, "world", "alpha")
        everyone = take(results, "false calls", alpha=0.05, question=question, kind="all")
        lines += ["All sets, every method, at 0.05:", ""]
        lines += crossed(everyone, "world", "method", plain=True)
        by_kind = take(results, "false calls", alpha=0.05, question=question, method="ours")
        lines += ["Ours by kind of set, at 0.05:", ""]
        lines += crossed(by_kind, "world", "kind", plain=True)
    worst = take(results, "worst set", kind=LARGE)
    lines += ["### The worst set", "", texts.WORST]
    for question in ("direction", "difference"):
        part = worst[worst["question"] == question]
        lines += [f"{question.capitalize()}:", "", *crossed(part, "world", "method", plain=True)]
    further = take(results, "false calls", method="ours", kind="all", question=summary.FURTHER)
    lines += ["### Further tests of ours, at 0.05", "", *crossed(further, "world", "question")]
    return lines


def _calls(results: pd.DataFrame) -> list[str]:
    lines = ["## Directional calls at FDR 0.05", "", texts.CALLS]
    told = (*(f"FDR{word}" for word in summary.WORDS), "power")
    mine = take(results, "directional calls", method="ours", kind="all", question=told)
    lines += crossed(mine, "world", "question")
    lines += ["Ours by collection, FDR:", ""]
    part = take(results, "directional calls", method="ours", question="FDR")
    lines += crossed(part, "world", "kind", plain=True)
    for question in ("FDR", "power"):
        part = take(results, "directional calls", question=question, kind="all")
        part = part[part["rate"].notna()]
        lines += [f"Every method, {question}:", "", *crossed(part, "world", "method", plain=True)]
    words = results[results["part"] == "words"]
    for kind in ("planted", "not planted"):
        lines += [f"How often each word is used, sets {kind}:", ""]
        lines += crossed(words[words["kind"] == kind].dropna(subset="rate"), "world", "question",
                         plain=True)  # fmt: skip
    return lines


def _bounds(results: pd.DataFrame) -> list[str]:
    part = take(results, "bounds", kind=("all", LARGE, "6-9 blocks"))
    part = part.assign(what=part["question"] + ", " + part["kind"])
    lines = ["## Bounds of what is not called", "", texts.BOUNDS]
    return [*lines, *crossed(part.dropna(subset="rate"), "world", "what")]


def _further(results: pd.DataFrame) -> list[str]:
    part = take(results, "false families")
    lines = ["## Calls of the further tests where nothing is there", ""]
    lines.append(texts.FURTHER.format(replicates=_least(part)))
    for kind in ("all", "worst"):
        words = "All kinds of set:" if kind == "all" else "The kind with most:"
        lines += [words, "", *crossed(part[part["kind"] == kind], "world", "question")]
    return lines


def _least(part: pd.DataFrame) -> str:
    return f"{int(part['replicates'].min()):,}" if len(part) else "No"


def _taken_over() -> str:
    return f"{', '.join([*peers.FAST, *peers.SLOW])} and our robust score"


def _against(results: pd.DataFrame) -> list[str]:
    part = take(results, "against", question="FDR")
    ours = part[(part["method"] == "ours") & (part["kind"] != str(max(adversaries.FAMILIES)))]
    lines = ["## Worlds made against the call", ""]
    lines.append(texts.AGAINST.format(replicates=_least(ours), compared=adversary_runs.COMPARED))
    every = (*adversaries.ADVERSARIES, *adversaries.HELD_OUT)
    lines += table(("world", "what is true"), [(w.name, w.words) for w in every])
    if part.empty:
        return lines
    for method, words in texts.AGAINST_METHODS.items():
        mine = part[part["method"] == method]
        lines += [words, "", *crossed(mine, "world", "kind", plain=method != "ours")]
    power = take(results, "against", question="power", method="ours")
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
    part = take(results, "coverage")
    for world in dict.fromkeys(part["world"]):
        here = part[part["world"] == world]
        lines += [f"{world.capitalize()} effects:", "", *crossed(here, "kind", "question")]
    lines += ["## Tails", "", texts.TAILS]
    tails = take(results, "tails")
    rows = [
        (r["world"], r["kind"], r["note"], str(int(r["n"])), interval(r))
        for r in tails.to_dict("records")
    ]
    head: Sequence[str] = ("contributions", "blocks", "against", "sets", "ratio (1 to 99 %)")
    lines += table(head, rows)
    real = take(results, "real data")
    if len(real):
        lines += ["## Real z-scores", "", texts.REAL]
        real = real.assign(check=real["world"] + ", " + real["question"] + ", " + real["kind"])
        lines += crossed(real, "check", "alpha")
    return lines


METHODS = (claims.OURS, *peers.PEERS)
