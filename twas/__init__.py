"""The gene level: TWAS files of one or more traits become one study.

Names load on first use, so that the command line can answer ``--help`` without pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from twas.errors import DataError, TwasError, UsageError

if TYPE_CHECKING:
    from twas.study.study import Study, Universe
    from twas.traits.trait import Trait, parse_n_eff, read_trait

_HOMES = {
    "Study": "twas.study.study",
    "Trait": "twas.traits.trait",
    "Universe": "twas.study.study",
    "parse_n_eff": "twas.traits.trait",
    "read_trait": "twas.traits.trait",
}

__all__ = [
    "DataError",
    "Study",
    "Trait",
    "TwasError",
    "Universe",
    "UsageError",
    "parse_n_eff",
    "read_trait",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'twas' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
