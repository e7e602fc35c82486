"""Errors of the command line: one line and an exit code."""

from __future__ import annotations

from typing import Any

import click

from twas.errors import TwasError


class Commands(click.Group):
    """Turns every error that a user can cause into one line and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except TwasError as error:
            raise Failure(str(error), error.exit_code) from error
        except BrokenPipeError:  # a reader such as head has had enough
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{where}{error.strerror or error}", 1) from error


class Failure(click.ClickException):
    """One line, and the exit code of its cause."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_code = exit_code  # type: ignore[misc]
