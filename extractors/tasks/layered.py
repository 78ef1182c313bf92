"""A lexicon over another: the words of a corpus in front of the product's own, without compiling both anew."""

from __future__ import annotations

from collections.abc import Collection

from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Hit, Kind, Match


class LayeredLexicon(Lexicon):
    """Looks names up in `front` first, then in `back`; of names in a text the longer one wins, then the front's."""

    def __init__(self, front: Lexicon, back: Lexicon) -> None:
        self._front = front
        self._back = back
        self.stamp = f"{front.stamp}+{back.stamp}"
        self.terminologies = (*front.terminologies, *back.terminologies)

    def find(self, name: str, *, kinds: Collection[Kind] = (), language: str = "") -> list[Match]:
        """The concepts of both that have `name`, the front's first."""
        both = (self._front, self._back)
        return [match for one in both for match in one.find(name, kinds=kinds, language=language)]

    def scan(self, text: str, *, language: str = "") -> list[Hit]:
        """The places of `text` where names of either stand, not overlapping."""
        both = (self._front, self._back)
        hits = [(hit, place) for place, one in enumerate(both) for hit in one.scan(text, language=language)]
        hits.sort(key=lambda pair: (pair[0].start - pair[0].end, pair[0].start, pair[1]))
        taken = bytearray(len(text))
        kept = []
        for hit, _ in hits:
            if not any(taken[hit.start : hit.end]):
                taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
                kept.append(hit)
        return sorted(kept, key=lambda hit: hit.start)

    def concept(self, curie: str) -> Concept | None:
        """The concept of that CURIE in either."""
        return self._front.concept(curie) or self._back.concept(curie)

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie` in the back; itself where nothing is known of it."""
        return self._back.canonical(curie)
