"""Decisions laid over a lexicon in memory: names mean what curators said, without compiling anything anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Protocol

import marisa_trie

from ontologies.curies import local_curie
from ontologies.model import Concept, Decision, Kind, Match, Verdict
from ontologies.names import Gate, gate_in_texts
from ontologies.printable import printable
from ontologies.standing import Standing, counts_for, sort_of
from ontologies.surface import among_capitals, same_capitals


class Concepts(Protocol):
    """What an overlay asks the lexicon below it."""

    def entry(self, curie: str) -> Concept | None:
        """The concept of that CURIE, retired or not."""
        ...

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie`."""
        ...

    def find_retired(self, curies: Collection[str]) -> frozenset[str]:
        """Those of these concepts that are retired."""
        ...


_DECIDED = "decided by"


def is_decided(match: Match) -> bool:
    """True where a curator's decision gives the match."""
    return match.reason.startswith(_DECIDED)


class Overlay:
    """What curators said, as the lexicon asks for it.

    An exact decision makes its concept the one match of the name, with score 1. A concept that was rejected, or is only
    broader, narrower or related, is no match of the name; its other matches stay. Where a curator said that no concept
    fits, the name has no match at all. What a curator is unsure of stays as it was.
    """

    def __init__(self, standing: Standing, below: Concepts) -> None:
        self.stamp = standing.stamp
        self._standing = standing
        self._below = below
        self._matches: dict[str, Match] = {}
        self._gates: dict[str, Gate] = {}
        self._said_same, self._said_apart = _said_of_concepts(standing, below)
        self._held = below.find_retired({one.curie for one in standing if one.verdict is Verdict.EXACT})

    @cached_property
    def _read(self) -> tuple[marisa_trie.Trie, frozenset[str]]:
        """The decided names that are read in texts, and their first words; made when the first text is read."""
        keys = [form for form in self._standing.by_form if self._is_read(form)]
        return marisa_trie.Trie([f"{key} " for key in keys]), frozenset(key.split(" ", 1)[0] for key in keys)

    def __contains__(self, form: str) -> bool:
        return form in self._standing.by_form

    def starts(self, word: str) -> bool:
        """Whether a name that a curator decided begins with that normal form of a word."""
        return word in self._read[1]

    def prefixes(self, text: str) -> list[str]:
        """The decided names, as keys of a lexicon, that the normal form `text` begins with."""
        found: list[str] = self._read[0].prefixes(text)
        return found

    def holds(self, curie: str) -> bool:
        """Whether a decision keeps a retired concept in use, until a curator has seen what replaced it."""
        return curie in self._held

    def canonical(self, curie: str) -> str | None:
        """The CURIE that a decision makes speak for `curie`, or None where there is no decision on that."""
        if curie in self._held or curie in self._said_apart:
            return curie
        same = self._said_same.get(curie)
        return same if same is None or same in self._held else self._below.canonical(same)

    def over(
        self, form: str, found: Sequence[Match], *, kinds: Collection[Kind] = (), language: str = ""
    ) -> tuple[Match, ...]:
        """The matches of a name once its decisions are laid over those that were `found` otherwise."""
        said = [one for one in self._standing.by_form.get(form, ()) if counts_for(one, kinds, language)]
        decided = [self._match(one) for one in _newest_first(said) if self._fits(one, kinds)]
        return (*decided, *(match for match in found if not any(self._rules_out(one, match) for one in said)))

    def meant(self, form: str, *, kinds: Collection[Kind] = (), language: str = "") -> tuple[Match, ...]:
        """The concepts that curators gave a name with their newest word on it: several where they split it."""
        said = [one for one in self._standing.by_form.get(form, ()) if counts_for(one, kinds, language)]
        exact = [one for one in _newest_first(said) if self._fits(one, kinds)]
        together = [self._match(one) for one in exact if _word_of(one) == _word_of(exact[0])]
        return tuple({match.curie: match for match in together}.values())

    def widened(self, form: str, kinds: Collection[Kind], language: str = "") -> frozenset[Kind]:
        """The kinds, and those that decisions made of them: a curator sees and decides on what came of earlier ones."""
        wider = set(kinds)
        for one in self._standing.by_form.get(form, ()) if kinds else ():
            if one.verdict is Verdict.EXACT and counts_for(one, wider, language) and self._fits(one, wider):
                wider.add(self._match(one).kind)
        return frozenset(wider)

    def in_text(
        self, form: str, surface: str, found: Sequence[Match], *, place: tuple[str, int, int], language: str = ""
    ) -> tuple[Match, ...]:
        """As `over`, for a name read in a text; a name that lost all its matches keeps a local concept there."""
        said = [one for one in self._standing.by_form.get(form, ()) if counts_for(one, (), language)]
        exact = [one for one in said if one.verdict is Verdict.EXACT and (found or self._passes(one, surface, place))]
        decided = [self._match(one) for one in exact]
        left = [match for match in found if not any(self._rules_out(one, match) for one in said)]
        if found and not decided and not left:
            return (_local(surface, said, found[0].kind),)
        return (*decided, *left)

    def _fits(self, decision: Decision, kinds: Collection[Kind]) -> bool:
        return not kinds or decision.kind is not None or self._match(decision).kind in kinds

    def _rules_out(self, decision: Decision, match: Match) -> bool:
        if decision.verdict is Verdict.UNSURE:
            return False
        if decision.curie and decision.verdict is not Verdict.EXACT:
            return self._below.canonical(decision.curie) == self._below.canonical(match.curie)
        return decision.kind is None or sort_of(decision.kind) is sort_of(match.kind)

    def _match(self, decision: Decision) -> Match:
        if decision.id not in self._matches:
            self._matches[decision.id] = self._made(decision)
        return self._matches[decision.id]

    def _made(self, decision: Decision) -> Match:
        why = f": {decision.reason}" if decision.reason else ""
        reason = printable(f"{_DECIDED} {decision.author} on {decision.time[:10]}{why}")
        curie = decision.curie if decision.curie in self._held else self._below.canonical(decision.curie)
        concept = self._below.entry(curie)
        name = concept.name if concept else decision.target or curie
        kind = concept.kind if concept else decision.target_kind or decision.kind or Kind.OTHER
        return Match(curie, name, kind, 1.0, reason, decision.name)

    def _is_read(self, form: str) -> bool:
        return any(
            one.verdict is Verdict.EXACT and self._gate(one) is not Gate.ASKED for one in self._standing.by_form[form]
        )

    def _gate(self, decision: Decision) -> Gate:
        if decision.id not in self._gates:
            kind = decision.target_kind or decision.kind or self._match(decision).kind
            self._gates[decision.id] = gate_in_texts(decision.name, kind)
        return self._gates[decision.id]

    def _passes(self, decision: Decision, surface: str, place: tuple[str, int, int]) -> bool:
        gate = self._gate(decision)
        if gate is Gate.OPEN:
            return True
        if gate is Gate.ASKED or not same_capitals(decision.name, surface):
            return False
        return gate is Gate.CASE or not among_capitals(*place)


def _word_of(decision: Decision) -> tuple[object, ...]:
    """What decisions have in common that a curator made at once: a name that was split has several of them."""
    return decision.time, decision.kind, decision.language


def _newest_first(said: Sequence[Decision]) -> list[Decision]:
    """The exact ones of some decisions on a name, the newest before others, those made at once in their order."""
    exact = [one for one in said if one.verdict is Verdict.EXACT]
    last = {_word_of(one): place for place, one in enumerate(exact)}
    return sorted(exact, key=lambda one: -last[_word_of(one)])


def _local(surface: str, said: Iterable[Decision], kind: Kind) -> Match:
    """The local concept that a name stands for where no concept is left for it: it keeps its place in the graph."""
    last = max(said, key=lambda one: one.time)
    kind = last.kind or kind
    reason = f"{last.author} said on {last.time[:10]} that no other concept fits"
    return Match(local_curie(surface, kind), surface, kind, 1.0, reason, surface)


def _said_of_concepts(standing: Standing, below: Concepts) -> tuple[dict[str, str], frozenset[str]]:
    """Decisions whose name is a CURIE: which concept is another one, and which one speaks for itself."""
    same: dict[str, str] = {}
    apart: set[str] = set()
    for curie, decision in _of_concepts(standing, below):
        if decision.verdict is Verdict.EXACT:
            same[curie] = decision.curie
        elif decision.verdict is not Verdict.UNSURE and below.canonical(curie) == below.canonical(decision.curie):
            apart.add(curie)
    return same, frozenset(apart)


def _of_concepts(standing: Standing, below: Concepts) -> Iterator[tuple[str, Decision]]:
    for decision in standing:
        if ":" in decision.name and decision.curie and " " not in decision.name and below.entry(decision.name):
            yield decision.name, decision
