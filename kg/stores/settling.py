"""Aligning rows anew, whatever the store: what stands for a row now, what is to stand, and what that changes.

A store numbers its rows and documents as it likes: `number` tells one of its rows from the others, `document` is the
name of a document.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter

from kg.identity import said_by, with_ids
from kg.model import Diff, Evidence, Node, Origin, Placed
from kg.roles import Settle

#: A fact's id and the name of a document that supports it.
Support = tuple[str, str]


@dataclass(slots=True)
class Moving:
    """An extracted row of a document, as it stands in the graph and as it will stand."""

    document: str
    standing: dict[Hashable, Evidence] = field(default_factory=dict)
    """Its rows of evidence by their numbers: several where a name stands for several concepts."""
    asleep: dict[Hashable, Evidence] = field(default_factory=dict)
    """The same where it sleeps."""
    after: Placed = field(default_factory=lambda: Placed((), ()))
    gone: list[Hashable] = field(default_factory=list)
    """The numbers of the rows of evidence that leave."""
    fresh: list[Evidence] = field(default_factory=list)
    """What comes to stand for it."""

    @property
    def before(self) -> list[Evidence]:
        """All that stands for it, or sleeps for it."""
        return [*self.standing.values(), *self.asleep.values()]

    @property
    def evidence(self) -> list[Evidence]:
        """The rows of evidence that stand for it before or after."""
        return [*self.standing.values(), *self.after.rows]

    @property
    def left(self) -> list[Evidence]:
        """The rows of evidence that leave."""
        return [self.standing[number] for number in self.gone]

    def settle(self, place: Settle) -> bool:
        """Whether it is to stand elsewhere, or as sure as it does not stand now."""
        before = self.before
        self.after = place(before)
        old = {(row.id, row.score): number for number, row in self.standing.items()}
        new = {(row.id, row.score): row for row in self.after.rows}
        self.gone = [old[key] for key in old.keys() - new.keys()]
        self.fresh = [row for key, row in new.items() if key not in old]
        sleeps = {self.after.asleep.row.id} if self.after.asleep else set()
        return bool(self.gone or self.fresh or sleeps != {row.id for row in self.asleep.values()})


class Gathered:
    """The rows that are touched, those that stand and sleep for one extracted row together."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Moving] = {}

    def stands(self, number: Hashable, row: Evidence, subject: Node, object_: Node) -> None:
        """A row of evidence between these concepts."""
        row = with_origins(row, subject, object_)
        self._row(row).standing[number] = row

    def sleeps(self, number: Hashable, row: Evidence, node: Node) -> None:
        """A row that sleeps since both of its sides are this concept."""
        row = with_origins(row, node, node)
        self._row(row).asleep[number] = row

    def settle(self, place: Settle) -> list[Moving]:
        """The rows that are to stand elsewhere, or as sure as they do not stand now."""
        return [row for row in self._found.values() if row.settle(place)]

    def _row(self, row: Evidence) -> Moving:
        return self._found.setdefault((row.document, said_by(row)), Moving(row.document))


def with_origins(row: Evidence, subject: Node, object_: Node) -> Evidence:
    """The row; one of an older graph is taken for extracted as what it stands at."""
    if row.subject_origin and row.object_origin:
        return row
    origins = [Origin(node.kind, node.curie if node.aligned else "", assumed=True) for node in (subject, object_)]
    return with_ids(replace(row, subject_origin=origins[0], object_origin=origins[1]))


def supports_of(moved: Iterable[Moving]) -> set[Support]:
    """The facts on which rows stood and will stand, each with the document that may support it."""
    return {(row.fact_id, one.document) for one in moved for row in one.evidence}


def tell_moves(moved: Iterable[Moving], before: set[Support], after: set[Support], time: str) -> Iterator[Diff]:
    """The diff of each document, by its id; `before` and `after` are the facts that documents support."""
    for document, group in groupby(sorted(moved, key=attrgetter("document")), key=attrgetter("document")):
        rows = list(group)
        version = rows[0].before[0].version
        facts = {row.fact_id for one in rows for row in one.evidence}
        old, new = ({fact for fact in facts if (fact, document) in pairs} for pairs in (before, after))
        lost = sum(row.after.asleep is not None and bool(row.standing) for row in rows)
        note = f"{lost} rows sleep, since both of their sides are one concept now" if lost else ""
        added, retracted = tuple(sorted(new - old)), tuple(sorted(old - new))
        yield Diff(document, version, version, added, retracted, len(old & new), note, time)
