"""Facts that follow from others by what vocabularies know: what is the same, and what lies above what.

A fact about a class holds for what lies below it; a fact whose object is narrow holds for what lies above that object,
and one of a denying predicate for what lies below it: what is contraindicated in liver disease is so in cirrhosis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kg.embed.background import Background, Parents, ancestors
from kg.embed.facts import Mask, Numbers
from kg.embed.joining import fact_keys, join
from kg.embed.triples import Rows, Triples
from kg.predicates import PREDICATES


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """A background in numbers: `spoken[e]` speaks for entity e, and `below[i]` lies below `above[i]`, both speaking."""

    spoken: Numbers
    below: Numbers
    above: Numbers

    def lies_below(self, lower: Numbers, upper: Numbers) -> Mask:
        """Whether each of `lower` lies below its partner in `upper`."""
        count = int(max(self.spoken.max(initial=0), 0)) + 1
        found: Mask = np.isin(lower * count + upper, self.below * count + self.above)
        return found


def close(entities: Iterable[str], background: Background) -> Closed:
    """All that lies above each entity, over any number of steps and over concepts that are no entities themselves."""
    names = list(entities)
    same = background.same
    speakers = [same.get(name, name) for name in names]
    place: dict[str, int] = {}
    spoken = np.array([place.setdefault(speaker, len(place)) for speaker in speakers], np.int64)
    parents = _spoken_parents(background.parents, same)
    pairs = [(place[name], place[up]) for name in place for up in ancestors(name, parents) if up in place]
    told = np.array(pairs, np.int64).reshape(-1, 2)
    return Closed(spoken, told[:, 0], told[:, 1])


def find_implied(facts: Rows, known: Rows, closed: Closed, names: Triples) -> tuple[Numbers, Numbers]:
    """The rows of `facts` that follow from rows of `known` by the hierarchy, each with the row it follows from.

    Rows are of entities that speak; equal rows are no finding.
    """
    denying = np.array([bool(_predicate(name, "negative_of")) for name in names.relations], bool)
    symmetric = np.array([bool(_predicate(name, "symmetric")) for name in names.relations], bool)
    turned = np.flatnonzero(symmetric[known[:, 1]])
    origin = np.concatenate([np.arange(len(known)), turned])
    known = np.concatenate([known, known[turned][:, ::-1]])
    found = []
    for narrow in (False, True):
        ours, theirs = np.flatnonzero(denying[facts[:, 1]] == narrow), np.flatnonzero(denying[known[:, 1]] == narrow)
        met = _match(facts[ours], known[theirs], closed, len(names.relations), narrow=narrow)
        found.append(np.stack([ours[met[0]], theirs[met[1]]]))
    ours, theirs = np.concatenate(found, axis=1)
    new = (facts[ours] != known[theirs]).any(axis=1)
    return ours[new], origin[theirs[new]]


def _match(asked: Rows, given: Rows, closed: Closed, relations: int, *, narrow: bool) -> tuple[Numbers, Numbers]:
    """Which rows of `asked` follow from which of `given`; `narrow`, downwards along the objects, else upwards."""
    raised, of = _raised(asked, closed, 0)
    if narrow:
        raised, again = _raised(raised, closed, 2)
        of = of[again]
    # Only facts of a subject and relation that are asked about are raised: there are far more of the others.
    alike = np.isin(given[:, 0] * relations + given[:, 1], raised[:, 0] * relations + raised[:, 1])
    by = np.flatnonzero(alike)
    given = given[by]
    if not narrow:
        given, again = _raised(given, closed, 2)
        by = by[again]
    size = len(closed.spoken), relations
    one, other = join(fact_keys(raised, *size), fact_keys(given, *size))
    return of[one], by[other]


def _predicate(name: str, field: str) -> object:
    return getattr(PREDICATES.get(name), field, "")


def _raised(rows: Rows, closed: Closed, side: int) -> tuple[Rows, Numbers]:
    """The rows, and each again with all that lies above its subject (side 0) or object (2); and where each is from."""
    one, other = join(rows[:, side], closed.below)
    raised = rows[one]
    raised[:, side] = closed.above[other]
    return np.concatenate([rows, raised]), np.concatenate([np.arange(len(rows)), one])


def _spoken_parents(parents: Parents, same: Mapping[str, str]) -> Parents:
    if not same:
        return parents
    spoken: dict[str, tuple[str, ...]] = {}
    for curie, above in parents.items():
        speaker = same.get(curie, curie)
        ups = (same.get(up, up) for up in above)
        spoken[speaker] = (*spoken.get(speaker, ()), *(up for up in ups if up != speaker))
    return spoken
