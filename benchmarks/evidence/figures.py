"""The figures of the page, from the results table."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

mpl.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.evidence import claims
from pathways.report.figures.svg import finish

mpl.rcParams["svg.hashsalt"] = "evidence"
mpl.rcParams["svg.fonttype"] = "none"

#: Okabe-Ito colours: ours, peers.
OURS, PEER, LINE = "#0072B2", "#999999", "#D55E00"


def write(table: pd.DataFrame, folder: Path) -> list[str]:
    """Write all figures; their file names."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "evidence_false_calls.svg": _false_calls(table),
        "evidence_power.svg": _power(table),
    }
    for name, figure in made.items():
        path = folder / name
        figure.savefig(path, format="svg", metadata={"Date": None}, bbox_inches="tight")
        plt.close(figure)
        path.write_bytes(finish(path.read_bytes()))
    return list(made)


def _false_calls(table: pd.DataFrame) -> Figure:
    """Rate at 0.05 of each method, a dot per world."""
    questions = ("direction", "opposite", "difference")
    part = table[(table["part"] == "false calls") & (table["kind"] == "all")]
    part = part[np.isclose(part["alpha"], 0.05)]
    methods = [m for m in dict.fromkeys(table["method"]) if m in set(part["method"])][::-1]
    figure, axes = plt.subplots(1, 3, figsize=(11, 4), sharey=True)
    for axis, question in zip(axes, questions, strict=True):
        for at, method in enumerate(methods):
            rates = part.loc[
                (part["method"] == method) & (part["question"] == question), "rate"
            ].dropna()
            colour = OURS if method.startswith("ours") else PEER
            # Small steps up and down keep equal rates apart, the same in every run.
            step = 0.12 * (np.arange(len(rates)) % 5 - 2)
            axis.plot(rates, at + step, "o", color=colour, ms=4, alpha=0.7, mew=0)
        axis.axvline(0.05, color=LINE, lw=1)
        axis.set_xlim(-0.01, 1.0)
        axis.set_xscale("symlog", linthresh=0.05)
        axis.set_xticks([0, 0.05, 0.2, 1], ["0", "0.05", "0.2", "1"])
        axis.set_title({"opposite": "opposite directions"}.get(question, question))
        axis.set_xlabel("false calls at 0.05")
    axes[0].set_yticks(range(len(methods)), methods)
    figure.suptitle("False calls: one dot per world, line at the nominal rate", y=1.0)
    figure.tight_layout()
    return figure


def _power(table: pd.DataFrame) -> Figure:
    """Power at 1 % false opposite claims, and at FDR 0.05 as used."""
    part = table[(table["part"] == "power") & (table["kind"] == "worst world")]
    part = part[(part["note"] == "")]
    part = part.assign(
        label=[
            method if question == "opposite" else f"{method}, z_A - z_B"
            for method, question in zip(part["method"], part["question"], strict=True)
        ]
    )
    mine = part["method"].str.startswith(claims.OURS)
    part = part[~mine | (part["question"] == "opposite")]
    labels = list(dict.fromkeys(part["label"]))[::-1]
    names = list(dict.fromkeys(part["world"]))
    figure, axes = plt.subplots(1, len(names), figsize=(3 * len(names) + 2, 5), sharey=True)
    for axis, name in zip(np.atleast_1d(axes), names, strict=True):
        for r in part[part["world"] == name].to_dict("records"):
            at = labels.index(r["label"])
            colour = OURS if r["method"].startswith("ours") else PEER
            axis.plot([r["low"], r["high"]], [at, at], color=colour, lw=1)
            axis.plot(r["rate"], at, "o", color=colour, ms=5)
        axis.set_xlim(0, 1)
        axis.set_title(name)
        axis.set_xlabel("power")
    np.atleast_1d(axes)[0].set_yticks(range(len(labels)), labels)
    figure.suptitle("Opposite sets claimed where 1 % of the others are, in the worst world", y=1.0)
    figure.tight_layout()
    return figure
