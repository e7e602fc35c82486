"""Where the shipped data files are: ``twas/_data`` when installed, ``data/`` in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def data_path(*parts: str) -> Path:
    """Return the path of a shipped data file or folder.

    Parameters
    ----------
    *parts
        Path below ``data/``, for example ``"gene_sets", "core.tsv"``.

    Raises
    ------
    FileNotFoundError
        If the installation does not hold the file.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent / "data"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"shipped data file {'/'.join(parts)} is missing; reinstall")
