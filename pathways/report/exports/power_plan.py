"""A plan as files: tables and a figure in a folder, and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from pathways.power.plan import Plan
from pathways.power.words import sentences
from twas.system.folder import new_folder


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
