"""The files of a compiled lexicon: one SQLite file and the tries derived from it, opened without reading them."""

from __future__ import annotations

from pathlib import Path

import marisa_trie

from ontologies.database import Database
from ontologies.errors import LexiconError

DATABASE, KEYS, FIRSTS = "lexicon.sqlite", "keys.marisa", "firsts.marisa"


def open_files(folder: Path) -> tuple[Database, marisa_trie.Trie, marisa_trie.Trie]:
    """The database and the two tries in `folder`, memory-mapped; raises LexiconError where one is missing."""
    missing = [name for name in (DATABASE, KEYS, FIRSTS) if not (folder / name).is_file()]
    if missing:
        raise LexiconError(f"no compiled lexicon in {folder} ({', '.join(missing)} missing); run: kg terminology list")
    keys, firsts = marisa_trie.Trie(), marisa_trie.Trie()
    keys.mmap(str(folder / KEYS))
    firsts.mmap(str(folder / FIRSTS))
    return Database(folder / DATABASE), keys, firsts
