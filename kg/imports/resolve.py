"""Which concept a side of a foreign row is: by its identifier, else by its name, through the lexicon of all."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from extractors.naming import ground_name
from kg.imports.understand import Party
from kg.language import language_of
from ontologies.decided import undecided
from ontologies.lexicon import Lexicon
from ontologies.model import Match


class Found(StrEnum):
    """How a thing of a foreign graph was found."""

    IDENTIFIER = "identifier"
    """A terminology has its identifier, or refers to it."""
    NAME = "name"
    """A terminology has its name."""
    OWN = "own"
    """Nobody has it; it stands under its own identifier, which is of a vocabulary that is known."""
    WAITING = "waiting"
    """Nobody has it, and it waits under a local CURIE for a curator."""


class Resolver:
    """Finds concepts in one lexicon, before decisions: those are laid over what it finds, as over any name."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._below = undecided(lexicon)
        self.resolve = lru_cache(maxsize=1 << 16)(self._resolve)

    def _resolve(self, party: Party) -> tuple[Match | None, Found]:
        """The concept, None where its name is to be grounded or waits, and how it was found."""
        if party.curie and self._knows(party.curie):
            return self._as(party, "has its identifier"), Found.IDENTIFIER
        if ground_name(self._below, party.name, party.kind, language=language_of(party.name)).matches:
            return None, Found.NAME
        if party.curie:
            return self._as(party, "stands under its own identifier"), Found.OWN
        return None, Found.WAITING

    def _knows(self, curie: str) -> bool:
        return self._below.concept(self._below.canonical(curie)) is not None

    def _as(self, party: Party, reason: str) -> Match:
        return Match(party.curie, party.name, party.kind, 1.0, reason, party.name)
