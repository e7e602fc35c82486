"""A whole run, from files to a results folder: what the command line calls.

`Job` holds what the user chose; `run` reads, analyses and writes, and records in ``run.json`` what
would be needed to do it again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from pathways.analysis import analyse
from pathways.gene_sets import GeneSets, load_gene_sets
from pathways.gene_sets.sources import load_collections
from pathways.hypotheses import load_hypotheses
from pathways.output.machine import run_record
from pathways.results import Results, check_report
from twas.errors import UsageError
from twas.genes.blocks import read_blocks
from twas.genes.reference import parse_region
from twas.reading.columns import Choices, check_found
from twas.reading.content import any_size
from twas.study.study import Study
from twas.system.folder import new_folder
from twas.system.program import Progress, data_path, silent
from twas.traits.trait import Trait, read_trait

#: Collection of negative controls: tested beside the others and shown in every report.
CONTROLS = "negative_controls"


@dataclass(frozen=True)
class Job:
    """Everything that a run is made from.

    Attributes
    ----------
    traits
        Trait → files, folders or globs.
    out
        Folder to make.
    n_eff
        Trait → effective sample size, or ``"cases/controls"``.
    intercepts, overlaps
        Trait → univariate, pair → bivariate LDSC intercept.
    flip
        Traits of which every z is negated.
    columns, where
        Canonical column → name in the files, and column → values of the rows to keep, in all
        files that have the column.
    trait_columns, trait_where
        The same for single traits.
    min_p
        p below this counts as this where z is made of p.
    drop_infinite, skip_empty
        Leave out infinite rows, and files without rows, counted.
    allow_same
        Allow two traits with the same z.
    any_size
        Decompress files to any size.
    background
        File of genes, as a gene set: others are left out of every test.
    tissues
        Keep these tissues only; empty for all.
    groups
        Name → tissues, further scopes.
    gene_sets
        Sources of collections.
    min_genes, max_genes
        Sizes of sets to keep.
    min_r2, max_heidi_p, min_pp4, min_pip, min_snp_share
        Filters on rows.
    blocks, blocks_build
        BED file of LD blocks, and its build.
    drop_regions
        Further regions to leave out in turn, ``"chr:start-end"`` (GRCh38).
    hypotheses
        File of predictions; None for those that are shipped.
    splicing
        Read splicing models, mapped to their genes.
    controls
        Whether to test the negative controls beside the collections.
    run_gsea
        Whether to run GSEA; None for up to 200 sets.
    seed
        Seed of everything random.
    report
        Whether to write the report and figures.
    tables
        ``core``, or ``full``: gene-level tables of every set of large collections too.
    figures
        Formats of the figures: of ``svg``, ``pdf`` and ``png`` those named.
    pdf
        Whether to print the report as ``report.pdf`` as well.
    force
        Replace a folder that an earlier run wrote and in which nothing else is.
    simulated
        Whether the input is the simulated example.
    command
        The command line, for ``run.json``.
    """

    traits: Mapping[str, Sequence[str]]
    out: str
    n_eff: Mapping[str, str] = field(default_factory=dict)
    intercepts: Mapping[str, float] = field(default_factory=dict)
    overlaps: Mapping[tuple[str, str], float] = field(default_factory=dict)
    flip: Sequence[str] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    trait_columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    trait_where: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    min_p: float | None = None
    drop_infinite: bool = False
    skip_empty: bool = False
    allow_same: bool = False
    any_size: bool = False
    background: str | None = None
    tissues: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gene_sets: Sequence[str] = ("core",)
    min_genes: int | None = None
    max_genes: int | None = None
    min_r2: float | None = None
    max_heidi_p: float | None = None
    min_pp4: float | None = None
    min_pip: float | None = None
    min_snp_share: float | None = None
    blocks: str | None = None
    blocks_build: str | None = None
    drop_regions: Sequence[str] = ()
    hypotheses: str | None = None
    splicing: bool = False
    controls: bool = True
    run_gsea: bool | None = None
    seed: int = 0
    tables: str = "core"
    report: bool = True
    figures: Sequence[str] = ("svg",)
    pdf: bool = False
    force: bool = False
    simulated: bool = False
    command: Sequence[str] = ()


def run(job: Job, progress: Progress = silent) -> Results:
    """Do the whole job.

    Parameters
    ----------
    job
        What to do.
    progress
        Called with a phrase at the start of each step.

    Raises
    ------
    DataError, UsageError
        See the readers; nothing is written then.
    """
    started = time.time()
    check_report(report=job.report, figures=job.figures, pdf=job.pdf)
    with new_folder(job.out, kind="run", force=job.force, inputs=_inputs(job)) as draft:
        with any_size(job.any_size):
            results = _analysed(job, progress)
        progress("writing")
        record = run_record(results, asdict(job), started)
        results.write_files(
            draft,
            report=job.report,
            figures=job.figures,
            pdf=job.pdf,
            extra={"run.json": record},
            progress=progress,
        )
    return results


def _inputs(job: Job) -> list[str]:
    """Everything that a job may read: a name of a shipped collection is no file, and harmless."""
    files = [path for paths in job.traits.values() for path in paths]
    others = (job.blocks, job.hypotheses, job.background)
    return [*files, *job.gene_sets, *(path for path in others if path is not None)]


def _analysed(job: Job, progress: Progress) -> Results:
    """Read and analyse what a job names."""
    regions = dict(parse_region(text) for text in job.drop_regions)
    collections = load_collections(job.gene_sets, job.min_genes, job.max_genes)
    shown = job.controls and CONTROLS not in job.gene_sets
    predictions = load_hypotheses(job.hypotheses, collections)
    background = load_background(job)
    traits = [read_one(job, name, background, progress) for name in _named_once(job)]
    check_columns(job, traits)
    progress("building the study")
    blocks = None if job.blocks is None else read_blocks(job.blocks, build=job.blocks_build)
    study = Study.from_traits(
        traits,
        blocks=blocks,
        intercepts=job.intercepts,
        overlaps=job.overlaps,
        groups=job.groups,
        allow_same=job.allow_same,
    )
    results = analyse(
        study,
        collections,
        controls=load_gene_sets(CONTROLS) if shown else None,
        run_gsea=job.run_gsea,
        seed=job.seed,
        regions=regions,
        hypotheses=predictions,
        tables=job.tables,
        progress=progress,
    )
    return replace(results, parameters=replace(results.parameters, simulated=job.simulated))


def demo(
    out: str,
    *,
    figures: Sequence[str] = ("svg",),
    pdf: bool = False,
    force: bool = False,
    command: Sequence[str] = (),
) -> Job:
    """The job of the shipped, simulated example."""
    return Job(
        traits={name: [str(data_path("example", name.lower()))] for name in ("ALS", "FTD")},
        n_eff={"ALS": "87400", "FTD": "10300"},
        out=out,
        figures=figures,
        pdf=pdf,
        force=force,
        simulated=True,
        command=command,
    )


def load_background(job: Job) -> GeneSets | None:
    """The genes that a job is confined to; None where it takes all."""
    return None if job.background is None else load_gene_sets(job.background)


def read_one(job: Job, name: str, background: GeneSets | None, progress: Progress) -> Trait:
    """Read one trait of a job, without the genes outside the background."""
    progress(f"reading {name}")
    trait = read_trait(
        list(job.traits[name]),
        name=name,
        n_eff=job.n_eff.get(name),
        columns={**job.columns, **job.trait_columns.get(name, {})},
        where={**job.where, **job.trait_where.get(name, {})},
        min_p=job.min_p,
        optional=True,
        drop_infinite=job.drop_infinite,
        skip_empty=job.skip_empty,
        flip=name in job.flip,
        tissues=list(job.tissues) or None,
        min_r2=job.min_r2,
        max_heidi_p=job.max_heidi_p,
        min_pp4=job.min_pp4,
        min_pip=job.min_pip,
        min_snp_share=job.min_snp_share,
        splicing=job.splicing,
    )
    if background is None:
        return trait
    return trait.within(frozenset(background.table["gene"]), background.collection)


def check_columns(job: Job, traits: Sequence[Trait]) -> None:
    """Refuse columns that no file of their trait, or of any trait, has.

    Raises
    ------
    DataError
        The message lists the columns of the first file.
    """
    files = [file for trait in traits for file in trait.files]
    used = {trait.name: trait.files for trait in traits}
    check_found(Choices(job.columns, job.where), files)
    for name, own in used.items():
        columns, where = job.trait_columns.get(name, {}), job.trait_where.get(name, {})
        check_found(Choices(columns, where), own)


def _named_once(job: Job) -> list[str]:
    names = list(job.traits)
    if not names:
        raise UsageError("no trait given; add `traits` NAME=PATH")
    pairs = {trait for pair in job.overlaps for trait in pair}
    for option, given in (
        ("`n_eff`", set(job.n_eff)),
        ("`intercepts`", set(job.intercepts)),
        ("`overlaps`", pairs),
        ("`flip`", set(job.flip)),
        ("`columns`", set(job.trait_columns)),
        ("`where`", set(job.trait_where)),
    ):
        for name in sorted(given - set(names)):
            raise UsageError(f"{option} names trait {name!r}; the traits are {', '.join(names)}")
    return names
