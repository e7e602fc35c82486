"""How the identifiers of traits became genes, as tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

#: Columns of :func:`resolution_of`.
COLUMNS = ("given", "resolved", "symbol", "how")


def resolution_of(identifiers: pd.DataFrame) -> pd.DataFrame:
    """Return how each identifier resolved.

    Parameters
    ----------
    identifiers
        Columns ``given``, ``gene``, ``symbol``, ``how``, as of
        :func:`twas.genes.identifiers.resolve_distinct`.

    Returns
    -------
    pandas.DataFrame
        Unique rows, sorted, columns :data:`COLUMNS`.
    """
    columns = (identifiers[name].to_numpy(object) for name in ("given", "gene", "symbol", "how"))
    return pd.DataFrame(sorted(set(zip(*columns, strict=True))), columns=list(COLUMNS))


def resolution_table(identifiers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the identifiers that are not simply the present name of their gene.

    Parameters
    ----------
    identifiers
        Trait → its identifiers, as of :func:`resolution_of`; any number.

    Returns
    -------
    pandas.DataFrame
        Columns ``trait`` and :data:`COLUMNS`, unique rows, in the order of the traits, within a
        trait sorted. Left out, so that it stays short: official symbols, and Ensembl ids that are
        the gene's own.
    """
    tables = []
    for name, given in identifiers.items():
        table = resolution_of(given[~_is_present_name(given)])
        table.insert(0, "trait", name)
        tables.append(table)
    if not tables:
        return pd.DataFrame(columns=["trait", *COLUMNS])
    return pd.concat(tables, ignore_index=True)


def _is_present_name(identifiers: pd.DataFrame) -> np.ndarray:
    how = identifiers["how"].to_numpy(object)
    present = np.asarray(how == "symbol", dtype=bool)
    by_id = np.flatnonzero(how == "ensembl")
    names = (identifiers[column].to_numpy(object)[by_id] for column in ("given", "gene"))
    present[by_id] = [given.startswith(gene) for given, gene in zip(*names, strict=True)]
    return present
