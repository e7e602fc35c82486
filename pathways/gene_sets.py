"""Gene sets with roles: shipped collections, GMT files, dictionaries.

A role says what higher expression of a gene does to the activity of the pathway: +1 raises, -1
lowers, 0 unknown (such a gene takes part in unsigned tests only). A set without roles is +1
throughout.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from twas import identifiers
from twas.errors import DataError, UsageError
from twas.quality import QualityFact, QualityReport
from twas.resources import data_path

#: Shipped collections: name → what they are.
SHIPPED = {
    "core": "mTOR, PGC-1alpha, SIRT1, complement, autophagy: signed, evidence per gene",
}
COLUMNS = ("pathway", "gene", "symbol", "role", "evidence", "note")


@dataclass(frozen=True)
class GeneSets:
    """A collection of gene sets, one FDR family.

    Attributes
    ----------
    collection
        Name of the collection.
    table
        Row per pathway × gene, in the order of the source: ``pathway``, ``gene`` (identity in the
        gene reference), ``symbol``, ``role`` (-1, 0, +1), ``evidence``, ``note`` ("" unknown).
    version
        First 12 digits of the SHA-256 of the content.
    signed
        Whether the source gave roles.
    quality
        What was merged, dropped or not recognised.
    """

    collection: str
    table: pd.DataFrame
    version: str
    signed: bool
    quality: QualityReport

    @property
    def pathways(self) -> tuple[str, ...]:
        """Names of the pathways, in the order of the source."""
        return tuple(self.table["pathway"].drop_duplicates())

    def select(self, *, min_genes: int | None = None, max_genes: int | None = None) -> GeneSets:
        """Keep the pathways of a size (members in the source, tested or not); others are counted.

        Parameters
        ----------
        min_genes, max_genes
            Smallest and largest number of members, both included.
        """
        sizes = self.table.groupby("pathway", sort=False)["gene"].size()
        keep = sizes.between(min_genes or 0, np.inf if max_genes is None else max_genes)
        dropped = int((~keep).sum())
        if not dropped:
            return self
        fact = QualityFact(
            "fact",
            self.collection,
            "sets_outside_size",
            dropped,
            f"{dropped:,} of {len(sizes):,} sets have fewer than --min-genes or more than"
            " --max-genes members and were left out",
        )
        table = self.table[self.table["pathway"].isin(sizes.index[keep])]
        return GeneSets(
            self.collection,
            table.reset_index(drop=True),
            self.version,
            self.signed,
            self.quality + [fact],
        )


def load_gene_sets(
    source: str | Path | Mapping[str, object], *, name: str | None = None
) -> GeneSets:
    """Load a collection.

    Parameters
    ----------
    source
        A shipped collection (`SHIPPED`), a GMT file (``.gmt``, ``.gmt.gz``), a signed table
        (``.tsv`` with columns ``pathway gene role``), or a mapping from pathway to genes (a list,
        or a mapping from gene to role).
    name
        Name of the collection; by default the shipped name or the file's stem.

    Returns
    -------
    GeneSets
        With genes resolved through the gene reference.

    Raises
    ------
    UsageError
        If there is no such collection or file.
    DataError
        If the content is no gene-set collection, or gives a gene two roles in one set.
    """
    if isinstance(source, Mapping):
        return _finish(name or "sets", _from_mapping(source))
    if str(source) in SHIPPED:
        path = data_path("gene_sets", f"{source}.tsv")
        return _finish(name or str(source), _read_signed_table(path), signed=True)
    path = Path(source)
    if not path.is_file():
        raise UsageError(
            f"gene sets {str(source)!r}: neither a shipped collection ({', '.join(SHIPPED)}) nor a"
            " file; run 'twas-divergence gene-sets list'"
        )
    stem = path.name.removesuffix(".gz").removesuffix(".gmt").removesuffix(".tsv")
    if path.name.endswith((".gmt", ".gmt.gz")):
        return _finish(name or stem, _read_gmt(path))
    return _finish(name or stem, _read_signed_table(path), signed=True)


def _read_gmt(path: Path) -> pd.DataFrame:
    """Name, description, genes, split on tabs only: names may hold spaces."""
    rows: list[tuple[str, str]] = []
    opener = gzip.open if path.name.endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline=None) as lines:
            for number, line in enumerate(lines, 1):
                cells = line.rstrip("\n\r").split("\t")
                if not line.strip():
                    continue
                if len(cells) < 3:
                    raise DataError(
                        f"{path}: line {number} has {len(cells)} tab-separated cells; GMT lines are"
                        " name, description, genes"
                    )
                rows += [(cells[0].strip(), gene.strip()) for gene in cells[2:] if gene.strip()]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as GMT ({error})") from None
    frame = pd.DataFrame(rows, columns=["pathway", "given"])
    return frame.assign(role=1, evidence="", note="")


def _read_signed_table(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as a gene-set table ({error})") from None
    missing = [column for column in ("pathway", "gene", "role") if column not in frame]
    if missing:
        raise DataError(
            f"{path}: no column {missing[0]!r} (there are {', '.join(map(str, frame.columns))});"
            " a gene-set table needs pathway, gene, role"
        )
    role = pd.to_numeric(frame["role"], errors="coerce")
    wrong = ~role.isin([-1, 0, 1])
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"{path}: line {row + 2} has role {frame['role'].iloc[row]!r}; roles are 1, -1 and 0"
        )
    for column in ("evidence", "note"):
        if column not in frame:
            frame[column] = ""
    frame = frame.rename(columns={"gene": "given"}).assign(role=role.astype(int))
    return frame[["pathway", "given", "role", "evidence", "note"]]


def _from_mapping(source: Mapping[str, object]) -> pd.DataFrame:
    rows: list[tuple[str, str, int]] = []
    for pathway, members in source.items():
        if isinstance(members, Mapping):
            rows += [(str(pathway), str(gene), int(role)) for gene, role in members.items()]
        elif isinstance(members, Iterable) and not isinstance(members, str):
            rows += [(str(pathway), str(gene), 1) for gene in members]
        else:
            raise DataError(f"gene set {pathway!r} must be a list of genes or a mapping to roles")
    frame = pd.DataFrame(rows, columns=["pathway", "given", "role"])
    if not frame["role"].isin([-1, 0, 1]).all():
        bad = frame[~frame["role"].isin([-1, 0, 1])].iloc[0]
        raise DataError(
            f"gene set {bad['pathway']!r}: role {bad['role']} of {bad['given']}; roles are 1, -1, 0"
        )
    return frame.assign(evidence="", note="")


def _finish(collection: str, frame: pd.DataFrame, *, signed: bool | None = None) -> GeneSets:
    """Resolve the genes, merge repeats, refuse contradictions, hash the content."""
    if frame.empty:
        raise DataError(f"gene sets {collection!r} hold no genes")
    resolved = identifiers.resolve(frame["given"])
    frame = frame.assign(gene=resolved["gene"], symbol=resolved["symbol"], how=resolved["how"])
    roles = frame.groupby(["pathway", "gene"], sort=False)["role"].nunique()
    if (roles > 1).any():
        pathway, gene = roles.index[roles > 1][0]
        symbol = frame.loc[frame["gene"] == gene, "symbol"].iloc[0]
        raise DataError(
            f"gene sets {collection!r}: {symbol} has two roles in {pathway!r}; keep one"
        )
    repeated = frame.duplicated(["pathway", "gene"])
    quality = QualityReport(tuple(_facts(collection, frame, int(repeated.sum()))))
    frame = frame[~repeated].reset_index(drop=True)
    table = frame[list(COLUMNS)]
    content = table[["pathway", "gene", "role"]].to_csv(index=False, lineterminator="\n")
    return GeneSets(
        collection=collection,
        table=table,
        version=hashlib.sha256(content.encode()).hexdigest()[:12],
        signed=bool((table["role"] != 1).any()) if signed is None else signed,
        quality=quality,
    )


def _facts(collection: str, frame: pd.DataFrame, repeated: int) -> Iterable[QualityFact]:
    if repeated:
        message = f"{repeated:,} members stand twice in their set and were merged"
        yield QualityFact("fact", collection, "members_repeated", repeated, message)
    for how, topic, what in (
        ("unknown", "members_unknown", "are not in the gene reference; their names are kept"),
        ("ambiguous", "members_ambiguous", "name more than one gene and were not guessed"),
    ):
        names = sorted(frame.loc[frame["how"] == how, "given"].unique())
        if names:
            shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
            message = f"{len(names):,} names of set members {what}: {shown}"
            yield QualityFact("fact", collection, topic, len(names), message)
