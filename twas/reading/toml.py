"""TOML → dict, with every fault of a file as one line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from twas.errors import DataError
from twas.reading.harmless import harmless


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DataError
        If it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _fault(path, error.strerror or str(error)) from error
    except RecursionError as error:
        raise _fault(path, "it is nested too deeply") from error
    except (ValueError, AttributeError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise _fault(path, str(error)) from error


def _fault(path: Path, what: str) -> DataError:
    said = harmless(" ".join(what.split()))[:200]
    return DataError(f"{harmless(path.name)}: cannot be read as TOML ({said})")
