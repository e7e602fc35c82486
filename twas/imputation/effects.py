"""Cells of GWAS rows → z, effect and sample size, with every check that needs no model.

z is beta/se where the file has both, else its z column, else |z| from p with the sign of beta; an
odds ratio stands for its logarithm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from twas.errors import DataError
from twas.genes.identifiers import MISSING
from twas.imputation.gwas import Rows
from twas.quality import QualityFact
from twas.traits.n_eff import parse_n_eff

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: So many effects of one sign have a chance below 1e-14 if they are signed.
SIGNED_MIN_ROWS = 50
#: Rank correlation of |z| with -log p below which they cannot be of one test.
AGREEMENT = 0.5
#: Ratio of the median |z| to that of p beyond which they cannot be of one test, and beyond which
#: it is said; genomic control and other tests for p stay within.
SCALE, FINE_SCALE = 3.0, 1.5
_TESTS = ("ADD", "additive")


@dataclass(frozen=True)
class Where:
    """File and line of rows, for messages."""

    files: tuple[str, ...]
    origin: Int
    lines: Int

    def __getitem__(self, row: int) -> str:
        return f"{self.files[self.origin[row]]}: line {self.lines[row]}"

    def keep(self, mask: Mask) -> Where:
        """Return the places of the rows of a mask."""
        return Where(self.files, self.origin[mask], self.lines[mask])


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
    effect_allele: npt.NDArray[np.object_]
    other_allele: npt.NDArray[np.object_]
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
        If effects have no sign, standard errors are negative, p lies outside 0 to 1, or p does
        not go with z.
    """
    work = _Work(rows)
    work.keep_additive_test()
    work.convert()
    z, beta, source = work.z()
    work.check_sign(z, source)
    work.check_p(z, source)
    return work.finish(z, beta, source)


class _Work:
    """The cells on their way."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.name = rows, rows.name
        self.cells = rows.cells.reset_index(drop=True)
        self.place = rows.place
        self.where = Where(tuple(rows.files), rows.origin, rows.lines)
        self.numbers: dict[str, Float] = {}
        self.facts: list[QualityFact] = []

    def note(self, level: str, topic: str, count: int, message: str) -> None:
        if count:
            self.facts.append(QualityFact(level, self.name, topic, count, message))

    def keep(self, mask: Mask) -> None:
        self.cells = self.cells[mask].reset_index(drop=True)
        self.place, self.where = self.place[mask], self.where.keep(mask)
        self.numbers = {column: values[mask] for column, values in self.numbers.items()}

    def keep_additive_test(self) -> None:
        """REGENIE and PLINK write a row per test and covariate: the additive one is the effect."""
        if "test" not in self.cells:
            return
        tests = self.cells["test"].str.strip()
        if tests.nunique() < 2:
            return
        keep = tests.str.upper().isin(_TESTS).to_numpy(dtype=bool)
        if not keep.any():
            found = ", ".join(sorted(tests.unique())[:5])
            raise DataError(f"{self.name}: rows are of the tests {found}, none is ADD; keep one")
        self.note("fact", "dropped:test", int((~keep).sum()), "rows are of other tests than ADD")
        self.keep(keep)

    def convert(self) -> None:
        from twas.imputation.formats import NUMBER_COLUMNS

        for column in NUMBER_COLUMNS:
            if column not in self.cells or column == "pos":
                continue
            texts = self.cells[column].str.strip()
            texts = texts.mask(texts.isin(MISSING) | (texts == "."))
            numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
            text = np.isnan(numbers) & texts.notna().to_numpy(dtype=bool)
            self.numbers[column] = numbers
            if text.any():
                self._text_in(column, text, np.isnan(numbers).all())

    def _text_in(self, column: str, text: Mask, everywhere: bool) -> None:
        file_column, first = self._called(column), self._first(text)
        if everywhere:
            cell = self.cells[column][np.flatnonzero(text)[0]]
            raise DataError(
                f"{first}: {cell!r} is no number, and {file_column} holds none; are there decimal "
                "commas, or are two columns swapped?"
            )
        message = f"cells of {file_column} hold text, read as missing (first: {first})"
        self.note("warning", f"text_in:{column}", int(text.sum()), message)

    def _first(self, mask: Mask) -> str:
        return self.where[int(np.flatnonzero(mask)[0])]

    def _called(self, column: str) -> str:
        return self.rows.layout.names.get(column, column)

    def _has(self, column: str) -> bool:
        return column in self.numbers and bool(np.isfinite(self.numbers[column]).any())

    def z(self) -> tuple[Float, Float, str]:
        """Return z, beta and where z comes from."""
        n = len(self.cells)
        beta = self._effect()
        if self._has("se") and np.isfinite(beta).any():
            se = self.numbers["se"]
            self._refuse("se", se < 0, "is negative, which no standard error is")
            if np.isfinite(beta).sum() and not (se > 0).any():
                raise DataError(f"{self.name}: no standard error is above 0")
            with np.errstate(divide="ignore", invalid="ignore"):
                z = np.where(se > 0, beta / se, np.nan)
            if self._has("z"):
                z = np.where(np.isfinite(beta) & np.isfinite(se), z, self.numbers["z"])
            zero = np.isfinite(beta) & (se == 0)
            self.note(
                "warning", "dropped:se_zero", int(zero.sum()), "rows have a se of 0, left out"
            )
            return z, beta, "beta/se"
        if self._has("z"):
            return self.numbers["z"], np.full(n, np.nan), "z"
        if np.isfinite(beta).any() and (self._has("p") or self._has("log10p")):
            return np.sign(beta) * self._size_from_p(), beta, "p with sign"
        if not n:
            return np.empty(0), np.empty(0), "none"
        raise DataError(
            f"{self.name}: has no beta with se, no z, and no p with a sign in the rows that the "
            "models name; name the columns with columns beta=…,se=…"
        )

    def _effect(self) -> Float:
        if self._has("beta"):
            return self.numbers["beta"]
        if not self._has("odds_ratio"):
            return np.full(len(self.cells), np.nan)
        ratio = self.numbers["odds_ratio"]
        self._refuse("odds_ratio", ratio < 0, "is negative, which no odds ratio is")
        zero = ratio == 0
        self.note("warning", "dropped:or_zero", int(zero.sum()), "rows have an odds ratio of 0")
        return np.log(np.where(ratio > 0, ratio, np.nan))

    def _size_from_p(self) -> Float:
        """Return |z| of the two-sided p."""
        from scipy.special import ndtri_exp  # takes a quarter second to load; seldom needed

        log_p = self._log_p()
        infinite = np.isneginf(log_p)
        if infinite.any():
            raise DataError(
                f"{self._first(infinite)} has a p of 0 ({infinite.sum()} such rows), which has no "
                "z; give a file with beta and se, or z"
            )
        return np.asarray(-ndtri_exp(log_p - np.log(2)))

    def _log_p(self) -> Float:
        """Natural logarithm of p."""
        if self._has("log10p"):
            return np.asarray(-np.abs(self.numbers["log10p"]) * np.log(10))
        p = self.numbers["p"]
        self._refuse("p", (p < 0) | (p > 1), "lies outside 0 to 1, where no p does")
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(p))

    def _refuse(self, column: str, wrong: Mask, what: str) -> None:
        if wrong.any():
            value = self.numbers[column][wrong][0]
            raise DataError(
                f"{self._first(wrong)}: {self._called(column)} {value:g} "
                f"{what} ({wrong.sum()} such rows); are two columns swapped?"
            )

    def check_sign(self, z: Float, source: str) -> None:
        """Refuse effects that all have one sign."""
        finite = z[np.isfinite(z)]
        if len(finite) < SIGNED_MIN_ROWS or not finite.any():
            return
        if finite.min() >= 0 or finite.max() <= 0:
            column = self._called("z" if source == "z" else "beta" if self._has("beta") else "or")
            hint = "" if source == "z" else "; odds ratios are named with columns odds_ratio=…"
            raise DataError(
                f"{self.name}: all {len(finite)} values of {column} have one sign, so they show no "
                f"direction; give signed effects{hint}"
            )

    def check_p(self, z: Float, source: str) -> None:
        """Refuse z whose size does not go with p: two columns are swapped, or tests mixed."""
        if source == "p with sign" or not (self._has("p") or self._has("log10p")):
            return
        log_p = self._log_p()
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
                self.note("warning", "p_contradicts_z", len(size), message)
            return
        raise DataError(
            f"{self.name}: {self._called('p' if self._has('p') else 'log10p')} does not go with "
            f"{source} (rank correlation {agreement:.2f}, |z| {scale:.2g} times that of p in the "
            "median); are two columns swapped, or is one of another test?"
        )

    def finish(self, z: Float, beta: Float, source: str) -> Gwas:
        """Drop rows without z and count the people."""
        infinite = np.isinf(z)
        if infinite.any():
            raise DataError(
                f"{self._first(infinite)} has an infinite effect "
                f"({infinite.sum()} such rows); correct or remove it"
            )
        usable = np.isfinite(z)
        self.note("fact", "dropped:z_missing", int((~usable).sum()), "rows of models have no z")
        self.keep(usable)
        n = self._median("n")
        n_eff, how = self._n_eff(n)
        alleles = {c: self._allele(c) for c in ("effect_allele", "other_allele")}
        return Gwas(
            name=self.name,
            files=self.rows.files,
            form_name=self.rows.layout.form.name,
            names=dict(self.rows.layout.names),
            ids={c: self.cells[c].str.strip() for c in ("id", "variant") if c in self.cells},
            place=self.place,
            z=z[usable],
            beta=beta[usable],
            where=self.where,
            z_from=source,
            n=n,
            n_eff=n_eff,
            n_eff_from=how,
            n_rows=self.rows.n_rows,
            last=self.rows.last,
            builds=self.rows.builds,
            examples=self.rows.examples,
            facts=tuple(self.facts),
            **alleles,
        )

    def _allele(self, column: str) -> npt.NDArray[np.object_]:
        if column in self.cells:
            return self._upper(column)
        # PLINK 2: the other allele is that of REF and ALT that A1 is not.
        ref, alt, effect = (self._upper(c) for c in ("ref", "alt", "effect_allele"))
        return np.where(effect == ref, alt, np.where(effect == alt, ref, ""))

    def _upper(self, column: str) -> npt.NDArray[np.object_]:
        return self.cells[column].str.strip().str.upper().to_numpy(dtype=object)

    def _median(self, column: str) -> float | None:
        if not self._has(column):
            return None
        values = self.numbers[column]
        values = values[np.isfinite(values) & (values >= 1)]
        return float(np.median(values)) if len(values) else None

    def _n_eff(self, n: float | None) -> tuple[float | None, str]:
        for column, factor in (("n_eff", 1), ("half_n_eff", 2)):
            if size := self._median(column):
                return factor * size, f"column {self._called(column)}"
        cases, controls = self._median("n_cases"), self._median("n_controls")
        if cases and controls:
            return parse_n_eff(f"{cases}/{controls}"), "cases and controls of the file"
        return n, "N of the file" if n else ""


def _ranks(one: Float, two: Float) -> float:
    """Rank correlation."""
    ranks = [pd.Series(values).rank().to_numpy() for values in (one, two)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def with_n_eff(gwas: Gwas, n_eff: float | None) -> Gwas:
    """Return the GWAS with the effective sample size that the user states."""
    return gwas if n_eff is None else replace(gwas, n_eff=n_eff, n_eff_from="given")
