"""The folder of a compiled lexicon while it is read: held, so that no other process sweeps its files away."""

from __future__ import annotations

import os
import shutil
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from ontologies.errors import LexiconError
from ontologies.locks import lock_shared, try_alone

KEYS = "keys.marisa"
"""The file that is locked for its whole folder."""
_KEPT = 86400.0
"""Seconds that files are kept where no lock tells whether they are read."""


class Held:
    """A folder of compiled files, whole as long as this object lives, here or in a process forked from here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        file = os.open(folder / KEYS, os.O_RDONLY)
        weakref.finalize(self, os.close, file)
        lock_shared(file)
        if not os.fstat(file).st_nlink:
            raise FileNotFoundError(f"{folder} was swept away")

    def __reduce__(self) -> tuple[type[Held], tuple[Path]]:
        """What another process holds the same folder by."""
        return Held, (self.folder,)


def remove_unread(folder: Path) -> None:
    """Removes a folder of compiled files, unless a process holds it."""
    try:
        file = os.open(folder / KEYS, os.O_RDWR)
    except FileNotFoundError:
        shutil.rmtree(folder, ignore_errors=True)
        return
    except OSError:
        return
    try:
        free = try_alone(file)
        if free or (free is None and time.time() - folder.stat().st_mtime > _KEPT):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(file)


@contextmanager
def damage_told(folder: Path) -> Iterator[None]:
    """Raises LexiconError with the remedy where a compiled file in `folder` is missing or cannot be read."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, EOFError, apsw.Error) as error:
        raise LexiconError(f"the lexicon in {folder} is damaged ({error}); run: kg terminology install") from error
