"""Salts that the lexicon does not know: their ingredients, at a lower score and with a reason that says so."""

from __future__ import annotations

from dataclasses import replace

from ontologies.model import Match, Verdict
from ontologies.names import salt_words
from ontologies.relations import join_relations

_LEFT_OUT = "ingredient of a salt that is not known"
_WORTH = 0.6
"""What is left of a score where the words of a salt were left out."""


def split_salt(key: str) -> tuple[str, str]:
    """A normal form without the words of a salt at its end, and those words; either may be empty."""
    words = key.split()
    end = len(words)
    while end and words[end - 1] in salt_words():
        end -= 1
    return " ".join(words[:end]), " ".join(words[end:])


def without_salt(match: Match, left_out: str) -> Match:
    """The match of an ingredient as it holds for a salt of it, the words `left_out` not being known."""
    reason = f"{_LEFT_OUT}, {left_out!r} left out; {match.reason}"
    relation = join_relations(match.relation, Verdict.BROAD)
    return replace(match, score=round(match.score * _WORTH, 4), reason=reason, relation=relation)


def is_salt_left_out(match: Match) -> bool:
    """True where the salt that was asked for is not known and the match is of its ingredient."""
    return match.reason.startswith(_LEFT_OUT)
