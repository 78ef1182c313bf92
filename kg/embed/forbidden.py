"""What sources deny of a subject: what that rules out as a prediction, and of what it makes a caution.

What is denied of a drug's classes, of its active ingredients, and of products and salts that have no other, is denied
of the drug. A use is ruled out where its object is denied, the same, or lies below: who must not have a drug in any
shock must not have it in a cardiogenic one. It is not ruled out where the object lies above: a drug may help in some
shock and not in a cardiogenic one. There the denials stand beside the prediction as cautions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.embed.kin import Kin
from kg.labelling import iter_facts
from kg.model import Fact, FactQuery, Status
from kg.predicates import PREDICATES, USES, find_opposing
from kg.roles import GraphReader

_AFFIRMED = (Status.SUPPORTED, Status.CONTESTED)
_UNSURE = (Status.NEGATIVE, Status.CONTESTED)


@dataclass(frozen=True, slots=True)
class Denials:
    """The facts that speak against facts of one subject and predicate, the surest first."""

    facts: tuple[Fact, ...]
    same: frozenset[str]
    """What they deny, and what is the same."""
    kin: Kin
    closed: bool
    """Whether what lies below a denied object is denied too: so it is of uses."""

    @property
    def objects(self) -> frozenset[str]:
        """What they deny."""
        return frozenset(fact.object.curie for fact in self.facts)

    def rule_out(self, curie: str) -> bool:
        """Whether a concept is the same as a denied one, or for a use lies below one."""
        if not self.facts:
            return False
        around = self.kin.above([curie]) if self.closed else self.kin.same([curie])
        return not self.same.isdisjoint(around)

    def find_cautions(self, curie: str) -> tuple[Fact, ...]:
        """Of a use, the denials of what lies below a concept."""
        if not self.closed or not self.facts:
            return ()
        same = self.kin.same([curie])
        return tuple(fact for fact in self.facts if not same.isdisjoint(self.kin.above([fact.object.curie])))


def find_denials(graph: GraphReader, kin: Kin, subject: str, predicate: str) -> Denials:
    """What sources deny of `subject` by what opposes `predicate`; of a use, by what opposes any use."""
    opposing, use = find_opposing(predicate), PREDICATES[predicate].use
    subjects = kin.given_with(subject) if use else [subject]
    found = _read(graph, subjects, opposing, _AFFIRMED) if opposing else {}
    if use:
        found |= _read(graph, subjects, USES, _UNSURE)
    ranked = sorted(found.values(), key=lambda fact: (-fact.confidence, fact.id))
    same = kin.same(fact.object.curie for fact in ranked)
    return Denials(tuple(ranked), same, kin, use)


def _read(
    graph: GraphReader, subjects: Iterable[str], predicates: tuple[str, ...], statuses: tuple[Status, ...]
) -> dict[str, Fact]:
    queries = (FactQuery(subject=one, predicates=predicates, statuses=statuses) for one in subjects)
    return {fact.id: fact for query in queries for fact in iter_facts(graph, query)}
