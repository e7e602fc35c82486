"""Methods: tests beside the calls, how far the calls hold, predictions, and the software."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pandas as pd

from pathways.hypotheses import load_hypotheses
from pathways.report.words import names
from pathways.report.words.facts import Clause, RunFacts, said
from pathways.report.words.limits import AS_ANALYSED, ROLES_IGNORED, is_region

FURTHER, SENSITIVITY, PREDICTIONS = "Further tests", "Sensitivity", "Predictions"
SOFTWARE = "Software"


def _flips(what: str, over: str) -> Callable[[RunFacts], str]:
    return lambda f: (
        f"Family-wise p-values of {what} come from the largest standardised one of"
        f" {f.parameters.flips:,} joint sign flips [@westfall1993], over all pathways and scopes of"
        f" {over}; they do not cover the directional call."
    )


def _gsea(facts: RunFacts) -> str:
    found = facts.rows("directions", "nes")
    which = names.listing([str(name) for name in found["collection"].unique()])
    return (
        "GSEA (prerank) [@subramanian2005; @fang2023] was run per trait on the effects, with"
        f" members oriented by role (collection {which}); its p-values compare with random gene"
        " sets [@korotkevich2021], ignore LD and enter no call."
    )


def _regions(facts: RunFacts) -> list[str]:
    rows = facts.rows("influence", "dropped")
    dropped = rows["dropped"][is_region(rows["dropped"])] if len(rows) else ()
    return list(dict.fromkeys(str(name) for name in dropped))


def _blocks_left_out(facts: RunFacts) -> bool:
    rows = facts.rows("influence", "dropped")
    return len(rows) > 0 and bool((~is_region(rows["dropped"])).any())


def _variants(facts: RunFacts) -> list[str]:
    rows = facts.rows("sensitivity", "call")
    if rows.empty:
        return []
    run = rows[names.texts(rows["reason"]) == ""]
    return [name for name in run["variant"].unique() if name != AS_ANALYSED]


def _repeated(facts: RunFacts) -> str:
    others = [name for name in _variants(facts) if name != ROLES_IGNORED]
    return f"The analysis was repeated: {names.listing(others)}."


def _judged(facts: RunFacts) -> pd.DataFrame:
    rows = facts.rows("hypotheses", "verdict")
    return rows[rows["verdict"] != "not tested"] if len(rows) else rows


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    return frozenset((entry.id, entry.statement) for entry in load_hypotheses())


def _of_ours(facts: RunFacts) -> list[bool]:
    rows = _judged(facts)
    pairs = zip(rows["id"], rows["statement"], strict=True)
    return [pair in _shipped() for pair in pairs]


def _predictions(facts: RunFacts) -> str:
    judged, every = len(_judged(facts)), len(facts.rows("hypotheses", "verdict"))
    of = f"Of {every:,} directional predictions" if every > 1 else "Of one directional prediction"
    return (
        f"{of} {judged:,} could be judged, by one-sided tests for the prediction and for its"
        " contrary, Holm-corrected [@holm1979] over twice their number."
    )


def _provenance(facts: RunFacts) -> str:
    n = sum(_of_ours(facts))
    if n == 1:
        return "One of these comes with the program and was not preregistered."
    return f"{n:,} of these come with the program and were not preregistered."


def _software(facts: RunFacts) -> str:
    left_out = set() if facts.has("directions", "nes") else {"gseapy"}
    listed = [
        f"{name} {version}"
        for name, version in facts.study.versions.items()
        if name not in {*left_out, "Python", "twas-divergence"}
    ]
    ours = facts.study.versions.get("twas-divergence", "")
    python = facts.study.versions.get("Python", "")
    return f"twas-divergence {ours} was run with Python {python} ({', '.join(listed)})."


def _random(facts: RunFacts) -> bool:
    flips = facts.has("directions", "fwer_direction") and facts.parameters.flips > 0
    return flips or facts.has("directions", "nes")


CLAUSES = (
    Clause(
        "magnitude",
        FURTHER,
        said(
            "Whether a pathway is involved in any direction was tested by the weighted sum of |z|"
            " against all rotations of the genome [@cabrera2012]."
        ),
        rows=(("directions", "p_magnitude"),),
    ),
    Clause(
        "fwer of activities",
        FURTHER,
        _flips("activities", "a trait"),
        rows=(("directions", "fwer_direction"),),
        when=lambda f: f.parameters.flips > 0,
    ),
    Clause(
        "fwer of differences",
        FURTHER,
        _flips("differences", "a pair"),
        rows=(("divergence", "fwer_difference"),),
        when=lambda f: f.parameters.flips > 0,
    ),
    Clause(
        "robust",
        FURTHER,
        said("Robust p-values use tanh(z/2) in the place of z."),
        rows=(("directions", "p_robust"),),
    ),
    Clause(
        "detectable",
        FURTHER,
        said(
            "Detectable effects are those that would be found with 80 % power at p < 0.05, or at"
            " the level that a false discovery rate of 5 % asks of one more pathway."
        ),
        rows=(("directions", "detectable_effect"),),
    ),
    Clause(
        "type M and S",
        FURTHER,
        said(
            "Exaggeration and the risk of a wrong sign are given for a true activity of half of"
            " what was seen [@gelman2014]."
        ),
        rows=(("directions", "type_m"),),
    ),
    Clause("GSEA", FURTHER, _gsea, rows=(("directions", "nes"),)),
    Clause(
        "heterogeneity",
        FURTHER,
        said(
            "Whether the activities of all traits differ was tested by the weighted sum of their"
            " squared deviations."
        ),
        rows=(("heterogeneity", "p_heterogeneity"),),
    ),
    Clause(
        "balance",
        FURTHER,
        said(
            "The stress–reserve balance is a weighted sum of activities, after the model of"
            " [@cheung2026], which is a hypothesis."
        ),
        rows=(("balance", "activity"),),
    ),
    Clause(
        "circuits",
        FURTHER,
        said(
            "It was formed in each circuit, a named group of GTEx tissues, of which the files have"
            " a tissue. Family-wise p-values over the circuits, and over their differences within a"
            " trait, come from sign flips that a locus shares between circuits; differences of"
            " circuits use the mean z of their tissues on the genes of both."
        ),
        rows=(("balance", "activity"), ("balance", "fwer")),
    ),
    Clause(
        "blocks left out",
        SENSITIVITY,
        said("Each LD block of each called pathway was left out in turn."),
        rows=(("influence", "call"),),
        when=_blocks_left_out,
    ),
    Clause(
        "regions left out",
        SENSITIVITY,
        lambda f: f"Left out as a whole, one by one: {names.listing(_regions(f))}.",
        rows=(("influence", "call"),),
        when=lambda f: bool(_regions(f)),
    ),
    Clause(
        "overlap",
        SENSITIVITY,
        said("Called pathways were tested again without the genes of other called ones."),
        rows=(("overlap", "call"),),
    ),
    Clause(
        "variants",
        SENSITIVITY,
        _repeated,
        when=lambda f: bool(set(_variants(f)) - {ROLES_IGNORED}),
    ),
    Clause(
        "roles ignored",
        SENSITIVITY,
        said(
            "As a positive control it was repeated with every role +1, where what rests on roles"
            " must go."
        ),
        when=lambda f: ROLES_IGNORED in _variants(f) and any(c.signed for c in f.collections),
    ),
    Clause(
        "predictions",
        PREDICTIONS,
        _predictions,
        rows=(("hypotheses", "holm_for"),),
        when=lambda f: len(_judged(f)) > 0,
    ),
    Clause(
        "provenance of predictions",
        PREDICTIONS,
        _provenance,
        rows=(("hypotheses", "holm_for"),),
        when=lambda f: any(_of_ours(f)),
    ),
    Clause("software", SOFTWARE, _software, when=lambda f: bool(f.study.versions)),
    Clause("seed", SOFTWARE, lambda f: f"The seed was {f.parameters.seed}.", when=_random),
)
