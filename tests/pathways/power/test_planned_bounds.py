"""The bound to expect without an effect, against the kernels of a run."""

from __future__ import annotations

import numpy as np
import pytest

from pathways.nulls.interval import bound, sign_flip_interval
from pathways.nulls.ragged import Ragged
from pathways.power.design import Design, Loci
from pathways.power.plan import expected_bound, plan
from pathways.report.exports.power_plan import sentences


@pytest.mark.parametrize(
    ("genes", "loci", "n", "rg"),
    [(8, 8, (1e4, 1e4), 0.0), (12, 8, (9e4, 1e4), 0.6), (50, 30, (9e4, 9e4), -0.5)],
)
def test_it_is_the_median_of_what_a_run_prints(genes, loci, n, rg):
    design = Design(n_eff={"A": n[0], "B": n[1]}, loci=Loci.spread(genes, loci), rg=rg)
    rng, reps = np.random.default_rng(0), 400
    weights, r = design.loci.members / design.loci.n_genes, design.correlation()
    x, y = rng.normal(size=(2, reps, loci))
    ends = []
    for trait, noise in (("A", x), ("B", r * x + np.sqrt(1 - r**2) * y)):
        c = (noise * np.sqrt(weights) * design.se(trait)).ravel()
        runs = Ragged(c, np.arange(reps + 1) * loci)
        ends += [*sign_flip_interval(runs, np.tile(weights, reps))]
    for product in (-1, 1):
        seen = np.median(bound(*ends, product=product))
        assert expected_bound(design, product) == pytest.approx(seen, rel=0.07)


def test_a_plan_tells_it_of_calls_only():
    found = plan(Design(n_eff={"A": 5e4, "B": 5e4}, loci=Loci.spread(40, 25)), [0.01])
    bounds = found.table.set_index("test")["bound"]
    assert bounds[["direction", "difference"]].isna().all()
    assert bounds["opposite"] == pytest.approx(bounds["concordant"])
    assert bounds["opposite"] == pytest.approx(expected_bound(found.design, -1))
    larger = Design(n_eff={"A": 5e5, "B": 5e5}, loci=Loci.spread(40, 25))
    assert all(expected_bound(larger, product) < bounds["opposite"] for product in (-1, 1))
    assert any("would exclude opposite directions in which both" in s for s in sentences(found))
