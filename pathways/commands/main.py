"""The command `twas-divergence`: its commands; every error is one line and an exit code."""

from __future__ import annotations

import os
import traceback
from typing import Any

import click

from pathways.commands.atlas import atlas
from pathways.commands.console import LOGGER, Failure, is_debug, log_options
from pathways.commands.impute import impute
from pathways.commands.inspect import gene_sets, hypotheses, inspect
from pathways.commands.planning import power, simulate
from pathways.commands.run import demo, plot, run
from twas.errors import TwasError
from twas.reading.content import harmless
from twas.system.program import Stopped, one_thread, seldom_collected, stoppable


class Commands(click.Group):
    """Turns every error into one line and an exit code; the traceback is for ``--debug``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += log_options()

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command, with the options that all commands have."""
        super().add_command(cmd, name)
        for command in cmd.commands.values() if isinstance(cmd, click.Group) else [cmd]:
            command.params += log_options()

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program; a signal that ends it is an error like the others."""
        try:
            with stoppable():
                return super().main(*args, **kwargs)
        except Stopped as stop:
            click.echo(f"Error: stopped by {stop.name}", err=True)
            raise SystemExit(stop.exit_code) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit) as error:
            if isinstance(error, click.ClickException):
                _tell(ctx, error)
            raise
        except BrokenPipeError:  # a reader such as head has had enough
            raise
        except Exception as error:
            _tell(ctx, error)
            raise _failure(error) from error


def _tell(ctx: click.Context, error: Exception) -> None:
    """The traceback to the log, and under ``--debug`` to the screen."""
    LOGGER.error("%s", error, exc_info=error)
    if is_debug(ctx):
        click.echo(_harmless_lines("".join(traceback.format_exception(error))), err=True, nl=False)


def _failure(error: Exception) -> Failure:
    if isinstance(error, TwasError):
        return Failure(str(error), error.exit_code)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return Failure(f"{where}{error.strerror or error}", 1)
    if isinstance(error, MemoryError):
        return Failure("not enough memory; give fewer or smaller files, or use a larger machine", 1)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(
        f"unexpected error ({what[:300]}); the input may be damaged, or this is a fault of"
        " twas-divergence: run the command again with --debug and report what it prints",
        1,
    )


def _harmless_lines(text: str) -> str:
    """A text of several lines, each made harmless."""
    return "".join(f"{harmless(line)}\n" for line in text.splitlines())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twas-divergence")
def main() -> None:
    """Do two diseases push a biological pathway in opposite directions?

    Takes TWAS gene-level z-scores, tests signed gene sets, and reports the direction in each
    disease, the divergence between them, and whether the evidence is good enough to say so.
    """
    # Figures go to files; a backend that a notebook left behind would stop every import.
    os.environ["MPLBACKEND"] = "Agg"
    one_thread()
    click.get_current_context().with_resource(seldom_collected())


for command in (demo, run, inspect, plot, gene_sets, hypotheses, simulate, power, impute, atlas):
    main.add_command(command)
