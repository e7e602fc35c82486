"""GWAS and models → a folder of z-scores that a run can read, and ``impute.json`` of each trait."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from twas.imputation.imputation import Imputed, impute
from twas.imputation.shares import line
from twas.system.folder import new_folder
from twas.system.program import Progress, silent
from twas.system.record import version_of
from twas.traits.n_eff import FILE, table_name

#: Packages on which the numbers depend.
PACKAGES = ("numpy", "pandas", "pyarrow", "scipy")


@dataclass(frozen=True)
class Done:
    """What `impute_into` wrote.

    Attributes
    ----------
    folder
        Where to.
    traits
        The imputed traits.
    lines
        One sentence per trait and tissue.
    """

    folder: Path
    traits: tuple[Imputed, ...]
    lines: tuple[str, ...]


def impute_into(
    out: str | Path,
    gwas: Mapping[str, Sequence[str | Path]],
    models: Sequence[str | Path],
    *,
    covariances: Sequence[str | Path] | None = None,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    n_eff: Mapping[str, float | str] | None = None,
    heritability: Mapping[str, float] | None = None,
    min_used: float = 0.5,
    force: bool = False,
    progress: Progress = silent,
) -> Done:
    """Impute traits and write a folder each, all or nothing.

    Parameters
    ----------
    out
        Folder to make.
    gwas, models, covariances, columns, n_eff, heritability, min_used
        As in `twas.imputation.imputation.impute`.
    force
        Replace a folder that an earlier run made and in which nothing else is.
    progress
        Called with a phrase at the start of each step.

    Raises
    ------
    DataError, UsageError
        As `impute`; if the folder exists and `force` is not set, or is none of ours.
    """
    inputs = [*models, *(covariances or ()), *(path for paths in gwas.values() for path in paths)]
    versions = {"python": platform.python_version()}
    versions |= {name: version_of(name) for name in ("twas-divergence", *PACKAGES)}
    with new_folder(out, kind="impute", force=force, inputs=inputs) as draft:
        traits = impute(
            gwas,
            models,
            covariances=covariances,
            columns=columns,
            n_eff=n_eff,
            heritability=heritability,
            min_used=min_used,
            progress=progress,
        )
        progress("writing")
        write(traits, draft, versions)
    rows = [row for trait in traits for row in trait.quality_table.to_dict("records")]
    return Done(
        Path(out), tuple(traits), tuple(line({str(k): v for k, v in r.items()}) for r in rows)
    )


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
