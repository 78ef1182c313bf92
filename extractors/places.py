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
from typing import IO, TypeAlias, cast

from extractors.errors import InputError, UnreadableError
from extractors.items import readable

#: How many bytes of a file a reader may look at to say whether it claims it.
HEAD_BYTES = 65_536

#: What opening and reading a file that is damaged, gone or locked away raises; their texts may quote its content.
DAMAGE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)

#: Told of a file or folder that cannot be walked through: where it lies, and why.
OnBroken: TypeAlias = Callable[[str, str], None]

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
        except DAMAGE as error:
            raise UnreadableError(why_unreadable(error)) from error
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


def why_unreadable(error: BaseException) -> str:
    """What is wrong with a file and what to do, of one of `DAMAGE`; nothing of the error's own text."""
    match error:
        case PermissionError():
            return "may not be read: change its permissions, or run this as someone who may"
        case FileNotFoundError():
            return "is gone, or is a link that leads nowhere: look for it"
        case EOFError() | zlib.error() | zipfile.BadZipFile() | gzip.BadGzipFile():
            return "is cut off or damaged: get the file again"
        case NotImplementedError():
            return "is packed in a way that is not known here: unpack it, and give what comes out"
        case RuntimeError():
            return "is encrypted, or open elsewhere: unpack it with its password, and give what comes out"
        case OSError(errno=int(number)):
            return f"cannot be read ({os.strerror(number)}): look at the disk, or get the file again"
        case _:
            return "is cut off or damaged: get the file again"


def iter_places(
    paths: Iterable[Path], claimed: Callable[[Place], bool], *, on_broken: OnBroken | None = None
) -> Iterator[Place]:
    """The places in `paths`, in a fixed order: folders and zips that are `claimed` as a whole, else their files alone.

    Raises `InputError` before anything is read where a path does not exist; and what the system says of a folder or zip
    that cannot be walked through, unless `on_broken` is told of it, and the others go on.
    """
    roots = list(paths)
    for root in roots:
        if not os.path.lexists(root):
            raise InputError(f"{readable(str(root))}: no such file or folder; check the path")
    for root in roots:
        yield from _walk(root, claimed, on_broken, seen=frozenset())


def _walk(
    path: Path, claimed: Callable[[Place], bool], on_broken: OnBroken | None, *, seen: frozenset[Path]
) -> Iterator[Place]:
    resolved = path.resolve()
    if resolved in seen:
        return
    try:
        place, inner = _look_into(path)
    except DAMAGE as error:
        if on_broken is None:
            raise
        on_broken(readable(str(path)), why_unreadable(error))
        return
    yield from _offer(place, "/" if path.is_dir() else "!", claimed) if place.whole else (place,)
    for entry in inner:
        yield from _walk(entry, claimed, on_broken, seen=seen | {resolved})


def _look_into(path: Path) -> tuple[Place, list[Path]]:
    """What lies in a path as one place, and the folders and zips inside it, which are places of their own."""
    name = readable(str(path))
    if not path.is_dir():
        packed = zipfile.is_zipfile(path)
        return Place(name, tuple(_zip_members(path)) if packed else (_file(path),), whole=packed), []
    entries = sorted(entry for entry in path.iterdir() if not _is_litter(entry.name))
    inner = [entry for entry in entries if entry.is_dir() or zipfile.is_zipfile(entry) or not entry.exists()]
    files = tuple(_file(entry) for entry in entries if entry not in inner and entry.is_file())
    return Place(name, files, whole=True), inner


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
    except (UnreadableError, *DAMAGE):
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
