"""A plan for people: in words, as a table for the terminal, and as a folder of files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pathways.power.design import Design
from pathways.power.plan import POWER, Plan
from twas.system.folder import new_folder

#: So many effects, the largest that lack power, are told with the N_eff that they need.
_SENTENCES = 3
_DIRECTIONS = {"opposite": "opposite directions", "concordant": "a shared direction"}
_CALLED = ("called opposite", "called concordant")


def write_plan(plan: Plan, folder: str | Path, *, force: bool = False) -> Path:
    """Write ``power.tsv``, ``power_curves.tsv``, ``power.json`` and ``power.svg``.

    Parameters
    ----------
    plan
        What to write.
    folder
        Made, all or nothing.
    force
        Replace a folder that an earlier run wrote and in which nothing else is.

    Raises
    ------
    UsageError
        If the folder exists and `force` is not set, or it is none of ours.
    """
    from pathways.report.figures.power_curves import power_curves  # matplotlib loads here only
    from pathways.report.figures.save import draw, save

    with new_folder(folder, kind="power", force=force) as draft:
        for name, table in (("power", plan.table), ("power_curves", plan.curves)):
            table.to_csv(draft / f"{name}.tsv", sep="\t", index=False, lineterminator="\n")
        text = plan_json(plan)
        (draft / "power.json").write_text(text, encoding="utf-8", newline="\n")
        save(draw(power_curves, plan), draft, "power")
    return Path(folder)


def plan_json(plan: Plan) -> str:
    """The design, the sentences and the table as JSON; ``"inf"`` for an infinite number."""
    design = plan.design
    chosen = {
        "n_eff": dict(design.n_eff),
        "pathway": design.loci.name,
        "genes": design.loci.n_genes,
        "loci": len(design.loci.members),
        "tissues": design.tissues,
        "tissue_correlation": design.tissue_correlation,
        "overlap": design.overlap,
        "rg": design.rg,
        "polygenic": {trait: design.spread(trait) for trait in design.traits},
        "sets": design.n_sets,
        "true_sets": design.n_true,
        "alpha": design.alpha,
    }
    rows = [{str(k): _cell(v) for k, v in row.items()} for row in plan.table.to_dict("records")]
    content = {"design": chosen, "summary": sentences(plan), "table": rows}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _cell(value: object) -> object:
    if isinstance(value, float) and not np.isfinite(value):
        return None if np.isnan(value) else "inf"
    return value.item() if isinstance(value, np.generic) else value


def sentences(plan: Plan) -> list[str]:
    """What the planned study could see, and what it would need, a sentence or two per test."""
    return [_the_set(plan.design), *_seen(plan), *_needed(plan)]


def power_table(plan: Plan) -> str:
    """Power in percent: a line per effect, a column per test; for calls the power after FDR."""
    lines = []
    columns = {
        _heading(str(test), str(trait)): part
        for (test, trait), part in plan.table.groupby(["test", "trait"], sort=False)
    }
    width = max(12, *(len(name) + 2 for name in columns))
    lines.append(f"{'effect':<10}{'OR':<9}" + "".join(name.rjust(width) for name in columns))
    for k, effect in enumerate(plan.table["effect"].drop_duplicates()):
        cells = [
            _percent(part["power_fdr" if name in _CALLED else "power"].iloc[k]).rjust(width)
            for name, part in columns.items()
        ]
        lines.append(f"{effect:<10.4g}{_odds_ratio(effect):<9}" + "".join(cells))
    return "\n".join(lines)


def _heading(test: str, trait: str) -> str:
    if test == "direction":
        return f"{trait} direction"
    return test if test == "difference" else f"called {test}"


def _the_set(design: Design) -> str:
    loci = design.loci
    name = f"{loci.name}: " if loci.name else ""
    where = "one tissue" if design.tissues == 1 else f"{design.tissues} tissues"
    return (
        f"{name}{loci.n_genes} tested members in {len(loci.members)} loci, {where}; {design.n_true}"
        f" of {design.n_sets} sets with the effect. Effects are half log-odds (OR: odds ratio) per"
        " SD of predicted expression of one member; power of direction and difference at"
        f" p {design.alpha:g}, of calls at FDR {design.alpha:g}."
    )


def _seen(plan: Plan) -> Iterator[str]:
    """From which effect on each test has enough power."""
    enough, alpha = f"power {_percent(POWER)}", f"{plan.design.alpha:g}"
    for row in _one_row_each(plan.table):
        at_p = _from(row["detectable_effect"], f"p {alpha}")
        at_q = _from(row["detectable_effect_fdr"], f"FDR {alpha}")
        if row["test"] == "direction":
            size = f"{plan.design.n_eff[row['trait']]:,.0f}"
            yield f"{row['trait']} (N_eff {size}): {enough} for its direction {at_p}, {at_q}."
        elif row["test"] == "difference":
            yield f"Difference of both traits: {enough} {at_p}, {at_q}."
        else:
            yield (
                f"Called {row['test']}: {enough} {at_q}, in both traits. Without an effect a run"
                f" would exclude {_DIRECTIONS[row['test']]} in which both effects exceed"
                f" {_effect(row['bound'])}."
            )


def _needed(plan: Plan) -> Iterator[str]:
    """What the weaker trait would need, for the effects that come nearest to being seen."""
    table, design = plan.table, plan.design
    test, goal, suffix = (
        ("direction", "its direction", "")
        if len(design.traits) == 1
        else ("opposite", "opposite directions to be called", "_fdr")
    )
    short = table[(table["test"] == test) & (table[f"power{suffix}"] < POWER - 0.005)]
    for row in short.tail(_SENTENCES).to_dict("records"):
        power, n = row[f"power{suffix}"], row[f"n_eff_needed{suffix}"]
        head = f"An effect of {_effect(row['effect'])} has power {_percent(power)} for {goal}: "
        if np.isfinite(n):
            yield f"{head}{design.weaker} would need an N_eff of {_rounded(n)}."
        else:
            yield head + _why_never(design)


def _why_never(design: Design) -> str:
    others = [trait for trait in design.traits if trait != design.weaker]
    limits = " and ".join([*others, "the polygenic effects of other genes"])
    return f"no N_eff of {design.weaker} is enough; {limits} set the limit."


def _one_row_each(table: pd.DataFrame) -> list[dict[str, Any]]:
    first = table.drop_duplicates(["test", "trait"])
    return [{str(k): v for k, v in row.items()} for row in first.to_dict("records")]


def _effect(value: float) -> str:
    return f"{value:.2g} (OR {_odds_ratio(value)})"


def _odds_ratio(effect: float) -> str:
    return f"{np.exp(2 * effect):.{3 if effect > 5e-4 else 5}f}"


def _from(value: float, at: str) -> str:
    if not np.isfinite(value):
        return f"never at {at}, whatever the effect: too few loci"
    return f"from {_effect(value)} at {at}"


def _rounded(n: float) -> str:
    """An N_eff, up to the next two digits: its error is about 1 %, and less would not do."""
    unit = 10.0 ** (np.floor(np.log10(n)) - 1)
    return f"{np.ceil(n / unit) * unit:,.0f}"


def _percent(power: float) -> str:
    if power > 0.995:
        return "> 99 %"
    return "< 1 %" if power < 0.005 else f"{100 * power:.0f} %"
