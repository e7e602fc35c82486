"""Paths, folders and globs → the table files in them, and what the name of a file tells.

A tissue of GTEx is found wherever it stands in the name; what else the name holds may tell of the
models. Without one the name tells no tissue: a trait of one such file has the unknown tissue, equal
to any other unknown one; of several, each is named after its file.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from twas.checks import fact
from twas.errors import DataError
from twas.quality import QualityFact, some
from twas.reading.content import STDIN, harmless
from twas.reading.formats import Format

COMPRESSIONS = (".gz", ".bgz", ".bz2", ".xz", ".zst")
#: What `impute` leaves in the folder of a trait: read beside the tables, for N_eff.
RECORD = "impute.json"
#: Endings of table files, looked for in folders; a file named as such is always tried.
TABLES = (
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".dat",
    ".mhc",
    ".smr",
    ".msmr",
    ".out",
    ".rnk",
    ".parquet",
)
#: Starts and parts of names that belong to no table: notes, and what the tools write beside.
COMPANION_STARTS = ("readme", "license", "licence", "changelog", "manifest", "md5", "sha256")
COMPANION_PARTS = (".joint_included.", ".joint_dropped.", ".corr.dat", "_covariance")

#: Tissue of a trait whose only file does not name one.
UNKNOWN = "unknown"

#: Tissues of GTEx versions 6 to 8, as PredictDB, FUSION and UTMOST name their files.
GTEX = (
    *("Adipose_Subcutaneous", "Adipose_Visceral_Omentum", "Adrenal_Gland", "Artery_Aorta"),
    *("Artery_Coronary", "Artery_Tibial", "Brain_Amygdala", "Brain_Anterior_cingulate_cortex_BA24"),
    *("Brain_Caudate_basal_ganglia", "Brain_Cerebellar_Hemisphere", "Brain_Cerebellum"),
    *("Brain_Cortex", "Brain_Frontal_Cortex_BA9", "Brain_Hippocampus", "Brain_Hypothalamus"),
    *("Brain_Nucleus_accumbens_basal_ganglia", "Brain_Putamen_basal_ganglia"),
    *("Brain_Spinal_cord_cervical_c-1", "Brain_Substantia_nigra", "Breast_Mammary_Tissue"),
    *("Cells_Cultured_fibroblasts", "Cells_EBV-transformed_lymphocytes"),
    *("Cells_Transformed_fibroblasts", "Colon_Sigmoid", "Colon_Transverse"),
    *("Esophagus_Gastroesophageal_Junction", "Esophagus_Mucosa", "Esophagus_Muscularis"),
    *("Heart_Atrial_Appendage", "Heart_Left_Ventricle", "Kidney_Cortex", "Liver", "Lung"),
    *("Minor_Salivary_Gland", "Muscle_Skeletal", "Nerve_Tibial", "Ovary", "Pancreas", "Pituitary"),
    *("Prostate", "Skin_Not_Sun_Exposed_Suprapubic", "Skin_Sun_Exposed_Lower_leg"),
    *("Small_Intestine_Terminal_Ileum", "Spleen", "Stomach", "Testis", "Thyroid", "Uterus"),
    *("Vagina", "Whole_Blood"),
)
# Parts of the brain are also named without it, but for the cortex, of which there are several.
_SHORT = {name.removeprefix("Brain_"): name for name in GTEX if name != "Brain_Cortex"}
_NAMES = {**_SHORT, **{name: name for name in GTEX}}
_LONGEST_FIRST = "|".join(
    re.sub(r"[_-]", r"[._ -]*", name) for name in sorted(_NAMES, key=len, reverse=True)
)
_TISSUE = re.compile(rf"(?<![A-Za-z])(?:{_LONGEST_FIRST})(?![A-Za-z])", re.IGNORECASE)
_BY_LETTERS = {re.sub(r"[_-]", "", name).lower(): full for name, full in _NAMES.items()}


@dataclass(frozen=True)
class FoundTables:
    """The table files behind some paths.

    Attributes
    ----------
    tables
        Files in order of name, each once.
    named
        Those of them that the user named one by one; the others were found in a folder.
    facts
        What was passed over or added.
    """

    tables: tuple[Path, ...]
    named: frozenset[Path]
    facts: tuple[QualityFact, ...]


def find_tables(paths: str | Path | Iterable[str | Path]) -> FoundTables:
    """Find the table files behind files, folders and globs.

    Folders are searched without their subfolders. Hidden files, notes and companions of tables
    (``.pos``, logs, figures) are passed over and counted. ``X.MHC`` and ``X.dat.MHC``, where
    FUSION puts the genes of the major histocompatibility complex, are added to ``X.dat``.

    Parameters
    ----------
    paths
        One or several files, folders or quoted globs (``**`` crosses folders).

    Raises
    ------
    DataError
        If a path is not there, or no table is found.
    """
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not given:
        raise DataError("no path given; name a file, a folder or a quoted glob")
    tables: dict[Path, Path] = {}
    named: set[Path] = set()
    facts: list[QualityFact] = []
    repeated = 0
    for path in given:
        files, is_named = _expand(path, facts)
        for file in files:
            key = file.resolve()
            repeated += key in tables
            tables.setdefault(key, file)
            if is_named:
                named.add(tables[key])
    if repeated:
        facts.append(_fact("", "path_repeated", repeated, "files were named more than once"))
    for companion in _mhc_files(tables.values()):
        if companion.resolve() not in tables:
            tables[companion.resolve()] = companion
            message = "MHC file, which FUSION writes beside the .dat file, was added"
            facts.append(_fact(companion.name, "mhc_added", 1, message))
    ordered = sorted(tables.values(), key=lambda file: (file.name, str(file)))
    return FoundTables(tuple(ordered), frozenset(named), tuple(facts))


def stem(name: str) -> str:
    """Return a file name without the endings of tables and compressions."""
    for ending in (*COMPRESSIONS, *TABLES, *TABLES):
        if name.lower().endswith(ending) and len(name) > len(ending):
            name = name[: -len(ending)]
    return name


def _expand(path: str | Path, facts: list[QualityFact]) -> tuple[list[Path], bool]:
    """Return the tables of one given path and whether it names a file."""
    if str(path) == STDIN:
        return [Path(STDIN)], True
    place = Path(path).expanduser()
    if place.is_dir():
        return _in_folder(sorted(place.iterdir()), place.name or str(path), facts), False
    if place.exists():
        return [place], True
    if place.is_symlink():
        raise DataError(f"{place.name}: is a link that leads nowhere; mend or remove it")
    if not glob.has_magic(str(path)):
        raise DataError(f"{place.name}: there is no such file or folder")
    # Path.glob takes no absolute patterns.
    matches = [Path(match) for match in sorted(glob.glob(str(place), recursive=True))]  # noqa: PTH207
    if not matches:
        raise DataError(f"{path}: no file matches this pattern")
    return _in_folder(matches, Path(path).name, facts), False


def _in_folder(files: list[Path], name: str, facts: list[QualityFact]) -> list[Path]:
    tables = [file for file in files if file.is_file() and _is_table(file.name)]
    unread = [file.name for file in files if file.is_file() and not _is_table(file.name)]
    others = [name for name in unread if name != RECORD]
    dead = [file.name for file in files if file.is_symlink() and not file.exists()]
    folders = sum(file.is_dir() for file in files)
    if dead:
        shown = some(map(harmless, dead))
        facts.append(fact("dead_link", len(dead), about=harmless(name), some=shown))
    if not tables:
        inside = f"; look into its {folders} subfolders" if folders else ""
        raise DataError(f"{name}: holds no table ({', '.join(TABLES)}){inside}")
    if others:
        shown = some(map(harmless, others))
        facts.append(fact("file_passed_over", len(others), about=harmless(name), some=shown))
    return tables


def _is_table(name: str) -> bool:
    lower = name.lower()
    if lower.startswith((".", *COMPANION_STARTS)) or any(p in lower for p in COMPANION_PARTS):
        return False
    for ending in COMPRESSIONS:
        lower = lower.removesuffix(ending)
    return lower.endswith(TABLES)


def _mhc_files(tables: Iterable[Path]) -> list[Path]:
    candidates = []
    for file in tables:
        names = [f"{file.name}.MHC"]
        if file.name.endswith(".dat"):
            names.append(file.name.removesuffix(".dat") + ".MHC")
        candidates += [file.with_name(name) for name in names]
    return [file for file in candidates if file.is_file()]


def _fact(source: str, topic: str, count: int, message: str) -> QualityFact:
    return QualityFact("fact", source or "input", topic, count, message)


@dataclass(frozen=True)
class NamedTissue:
    """What a file name tells.

    Attributes
    ----------
    tissue
        The tissue of GTEx, or what is left of the name.
    is_known
        Whether it is one of GTEx.
    models
        What else the name holds, ``""`` where nothing.
    """

    tissue: str
    is_known: bool
    models: str = ""


def tissue_of_file(name: str, form: Format, trait: str = "") -> NamedTissue:
    """Return the tissue that a file name tells.

    Off go endings (``.csv.gz``, ``_spredixcan``), everything up to ``__PM__``, which S-PrediXcan's
    workflows put between trait and model, a chromosome, and the name of the trait. In the rest a
    tissue of GTEx is looked for; without one the rest stands, without the model families ``mashr_``
    and ``en_``.
    """
    whole = re.sub(r"^.*__PM__", "", stem(name))
    rest = whole
    for suffix in form.suffixes:
        if rest.lower().endswith(suffix.lower()):
            rest = rest[: -len(suffix)]
    rest = re.sub(r"[._-]chr(?:\d{1,2}|X|Y)$", "", rest)
    if form.tissue == "weights":
        rest = re.sub(r"[._-]\d{1,2}$", "", rest)
    if trait:
        edge = re.escape(trait)
        rest = re.sub(rf"^{edge}[._\s-]+(?=.)|(?<=.)[._\s-]+{edge}$", "", rest, flags=re.I)
    found = _TISSUE.search(rest)
    if found:
        tissue = _BY_LETTERS[re.sub(r"[._ -]", "", found[0]).lower()]
        models = f"{rest[: found.start()]} {rest[found.end() :]}".strip(" ._-")
        return NamedTissue(tissue, True, models)
    return NamedTissue(re.sub(r"^(?:mashr|en)_(?=.)", "", rest) or whole, False)
