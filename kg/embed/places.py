"""Where a model lies: who holds its name, and folders that appear, as a whole, in the place of others.

Two locks, never waited for the other way round: a name is held for hours, by `claim`; the folder of a shelf for the
moment in which models are moved there, by `alone_in`, under which nothing else is locked.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kg.embed.disk import in_words
from kg.embed.errors import EmbeddingError
from ontologies.locks import alone_in, claimed

#: How the hidden folder ends in which a model lies while another takes its place.
ASIDE = ".before"


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Holds the name of a model against all others who would train, extend or remove it: for hours, maybe.

    Raises:
        EmbeddingError: another holds it, or nothing can be written there.
    """
    with ExitStack() as held:
        with in_words(folder.parent):
            held.enter_context(claimed(lock_of(folder), busy=_busy(folder)))
        yield


def lock_of(folder: Path) -> Path:
    """The file by which the name of a model is held."""
    return folder.with_name(f".{folder.name}.lock")


def _busy(folder: Path) -> EmbeddingError:
    return EmbeddingError(f"{folder.name} is being trained already: wait until that is done, or give another --name")


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """An empty folder to write into, which takes the place of `folder` at the end, or goes where something fails.

    Whoever writes must hold the name: see `claim`. Who cannot wait for that takes `replacing_if`.

    Raises:
        EmbeddingError: the disk is full, or cannot be written to.
    """
    with _beside(folder, "making") as making:
        with alone_in(folder.parent):
            restore(folder)
        yield making
        with alone_in(folder.parent):
            _put_in_place(making, folder)


@contextmanager
def replacing_if(folder: Path, still: Callable[[], bool]) -> Iterator[Path]:
    """As `replacing`, for who must not wait until a training ends: it takes place where `still` says so at the end.

    What another who holds the name is writing meanwhile stays as it is, and takes the place of this when it is done.
    """
    with _beside(folder, "rewriting") as making:
        yield making
        with alone_in(folder.parent):
            restore(folder)
            if still():
                _put_in_place(making, folder)


@contextmanager
def _beside(folder: Path, ending: str) -> Iterator[Path]:
    making = folder.with_name(f".{folder.name}.{ending}")
    with in_words(folder.parent):
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        try:
            yield making
        finally:
            shutil.rmtree(making, ignore_errors=True)


def restore(folder: Path) -> None:
    """Puts the model of `folder` back where it was being replaced by another, which never came; where it came, it goes.

    Whoever moves folders of a shelf holds its lock as long (`alone_in`), so that none is caught between two moves.
    """
    before = _aside(folder)
    if folder.exists():
        # Of one that was killed when the other was in place: it may hold what was to be forgotten.
        shutil.rmtree(before, ignore_errors=True)
    elif before.exists():
        before.rename(folder)


def _put_in_place(making: Path, folder: Path) -> None:
    before = _aside(folder)
    if folder.exists():
        shutil.rmtree(before, ignore_errors=True)
        folder.rename(before)
    try:
        making.rename(folder)
    finally:
        restore(folder)


def _aside(folder: Path) -> Path:
    """Where the model of a folder lies while another takes its place."""
    return folder.with_name(f".{folder.name}{ASIDE}")
