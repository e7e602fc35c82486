"""Imputed traits → tables, and ``impute.json``: what they were made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from twas.imputation.imputation import Imputed
from twas.traits.n_eff import FILE, table_name


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


def record(imputed: Imputed, versions: Mapping[str, str]) -> str:
    """Return the content of ``impute.json``: no time and no path, so equal inputs, equal bytes.

    Parameters
    ----------
    imputed
        The trait.
    versions
        Package → version.
    """
    gwas, found = imputed.gwas, imputed.match
    content = {
        "trait": imputed.name,
        "n": gwas.n,
        "n_eff": gwas.n_eff,
        "n_eff_from": gwas.n_eff_from,
        "heritability": imputed.heritability,
        "gwas": {
            "files": dict(gwas.files),
            "format": gwas.form_name,
            "columns": gwas.names,
            "rows": gwas.n_rows,
            "z_from": gwas.z_from,
            "key": found.key,
            "build": found.build,
            "strand": found.strand.name,
            "snps_on_model_strand": found.strand.n_forward,
            "snps_on_other_strand": found.strand.n_reverse,
        },
        "models": [
            {
                "tissue": model.tissue,
                "file": model.name,
                "sha256": model.sha256,
                "covariance": model.covariance_name,
                "covariance_sha256": model.covariance_sha256,
                "covariance_key": model.key,
                "build": model.build,
            }
            for model in imputed.models.models
        ],
        "counts": json.loads(imputed.quality_table.to_json(orient="records")),
        "quality": [vars(fact) for fact in imputed.quality.facts],
        "versions": dict(versions),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
