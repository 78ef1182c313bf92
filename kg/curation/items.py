"""A name that waits for a curator: where the graph uses it, what the program thinks of it, what was said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from kg.curation.desk import TOP, Desk
from kg.curation.refresh import why_stale
from kg.language import language_of
from kg.model import NameUse, Node
from ontologies.ground import BATCH, Ask
from ontologies.model import Decision, Grounding, Kind, Match, Verdict
from ontologies.printable import without_controls
from ontologies.standing import Standing, form_of, sort_of

#: Verdicts after which a name is not asked for again.
SETTLED = frozenset({Verdict.EXACT, Verdict.BROAD, Verdict.NARROW, Verdict.RELATED})
#: How far below the score of what the graph has another concept still raises doubts, and how much doubt is none.
_NEAR, SURE = 0.1, 0.01
#: Names that are grounded at once when a page begins.
_FIRST = 32


@dataclass(frozen=True, slots=True)
class Usage:
    """All spellings of one name under one concept of the graph; `facts` is their sum, so at most that many."""

    names: tuple[str, ...]
    node: Node
    facts: int
    evidence: int
    documents: int

    @property
    def name(self) -> str:
        """The spelling that most facts have."""
        return self.names[0]

    @property
    def weight(self) -> int:
        """What the queue's order counts beside uncertainty: frequency × facts touched."""
        return self.evidence * self.facts


def join_spellings(uses: Iterable[NameUse]) -> list[Usage]:
    """The usages, by name and concept, in no order."""
    by_node: dict[str, list[NameUse]] = {}
    for use in uses:
        by_node.setdefault(use.node.curie, []).append(use)
    return [joined for same in by_node.values() for joined in _joined(same)]


def _joined(uses: list[NameUse]) -> Iterator[Usage]:
    """The usages of one node: most have a single name, whose form nobody needs to know."""
    if len(uses) == 1:
        (use,) = uses
        yield Usage((use.name,), use.node, use.facts, use.evidence, use.documents)
        return
    by_form: dict[str, list[NameUse]] = {}
    for use in sorted(uses, key=lambda use: (-use.facts, use.name)):
        by_form.setdefault(form_of(use.name), []).append(use)
    for same in by_form.values():
        sums = (sum(counts) for counts in zip(*((u.facts, u.evidence, u.documents) for u in same), strict=True))
        yield Usage(tuple(use.name for use in same), same[0].node, *sums)


@dataclass(frozen=True, slots=True)
class Doubt:
    """From 0 to 1 how much speaks against what the graph has for a name, and what that is, in words."""

    score: float
    why: str


class Item:
    """A usage with what the program thinks of its name and what curators said of it; grounded when first looked at."""

    def __init__(self, usage: Usage, desk: Desk, said: tuple[Decision, ...]) -> None:
        self.usage = usage
        self.said = said
        self.doubt: Doubt | None = None
        """What an audit found, where there was one."""
        self._desk = desk

    @property
    def kind(self) -> Kind:
        """The kind of what the graph has for the name."""
        return self.usage.node.kind

    @property
    def name_decided(self) -> str:
        """The name that decisions on it are made for: as written, but for control characters, which no decision has."""
        return without_controls(self.usage.name)

    @property
    def kind_decided(self) -> Kind | None:
        """The kind that decisions on it count for; any, where the graph does not know the kind."""
        return None if self.kind is Kind.OTHER else self.kind

    @cached_property
    def language(self) -> str:
        """The tag zh for a name with Chinese characters, else en."""
        return language_of(self.usage.name)

    @cached_property
    def grounding(self) -> Grounding:
        """What the program thinks by itself."""
        return self._desk.ground(self.usage.name, kind=self.kind, language=self.language)

    @cached_property
    def candidates(self) -> tuple[Match, ...]:
        """What was decided, what replaces that, then matches and suggestions, best first, one a concept.

        What a curator rejected is left out.
        """
        canonical = self._desk.lexicon.canonical
        best: dict[str, Match] = {}
        for match in (*self._decided(), *self.grounding.matches, *self.grounding.candidates):
            if not self.rejects(match.curie):
                best.setdefault(canonical(match.curie), match)
        return tuple(best.values())

    @cached_property
    def present(self) -> Match | None:
        """The match of the name with the concept that the graph has for it, or None where nothing speaks for that."""
        canonical = self._desk.lexicon.canonical
        return next((m for m in self.candidates if canonical(m.curie) == canonical(self.usage.node.curie)), None)

    @cached_property
    def uncertainty(self) -> float:
        """From 0, nothing to decide, to 1, a name that waits.

        Else the square of what the score lacks, and more where another concept of its sort comes near: an exact
        synonym's .95 does not mean that one in twenty is wrong.
        """
        if not self.usage.node.aligned:
            return 1.0
        if self.present is None:
            return 0.5
        own = self.present.score
        near = (self.rival.score - own + _NEAR) / _NEAR if self.rival else 0.0
        return min(1.0, (1 - own) ** 2 + near / 2)

    @cached_property
    def rival(self) -> Match | None:
        """The best other concept of its sort that comes near the one that the graph has, if one does."""
        if self.present is None:
            return None
        others = (one for one in self.candidates if one is not self.present and self._rivals(one))
        best = max(others, key=lambda match: match.score, default=None)
        return best if best and best.score > self.present.score - _NEAR else None

    @property
    def value(self) -> float:
        """Frequency × uncertainty × facts touched."""
        return self.usage.weight * self.uncertainty

    @cached_property
    def stale(self) -> str:
        """What a new release changed about the concept that was decided on, in words; "" where nothing."""
        kept = (one for one in reversed(self.said) if one.verdict in SETTLED)
        return next((found.why for one in kept if (found := why_stale(one, self._desk.lexicon))), "")

    @property
    def status(self) -> str:
        """open, unsure, decided, or sure: that nobody decided on it and nothing speaks against what the graph has."""
        if any(one.verdict in SETTLED or not one.curie for one in self.said if one.verdict is not Verdict.UNSURE):
            return "decided"
        if any(one.verdict is Verdict.UNSURE for one in self.said):
            return "unsure"
        return "open" if self.uncertainty > SURE else "sure"

    def rejects(self, curie: str) -> bool:
        """Whether a curator said that the name is not this concept."""
        canonical = self._desk.lexicon.canonical
        gone = {canonical(one.curie) for one in self.said if one.verdict is Verdict.NONE and one.curie}
        return canonical(curie) in gone

    def _decided(self) -> Iterator[Match]:
        for one in self.said:
            concept = self._desk.lexicon.entry(one.curie) if one.verdict in SETTLED else None
            heir = self._desk.lexicon.concept(one.curie) if concept and concept.deprecated else None
            if heir is not None and not heir.deprecated:
                reason = f"replaces {one.curie} ({one.target}), which {one.author} chose on {one.time[:10]}"
                yield Match(heir.curie, heir.name, heir.kind, 1.0, reason, one.name)
            elif concept is not None:
                reason = f"{one.verdict} by {one.author} on {one.time[:10]}"
                yield Match(concept.curie, concept.name, concept.kind, one.predicted or 0.0, reason, one.name)

    def _rivals(self, match: Match) -> bool:
        return sort_of(match.kind) is sort_of(self.kind)


def ground_ahead(items: Sequence[Item], desk: Desk) -> None:
    """Grounds the items all at once, which takes a fraction of the time that one by one takes."""
    asks = (Ask(item.usage.name, item.kind_decided, item.language) for item in items)
    for item, grounding in zip(items, desk.grounder.ground_all(asks, top=TOP), strict=True):
        item.grounding = grounding


def grounded(items: Iterable[Item], desk: Desk, needed: Callable[[Item], bool] = lambda _: True) -> Iterator[Item]:
    """The items, those that need it grounded many at a time: few at first, since mostly the first are enough."""
    rest, size = iter(items), _FIRST
    while some := list(islice(rest, size)):
        ground_ahead([item for item in some if needed(item)], desk)
        yield from some
        size = min(2 * size, BATCH)


def make_items(usages: Iterable[Usage], desk: Desk, standing: Standing) -> Iterator[Item]:
    """The usages with what stands of them."""
    for usage in usages:
        said = standing.of(usage.name, kind=usage.node.kind, language=language_of(usage.name))
        yield Item(usage, desk, said)
