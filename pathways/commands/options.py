"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from pathways.commands.types import FORMATS, PAIR_NUMBER, of_traits
from pathways.report.registry import FORMATS as FORMATS_OF_FIGURES
from twas.errors import DataError
from twas.reading.content import any_size, load_toml

F = TypeVar("F", bound=Callable[..., Any])


def output_options(command: F) -> F:
    """Options that say how much is printed and whether a folder may be replaced."""
    for option in (
        click.option("--force", is_flag=True, help="Replace the folder of an earlier run."),
        click.option("--quiet", "-q", is_flag=True, help="Print errors only."),
        click.option("--verbose", "-v", is_flag=True, help="Print every quality fact."),
    ):
        command = option(command)
    return command


def filter_options(command: F) -> F:
    """Options that leave rows or sets out; each is counted in the report."""
    for option in (
        click.option(
            "--min-snp-share",
            type=float,
            help="Drop models of whose SNPs a smaller share was used.",
        ),
        click.option("--min-pip", type=float, help="Drop rows with a fine-mapping PIP below this."),
        click.option("--min-pp4", type=float, help="Drop rows with a COLOC PP4 below this."),
        click.option(
            "--max-heidi-p", type=float, help="Drop rows with a HEIDI p at or below this."
        ),
        click.option("--min-r2", type=float, help="Drop models with a CV r2 below this."),
        click.option("--max-genes", type=click.IntRange(min=1), help="Largest gene set to test."),
        click.option("--min-genes", type=click.IntRange(min=1), help="Smallest gene set to test."),
    ):
        command = option(command)
    return command


overlap_option = click.option(
    "--overlap",
    type=PAIR_NUMBER,
    multiple=True,
    metavar="NAME,NAME=X",
    help="Bivariate LDSC intercept.",
)


rg_option = click.option(
    "--rg",
    type=PAIR_NUMBER,
    multiple=True,
    metavar="NAME,NAME=X",
    help="Genetic correlation.",
)


tissue_correlation_option = click.option(
    "--tissue-correlation",
    type=float,
    default=0.7,
    show_default=True,
    help="Correlation of predicted expression between any two tissues.",
)


seed_option = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of everything random.",
)


figures_option = click.option(
    "--figures",
    type=FORMATS,
    default="svg",
    show_default=True,
    metavar="FORMAT,...",
    help=f"Formats of the figures: {', '.join(FORMATS_OF_FIGURES)}.",
)


pdf_option = click.option(
    "--pdf", is_flag=True, help="Print the report as report.pdf too (extra pdf)."
)


def _allow_any_size(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:
    """Lift the limit of decompression for all that the command reads."""
    ctx.with_resource(any_size(value))
    return value


def _any_size(*, expose: bool) -> Callable[[F], F]:
    return click.option(
        "--any-size",
        is_flag=True,
        callback=_allow_any_size,
        expose_value=expose,
        help="Decompress files that grow to more than 200 times their size.",
    )


#: For commands that read gene sets only.
any_size_option = _any_size(expose=False)


def reading_options(command: F) -> F:
    """Options that say which columns and rows of a file are meant."""
    for option in (
        _any_size(expose=True),
        click.option(
            "--min-p",
            type=float,
            metavar="P",
            help="Where z is made of p and a sign, take smaller p, and 0, as this.",
        ),
        click.option(
            "--where",
            multiple=True,
            metavar="[TRAIT:]COL=VALUE",
            help="Keep the rows in which a column has this value; repeat for more.",
        ),
        click.option(
            "--columns",
            multiple=True,
            metavar="[TRAIT:]gene=COL,z=COL",
            help="Column names of unusual tables; names with commas in double quotes.",
        ),
    ):
        command = option(command)
    return command


def study_options(command: F) -> F:
    """Options of every command that reads traits and tests gene sets: what is read and tested."""
    for option in (
        seed_option,
        click.option(
            "--splicing", is_flag=True, help="Read splicing models too, each mapped to its gene."
        ),
        click.option("--blocks-build", help="Genome build of --blocks; 38."),
        click.option("--blocks", type=click.Path(), help="BED file of LD blocks (GRCh38)."),
        filter_options,
        click.option(
            "--gene-sets",
            "gene_sets",
            multiple=True,
            metavar="NAME|FILE",
            default=("core",),
            show_default=True,
            help="Collection, GMT file or signed table; repeat for more.",
        ),
        click.option(
            "--tissues",
            multiple=True,
            metavar="T1,T2 | GROUP=T1,T2",
            help="Keep these tissues only; with a name, a group to test as well.",
        ),
        click.option(
            "--background",
            type=click.Path(),
            metavar="FILE",
            help="List of genes: leave all others out of every test.",
        ),
        click.option(
            "--allow-same",
            is_flag=True,
            help="Allow two traits whose z are the same, or correlate beyond 0.99.",
        ),
        click.option(
            "--drop-infinite", is_flag=True, help="Leave out, and count, rows of infinite z."
        ),
        click.option(
            "--skip-empty", is_flag=True, help="Leave out, and count, files without rows."
        ),
        reading_options,
        overlap_option,
    ):
        command = option(command)
    return command


def reading_choices(options: dict[str, Any], traits: Collection[str]) -> dict[str, Any]:
    """Turn ``columns`` and ``where`` into those of all traits and those of each."""
    columns: dict[str, str] = {}
    trait_columns: dict[str, dict[str, str]] = {}
    for trait, name, value in of_traits("--columns", options.pop("columns"), traits):
        (trait_columns.setdefault(trait, {}) if trait else columns)[name] = value
    where: dict[str, list[str]] = {}
    trait_where: dict[str, dict[str, list[str]]] = {}
    for trait, name, value in of_traits("--where", options.pop("where"), traits):
        (trait_where.setdefault(trait, {}) if trait else where).setdefault(name, []).append(value)
    return {
        "columns": columns,
        "where": where,
        "trait_columns": trait_columns,
        "trait_where": trait_where,
    }


def read_config(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    """Take options from a TOML file; the command line wins."""
    if value is None:
        return
    try:
        settings = load_toml(Path(value))
    except FileNotFoundError:
        raise click.UsageError(f"--config {value}: there is no such file") from None
    except DataError as error:
        raise click.UsageError(f"--config {error}") from None
    known = _option_names(ctx.command)
    chosen: dict[str, Any] = {}
    for key, entry in settings.items():
        name = key.replace("_", "-")
        if name not in known or name == "config":
            raise click.UsageError(f"--config {value}: {key!r} is no option of this command")
        option, means = known[name]
        if option.is_flag:
            if not isinstance(entry, bool):
                raise click.UsageError(f"--config {value}: {key} is true or false, not {entry!r}")
            entry = entry if means else not entry
        # A table such as [n-eff] ALS = 87400 is the same as --n-eff ALS=87400.
        if isinstance(entry, dict):
            entry = list(_from_table(entry, quote=option.name in ("columns", "where")))
        if str(option.name) in chosen:
            raise click.UsageError(f"--config {value}: {key!r} is given twice")
        entries = _as_list(entry) if option.multiple else [entry]
        if not option.is_flag and not all(_is_plain(item) for item in entries):
            form = "texts and numbers" if option.multiple else "one text or number"
            raise click.UsageError(f"--config {value}: {key} holds {form}, not {entry!r}")
        chosen[str(option.name)] = entries if option.multiple else entry
    ctx.default_map = {**(ctx.default_map or {}), **chosen}


config_option = click.option(
    "--config",
    is_eager=True,
    expose_value=False,
    callback=read_config,
    type=click.Path(),
    help="TOML file with any of these options.",
)


def _option_names(command: click.Command) -> dict[str, tuple[click.Option, bool]]:
    """Return names as on the command line → option, and whether the name switches it on."""
    found: dict[str, tuple[click.Option, bool]] = {}
    for option in command.params:
        if isinstance(option, click.Option):
            for names, means in ((option.opts, True), (option.secondary_opts, False)):
                found |= {name[2:]: (option, means) for name in names if name.startswith("--")}
    return found


def _from_table(table: Mapping[str, Any], *, quote: bool) -> Iterator[str]:
    """Yield ``KEY=VALUE`` for a table, ``TRAIT:KEY=VALUE`` for a table in it."""
    mark = '"' if quote else ""
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from (f"{key}:{text}" for text in _from_table(entry, quote=quote))
        else:
            yield from (f"{mark}{key}={item}{mark}" for item in _as_list(entry))


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
