"""Concepts as one vocabulary has them, where answers are asked for in that vocabulary."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from ontologies.corrections import as_written
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Match, Scope
from ontologies.names import in_spoken_order, prefix_of, sort_of
from ontologies.normalize import normal_form
from ontologies.overlay import is_decided

_CLOSE = 0.1
"""Scores that differ by no more leave open which concept is meant."""
_BRIDGED = 0.85
"""What is left of a score where another name of the concept had to be looked up."""
_SURE = 0.9
"""Names found with less are not looked further from."""


def place(lexicon: Lexicon, match: Match, prefix: str) -> Match | None:
    """The match as the vocabulary `prefix` has its concept, or None; of several members the one with that name."""
    if prefix_of(match.curie) == prefix:
        return match
    inside = [curie for curie in lexicon.members(match.curie) if prefix_of(curie) == prefix]
    if not inside:
        return None
    named = (curie for curie in inside if _has_name(lexicon.entry(curie), match.matched))
    curie = next(named, inside[0])
    return replace(match, curie=curie, reason=f"{match.reason}; {match.curie} in {prefix}")


def own_first(lexicon: Lexicon, name: str, found: Sequence[Match], prefix: str) -> list[Match]:
    """The matches of `name` without those that only other vocabularies call so, where `prefix` has it about as well.

    A name that is written otherwise there (plural, signs) does not count as well, and what a curator decided stays.
    """
    if is_decided(found[0]):
        return list(found)
    least = found[0].score - _CLOSE
    rivals = [match for match in found if match.score >= least]
    alike = [match for match in rivals if as_written(in_spoken_order(match.matched)) == as_written(name)]
    own = [match for match in alike or rivals if _is_own(lexicon, match, prefix)]
    return [*own, *(match for match in found if match.score < least)] if own else list(found)


def find_other_names(
    lexicon: Lexicon, prefix: str, found: Iterable[Match], *, kinds: Collection[Kind] = (), language: str = ""
) -> list[Match]:
    """What `prefix` has under other exact names of the concepts `found`, best first; none where they disagree."""
    sure = [match for match in found if match.score >= _SURE and place(lexicon, match, prefix) is None]
    matches = [one for match in sure for one in _called_otherwise(lexicon, match, prefix, kinds, language)]
    matches.sort(key=lambda match: -match.score)
    return matches if len({match.curie for match in matches}) == 1 else []


def _called_otherwise(
    lexicon: Lexicon, match: Match, prefix: str, kinds: Collection[Kind], language: str
) -> Iterator[Match]:
    """The concepts of `prefix`, of the same sort, that have another name of the concept of `match`."""
    concepts = (lexicon.entry(curie) for curie in lexicon.members(match.curie))
    names = dict.fromkeys(name for concept in concepts if concept for name in _exact_names(concept, language))
    for name in names:
        for other in lexicon.find(name, kinds=kinds, language=language):
            inside = place(lexicon, other, prefix)
            if inside and other.score >= _SURE and sort_of(other.kind) is sort_of(match.kind):
                score = round(match.score * other.score * _BRIDGED, 4)
                reason = f"{match.reason} of {match.curie}, which is also called {name!r}; {inside.reason}"
                yield replace(inside, score=score, reason=reason)


def _is_own(lexicon: Lexicon, match: Match, prefix: str) -> bool:
    inside = (curie for curie in lexicon.members(match.curie) if prefix_of(curie) == prefix)
    return any(_has_name(lexicon.entry(curie), match.matched) for curie in inside)


def _has_name(concept: Concept | None, name: str) -> bool:
    form = normal_form(name)
    return concept is not None and any(normal_form(one) == form for one in _exact_names(concept))


def _exact_names(concept: Concept, language: str = "") -> Iterator[str]:
    """The name and exact synonyms of a concept, in `language` and English where one is said."""
    yield concept.name
    for synonym in concept.synonyms:
        if synonym.scope is Scope.EXACT and (not language or synonym.language in ("en", language)):
            yield synonym.text
