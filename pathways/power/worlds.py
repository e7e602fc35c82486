"""Simulated TWAS files with planted pathways, in a folder that a run can read.

A pathway is planted by adding an effect to each member, times its role, in one trait: half the
log-odds per SD of predicted expression, the same in every tissue. A gene of several planted
pathways gets the sum, and carries it into every other set that it belongs to; so do neighbours,
through LD. Members without a role or a position carry nothing.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from pathways.gene_sets import load_gene_sets
from twas.errors import UsageError
from twas.genes import reference
from twas.simulation.draw import TISSUES, Simulation, simulate
from twas.simulation.files import FORMATS, write
from twas.simulation.gwas import write_gwas
from twas.system.arrays import Float
from twas.system.folder import new_folder

#: The format of GWAS and models, and the folder that the printed command imputes into.
GWAS, ZSCORES = "gwas", "zscores"
#: Columns of ``truth.tsv``.
TRUTH = ("collection", "pathway", "trait", "gene", "symbol", "role", "effect", "n_tissues")

Pairs = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class World:
    """What is to be simulated.

    Attributes
    ----------
    n_eff
        Trait → effective sample size.
    planted
        ``(trait, pathway)`` → effect per member.
    gene_sets
        Sources of the collections that hold the pathways.
    rg, overlap
        Pair of traits → correlation of polygenic effects, and of sampling errors; 0 where none.
    polygenic
        Trait → root mean square of the polygenic effects; `every_polygenic` where none.
    every_polygenic, causal, modelled, tissue_correlation
        As in `twas.simulation.draw.simulate`.
    tissues
        Names.
    file_format
        ``spredixcan``, ``fusion``, or ``gwas``: GWAS and prediction models to impute from.
    seed
        Seed of everything.
    """

    n_eff: Mapping[str, float]
    planted: Mapping[tuple[str, str], float] = field(default_factory=dict)
    gene_sets: Sequence[str] = ("core",)
    rg: Pairs = field(default_factory=dict)
    overlap: Pairs = field(default_factory=dict)
    polygenic: Mapping[str, float] = field(default_factory=dict)
    every_polygenic: float = 0.0018
    causal: float = 0.04
    modelled: float = 0.6
    tissue_correlation: float = 0.7
    tissues: Sequence[str] = TISSUES
    file_format: str = "spredixcan"
    seed: int = 0


def simulate_world(world: World) -> tuple[Simulation, pd.DataFrame]:
    """Draw the z-scores of a world.

    Returns
    -------
    Simulation, DataFrame
        The files' content, and a row per planted pathway × trait × member, columns `TRUTH`;
        ``n_tissues`` is the number of tissues in which the member has a model.

    Raises
    ------
    UsageError
        If the world names a trait or pathway that is not there, or a number is out of range.
    """
    if strange := sorted({*world.polygenic} - {*world.n_eff}):
        raise UsageError(f"`polygenic` names trait {strange[0]!r}, which is none of the traits")
    truth = _planted_members(world)
    effects: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for trait, gene, effect in zip(truth["trait"], truth["gene"], truth["effect"], strict=True):
        effects[trait][gene] += effect
    simulation = simulate(
        n_eff=world.n_eff,
        tissues=world.tissues,
        planted=effects,
        modelled=world.modelled,
        polygenic={t: world.polygenic.get(t, world.every_polygenic) for t in world.n_eff},
        causal=world.causal,
        rg=_matrix("`rg`", world.rg, world.n_eff),
        overlap=_matrix("`overlap`", world.overlap, world.n_eff),
        tissue_correlation=world.tissue_correlation,
        rng=world.seed,
    )
    seen = simulation.truth.drop_duplicates("gene").set_index("gene")["n_tissues"]
    truth["n_tissues"] = truth["gene"].map(seen).astype("int64")
    return simulation, truth[list(TRUTH)]


def write_world(world: World, folder: str | Path, *, force: bool = False) -> list[list[str]]:
    """Simulate a world and write it: a folder per trait, ``truth.tsv`` and ``README.md``.

    For the format ``gwas`` a GWAS per trait and a folder of models stand for the folders.

    Parameters
    ----------
    world
        What to simulate.
    folder
        Made, all or nothing.
    force
        Replace a folder that an earlier run wrote and in which nothing else is.

    Returns
    -------
    list of list of str
        The command lines that analyse the files, as their words.

    Raises
    ------
    UsageError
        As `simulate_world`; if the format is unknown, the folder exists and `force` is not set, or
        it is none of ours.
    """
    if world.file_format not in (*FORMATS, GWAS):
        raise UsageError(f"`file_format` {world.file_format!r}: give one of {', '.join(FORMATS)}")
    with new_folder(folder, kind="simulate", force=force, inputs=world.gene_sets) as draft:
        simulation, truth = simulate_world(world)
        if world.file_format == GWAS:
            write_gwas(simulation, draft, rng=world.seed)
        else:
            write(simulation, draft, file_format=world.file_format)
        truth.to_csv(draft / "truth.tsv", sep="\t", index=False, lineterminator="\n")
        text = _readme(world, simulation, truth)
        (draft / "README.md").write_text(text, encoding="utf-8", newline="\n")
    return commands(world, str(folder))


def commands(world: World, folder: str = "") -> list[list[str]]:
    """The command lines that analyse the files in a folder, as their words."""
    if world.file_format == GWAS:
        return [_impute_command(world, folder), _run_command(world, ZSCORES, sizes=False)]
    return [_run_command(world, folder)]


def _impute_command(world: World, folder: str) -> list[str]:
    words = ["twas-divergence", "impute"]
    for trait in world.n_eff:
        words += ["--gwas", f"{trait}={Path(folder) / trait.lower()}.gwas.tsv.gz"]
    return [*words, "--models", str(Path(folder) / "models"), "--out", ZSCORES]


def _run_command(world: World, folder: str, *, sizes: bool = True) -> list[str]:
    words = ["twas-divergence", "run"]
    for trait, n in world.n_eff.items():
        if not sizes:  # impute names the folders by trait and records N_eff
            words += ["--trait", f"{trait}={Path(folder) / trait}"]
            continue
        words += [
            "--trait",
            f"{trait}={Path(folder) / trait.lower()}",
            "--n-eff",
            f"{trait}={n:.10g}",
        ]
    for (a, b), value in world.overlap.items():
        words += ["--overlap", f"{a},{b}={value:.10g}"]
    for source in world.gene_sets if tuple(world.gene_sets) != ("core",) else ():
        words += ["--gene-sets", source]
    return [*words, "--out", "results"]


def _planted_members(world: World) -> pd.DataFrame:
    """The members that carry an effect: ``collection pathway trait gene symbol role effect``."""
    rows = []
    members = _members(world.gene_sets) if world.planted else pd.DataFrame()
    for (trait, pathway), effect in world.planted.items():
        if trait not in world.n_eff:
            raise UsageError(f"`planted` names trait {trait!r}, which is none of the traits")
        if not np.isfinite(effect):
            raise UsageError(f"`planted` {trait}:{pathway}: give a finite effect, such as 0.005")
        own = members[members["pathway"] == pathway]
        if own.empty:
            known = ", ".join(members["pathway"].drop_duplicates().head(20))
            raise UsageError(f"`planted` {trait}:{pathway}: no such gene set; there are {known}")
        rows.append(own.assign(trait=trait, effect=own["role"] * effect))
    if not rows:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in TRUTH})
    return pd.concat(rows, ignore_index=True)


def _members(sources: Sequence[str]) -> pd.DataFrame:
    tables = []
    for source in sources:
        sets = load_gene_sets(source)
        tables.append(sets.table.assign(collection=sets.collection))
    table = pd.concat(tables, ignore_index=True)
    placed = reference.positions(table["gene"])["start"].notna().to_numpy()
    return table[placed & (table["role"] != 0).to_numpy()]


def _matrix(option: str, values: Pairs, traits: Mapping[str, float]) -> Float:
    names = list(traits)
    matrix = np.eye(len(names))
    for pair, value in values.items():
        if set(pair) - set(names) or pair[0] == pair[1]:
            raise UsageError(f"{option} {','.join(pair)}: give two traits of {', '.join(names)}")
        i, j = (names.index(name) for name in pair)
        matrix[i, j] = matrix[j, i] = value
    return matrix


def _readme(world: World, simulation: Simulation, truth: pd.DataFrame) -> str:
    genes = simulation.table.groupby(["trait", "tissue"]).size().iloc[0]
    planted = [
        f"- {trait}, {pathway}: {effect:g} per member; {int((part['n_tissues'] > 0).sum())} of"
        f" {len(part)} members have a model in some tissue"
        for (trait, pathway), effect in world.planted.items()
        for part in [truth[(truth["trait"] == trait) & (truth["pathway"] == pathway)]]
    ]
    pairs = [
        f"- {what} of {a} and {b}: {value:g}"
        for what, values in (("genetic correlation", world.rg), ("overlap", world.overlap))
        for (a, b), value in values.items()
    ]
    spread = [
        f"- {trait}: N_eff {n:,.0f}, polygenic effects of rms"
        f" {world.polygenic.get(trait, world.every_polygenic):g}"
        for trait, n in world.n_eff.items()
    ]
    return README.format(
        seed=world.seed,
        traits="\n".join(spread + pairs),
        planted="\n".join(planted) or "- nothing",
        tissues=", ".join(world.tissues),
        genes=f"{genes:,}",
        causal=f"{world.causal:g}",
        correlation=f"{world.tissue_correlation:g}",
        what=_WHAT_GWAS if world.file_format == GWAS else _WHAT,
        command="\n    ".join(shlex.join(words) for words in commands(world)),
    )


_WHAT = "real genes and positions, drawn z-scores, no genotypes."
_WHAT_GWAS = (
    "real genes and positions; SNPs, weights\nand GWAS effects are drawn, with ids beyond those of"
    " real SNPs (GRCh38, forward strand)."
)
README = """\
# Simulated TWAS results

**Simulated numbers. They say nothing about any disease**, whatever the traits are called. Made by
`twas-divergence simulate`, seed {seed}: {what}

{traits}
- {genes} genes in each tissue: {tissues}; correlation between tissues {correlation}
- share of genes with a polygenic effect of their own: {causal}

Planted, in half log-odds per SD of predicted expression, times the role of the member (`truth.tsv`
has each gene):

{planted}

In this folder:

    {command}
"""
