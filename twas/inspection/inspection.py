"""What is in the files of one or more traits, and what is wrong with them, before any test."""

from __future__ import annotations

import glob
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from twas.errors import DataError
from twas.genes import reference
from twas.inspection.file_summary import FileSummary, summarise
from twas.reading import content
from twas.reading.choices import Choices, check_found
from twas.reading.formats import RefusedError
from twas.reading.paths import find_tables
from twas.reading.table import Table, read_table
from twas.study.checks import study_facts
from twas.study.correlation import file_warnings, mean_z, pairwise
from twas.traits.numbers import MHC
from twas.traits.trait import Trait, assemble

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
    shared = Choices(dict(columns or {}), dict(where or {}), min_p)
    own = {
        name: Choices((trait_columns or {}).get(name, {}), (trait_where or {}).get(name, {}))
        for name in {*(trait_columns or {}), *(trait_where or {})}
    }
    files: list[FileSummary] = []
    notes, warnings, problems = [], [], []
    traits: dict[str, Trait] = {}
    alone: dict[str, Trait] = {}
    groups = groups_of([paths] if isinstance(paths, (str, Path)) else list(paths))
    tables: list[Table] = []
    for name, given in groups.items():
        group = _Group(name, name if given[0][1] else "", [path for path, _ in given])
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
        problems += _problems(shared, tables)
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


def _problems(choices: Choices, tables: Sequence[Table]) -> list[str]:
    try:
        check_found(choices, tables)
    except DataError as error:
        return [str(error)]
    return []


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


class _Group:
    """The files of one group, read one after the other so that one at fault hides no other."""

    def __init__(self, name: str, trait_name: str, paths: list[str]) -> None:
        self.name, self.trait_name, self.paths = name, trait_name, paths
        self.files: list[FileSummary] = []
        self.warnings: list[str] = []
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.alone: dict[str, Trait] = {}
        self.trait: Trait | None = None
        self.tables: list[Table] = []

    def check_columns(self, own: Choices | None) -> None:
        """Tell columns given for this group that none of its files has."""
        if own is not None and self.tables:
            self.problems += _problems(own, self.tables)

    def read(self, choices: Choices) -> None:
        """Read all files."""
        tables = self._tables(choices)
        self.tables = [table for _, table in tables]
        if len(tables) > 1:
            self._merge([table for _, table in tables])
        has_mhc = False
        if self.trait is not None:
            genes = self.trait.table["gene"].drop_duplicates()
            has_mhc = bool(reference.in_region(genes, *MHC).any())
        for path, table in tables:
            summary, trait = summarise(path, self.name, table, mhc_elsewhere=has_mhc)
            if trait is not None:
                self.alone[path] = trait
            if len(tables) == 1:
                self.trait = trait
                self.problems += [summary.error] if summary.error else []
            elif summary.error:
                # Fine-mapping and splicing files are no trait alone, but may stand beside others.
                summary = replace(summary, warnings=(*summary.warnings, summary.error), error="")
            self.files.append(summary)

    def _tables(self, choices: Choices) -> list[tuple[str, Table]]:
        """Return the usable tables; what cannot be used becomes a summary with its reason."""
        tables, passed = [], []
        for given in self.paths:
            try:
                found = find_tables(given)
            except DataError as error:
                self._refuse(FileSummary(given, self.name, error=str(error)))
                continue
            told = [fact for fact in found.facts if fact.level != "fact"]
            for fact in told:
                said = self.warnings if fact.level == "warning" else self.notes
                said.append(f"{fact.source}: {fact.sentence}")
            for path in found.tables:
                try:
                    table = read_table(path, choices, trait=self.trait_name)
                    tables.append((str(path), table))
                except DataError as error:
                    form = error.form_name if isinstance(error, RefusedError) else ""
                    bad = FileSummary(str(path), self.name, format=form, error=str(error))
                    skip = isinstance(error, RefusedError) and path not in found.named
                    passed.append((bad, skip))
        for bad, skip in passed:
            # Beside usable tables of a folder, an unsigned one is passed over, as in a run.
            if skip and tables:
                self.files.append(replace(bad, warnings=(f"passed over: {bad.error}",), error=""))
            else:
                self._refuse(bad)
        return tables

    def _refuse(self, bad: FileSummary) -> None:
        self.files.append(bad)
        self.problems.append(bad.error)

    def _merge(self, tables: list[Table]) -> None:
        try:
            self.trait = assemble(tables, [], name=self.name)
        except DataError as error:
            self.problems.append(str(error))
            return
        for fact in self.trait.quality.warnings:
            if fact.topic in ("dropped:file_copy", "gene_contradicts"):
                self.warnings.append(f"{fact.source}: {fact.sentence}")


def _by_tissue(trait: Trait) -> dict[str, pd.Series]:
    table = trait.table
    return {str(tissue): mean_z(rows) for tissue, rows in table.groupby("tissue", sort=True)}
