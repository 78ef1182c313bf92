"""Files that appear when all of them is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.embed.disk import in_words


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Where to write what takes the place of `path` at the end, and goes where something fails; its folder is made.

    Raises:
        EmbeddingError: the disk is full, or cannot be written to.
    """
    new = path.with_name(f".{path.name}.making")
    with in_words(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield new
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
