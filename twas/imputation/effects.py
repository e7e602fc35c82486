"""GWAS rows → z, effect, alleles and sample size, with every check that needs no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.imputation.cells import Cells, Float, Int, Texts, Where
from twas.imputation.gwas import Rows
from twas.imputation.zscores import check_p, check_sign, read_z
from twas.quality import QualityFact
from twas.traits.n_eff import parse_n_eff


@dataclass(frozen=True)
class Gwas:
    """GWAS rows that models may use.

    Attributes
    ----------
    name, files, form_name
        Name in messages, file name → SHA-256, and format.
    names
        Canonical column → name in the file.
    ids
        Columns ``id`` and, where there is one, ``variant``: (n,) texts.
    place
        (n,) chromosome and position, -1 if unknown.
    effect_allele, other_allele
        (n,) alleles, upper case.
    z
        (n,) finite z-score of the effect allele.
    beta
        (n,) effect of the effect allele, NaN where the file has none.
    where
        (n,) file and line, in words.
    z_from
        ``"beta/se"``, ``"z"`` or ``"p with sign"``.
    n, n_eff
        Median sample size and effective sample size; None if the file states none.
    n_eff_from
        How `n_eff` came about.
    n_rows, last, builds, examples
        As in :class:`twas.imputation.gwas.Rows`.
    facts
        What was found.
    """

    name: str
    files: Mapping[str, str]
    form_name: str
    names: dict[str, str]
    ids: dict[str, pd.Series]
    place: Int
    effect_allele: Texts
    other_allele: Texts
    z: Float
    beta: Float
    where: Where
    z_from: str
    n: float | None
    n_eff: float | None
    n_eff_from: str
    n_rows: int
    last: Mapping[int, int]
    builds: frozenset[int]
    examples: tuple[str, ...]
    facts: tuple[QualityFact, ...]


def interpret(rows: Rows) -> Gwas:
    """Make numbers of the kept rows of a GWAS.

    Raises
    ------
    DataError
        If effects have no sign or are infinite, standard errors are negative, p lies outside 0 to
        1, or p does not go with z.
    """
    cells = Cells(rows)
    z, beta, source = read_z(cells)
    check_sign(cells, z, source)
    check_p(cells, z, source)
    infinite = np.isinf(z)
    if infinite.any():
        raise DataError(
            f"{cells.first(infinite)} has an infinite effect "
            f"({infinite.sum()} such rows); correct or remove it"
        )
    usable = np.isfinite(z)
    cells.note("fact", "dropped:z_missing", int((~usable).sum()), "rows of models have no z")
    cells.keep(usable)
    n = _median(cells, "n")
    n_eff, how = _n_eff(cells, n)
    named = [column for column in ("id", "variant") if column in cells.texts]
    return Gwas(
        name=cells.name,
        files=rows.files,
        form_name=rows.layout.form.name,
        names=dict(rows.layout.names),
        ids={c: pd.Series(cells.stripped(c), dtype=object) for c in named},
        place=cells.place,
        effect_allele=_allele(cells, "effect_allele"),
        other_allele=_allele(cells, "other_allele"),
        z=z[usable],
        beta=beta[usable],
        where=cells.where,
        z_from=source,
        n=n,
        n_eff=n_eff,
        n_eff_from=how,
        n_rows=rows.n_rows,
        last=rows.last,
        builds=rows.builds,
        examples=rows.examples,
        facts=tuple(cells.facts),
    )


def _allele(cells: Cells, column: str) -> Texts:
    if column in cells.texts:
        return cells.upper(column)
    # PLINK 2: the other allele is that of REF and ALT that A1 is not.
    ref, alt, effect = (cells.upper(c) for c in ("ref", "alt", "effect_allele"))
    return np.where(effect == ref, alt, np.where(effect == alt, ref, ""))


def _median(cells: Cells, column: str) -> float | None:
    if not cells.has(column):
        return None
    values = cells.numbers[column]
    values = values[np.isfinite(values) & (values >= 1)]
    return float(np.median(values)) if len(values) else None


def _n_eff(cells: Cells, n: float | None) -> tuple[float | None, str]:
    for column, factor in (("n_eff", 1), ("half_n_eff", 2)):
        if size := _median(cells, column):
            return factor * size, f"column {cells.called(column)}"
    cases, controls = _median(cells, "n_cases"), _median(cells, "n_controls")
    if cases and controls:
        return parse_n_eff(f"{cases}/{controls}"), "cases and controls of the file"
    return n, "N of the file" if n else ""


def with_n_eff(gwas: Gwas, n_eff: float | None) -> Gwas:
    """Return the GWAS with the effective sample size that the user states."""
    return gwas if n_eff is None else replace(gwas, n_eff=n_eff, n_eff_from="given")
