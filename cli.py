"""Command line of twas-divergence: options in, one library call, what to print."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from twas.errors import TwasError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from pathways import Results
    from pathways.progress import Progress

F = TypeVar("F", bound=Callable[..., Any])


class _Group(click.Group):
    """Turns every error that a user can cause into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TwasError as error:
            raise _Failure(str(error), error.exit_code) from error
        except BrokenPipeError:  # a reader such as head has had enough
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise _Failure(f"{where}{error.strerror or error}", 1) from error


class _Failure(click.ClickException):
    """One line, and the exit code of its cause."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code  # type: ignore[misc]


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twas-divergence")
def main() -> None:
    """Do two diseases push a biological pathway in opposite directions?

    Takes TWAS gene-level z-scores, tests signed gene sets, and reports the direction in each
    disease, the divergence between them, and whether the evidence is good enough to say so.
    """


def output_options(command: F) -> F:
    """Options that say how much is printed and whether a folder may be replaced."""
    for option in (
        click.option("--force", is_flag=True, help="Replace the output folder if it exists."),
        click.option("--quiet", "-q", is_flag=True, help="Print errors only."),
        click.option("--verbose", "-v", is_flag=True, help="Print every quality fact."),
    ):
        command = option(command)
    return command


def filter_options(command: F) -> F:
    """Options that leave rows or sets out; each is counted in the report."""
    for option in (
        click.option("--min-pip", type=float, help="Drop rows with a fine-mapping PIP below this."),
        click.option("--min-pp4", type=float, help="Drop rows with a COLOC PP4 below this."),
        click.option(
            "--max-heidi-p", type=float, help="Drop rows with a HEIDI p at or below this."
        ),
        click.option("--min-r2", type=float, help="Drop models with a CV r2 below this."),
        click.option("--max-genes", type=int, help="Largest gene set to test."),
        click.option("--min-genes", type=int, help="Smallest gene set to test."),
    ):
        command = option(command)
    return command


overlap_option = click.option(
    "--overlap", multiple=True, metavar="NAME,NAME=X", help="Bivariate LDSC intercept."
)
rg_option = click.option("--rg", multiple=True, metavar="NAME,NAME=X", help="Genetic correlation.")
tissue_correlation_option = click.option(
    "--tissue-correlation",
    type=float,
    default=0.7,
    show_default=True,
    help="Correlation of predicted expression between any two tissues.",
)
seed_option = click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of everything random."
)
pdf_option = click.option(
    "--pdf", is_flag=True, help="Print the report as report.pdf too (extra pdf)."
)


def _read_config(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    """Take options from a TOML file; the command line wins."""
    if value is None:
        return
    import tomllib

    try:
        settings = tomllib.loads(Path(value).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--config {value}: cannot be read as TOML ({error})") from None
    known = {p.name: p for p in ctx.command.params}
    chosen: dict[str, Any] = {}
    for key, entry in settings.items():
        name = key.replace("-", "_")
        if name not in known or name == "config":
            raise click.UsageError(f"--config {value}: {key!r} is no option of this command")
        # A table such as [n-eff] ALS = 87400 is the same as --n-eff ALS=87400.
        if isinstance(entry, dict):
            pairs = ((k, item) for k, v in entry.items() for item in _as_list(v))
            entry = [f"{k}={item}" for k, item in pairs]
        chosen[name] = _as_list(entry) if known[name].multiple else entry
    ctx.default_map = {**(ctx.default_map or {}), **chosen}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@main.command()
@click.option(
    "--trait",
    "trait",
    multiple=True,
    required=True,
    metavar="NAME=PATH",
    help="File, folder or quoted glob of one trait; repeat for more.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to make for the results.")
@click.option(
    "--n-eff",
    multiple=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size, or cases and controls.",
)
@click.option("--intercept", multiple=True, metavar="NAME=X", help="Univariate LDSC intercept.")
@overlap_option
@click.option(
    "--flip",
    multiple=True,
    metavar="NAME",
    help="Trait whose positive z means lower risk: negate it.",
)
@click.option(
    "--trait-alias", multiple=True, metavar="NAME=LABEL", help="Show a trait under another name."
)
@click.option(
    "--columns", multiple=True, metavar="gene=COL,z=COL", help="Column names of unusual tables."
)
@click.option(
    "--tissues",
    multiple=True,
    metavar="T1,T2 | GROUP=T1,T2",
    help="Keep these tissues only; with a name, a group to test as well.",
)
@click.option(
    "--gene-sets",
    "gene_sets",
    multiple=True,
    metavar="NAME|FILE",
    default=("core",),
    show_default=True,
    help="Collection, GMT file or signed table; repeat for more.",
)
@filter_options
@click.option("--blocks", type=click.Path(), help="BED file of LD blocks (GRCh38).")
@click.option("--blocks-build", help="Genome build of --blocks; 38.")
@click.option(
    "--drop-region",
    "drop_regions",
    multiple=True,
    metavar="CHR:START-END",
    help="Region (GRCh38) to leave out in turn, beside the MHC and others.",
)
@click.option("--hypotheses", type=click.Path(), help="TOML file of predictions to judge.")
@click.option("--splicing", is_flag=True, help="Read splicing models too, each mapped to its gene.")
@click.option(
    "--gsea/--no-gsea",
    "run_gsea",
    default=None,
    help="GSEA beside the main tests [default: up to 200 sets].",
)
@seed_option
@click.option("--no-report", is_flag=True, help="Write the tables only.")
@pdf_option
@click.option(
    "--config",
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    type=click.Path(),
    help="TOML file with any of these options.",
)
@output_options
def run(**options: Any) -> None:
    """Test gene sets in one or more traits and write tables and a report."""
    from pathways import job as jobs

    quiet, verbose = options.pop("quiet"), options.pop("verbose")
    job = jobs.Job(**_job_options(options), command=("twas-divergence", *sys.argv[1:]))
    results = jobs.run(job, _progress(quiet=quiet))
    _say(results, job.out, quiet=quiet, verbose=verbose)


@main.command()
@click.option(
    "--out",
    default="twas-divergence-demo",
    show_default=True,
    type=click.Path(),
    help="Folder to make for the results.",
)
@pdf_option
@output_options
def demo(out: str, pdf: bool, force: bool, quiet: bool, verbose: bool) -> None:
    """Run the shipped, simulated ALS and FTD example, end to end."""
    from pathways import job as jobs

    job = jobs.demo(out, pdf=pdf, force=force, command=("twas-divergence", *sys.argv[1:]))
    results = jobs.run(job, _progress(quiet=quiet))
    _say(results, out, quiet=quiet, verbose=verbose)


@main.command()
@click.argument("paths", nargs=-1, required=True, metavar="[NAME=]PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option(
    "--columns", multiple=True, metavar="gene=COL,z=COL", help="Column names of unusual tables."
)
def inspect(paths: tuple[str, ...], as_json: bool, columns: tuple[str, ...]) -> None:
    """Say what is in files, and what is wrong with them.

    Each PATH, a file, folder or quoted glob, is taken as one trait. Exits 1 if `run` would refuse
    one of them.
    """
    import json

    from twas.inspection import inspect as look_into
    from twas.inspection_text import as_text

    named = _pairs("--columns", [part for text in columns for part in text.split(",")])
    found = look_into(paths, columns=dict(named))
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=1, allow_nan=False))
    else:
        click.echo(as_text(found))
    if found.problems:
        more = len(found.problems) - 1
        raise _Failure(found.problems[0] + (f" (and {more} more)" if more else ""), 1)


@main.command()
@click.argument("figure")
@click.option(
    "--results", "folder", required=True, type=click.Path(), help="Folder of results of a run."
)
@click.option("--collection", metavar="NAME", help="Gene-set collection [default: the first].")
@click.option(
    "--pathway",
    metavar="NAME",
    help="For genes, influence, gsea [default: the first that can be drawn].",
)
@click.option("--pair", metavar="NAME,NAME", help="For plane: two traits [default: the first two].")
@click.option(
    "--out", type=click.Path(), help="File to make: .svg, .pdf or .png [default: FIGURE.svg]."
)
@click.option(
    "--width",
    type=click.Choice(["85", "180"]),
    default="180",
    show_default=True,
    help="Width in mm: one or two columns of a journal.",
)
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
def plot(figure: str, folder: str, pair: str | None, width: str, **options: Any) -> None:
    """Draw one FIGURE of a folder of results again.

    FIGURE is activity, plane, heatmap, qq, balance, genes, influence or gsea.
    """
    from pathways.report.redraw import redraw

    names = None if pair is None else tuple(name.strip() for name in pair.split(","))
    if names is not None and len(names) != 2:
        raise UsageError(f"--pair {pair}: give two traits, NAME,NAME")
    click.echo(redraw(folder, figure, pair=names, width=int(width), **options))


@main.group("gene-sets")
def gene_sets() -> None:
    """List, show and check gene-set collections."""


@gene_sets.command("list")
def list_gene_sets() -> None:
    """List the shipped collections."""
    from pathways.gene_sets import list_collections

    _print_table(list_collections())


@gene_sets.command("show")
@click.argument("name")
def show_gene_sets(name: str) -> None:
    """Show a collection, a shipped set or a file."""
    from pathways.gene_sets import show

    _print_table(show(name))


@gene_sets.command("check")
@click.argument("file")
def check_gene_set_file(file: str) -> None:
    """Check a file: unknown genes, duplicates, sizes, overlap; exit 1 if there is a problem."""
    from pathways.gene_sets import check_gene_sets

    found = check_gene_sets(file)
    for title, table in (
        ("Sets", found.sizes),
        ("Names that are unknown or ambiguous", found.unresolved),
        ("Genes that stand more than once in a set", found.duplicates),
        ("Sets that share genes", found.overlap),
    ):
        click.echo(f"{title}: {len(table):,}")
        if len(table):
            _print_table(table.head(50))
    if found.n_problems:
        raise _Failure(f"{file}: {found.n_problems:,} names are unresolved or repeated", 1)


@main.group()
def hypotheses() -> None:
    """List and check registries of directional predictions."""


@hypotheses.command("list")
@click.argument("file", required=False)
def list_hypotheses(file: str | None) -> None:
    """List the shipped predictions, or those of a file."""
    from pathways.hypotheses import as_table, load_hypotheses

    _print_table(as_table(load_hypotheses(file)))


@hypotheses.command("check")
@click.argument("file")
def check_hypothesis_file(file: str) -> None:
    """Check a file of predictions; exit 1 if there is a problem."""
    from pathways.hypotheses import check_hypotheses

    problems = check_hypotheses(file)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise _Failure(f"{file}: {len(problems)} problems", 1)
    click.echo(f"{file}: no problem")


def _print_table(table: pd.DataFrame) -> None:
    """Print a table, tab-separated, so that it can be read by people and by programs."""
    click.echo(table.to_csv(sep="\t", index=False, lineterminator="\n"), nl=False)


def _job_options(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of the command line into the fields of a job."""
    labels = dict(_pairs("--trait-alias", options.pop("trait_alias")))
    traits: dict[str, list[str]] = {}
    for name, path in _pairs("--trait", options.pop("trait")):
        traits.setdefault(labels.get(name, name), []).append(path)
    for name in labels:
        if labels[name] not in traits:
            raise UsageError(f"--trait-alias names trait {name!r}, which no --trait gives")

    def named(option: str, key: str) -> dict[str, str]:
        return {labels.get(k, k): v for k, v in _pairs(option, options.pop(key))}

    intercepts = named("--intercept", "intercept")
    tissues, groups = _tissues(options.pop("tissues"))
    columns = [part for text in options.pop("columns") for part in text.split(",")]
    return {
        "traits": traits,
        "n_eff": named("--n-eff", "n_eff"),
        "intercepts": {k: _number("--intercept", v) for k, v in intercepts.items()},
        "overlaps": _of_pairs("--overlap", options.pop("overlap"), labels),
        "flip": tuple(labels.get(name, name) for name in options.pop("flip")),
        "columns": dict(_pairs("--columns", columns)),
        "tissues": tissues,
        "groups": groups,
        "report": not options.pop("no_report"),
        **options,
    }


def _pairs(option: str, texts: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{option} {text!r}: expected NAME=VALUE")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _tissues(texts: Iterable[str]) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    keep: list[str] = []
    groups = {}
    for text in texts:
        name, equals, members = text.partition("=")
        chosen = [part.strip() for part in (members if equals else text).split(",") if part.strip()]
        if not chosen:
            raise UsageError(f"--tissues {text!r}: expected T1,T2 or GROUP=T1,T2")
        if equals:
            groups[name.strip()] = tuple(chosen)
        else:
            keep += chosen
    return tuple(keep), groups


def _number(option: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a number") from None


def _progress(*, quiet: bool) -> Progress:
    """Say what is being done, with a bar where the end is in sight; on a terminal only."""
    from pathways.progress import silent

    if quiet or not sys.stderr.isatty():
        return silent

    def say(step: str, share: float | None = None) -> None:
        if share is None:
            click.echo(f"… {step}", err=True)
            return
        done = round(30 * share)
        bar = f"… {step} [{'#' * done}{'-' * (30 - done)}] {share:4.0%}"
        click.echo(f"\r{bar}", err=True, nl=share >= 1)

    return say


def _say(results: Results, out: str, *, quiet: bool, verbose: bool) -> None:
    """Print the calls, the warnings and where the results are."""
    if quiet:
        return
    for fact in results.quality.facts:
        if fact.level == "warning" or verbose:
            click.echo(f"{fact.level}: {fact.source}: {fact.message}", err=True)
    table = results.divergence
    for row in table[table["scope"] == "combined"].head(40).itertuples():
        pair = f"{row.trait_a} / {row.trait_b}"
        click.echo(f"{row.pathway:<24} {pair:<16} {row.call:<13} {row.reason}")
    report = Path(out) / "report.html"
    click.echo(f"Results: {report if report.exists() else out}")


@main.command()
@click.option(
    "--trait",
    "traits",
    multiple=True,
    required=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Trait and its effective sample size, or cases and controls; repeat for more.",
)
@click.option("--out", required=True, type=click.Path(), help="Folder to make for the files.")
@click.option(
    "--plant",
    multiple=True,
    metavar="TRAIT:PATHWAY=EFFECT",
    help="Effect on each member, times its role: half log-odds per SD of predicted expression.",
)
@click.option(
    "--gene-sets",
    multiple=True,
    metavar="NAME|FILE",
    default=("core",),
    show_default=True,
    help="Collections that hold the planted pathways.",
)
@rg_option
@overlap_option
@click.option(
    "--polygenic",
    multiple=True,
    metavar="X|NAME=X",
    help="Root mean square of the polygenic effects [default: 0.0018].",
)
@click.option(
    "--tissues", multiple=True, metavar="T1,T2", help="Tissues [default: three of brain]."
)
@tissue_correlation_option
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["spredixcan", "fusion"]),
    default="spredixcan",
    show_default=True,
    help="Format of the files.",
)
@seed_option
@click.option("--force", is_flag=True, help="Replace the output folder if it exists.")
def simulate(out: str, force: bool, **options: Any) -> None:
    """Simulate TWAS files with planted pathways, as FUSION or S-PrediXcan write them.

    Real genes and positions, drawn z-scores, no genotypes. Writes a folder per trait, truth.tsv and
    README.md, and prints the run that reads them.
    """
    import shlex

    from pathways.planning import World, write_world

    click.echo(shlex.join(write_world(World(**_world_options(options)), out, force=force)))


@main.command()
@click.option(
    "--n-eff",
    multiple=True,
    required=True,
    metavar="NAME=N|CASES/CONTROLS",
    help="Effective sample size of one or two traits, or cases and controls.",
)
@click.option("--genes", type=int, help="Tested members of the set [default: 50].")
@click.option("--loci", type=int, help="LD blocks that hold them [default: 30].")
@click.option("--pathway", metavar="NAME", help="Take members and loci from this gene set.")
@click.option("--gene-sets", metavar="NAME|FILE", help="Collection of --pathway [default: core].")
@click.option(
    "--covered",
    type=float,
    help="Share of the members of --pathway that will have a z [default: 0.8].",
)
@click.option(
    "--tissues",
    type=int,
    default=6,
    show_default=True,
    help="Tissues in which a member has a model.",
)
@tissue_correlation_option
@overlap_option
@rg_option
@click.option(
    "--polygenic",
    type=float,
    default=0.0018,
    show_default=True,
    help="Root mean square of the polygenic effects of genes.",
)
@click.option(
    "--dispersion",
    multiple=True,
    metavar="NAME=SD",
    help="SD of the z of all genes at this N_eff, in the place of --polygenic.",
)
@click.option(
    "--sets", "n_sets", type=int, default=20, show_default=True, help="Sets in the collection."
)
@click.option(
    "--true-sets",
    "n_true",
    type=int,
    default=1,
    show_default=True,
    help="How many of them have the effect, this one among them.",
)
@click.option(
    "--effect",
    "effects",
    type=float,
    multiple=True,
    help="Effect per member: half log-odds per SD of predicted expression; repeat for more.",
)
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Level of p and FDR.")
@click.option("--out", type=click.Path(), help="Folder to make for table and figure.")
@click.option("--force", is_flag=True, help="Replace the output folder if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words and a table.")
def power(out: str | None, force: bool, as_json: bool, **options: Any) -> None:
    """Say what two studies of given size could see, before anything is run.

    Power of direction, directional call and difference over the true effect, the smallest effect
    with power 80 %, and the sample size that an effect would need.
    """
    from pathways.planning import Design, plan, plan_json, write_plan
    from pathways.planning.words import power_table, sentences

    effects = options.pop("effects")
    found = plan(Design(**_design_options(options)), effects)
    click.echo(plan_json(found) if as_json else power_table(found), nl=not as_json)
    if not as_json:
        click.echo("\n".join(["", *sentences(found)]))
    if out is not None:
        folder = write_plan(found, out, force=force)
        click.echo(f"Table and figure: {folder}", err=as_json)


def _world_options(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of `simulate` into the fields of a world."""
    planted = {}
    for key, value in _pairs("--plant", options.pop("plant")):
        trait, colon, pathway = key.partition(":")
        if not colon:
            raise UsageError(f"--plant {key}={value}: expected TRAIT:PATHWAY=EFFECT")
        planted[trait.strip(), pathway.strip()] = _number("--plant", value)
    polygenic = {}
    for text in options.pop("polygenic"):
        for name, value in _pairs("--polygenic", [text if "=" in text else f"*={text}"]):
            polygenic[name] = _number("--polygenic", value)
    tissues, _ = _tissues(options.pop("tissues"))
    return {
        "n_eff": _sizes("--trait", options.pop("traits")),
        "planted": planted,
        "rg": _of_pairs("--rg", options.pop("rg")),
        "overlap": _of_pairs("--overlap", options.pop("overlap")),
        **({"every_polygenic": polygenic.pop("*")} if "*" in polygenic else {}),
        "polygenic": polygenic,
        **({"tissues": tissues} if tissues else {}),
        **options,
    }


def _design_options(options: dict[str, Any]) -> dict[str, Any]:
    """Turn the texts of `power` into the fields of a design."""
    from pathways.planning import Loci

    names = ("pathway", "gene_sets", "covered", "genes", "loci")
    pathway, gene_sets, covered, genes, loci = (options.pop(name) for name in names)
    if pathway is None:
        if gene_sets is not None or covered is not None:
            raise UsageError("--gene-sets and --covered go with --pathway")
        chosen = Loci.spread(50 if genes is None else genes, 30 if loci is None else loci)
    elif genes is not None or loci is not None:
        raise UsageError("--pathway gives members and loci: leave out --genes and --loci")
    else:
        given = {"gene_sets": gene_sets, "covered": covered}
        chosen = Loci.of_pathway(pathway, **{k: v for k, v in given.items() if v is not None})
    n_eff = _sizes("--n-eff", options.pop("n_eff"))
    shared = {}
    for option in ("overlap", "rg"):
        for pair, value in _of_pairs(f"--{option}", options.pop(option)).items():
            if set(pair) != set(n_eff):
                raise UsageError(f"--{option} {','.join(pair)}: name the two traits of --n-eff")
            shared[option] = value
    spread = _pairs("--dispersion", options.pop("dispersion"))
    dispersion = {name: _number("--dispersion", value) for name, value in spread}
    return {"n_eff": n_eff, "loci": chosen, "dispersion": dispersion, **shared, **options}


def _sizes(option: str, texts: Iterable[str]) -> dict[str, float]:
    """Traits and their effective sample sizes."""
    from twas.n_eff import parse_n_eff

    sizes: dict[str, float] = {}
    for name, value in _pairs(option, texts):
        if name in sizes:
            raise UsageError(f"{option} gives trait {name!r} twice")
        sizes[name] = parse_n_eff(value) or 0.0
    return sizes


def _of_pairs(
    option: str, texts: Iterable[str], labels: Mapping[str, str] | None = None
) -> dict[tuple[str, str], float]:
    """Pairs of traits, under their labels, and a number each."""
    found: dict[tuple[str, str], float] = {}
    for pair, value in _pairs(option, texts):
        names = (name.strip() for name in pair.partition(",")[::2])
        a, b = ((labels or {}).get(name, name) for name in names)
        if not a or not b or a == b or "," in b:
            raise UsageError(f"{option} {pair}={value}: give two traits, NAME,NAME=X")
        found[a, b] = _number(option, value)
    return found


if __name__ == "__main__":
    main()
