"""Files that appear when all of them is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing_file(path: Path) -> Iterator[Path]:
    """Where to write what takes the place of `path` at the end, and goes where something fails; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.making")
    try:
        yield new
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
