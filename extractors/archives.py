"""What lies inside a file: one document, an archive of documents, or openFDA's bulk JSON, told by the first bytes."""

from __future__ import annotations

import gzip
import lzma
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from extractors.errors import UnreadableError
from extractors.items import Item, Limits, Rejected, readable
from extractors.shallow import Shallow

#: How much of a file is looked at to tell what it is.
HEAD_BYTES = 65_536

#: What the standard library raises on archives that are cut off, damaged, encrypted or of an unknown method.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_NOT_LABELS = (
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"RIFF", "a sound or picture file"),
    (b"ID3", "a sound file"),
    (b"%PDF", "a PDF file; text cannot be taken from it"),
    (b"\xd0\xcf\x11\xe0", "an old Office file; text cannot be taken from it"),
    (b"\x7fELF", "a program"),
)
_BULK = re.compile(rb'^(?:\xef\xbb\xbf)?\s*\{\s*"(?:meta|results)"\s*:(?=.*"results"\s*:\s*\[)', re.DOTALL)
_MAGIC_BYTES = 16
_IN_MEMORY = 16 << 20
_END_OF_ZIP = 65_557


class Budget:
    """What an archive may still unpack to, inner archives included."""

    def __init__(self, size: int) -> None:
        self.left = size

    def spend(self, size: int) -> None:
        """Take `size` bytes off; raises `UnreadableError` when none are left."""
        self.left -= size
        if self.left < 0:
            raise UnreadableError("unpacks to far more than its own size: a zip bomb, so the rest of it is left out")


@dataclass(slots=True)
class Content:
    """A stream of bytes whose nature is not known yet, at most `size` long as far as one can tell."""

    locator: str
    stream: IO[bytes]
    size: int
    file: Path | None = None
    """The plain file that this is, so that it need not be read here."""
    named: bool = False
    """Whether the user named this very file, so that passing over it in silence would mislead."""
    depth: int = 0
    head: bytes = field(default=b"", init=False)


def read_content(content: Content, limits: Limits, budget: Budget) -> Iterator[Item | Rejected]:
    """The documents in `content`, and what in it had to be rejected."""
    try:
        content.head = content.stream.read(_MAGIC_BYTES)
        yield from _read_by_kind(content, limits, budget)
    except UnreadableError as error:
        yield Rejected(content.locator, str(error))
    except _BROKEN as error:
        yield Rejected(content.locator, f"is cut off or damaged: {_sentence(error)}")


def _read_by_kind(content: Content, limits: Limits, budget: Budget) -> Iterator[Item | Rejected]:
    other = next((name for magic, name in _NOT_LABELS if content.head.startswith(magic)), "")
    if other and content.named:
        raise UnreadableError(f"is {other}, not a label")
    if other:
        return
    content.head += content.stream.read(HEAD_BYTES - len(content.head))
    if content.depth:
        budget.spend(len(content.head))
    head = content.head
    if not head:
        raise UnreadableError("is empty")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _read_zip(content, limits, budget)
    elif head.startswith(b"\x1f\x8b"):
        _check_depth(content, limits)
        with gzip.GzipFile(fileobj=cast("IO[bytes]", _Rest(content, budget))) as opened:
            stream = cast("IO[bytes]", opened)
            inner = Content(
                content.locator, stream, limits.document_bytes, named=content.named, depth=content.depth + 1
            )
            yield from read_content(inner, limits, budget)
    elif _BULK.match(head):
        yield from _read_bulk(content, limits, budget)
    else:
        yield _whole(content, limits, budget)


def _whole(content: Content, limits: Limits, budget: Budget) -> Item:
    limit = limits.document_bytes
    too_large = f"is larger than {limit:,} bytes, the most that one document may have"
    if content.file and content.size > limit:
        raise UnreadableError(too_large)
    if content.file:
        return Item(content.locator, content.size, content.file)
    data = content.head + content.stream.read(max(limit - len(content.head), 0) + 1)
    budget.spend(len(data) - len(content.head))
    if len(data) > limit:
        raise UnreadableError(too_large)
    return Item(content.locator, len(data), data)


def _check_depth(content: Content, limits: Limits) -> None:
    if content.depth >= limits.depth:
        raise UnreadableError(f"lies inside {limits.depth} archives already; unpack the outermost first")


def _read_zip(content: Content, limits: Limits, budget: Budget) -> Iterator[Item | Rejected]:
    _check_depth(content, limits)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        archive: IO[bytes] = content.stream if content.file else spool
        if not content.file:
            _copy(_Rest(content, budget), spool)
        if _count_members(archive) > limits.members:
            raise UnreadableError(f"holds more than {limits.members:,} members")
        with zipfile.ZipFile(archive) as opened:
            for info in opened.infolist():
                if not info.is_dir() and not _is_litter(info.filename):
                    yield from _read_member(opened, info, content, limits, budget)
                if budget.left < 0:
                    return


def _read_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, content: Content, limits: Limits, budget: Budget
) -> Iterator[Item | Rejected]:
    locator = f"{content.locator}!{readable(info.filename)}"
    refused = _why_not(info)
    if refused:
        yield Rejected(locator, refused)
        return
    try:
        with archive.open(info) as stream:
            inner = Content(locator, stream, info.file_size, depth=content.depth + 1)
            yield from read_content(inner, limits, budget)
    except _BROKEN as error:
        yield Rejected(locator, f"is cut off or damaged: {_sentence(error)}")


def _why_not(info: zipfile.ZipInfo) -> str:
    parts = info.orig_filename.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or re.match("[A-Za-z]:", parts[0]) or "\0" in info.orig_filename:
        return "its name points outside the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a symbolic link inside an archive"
    return "is encrypted; unpack it with its password first" if info.flag_bits & 1 else ""


def _is_litter(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1] in {".DS_Store", "Thumbs.db"}


def _count_members(archive: IO[bytes]) -> int:
    """How many members a zip says it has, before its list is read into memory; 0 where that cannot be told.

    The figure stands in the end record, or in the zip64 end record before it (PKWARE APPNOTE 4.3.14 and 4.3.16).
    """
    size = archive.seek(0, 2)
    archive.seek(max(size - _END_OF_ZIP, 0))
    tail = archive.read()
    wide, narrow = tail.rfind(b"PK\x06\x06"), tail.rfind(b"PK\x05\x06")
    archive.seek(0)
    if 0 <= wide <= len(tail) - 40:
        return int.from_bytes(tail[wide + 32 : wide + 40], "little")
    return int.from_bytes(tail[narrow + 10 : narrow + 12], "little") if narrow >= 0 else 0


def _read_bulk(content: Content, limits: Limits, budget: Budget) -> Iterator[Item | Rejected]:
    """One item a record of openFDA's bulk JSON, whatever the size of the whole."""
    import ijson
    import orjson

    rest = _Rest(content, budget, at_a_time=limits.document_bytes)
    index = 0
    try:
        for index, record in enumerate(ijson.items(Shallow(rest), "results.item", use_float=True), start=1):
            rest.since = 0
            data = orjson.dumps(record)
            yield Item(f"{content.locator}#{index}", len(data), data)
    except (ijson.JSONError, orjson.JSONEncodeError) as error:
        yield Rejected(content.locator, f"is not valid JSON after record {index}: {_sentence(error)}")
    if not index:
        yield Rejected(content.locator, "holds no records")


class _Rest:
    """The whole of a content from its first byte, charged to the budget where it was unpacked.

    With `at_a_time`, no more than that is given before `since` is set back to 0.
    """

    def __init__(self, content: Content, budget: Budget, *, at_a_time: int = 0) -> None:
        self._head = content.head.removeprefix(b"\xef\xbb\xbf")
        self._content, self._budget, self._at_a_time = content, budget, at_a_time
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        data, self._head = self._head, b""
        if size >= 0 and len(data) > size:
            data, self._head = data[:size], data[size:]
        elif not data:
            data = self._content.stream.read(size)
            if self._content.depth:
                self._budget.spend(len(data))
        self.since += len(data)
        if self._at_a_time and self.since > self._at_a_time:
            raise UnreadableError(f"has a record larger than {self._at_a_time:,} bytes, the most one document may have")
        return data


def _copy(source: _Rest, target: IO[bytes]) -> None:
    while data := source.read(1 << 20):
        target.write(data)


def _sentence(error: BaseException) -> str:
    return readable(str(error)).strip().rstrip(".") or type(error).__name__
