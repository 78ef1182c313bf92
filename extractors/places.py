"""Where records lie: one file, or a folder or zip whose files belong together; compressed files are read through.

A folder is offered to the readers as a whole first (tables that refer to each other, a FHIR bulk export), and then,
where none claims it, file by file.
"""

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from extractors.errors import InputError, UnreadableError
from extractors.items import readable

#: How many bytes of a file a reader may look at to say whether it claims it.
HEAD_BYTES = 65_536

_GZIP = b"\x1f\x8b"
_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Member:
    """A file of a place, by its name there without `.gz`; `size` is that of the file as it lies, in bytes."""

    name: str
    size: int
    path: Path | None
    """The plain file itself, for readers that need one (DuckDB, Parquet); None inside a zip or where compressed."""
    _open: Callable[[], IO[bytes]]

    def open(self) -> IO[bytes]:
        """The content, decompressed, as a stream; raises `UnreadableError` where the file cannot be read."""
        try:
            stream = BufferedReader(cast("gzip.GzipFile", self._open()))
            if stream.peek(2)[:2] == _GZIP:
                return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
        except (OSError, EOFError, zipfile.BadZipFile) as error:
            raise UnreadableError(f"cannot be read: {type(error).__name__}") from error
        return cast("IO[bytes]", stream)

    @property
    def head(self) -> bytes:
        """The first 64 KiB of the content; empty where it cannot be read."""
        return _head_of(self)


@dataclass(frozen=True)
class Place:
    """What one reader is given: a file alone (`whole` is False), or all files of a folder or zip."""

    locator: str
    members: tuple[Member, ...]
    whole: bool = False

    def find(self, name: str) -> Member | None:
        """The member whose name without folders and ending is `name`, whatever its capitals, or None."""
        return self._by_stem.get(name.lower())

    @cached_property
    def _by_stem(self) -> dict[str, Member]:
        return {member.name.rpartition("/")[2].partition(".")[0].lower(): member for member in reversed(self.members)}


def iter_places(paths: Iterable[Path], claimed: Callable[[Place], bool]) -> Iterator[Place]:
    """The places in `paths`, in a fixed order: folders and zips that are `claimed` as a whole, else their files alone.

    Raises `InputError` before anything is read where a path does not exist.
    """
    roots = list(paths)
    for root in roots:
        if not os.path.lexists(root):
            raise InputError(f"{readable(str(root))}: no such file or folder; check the path")
    for root in roots:
        yield from _walk(root, claimed, seen=frozenset())


def _walk(path: Path, claimed: Callable[[Place], bool], *, seen: frozenset[Path]) -> Iterator[Place]:
    if path.is_dir():
        yield from _walk_folder(path, claimed, seen)
    elif zipfile.is_zipfile(path):
        yield from _offer(Place(readable(str(path)), tuple(_zip_members(path)), whole=True), "!", claimed)
    else:
        yield Place(readable(str(path)), (_file(path),))


def _walk_folder(path: Path, claimed: Callable[[Place], bool], seen: frozenset[Path]) -> Iterator[Place]:
    resolved = path.resolve()
    if resolved in seen:
        return
    entries = sorted(entry for entry in path.iterdir() if not _is_litter(entry.name))
    inner = [entry for entry in entries if entry.is_dir() or zipfile.is_zipfile(entry)]
    files = tuple(_file(entry) for entry in entries if entry not in inner and entry.is_file())
    yield from _offer(Place(readable(str(path)), files, whole=True), "/", claimed)
    for entry in inner:
        yield from _walk(entry, claimed, seen=seen | {resolved})


def _offer(place: Place, separator: str, claimed: Callable[[Place], bool]) -> Iterator[Place]:
    if place.members and claimed(place):
        yield place
        return
    for member in place.members:
        yield Place(f"{place.locator}{separator}{readable(member.name)}", (member,))


@lru_cache(maxsize=256)
def _head_of(member: Member) -> bytes:
    """The head of a member, kept for a few of them only: a folder may hold a million."""
    try:
        with member.open() as stream:
            return stream.read(HEAD_BYTES)
    except (UnreadableError, OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return b""


def _is_litter(name: str) -> bool:
    return name.startswith(".") or name in _LITTER


def _file(path: Path) -> Member:
    packed = path.suffix == ".gz"
    name = path.name.removesuffix(".gz")
    return Member(name, path.stat().st_size, None if packed else path, lambda: path.open("rb", buffering=0))


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if not info.is_dir() and not any(_is_litter(part) for part in info.filename.split("/")):
                yield Member(info.filename.removesuffix(".gz"), info.file_size, None, _opener(path, info.filename))


def _opener(path: Path, name: str) -> Callable[[], IO[bytes]]:
    return lambda: zipfile.ZipFile(path).open(name)
