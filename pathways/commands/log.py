"""`--debug` and `--log-file`, for every command: what happened, for those who mend a fault.

Everything is told to one logger, `LOGGER`. Without ``--log-file`` no one listens.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import click

LOGGER = logging.getLogger("twas_divergence")
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False

_DEBUG = "twas_divergence.debug"


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
