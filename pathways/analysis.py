"""From a study and gene sets to results: the one layer that turns kernels into tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from pathways import contrasts, schema
from pathways.contributions import Contributions, Members, contributions
from pathways.directions import direction_columns
from pathways.divergence import divergence_columns
from pathways.gene_sets import GeneSets
from pathways.gsea import DEFAULT_MAX_SETS, gsea
from pathways.results import Parameters, Results
from pathways.tables import coverage_rows, gene_rows
from twas.errors import DataError, UsageError
from twas.study import COMBINED, Study, Universe

#: Above so many sets ``genes.tsv`` holds the combined scope only.
ALL_SCOPES_MAX_SETS = 200


def analyse(
    study: Study,
    gene_sets: GeneSets | Sequence[GeneSets],
    *,
    run_gsea: bool | None = None,
    seed: int = 0,
) -> Results:
    """Test every gene set in every trait, pair of traits and scope.

    Parameters
    ----------
    study
        One or more traits.
    gene_sets
        One or more collections with different names; each is an FDR family of its own.
    run_gsea
        Whether to run GSEA; None runs it up to 200 sets. Its permutations use `seed`.
    seed
        Seed of everything random.

    Returns
    -------
    Results
        Tables with the columns of `pathways.schema`.

    Raises
    ------
    DataError
        If no member of any set has a z-score.
    """
    collections = [gene_sets] if isinstance(gene_sets, GeneSets) else list(gene_sets)
    names = [sets.collection for sets in collections]
    if len(set(names)) < len(names):
        raise UsageError(f"gene-set collections must have different names, not {', '.join(names)}")
    parts = [_analyse_collection(study, sets, run_gsea, seed) for sets in collections]
    quality = study.quality
    for sets in collections:
        quality += sets.quality
    return Results(
        tables={
            table: schema.conform(table, pd.concat([p[table] for p in parts], ignore_index=True))
            for table in schema.TABLES
        },
        study=study,
        gene_sets=tuple(collections),
        quality=quality,
        parameters=Parameters(seed=seed),
    )


def _analyse_collection(
    study: Study, sets: GeneSets, run_gsea: bool | None, seed: int
) -> dict[str, pd.DataFrame]:
    members = Members.of(study, sets)
    if not members.gene.size:
        _no_overlap(study, sets)
    many = len(members.pathways) > ALL_SCOPES_MAX_SETS
    with_gsea = len(members.pathways) <= DEFAULT_MAX_SETS if run_gsea is None else run_gsea
    directions, genes, divergence = [], [], []
    for scope in study.scopes:
        for trait in study.traits:
            view = study.universe((trait,), scope)
            if view is None:
                continue
            parts = contributions(view, members)
            table = direction_columns(view, parts, members, _block_names(study))
            directions.append(_with_gsea(table, view, members, sets, with_gsea, seed))
            if scope == COMBINED or not many:
                genes.append(gene_rows(study, view, parts, members))
        for pair in combinations(study.traits, 2):
            view = study.universe(pair, scope)
            if view is not None:
                divergence.append(_pair_rows(study, view, contributions(view, members), members))
    return {
        "directions": _stack("directions", directions, sets),
        "divergence": _stack("divergence", divergence, sets),
        "genes": _stack("genes", genes, sets),
        "coverage": coverage_rows(study, sets),
    }


def _pair_rows(
    study: Study, view: Universe, parts: Contributions, members: Members
) -> pd.DataFrame:
    block = study.genes["block_code"].to_numpy()[view.genes]
    return divergence_columns(view, parts, members, contrasts.moments(view, block))


def _with_gsea(
    table: pd.DataFrame, view: Universe, members: Members, sets: GeneSets, run: bool, seed: int
) -> pd.DataFrame:
    # Per tissue GSEA would cost as much again for each, and no call rests on it.
    if run and view.scope == COMBINED:
        found = gsea(view, members, signed=sets.signed, seed=seed)
        return table.assign(**{name: found[name] for name in ("nes", "p_gsea", "q_gsea")})
    return table.assign(nes=np.nan, p_gsea=np.nan, q_gsea=np.nan)


def _stack(name: str, frames: list[pd.DataFrame], sets: GeneSets) -> pd.DataFrame:
    """Rows of one collection in the order pathway, trait(s), scope as they were made."""
    columns = [column.name for column in schema.TABLES[name]]
    if not frames:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
    table = pd.concat(frames, ignore_index=True)
    table["collection"] = sets.collection
    order = {pathway: k for k, pathway in enumerate(sets.pathways)}
    table["_order"] = table["pathway"].map(order)
    table = table.sort_values("_order", kind="stable", ignore_index=True)
    return table[columns]


def _block_names(study: Study) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Name of each block code."""
    return study.genes.drop_duplicates("block_code")["block"].to_numpy(dtype=object)


def _no_overlap(study: Study, sets: GeneSets) -> None:
    mine = ", ".join(sets.table["symbol"].head(3))
    theirs = ", ".join(study.genes["symbol"].astype(str).head(3))
    raise DataError(
        f"no gene of the gene sets {sets.collection!r} ({mine}) is among the"
        f" {len(study.genes):,} genes of the traits ({theirs}); check that the gene column holds"
        " symbols or Ensembl gene ids, and that the species is human"
    )
