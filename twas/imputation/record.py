"""``impute.json``: what a folder of imputed z-scores was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping

from twas.imputation.imputation import Imputed


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
