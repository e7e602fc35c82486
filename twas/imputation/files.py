"""Paths of models → model file, covariance file and tissue."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from twas.errors import DataError
from twas.imputation.models import ModelFile

#: Endings of covariance files, the usual one first.
ENDINGS = (".txt.gz", ".txt", ".txt.zst", ".csv.gz", ".cov.gz")
#: What releases of PredictDB write around the name of the tissue (v6, v7, v8).
_AROUND = (
    re.compile(r"^(?:mashr|en|elastic_net|ctimp|utmost|gtex_v[678]p?|gtex|tw|dgn)_", re.IGNORECASE),
    re.compile(r"_(?:imputed_.*|tw_0\.5.*|0\.5(?:_.*)?|signif|alpha0\.5.*|elastic_net.*)$"),
)
_BESIDE = re.compile(r"_(?:imputed_(?:eur|europeans)_)?covariances?$|\.cov$")


def find_models(
    models: str | Path | Iterable[str | Path],
    covariances: str | Path | Iterable[str | Path] | None = None,
) -> tuple[ModelFile, ...]:
    """Find model files, the covariance of each, and the name of its tissue.

    Parameters
    ----------
    models
        ``.db`` files, folders of such, or quoted globs.
    covariances
        The same for covariance files; by default they lie beside the models. A covariance belongs
        to the model of its name (``X.db`` and ``X.txt.gz``), or of its tissue.

    Returns
    -------
    tuple of ModelFile
        By tissue.

    Raises
    ------
    DataError
        If nothing is found, a covariance is missing, or two models are of one tissue.
    """
    databases = _expand(models, "models", (".db",))
    given = None if covariances is None else _expand(covariances, "covariances", ENDINGS)
    found: dict[str, ModelFile] = {}
    for database in databases:
        tissue = tissue_of(database.stem)
        if tissue in found:
            raise DataError(
                f"models: {found[tissue].database.name} and {database.name} are both of the tissue "
                f"{tissue}; impute each release into a folder of its own"
            )
        covariance = _covariance_of(database, tissue, given)
        found[tissue] = ModelFile(database, covariance, tissue)
    return tuple(found[tissue] for tissue in sorted(found))


def tissue_of(stem: str) -> str:
    """Return the tissue that a file name of PredictDB holds: ``mashr_Brain_Cortex`` → its tail."""
    before = ""
    while before != stem:
        before = stem
        for pattern in _AROUND:
            stem = pattern.sub("", stem) or stem
    return stem


def _covariance_of(database: Path, tissue: str, given: Sequence[Path] | None) -> Path:
    beside = given
    if beside is None:
        beside = [file for file in sorted(database.parent.iterdir()) if _stem(file) is not None]
    same = [file for file in beside if _stem(file) == database.stem]
    if not same:
        stems = {file: _BESIDE.sub("", _stem(file) or "") for file in beside}
        same = [file for file, stem in stems.items() if stem == database.stem]
        same = same or [file for file, stem in stems.items() if tissue_of(stem) == tissue]
    if not same:
        raise DataError(
            f"{database.name}: has no covariance file; put {database.stem}.txt.gz beside it, or "
            "name it with covariances"
        )
    if len(same) > 1:
        names = ", ".join(file.name for file in same[:3])
        raise DataError(f"{database.name}: has several covariance files ({names}); keep one")
    return same[0]


def _stem(path: Path) -> str | None:
    """Return the name of a covariance file without its ending, None for another file."""
    for ending in ENDINGS:
        if path.name.endswith(ending):
            return path.name.removesuffix(ending)
    return None


def _expand(
    given: str | Path | Iterable[str | Path], what: str, endings: Sequence[str]
) -> list[Path]:
    paths = [given] if isinstance(given, (str, Path)) else list(given)
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _one(path, what, endings):
            found.setdefault(file.resolve(), file)
    if not found:
        raise DataError(f"{what}: no file given")
    return list(found.values())


def _one(path: str | Path, what: str, endings: Sequence[str]) -> list[Path]:
    place = Path(path).expanduser()
    if place.is_dir():
        files = [file for file in sorted(place.iterdir()) if file.name.endswith(tuple(endings))]
        if not files:
            raise DataError(f"{place.name}: holds no file for {what} ({', '.join(endings)})")
        return files
    if place.is_file():
        return [place]
    if not glob.has_magic(str(path)):
        raise DataError(f"{place.name}: there is no such file or folder")
    # Path.glob takes no absolute patterns.
    matches = [Path(m) for m in sorted(glob.glob(str(place), recursive=True))]  # noqa: PTH207
    files = [file for file in matches if file.is_file()]
    if not files:
        raise DataError(f"{path}: no file matches this pattern")
    return files


def find_gwas(paths: Sequence[str | Path]) -> list[Path]:
    """Find the files of one GWAS, such as one per chromosome: files and quoted globs.

    Raises
    ------
    DataError
        If a file is not there.
    """
    found: list[Path] = []
    for path in paths:
        place = Path(path).expanduser()
        if place.is_dir():
            raise DataError(f"{place.name}: is a folder; name the GWAS file, or a quoted glob")
        found += _one(path, "gwas", ("",))
    return list(dict.fromkeys(found))
