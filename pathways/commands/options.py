"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of everything random.",
)


pdf_option = click.option(
    "--pdf", is_flag=True, help="Print the report as report.pdf too (extra pdf)."
)


def read_config(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
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
