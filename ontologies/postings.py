"""Postings: what the lexicon's file has under a key, and what a text must show before each may be read in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ontologies.model import Kind, Match
from ontologies.names import Gate, rank
from ontologies.relations import relation_of_synonym
from ontologies.surface import among_capitals, same_capitals

POSTINGS = """
SELECT n.text, n.score, n.reason, n.gate, c.curie, c.name, c.kind, m.curie
FROM names n JOIN concepts m ON m.id = n.concept JOIN concepts c ON c.id = m.speaker WHERE n.key = ?
"""
_KINDS = {kind.value: kind for kind in Kind}
_GATES = {gate.value: gate for gate in Gate}
MANY_POSTINGS = """
SELECT n.key, n.text, n.score, n.reason, n.gate, c.curie, c.name, c.kind, m.curie
FROM json_each(?) asked JOIN names n ON n.key = asked.value
JOIN concepts m ON m.id = n.concept JOIN concepts c ON c.id = m.speaker
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """A name of a concept under a key, and its gate."""

    match: Match
    gate: Gate


@dataclass(frozen=True, slots=True)
class Postings:
    """All that stands under a key, best first."""

    all: tuple[Posting, ...]
    open: tuple[Match, ...]
    """The matches, one a concept, where no posting has a gate; else none."""


def passes(posting: Posting, surface: str, *, asked: bool, context: tuple[str, int, int] | None) -> bool:
    """Whether the gate of a posting lets `surface` through: asked for as a name, or at a place of a text."""
    gate = posting.gate
    if gate is Gate.OPEN:
        return True
    if gate is Gate.ASKED:
        return asked
    if not same_capitals(posting.match.matched, surface):
        return False
    return gate is Gate.CASE or context is None or not among_capitals(*context)


def postings_of(found: Sequence[Posting]) -> Postings:
    """The postings of a key in their order."""
    if len(found) == 1:
        return Postings((found[0],), (found[0].match,) if found[0].gate is Gate.OPEN else ())
    postings = tuple(_best_first(found))
    if any(posting.gate is not Gate.OPEN for posting in postings):
        return Postings(postings, ())
    first: dict[str, Match] = {}
    for posting in postings:
        first.setdefault(posting.match.curie, posting.match)
    return Postings(postings, tuple(first.values()))


def _best_first(postings: Sequence[Posting]) -> list[Posting]:
    """By score; equal ones by the order of vocabularies, that of diseases where one of the conditions is a disease."""
    disease = any(posting.match.kind is Kind.DISEASE for posting in postings)

    def place(posting: Posting) -> tuple[float, tuple[int, str], str]:
        """What is sorted by."""
        match = posting.match
        kind = Kind.DISEASE if disease and match.kind is Kind.FINDING else match.kind
        return -match.score, rank(match.curie, kind), match.matched

    return sorted(postings, key=place)


def make_posting(
    text: str, score: float, reason: str, gate: int, curie: str, name: str, kind: str, owner: str
) -> Posting:
    """The posting of a row of `POSTINGS`."""
    if owner != curie:
        reason = f"{reason} of {owner}"
    relation = relation_of_synonym(reason)
    return Posting(Match(curie, name, _KINDS[kind], score, reason, text, relation), _GATES[gate])
