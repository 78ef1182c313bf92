"""A lexicon as bytes, for machines that share no disk: files and decisions, unpacked once on each machine.

Compiled files are read by position and mapped into memory, so they cannot be read from bytes: they are written beside
the cache's other parcels and opened there, by every process of the machine.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ontologies.decisions import log_path
from ontologies.held import remove_unread
from ontologies.locks import alone
from ontologies.pinned import Pinned
from ontologies.settings import read_settings

_FILES, _PREFIX = "lexicon", "lexicon-"
#: Seconds that a parcel is kept after it was last asked for.
_KEPT = 7 * 86400.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """A pinned lexicon: its files by name, the log of decisions, and how far in that log its decisions go."""

    digest: str
    """Hexadecimal hash of all of it: the name of its folder."""
    files: dict[str, bytes]
    log: bytes
    decisions: str
    four_eyes: bool


def pack(pinned: Pinned) -> Parcel:
    """What another machine opens the same lexicon by; some hundred megabytes. The lexicon must be open here."""
    files = {path.name: path.read_bytes() for path in sorted(pinned.folder.iterdir())}
    path = log_path(home=pinned.home)
    log = path.read_bytes() if pinned.decisions and path.exists() else b""
    four_eyes = read_settings(home=pinned.home).four_eyes
    digest = blake2b(f"{pinned.decisions} {four_eyes}".encode(), digest_size=16)
    for name, data in files.items():
        digest.update(name.encode())
        digest.update(data)
    return Parcel(digest.hexdigest(), files, log, pinned.decisions, four_eyes)


def unpack(digest: str, decisions: str, cache: Path, fetch: Callable[[], Parcel]) -> Pinned:
    """The lexicon of the parcel of that digest, unpacked under `cache`, whole or not at all.

    The first process of a machine fetches the parcel; those that come later find it there. Parcels that nobody has
    asked for in a week go.
    """
    home = cache / f"{_PREFIX}{digest}"
    with alone(cache / f"{home.name}.lock", on_wait=lambda: None):
        if home.exists():
            os.utime(home)
        else:
            _write(fetch(), home)
            _sweep(cache, time.time() - _KEPT)
    return Pinned(home / _FILES, home, decisions)


def _sweep(cache: Path, oldest: float) -> None:
    for home in cache.glob(f"{_PREFIX}*"):
        if home.is_dir() and home.stat().st_mtime < oldest:
            remove_unread(home / _FILES)
            if not (home / _FILES).exists():
                shutil.rmtree(home, ignore_errors=True)


def _write(parcel: Parcel, home: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=".lexicon-", dir=home.parent))
    try:
        (draft / _FILES).mkdir()
        for name, data in parcel.files.items():
            (draft / _FILES / name).write_bytes(data)
        log_path(home=draft).write_bytes(parcel.log)
        (draft / "config.toml").write_text(f"[align]\nfour_eyes = {str(parcel.four_eyes).lower()}\n", encoding="utf-8")
        draft.replace(home)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
