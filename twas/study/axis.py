"""Traits on one axis: refused where that cannot be, else genes in genomic order and z along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from twas.errors import DataError, UsageError
from twas.genes import reference
from twas.genes.blocks import Blocks
from twas.study.universe import COMBINED
from twas.system.arrays import Float
from twas.traits.trait import Trait


def listed(traits: Sequence[Trait] | Trait) -> Sequence[Trait]:
    """One trait or several as a list.

    Raises
    ------
    UsageError
        If one is no trait.
    DataError
        If there is none, or two share a name.
    """
    traits = [traits] if isinstance(traits, Trait) else traits
    several = isinstance(traits, Sequence) and not isinstance(traits, str)
    others = [t for t in traits if not isinstance(t, Trait)] if several else [traits]
    if others:
        raise UsageError(
            f"traits must be a list of Trait, not of {type(others[0]).__name__}: read_trait(path,"
            " name=...) makes one of files, Trait.from_frame(frame, name=...) of a table"
        )
    names = [trait.name for trait in traits]
    if not names or len(set(names)) < len(names):
        raise DataError(f"traits must be one or more with different names, not {names}")
    check_names_of_pairs(names, combinations(names, 2))
    return traits


def pair_name(a: str, b: str) -> str:
    """What a pair of traits is called where facts and warnings are about it."""
    return f"{a} / {b}"


def check_names_of_pairs(names: Sequence[str], pairs: Iterable[tuple[str, str]]) -> None:
    """Refuse pairs that would be called the same, as "A / B / C", or as a trait is.

    Parameters
    ----------
    names
        Names of traits.
    pairs
        Those to compare.

    Raises
    ------
    DataError
        With what is called the same.
    """
    if not any(" / " in name for name in names):
        return
    called = {name: f"trait {name!r}" for name in names}
    for a, b in pairs:
        this = f"the pair of {a!r} and {b!r}"
        name = pair_name(a, b)
        other = called.setdefault(name, this)
        if other != this:
            raise DataError(
                f"{other} and {this} would both be called {name!r}; give one of the traits a name"
                " without ' / '"
            )


def check_common_genes(traits: Sequence[Trait]) -> None:
    """Refuse two traits without a gene in common."""
    genes = [set(trait.table["gene"].to_numpy(dtype=object)) for trait in traits]
    for j, second in enumerate(traits):
        for i, first in enumerate(traits[:j]):
            if not genes[i] & genes[j]:
                a, b = (", ".join(sorted(genes[k])[:3]) for k in (i, j))
                raise DataError(
                    f"traits {first.name} and {second.name} have no gene in common"
                    f" ({first.name}: {a}; {second.name}: {b}); check that both use gene symbols or"
                    " Ensembl gene ids, and name the gene column with `columns` gene=..."
                )


def check_intercepts(
    intercepts: Mapping[str, float],
    overlaps: Mapping[frozenset[str], float],
    traits: Sequence[str],
) -> None:
    """Refuse intercepts that no regression gives, or of other traits."""
    for trait, value in intercepts.items():
        if not (np.isfinite(value) and value > 0):
            raise UsageError(f"intercept of {trait} is {value:g}; it must be above 0, near 1")
    for pair, value in overlaps.items():
        names = " and ".join(sorted(pair))
        if len(pair) != 2:
            raise UsageError(f"sample overlap of {names}: name two different traits")
        limit = float(np.sqrt(np.prod([intercepts.get(trait, 1.0) for trait in pair])))
        if not abs(value) < limit:
            raise UsageError(
                f"sample overlap of {names} is {value:g}; a bivariate intercept lies between"
                f" -{limit:g} and {limit:g}"
            )
    _check_names("trait", {*intercepts, *(t for pair in overlaps for t in pair)}, traits)


def check_groups(groups: Mapping[str, tuple[str, ...]], tissues: Sequence[str]) -> None:
    """Refuse groups of tissues that are not there, or with the name of another scope."""
    _check_names("tissue", {t for members in groups.values() for t in members}, tissues)
    taken = set(groups) & {COMBINED, *tissues}
    if taken:
        raise UsageError(f"tissue group {sorted(taken)[0]!r} has the name of another scope")


def _check_names(kind: str, given: set[str], known: Sequence[str]) -> None:
    for name in sorted(given - set(known)):
        raise UsageError(f"{kind} {name!r} is not in the input; there are {', '.join(known)}")


def gene_table(tables: Sequence[pd.DataFrame], blocks: Blocks) -> pd.DataFrame:
    """The gene axis of some traits, as `Study.genes`.

    Parameters
    ----------
    tables
        A table per trait, with the columns ``gene`` and ``symbol``.
    blocks
        LD blocks.
    """
    columns = ["gene", "symbol"]
    genes = pd.concat([table[columns] for table in tables], ignore_index=True)
    # A gene outside the reference may carry different symbols: the first in the alphabet stays.
    genes = genes.sort_values(columns).drop_duplicates("gene")
    places = reference.positions(genes["gene"])[["gene", "chrom", "start"]]
    genes = genes.merge(places, on="gene", validate="one_to_one")
    genes["ensembl_id"] = genes["gene"].where(genes["gene"].str.fullmatch(r"ENSG\d{11}"), "")
    genes["block"] = blocks.assign(genes)
    order = {str(c): i for i, c in enumerate([*range(1, 23), "X", "Y", "MT"])}
    genes["_chrom"] = genes["chrom"].map(order).fillna(len(order))
    genes = genes.sort_values(["_chrom", "start", "gene"], ignore_index=True)
    genes["block_code"] = pd.factorize(genes["block"])[0].astype(np.int64)
    return genes[["gene", "symbol", "ensembl_id", "chrom", "start", "block", "block_code"]]


def z_array(table: pd.DataFrame, tissues: Sequence[str], genes: pd.DataFrame) -> Float:
    """The z of a trait's table, shape ``(n_tissues, n_genes)``; NaN where it has no model."""
    z = np.full((len(tissues), len(genes)), np.nan)
    at_tissue = pd.Index(tissues).get_indexer(pd.Index(table["tissue"]))
    at_gene = pd.Index(genes["gene"]).get_indexer(pd.Index(table["gene"]))
    z[at_tissue, at_gene] = table["z"].to_numpy(dtype=np.float64)
    return z
