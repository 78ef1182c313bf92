"""Graphs whose restricted sentences nobody may see for now, whatever the scope: somebody in them is being forgotten.

A file in the graph's folder says so, since whoever forgets may have to wait until another process has written, and
since readers of a graph know nothing of the records that it was made from.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

_BEGINNING = "forgetting."


def withhold(where: Path | str, reason: str) -> None:
    """From now on no reader of the graph sees a restricted sentence; `reason` tells one withholding from another.

    A graph on a server, named by a URL, has no folder: its sentences are seen until they are taken out.
    """
    if isinstance(where, Path):
        (where / _name(reason)).touch(mode=0o600)


def let_show(where: Path | str, reason: str) -> None:
    """Takes a withholding back; one that is not there does no harm."""
    if isinstance(where, Path):
        (where / _name(reason)).unlink(missing_ok=True)


def is_withheld(folder: Path) -> bool:
    """Whether restricted sentences are withheld from everyone."""
    return any(folder.glob(f"{_BEGINNING}*"))


def _name(reason: str) -> str:
    return f"{_BEGINNING}{blake2b(reason.encode(), digest_size=8).hexdigest()}"
