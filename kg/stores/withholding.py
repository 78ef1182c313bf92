"""Graphs whose restricted sentences nobody may see for now, whatever the scope: somebody in them is being forgotten.

A file in the graph's folder, or a mark on its server, says so, since whoever forgets may have to wait until another
process has written, and since readers of a graph know nothing of the records that it was made from.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

#: What the names of such files and marks begin with.
BEGINNING = "forgetting."


def withhold(where: Path | str, reason: str) -> None:
    """From now on no reader of the graph sees a restricted sentence; `reason` tells one withholding from another.

    Raises `StoreError` where the graph is on a server, named by a URL, that does not answer.
    """
    if isinstance(where, Path):
        (where / _name(reason)).touch(mode=0o600)
    else:
        _set_mark(where, reason, stands=True)


def let_show(where: Path | str, reason: str) -> None:
    """Takes a withholding back; one that is not there does no harm."""
    if isinstance(where, Path):
        (where / _name(reason)).unlink(missing_ok=True)
    else:
        _set_mark(where, reason, stands=False)


def is_withheld(folder: Path) -> bool:
    """Whether restricted sentences are withheld from everyone."""
    return any(folder.glob(f"{BEGINNING}*"))


def _set_mark(where: str, reason: str, *, stands: bool) -> None:
    from kg.stores.neo4j.withholding import set_mark

    set_mark(where, _name(reason), stands=stands)


def _name(reason: str) -> str:
    return f"{BEGINNING}{blake2b(reason.encode(), digest_size=8).hexdigest()}"
