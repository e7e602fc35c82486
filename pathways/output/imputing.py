"""GWAS and models → a folder of z-scores that a run can read."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathways.output.folder import new_folder
from pathways.output.progress import Progress, silent
from pathways.output.record import version_of
from twas.imputation.imputation import Imputed, impute
from twas.imputation.shares import line
from twas.imputation.writing import write

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
