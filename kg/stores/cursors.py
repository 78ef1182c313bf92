"""Opaque page cursors that any store may use: where a page ended, bound to the question it was asked for."""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

from kg.errors import StoreError

_LAYOUT = struct.Struct(">qq")
_CHECK_SIZE = 6


def _check(payload: bytes, question: object) -> bytes:
    return blake2b(payload + repr(question).encode(), digest_size=_CHECK_SIZE, person=b"medkg-cursor1").digest()


def write_cursor(rank: int, key: int, *, question: object) -> str:
    """A cursor that stands after the row of that rank and key in the answer to `question` (any value with a repr)."""
    payload = _LAYOUT.pack(rank, key)
    return urlsafe_b64encode(payload + _check(payload, question)).decode().rstrip("=")


def read_cursor(cursor: str, *, question: object) -> tuple[int, int]:
    """Rank and key of the last row given; raises `StoreError` where it was changed or is of another question."""
    try:
        data = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except ValueError:
        data = b""
    payload, check = data[: _LAYOUT.size], data[_LAYOUT.size :]
    if len(payload) < _LAYOUT.size or check != _check(payload, question):
        raise StoreError(f"cursor {cursor!r} belongs to another question: ask again from the first page, without it")
    rank, key = _LAYOUT.unpack(payload)
    return rank, key
