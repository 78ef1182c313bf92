"""Writing under the home folder, where room may run out: nothing is left half done, and the remedy is told."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from ontologies.errors import KGError, LexiconError
from ontologies.releases import copy_release, find_companions


@contextmanager
def room_wanted(home: Path) -> Iterator[None]:
    """Raises LexiconError with the remedy where something under `home` cannot be written."""
    try:
        yield
    except (OSError, RuntimeError, apsw.Error) as error:
        remedy = "free some space, or name another folder with KG_HOME"
        raise LexiconError(f"the lexicon cannot be written under {home} ({error}); {remedy}") from error


@contextmanager
def copied(path: Path, folder: Path, wanted: Sequence[str]) -> Iterator[Path]:
    """A copy of a file, or of a folder's wanted files, under a name of its own; taken away where an error comes."""
    with room_wanted(folder):
        folder.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix="release-", dir=folder))
    try:
        with room_wanted(folder):
            if path.is_file():
                for file in (path, *find_companions(path)):
                    shutil.copy2(file, new / file.name)
            else:
                copy_release(path, new, wanted)
        yield new / path.name if path.is_file() else new
    except KGError:
        shutil.rmtree(new, ignore_errors=True)
        raise
