"""Keyed values: what cannot be made again, nor guessed back, without the key (HMAC-SHA-256, RFC 2104, FIPS 198-1)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256

from extractors.errors import DeidentifyError

#: Keys shorter than this can be guessed by trying (NIST SP 800-107: at least 112 bits of strength).
KEY_BYTES = 16

#: Characters of a pseudonym: 96 bits, so that two of a billion ids meet with a chance of 10⁻¹¹.
PSEUDONYM_LENGTH = 24


class Keyed:
    """Values that depend on a key; its text form does not show the key."""

    __slots__ = ("_hmac",)

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise DeidentifyError(f"a key of {len(key)} bytes is too short; make one of 32: openssl rand -out key 32")
        self._hmac = hmac.new(key, digestmod=sha256)

    def digest(self, use: str, value: str) -> bytes:
        """32 bytes for a value; another `use` of the same value gives others."""
        code = self._hmac.copy()
        code.update(f"{use}\0{value}".encode("utf-8", "surrogatepass"))
        return code.digest()

    def number(self, use: str, value: str, below: int) -> int:
        """A number from 0 to `below` - 1."""
        return int.from_bytes(self.digest(use, value)[:16], "big") % below

    def choose(self, use: str, value: str, choices: Sequence[str]) -> str:
        """One of the choices, another than the value itself where there is one."""
        index = self.number(use, value, len(choices))
        chosen = choices[index]
        return chosen if chosen.casefold() != value.casefold() else choices[(index + 1) % len(choices)]

    def pseudonym(self, id: str) -> str:  # noqa: A002 - the word of the rows
        """24 hexadecimal characters that stand for an id; empty for an empty one."""
        return self.digest("id", id).hex()[:PSEUDONYM_LENGTH] if id else ""

    def shift(self, patient: str, days: int) -> int:
        """By how many days the dates of a patient are moved: -days to days, never 0; 0 where `days` is 0."""
        if not days:
            return 0
        moved = self.number("shift", patient, 2 * days) - days
        return moved if moved < 0 else moved + 1
