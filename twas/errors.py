"""Errors that a user can cause, each one line that says what to do."""

from __future__ import annotations


class TwasError(Exception):
    """Base of every error this project raises on purpose."""

    exit_code = 1


class DataError(TwasError):
    """The data are at fault (exit 1): names the file, row or gene, and the remedy."""


class UsageError(TwasError):
    """The options are at fault (exit 2): names the option and what it accepts."""

    exit_code = 2
