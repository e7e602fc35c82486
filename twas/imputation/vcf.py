"""GWAS-VCF: one study, its numbers in the FORMAT column (ES, SE, LP, EZ, SS, NC); ALT is counted.

Lyon MS et al. (2021). The variant call format provides efficient and robust storage of GWAS
summary statistics. Genome Biology 22:32.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from twas.errors import DataError
from twas.imputation.formats import GwasFormat, Layout

_FIXED = ("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
#: Key in FORMAT → canonical column.
KEYS = {"ES": "beta", "SE": "se", "EZ": "z", "LP": "log10p", "SS": "n", "NC": "n_cases"}

_COLUMNS = {"chrom": 0, "pos": 1, "id": 2, "other_allele": 3, "effect_allele": 4}
LAYOUT = Layout(
    form=GwasFormat("GWAS-VCF", needs=()),
    places={**_COLUMNS, "format": 8, "sample": 9},
    names={**{c: _FIXED[i] for c, i in _COLUMNS.items()}, **{c: k for k, c in KEYS.items()}},
)


def is_vcf(header: Sequence[str]) -> bool:
    """Tell whether a header is that of a VCF with samples."""
    return tuple(header[:9]) == _FIXED and len(header) > 9


def check_samples(header: Sequence[str], name: str) -> None:
    """Refuse a VCF of several studies.

    Raises
    ------
    DataError
        If there is more than one sample column.
    """
    if len(header) > 10:
        raise DataError(f"{name}: holds {len(header) - 9} studies; give a VCF of one study")


def unpack(cells: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows with the numbers of their sample column in columns of their own.

    Raises
    ------
    DataError
        If no row has an effect (ES, or EZ).
    """
    out = cells.drop(columns=["format", "sample"])
    for column in KEYS.values():
        out[column] = ""
    for form, part in cells.groupby("format", sort=True):
        keys = str(form).split(":")
        values = part["sample"].str.split(":", expand=True)
        for i, key in enumerate(keys):
            if key in KEYS and i in values:
                out.loc[part.index, KEYS[key]] = values[i].fillna("").replace(".", "")
    if len(out) and not (out["beta"] != "").any() and not (out["z"] != "").any():
        raise DataError(f"{name}: is a VCF without effects (ES or EZ in FORMAT); is it a GWAS-VCF?")
    # Cases are given beside the total; controls are the rest.
    total, cases = (pd.to_numeric(out[c], errors="coerce") for c in ("n", "n_cases"))
    out["n_controls"] = (total - cases).map(lambda n: "" if pd.isna(n) else f"{n:.10g}")
    return out
