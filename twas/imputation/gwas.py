"""GWAS file → the rows whose SNP a model names, in one pass.

Only ids and positions are read of every row; the other cells of the few rows that a model can use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from twas.errors import DataError
from twas.imputation import vcf
from twas.imputation.blocks import TextTable, open_text, require_arrow, sha256, take_rows
from twas.imputation.formats import Layout, check_columns, lay_out
from twas.imputation.variants import chromosome_number, codes_of_names, place_code
from twas.system.arrays import Int

#: Share of ids that must be rsids for rows to be looked up by them alone, and share of the models'
#: ids that must then be found; else the file is read once more, by place too.
MOST, ENOUGH_IDS = 0.5, 0.8


@dataclass(frozen=True)
class Wanted:
    """What the models name.

    Attributes
    ----------
    ids
        Ids of SNPs.
    places
        Their places, see :func:`twas.imputation.variants.place_code`.
    """

    ids: frozenset[str]
    places: Int


@dataclass(frozen=True)
class Rows:
    """The rows of a GWAS file that a model may use, cells as they stand in the file.

    Attributes
    ----------
    files
        File name → SHA-256 of the file as it lies on disk.
    layout
        Where the columns are.
    cells
        One row per kept row, a column of texts per canonical column that the file has.
    place
        (n,) place of each, -1 if unknown.
    origin, lines
        (n,) which of the files each is of, and its line there.
    n_rows
        Rows in the files.
    last
        Chromosome number → largest position, over all rows.
    builds
        Genome builds that the variant names of the file end in.
    examples
        Some ids of the file, for messages.
    by_place
        Whether rows were looked up by place too.
    """

    files: Mapping[str, str]
    layout: Layout
    cells: pd.DataFrame
    place: Int
    origin: Int
    lines: Int
    n_rows: int
    last: Mapping[int, int]
    builds: frozenset[int]
    examples: tuple[str, ...]
    by_place: bool

    @property
    def name(self) -> str:
        """What the files are called in messages."""
        names = list(self.files)
        return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def read_gwas(
    paths: Sequence[Path], wanted: Wanted, columns: Mapping[str, str] | None = None
) -> Rows:
    """Read the files of one GWAS, such as one per chromosome, as :func:`read_rows` does.

    Raises
    ------
    DataError
        See :func:`read_rows`; if the files have other columns than the first, or are one file.
    """
    parts = [read_rows(path, wanted, columns) for path in paths]
    if not all(part.by_place for part in parts) and _share_found(parts, wanted) < ENOUGH_IDS:
        parts = [read_rows(path, wanted, columns, by_place=True) for path in paths]
    files: dict[str, str] = {}
    for part in parts:
        for name, digest in part.files.items():
            if digest in files.values():
                raise DataError(f"{name}: is given twice; give each file of a GWAS once")
            # Two files of one name, in two folders, are told apart by their number.
            files[name if name not in files else f"{name} ({len(files) + 1})"] = digest
        if part.layout.names != parts[0].layout.names:
            raise DataError(
                f"{part.name}: has other columns than {parts[0].name}; impute them apart"
            )
    last: dict[int, int] = {}
    for part in parts:
        for chrom, pos in part.last.items():
            last[chrom] = max(pos, last.get(chrom, 0))
    return Rows(
        files=files,
        layout=parts[0].layout,
        cells=pd.concat([part.cells for part in parts], ignore_index=True),
        place=np.concatenate([part.place for part in parts]),
        origin=np.repeat(np.arange(len(parts)), [len(part.cells) for part in parts]),
        lines=np.concatenate([part.lines for part in parts]),
        n_rows=sum(part.n_rows for part in parts),
        last=last,
        builds=frozenset().union(*(part.builds for part in parts)),
        examples=tuple(dict.fromkeys(e for part in parts for e in part.examples))[:3],
        by_place=any(part.by_place for part in parts),
    )


def _share_found(parts: Sequence[Rows], wanted: Wanted) -> float:
    """Share of the wanted ids that stand in the files; 1 if there is nothing else to look for."""
    if not (wanted.places >= 0).any():
        return 1.0
    names = [part.cells[c] for part in parts for c in ("id", "variant") if c in part.cells]
    found = wanted.ids.intersection(*[pd.concat(names)] if names else [()])
    return len(found) / max(1, len(wanted.ids))


def read_rows(
    path: Path,
    wanted: Wanted,
    columns: Mapping[str, str] | None = None,
    *,
    by_place: bool | None = None,
) -> Rows:
    """Read the rows of a GWAS file whose id or place is wanted.

    Parameters
    ----------
    path
        The file: text with a header, or GWAS-VCF; gzip, bgzip, bzip2, xz and zstd are unpacked.
    wanted
        Ids and places of the models.
    columns
        Canonical column → name in the file, for unusual names.
    by_place
        Whether to look rows up by place too; by default only where most ids are no rsids.

    Raises
    ------
    DataError
        If the file is damaged, has no signed effects or not both alleles.
    """
    with open_text(path) as text:
        is_vcf = vcf.is_vcf(text.header)
        if is_vcf:
            vcf.check_samples(text.header, path.name)
        layout = vcf.LAYOUT if is_vcf else lay_out(text.header, path.name, check_columns(columns))
        reader = _Reader(text, layout, wanted, by_place)
        for block, line in text.blocks():
            reader.take(block, line)
    if not reader.n_rows:
        raise DataError(f"{path.name}: holds a header but no rows")
    cells = reader.cells()
    place = reader.joined(reader.places)
    return Rows(
        files={path.name: sha256(path)},
        layout=layout,
        cells=vcf.unpack(cells, path.name) if is_vcf else cells,
        place=place,
        origin=np.zeros(len(place), dtype=np.int64),
        lines=reader.joined(reader.lines),
        n_rows=reader.n_rows,
        last=reader.last,
        builds=frozenset(reader.builds),
        examples=tuple(reader.examples),
        by_place=bool(reader.by_place),
    )


class _Reader:
    """Keeps what is wanted of block after block."""

    def __init__(
        self, text: TextTable, layout: Layout, wanted: Wanted, by_place: bool | None = None
    ) -> None:
        pa = require_arrow()
        self.text, self.layout = text, layout
        self.ids = pa.array(sorted(wanted.ids), type=pa.string())
        self.wanted_places = pa.array(np.unique(wanted.places[wanted.places >= 0]))
        self.parts: list[Any] = []
        self.places: list[Int] = []
        self.lines: list[Int] = []
        self.last: dict[int, int] = {}
        self.builds: set[int] = set()
        self.examples: list[str] = []
        self.n_rows = 0
        at = layout.places
        self.has_place = {"chrom", "pos"} <= at.keys()
        self.names = [at[c] for c in ("id", "variant") if c in at]
        self.by_place = by_place

    def take(self, block: bytes, line: int) -> None:
        """Take what is wanted of a block of whole lines."""
        import pyarrow.compute as pc

        if self.by_place is None:
            self.by_place = not self._begins_with_rsids(block, line)
        table = self.text.parse(block, self._keys(), line)
        if not table.num_rows:
            return
        keep = np.zeros(table.num_rows, dtype=bool)
        for column in self.names:
            names = table.column(str(column))
            if len(self.examples) < 3:
                self.examples = [str(name) for name in names.slice(0, 3).to_pylist()]
            keep |= np.asarray(pc.is_in(names, self.ids))
        if self.by_place:
            place = self._places(table)
            keep |= np.asarray(pc.is_in(require_arrow().array(place), self.wanted_places))
        self.n_rows += table.num_rows
        rows = np.flatnonzero(keep)
        if not len(rows):
            return
        wanted = dict.fromkeys(sorted(set(self.layout.places.values())), "text")
        kept = self.text.parse(take_rows(block, rows), wanted, line)
        self.parts.append(kept)
        self.places.append(place[rows] if self.by_place else self._places(kept))
        self.lines.append(rows + line)

    def _keys(self) -> dict[int, str]:
        keys = dict.fromkeys(self.names, "text")
        if self.by_place and self.has_place:
            keys |= {self.layout.places["chrom"]: "category", self.layout.places["pos"]: "text"}
        return keys

    def _begins_with_rsids(self, block: bytes, line: int) -> bool:
        """Whether the first ids of a file are rsids; then places are read of kept rows only."""
        import pyarrow.compute as pc

        if not self.names or not len(self.ids):
            return False
        head = block[: block.find(b"\n", 1 << 16) + 1] or block
        table = self.text.parse(head, dict.fromkeys(self.names, "text"), line)
        shares = [
            float(np.mean(pc.starts_with(table.column(str(column)), "rs")))
            for column in (self.names if table.num_rows else ())
        ]
        return max(shares, default=0.0) >= MOST

    def cells(self) -> pd.DataFrame:
        """The kept cells, stripped, under canonical names; missing ones are ``""``."""
        pa = require_arrow()
        if not self.parts:
            return pd.DataFrame({c: pd.Series(dtype=object) for c in self.layout.places})
        table = pa.concat_tables(self.parts)
        return pd.DataFrame(
            {
                column: pd.Series(table.column(str(at)).to_pylist(), dtype=object)
                for column, at in self.layout.places.items()
            }
        )

    def joined(self, parts: list[Int]) -> Int:
        """Join arrays of blocks."""
        return np.concatenate([*parts, np.empty(0, dtype=np.int64)]).astype(np.int64)

    def _places(self, table: Any) -> Int:
        if self.has_place:
            at = self.layout.places
            return self._from_columns(table.column(str(at["chrom"])), table.column(str(at["pos"])))
        return self._from_names(table)

    def _from_columns(self, chrom: Any, pos: Any) -> Int:
        import pyarrow as pa

        chunk = chrom.combine_chunks()
        chunk = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        numbers = np.array([chromosome_number(c) for c in chunk.dictionary.to_pylist()], np.int64)
        code = numbers[np.asarray(chunk.indices)] if len(numbers) else np.zeros(len(chunk), "i8")
        where = _whole_numbers(pos)
        for number in sorted(set(numbers.tolist()) - {0}):
            largest = int(where[code == number].max(initial=0))
            self.last[number] = max(self.last.get(number, 0), largest)
        return place_code(code, where)

    def _from_names(self, table: Any) -> Int:
        """Read places from ids such as ``1:123:A:G``; ids that begin with ``rs`` hold none."""
        import pyarrow.compute as pc

        place = np.full(table.num_rows, -1, dtype=np.int64)
        for column in self.names:
            names = table.column(str(column))
            rows = np.flatnonzero(~np.asarray(pc.starts_with(names, "rs")) & (place < 0))
            if len(rows):
                texts = pd.Series(names.take(rows).to_pylist(), dtype=object)
                place[rows], builds = codes_of_names(texts)
                self.builds |= builds
        return place


def _whole_numbers(texts: Any) -> Int:
    """Positions as whole numbers, 0 where a cell holds none."""
    pa = require_arrow()
    import pyarrow.compute as pc

    try:
        return np.asarray(pc.cast(texts, pa.int64()))
    except pa.ArrowInvalid:
        numbers = pd.to_numeric(pd.Series(texts.to_pylist(), dtype=object), errors="coerce")
        usable = numbers.where(numbers.between(0, 1 << 31), 0.0)
        return usable.to_numpy(dtype=np.float64).astype(np.int64)
