"""One document's fault stays its own."""

from __future__ import annotations

import pytest

from extractors.errors import UnreadableError
from extractors.model import Document, Section
from kg.pipeline import contribute
from ontologies.lexicon import Lexicon
from ontologies.model import Hit


class FaultyLexicon(Lexicon):
    """A lexicon with a fault of its own."""

    def scan(self, text: str, *, language: str = "") -> list[Hit]:
        raise IndexError(text[:6])


def test_a_fault_of_ours_is_named_with_its_place_and_stops_nothing_else() -> None:
    text = "Nausea was seen."
    document = Document("x:1", "A label", text, (Section("34084-4", "", 0, len(text), "adverse_reactions"),))

    with pytest.raises(UnreadableError, match=r"failed on it at test_pipeline\.py:\d+ \(IndexError: Nausea\)"):
        contribute(document, FaultyLexicon.of([]))
