"""What was worked out once and is kept, until there is too much of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ontologies.normalize import normal_word

_KEPT = 500_000
"""Entries that are kept of anything before all are forgotten."""


class Forms(dict[str, str]):
    """Normal forms of words, kept."""

    def __missing__(self, word: str) -> str:
        forget(self)
        form = self[word] = normal_word(word)
        return form


class Starts(dict[str, bool]):
    """Which normal forms begin a key, kept."""

    def __init__(self, begins: Callable[[str], bool]) -> None:
        super().__init__()
        self.begins = begins

    def __missing__(self, form: str) -> bool:
        forget(self)
        starts = self[form] = self.begins(form)
        return starts


def forget(kept: dict[str, Any]) -> None:
    """Empties what has grown too big; all of it can be had again."""
    if len(kept) > _KEPT:
        kept.clear()
