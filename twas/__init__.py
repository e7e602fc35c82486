"""The gene level: TWAS files of one or more traits become one study.

Names load on first use, so that the command line can answer ``--help`` without pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from twas.errors import DataError, TwasError, UsageError

if TYPE_CHECKING:
    from twas.study.study import Study
    from twas.study.universe import Universe
    from twas.system.program import data_path
    from twas.traits.trait import Trait, parse_n_eff, read_trait

_HOMES = {
    "Study": "twas.study.study",
    "Trait": "twas.traits.trait",
    "Universe": "twas.study.universe",
    "data_path": "twas.system.program",
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
    "data_path",
    "parse_n_eff",
    "read_trait",
]


def on_first_use(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package whose names load when they are asked for.

    Parameters
    ----------
    package
        Its name.
    homes
        Name → module that defines it.
    """

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return load


__getattr__ = on_first_use("twas", _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
