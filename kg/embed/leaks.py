"""Facts of valid and test that can be read off the facts learned from: a run whose split has any does not go on.

What counts, after Toutanova and Chen 2015 (the inverse and duplicate relations of FB15k, left out of FB15k-237) and
Akrami et al. 2020 (Realistic re-evaluation of knowledge graph completion methods), carried over to graphs with
documents and vocabularies: the kinds of `LeakKind`. A relation is inverse, symmetric or duplicate where it is declared
so, or where it holds for the share `threshold` of pairs; of all parts, which only makes the check stricter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from kg.embed.background import Background, learn_background
from kg.embed.facts import Mask, Numbers, Sources
from kg.embed.implied import Closed, close, find_implied
from kg.embed.joining import join, pair_keys
from kg.embed.relation_rules import RelationRules, find_rules
from kg.embed.splits import Division, Part
from kg.embed.triples import Rows, Split, Triples
from kg.errors import KGError


class LeakError(KGError):
    """Facts of valid or test can be read off the facts learned from."""


class LeakKind(StrEnum):
    """How a fact can be read off the facts learned from."""

    REPEATED = "repeated"
    """The fact itself is learned from."""
    DUPLICATE = "duplicate"
    """The same pair has a relation that goes with this one."""
    INVERSE = "inverse"
    """The pair turned round has a relation that is the inverse of this one."""
    SYMMETRIC = "symmetric"
    """The pair turned round has the same relation, and that is symmetric."""
    SAME_AS = "same_as"
    """One of the above, of concepts that are the same."""
    SUBCLASS_OF = "subclass_of"
    """It follows from a fact about what lies above or below."""
    DOCUMENT = "document"
    """A document that says it also says what is learned from it alone."""


@dataclass(frozen=True, slots=True)
class LeakSettings:
    """When a relation says what another says, which leaks are let pass, and which relations are structure."""

    threshold: float = 0.8
    support: int = 10
    """Pairs that a relation must have before its share means anything."""
    allow: frozenset[str] = frozenset()
    """Kinds that are let pass: for published benchmarks, which have them and are compared all the same."""
    same_as: tuple[str, ...] = ("same_as",)
    subclass_of: tuple[str, ...] = ("subclass_of",)

    def __post_init__(self) -> None:
        if strange := sorted(set(self.allow) - set(LeakKind)):
            raise LeakError(f"{strange[0]!r} is no kind of leak; kinds are {', '.join(LeakKind)}")


@dataclass(frozen=True, slots=True, eq=False)
class Leak:
    """The facts of one part that leak in one way."""

    kind: LeakKind
    part: Part
    rows: Numbers
    """Their places among the rows of the part, rising."""
    of: int
    """How many facts the part has."""
    examples: tuple[str, ...]
    """Some of them, each with what it can be read off."""

    def __str__(self) -> str:
        return (
            f"{len(self.rows)} of {self.of} {self.part.name.lower()} facts are {self.kind} ({'; '.join(self.examples)})"
        )


#: Examples that a leak tells.
_TOLD = 3


def find_leaks(
    split: Split,
    *,
    background: Background | None = None,
    sources: Sequence[Sources] | None = None,
    settings: LeakSettings | None = None,
) -> list[Leak]:
    """The leaks from train into valid and test, and of repeated facts from valid into test, by kind and part.

    `sources` are the documents behind train, valid and test. What train says of sameness and hierarchy is added to the
    `background`. Memory and time grow with the facts and with what lies above each concept.
    """
    settings = settings or LeakSettings()
    known = learn_background(
        split.train, background or Background(), same_as=settings.same_as, subclass_of=settings.subclass_of
    )
    everything = split.train.with_rows(np.concatenate([split.train.rows, split.valid.rows, split.test.rows]))
    rules = find_rules(everything, threshold=settings.threshold, support=settings.support)
    closed = close(split.train.entities, known)
    found = []
    for part, asked in ((Part.VALID, split.valid), (Part.TEST, split.test)):
        look = _Look(split.train, asked, part, rules, closed, settings)
        found += [*look.at_pairs(), *look.at_background()]
        if sources:
            found += look.at_documents(sources[Part.TRAIN], sources[part])
    again = _Look(split.valid, split.test, Part.TEST, rules, closed, settings)
    return [leak for leak in [*found, *again.at_repeated()] if len(leak.rows)]


def check_leaks(leaks: Sequence[Leak], settings: LeakSettings | None = None, *, of_file: bool = False) -> None:
    """Raises `LeakError`, with kinds, counts, examples and the remedy, where a leak is not allowed by name.

    Facts of a file (`of_file`) are given, and not divided from those learned from.
    """
    allowed = (settings or LeakSettings()).allow
    if told := [leak for leak in leaks if leak.kind not in allowed]:
        kinds = " --allow ".join(dict.fromkeys(leak.kind for leak in told))
        otherwise = "ask of other facts" if of_file else "divide the graph by document or by time"
        raise LeakError(
            f"what is asked can be read off what is learned from: {', '.join(map(str, told))}. Leave these facts out"
            f" (--drop-leaks, in Python drop), {otherwise}, or let them pass by name"
            f" (--allow {kinds}) where figures must be comparable with published ones"
        )


def drop_leaks(split: Split, leaks: Sequence[Leak], settings: LeakSettings | None = None) -> Split:
    """The split with the facts of valid and test aside that leak in a way that is not allowed."""
    allowed = (settings or LeakSettings()).allow
    told = [leak for leak in leaks if leak.kind not in allowed]
    valid, gone = _part(split.valid, told, Part.VALID)
    test, gone_too = _part(split.test, told, Part.TEST)
    return Split(split.train, valid, test, np.concatenate([split.aside, gone, gone_too]))


def divide(
    division: Division,
    *,
    background: Background | None = None,
    settings: LeakSettings | None = None,
    drop: bool = False,
) -> tuple[Split, list[Leak]]:
    """The split of a graph and the leaks that its facts have; with `drop` the split is without these.

    Raises:
        LeakError: there are leaks that neither the settings nor the manner of the division allow, and no `drop`.
    """
    settings = settings or LeakSettings()
    sources = [division.sources(part) for part in (Part.TRAIN, Part.VALID, Part.TEST)]
    leaks = find_leaks(division.split(), background=background, sources=sources, settings=settings)
    minded = [leak for leak in leaks if leak.kind not in division.admits]
    if not drop:
        check_leaks(minded, settings)
    left = drop_leaks(division.split(), minded, settings)
    if len(division.split().test) and not len(left.test):
        raise LeakError(
            f"nothing is left to ask after leaks are dropped: {', '.join(map(str, minded))}; divide otherwise"
        )
    return left, leaks


def _part(part: Triples, leaks: Sequence[Leak], of: Part) -> tuple[Triples, Rows]:
    """What is left of a part without leaks, and the facts that are."""
    leaking = np.zeros(len(part), bool)
    for leak in leaks:
        if leak.part is of:
            leaking[leak.rows] = True
    return part.with_rows(part.rows[~leaking]), part.rows[leaking]


@dataclass(frozen=True, slots=True)
class _Look:
    """What is known, what is asked, and how to tell whether the one gives the other away."""

    known: Triples
    asked: Triples
    part: Part
    rules: RelationRules
    closed: Closed
    settings: LeakSettings

    def at_pairs(self) -> Iterator[Leak]:
        """Leaks within a pair of concepts as they stand."""
        for kind, (ours, theirs) in self._paired(self.known.rows, self.asked.rows).items():
            yield self._leak(kind, ours, theirs)

    def at_repeated(self) -> Iterator[Leak]:
        """Facts that are among the known ones."""
        yield self._leak(LeakKind.REPEATED, *self._paired(self.known.rows, self.asked.rows)[LeakKind.REPEATED])

    def at_background(self) -> Iterator[Leak]:
        """Leaks by way of what is the same and of what lies above or below."""
        known, asked = self._spoken(self.known.rows), self._spoken(self.asked.rows)
        plain = {int(row) for ours, _ in self._paired(self.known.rows, self.asked.rows).values() for row in ours}
        ours, theirs = map(np.concatenate, zip(*self._paired(known, asked).values(), strict=True))
        fresh = ~np.isin(ours, list(plain))
        joined = np.flatnonzero(self._is(self.settings.same_as) & (asked[:, 0] == asked[:, 2]))
        yield self._leak(LeakKind.SAME_AS, *_with_steps(ours[fresh], theirs[fresh], joined))
        placed = self._is(self.settings.subclass_of)
        ours, theirs = find_implied(asked, known, self.closed, self.known)
        fresh = ~(placed | self._is(self.settings.same_as))[ours]
        below = np.flatnonzero(placed & self.closed.lies_below(asked[:, 0], asked[:, 2]))
        yield self._leak(LeakKind.SUBCLASS_OF, *_with_steps(ours[fresh], theirs[fresh], below))

    def at_documents(self, learned: Sources, asked: Sources) -> Iterator[Leak]:
        """Facts said by documents that alone say something that is learned from."""
        behind = np.zeros(len(learned.documents), bool)
        behind[asked.places] = True
        facts = learned.facts_of_places()
        elsewhere = np.bincount(facts[~behind[learned.places]], minlength=len(self.known)) > 0
        ours, theirs = join(asked.places, learned.places[~elsewhere[facts]])
        yield self._leak(LeakKind.DOCUMENT, asked.facts_of_places()[ours], facts[~elsewhere[facts]][theirs])

    def _paired(self, known: Rows, asked: Rows) -> dict[LeakKind, tuple[Numbers, Numbers]]:
        size = int(self.closed.spoken.size) or 1
        straight = join(pair_keys(asked, size), pair_keys(known, size))
        turned = join(pair_keys(asked, size), pair_keys(known, size, turned=True))
        said, given = asked[straight[0], 1], known[straight[1], 1]
        back, from_ = asked[turned[0], 1], known[turned[1], 1]
        rule = self.rules.turned[from_, back] & (asked[turned[0], 0] != asked[turned[0], 2])
        kept = {
            LeakKind.REPEATED: (straight, said == given),
            LeakKind.DUPLICATE: (straight, self.rules.straight[given, said]),
            LeakKind.INVERSE: (turned, rule & (from_ != back)),
            LeakKind.SYMMETRIC: (turned, rule & (from_ == back)),
        }
        return {kind: (met[0][mask], met[1][mask]) for kind, (met, mask) in kept.items()}

    def _spoken(self, rows: Rows) -> Rows:
        return np.stack([self.closed.spoken[rows[:, 0]], rows[:, 1], self.closed.spoken[rows[:, 2]]], axis=1)

    def _is(self, names: Sequence[str]) -> Mask:
        return np.isin(self.asked.rows[:, 1], [at for at, name in enumerate(self.asked.relations) if name in names])

    def _leak(self, kind: LeakKind, ours: npt.ArrayLike, theirs: npt.ArrayLike) -> Leak:
        rows, first = np.unique(np.asarray(ours, np.int64), return_index=True)
        from_ = np.asarray(theirs, np.int64)[first[:_TOLD]]
        examples = [self._example(row, other) for row, other in zip(rows[:_TOLD], from_, strict=True)]
        return Leak(kind, self.part, rows, len(self.asked), tuple(examples))

    def _example(self, row: int, from_: int) -> str:
        said = _say(self.asked, row)
        return f"{said}, since {_say(self.known, from_)}" if from_ >= 0 else f"{said}, by several steps"


def _with_steps(ours: Numbers, theirs: Numbers, by_steps: Numbers) -> tuple[Numbers, Numbers]:
    """Both, with facts that follow from no single one."""
    return np.concatenate([ours, by_steps]), np.concatenate([theirs, np.full(len(by_steps), -1)])


def _say(triples: Triples, row: int) -> str:
    subject, relation, object_ = triples.rows[row]
    return f"{triples.entities[subject]} {triples.relations[relation]} {triples.entities[object_]}"
