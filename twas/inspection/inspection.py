"""What is in the files of traits, and what is wrong with them, before any test; also as text."""

from __future__ import annotations

import glob
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from twas.errors import DataError
from twas.inspection.file_summary import FileSummary, Group, lacking_columns
from twas.reading import content
from twas.reading.columns import Choices
from twas.reading.table import Table
from twas.study.axis import pair_name
from twas.study.checks import study_facts
from twas.study.correlation import file_warnings, mean_z, pairwise
from twas.traits.trait import Trait

#: Longest text in a column of the table.
WIDTH = 34
#: Correlations of tissues where there are none.
_NO_PAIRS = pairwise({}).assign(group="")[["group", "a", "b", "n_genes", "r"]]


@dataclass(frozen=True, eq=False)
class Inspection:
    """What was found.

    Attributes
    ----------
    files
        One summary per file, or per path without a usable file.
    warnings
        What is odd between files, tissues and groups, each with what to do.
    problems
        Why ``run`` would refuse the input, one line each; empty if it would not.
    tissues, groups
        Correlations of z between the tissues of a group (columns ``group``, ``a``, ``b``,
        ``n_genes``, ``r``), and between groups, z averaged over tissues (``a``, ``b``, …).
    pairs
        Correlations of z between files, by path.
    notes
        What was passed over in folders, and notes about pairs of groups.
    """

    files: tuple[FileSummary, ...]
    warnings: tuple[str, ...]
    problems: tuple[str, ...]
    tissues: pd.DataFrame
    groups: pd.DataFrame
    pairs: pd.DataFrame
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return everything as dictionaries, lists, text and finite numbers, None for "none"."""
        tables = {"tissues": self.tissues, "groups": self.groups, "files": self.pairs}
        return {
            "files": [_plain(asdict(file)) for file in self.files],
            "correlations": {
                name: [_plain(row) for row in table.to_dict("records")]
                for name, table in tables.items()
            },
            "notes": list(self.notes),
            "warnings": list(self.warnings),
            "problems": list(self.problems),
        }


def _plain(record: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(key): None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in record.items()
    }


def inspect(
    paths: str | Path | Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    where: Mapping[str, Sequence[str]] | None = None,
    trait_columns: Mapping[str, Mapping[str, str]] | None = None,
    trait_where: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    min_p: float | None = None,
    any_size: bool = False,
) -> Inspection:
    """Say what is in files, and what is wrong with them, without testing anything.

    Parameters
    ----------
    paths
        Files, folders or quoted globs. Each is a group, such as one trait; ``NAME=PATH`` names
        it, and paths of one name make one group.
    columns, where, min_p
        As in :func:`twas.traits.trait.read_trait`, for the files that have the columns.
    trait_columns, trait_where
        The same for single groups.
    any_size
        Decompress files to any size.

    Raises
    ------
    DataError
        If no path is given. Files at fault raise nothing: see :attr:`Inspection.problems`.
    UsageError
        If a key of ``columns`` is no column.
    """
    shared = Choices.of(columns, where, min_p)
    own = {
        name: Choices.of((trait_columns or {}).get(name), (trait_where or {}).get(name))
        for name in {*(trait_columns or {}), *(trait_where or {})}
    }
    files: list[FileSummary] = []
    notes, warnings, problems = [], [], []
    traits: dict[str, Trait] = {}
    alone: dict[str, Trait] = {}
    groups = groups_of([paths] if isinstance(paths, (str, Path)) else list(paths))
    tables: list[Table] = []
    for name, given in groups.items():
        group = Group(name, name if given[0][1] else "", [path for path, _ in given])
        with content.any_size(any_size):
            group.read(shared.under(own.get(name)))
        group.check_columns(own.get(name))
        tables += group.tables
        files += group.files
        notes += group.notes
        warnings += group.warnings
        problems += group.problems
        alone |= group.alone
        if group.trait is not None:
            traits[name] = group.trait
    if tables:
        problems += lacking_columns(shared, tables)
    z = {path: mean_z(trait.table) for path, trait in alone.items()}
    pairs = pairwise(z)
    group_of = {file.path: file.group for file in files}
    warnings += file_warnings(pairs, z, group_of)
    told = study_facts(list(traits.values()))
    is_named = any(given[0][1] for given in groups.values())
    for fact in told:
        if fact.level != "fact" and (is_named or fact.topic == "opposite_signs"):
            said = warnings if fact.level == "warning" else notes
            said.append(f"{fact.source}: {fact.sentence}")
    tissues = [pairwise(_by_tissue(t)).assign(group=name) for name, t in traits.items()]
    return Inspection(
        files=tuple(files),
        warnings=tuple(warnings),
        problems=tuple(problems),
        tissues=pd.concat([_NO_PAIRS, *tissues], ignore_index=True),
        groups=pairwise({name: mean_z(trait.table) for name, trait in traits.items()}),
        pairs=pairs,
        notes=tuple(notes),
    )


def groups_of(paths: list[str | Path]) -> dict[str, list[tuple[str, bool]]]:
    """Return the name of each group → its paths, each with whether the user gave the name."""
    if not paths:
        raise DataError("no path given; name a file, a folder or a quoted glob")
    groups: dict[str, list[tuple[str, bool]]] = {}
    texts = list(dict.fromkeys(map(str, paths)))
    short = [_last_name(text) for text in texts]
    for text in texts:
        name, equals, rest = text.partition("=")
        # A path may hold "=" itself.
        if equals and name and rest and not Path(text).exists() and not glob.has_magic(name):
            groups.setdefault(name.strip(), []).append((rest.strip(), True))
        else:
            label = _last_name(text)
            groups.setdefault(label if short.count(label) == 1 else text, []).append((text, False))
    return groups


def _last_name(text: str) -> str:
    """Name of the file or folder, also of ``.``; a link that leads to itself has one, too."""
    return Path(os.path.realpath(text)).name  # resolve() fails on such a link


def _by_tissue(trait: Trait) -> dict[str, pd.Series]:
    table = trait.table
    return {str(tissue): mean_z(rows) for tissue, rows in table.groupby("tissue", sort=True)}


def as_text(found: Inspection) -> str:
    """Return the table of files, the correlations, the warnings and the refusals."""
    lines = [*_table(found.files), *_correlations(found), *_remarks(found)]
    return "\n".join(map(content.harmless, lines))


def _cell(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _known(file: FileSummary) -> str:
    if not file.genes_with_z or file.genes_resolved is None:
        return ""
    return format(file.genes_resolved / file.genes_with_z, ".0%")


#: Heading → what stands below it.
_COLUMNS: dict[str, Callable[[FileSummary], str]] = {
    "file": lambda file: _shorten(PurePath(file.path).name),
    "format": lambda file: file.format,
    "tissue": lambda file: _shorten(file.tissue),
    "rows": lambda file: _cell(file.rows, ",d"),
    "genes": lambda file: _cell(file.genes_with_z, ",d"),
    "known": _known,
    "placed": lambda file: _cell(file.share_with_position, ".0%"),
    "mean": lambda file: _cell(file.z_mean, ".2f"),
    "SD": lambda file: _cell(file.z_sd, ".2f"),
    "lambda": lambda file: _cell(file.genomic_inflation, ".2f"),
    "max |z|": lambda file: _cell(file.largest_z, ".1f"),
    "repeats": lambda file: _cell(file.duplicates, ",d"),
    "signs": lambda file: _cell(file.sign_agreement, ".0%"),
    "1 SNP": lambda file: _cell(file.share_one_snp, ".0%"),
}
_TEXTS = 3


def _shorten(text: str) -> str:
    """Cut the middle out of a long text: names of tissues differ at both ends."""
    text = " ".join(text.split())
    half = (WIDTH - 1) // 2
    return text if len(text) <= WIDTH else f"{text[:half]}…{text[-half:]}"


def _table(files: tuple[FileSummary, ...]) -> Iterator[str]:
    cells = [list(_COLUMNS), *([show(file) for show in _COLUMNS.values()] for file in files)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    groups = [None, *(file.group for file in files)]
    for number, (row, group) in enumerate(zip(cells, groups, strict=True)):
        if group is not None and group != groups[number - 1]:
            yield f"{group}:"
        padded = [
            cell.ljust(width) if place < _TEXTS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(padded).rstrip()


def _correlations(found: Inspection) -> Iterator[str]:
    for group, pairs in found.tissues.dropna(subset=["r"]).groupby("group", sort=False):
        ordered = pairs.sort_values("r", kind="stable")
        (_, a, b, _, low), high = ordered.iloc[0], ordered["r"].iloc[-1]
        between = f"{low:.2f} ({a} and {b}) to {high:.2f}"
        yield f"{group}: z of its tissues correlate {between}"
    for a, b, n_genes, r in found.groups.dropna(subset=["r"]).itertuples(index=False):
        yield f"{pair_name(a, b)}: z correlate {r:.2f} over {n_genes:,} genes"


def _remarks(found: Inspection) -> Iterator[str]:
    for file in found.files:
        name = PurePath(file.path).name
        yield from (f"note: {name}: {note}" for note in file.notes)
        for warning in file.warnings:
            yield f"warning: {warning if name in warning else f'{name}: {warning}'}"
    yield from (f"note: {note}" for note in found.notes)
    yield from (f"warning: {warning}" for warning in found.warnings)
    yield from (f"refused: {problem}" for problem in found.problems)
