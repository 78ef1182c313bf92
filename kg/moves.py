"""Placing the rows of a graph anew, and telling which names went from which concept to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from extractors.naming import kinds_like
from kg.assemble import find_origin
from kg.model import Diff, Evidence, Move, Node, Origin, Placed
from kg.place import Placer, sides_of
from ontologies.decided import has_decisions, undecided
from ontologies.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Realigned:
    """What became of a graph: the moves that were made, and what changed in each document."""

    moves: tuple[Move, ...] = ()
    diffs: tuple[Diff, ...] = ()
    names: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Subject, predicate and object in words, by id, of the facts that moves make: a dry run leaves them nowhere."""


class Placing:
    """Says of every extracted row where it stands under the decisions of a lexicon, and remembers what moves by that.

    With `renew` a name that waited for a concept is looked up again first.
    """

    def __init__(self, lexicon: Lexicon, *, before: Lexicon | None = None, renew: bool = False) -> None:
        self.names: dict[str, tuple[str, str, str]] = {}
        self._placer = Placer(lexicon)
        self._before = before or lexicon
        self._renew = renew
        self._moved: dict[tuple[str, str], tuple[Node, dict[str, None]]] = {}

    def __call__(self, standing: Sequence[Evidence]) -> Placed:
        """What is to stand for an extracted row, for which these rows stand now."""
        placed = self._placer.place(self._read(standing[0]))
        nodes = {node.curie: node for node in placed.nodes}
        if placed.asleep:
            nodes[placed.asleep.node.curie] = placed.asleep.node
        for one in placed.rows:
            self.names[one.fact_id] = nodes[one.subject].name, one.predicate, nodes[one.object].name
        old, new = _stands(standing), _stands([*placed.rows, *([placed.asleep.row] if placed.asleep else [])])
        for name in old:
            for left, come in _went(old[name], new.get(name, set())):
                self._moved.setdefault((left, come), (nodes[come], {}))[1][name] = None
        return placed

    def moves(self) -> tuple[Move, ...]:
        """The moves that were made so far."""
        return tuple(Move(tuple(names), curie, node) for (curie, _), (node, names) in self._moved.items())

    def _read(self, row: Evidence) -> Evidence:
        """The row with what its names were extracted as, as far as that is to be found out now."""
        origins, said = [], set(row.qualifiers)
        for name, origin in sides_of(row):
            if origin.assumed:
                origin = self._guess(name, origin)
            elif self._renew and not origin.curie:
                origin, qualifiers = find_origin(name, origin.kind, undecided(self._before))
                said |= {*qualifiers}
            origins.append(origin)
        if origins == [row.subject_origin, row.object_origin]:
            return row
        return replace(row, subject_origin=origins[0], object_origin=origins[1], qualifiers=tuple(sorted(said)))

    def _guess(self, name: str, origin: Origin) -> Origin:
        """What a name of an older graph was extracted as: where it stands, unless curators may have put it there."""
        below = undecided(self._before)
        named = below.find(name, kinds=kinds_like(origin.kind))[:1]
        if has_decisions(self._before, name):
            return Origin(origin.kind, named[0].curie) if named else find_origin(name, origin.kind, below)[0]
        if named and self._before.canonical(named[0].curie) == origin.curie:
            return Origin(origin.kind, named[0].curie)
        return replace(origin, assumed=False)


def _stands(rows: Iterable[Evidence]) -> dict[str, set[str]]:
    """The concepts at which each name stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row.subject_name].add(row.subject)
        found[row.object_name].add(row.object)
    return found


def _went(old: set[str], new: set[str]) -> Iterator[tuple[str, str]]:
    """From which concept to which a name went: those that are new, or those that are left where it lost some."""
    gone, come = sorted(old - new), sorted(new - old)
    if come:
        yield from product(gone or sorted(old)[:1], come)
    elif gone:
        yield from product(gone, sorted(new)[:1])
