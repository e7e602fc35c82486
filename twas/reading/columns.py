"""The columns of a file: their names → its format and places, and what the user says of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Protocol

from twas.errors import DataError, UsageError
from twas.reading.formats import FORMATS, NAMEABLE, Format

#: Columns that make a z, in the order of preference; see :mod:`twas.reading.made_z`.
Z_SOURCES = (
    *(("z",), ("beta", "se"), ("odds_ratio", "se")),
    *(("p", "beta"), ("p", "odds_ratio"), ("p", "sign")),
)

# Words in names of columns that may hold a signed statistic.
_STATISTIC = re.compile(
    r"(?:^|_)(?:z|zscores?|stat|tstat|tvalue|t|beta|b|effect|effects|est|estimate|coef|coefficient"
    r"|slope|or|lor|hr|odds|hazard|fc|lfc|log2?fc|log2foldchange)(?:_|$)"
)

#: Names of the two alleles of a SNP in summary statistics of GWAS.
ALLELES = frozenset(
    {"effect_allele", "other_allele", "non_effect_allele", "noneffect_allele", "effectallele"}
    | {"otherallele", "ea", "nea", "oa", "tested_allele", "coded_allele", "noncoded_allele"}
    | {"a0", "a1", "a2", "allele0", "allele1", "allele2", "allelea", "alleleb", "ref", "alt"}
    | {"hm_effect_allele", "hm_other_allele"}
)
#: What a table of SNPs is told.
_GWAS = (
    "a table of SNPs with their alleles is a GWAS. Give it to `twas-divergence impute`, which "
    "makes z-scores of genes; if its rows are genes, name their column with `columns` gene=…"
)


@lru_cache(maxsize=1024)
def normalise(name: str) -> str:
    """Return a column name in lower case, everything but letters and digits as ``_``."""
    return re.sub(r"[^0-9a-z]+", "_", name.strip().lower()).strip("_")


def same_name(one: str, other: str) -> bool:
    """Tell whether two column names are one, as they are or normalised."""
    return one.strip() == other.strip() or normalise(one) == normalise(other)


def recognise(header: Sequence[str], columns: Mapping[str, str] | None = None) -> Format | None:
    """Return the format of a table, None if it is none of them.

    Parameters
    ----------
    header
        Column names as in the file.
    columns
        Names the user gave: canonical column → name in the file.

    Returns
    -------
    Format or None
        The first format whose columns are there. A plain table also needs one of
        :data:`Z_SOURCES`; its ``refusal`` is set where it has p-values only, or SNPs.
    """
    names = {normalise(name) for name in header}
    for form in FORMATS[:-1]:
        if all(names.intersection(group) for group in form.needs):
            return form
    table = FORMATS[-1]
    found = assign(table, header, columns)
    if _holds_snps(header, found, columns or {}):
        return Format("GWAS", needs=(), refusal=_GWAS)
    if not found.keys() & {"gene", "symbol"}:
        return None
    if any(found.keys() >= set(source) for source in Z_SOURCES):
        return table
    statistics = any(may_be_statistic(name) for name in header)
    if "p" in found and not found.keys() & {"beta", "odds_ratio"} and not statistics:
        return Format(
            "p-values only",
            needs=(),
            refusal="p-values have no sign. Give a table with z, with beta and se, or with a sign; "
            "name unusual columns with `columns` gene=…,z=…",
        )
    return None


def _holds_snps(
    header: Sequence[str], found: Mapping[str, int], columns: Mapping[str, str]
) -> bool:
    """Tell whether rows have two alleles, and no gene but what may be the id of a SNP."""
    if "symbol" in found or "gene" in columns:
        return False
    gene = normalise(header[found["gene"]]) if "gene" in found else "id"
    return gene == "id" and len(ALLELES.intersection(map(normalise, header))) > 1


def may_be_statistic(name: str) -> bool:
    """Tell whether the name of a column says that it may hold a signed statistic."""
    return bool(_STATISTIC.search(normalise(name)))


def assign(
    form: Format, header: Sequence[str], columns: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Return the position of each canonical column that the table has.

    Parameters
    ----------
    form
        The format of the table.
    header
        Column names as in the file.
    columns
        Names the user gave, which win over those of the format.

    Raises
    ------
    DataError
        If a name the user gave, or one that the format needs, stands at several columns.
    """
    names = [normalise(name) for name in header]
    found: dict[str, int] = {}
    for canonical, given in (columns or {}).items():
        exact = [i for i, name in enumerate(header) if name.strip() == given.strip()]
        places = exact or [i for i, name in enumerate(names) if name == normalise(given)]
        if places:
            found[canonical] = _only(places, given)
    for canonical, accepted in form.columns.items():
        if canonical in found:
            continue
        for name in accepted:
            places = [i for i, known in enumerate(names) if known == name]
            if places and not (canonical == "symbol" and found.get("gene") in places):
                found[canonical] = _only(places, name)
                break
    return _needed(found, columns or {})


def _needed(found: dict[str, int], columns: Mapping[str, str]) -> dict[str, int]:
    """Leave out what z could be made from where it is there, or is made from something better."""
    source = next((source for source in Z_SOURCES if found.keys() >= set(source)), None)
    used = {*(source or ("odds_ratio", "sign"))}
    # A sign that the user names is that of z.
    used |= {"sign"} if "sign" in columns and source == ("z",) else set()
    unused = {"odds_ratio", "sign"} - used
    return {canonical: place for canonical, place in found.items() if canonical not in unused}


def _only(places: list[int], name: str) -> int:
    if len(places) > 1:
        raise DataError(f"the column {name!r} occurs {len(places)} times; rename one of them")
    return places[0]


@dataclass(frozen=True)
class Choices:
    """How to read files.

    Attributes
    ----------
    columns
        Canonical column → name in the file, for unusual names. Where a file lacks the column it is
        read by its own names.
    where
        Column → values: keep the rows in which the column has one of them, in files that have it.
    min_p
        p-values below this count as this where z is made of p; None refuses p = 0.
    drop_infinite
        Leave out rows with an infinite z, counted, in the place of an error.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_p: float | None = None
    drop_infinite: bool = False

    def __post_init__(self) -> None:
        for key in self.columns:
            if key not in NAMEABLE:
                raise UsageError(
                    f"`columns` {key}=…: unknown column; choose from {', '.join(NAMEABLE)}"
                )
        if self.min_p is not None and not (math.isfinite(self.min_p) and 0 < self.min_p < 1):
            raise UsageError(f"`min_p` {self.min_p:g}: give a number between 0 and 1")

    @classmethod
    def of(
        cls,
        columns: Mapping[str, str] | None = None,
        where: Mapping[str, str | Sequence[str]] | None = None,
        min_p: float | None = None,
        *,
        drop_infinite: bool = False,
    ) -> Choices:
        """Choices as a user writes them: None for none, one value in the place of several."""
        selected = {
            column: (values,) if isinstance(values, str) else tuple(map(str, values))
            for column, values in (where or {}).items()
        }
        return cls(dict(columns or {}), selected, min_p, drop_infinite)

    def under(self, own: Choices | None) -> Choices:
        """Return these choices with those of one trait, which win."""
        if own is None:
            return self
        columns, where = {**self.columns, **own.columns}, {**self.where, **own.where}
        return replace(self, columns=columns, where=where)


class ReadFile(Protocol):
    """What a file tells of the columns it was read by."""

    @property
    def name(self) -> str:
        """File name."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Canonical column → name in the file."""

    @property
    def where(self) -> Mapping[str, tuple[str, ...]]:
        """Column → values that were selected."""

    @property
    def unread(self) -> tuple[str, ...]:
        """Names of the columns that were not read."""


def check_found(choices: Choices, files: Sequence[ReadFile]) -> None:
    """Refuse choices that name a column which no file has.

    Parameters
    ----------
    choices
        What was asked for.
    files
        All files that it was asked for.

    Raises
    ------
    DataError
        The message lists the columns of the first file.
    """
    for canonical, given in choices.columns.items():
        if not any(same_name(file.columns.get(canonical, ""), given) for file in files):
            raise DataError(_no_column(files, f"`columns` {canonical}={given}"))
    for column in choices.where:
        if not any(column in file.where for file in files):
            raise DataError(_no_column(files, f"`where` {column}=…"))


def _no_column(files: Sequence[ReadFile], given: str) -> str:
    seen = list(dict.fromkeys([*files[0].columns.values(), *files[0].unread]))
    shown = ", ".join(seen[:12]) + (", …" if len(seen) > 12 else "")
    others = f" (and in {len(files) - 1} other files)" if len(files) > 1 else ""
    return f"{files[0].name}: {given}: no such column here{others}; columns seen: {shown}"
