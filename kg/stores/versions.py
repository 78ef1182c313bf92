"""What every store writes down of its changes, word for word, so that the same puts give the same graph version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Self

from extractors.model import Document
from kg.model import Diff

#: The word of a graph's meta data that says that bytes of restricted documents wait to be left behind.
DUE = "compaction_due"

#: Bytes of a graph's version.
VERSION_SIZE = 16


@dataclass(frozen=True, slots=True)
class Replaced:
    """What happened to one document's evidence: fact ids added and retracted, facts kept, and whether rows changed."""

    added: tuple[str, ...]
    retracted: tuple[str, ...]
    kept: int
    written: bool


def put_line(document: Document, stamp: str, nodes: Iterable[str], rows: Replaced) -> str:
    """What the log says of a document that was put: the CURIEs of nodes that it wrote, and what became of its rows."""
    return f"{document.id} {document.content_hash} {stamp} {list(nodes)} {rows}"


def left_out(document: Document, loaded: int) -> Diff:
    """The diff of a document that is older than the loaded one."""
    note = f"version {loaded} is loaded already, so version {document.version} was left out"
    return Diff(document.id, loaded, document.version, note=note)


class Chain:
    """The version of a graph as lines are written into its log: a hash of the version before and of all of them."""

    def __init__(self, version: str) -> None:
        self._hash = blake2b(version.encode(), digest_size=VERSION_SIZE)
        self.version = version
        """The graph's version now."""

    def grown(self, lines: Iterable[str]) -> Self:
        """The chain after these lines, as if all lines since its beginning had been written at once."""
        made = type(self)("")
        made._hash = self._hash.copy()
        for line in lines:
            made._hash.update(line.encode())
        made.version = made._hash.hexdigest()
        return made
