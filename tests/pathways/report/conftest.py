"""Runs of every shape, small enough to draw."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import pathways
import twas
from pathways.report import write_report
from twas.genes import reference
from twas.quality import QualityFact

#: Names that break what does not escape them.
HOSTILE = (
    "<script>alert('x')</script>",
    "</script><img src=x onerror=alert(1)>",
    "\"quotes' & <b>",
    "=cmd()|'/c calc'!A1",
    "\\input{/etc/passwd} $x^2$ 50% _a_ {}",
    "long name " * 30,
    "right \u202eto left\u202c \u05d0\u05d1",
    "{{ 7 * 7 }} {% raw %}",
    "control \x01 and\ttab",
)


@cache
def symbols(n: int) -> list[str]:
    """Symbols of n genes, spread over the genome."""
    genes = reference.load()
    genes = genes[genes["chrom"].isin([str(c) for c in range(1, 23)]) & genes["start"].notna()]
    step = max(len(genes) // n, 1)
    return genes.sort_values(["chrom", "start"])["symbol"].iloc[::step].head(n).tolist()


def make_trait(name, *, seed, n_eff=None, tissues=("Brain_Hypothalamus",), shift=None, genes=600):
    """A trait of random z, with a mean of `shift` at given genes."""
    rng = np.random.default_rng(seed)
    given = symbols(genes)
    moved = np.array([(shift or {}).get(gene, 0.0) for gene in given])
    frames = [
        pd.DataFrame({"gene": given, "tissue": tissue, "z": moved + rng.normal(size=len(given))})
        for tissue in tissues
    ]
    return twas.Trait.from_frame(pd.concat(frames), name=name, n_eff=n_eff)


def some_sets(names, *, size=30, genes=600):
    """Sets of neighbouring stretches of the genes of `make_trait`."""
    given = symbols(genes)
    starts = np.linspace(0, len(given) - size, len(names)).astype(int)
    return {name: given[s : s + size] for name, s in zip(names, starts, strict=True)}


def make_study(traits):
    """A study; `traits` maps a name to the options of `make_trait`."""
    return twas.Study.from_traits(
        [make_trait(name, seed=k, **choice) for k, (name, choice) in enumerate(traits.items())]
    )


def make_results(traits, sets, *, name="mine", simulated=False, gsea=False, facts=(), **options):
    """Analyse; `traits` maps a name to the options of `make_trait`."""
    study = make_study(traits)
    loaded = (
        sets if isinstance(sets, pathways.GeneSets) else pathways.load_gene_sets(sets, name=name)
    )
    results = pathways.analyse(study, loaded, run_gsea=gsea, **options)
    return replace(
        results,
        quality=results.quality + list(facts),
        parameters=replace(results.parameters, simulated=simulated),
    )


@pytest.fixture(scope="session")
def planted():
    """Two traits, one pathway opposite, one concordant, one null."""
    sets = some_sets(["turned", "shared", "null"], size=60)
    a = dict.fromkeys([*sets["turned"], *sets["shared"]], 2.0)
    b = {**dict.fromkeys(sets["turned"], -2.0), **dict.fromkeys(sets["shared"], 2.0)}
    tissues = ("Brain_Hypothalamus", "Brain_Cortex")
    return make_results(
        {
            "ALS": {"n_eff": 80_000, "shift": a, "tissues": tissues},
            "FTD": {"n_eff": 10_000, "shift": b, "tissues": tissues},
        },
        sets,
        simulated=True,
    )


@pytest.fixture(scope="session")
def hostile():
    """Every name of the input is out to break something."""
    facts = [QualityFact("warning", text, text, 3, text) for text in HOSTILE]
    traits = {HOSTILE[0]: {"n_eff": 9000}, HOSTILE[1]: {"n_eff": 8000, "tissues": (HOSTILE[5],)}}
    return make_results(traits, some_sets(HOSTILE), name=HOSTILE[2], facts=facts)


@pytest.fixture(scope="session")
def nothing():
    """Two traits of noise."""
    return make_results({"A": {"n_eff": 900}, "B": {"n_eff": 800}}, some_sets(["x", "y"]))


@pytest.fixture(scope="session")
def one_trait():
    """One trait without sample size, one pathway."""
    return make_results({"ALS": {}}, some_sets(["only"]))


@pytest.fixture(scope="session")
def many():
    """A hundred and twenty-five pathways, the hundredth of which is opposite."""
    sets = some_sets([f"A rather long name of pathway number {k}" for k in range(125)], size=40)
    moved = list(sets.values())[99]
    a, b = dict.fromkeys(moved, 3.0), dict.fromkeys(moved, -3.0)
    traits = {"ALS": {"n_eff": 80_000, "shift": a}, "FTD": {"n_eff": 10_000, "shift": b}}
    return make_results(traits, sets, name="many", flips=50)


@pytest.fixture(scope="session")
def report_of(request, tmp_path_factory):
    """Folder with the report of a named run, written once."""
    folders = {}

    def write(case):
        if case not in folders:
            folders[case] = tmp_path_factory.mktemp(case)
            # PDF and PNG take most of the time, and their own tests.
            write_report(request.getfixturevalue(case), folders[case])
        return folders[case]

    return write
