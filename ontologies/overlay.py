"""Decisions laid over a lexicon in memory: names mean what curators said, without compiling anything anew."""

from __future__ import annotations

from collections.abc import Callable

from ontologies.model import Concept
from ontologies.standing import Standing

Described = Callable[[str], Concept | None]


class Overlay:
    """What curators said, as the lexicon asks for it; `concept` gives a concept by CURIE, also a retired one.

    An exact decision makes the concept the one match of its name, score 1. A rejected concept is no match of the
    name. Where no concept fits, or only a broader, narrower or related one, the name has no match at all.
    """

    def __init__(self, standing: Standing, concept: Described, canonical: Callable[[str], str]) -> None:
        self._standing = standing
        self._concept = concept
        self._canonical = canonical

    @property
    def stamp(self) -> str:
        """That of the log."""
        return self._standing.stamp
