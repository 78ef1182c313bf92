"""Integer keys of facts and of evidence rows, from the hashes that name them: what a store may index and order by."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

from kg.errors import StoreError
from kg.identity import DIGEST_SIZE

#: Bits kept of an id: SQLite's row ids are 63 bits wide above zero. Two of ten million facts collide once in 200,000.
KEY_DIGITS, KEY_MASK = 16, (1 << 63) - 1
_KEYS = Struct(">Q8x")
_WITHOUT_TOP_BIT = bytes(byte & 0x7F for byte in range(256))


def key_of(id_: str) -> int:
    """The row id of a fact or evidence row, from its hexadecimal id; raises `StoreError` on anything else."""
    try:
        return int(id_[:KEY_DIGITS], 16) & KEY_MASK
    except ValueError:
        raise StoreError(f"{id_!r} is no id of a fact or of evidence: take one that the graph gave") from None


def keys_of(ids: Sequence[str]) -> Sequence[int]:
    """`key_of` of each of many ids, in one call of the interpreter where all are whole hashes."""
    if set(map(len, ids)) != {2 * DIGEST_SIZE}:
        return list(map(key_of, ids))
    try:
        data = bytearray.fromhex("".join(ids))
    except ValueError:
        return list(map(key_of, ids))
    if len(data) != DIGEST_SIZE * len(ids):
        return list(map(key_of, ids))
    data[::DIGEST_SIZE] = data[::DIGEST_SIZE].translate(_WITHOUT_TOP_BIT)
    return [key for (key,) in _KEYS.iter_unpack(data)]
