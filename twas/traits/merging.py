"""The tables of one trait → one row per gene and tissue, with genes and tissues as codes.

The same gene twice in a tissue is kept once, by a rule that knows neither z nor the order of
rows and files: the largest r2, else most SNPs in the model, else most SNPs used, else the first
identifier in sorted order, else (equal identifier, other z) the first by a hash of |z|.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from twas.checks import fact
from twas.errors import DataError
from twas.genes.identifiers import resolve_rows
from twas.genes.lookups import Rows
from twas.quality import QualityFact, some
from twas.reading.paths import UNKNOWN
from twas.reading.table import NUMBERS, Table
from twas.system.arrays import Float


@dataclass(frozen=True, eq=False)
class Combined:
    """The n rows of all tables of a trait, in their order.

    Attributes
    ----------
    identifier, gene, tissue
        (n,) places in ``identifiers``, ``genes`` and ``tissues``.
    numbers
        Column (``z`` and :data:`twas.reading.table.NUMBERS`) → (n,) numbers.
    weights
        (n,) weight files of FUSION, ``""`` where none.
    identifiers
        Distinct identifiers: ``given``, ``gene``, ``symbol``, ``how``.
    reference_rows
        Row of each identifier in the reference, negative for none.
    genes, tissues
        Sorted distinct names.
    """

    identifier: Rows
    gene: Rows
    tissue: Rows
    numbers: dict[str, Float]
    weights: pd.Series
    identifiers: pd.DataFrame
    reference_rows: Rows
    genes: pd.Index
    tissues: pd.Index

    def __len__(self) -> int:
        return len(self.gene)

    def table(self, places: Rows) -> pd.DataFrame:
        """Return the rows at some places with names for codes, columns as of a trait."""
        named = {
            "gene": (self.genes, self.gene),
            "symbol": (self.identifiers["symbol"], self.identifier),
            "tissue": (self.tissues, self.tissue),
        }
        # Each name becomes a text of pandas once, not once per row.
        texts = {
            column: pd.Series(names, dtype=str).array.take(codes[places])
            for column, (names, codes) in named.items()
        }
        numbers = {column: values[places] for column, values in self.numbers.items()}
        return pd.DataFrame({**texts, **numbers}, copy=False)


def combine(tables: Sequence[Table]) -> Combined:
    """Concatenate tables and resolve their genes together."""
    frames = [table.frame for table in tables]
    ids, symbols, names, weights = (
        pd.concat([frame[column] for frame in frames], ignore_index=True)
        for column in ("gene", "symbol", "tissue", "weights")
    )
    identifiers, reference_rows, identifier = resolve_rows(ids, symbols)
    gene, genes = pd.factorize(identifiers["gene"].astype(str), sort=True)
    tissue, tissues = pd.factorize(names, sort=True)
    return Combined(
        identifier=identifier,
        gene=gene[identifier],
        tissue=tissue,
        numbers={
            column: np.concatenate([frame[column].to_numpy(dtype=float) for frame in frames])
            for column in ("z", *NUMBERS)
        },
        weights=weights,
        identifiers=identifiers,
        reference_rows=reference_rows,
        genes=pd.Index(genes),
        tissues=pd.Index(tissues),
    )


def drop_copies(tables: Sequence[Table]) -> tuple[list[Table], list[QualityFact]]:
    """Drop files with the content of another; the one with the shortest name stays."""
    kept: dict[str, Table] = {}
    facts = []
    for table in sorted(tables, key=lambda t: (len(t.name), t.name)):
        first = kept.setdefault(table.content_sha256 or str(id(table)), table)
        if first is not table:
            same = set(first.frame["tissue"]) == set(table.frame["tissue"])
            message = f"rows of a file with the same content as {first.name} were dropped"
            level = "fact" if same else "warning"
            if not same:
                message += ", though its name tells another tissue; is it the right file?"
            usable = len(table.frame)
            facts.append(QualityFact(level, table.name, "dropped:file_copy", usable, message))
    return sorted(kept.values(), key=lambda t: t.name), facts


def name_unknown_tissue(tables: Sequence[Table]) -> list[Table]:
    """Give rows the unknown tissue where the names of all files tell one text, and no tissue.

    Files of one trait without known tissues that differ in their names keep them as tissues.
    """
    full = [table for table in tables if table.form.background]
    unknown = [t for t in full if t.named is not None and not t.named.is_known]
    if len({t.named.tissue for t in unknown if t.named}) != 1 or len(unknown) < len(full):
        return list(tables)
    named = []
    for table in tables:
        if table.named is not None and not table.named.is_known:
            tissue = table.frame["tissue"]
            tissue = tissue.where(tissue != table.named.tissue, UNKNOWN)
            table = replace(table, frame=table.frame.assign(tissue=tissue))
        named.append(table)
    return named


def check_mixture(tables: Sequence[Table], name: str) -> None:
    """Refuse to mix scales, and tables that hold no background alone.

    Raises
    ------
    DataError
        If the tables cannot make one trait.
    """
    kinds = {table.form.statistic: table for table in tables if table.form.background}
    if not kinds:
        raise DataError(
            f"trait {name}: {tables[0].name} holds GWAS-hit regions only, so it is no background; "
            "add the full TWAS table of all genes"
        )
    if len(kinds) > 1:
        one, other = (kinds[kind] for kind in sorted(kinds)[:2])
        raise DataError(
            f"trait {name}: {one.name} is {one.form.name} and {other.name} {other.form.name} "
            "output; their z are on different scales: give them as two traits"
        )


def scale_facts(tables: Sequence[Table]) -> list[QualityFact]:
    """Warn of z that are on the scale of SMR."""
    rows = sum(len(table.frame) for table in tables if table.form.statistic == "smr")
    return [fact("smr_scale", rows)] if rows else []


def keep_one(combined: Combined) -> tuple[Rows, list[QualityFact]]:
    """Return the places of the rows to keep, each gene once per tissue, and what goes.

    The rule is that of this module; the places are sorted by tissue and gene.
    """
    key = combined.tissue * len(combined.genes) + combined.gene
    repeated = pd.Series(key).duplicated(keep=False).to_numpy()
    at = np.flatnonzero(repeated)
    identifier = combined.identifier[at]
    columns: dict[str, object] = {c: values[at] for c, values in combined.numbers.items()}
    columns["key"], columns["identifier"] = key[at], identifier
    columns["given"] = combined.identifiers["given"].to_numpy(object)[identifier]
    columns["weights"] = combined.weights.array[at]
    columns["hash"] = pd.util.hash_array(np.abs(combined.numbers["z"][at]))
    several = pd.DataFrame(columns, index=at)
    unequal = several.drop_duplicates(["key", "given", "weights", "z", *NUMBERS])
    ranked = unequal.sort_values(
        ["r2", "n_snps_model", "n_snps", "given", "weights", "hash", "z"],
        ascending=[False, False, False, True, True, True, True],
        na_position="last",
        kind="stable",
    )
    keep = ~repeated
    keep[ranked.index[~ranked["key"].duplicated()]] = True
    places = np.flatnonzero(keep)
    return places[np.argsort(key[places])], _repeat_facts(several, unequal, combined)


def _repeat_facts(
    several: pd.DataFrame, unequal: pd.DataFrame, combined: Combined
) -> list[QualityFact]:
    others = unequal[unequal["key"].duplicated()]
    symbols = combined.identifiers["symbol"].to_numpy(object)[others["identifier"]]
    clash = int(unequal.duplicated(["key", "given", "weights"]).sum())
    found = (
        (
            "fact",
            "dropped:row_copy",
            len(several) - len(unequal),
            "rows repeat another row of the same gene and tissue",
        ),
        (
            "fact",
            "dropped:gene_repeated",
            len(others),
            f"further rows of a gene in its tissue; the best model was kept: {some(symbols)}",
        ),
        (
            "warning",
            "gene_contradicts",
            clash,
            "rows give one identifier several z in one tissue; do the files belong together?",
        ),
    )
    return [QualityFact(level, "", topic, n, text) for level, topic, n, text in found if n]


def add_pip(table: pd.DataFrame, tables: Sequence[Table]) -> tuple[pd.DataFrame, list[QualityFact]]:
    """Take the PIP of fine-mapping tables over to the rows of a trait.

    Rows are matched by gene and tissue; if no tissue is common, by gene, with the largest PIP.
    """
    if not tables:
        return table, []
    mapped = combine(tables)
    pips = mapped.table(np.arange(len(mapped)))[["gene", "tissue", "pip"]].dropna()
    key = ["gene", "tissue"] if set(pips["tissue"]) & set(table["tissue"]) else ["gene"]
    largest = pips.groupby(key, as_index=False)["pip"].max()
    found = table[key].merge(largest, on=key, how="left")["pip"].to_numpy()
    table = table.assign(pip=np.where(np.isnan(found), table["pip"], found))
    read, used = len(mapped), int((~np.isnan(found)).sum())
    facts = [
        QualityFact("fact", "", "dropped:fine_mapping", read, "fine-mapping rows give PIP only"),
        QualityFact("fact", "", "pip_added", used, f"rows took a PIP, by {' and '.join(key)}"),
    ]
    return table, facts
