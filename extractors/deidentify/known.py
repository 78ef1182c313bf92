"""The record's own structured values, hunted for in its texts in every form a clerk may write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extractors.deidentify.found import Found
from extractors.events import Identifier


def find_known(text: str, known: Sequence[Identifier]) -> Iterable[Found]:
    """Where the values stand in `text`: reordered, spaced, in other cases, formats and parts."""
    return ()
