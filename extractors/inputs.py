"""What a build is fed with: files, folders, zips, zips in zips and gzip files, streamed as items of one document each.

What is hostile or broken becomes a `Rejected` with its reason, and the rest goes on. Nothing is ever written to where
an archive says; only an inner archive too large for memory is spilled to a temporary file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractors.archives import Budget, Content, read_content
from extractors.errors import InputError
from extractors.items import Item, Limits, Rejected, readable

__all__ = ["Item", "Limits", "Rejected", "iter_items"]

_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


def iter_items(paths: Iterable[Path | str], *, limits: Limits | None = None) -> Iterator[Item | Rejected]:
    """The documents in files, folders and archives, in a fixed order, with what had to be rejected in its place.

    In folders, hidden files and files known to hold no label (images, PDF, office files) are passed over.
    Raises `InputError` at the first `next`, before anything is read, where a path does not exist.
    """
    limits = limits or Limits()
    roots = [Path(path) for path in paths]
    for root in roots:
        if not os.path.lexists(root):
            raise InputError(f"{readable(str(root))}: no such file or folder; check the path")
    for root in roots:
        yield from _walk(root, limits, inside=())


def _walk(path: Path, limits: Limits, *, inside: tuple[tuple[int, int], ...]) -> Iterator[Item | Rejected]:
    locator = readable(str(path))
    try:
        status = path.stat()
    except OSError as error:
        yield Rejected(locator, f"cannot be read: {error.strerror or error}")
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk_folder(path, (status.st_dev, status.st_ino), limits, inside)
    elif stat.S_ISREG(status.st_mode):
        yield from _open_file(path, status.st_size, limits, named=not inside)
    else:
        yield Rejected(locator, "is neither a file nor a folder (a pipe, a socket or a device)")


def _walk_folder(
    path: Path, identity: tuple[int, int], limits: Limits, inside: tuple[tuple[int, int], ...]
) -> Iterator[Item | Rejected]:
    if identity in inside:
        yield Rejected(readable(str(path)), "is a link to a folder that it lies in, a loop")
        return
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        yield Rejected(readable(str(path)), f"cannot be listed: {error.strerror or error}")
        return
    for entry in entries:
        if not entry.name.startswith(".") and entry.name not in _LITTER:
            yield from _walk(entry, limits, inside=(*inside, identity))


def _open_file(path: Path, size: int, limits: Limits, *, named: bool) -> Iterator[Item | Rejected]:
    locator = readable(str(path))
    budget = Budget(limits.document_bytes + limits.expansion * size)
    try:
        with path.open("rb") as stream:
            yield from read_content(Content(locator, stream, size, file=path, named=named), limits, budget)
    except OSError as error:
        yield Rejected(locator, f"cannot be read: {error.strerror or error}")
