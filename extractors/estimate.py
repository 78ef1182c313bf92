"""How many inputs a build is about to meet, told from file names and archive directories alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

#: A JSON file larger than this is taken for a bulk file of many records, whose number only reading can tell.
BULK_BYTES = 32 << 20


def estimate_items(paths: Iterable[Path]) -> int | None:
    """About how many items `iter_items` will give, or None where only reading can tell.

    An archive inside an archive counts as one, as in DailyMed's releases, where each holds one label.
    """
    total = 0
    for path in paths:
        for file in _files(path):
            count = _count(file)
            if count is None:
                return None
            total += count
    return total


def _files(path: Path) -> Iterable[Path]:
    return (p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")) if path.is_dir() else (path,)


def _count(file: Path) -> int | None:
    try:
        with file.open("rb") as stream:
            head = stream.read(64)
        if not head.startswith(b"PK"):
            return None if head.lstrip()[:1] in b"{[" and file.stat().st_size > BULK_BYTES else 1
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (OSError, zipfile.BadZipFile):
        return 1
    if any(m.filename.endswith(".json") and m.file_size > BULK_BYTES for m in members):
        return None
    archives = sum(member.filename.endswith(".zip") for member in members)
    return archives or len(members)
