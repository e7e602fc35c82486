"""How a long job says what it is doing; the command line turns it into a bar on a terminal."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called at the start of each step, and along a step whose length is known."""

    def __call__(self, step: str, share: float | None = None) -> None:
        """Say that `step` begins, or that `share` of it, in [0, 1], is done."""


def silent(step: str, share: float | None = None) -> None:
    """Say nothing."""
