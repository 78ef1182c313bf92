"""Cliques: the CURIEs that name one concept, joined link by link, the strongest first, unless something speaks against.

This is Kruskal's way to a spanning forest with a check before each join. Of two groups that must not be one, none that
they grow into may be: what is left out stays left out, whatever comes later, and the order of the input has no say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from ontologies.mappings.links import Basis, Link
from ontologies.mappings.order import Hierarchies, find_way
from ontologies.model import Concept, Kind
from ontologies.names import prefix_of, rank, sort_of

_UNKNOWN = 1_000
"""The place of a vocabulary of which nothing is loaded."""


class Clash(StrEnum):
    """Why two groups of CURIEs must not be one."""

    DENIED = "denied"
    """Somebody says that they are not the same."""
    RETIRED = "retired"
    """One of the two is no longer in use."""
    VOCABULARY = "vocabulary"
    """One vocabulary has two ids in them."""
    KIND = "kind"
    HIERARCHY = "hierarchy"
    """One is narrower than the other."""
    CIRCLE = "circle"
    """The hierarchies of several vocabularies would go round in a circle."""
    XREFS = "xrefs"
    """A concept has several cross-references to a vocabulary, of which no more than one can be exact."""


class Group:
    """CURIEs that name one concept, and the links that say so."""

    __slots__ = ("_ids", "_sorts", "links", "members")

    def __init__(self, curie: str, kind: Kind | None) -> None:
        self.members = [curie]
        self.links: list[Link] = []
        self._ids = {prefix_of(curie)}
        self._sorts = {sort_of(kind)} if kind and kind is not Kind.OTHER else set()

    def clash(self, other: Group) -> Clash | None:
        """What of ids and kinds speaks against one group of the two."""
        if not self._ids.isdisjoint(other._ids):
            return Clash.VOCABULARY
        return Clash.KIND if self._sorts and other._sorts and self._sorts != other._sorts else None

    def add(self, link: Link) -> bool:
        """Whether the end of `link`, a CURIE of which nothing is known, was taken in: its vocabulary was not there."""
        prefix = prefix_of(link.b)
        if prefix in self._ids:
            return False
        self._ids.add(prefix)
        self.members.append(link.b)
        self.links.append(link)
        return True

    def take(self, other: Group) -> None:
        """Takes the members of `other` in, with their links."""
        self.members += other.members
        self.links += other.links
        self._ids |= other._ids
        self._sorts |= other._sorts

    def way(self, start: str, goal: str) -> list[Link]:
        """The shortest way of links from one member to another; of two links between neighbours the stronger one."""
        around: dict[str, dict[str, Link]] = defaultdict(dict)
        for link in sorted(self.links, key=lambda link: (-link.basis, link)):
            around[link.a][link.b] = around[link.b][link.a] = link
        curies = find_way(
            [start], goal.__eq__, lambda at: sorted(around[at], key=lambda to: (around[at][to].basis, to))
        )
        return [around[one][two] for one, two in pairwise(curies)]

    def bases(self, link: Link) -> set[Basis]:
        """All grounds on which the ends of `link` are said to be the same."""
        return {other.basis for other in self.links if other.pair == link.pair}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Links of one pair that were not followed, and why."""

    links: tuple[Link, ...]
    denials: tuple[Link, ...]
    """What is said of the same pair to the contrary."""
    clash: Clash
    followed: bool = False
    """True where they were followed in spite of it, since a curator or the stronger grounds said so."""


@dataclass(frozen=True, slots=True)
class Cliques:
    """All groups of some links, what was left out, and which CURIEs are said not to be the same as each."""

    groups: Mapping[str, Group]
    left_out: tuple[LeftOut, ...]
    apart: Mapping[str, Set[str]]

    def root(self, curie: str) -> str:
        """One and the same CURIE for all members of a group; a CURIE without links is one by itself."""
        group = self.groups.get(curie)
        return group.members[0] if group else curie

    def members(self, curie: str) -> list[str]:
        """The CURIEs of the group of `curie`."""
        group = self.groups.get(curie)
        return group.members if group else [curie]

    def changed(self, part: Cliques) -> Cliques:
        """These cliques with those of `part` in their place, for all CURIEs that `part` has."""
        kept = (out for out in self.left_out if out.links[0].a not in part.groups)
        return Cliques({**self.groups, **part.groups}, (*kept, *part.left_out), {**self.apart, **part.apart})


def find_speaker(members: Iterable[str], concepts: Mapping[str, Concept]) -> str | None:
    """The CURIE that speaks for `members`: the best of those that `concepts` has, if any."""
    known = [member for member in members if member in concepts]
    if len(known) < 2:
        return known[0] if known else None
    kinds = {concepts[member].kind for member in known}
    kind = Kind.DISEASE if Kind.DISEASE in kinds else min(kinds - {Kind.OTHER} or kinds)
    return min(known, key=lambda one: (concepts[one].deprecated, rank(one, kind)))


def find_cliques(links: Iterable[Link], concepts: Mapping[str, Concept], hierarchies: Hierarchies) -> Cliques:
    """The cliques that `links` make of CURIEs; `concepts` are what is known of them.

    A decision that two are one is followed unless another decision denies it; what else speaks against it is named.
    """
    pairs: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        a, b = link.a, link.b
        if a != b:
            pairs[(a, b) if a < b else (b, a)].append(link)
    places = _Places(concepts)
    joining = _Joining(concepts, hierarchies)
    for _, said in sorted([(places.of(pair, said := _Said.of(links)), said) for pair, links in pairs.items()]):
        joining.join(said)
    return Cliques(joining.groups, tuple(joining.left_out), joining.apart)


class _Said(NamedTuple):
    """The links of one pair: those that say "the same", strongest first, and those that deny it."""

    yes: tuple[Link, ...]
    no: tuple[Link, ...]

    @classmethod
    def of(cls, links: list[Link]) -> _Said:
        """`links` told apart and put in order."""
        if len(links) > 1:
            links = sorted(set(links), key=lambda link: (link.basis, link))
        return cls(tuple([link for link in links if link.same]), tuple([link for link in links if not link.same]))

    @property
    def denied(self) -> bool:
        """True where the denial is at least as strong."""
        return bool(self.no) and (not self.yes or self.no[0].basis <= self.yes[0].basis)


class _Places(dict[str, tuple[int, str]]):
    """Where pairs are in the order of joining: denials, then by grounds, then by the order of vocabularies."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        super().__init__()
        self._concepts = concepts

    def of(self, pair: tuple[str, str], said: _Said) -> tuple[object, ...]:
        """What a pair is sorted by."""
        bases = tuple(dict.fromkeys([link.basis for link in said.yes]))
        one, two = self[pair[0]], self[pair[1]]
        return not said.denied, (*bases, len(Basis)), (one, two) if one < two else (two, one)

    def __missing__(self, curie: str) -> tuple[int, str]:
        concept = self._concepts.get(curie)
        place = self[curie] = rank(curie, concept.kind) if concept else (_UNKNOWN, curie)
        return place


@dataclass(slots=True)
class _Joining:
    """The groups as they grow."""

    concepts: Mapping[str, Concept]
    hierarchies: Hierarchies
    groups: dict[str, Group] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    apart: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def join(self, said: _Said) -> None:
        """Follows the links of one pair, where nothing speaks against it."""
        link = (said.yes or said.no)[0]
        one = self._group(link.a)
        if not said.no and link.b not in self.groups and self._add(one, link):
            return
        two = self._group(link.b)
        if said.denied:
            self.apart[link.a].add(link.b)
            self.apart[link.b].add(link.a)
            if said.yes:
                self.left_out.append(LeftOut(said.yes, said.no, Clash.DENIED))
            return
        clash = None if one is two else self._clash(one, two, link)
        if clash and (clash is Clash.DENIED or link.basis is not Basis.DECISION):
            self.left_out.append(LeftOut(said.yes, (), clash))
            return
        if clash or said.no:
            self.left_out.append(LeftOut(said.yes, said.no, clash or Clash.DENIED, followed=True))
        one.links += said.yes
        if one is not two:
            self._unite(one, two)

    def _add(self, one: Group, link: Link) -> bool:
        """Whether the other end, of which nothing is known but this link yet, could just be added to the group."""
        crossing = self.hierarchies.crossing
        known = link.b in self.concepts or link.b in self.apart or link.b in crossing
        if known or self._retired(link.a) or not crossing.isdisjoint(one.members) or not one.add(link):
            return False
        self.groups[link.b] = one
        return True

    def _unite(self, one: Group, two: Group) -> None:
        if len(one.members) < len(two.members):
            one, two = two, one
        for member in two.members:
            self.groups[member] = one
        one.take(two)

    def _group(self, curie: str) -> Group:
        group = self.groups.get(curie)
        if group is None:
            concept = self.concepts.get(curie)
            group = self.groups[curie] = Group(curie, concept.kind if concept else None)
        return group

    def _clash(self, one: Group, two: Group, link: Link) -> Clash | None:
        if self._retired(link.a) or self._retired(link.b):
            return Clash.RETIRED
        if self.apart and self._denied(one, two):
            return Clash.DENIED
        return one.clash(two) or (Clash.HIERARCHY if self._nested(one.members, two.members) else None)

    def _retired(self, curie: str) -> bool:
        concept = self.concepts.get(curie)
        return concept is not None and concept.deprecated

    def _nested(self, one: list[str], two: list[str]) -> bool:
        crossing, up = self.hierarchies.crossing, self.hierarchies.way_up
        return bool((not crossing.isdisjoint(one) and up(one, two)) or (not crossing.isdisjoint(two) and up(two, one)))

    def _denied(self, one: Group, two: Group) -> bool:
        return any(not self.apart[member].isdisjoint(two.members) for member in one.members if member in self.apart)
