"""Keyed surrogates: another value of the same language and shape, the same for the same value."""

from __future__ import annotations

from extractors.deidentify.keyed import Keyed
from extractors.events import IdentifierType


class Surrogates:
    """Makes surrogates with a key."""

    def __init__(self, keyed: Keyed) -> None:
        self._keyed = keyed

    def of(self, value: str, type: IdentifierType) -> str:  # noqa: A002
        """What stands for a value."""
        return f"[{type.name}-{self._keyed.digest(type.value, value).hex()[:8]}]"
