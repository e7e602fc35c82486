"""Files → bytes: decompression by content, hashes, and text in UTF-8."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from twas.errors import DataError

GZIP, BZIP2, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
PARQUET, ZIP, OLE = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Starts, in lower case, of what downloads leave instead of a table.
NO_TABLES = {
    b"<!doctype html": "is a web page, not a table; download the file itself",
    b"<html": "is a web page, not a table; download the file itself",
    b"version https://git-lfs": "is a Git LFS pointer, not the file; fetch it with git lfs pull",
}
UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Content:
    """The content of a file.

    Attributes
    ----------
    name
        File name without folder, for messages.
    data
        Decompressed bytes; text is UTF-8 without byte order mark.
    sha256
        Hexadecimal SHA-256 of the file as it lies on disk.
    is_raw
        Whether ``data`` are the bytes on disk, neither decompressed nor recoded.
    """

    name: str
    data: bytes
    sha256: str
    is_raw: bool

    @property
    def is_parquet(self) -> bool:
        """Whether the content is an Apache Parquet table."""
        return self.data.startswith(PARQUET)


def read_content(path: Path) -> Content:
    """Read, hash and decompress a file; the content, not the name, tells the compression.

    Raises
    ------
    DataError
        If the file is missing, unreadable, cut off, a spreadsheet, or no UTF-8 or UTF-16 text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({error.strerror})") from error
    data = _decompress(raw, path.name)
    if data.startswith((ZIP, OLE)):
        raise DataError(f"{path.name}: is a spreadsheet or zip archive; save the table as CSV")
    for mark, what in NO_TABLES.items():
        if data[:100].lstrip().lower().startswith(mark):
            raise DataError(f"{path.name}: {what}")
    if not data.startswith(PARQUET):
        data = _as_utf8(data, path.name)
    return Content(path.name, data, hashlib.sha256(raw).hexdigest(), data is raw)


def _decompress(raw: bytes, name: str) -> bytes:
    for mark, decompress in _DECOMPRESS.items():
        if raw.startswith(mark):
            try:
                return decompress(raw)
            except ImportError as error:
                raise DataError(
                    f"{name}: zstd needs the package zstandard; install it, or decompress the file"
                ) from error
            except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError) as error:
                raise DataError(f"{name}: is cut off or damaged; copy it again") from error
    return raw


def _unzstd(raw: bytes) -> bytes:
    import zstandard

    parts = []
    while raw:
        stream = zstandard.ZstdDecompressor().decompressobj()
        try:
            parts.append(stream.decompress(raw))
        except zstandard.ZstdError as error:
            raise ValueError(str(error)) from error
        if not stream.eof:
            raise EOFError
        raw = stream.unused_data
    return b"".join(parts)


def _as_utf8(data: bytes, name: str) -> bytes:
    if data.startswith(UTF16):
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError as error:
            raise DataError(f"{name}: is damaged UTF-16 text; save it as UTF-8") from error
    data = data.removeprefix(UTF8_MARK)
    if b"\x00" in data:
        raise DataError(f"{name}: is not a text table (it holds zero bytes)")
    try:
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{name}: line {line} is not UTF-8; save the file as UTF-8") from error
    return data


_DECOMPRESS: dict[bytes, Callable[[bytes], bytes]] = {
    GZIP: gzip.decompress,
    BZIP2: bz2.decompress,
    XZ: lzma.decompress,
    ZSTD: _unzstd,
}
