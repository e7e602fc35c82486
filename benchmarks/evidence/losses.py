"""Where our tests lose or break, with the size and the cause; numbers from the results table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.evidence import claims, worlds
from benchmarks.evidence.markdown import interval, number, table

#: Peers with fewer replicates are not compared here.
MIN_REPLICATES = 10
_RULES = {"opposite": "both traits", "difference": "difference"}


def paragraphs(results: pd.DataFrame) -> Iterator[str]:
    """Lines of the section."""
    yield "## Where we lose, and where the method breaks\n"
    yield from _power(results)
    yield from _concordant(results)
    yield from _coverage(results)
    yield from _beside(results)
    yield NEIGHBOURS


def _power(results: pd.DataFrame) -> Iterator[str]:
    yield POWER.format(gap=_called_gap(results))
    part = results[results["part"] == "power"]
    rows = []
    for world in dict.fromkeys(part["world"]):
        cells = [str(world)]
        for threshold in ("own world", "worst world"):
            here = part[(part["world"] == world) & (part["kind"] == threshold)]
            mine = here[(here["method"] == claims.OURS) & (here["question"] == "opposite")]
            others = here[(here["note"] == "") & ~here["method"].str.startswith("ours")]
            others = others[others["replicates"] >= MIN_REPLICATES]
            best = others.iloc[int(others["rate"].argmax())]
            same = here[
                (here["note"] == "ours")
                & (here["method"] == best["method"])
                & (here["question"] == best["question"])
            ].iloc[0]
            name = f"{best['method']} ({_RULES[str(best['question'])]})"
            gap = float(same["rate"]) - float(best["rate"])
            cells += [number(float(mine.iloc[0]["rate"])), f"{name}: {number(best['rate'])}"]
            cells.append(f"{gap:+.3f}")
        rows.append(tuple(cells))
    head = ["world"]
    for threshold in ("own world", "worst world"):
        head += [f"ours, {threshold}", "best peer", "ours less peer, same replicates"]
    yield from table(head, rows)


def _called_gap(results: pd.DataFrame) -> str:
    """By how much decoupler ULM calls more true effects at FDR 0.05, at most."""
    part = results[(results["part"] == "directional calls") & (results["kind"] == "all")]
    part = part[part["question"] == "power"].dropna(subset="rate")
    by_method = part.pivot_table(index="world", columns="method", values="rate")
    return number(float((by_method["decoupler ULM"] - by_method[claims.OURS]).max()))


def _concordant(results: pd.DataFrame) -> Iterator[str]:
    yield CONCORDANT
    part = results[(results["part"] == "directional calls") & (results["kind"] == "all")]
    names = {"FDR, opposite": "FDR opposite", "FDR, concordant": "FDR concordant"}
    part = part[part["question"].isin([*names, "power"])]
    rows = []
    for world in dict.fromkeys(part["world"]):
        cells = [str(world)]
        for method in (claims.OURS, claims.ADAFILTER, claims.BOTH):
            for question in (*names, "power"):
                at = (part["world"] == world) & (part["method"] == method)
                cells.append(
                    number(float(part[at & (part["question"] == question)]["rate"].iloc[0]))
                )
        rows.append(tuple(cells))
    words = [*names.values(), "power"]
    others = [f"{name}: {word}" for name in ("AdaFilter alone", "q_both") for word in words]
    yield from table(("world", *words, *others), rows)


def _beside(results: pd.DataFrame) -> Iterator[str]:
    part = results[results["part"] == "beside"]
    if len(part):
        share = f"{100 * float(part['note'].iloc[0].split()[2]):.0f} %"
        yield BESIDE.format(share=share, world=part["world"].iloc[0])
        rows = [(r["kind"], interval(r)) for r in part.to_dict("records")]
        yield from table(("z", "false calls of direction"), rows)


def _coverage(results: pd.DataFrame) -> Iterator[str]:
    part = results[(results["part"] == "coverage") & (results["world"] == "skewed")]
    if len(part) and "skewed" in worlds.HELD_OUT:
        low, high = number(float(np.min(part["rate"]))), number(float(np.max(part["rate"])))
        yield f"**Coverage under skewed effects** is {low} to {high}, lowest with 6 to 9 blocks:"
        yield "where 15 % of loci carry all, many of these sets hold none and cannot know of it.\n"


POWER = """**Power at equal false-call rates.** Every method may choose the cut at which 1 % of the
sets that are not opposite are claimed opposite; peers that ran in at least ten replicates are
compared. If the cut is made in the world itself, tests that take the variance of z from all genes
find more opposite sets than `p_opposite`. Two causes. The sign-flip test has the variance of a set
from the set's own blocks, so with few blocks it pays for degrees of freedom (below six it cannot
speak at all). And it counts the spread of effects between loci as error, because it speaks of loci
like these, not of these genes: where all members have the same effect (`opposite, even`) the loss
is smaller, and where few loci carry all (`skewed`) it is large; there ranked or thresholded tests
such as DPM look for just these few. If one cut must do for every world, it is set by the world
where neighbours act together in each trait by itself (`clusters, apart`), and most of the loss
goes. No user can know either cut. At FDR 0.05 as used, decoupler ULM, the best peer whose FDR
holds outside the worlds of clusters and the huge locus, calls at most {gap} more of the true
effects (section "Directional calls").
"""

CONCORDANT = """**What the call pays for.** AdaFilter is made for two p that are independent where
nothing is there. Where the second trait repeats the chance direction of the first, F and S of a
hypothesis are nearly equal, the filter that counts `F <= S` no longer pays for the number of sets,
and a set is called at about its unadjusted p (`clusters`: the same loci act in both traits without
a net direction). What the joint flips of each set add to the estimated false discoveries pays for
it, at a price in power where directions are true. "AdaFilter alone" is the same moderated p
without it, and without the exact guard. Benjamini-Hochberg of the larger exact p (`q_both`,
printed beside `q_call`) holds in every world, at a far higher price. FDR of the worst kind of set:
"""

BESIDE = """**Sets beside planted ones.** In the worlds with planted sets these hold {share} of all
genes, so the mean effect of the genome is not zero. Activity is relative to that mean: the other
sets are shifted by it and are called a little too often. The cause is the centring, not LD
(`{world}`, sets of 10 blocks or more, at 0.05). A pathway of some dozen genes among twelve
thousand does not do this.
"""

NEIGHBOURS = """**Sets of neighbours.** The tests speak of a set's net direction across loci. A
method that ignores LD finds more in sets of neighbours, and claims more there that is not so.
"""
