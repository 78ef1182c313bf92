"""Grounding: which concept a name stands for, with a reason in a curator's words, or an honest "I do not know"."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ontologies.lexicon import Lexicon
from ontologies.model import Grounding, Kind, Match
from ontologies.names import prefix_of

THRESHOLD = 0.6
"""Below this score nothing is an answer."""


class Ask(NamedTuple):
    """A name that is asked for, and what is known of where it stands; None and "" where nothing is."""

    name: str
    kind: Kind | None = None
    language: str = ""
    context: str = ""


class Grounder:
    """Finds the concepts that names stand for in one lexicon; safe to use in forked processes."""

    def __init__(self, lexicon: Lexicon, *, threshold: float = THRESHOLD) -> None:
        self.lexicon = lexicon
        self.threshold = threshold

    def ground(
        self,
        name: str,
        *,
        kinds: Collection[Kind] = (),
        language: str = "",
        context: str = "",
        to: str = "",
        top: int = 5,
        roll_up: bool = False,
    ) -> Grounding:
        """What `name` stands for among `kinds` (any where none is given), `top` matches at most, best first.

        `language` is a BCP 47 tag, `context` any text around the name. `to` is a CURIE prefix: the answers are then
        concepts of that vocabulary. `roll_up` gives the ingredient for a salt at no loss.
        """
        found = self.lexicon.find(name, kinds=kinds)
        if to:
            found = [inside for match in found if (inside := self._inside(match, to))]
        trusted = tuple(match for match in found if match.score >= self.threshold)
        rest = tuple(match for match in found if match.score < self.threshold)
        return Grounding(name, trusted[:top], abstained=not trusted, candidates=rest[:top])

    def ground_all(self, asks: Iterable[Ask], *, to: str = "", top: int = 5) -> Iterator[Grounding]:
        """What each of `asks` stands for, in their order; much faster than one by one."""
        for ask in asks:
            kinds = (ask.kind,) if ask.kind else ()
            yield self.ground(ask.name, kinds=kinds, language=ask.language, context=ask.context, to=to, top=top)

    def _inside(self, match: Match, prefix: str) -> Match | None:
        """The match as the vocabulary `prefix` has it, or None."""
        if prefix_of(match.curie) == prefix:
            return match
        concept = self.lexicon.concept(match.curie)
        for curie in concept.xrefs if concept else ():
            if prefix_of(curie) == prefix and self.lexicon.canonical(curie) == match.curie:
                return replace(match, curie=curie, reason=f"{match.reason}; as {prefix} has {match.curie}")
        return None
