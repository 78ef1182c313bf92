"""One document to read, or why it cannot be, and how much one input may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extractors.errors import UnreadableError


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one input may ask for before it is refused."""

    document_bytes: int = 64 << 20
    """The most bytes of one document."""
    expansion: int = 200
    """How many times its own size an archive may unpack to, inner archives included; `document_bytes` are free."""
    depth: int = 3
    """How many archives may lie inside each other."""
    members: int = 1_000_000
    """The most members of one archive."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document to read; `locator` says where it came from: `dm_spl.zip!prescription/x.zip!y.xml`."""

    locator: str
    size: int
    content: bytes | Path
    """The bytes, or the file that holds them, so that a plain file is read where it is worked on."""

    @property
    def data(self) -> bytes:
        """The bytes of the document; raises `UnreadableError` where the file has gone or cannot be read any more."""
        if isinstance(self.content, bytes):
            return self.content
        try:
            return self.content.read_bytes()
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that cannot be read; `reason` is the one sentence that the quarantine list shows."""

    locator: str
    reason: str


def readable(name: str) -> str:
    """`name` as it may be printed and stored: control characters and stray bytes are written as escapes."""
    if name.isprintable() and name.isascii():
        return name
    safe = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in safe)
