"""What is printed on a terminal or logged, and how it names what the library calls a parameter.

The library names a parameter in backticks, as in "give `n_eff`"; a terminal shows "give --n-eff".

``--debug`` and ``--log-file`` are for those who mend a fault: everything is told to one logger,
`LOGGER`. Without ``--log-file`` no one listens.
"""

from __future__ import annotations

import logging
import re
import shutil
import sys
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from twas.reading.content import harmless

if TYPE_CHECKING:
    import pandas as pd

    from pathways.results import Results
    from twas.system.program import Progress

LOGGER = logging.getLogger("twas_divergence")
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False

_DEBUG = "twas_divergence.debug"
#: Seconds between two lines off a terminal.
_MINUTE = 60.0
#: Columns of a terminal below which nothing can be laid out.
NARROWEST = 20


def print_table(table: pd.DataFrame) -> None:
    """Print a table, tab-separated, so that it can be read by people and by programs."""
    click.echo(table.to_csv(sep="\t", index=False, lineterminator="\n"), nl=False)


def progress(*, quiet: bool) -> Progress:
    """Say what is being done, with a bar where the end is in sight; on a terminal only."""
    shown = not quiet and sys.stderr.isatty()

    def say(step: str, share: float | None = None) -> None:
        if share is None:
            LOGGER.info("step: %s", step)
        if not shown:
            return
        if share is None:
            click.echo(f"… {step}", err=True)
            return
        done = round(30 * share)
        bar = f"… {step} [{'#' * done}{'-' * (30 - done)}] {share:4.0%}"
        click.echo(f"\r{bar}", err=True, nl=share >= 1)

    return say


def steady_progress(*, quiet: bool) -> Progress:
    """For work of hours: a bar with the time left; off a terminal a line a minute."""
    terminal = sys.stderr.isatty()
    begun: dict[str, float] = {}
    told: dict[str, float] = {}

    def say(step: str, share: float | None = None) -> None:
        now = time.monotonic()
        first = step not in begun
        start = begun.setdefault(step, now)
        left = _time_left(now - start, share)
        every = 0.2 if terminal else _MINUTE
        if not first and share != 1 and now - told[step] < every:
            return
        told[step] = now
        line = f"… {step}" if share is None else f"… {step} {share:4.0%}{left}"
        LOGGER.info("%s", line)
        if quiet:
            return
        if not terminal or share is None:
            click.echo(line, err=True)
            return
        done = round(30 * share)
        bar = f"… {step} [{'#' * done}{'-' * (30 - done)}] {share:4.0%}{left}"
        click.echo(f"\r{bar:<78}", err=True, nl=share >= 1)

    return say


def _time_left(passed: float, share: float | None) -> str:
    """What is left of a step, from what has passed; "" at its start and end."""
    if not share or share >= 1:
        return ""
    seconds = round(passed / share - passed)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    shown = f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds % 60:02} s"
    return f", {shown} left"


def wrapped(line: str, width: int) -> str:
    """A line broken between words to fit a terminal, the rest of it indented.

    Parameters
    ----------
    line
        One line.
    width
        Columns of the terminal; below 20, as where there is none, the line stays as it is.
    """
    if width < NARROWEST or len(line) <= width:
        return line
    return textwrap.fill(
        line,
        width,
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def say(results: Results, out: str, *, quiet: bool, verbose: bool) -> None:
    """Print the calls, the warnings and where the results are."""
    for fact in results.quality.facts:
        LOGGER.info("%s: %s: %s", fact.level, fact.source, fact.sentence)
    LOGGER.info("results: %s", out)
    if quiet:
        return
    for fact in results.quality.facts:
        if fact.level != "fact" or verbose:
            click.echo(in_options(f"{fact.level}: {fact.source}: {fact.sentence}"), err=True)
    from pathways.report.words.headline import terminal_lines

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in terminal_lines(results):
        click.echo(wrapped(harmless(line), width))
    report = Path(out) / "report.html"
    click.echo(f"Results: {report if report.exists() else out}")


class Failure(click.ClickException):
    """One line, and the exit code of its cause."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(harmless(in_options(" ".join(message.split()))))
        self.exit_code = exit_code  # type: ignore[misc]


#: Parameters whose option has another name than theirs.
OPTIONS = {
    "drop_regions": "drop-region",
    "effects": "effect",
    "file_format": "format",
    "intercepts": "intercept",
    "n_sets": "sets",
    "n_true": "true-sets",
    "overlaps": "overlap",
    "planted": "plant",
    "report": "no-report",
    "run_gsea": "gsea",
    "traits": "trait",
}
_PARAMETER = re.compile(r"`([a-z][a-z0-9_]*)`")


def in_options(text: str) -> str:
    """Name the options of the command line where the library names its parameters.

    Examples
    --------
    >>> in_options("name the column with `columns` z=…, or set `min_p` or `traits`")
    'name the column with --columns z=…, or set --min-p or --trait'
    """
    return _PARAMETER.sub(lambda found: f"--{option_of(found[1])}", text)


def option_of(parameter: str) -> str:
    """Name of the option of a parameter, without the dashes."""
    return OPTIONS.get(parameter, parameter.replace("_", "-"))


def log_options() -> list[click.Option]:
    """Options that every command has, and the group too."""
    return [
        click.Option(
            ["--debug"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_set_debug,
            help="Show the traceback of an error.",
        ),
        click.Option(
            ["--log-file"],
            type=click.Path(),
            is_eager=True,
            expose_value=False,
            callback=_open_log,
            help="Append what is done, and every error with its traceback, to this file.",
        ),
    ]


def is_debug(ctx: click.Context) -> bool:
    """Whether ``--debug`` was given, to the group or to the command."""
    return bool(ctx.meta.get(_DEBUG))


def _set_debug(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_DEBUG] = True


def _open_log(ctx: click.Context, _param: click.Parameter, value: Any) -> None:
    if not value:
        return
    try:
        handler = logging.FileHandler(value, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        message = f"--log-file {value}: cannot be written ({error.strerror})"
        raise click.UsageError(message) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.info("command: %s", " ".join(sys.argv))

    def close() -> None:
        LOGGER.removeHandler(handler)
        handler.close()

    ctx.find_root().call_on_close(close)
