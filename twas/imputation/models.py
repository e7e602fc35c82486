"""PredictDB models: ``weights`` and ``extra`` of a SQLite file, and the covariance beside it.

Releases differ in the names of the columns of ``extra``, in whether there is a ``varID``, and in
the key of the covariance, ``rsid`` (elastic net) or ``varID`` (MASHR): all found by themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.imputation.blocks import sha256
from twas.imputation.covariance import Covariance, read_covariance
from twas.imputation.variants import codes_of_names
from twas.quality import QualityFact
from twas.reading.columns import normalise
from twas.system.arrays import Float, Int

#: Column of our tables → normalised names in ``extra``.
EXTRA = {
    "gene_name": ("genename", "gene_name"),
    "pred_perf_r2": ("pred_perf_r2", "r2", "test_r2_avg", "cv_r2_avg"),
    "pred_perf_pval": ("pred_perf_pval", "pval"),
    "pred_perf_qval": ("pred_perf_qval", "qval"),
    "phi": ("phi",),
}
_WEIGHTS = ("gene", "rsid", "ref_allele", "eff_allele", "weight")


@dataclass(frozen=True)
class Model:
    """The models of the genes of one tissue.

    Attributes
    ----------
    name, covariance_name
        File names.
    sha256, covariance_sha256
        Their hashes.
    tissue
        Name of the tissue.
    genes
        One row per gene: ``gene`` (as in the file) and the columns :data:`EXTRA`.
    key
        Which id the covariance uses, ``rsid`` or ``varID``.
    build
        Genome build of the ``varID``, 37 or 38; None if they do not tell.
    gene, variant, weight
        (n,) of each weight: row of `genes`, row of :attr:`Models.variants`, and its value for the
        allele ``eff_allele``.
    covariance
        Variances and covariances of the weights.
    facts
        What was found.
    """

    name: str
    covariance_name: str
    sha256: str
    covariance_sha256: str
    tissue: str
    genes: pd.DataFrame
    key: str
    build: int | None
    gene: Int
    variant: Int
    weight: Float
    covariance: Covariance
    facts: tuple[QualityFact, ...]


@dataclass(frozen=True)
class Models:
    """Models of one or more tissues and the variants that they share.

    Attributes
    ----------
    models
        The models, by tissue.
    variants
        One row per variant: ``rsid``, ``varID``, ``effect_allele``, ``other_allele``, ``place``.
    build
        Genome build of their positions; None if unknown.
    """

    models: tuple[Model, ...]
    variants: pd.DataFrame
    build: int | None

    @property
    def tissues(self) -> tuple[str, ...]:
        """Names of the tissues."""
        return tuple(model.tissue for model in self.models)


@dataclass(frozen=True)
class ModelFile:
    """A model file with its covariance and the name of its tissue."""

    database: Path
    covariance: Path
    tissue: str


def read_models(files: Sequence[ModelFile]) -> Models:
    """Read the models of one or more tissues.

    Raises
    ------
    DataError
        If a file is no PredictDB model, has no weights or not its own covariance, or the models
        are of two genome builds.
    """
    tables = [_read_weights(file.database) for file in files]
    joined = pd.concat(tables, ignore_index=True)
    keys = ["rsid", "varID", "eff_allele", "ref_allele"]
    variant: Int = np.array(joined.groupby(keys, sort=False).ngroup(), dtype=np.int64)
    variants = joined.loc[~pd.Series(variant).duplicated(), keys].reset_index(drop=True)
    variants.columns = pd.Index(["rsid", "varID", "effect_allele", "other_allele"])
    variants["place"], _ = codes_of_names(variants["varID"])
    models: list[Model] = []
    start = 0
    for file, table in zip(files, tables, strict=True):
        models.append(_model(file, table, variant[start : start + len(table)]))
        start += len(table)
    return Models(tuple(models), variants, _common_build(models))


def _common_build(models: Iterable[Model]) -> int | None:
    builds: dict[int, str] = {}
    for model in models:
        if model.build is not None:
            builds.setdefault(model.build, model.name)
    if len(builds) > 1:
        listed = ", ".join(f"{name} of GRCh{build}" for build, name in sorted(builds.items()))
        raise DataError(f"models: are of two genome builds ({listed}); give models of one build")
    return next(iter(builds), None)


def _model(file: ModelFile, weights: pd.DataFrame, variant: Int) -> Model:
    name = file.database.name
    genes = _genes(file.database, weights["gene"])
    gene = pd.Index(genes["gene"]).get_indexer(pd.Index(weights["gene"])).astype(np.int64)
    _, builds = codes_of_names(weights["varID"])
    if len(builds) > 1:
        raise DataError(f"{name}: varIDs are of two genome builds; get the model again")
    covariance, key, facts = read_covariance(
        file.covariance, name, weights, gene, n_genes=len(genes)
    )
    return Model(
        name=name,
        covariance_name=file.covariance.name,
        sha256=sha256(file.database),
        covariance_sha256=sha256(file.covariance),
        tissue=file.tissue,
        genes=genes,
        key=key,
        build=next(iter(builds), None),
        gene=gene,
        variant=variant,
        weight=weights["weight"].to_numpy(dtype=np.float64),
        covariance=covariance,
        facts=facts,
    )


def _read_weights(path: Path) -> pd.DataFrame:
    """Read ``gene rsid varID ref_allele eff_allele weight``."""
    table = _read_sql(path, "weights")
    names = {normalise(column): column for column in table.columns}
    if lost := [column for column in _WEIGHTS if column not in names]:
        raise DataError(f"{path.name}: its table weights has no column {lost[0]}")
    if table.empty:
        raise DataError(f"{path.name}: holds no weights, so no gene can be imputed")
    out = pd.DataFrame({"gene": table[names["gene"]]})
    out["rsid"] = _texts(table[names["rsid"]])
    out["varID"] = _texts(table[names["varid"]]) if "varid" in names else ""
    for column in ("ref_allele", "eff_allele"):
        out[column] = _texts(table[names[column]], upper=True)
    out["weight"] = pd.to_numeric(table[names["weight"]], errors="coerce")
    if not np.isfinite(out["weight"]).all():
        raise DataError(f"{path.name}: holds weights that are no numbers; get the model again")
    return out


def _texts(cells: pd.Series, *, upper: bool = False) -> pd.Series:
    """Strip texts; a missing one is ``""``. Plain objects, which are looked up faster."""
    code, names = pd.factorize(cells)
    texts = [str(name).strip() for name in names]
    # The -1 of a missing cell takes the "" at the end.
    known = [*(text.upper() for text in texts), ""] if upper else [*texts, ""]
    return pd.Series(np.array(known, dtype=object)[code], dtype=object)


def _genes(path: Path, names: pd.Series) -> pd.DataFrame:
    """One row per gene with weights, and what ``extra`` says of it."""
    genes = pd.DataFrame({"gene": pd.unique(names)})
    extra = _read_sql(path, "extra", missing_ok=True)
    found = {normalise(column): column for column in extra.columns}
    if "gene" in found:
        extra = extra.drop_duplicates(found["gene"]).set_index(found["gene"])
    for column, accepted in EXTRA.items():
        source = next((found[name] for name in accepted if name in found), None)
        values = extra[source].reindex(genes["gene"]) if "gene" in found and source else None
        if column == "gene_name":
            genes[column] = "" if values is None else values.fillna("").astype(str).to_numpy()
        else:
            genes[column] = (
                np.nan if values is None else pd.to_numeric(values, errors="coerce").to_numpy()
            )
    return genes


def _read_sql(path: Path, table: str, *, missing_ok: bool = False) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(f"{path.name}: there is no such file")
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        cursor: Any = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN (?, ?)", _KINDS
        )
        if table not in {name for (name,) in cursor}:
            if missing_ok:
                return pd.DataFrame()
            raise DataError(f"{path.name}: is no PredictDB model (it has no table {table})")
        cursor = connection.execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        cells = zip(*rows, strict=True) if rows else [()] * len(columns)
        named = zip(columns, cells, strict=True)
        return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in named})
    except sqlite3.DatabaseError as error:
        raise DataError(f"{path.name}: is no PredictDB model or damaged ({error})") from error
    finally:
        connection.close()


_KINDS = ("table", "view")
