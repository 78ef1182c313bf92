"""The files of a compiled lexicon: one SQLite file and the tries derived from it, swapped in as a whole."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import apsw
import marisa_trie

from ontologies.compile import Progress, ignore_progress, read_spellings, write_lexicon
from ontologies.database import Database
from ontologies.errors import LexiconError
from ontologies.held import KEYS, Held, damage_told, remove_unread
from ontologies.lexicon import build_tries
from ontologies.mappings.find import MappingSet
from ontologies.model import Concept, TerminologyInfo
from ontologies.suggestions import Suggestions
from ontologies.typos import TypoIndex

DATABASE, FIRSTS, CURRENT = "lexicon.sqlite", "firsts.marisa", "current"
_ABANDONED = 3600.0
"""Seconds after which files of an unfinished compilation are taken for those of a killed process."""


def hold_current(folder: Path) -> Held:
    """The folder inside `folder` that has the files in force, held; raises LexiconError where one is missing."""
    current = current_folder(folder)
    missing = [name for name in (DATABASE, KEYS, FIRSTS) if not (current / name).is_file()]
    if not missing:
        with damage_told(current), suppress(FileNotFoundError):
            return Held(current)
    if current_folder(folder) != current:
        return hold_current(folder)
    gone = ", ".join(missing) or KEYS
    raise LexiconError(f"no compiled lexicon in {current} ({gone} missing); run: kg terminology install")


def open_files(folder: Path) -> tuple[Database, marisa_trie.Trie, marisa_trie.Trie]:
    """The database and the two tries in `folder`, memory-mapped; raises LexiconError where one is broken."""
    with damage_told(folder):
        return Database(folder / DATABASE), _mapped(folder / KEYS), _mapped(folder / FIRSTS)


def write_files(
    folder: Path,
    terminologies: Iterable[tuple[TerminologyInfo, Iterable[Concept]]],
    *,
    mappings: Iterable[MappingSet] = (),
    inputs: str = "",
    progress: Progress = ignore_progress,
) -> None:
    """Compiles `terminologies` into `folder`: written beside the old one and swapped in by one rename at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
    try:
        connection = apsw.Connection(str(made / DATABASE))
        connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        keys = write_lexicon(connection, terminologies, mappings=mappings, inputs=inputs, progress=progress)
        tries = build_tries(keys)
        for trie, name in zip(tries, (KEYS, FIRSTS), strict=True):
            trie.save(str(made / name))
        progress("indexing", 0, len(keys))
        TypoIndex.of(read_spellings(connection.execute)).save(made)
        connection.close()
        Suggestions.of(tries[0]).save(made)
        progress("indexing", len(keys), len(keys))
        _sync(made)
        _swap(folder, made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def current_folder(folder: Path) -> Path:
    """The folder inside `folder` that has the files in force."""
    pointer = folder / CURRENT
    return folder / pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else folder


def _swap(folder: Path, made: Path) -> None:
    """Points `current` at the new files, then sweeps away old ones, but for those that a process may still read."""
    before = current_folder(folder)
    ready = made.rename(folder / made.name.replace("making-", "lexicon-"))
    pointer = folder / f"{CURRENT}.{ready.name}"
    pointer.write_text(ready.name, encoding="utf-8")
    pointer.replace(folder / CURRENT)
    for old in folder.glob("lexicon-*"):
        if old not in (ready, before):
            remove_unread(old)
    for old in folder.glob("making-*"):
        if time.time() - old.stat().st_mtime > _ABANDONED:
            shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _mapped(path: Path) -> marisa_trie.Trie:
    trie = marisa_trie.Trie()
    trie.mmap(str(path))
    return trie
