"""Locks on files between processes: of one that writes, or of many that read; without effect where there are none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def alone(path: Path, *, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the lock of the file at `path`, made where it is not there; `on_wait` is called once if another holds it.

    The lock goes with the process that holds it, however that ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if try_alone(file) is False:
            on_wait()
            _lock_alone(file)
        yield
    finally:
        os.close(file)


@contextmanager
def claimed(path: Path, *, busy: Exception) -> Iterator[None]:
    """Holds the lock of the file at `path`, which is there as long; raises `busy` where another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        # One that was just let go of may be gone: its lock would keep nobody out.
        if try_alone(file) is False or not _is_at(file, path):
            raise busy
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()
    finally:
        os.close(file)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Holds the lock of a folder that is there, waiting for whoever has it: for what takes a moment. Leaves no file."""
    if sys.platform == "win32":
        yield
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        if try_alone(file) is False:
            _lock_alone(file)
        yield
    finally:
        os.close(file)


def is_claimed(path: Path) -> bool:
    """Whether another holds what `claimed` gives; a file that is left of one who was killed holds nothing."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return try_alone(file) is False
    finally:
        os.close(file)


def _is_at(file: int, path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(file), path.stat())


def try_alone(file: int) -> bool | None:
    """Whether the open file is now locked for this process alone; None where its platform or disk has no locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def lock_shared(file: int) -> None:
    """Locks the open file against those who want it alone, until it is closed here and in all forked processes."""
    if sys.platform == "win32":
        return
    import fcntl

    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_SH)


def _lock_alone(file: int) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX)
