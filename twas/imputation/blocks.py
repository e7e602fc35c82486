"""Large text tables, compressed or not, as blocks of whole lines, parsed by Arrow.

A GWAS of ten million rows never lies in memory at once. Every row must have the width of the
header: a shifted row would put a p-value into the column of z.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import lzma
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from twas.errors import DataError, UsageError
from twas.reading.columns import normalise
from twas.system.arrays import Bool

_unpacker: Any = gzip
_DAMAGED: tuple[type[Exception], ...] = (EOFError, OSError, ValueError, lzma.LZMAError, zlib.error)
try:  # ISA-L takes half the time of the zlib that Python has anyway
    from isal import igzip, isal_zlib
except ImportError:
    pass
else:
    _unpacker = igzip
    _DAMAGED = (*_DAMAGED, cast(type[Exception], isal_zlib.error))

#: Bytes of text taken at a time.
BLOCK = 1 << 23
#: No line is so long: a file that grows without line ends when it is decompressed.
LONGEST_LINE = 1 << 26
DELIMITERS = "\t,; |"
_XZ = b"\xfd7zXZ\x00"
_GZIP = b"\x1f\x8b"
_MARKS = {b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd"}


def require_arrow() -> Any:
    """Return pyarrow.

    Raises
    ------
    UsageError
        If it is not installed.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise UsageError(
            "imputation needs the package pyarrow: pip install 'twas-divergence[impute]'"
        ) from error
    return pyarrow


@dataclass
class TextTable:
    """A text table on its way through.

    Attributes
    ----------
    path
        The file.
    header
        Column names, stripped.
    delimiter
        One character; runs of blanks are made one.
    first_line
        Line number of the first row, from 1.
    comments
        The lines before the header that begin with ``##``.
    """

    path: Path
    header: list[str]
    delimiter: str
    first_line: int
    comments: list[str]
    _stream: BinaryIO = field(repr=False)
    _rest: bytes = field(repr=False)

    def __enter__(self) -> TextTable:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def blocks(self) -> Iterator[tuple[bytes, int]]:
        """Yield whole lines, and the line number of the first.

        Raises
        ------
        DataError
            If the file is cut off or damaged.
        """
        line, rest = self.first_line, self._rest
        while True:
            more = _read(self._stream, self.path.name)
            _check_line(rest, self.path.name)
            cut = more.rfind(b"\n") + 1
            if more and not cut:  # a line longer than a block
                rest += more
                continue
            block = b"".join((rest, memoryview(more)[:cut]))
            rest = more[cut:]
            if block:
                n = int(np.count_nonzero(_is_newline(block)))
                yield self._tidy(block), line
                line += n
            if not more:
                return

    def parse(self, block: bytes, columns: Mapping[int, str], line: int) -> Any:
        """Parse some columns of a block.

        Parameters
        ----------
        block
            Whole lines.
        columns
            Position → ``"text"``, ``"category"`` or ``"number"``.
        line
            Line number of the first row, for messages.

        Returns
        -------
        pyarrow.Table
            Columns named by their position.

        Raises
        ------
        DataError
            If a row is shorter or longer than the header.
        """
        pa = require_arrow()
        from pyarrow import csv as arrow

        types = {"text": pa.string(), "number": pa.float64()}
        types["category"] = pa.dictionary(pa.int32(), pa.string())
        faults: list[Any] = []

        def fault(row: Any) -> str:
            faults.append(row)
            return "error"

        try:
            return arrow.read_csv(
                pa.BufferReader(block),
                read_options=arrow.ReadOptions(
                    column_names=[str(i) for i in range(len(self.header))],
                    use_threads=False,
                    block_size=len(block) + 1,
                ),
                parse_options=arrow.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char='"' if b'"' in block else False,
                    invalid_row_handler=fault,
                ),
                convert_options=arrow.ConvertOptions(
                    include_columns=[str(i) for i in columns],
                    column_types={str(i): types[kind] for i, kind in columns.items()},
                    null_values=["NA", "", "nan", "NaN"],
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            raise self._misfit(faults, line, str(error)) from error

    def _misfit(self, faults: Sequence[Any], line: int, message: str) -> DataError:
        name = self.path.name
        if not faults:
            return DataError(f"{name}: cannot be read near line {line} ({message})")
        row = faults[0]
        where = f"line {line + row.number - 1}" if row.number else f"a row after line {line}"
        return DataError(
            f"{name}: {where} has {row.actual_columns} cells, the header {row.expected_columns}; "
            "the file is damaged or cut off, get it again"
        )

    def _tidy(self, block: bytes) -> bytes:
        """Give every line the same ending, and one delimiter where there are runs of blanks."""
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if self.delimiter == " " and _has_runs(block):
            block = re.sub(rb"[ \t]+", b" ", block)
            block = re.sub(rb"(?m)^ | $", b"", block)
        if not block.isascii():
            try:
                block.decode()
            except UnicodeDecodeError as error:
                raise DataError(
                    f"{self.path.name}: is not UTF-8; save the file as UTF-8"
                ) from error
        return block if block.endswith(b"\n") else block + b"\n"


def open_text(path: Path) -> TextTable:
    """Open a table and read its header; the content, not the name, tells the compression.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is no text.
    """
    stream = _open(path)
    try:
        return _with_header(path, stream)
    except BaseException:
        stream.close()
        raise


def _with_header(path: Path, stream: BinaryIO) -> TextTable:
    head = _read(stream, path.name)
    if b"\x00" in head[:4096]:
        raise DataError(f"{path.name}: is not a text table (it holds zero bytes)")
    if head[:100].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise DataError(f"{path.name}: is a web page, not a table; download the file itself")
    comments, start, number = [], 0, 0
    while True:
        end = head.find(b"\n", start)
        more = b"" if end >= 0 else _read(stream, path.name)
        if more:  # a header longer than a block
            head += more
            _check_line(head[start:], path.name)
            continue
        end = len(head) if end < 0 else end + 1
        line = head[start:end].decode("utf-8-sig", errors="replace").strip("\r\n")
        number, start = number + 1, end
        if line.startswith("##"):
            comments.append(line)
        elif line.strip():
            break
        elif start >= len(head):
            raise DataError(f"{path.name}: is empty")
    header, delimiter = _split_header(line.lstrip("#"))
    return TextTable(path, header, delimiter, number + 1, comments, stream, head[start:])


def _check_line(begun: bytes, name: str) -> None:
    """Refuse a line without end."""
    if len(begun) > LONGEST_LINE:
        raise DataError(
            f"{name}: holds a line of more than {LONGEST_LINE >> 20} MiB; is it a text table?"
        )


def take_rows(block: bytes, rows: npt.NDArray[np.intp]) -> bytes:
    """Return some lines of a block, by number from 0; blank lines do not count."""
    ends = np.flatnonzero(_is_newline(block))
    starts = np.append(0, ends[:-1] + 1)
    filled = ends > starts
    if not filled.all():
        starts, ends = starts[filled], ends[filled]
    pairs = zip(starts[rows].tolist(), ends[rows].tolist(), strict=True)
    return b"".join([block[start : end + 1] for start, end in pairs])


def _is_newline(block: bytes) -> Bool:
    return np.asarray(np.frombuffer(block, dtype=np.uint8) == ord("\n"))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as it lies on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _has_runs(block: bytes) -> bool:
    """Whether one blank may not be the only thing between two cells."""
    return block.startswith(b" ") or any(run in block for run in (b"  ", b"\t", b" \n", b"\n "))


def _split_header(line: str) -> tuple[list[str], str]:
    """Split a header at the delimiter that gives most columns."""
    best: tuple[list[str], str] = ([line], "\t")
    for delimiter in DELIMITERS:
        if delimiter == " ":
            cells = line.split()
        else:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        cells = [cell.strip().strip("\"'") for cell in cells]
        if len(cells) > len(best[0]) and len({normalise(cell) for cell in cells}) > 1:
            best = cells, delimiter
    return best


def _open(path: Path) -> BinaryIO:
    if path.is_dir():
        raise DataError(f"{path.name}: is a folder; name a file")
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({error.strerror})") from error
    if start.startswith(_XZ):
        return cast(BinaryIO, lzma.open(path, "rb"))
    if start.startswith(_GZIP):
        return cast(BinaryIO, _unpacker.open(path, "rb"))
    pa = require_arrow()
    kind = next((kind for mark, kind in _MARKS.items() if start.startswith(mark)), None)
    file = pa.OSFile(str(path))
    return cast(BinaryIO, file if kind is None else pa.CompressedInputStream(file, kind))


def _read(stream: BinaryIO, name: str) -> bytes:
    """Read a block; fewer bytes than asked for are no end of file."""
    try:
        return stream.read(BLOCK)
    except _DAMAGED as error:
        raise DataError(f"{name}: is cut off or damaged; copy it again") from error
