"""GWAS rows → z of the effect allele, alleles, sample size, with all checks that need no model.

z is beta/se where the file has both, else its z column, else |z| from p with the sign of beta; an
odds ratio stands for its logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.imputation.cells import Cells, Where
from twas.imputation.gwas import Rows
from twas.quality import QualityFact
from twas.system.arrays import Float, Int, Text
from twas.traits.n_eff import parse_n_eff

#: So many effects of one sign have a chance below 1e-14 if they are signed.
SIGNED_MIN_ROWS = 50
#: Rank correlation of |z| with -log p below which they cannot be of one test.
AGREEMENT = 0.5
#: Ratio of the median |z| to that of p beyond which they cannot be of one test, and beyond which
#: it is said; genomic control and other tests for p stay within.
SCALE, FINE_SCALE = 3.0, 1.5


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
    effect_allele: Text
    other_allele: Text
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
    z, beta, source = _read_z(cells)
    _check_sign(cells, z, source)
    _check_p(cells, z, source)
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


def _allele(cells: Cells, column: str) -> Text:
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


def _read_z(cells: Cells) -> tuple[Float, Float, str]:
    """Return z, beta and where z comes from.

    Raises
    ------
    DataError
        If there is no signed effect, or a number is impossible.
    """
    beta = _effect(cells)
    if cells.has("se") and np.isfinite(beta).any():
        return _ratio(cells, beta), beta, "beta/se"
    if cells.has("z"):
        return cells.numbers["z"], np.full(len(cells), np.nan), "z"
    if np.isfinite(beta).any() and (cells.has("p") or cells.has("log10p")):
        return np.sign(beta) * _size_from_p(cells), beta, "p with sign"
    if not len(cells):
        return np.empty(0), np.empty(0), "none"
    raise DataError(
        f"{cells.name}: has no beta with se, no z, and no p with a sign in the rows that the "
        "models name; name the columns with columns beta=…,se=…"
    )


def _effect(cells: Cells) -> Float:
    if cells.has("beta"):
        return cells.numbers["beta"]
    if not cells.has("odds_ratio"):
        return np.full(len(cells), np.nan)
    ratio = cells.numbers["odds_ratio"]
    cells.refuse("odds_ratio", ratio < 0, "is negative, which no odds ratio is")
    zero = ratio == 0
    cells.note("warning", "dropped:or_zero", int(zero.sum()), "rows have an odds ratio of 0")
    return np.log(np.where(ratio > 0, ratio, np.nan))


def _ratio(cells: Cells, beta: Float) -> Float:
    """Divide beta by se; take the z of the file where either is missing."""
    se = cells.numbers["se"]
    cells.refuse("se", se < 0, "is negative, which no standard error is")
    if not (se > 0).any():
        raise DataError(f"{cells.name}: no standard error is above 0")
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(se > 0, beta / se, np.nan)
    if cells.has("z"):
        z = np.where(np.isfinite(beta) & np.isfinite(se), z, cells.numbers["z"])
    zero = int((np.isfinite(beta) & (se == 0)).sum())
    cells.note("warning", "dropped:se_zero", zero, "rows have a se of 0, left out")
    return z


def _size_from_p(cells: Cells) -> Float:
    """Return |z| of the two-sided p."""
    from scipy.special import ndtri_exp  # takes a quarter second to load; seldom needed

    log_p = _log_p(cells)
    infinite = np.isneginf(log_p)
    if infinite.any():
        raise DataError(
            f"{cells.first(infinite)} has a p of 0 ({infinite.sum()} such rows), which has no "
            "z; give a file with beta and se, or z"
        )
    return np.asarray(-ndtri_exp(log_p - np.log(2)))


def _log_p(cells: Cells) -> Float:
    """Natural logarithm of p."""
    if cells.has("log10p"):
        return np.asarray(-np.abs(cells.numbers["log10p"]) * np.log(10))
    p = cells.numbers["p"]
    cells.refuse("p", (p < 0) | (p > 1), "lies outside 0 to 1, where no p does")
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(p))


def _check_sign(cells: Cells, z: Float, source: str) -> None:
    """Refuse effects that all have one sign.

    Raises
    ------
    DataError
        If they do.
    """
    finite = z[np.isfinite(z)]
    if len(finite) < SIGNED_MIN_ROWS or not finite.any():
        return
    if finite.min() >= 0 or finite.max() <= 0:
        column = cells.called("z" if source == "z" else "beta" if cells.has("beta") else "or")
        hint = "" if source == "z" else "; odds ratios are named with columns odds_ratio=…"
        raise DataError(
            f"{cells.name}: all {len(finite)} values of {column} have one sign, so they show no "
            f"direction; give signed effects{hint}"
        )


def _check_p(cells: Cells, z: Float, source: str) -> None:
    """Refuse z whose size does not go with p: two columns are swapped, or tests mixed.

    Raises
    ------
    DataError
        If it does not.
    """
    if source == "p with sign" or not (cells.has("p") or cells.has("log10p")):
        return
    log_p = _log_p(cells)
    both = np.isfinite(z) & np.isfinite(log_p)
    size, stated = np.abs(z[both]), -log_p[both]
    if len(size) < SIGNED_MIN_ROWS or min(len(np.unique(x)) for x in (size, stated)) < 10:
        return
    agreement = _ranks(size, stated)
    middle = math.exp(max(-float(np.median(stated)), -700.0)) / 2
    scale = float(np.median(size)) / max(-NormalDist().inv_cdf(middle), 1e-300)
    if agreement >= AGREEMENT and 1 / SCALE <= scale <= SCALE:
        if not 1 / FINE_SCALE <= scale <= FINE_SCALE:
            message = f"rows have |{source}| {scale:.2f} times that of their p in the median"
            cells.note("warning", "p_contradicts_z", len(size), message)
        return
    raise DataError(
        f"{cells.name}: {cells.called('p' if cells.has('p') else 'log10p')} does not go with "
        f"{source} (rank correlation {agreement:.2f}, |z| {scale:.2g} times that of p in the "
        "median); are two columns swapped, or is one of another test?"
    )


def _ranks(one: Float, two: Float) -> float:
    """Rank correlation."""
    ranks = [pd.Series(values).rank().to_numpy() for values in (one, two)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
