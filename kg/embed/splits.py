"""Facts divided into those learned from, those that steer and those that are reported: by what a user will ask.

By chance asks for a fact like the known ones, by document what an unread label says, by time what a label of next year
says, by area what holds of diseases about which nothing was known. Each keeps off the leaks that its manner can
(`kg.embed.leaks` looks for all of them); what it cannot divide it leaves out and counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from kg.embed.areas import Areas, area_sizes
from kg.embed.facts import GraphFacts, Mask, Numbers, Sources
from kg.embed.triples import Split
from kg.errors import KGError

Parts = npt.NDArray[np.int8]

#: Relations that say how concepts lie to each other, which an area keeps: its diseases are unknown, not unplaced.
STRUCTURE = frozenset({"subclass_of", "same_as"})


class Part(IntEnum):
    """Where a fact went."""

    TRAIN = 0
    VALID = 1
    TEST = 2
    OUT = 3


class DivisionError(KGError):
    """Facts cannot be divided as asked."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Which shares of what is divided go to valid and test; train has the rest."""

    valid: float = 0.05
    test: float = 0.1

    def __post_init__(self) -> None:
        if min(self.valid, self.test) < 0 or self.valid + self.test >= 1:
            raise DivisionError(
                f"shares of {self.valid} and {self.test} leave nothing to learn from; use such as .05 and .1"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """The part of each fact, and how it was found: a line for the model's card."""

    facts: GraphFacts
    parts: Parts
    manner: str
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many facts are in no part, by the reason."""
    admits: frozenset[str] = frozenset()
    """Kinds of leak that this manner does not speak of."""

    def split(self) -> Split:
        """The facts of the three parts, and aside those in none, under the names of all."""
        triples = self.facts.triples
        train, valid, test, out = (triples.with_rows(triples.rows[self.rows_of(part)]) for part in Part)
        return Split(train, valid, test, out.rows)

    def rows_of(self, part: Part) -> Numbers:
        """The numbers of the facts of a part, in their order."""
        return np.flatnonzero(self.parts == part)

    def sources(self, part: Part) -> Sources:
        """The documents behind the facts of a part."""
        return self.facts.sources.take(self.rows_of(part))


def split_by_chance(facts: GraphFacts, shares: Shares | None = None, *, seed: int = 0) -> Division:
    """Pairs of concepts by chance, each with all its facts: none can be read off another fact of its pair.

    What would leave train without a concept or a predicate goes to train.
    """
    shares = shares or Shares()
    count, pair = _pairs(facts)
    parts = deal(count, shares, seed)[pair]
    strange = np.isin(pair, pair[_unseen(facts, parts)])
    parts[strange] = Part.TRAIN
    return Division(facts, parts, f"pairs of concepts by chance, seed {seed}")


def split_by_document(
    facts: GraphFacts, shares: Shares | None = None, *, seed: int = 0, keep_unseen: bool = False
) -> Division:
    """Documents by chance: tested is what only unread documents say.

    A fact that any document of train affirms is known. With `keep_unseen` facts about concepts that train has not are
    kept, for models that can place them.
    """
    parts = deal(len(facts.sources.documents), shares or Shares(), seed)
    return _by_documents(facts, parts, f"documents by chance, seed {seed}", keep_unseen=keep_unseen)


def split_by_time(facts: GraphFacts, *, valid_from: str, test_from: str, keep_unseen: bool = False) -> Division:
    """Documents by the day since when they hold (ISO 8601): tested is what none before `test_from` said.

    A fact of which an undated document knows is left out unless a dated one puts it into train.
    """
    if not valid_from <= test_from:
        raise DivisionError(f"valid begins {valid_from}, after test ({test_from}); give the earlier day first")
    days = np.array(facts.sources.effective, np.str_)
    parts = np.select([days == "", days < valid_from, days < test_from], [Part.OUT, Part.TRAIN, Part.VALID], Part.TEST)
    manner = f"documents by time, valid from {valid_from}, test from {test_from}"
    return _by_documents(facts, parts.astype(np.int8), manner, keep_unseen=keep_unseen)


def split_by_area(
    facts: GraphFacts,
    areas: Areas,
    *,
    test: Collection[str],
    valid: Collection[str] = (),
    asked: Iterable[str] = (),
    steering: float = 0.05,
    seed: int = 0,
    keep_unseen: bool = False,
) -> Division:
    """Concepts by area: tested is what is said of those in the areas `test`, of which train has no fact `asked` about.

    `asked` are predicates, all but `STRUCTURE` where none is given. Other facts about the concepts stay in train, as
    does what the same documents say of other areas; that a concept also lies in an area of train does not make it
    known. Where no area is `valid`, the share `steering` of the pairs that are left steers, by chance.
    """
    known = {area for held in areas.values() for area in held}
    if strange := sorted({*test, *valid} - known):
        raise DivisionError(f"no concept lies in the area {strange[0]}; {_tell_areas(areas)}")
    if not test:
        raise DivisionError(f"a split by area needs at least one area that is tested (--area); {_tell_areas(areas)}")
    parts = np.full(len(facts), Part.TRAIN, np.int8)
    sides = facts.triples.rows[:, [0, 2]]
    wanted = np.isin(facts.triples.rows[:, 1], _asked(facts, set(asked)))
    for part, held in ((Part.VALID, set(valid)), (Part.TEST, set(test))):
        inside = np.array([bool(held & set(areas.get(curie, ()))) for curie in facts.triples.entities], bool)
        parts[inside[sides].any(axis=1) & wanted] = part
    if not valid:
        left = np.flatnonzero(wanted & (parts == Part.TRAIN))
        pairs, pair = np.unique(_pairs(facts)[1][left], return_inverse=True)
        parts[left[deal(len(pairs), Shares(steering, 0), seed)[pair] == Part.VALID]] = Part.VALID
    manner = f"concepts by area, test {', '.join(sorted(test))}"
    return _without_unseen(facts, parts, manner, keep_unseen=keep_unseen, admits=frozenset({"document"}))


def _tell_areas(areas: Areas) -> str:
    largest = [f"{area} ({count:,} concepts)" for area, count in list(area_sizes(areas).items())[:12]]
    return f"the largest areas are {', '.join(largest) or 'none'}"


def _pairs(facts: GraphFacts) -> tuple[int, Numbers]:
    """How many pairs of concepts there are, in either order, and the pair of each fact."""
    pairs, pair = np.unique(np.sort(facts.triples.rows[:, [0, 2]], axis=1), axis=0, return_inverse=True)
    return len(pairs), pair.reshape(-1)


def _asked(facts: GraphFacts, asked: set[str]) -> list[int]:
    return [
        at for at, name in enumerate(facts.triples.relations) if (name in asked if asked else name not in STRUCTURE)
    ]


def deal(count: int, shares: Shares, seed: int) -> Parts:
    """The part of each of `count` things, by chance in these shares."""
    order = np.random.default_rng(seed).permutation(count)
    parts = np.full(count, Part.TRAIN, np.int8)
    valid, test = round(count * shares.valid), round(count * shares.test)
    parts[order[:test]] = Part.TEST
    parts[order[test : test + valid]] = Part.VALID
    return parts


def _by_documents(facts: GraphFacts, parts: Parts, manner: str, *, keep_unseen: bool) -> Division:
    """Each fact where the first of its documents is, train before undated before valid before test."""
    rank = np.array([0, 2, 3, 1], np.int8)
    first = np.full(len(facts), 3, np.int8)
    np.minimum.at(first, facts.sources.facts_of_places(), rank[parts[facts.sources.places]])
    return _without_unseen(facts, np.argsort(rank).astype(np.int8)[first], manner, keep_unseen=keep_unseen)


def _without_unseen(
    facts: GraphFacts, parts: Parts, manner: str, *, keep_unseen: bool, admits: frozenset[str] = frozenset()
) -> Division:
    left_out = {"undated": int((parts == Part.OUT).sum())}
    if not keep_unseen:
        unseen = _unseen(facts, parts)
        left_out["unseen"] = int(unseen.sum())
        parts[unseen] = Part.OUT
    return Division(facts, parts, manner, {why: count for why, count in left_out.items() if count}, admits)


def _unseen(facts: GraphFacts, parts: Parts) -> Mask:
    """Facts of valid and test with a concept or predicate that no fact of train has."""
    rows = facts.triples.rows
    train = rows[parts == Part.TRAIN]
    strange = ~np.isin(rows[:, [0, 2]], train[:, [0, 2]]).all(axis=1) | ~np.isin(rows[:, 1], train[:, 1])
    unseen: Mask = strange & np.isin(parts, [Part.VALID, Part.TEST])
    return unseen
