"""Which of several concepts a name with more than one sense stands for: what its context speaks for, or none.

An acronym that several unlike concepts share answers only where the context tells them apart: by the long form of one
of them, by its words, by concepts above or below it, or by words that go with its kind. Other names with several
senses keep their order where the context says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match
from ontologies.normalize import normal_form
from ontologies.rules import read_rules

_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z0-9/&-]{1,6}")
_CLOSE = 0.1
"""Scores that differ by no more leave open which sense is meant."""
_ALMOST = 0.04
"""The same for other names: what a preferred name says is not overruled by what stands around a synonym."""
_UNCLEAR = 0.5
"""What is left of a score where an acronym could be several."""
_ALIKE = 0.5
"""Share of the words of one name that another has, from which on both are taken for the same thing."""
_LONG_FORM, _RELATED, _KIND, _WORD = 3, 2, 1, 1
_LETTERS = 4
"""Letters of the shortest word of a name that is looked for in the context."""


class _Evidence(NamedTuple):
    weight: int
    said: str


def choose_sense(lexicon: Lexicon, found: Sequence[Match], context: str) -> list[Match]:
    """The matches, best first, with the sense that the context speaks for before the others and its reason.

    All of them lose half of their score where an acronym stays unclear.
    """
    least = found[0].score - (_CLOSE if _ACRONYM.fullmatch(found[0].matched) else _ALMOST)
    rivals = [match for match in found if match.score >= least]
    if len(rivals) < 2:
        return list(found)
    chosen = _chosen(lexicon, rivals, context) if context else None
    if chosen:
        return [chosen, *(match for match in found if match.curie != chosen.curie)]
    unlike = [match for match in rivals if not _are_alike(found[0], match)]
    if unlike and _ACRONYM.fullmatch(found[0].matched):
        return [_unclear(match, 1 + len(unlike)) for match in found]
    return list(found)


def _unclear(match: Match, senses: int) -> Match:
    reason = f"short for {senses} different things, and the context does not tell which; {match.reason}"
    return replace(match, score=round(match.score * _UNCLEAR, 4), reason=reason)


def _are_alike(one: Match, other: Match) -> bool:
    left, right = set(normal_form(one.name).split()), set(normal_form(other.name).split())
    return len(left & right) >= _ALIKE * min(len(left), len(right))


def _chosen(lexicon: Lexicon, rivals: Sequence[Match], context: str) -> Match | None:
    """The one of `rivals` that most speaks for, with what it is; None where two are even or nothing does."""
    words = frozenset(normal_form(context).split())
    hits = [hit for hit in lexicon.scan(context) if not _same_name(context[hit.start : hit.end], rivals[0])]
    named = frozenset(match.curie for hit in hits for match in hit.matches[:1])
    weighed = sorted(
        ((_weigh(lexicon, match, named, words, context), match) for match in rivals), key=lambda one: -one[0].weight
    )
    (best, match), (second, _) = weighed[:2]
    if best.weight <= second.weight:
        return None
    return replace(match, reason=f"{match.reason}; the context {best.said}")


def _same_name(text: str, match: Match) -> bool:
    return normal_form(text) == normal_form(match.matched)


def _weigh(lexicon: Lexicon, match: Match, named: Set[str], words: Set[str], context: str) -> _Evidence:
    """What in the context speaks for a match, the strongest said."""
    found: list[_Evidence] = []
    if match.curie in named:
        found.append(_Evidence(_LONG_FORM, f"names {match.name}"))
    beside = named & _around(lexicon, match.curie)
    if beside:
        concept = lexicon.concept(min(beside))
        found.append(_Evidence(_RELATED, f"names {concept.name if concept else min(beside)}, which is near to it"))
    shared = sorted(words & _words_of(lexicon, match.curie))
    if shared:
        found.append(_Evidence(_WORD * min(2, len(shared)), f"has words of it: {', '.join(shared[:3])}"))
    hint = next((word for word in _hints().get(match.kind, ()) if _stands_in(word, words, context)), "")
    if hint:
        found.append(_Evidence(_KIND, f"speaks of a {match.kind.value.replace('_', ' ')}: {hint!r}"))
    said = max(found, default=_Evidence(0, ""), key=lambda one: one.weight).said
    return _Evidence(sum(one.weight for one in found), said)


def _around(lexicon: Lexicon, curie: str) -> frozenset[str]:
    """Concepts next to one in the hierarchy: its parents, their other children, its children."""
    hierarchy = lexicon.hierarchy
    parents = hierarchy.parents(curie)
    siblings = [child for parent in parents for child in hierarchy.children(parent)]
    return frozenset((*parents, *siblings, *hierarchy.children(curie))) - {curie}


def _words_of(lexicon: Lexicon, curie: str) -> frozenset[str]:
    concept = lexicon.concept(curie)
    names = (concept.name, *(synonym.text for synonym in concept.synonyms)) if concept else ()
    return frozenset(word for name in names for word in normal_form(name).split() if len(word) >= _LETTERS)


def _stands_in(word: str, words: Set[str], context: str) -> bool:
    return normal_form(word) in words if word.isascii() else word in context


@cache
def _hints() -> dict[Kind, tuple[str, ...]]:
    rules = read_rules("senses", keys=frozenset({"kinds"}))["kinds"]
    return {Kind(kind): tuple(words) for kind, words in rules.items()}
