"""Errors of the command line: one line and an exit code, whatever happened."""

from __future__ import annotations

import traceback
from typing import Any

import click

from pathways.commands.console import LOGGER, in_options, is_debug, log_options
from twas.errors import TwasError
from twas.reading.content import harmless
from twas.system.process import Stopped, stoppable


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


class Failure(click.ClickException):
    """One line, and the exit code of its cause."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(harmless(in_options(" ".join(message.split()))))
        self.exit_code = exit_code  # type: ignore[misc]


def _tell(ctx: click.Context, error: Exception) -> None:
    """The traceback to the log, and under ``--debug`` to the screen."""
    LOGGER.error("%s", error, exc_info=error)
    if is_debug(ctx):
        click.echo(harmless_lines("".join(traceback.format_exception(error))), err=True, nl=False)


def harmless_lines(text: str) -> str:
    """A text of several lines, each made harmless."""
    return "".join(f"{harmless(line)}\n" for line in text.splitlines())


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
