"""``impute.json``: what a folder of imputed z-scores was made from, and N_eff read back from it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twas.errors import DataError
from twas.quality import QualityFact

if TYPE_CHECKING:
    from twas.imputation.imputation import Imputed

#: Name of the record in the folder of a trait.
FILE = "impute.json"


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


def recorded_n_eff(tables: Iterable[Path], trait: str) -> tuple[float | None, list[QualityFact]]:
    """Return the effective sample size that stands beside the tables of a trait.

    Parameters
    ----------
    tables
        The files of the trait.
    trait
        Its name, for the facts.

    Returns
    -------
    float or None, list of QualityFact
        The size, None if a folder has no record, states none, or two folders state two sizes; and
        where it comes from.

    Raises
    ------
    DataError
        If a record is damaged.
    """
    folders = sorted({path.parent for path in tables})
    found = [_read(folder / FILE) for folder in folders]
    sizes = {entry["n_eff"] for entry in found if entry}
    if not folders or not all(found) or sizes == {None}:
        return None, []
    if len(sizes) > 1:
        message = f"N_eff differs between the {FILE} of its folders, so none is taken; give n_eff"
        return None, [QualityFact("warning", trait, "n_eff_differs", len(sizes), message)]
    size = float(sizes.pop())
    source = str(found[0].get("n_eff_from") or FILE)
    message = f"N_eff {size:,.0f} is taken from {FILE} ({source})"
    level = "fact"
    if source == "N of the file":
        level = "warning"
        message += "; if the trait is case–control and N counts people, give cases/controls"
    return size, [QualityFact(level, trait, "n_eff_recorded", 1, message)]


def _read(path: Path) -> dict[str, Any]:
    """Return the record, empty if there is none."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        size = content["n_eff"]
        good = size is None or (math.isfinite(size) and size > 0)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path.parent.name}/{FILE}: is damaged; impute again, or remove it") from error
    if not good:
        raise DataError(f"{path.parent.name}/{FILE}: n_eff {size!r} is no sample size; correct it")
    return dict(content)
