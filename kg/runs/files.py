"""Run files: outcomes in the order of their keys, packed, under a name that is the hash of what is in them.

A file is written beside its place and renamed, and its name tells whether it is whole: copied halfway, or changed, it
has another. Two machines that write into one folder never meet; what is extracted twice alike is one file.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from heapq import merge
from pathlib import Path

import orjson

from extractors.errors import UnreadableError
from kg.errors import RunError
from kg.runs.records import Key

#: The ending of run files.
ENDING = ".run"

#: Run files that are open at a time; of more, some are merged into one before.
OPEN = 256

_LAYOUT = 1
_SIZE = 16

#: What reading a file that is cut off or changed may raise.
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, orjson.JSONDecodeError, UnicodeDecodeError, ValueError, TypeError)

#: The key of an outcome, and the outcome as a line of JSON.
Entry = tuple[Key, bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """What the outcomes of a run were made with; runs that are assembled together have it alike but for decisions."""

    stamp: str
    """Lexicon, rules and program (`kg.pipeline.build_stamp`)."""
    decisions: str = ""
    """The decisions that were laid over the lexicon (`ontologies.lexicon.Lexicon.decisions`)."""


def write_run(folder: Path, made: Made, entries: Iterable[Entry]) -> Path:
    """The file of these entries, which are in order; written whole or not at all.

    Raises `RunError` where the folder cannot be written.
    """
    digest = blake2b(digest_size=_SIZE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file, gzip.GzipFile("", "wb", 1, file, mtime=0) as packed:
                for line in _lines(made, entries):
                    digest.update(line)
                    packed.write(line)
            path = folder / f"{digest.hexdigest()}{ENDING}"
            # mkstemp makes files for their owner alone; runs are for whoever assembles them.
            Path(draft).chmod(0o644)
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(
            f"cannot write into {folder} ({error.strerror}): free some space, or name another folder"
        ) from error
    return path


def find_runs(folders: Iterable[Path]) -> list[Path]:
    """The run files in folders, and those that are given themselves, each once, by name.

    Raises `RunError` where there is none.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        inside = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else [folder]
        if not inside:
            raise RunError(f"{folder} holds no run (*{ENDING}): write some with kg extract --runs {folder}")
        found.update((path.name, path) for path in inside)
    return [found[name] for name in sorted(found)]


def check_run(path: Path) -> Made:
    """What the outcomes of a run were made with, after all of it was read.

    Raises `UnreadableError` where it is not whole.
    """
    digest = blake2b(digest_size=_SIZE)
    try:
        with gzip.open(path) as file:
            head = file.readline()
            digest.update(head)
            while block := file.read(1 << 20):
                digest.update(block)
        if f"{digest.hexdigest()}{ENDING}" != path.name:
            raise UnreadableError("is not what its name says: copy it again, or extract its inputs again")
        return _read_head(head)
    except OSError as error:
        raise UnreadableError(
            f"cannot be read ({error.strerror or error}): copy it again, or extract its inputs again"
        ) from error
    except _DAMAGE as error:
        raise UnreadableError("is no whole run: copy it again, or extract its inputs again") from error


def iter_entries(path: Path) -> Iterator[Entry]:
    """The entries of a run that was checked, in order."""
    with gzip.open(path) as file:
        file.readline()
        for line in file:
            key, _, record = line.partition(b"\t")
            id_, version, content_hash, locator = orjson.loads(key)
            yield (id_, version, content_hash, locator), record


def iter_merged(paths: Iterable[Path], scratch: Path, *, most: int = OPEN) -> Iterator[Entry]:
    """The entries of all runs in one order, never more than `most` files open; merged ones wait in `scratch`."""
    rest = list(paths)
    while len(rest) > most:
        rest = [*rest[most:], write_run(scratch, Made(""), merge(*map(iter_entries, rest[:most])))]
    yield from merge(*map(iter_entries, rest))


def _lines(made: Made, entries: Iterable[Entry]) -> Iterator[bytes]:
    yield orjson.dumps({"run": _LAYOUT, "stamp": made.stamp, "decisions": made.decisions}) + b"\n"
    for key, record in entries:
        # JSON has no tab outside of escapes.
        yield orjson.dumps(key) + b"\t" + record.rstrip(b"\n") + b"\n"


def _read_head(line: bytes) -> Made:
    told = orjson.loads(line)
    if not isinstance(told, dict) or told.get("run") != _LAYOUT:
        raise UnreadableError("has another layout than this medkg reads: extract its inputs again")
    return Made(str(told["stamp"]), str(told["decisions"]))
