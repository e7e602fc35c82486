"""Results made by hand: tables of any size without an analysis."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from pathways.gene_sets import GeneSets
from pathways.output.run_tables import PairSummary, Parameters, StudySummary, TraitSummary
from pathways.results import Results
from pathways.tables.registry import TABLES
from twas.quality import QualityReport
from twas.study.universe import COMBINED, PER_SQRT_N
from twas.traits.assembly import InputFile


def frame(name, rows):
    """A table with every registered column; what is not given is empty or NaN."""
    columns = TABLES[name].columns
    if not rows:
        return pd.DataFrame({c.name: pd.Series(dtype=object) for c in columns})
    made = {}
    for c in columns:
        empty = "" if c.kind == "text" else np.nan
        values = [row.get(c.name, empty) for row in rows]
        made[c.name] = pd.Series(values, dtype=object if c.kind == "text" else float)
    return pd.DataFrame(made)


def trait_row(pathway, trait, *, q=1.0, activity=0.001, collection="mine", **more):
    """A row of ``directions``; q is NaN where untestable."""
    ends = {"ci_low": activity - 0.002, "ci_high": activity + 0.002}
    tested = {
        "p_direction": q,
        "q_direction": q,
        "detectable_effect": 0.002,
        "detectable_effect_fdr": 0.003,
        **ends,
    }
    nothing = {"detectable_effect": np.inf, "detectable_effect_fdr": np.inf, "reason": "too few"}
    return {
        "collection": collection,
        "pathway": pathway,
        "trait": trait,
        "scope": COMBINED,
        "n_set": 20,
        "n_tested": 18,
        "n_blocks": 12,
        "min_p": 0.001,
        "effect_scale": PER_SQRT_N,
        "activity": activity,
        "se": 0.001,
        **(tested if np.isfinite(q) else nothing),
        **more,
    }


def pair_row(pathway, pair, call="undetermined", *, q=1.0, collection="mine", **more):
    """A row of ``divergence``."""
    b = -0.001 if call == "opposite" else 0.001
    open_ones = {"bound_opposite": 0.0009, "bound_concordant": 0.0018}
    return {
        "collection": collection,
        "pathway": pathway,
        "scope": COMBINED,
        "trait_a": pair[0],
        "trait_b": pair[1],
        "n_tested": 18,
        "n_blocks": 12,
        "effect_scale": PER_SQRT_N,
        "activity_a": 0.001,
        "activity_b": b,
        "q_call": q,
        "p_both": q,
        "call": call,
        "reason": f"because {call}",
        **({} if call == "untestable" else open_ones),
        **more,
    }


def sets_of(pathways, collection="mine", *, signed=False, evidence=""):
    """A collection with one gene per pathway."""
    table = pd.DataFrame(
        {"pathway": pathways, "gene": "ENSG1", "symbol": "A1", "role": 1, "evidence": evidence}
    ).assign(note="")
    return GeneSets(collection, table, "0123456789ab", signed, QualityReport())


def study_of(traits, *, tissues=("cortex",), n_eff=9000.0, form="S-PrediXcan", **more):
    """A summary of a study."""
    file = InputFile("a.csv", "0" * 64, form, "cortex", 10, 10, 10)
    pairs = tuple(
        PairSummary(a, b, 100, 50, 0.1, PER_SQRT_N, more.get("overlap"), more.get("assumed", ()))
        for a, b in combinations(traits, 2)
    )
    return StudySummary(
        members=tuple(
            TraitSummary(t, n_eff, more.get("intercept"), 100, 50, tissues, (file,)) for t in traits
        ),
        pairs=pairs,
        tissues=tissues,
        blocks_name="gaps",
        n_genes=100,
        versions={"Python": "3.11", "twas-divergence": "0.1", "gseapy": "1.1"},
    )


def made(traits, directions, divergence=(), *, sets=None, facts=(), study=None, flips=0, **tables):
    """Results of rows; `tables` holds the rows of further tables."""
    rows = {"directions": directions, "divergence": divergence, **tables}
    names = list(dict.fromkeys(row["pathway"] for row in directions))
    return Results(
        tables={name: frame(name, list(rows.get(name, ()))) for name in TABLES},
        study=study or study_of(traits),
        gene_sets=tuple(sets or (sets_of(names),)),
        quality=QualityReport(tuple(facts)),
        parameters=Parameters(seed=3, flips=flips),
    )
