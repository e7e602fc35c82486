"""Imputed traits → files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from twas.imputation.imputation import Imputed
from twas.imputation.record import record
from twas.traits.recorded import FILE, table_name


def write(traits: Sequence[Imputed], folder: Path, versions: Mapping[str, str]) -> None:
    """Write a folder per trait and ``quality.tsv``.

    Parameters
    ----------
    traits
        What was imputed.
    folder
        Where to; it exists.
    versions
        Package → version, for ``impute.json``.
    """
    for trait in traits:
        home = folder / trait.name
        home.mkdir()
        for tissue, table in trait.tables.items():
            table.to_csv(home / table_name(tissue), index=False, lineterminator="\n")
        text = record(trait, versions)
        (home / FILE).write_text(text, encoding="utf-8", newline="\n")
    shares = pd.concat([trait.quality_table for trait in traits], ignore_index=True)
    shares.to_csv(folder / "quality.tsv", sep="\t", index=False, lineterminator="\n")
