"""JSON that nests no deeper than records do, told before a parser holds it.

A parser that gives the path of each value holds a path for each level: a hundred thousand brackets, which fit into a
few hundred kilobytes, take gigabytes.
"""

from __future__ import annotations

import re
from typing import Protocol

#: Levels of lists and objects inside each other; records have a dozen.
MAX_LEVELS = 500

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"[^"]*"')
_OTHERS = bytes(set(range(256)) - set(b'"[]{}'))
_OPEN = b"[{"


class Readable(Protocol):
    """What gives bytes; none at its end."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes."""
        ...


class Shallow:
    """A stream of JSON that passes on what it reads, and raises `ijson.JSONError` where that nests too deeply."""

    def __init__(self, stream: Readable, *, levels: int = MAX_LEVELS) -> None:
        self._stream = stream
        self._levels = levels
        self._level = 0
        self._in_string = False
        self._escaped = False

    def read(self, size: int = -1, /) -> bytes:
        """What the stream gives."""
        part = self._stream.read(size)
        self._look_at(part)
        return part

    def _look_at(self, part: bytes) -> None:
        """Follow the brackets outside strings, which may begin in one part and end in another."""
        text = part[1:] if self._escaped and part else part
        self._escaped = self._escaped and not part
        if b"\\" in text:
            text = _ESCAPED.sub(b"", text)
            self._escaped = text.endswith(b"\\")
        marks = text.translate(None, _OTHERS)
        pieces = _STRING.sub(b"", b'"' + marks if self._in_string else marks)
        outside, quote, _ = pieces.partition(b'"')
        self._in_string = bool(quote)
        if self._level + len(outside) > self._levels:
            self._count(outside)
        else:
            self._level += 2 * sum(map(outside.count, (b"[", b"{"))) - len(outside)

    def _count(self, brackets: bytes) -> None:
        for bracket in brackets:
            self._level += 1 if bracket in _OPEN else -1
            if self._level > self._levels:
                import ijson

                raise ijson.JSONError(f"nests more than {self._levels} levels deep")
