"""Files → what they hold: decompression by content, hashes, text in UTF-8, TOML, harmless names.

Names from files are made harmless: a tab or a line end inside a name would break the tables that
are written, an escape sequence would act on the terminal that shows a message, and a mark of
direction would show other letters than are there. Each becomes visible text; every other letter
stays.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import re
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from twas.errors import DataError

GZIP, BZIP2, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
PARQUET, ZIP, OLE = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Starts, in lower case, of what downloads leave instead of a table.
NO_TABLES = {
    b"<!doctype html": "is a web page, not a table; download the file itself",
    b"<html": "is a web page, not a table; download the file itself",
    b"%pdf-": "is a PDF; give the table in it as text",
    b"sqlite format 3": "is an SQLite database, as prediction models are; give a table of z-scores",
    b"version https://git-lfs": "is a Git LFS pointer, not the file; fetch it with git lfs pull",
}
#: The path that stands for standard input, and its name in messages.
STDIN, STDIN_NAME = "-", "standard input"
#: A file may grow to so many bytes, or to so many times its size: tables compress 2 to 50-fold.
MAX_BYTES, MAX_RATIO = 256 << 20, 200
CHUNK, ZSTD_STEP = 16 << 20, 16 << 10
_ANY_SIZE: ContextVar[bool] = ContextVar("any_size", default=False)
UTF8_MARK = b"\xef\xbb\xbf"

# Controls (C0, DEL, C1), line and paragraph separators, marks of direction, half pairs.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HARMFUL_IN_CELL = re.compile(rf"(?![\t\r\n]){_HARMFUL.pattern}")
_BLANKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")


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
    name, raw = _bytes_of(path)
    data = _decompress(raw, name)
    if data.startswith((ZIP, OLE)):
        raise DataError(f"{name}: is a spreadsheet or zip archive; save the table as CSV")
    for mark, what in NO_TABLES.items():
        if data[:100].lstrip().lower().startswith(mark):
            raise DataError(f"{name}: {what}")
    if not data.startswith(PARQUET):
        data = _as_utf8(data, name)
    return Content(name, data, hashlib.sha256(raw).hexdigest(), data is raw)


def _bytes_of(path: Path) -> tuple[str, bytes]:
    """Return a name for messages, and the bytes of a file or of standard input."""
    if str(path) == STDIN:
        if sys.stdin.isatty():
            raise DataError(f"{STDIN_NAME}: nothing is piped into it; give a file, or cat FILE |")
        raw = sys.stdin.buffer.read()
        if not raw:
            raise DataError(f"{STDIN_NAME}: is empty; it can be read for one input only")
        return STDIN_NAME, raw
    name = harmless(path.name)
    try:
        return name, path.read_bytes()
    except OSError as error:
        raise DataError(f"{name}: cannot be read ({error.strerror})") from error


@contextmanager
def any_size(allowed: bool = True) -> Iterator[None]:
    """Decompress files however large they become, within the ``with`` statement."""
    token = _ANY_SIZE.set(allowed or _ANY_SIZE.get())
    try:
        yield
    finally:
        _ANY_SIZE.reset(token)


def check_size(size: int, packed: int, name: str) -> None:
    """Refuse what grows beyond reason when it is decompressed.

    Parameters
    ----------
    size, packed
        Bytes decompressed (so far), and in the file.
    name
        File name.

    Raises
    ------
    DataError
        If the size is beyond :data:`MAX_BYTES` and :data:`MAX_RATIO`, unless :func:`any_size`.
    """
    limit = max(MAX_BYTES, MAX_RATIO * packed)
    if size > limit and not _ANY_SIZE.get():
        raise DataError(
            f"{name}: grows beyond {limit >> 20:,} MiB when decompressed, more than "
            f"{MAX_RATIO} times its size, as no table does; if it is right, set `any_size`"
        )


def _decompress(raw: bytes, name: str) -> bytes:
    for mark, decompress in _DECOMPRESS.items():
        if raw.startswith(mark):
            try:
                return _joined(decompress(raw), len(raw), name)
            except ImportError as error:
                raise DataError(
                    f"{name}: zstd needs the package zstandard; install it, or decompress the file"
                ) from error
            except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError) as error:
                raise DataError(f"{name}: is cut off or damaged; copy it again") from error
    return raw


def _joined(parts: Iterator[bytes], packed: int, name: str) -> bytes:
    """Join the parts of a content, but not beyond a limit."""
    kept, size = [], 0
    for part in parts:
        kept.append(part)
        size += len(part)
        check_size(size, packed, name)
    return b"".join(kept)


def _chunks(raw: bytes, opened: Callable[[IO[bytes]], Any]) -> Iterator[bytes]:
    with opened(io.BytesIO(raw)) as stream:
        while part := stream.read(CHUNK):
            yield part


def _unzstd(raw: bytes) -> Iterator[bytes]:
    import zstandard

    stream = zstandard.ZstdDecompressor().decompressobj()
    # A few bytes may stand for much: small steps keep what one of them gives small.
    for start in range(0, len(raw), ZSTD_STEP):
        step = raw[start : start + ZSTD_STEP]
        while step:
            if stream.eof:
                stream = zstandard.ZstdDecompressor().decompressobj()
            try:
                yield stream.decompress(step)
            except zstandard.ZstdError as error:
                raise ValueError(str(error)) from error
            step = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise EOFError


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


_DECOMPRESS: dict[bytes, Callable[[bytes], Iterator[bytes]]] = {
    GZIP: lambda raw: _chunks(raw, gzip.open),
    BZIP2: lambda raw: _chunks(raw, bz2.open),
    XZ: lambda raw: _chunks(raw, lzma.open),
    ZSTD: _unzstd,
}


def harmless(text: str) -> str:
    r"""Return a text with blanks for tabs and line ends, and ``\x1b`` for other controls.

    Examples
    --------
    >>> harmless("a\tb")
    'a b'
    >>> harmless("\x1b[31mred")
    '\\x1b[31mred'
    """
    return text if text.isascii() and text.isprintable() else _HARMFUL.sub(_visible, text)


def is_harmless(text: str) -> bool:
    """Whether all cells of a text stay as they are: for large texts, asked once."""
    return not _HARMFUL_IN_CELL.search(text)


def _visible(found: re.Match[str]) -> str:
    letter = found[0]
    if letter in _BLANKS:
        return " "
    code = ord(letter)
    # Python keeps a byte of a file name that is no UTF-8 as the second half of a pair.
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def load_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    DataError
        If it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _fault(path, error.strerror or str(error)) from error
    except RecursionError as error:
        raise _fault(path, "it is nested too deeply") from error
    except (ValueError, AttributeError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise _fault(path, str(error)) from error


def _fault(path: Path, what: str) -> DataError:
    said = harmless(" ".join(what.split()))[:200]
    return DataError(f"{harmless(path.name)}: cannot be read as TOML ({said})")
