"""JSON files of any size, an object at a time: the entries of bundles as the bytes they are, the lines of NDJSON.

A bundle is cut into its entries before anything is parsed, so that one entry that is no JSON harms no other, and
those that are not asked for cost little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from extractors.errors import UnreadableError

#: The most bytes of one resource, attachments included.
MAX_RESOURCE = 64 << 20
_CHUNK = 1 << 18

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'


def _objects(depth: int) -> bytes:
    """The pattern of an object with objects inside it, `depth` deep: what matches as a whole is not looked at by us."""
    inner = rb"|" + _objects(depth - 1) if depth else b""
    return rb'\{[^{}"]*+(?:(?:' + _STRING + inner + rb')[^{}"]*+)*+\}'


_TO_BRACE = re.compile(rb'(?:[^{}"]++|' + _STRING + rb"|" + _objects(3) + rb")*+[{}]", re.DOTALL)
_TO_BRACKET = re.compile(rb'(?:[^{}\[\]"]++|' + _STRING + rb")*+[{}\[\]]", re.DOTALL)
_SCALAR = re.compile(rb"(?:" + _STRING + rb'|[^\s,:{}\[\]"]++)(?=\s*+[,}\]])', re.DOTALL)
_KEY = re.compile(rb'[\s,]*+"((?:[^"\\]++|\\.)*+)"\s*+:\s*+(?=\S)', re.DOTALL)
_SPACE = re.compile(rb"[\s,]*+(?=\S)")
_END = re.compile(rb"\s*+\Z")


def iter_bundle_entries(start: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of each object in the `entry` of each bundle in `start` and the rest of `stream`, one after the other.

    Raises `UnreadableError` at the place where the braces do not fit any more: what came before has been given.
    """
    text = _Text(start, stream)
    while not text.is_at_end():
        text.expect(b"{")
        while (key := text.key()) is not None:
            if key == b"entry" and text.peek() == b"[":
                yield from _array(text)
            else:
                text.skip_value()


def top_level_type(head: bytes) -> str:
    """The `resourceType` of the object that `head` begins, as far as it can be seen; empty for anything else.

    An object whose type comes after more than `head` is a Bundle where it has entries.
    """
    text, kind = _Text(head), ""
    try:
        text.expect(b"{")
        while (key := text.key()) is not None:
            if key == b"resourceType":
                return text.skip_value().strip(b'"').decode("ascii", "replace")
            kind = "Bundle" if key == b"entry" else kind
            text.skip_value()
    except UnreadableError:
        return kind
    return ""


def iter_lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """The lines of `stream`; None for one that is longer than any resource may be."""
    while line := stream.readline(MAX_RESOURCE + 1):
        if len(line) <= MAX_RESOURCE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_CHUNK)
        yield None


def read_whole(stream: IO[bytes]) -> bytes:
    """All of `stream`; raises `UnreadableError` where that is more than one resource may be."""
    data = stream.read(MAX_RESOURCE + 1)
    if len(data) > MAX_RESOURCE:
        raise UnreadableError(f"is one resource of more than {MAX_RESOURCE >> 20} MB")
    return data


def _array(text: _Text) -> Iterator[bytes]:
    text.expect(b"[")
    while text.peek() == b"{":
        yield text.take_object()
    text.expect(b"]")


class _Text:
    """What is read of a stream and not yet taken."""

    def __init__(self, start: bytes, stream: IO[bytes] | None = None) -> None:
        self._stream = stream
        self._buffer = start.removeprefix(b"\xef\xbb\xbf")
        self._at = 0

    def is_at_end(self) -> bool:
        """Whether nothing but space is left."""
        while _END.match(self._buffer, self._at):
            if not self._more(self._at):
                return True
            self._at = 0
        return False

    def peek(self) -> bytes:
        """The next byte that is no space."""
        self._find(_SPACE)
        return self._buffer[self._at : self._at + 1]

    def expect(self, byte: bytes) -> None:
        """Take `byte`, which must come next."""
        if self.peek() != byte:
            raise UnreadableError("is not well-formed JSON")
        self._at += 1

    def key(self) -> bytes | None:
        """Take the next key of an object, or its end: None."""
        if self.peek() == b"}":
            self._at += 1
            return None
        return self._find(_KEY)[1]

    def skip_value(self) -> bytes:
        """Take the value that comes next: its bytes where it is no object or array."""
        if self.peek() not in (b"{", b"["):
            return self._find(_SCALAR)[0]
        depth = 0
        while True:
            depth += 1 if self._find(_TO_BRACKET)[0][-1:] in b"{[" else -1
            if not depth:
                return b""

    def take_object(self) -> bytes:
        """Take the object that comes next."""
        start, at, depth = self._at, self._at + 1, 1
        while depth:
            found = _TO_BRACE.match(self._buffer, at)
            if found is None:
                rest = at - start
                if not self._more(start):
                    raise UnreadableError("is cut off, or its JSON is damaged from here on")
                start, at = 0, rest
                continue
            at = found.end()
            depth += 1 if self._buffer[at - 1] == 0x7B else -1
        self._at = at
        return self._buffer[start:at]

    def _find(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        while (found := pattern.match(self._buffer, self._at)) is None:
            if not self._more(self._at):
                raise UnreadableError("is cut off, or its JSON is damaged from here on")
            self._at = 0
        self._at = found.end()
        return found

    def _more(self, start: int) -> bool:
        """Read on, as much again as is kept from `start`; False at the end of the stream."""
        kept = self._buffer[start:]
        if len(kept) > MAX_RESOURCE:
            raise UnreadableError(f"holds a resource of more than {MAX_RESOURCE >> 20} MB")
        read = self._stream.read(max(_CHUNK, len(kept))) if self._stream else b""
        if read:
            self._buffer = kept + read
        return bool(read)
