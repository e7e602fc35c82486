"""Size on real z-scores: regions flipped, and sets moved along the genome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.evidence import counting
from pathways import load_gene_sets
from pathways.nulls.signflip import sign_flip
from pathways.statistics import contrasts
from pathways.statistics.contributions import Members, contributions
from twas import Study, read_trait
from twas.study.universe import Universe
from twas.system.arrays import Float

MIN_BLOCKS = 10
N_EFF = {"MDD": 400_000, "PTSD": 60_000}
SETS = "ReactomePathways_2024-09-18.gmt.gz"
REGION = 5_000_000
ALPHAS = (0.05, 0.01, 0.001)


def measured(data: Path, replicates: int) -> pd.DataFrame:
    """Rates below alpha of direction and difference, sets of at least `MIN_BLOCKS` blocks."""
    traits = [
        read_trait(data / "spredixcan" / name.lower(), name=name, n_eff=n)
        for name, n in N_EFF.items()
    ]
    study = Study.from_traits(traits)
    members = Members.of(study, load_gene_sets(data / "gene_sets" / SETS))
    names = [("MDD",), ("PTSD",), ("MDD", "PTSD")]
    views = [view for name in names if (view := study.universe(name)) is not None]
    flipped, rotated = _flipper(study), _rotator(study, members)
    rows = []
    checks = (("regions flipped", flipped), ("sets rotated", rotated))
    for number, (name, change) in enumerate(checks):
        rng = np.random.default_rng([number, 20261124])
        found = [[_p(*change(v, members, rng)) for v in views] for _ in range(replicates)]
        for k, view in enumerate(views):
            p = np.stack([row[k] for row in found])
            question = "direction" if len(view.traits) == 1 else "difference"
            for alpha in ALPHAS:
                rate = counting.rate(p < alpha, np.isfinite(p))
                rows.append((name, question, " ".join(view.traits), alpha, replicates, rate))
    columns = ["world", "question", "kind", "alpha", "replicates", "rate"]
    return pd.DataFrame(rows, columns=columns)


Change = Callable[[Universe, Members, np.random.Generator], tuple[Universe, Members]]


def _p(view: Universe, members: Members) -> Float:
    parts = contributions(view, members)
    c = parts.trait(0) if len(view.traits) == 1 else contrasts.difference(parts)
    return np.where(c.lengths >= MIN_BLOCKS, sign_flip(c).p, np.nan)


def _flipper(study: Study) -> Change:
    """Flip whole regions of z: a null copy that keeps LD and heavy tails."""
    genes = study.genes
    place = genes["chrom"] + ":" + (genes["start"].fillna(-1) // REGION).astype(str)
    region = pd.factorize(place.where(genes["start"].notna(), genes["gene"]))[0]

    def change(
        view: Universe, members: Members, rng: np.random.Generator
    ) -> tuple[Universe, Members]:
        sign = rng.choice([-1.0, 1.0], region.max() + 1)[region]
        effect = view.effect * sign[view.genes]
        return replace(view, effect=effect - effect.mean(axis=1, keepdims=True)), members

    return change


def _rotator(study: Study, members: Members) -> Change:
    """Move all sets along the genome, z as it is: does not build in the symmetry it tests."""
    placed = study.genes["start"].notna().to_numpy()
    code = study.genes["block_code"].to_numpy()

    def change(
        view: Universe, members: Members, rng: np.random.Generator
    ) -> tuple[Universe, Members]:
        genes = view.genes[placed[view.genes]]
        column = np.full(len(study.genes), -1)
        column[genes] = np.arange(len(genes))
        at = column[members.gene]
        keep = at >= 0
        moved = genes[(at[keep] + rng.integers(200, len(genes) - 200)) % len(genes)]
        owner, role = members.owner[keep], members.role[keep]
        order = np.lexsort((moved, code[moved], owner))
        rotated = replace(
            members,
            owner=owner[order],
            gene=moved[order],
            role=role[order],
            block=code[moved][order],
        )
        return view, rotated

    return change
