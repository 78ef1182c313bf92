"""What a disk cannot do, in one sentence: it is full, fails, or may not be written to."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.embed.errors import EmbeddingError

#: No space, no quota, a file larger than it may be, a disk that fails.
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG, errno.EIO}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}

#: How torch and usearch, which write by themselves, word that they could not; they have no number for it.
_WRITERS = ("inline_container", "PytorchStreamWriter", "iostream", "serialize into stream")


@contextmanager
def in_words(place: Path) -> Iterator[None]:
    """Says in one sentence that `place` cannot be written; for use as a decorator too.

    Raises:
        EmbeddingError: the disk is full, fails, or may not be written to. Other errors pass.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _CLOSED:
            raise EmbeddingError(
                f"{place} cannot be written ({os.strerror(error.errno)}): make it writable, or use another place"
            ) from error
        if error.errno not in _FULL:
            raise
        raise _full(place) from error
    except RuntimeError as error:
        if not any(word in str(error) for word in _WRITERS):
            raise
        raise _full(place) from error


def _full(place: Path) -> EmbeddingError:
    there = next(folder for folder in (place, *place.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free >> 20
    return EmbeddingError(
        f"the disk is full, fails, or limits the size of files: {place} has {free:,} MB left. Free some space and type "
        "the same command again; what was there is as it was, and a training goes on from its last checkpoint"
    )
