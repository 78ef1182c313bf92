"""One step of a put: a set of documents, each of which gets the rows of evidence that its contribution has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.errors import StoreError
from kg.model import Contribution, Diff, Evidence
from kg.stores.clock import Clock
from kg.stores.neo4j.concepts import Concepts
from kg.stores.neo4j.dormant import forget_dormant, keep_dormant
from kg.stores.neo4j.server import Cypher
from kg.stores.neo4j.storing import (
    Loaded,
    Owned,
    add_rows,
    drop_rows,
    find_loaded,
    find_owned,
    move_rows,
    moved_of,
    save_documents,
    triple_of,
)
from kg.stores.parts import digest_of
from kg.stores.summing import Triple
from kg.stores.versions import Replaced, left_out, put_line


@dataclass(slots=True)
class Change:
    """What a transaction has changed so far."""

    facts: dict[str, Triple] = field(default_factory=dict)
    """Facts whose evidence changed."""
    ends: set[str] = field(default_factory=set)
    """Concepts of facts that a document no longer supports."""
    log: list[str] = field(default_factory=list)
    """What was written, in words: the graph's next version is a hash of it."""
    changes: list[Diff] = field(default_factory=list)
    """What goes into the list of changes."""
    due: bool = False
    """Whether bytes of restricted documents are left behind."""


@dataclass(slots=True)
class Rows:
    """What becomes of rows of evidence: those that leave, by id, those that come, and those that stand elsewhere."""

    gone: list[str] = field(default_factory=list)
    fresh: list[Evidence] = field(default_factory=list)
    moved: list[Evidence] = field(default_factory=list)

    def replace(self, change: Change, old: Mapping[str, Owned], rows: Iterable[Evidence]) -> Replaced:
        """What comes of making a document's rows, now `old`, exactly `rows`, by the smallest change."""
        new = {row.id: row for row in rows}
        gone = [id_ for id_ in old if id_ not in new]
        fresh = [row for id_, row in new.items() if id_ not in old]
        moved = [row for id_, row in new.items() if id_ in old and old[id_].moved != moved_of(row)]
        self.gone += gone
        self.fresh += fresh
        self.moved += moved
        rescored = [row for row in moved if old[row.id].moved[-1] != row.score]
        change.facts.update((row.fact_id, checked_triple(row)) for row in (*fresh, *rescored))
        change.facts.update((old[id_].fact, old[id_].triple) for id_ in gone)
        before = {owned.fact: owned.triple for owned in old.values()}
        after = {row.fact_id for row in new.values()}
        retracted = sorted(before.keys() - after)
        change.ends.update(end for id_ in retracted for end in (before[id_].subject, before[id_].object))
        added, kept = tuple(sorted(after - before.keys())), len(after & before.keys())
        return Replaced(added, tuple(retracted), kept, bool(gone or fresh or moved))

    def write(self, cypher: Cypher) -> None:
        """Do it."""
        drop_rows(cypher, self.gone)
        add_rows(cypher, self.fresh)
        move_rows(cypher, self.moved)


def checked_triple(row: Evidence) -> Triple:
    """What a row's fact says; raises `StoreError` where its id is that of another fact."""
    triple = triple_of(row)
    if triple.id != row.fact_id:
        raise StoreError(f"the id {row.fact_id!r} stands for another fact: make ids with kg.identity.fact_id")
    return triple


class Step:
    """Puts documents that are different ones into a graph."""

    def __init__(self, cypher: Cypher, change: Change, contributions: Sequence[Contribution]) -> None:
        self._cypher = cypher
        self._change = change
        self._contributions = contributions
        self._loaded = find_loaded(cypher, (one.document.id for one in contributions))
        self._owned = find_owned(cypher, self._loaded)
        self._concepts = Concepts()
        self._rows = Rows()

    def put(self, *, stamp: str, clock: Clock) -> list[Diff]:
        """The diff of each document, after all were put."""
        cypher, current = self._cypher, [one for one in self._contributions if not self._is_older(one)]
        self._concepts.look_up(cypher, (curie for one in current for curie in _curies_of(one)))
        diffs = [self._put_one(one, stamp, clock) for one in self._contributions]
        changed = [one.document for one in current if self._is_changed(one, stamp)]
        save_documents(cypher, changed, stamp=stamp, time=clock())
        forget_dormant(cypher, (one.document.id for one in current if one.document.id in self._loaded))
        keep_dormant(cypher, (asleep for one in current for asleep in one.asleep))
        self._concepts.write(cypher)
        self._rows.write(cypher)
        return diffs

    def _put_one(self, contribution: Contribution, stamp: str, clock: Clock) -> Diff:
        document, loaded = contribution.document, self._loaded.get(contribution.document.id)
        if loaded is not None and document.version < loaded.version:
            return left_out(document, loaded.version)
        old, new = loaded.version if loaded else None, document.version
        nodes = [node.curie for node in contribution.nodes if self._concepts.save(node)]
        self._need_nodes(contribution)
        rows = self._rows.replace(self._change, self._owned.get(document.id, {}), contribution.evidence)
        if loaded is not None and loaded.restricted != document.restricted:
            self._change.facts.update((row.fact_id, checked_triple(row)) for row in contribution.evidence)
        time = clock() if self._is_changed(contribution, stamp) or nodes or rows.written else ""
        diff = Diff(document.id, old, new, rows.added, rows.retracted, rows.kept, time=time)
        if old != new or diff.added or diff.retracted:
            self._change.changes.append(diff)
        if time:
            self._change.due |= loaded is not None and loaded.restricted
            self._change.log.append(put_line(document, stamp, nodes, rows))
        return diff

    def _is_older(self, contribution: Contribution) -> bool:
        loaded = self._loaded.get(contribution.document.id)
        return loaded is not None and contribution.document.version < loaded.version

    def _is_changed(self, contribution: Contribution, stamp: str) -> bool:
        loaded: Loaded | None = self._loaded.get(contribution.document.id)
        return loaded is None or loaded.digest != digest_of(contribution.document, stamp).hex()

    def _need_nodes(self, contribution: Contribution) -> None:
        for row in contribution.evidence:
            for curie in (row.subject, row.object):
                if curie not in self._concepts:
                    raise missing_node(row, curie)


def missing_node(row: Evidence, curie: str) -> StoreError:
    """The error of a row whose side no node describes."""
    return StoreError(f"evidence of {row.document!r} names {curie!r}, which no node describes: add the node")


def distinct(contributions: Iterable[Contribution]) -> list[list[Contribution]]:
    """The contributions in their order, in as few lists as there need be so that none has a document twice."""
    steps: list[list[Contribution]] = [[]]
    seen: set[str] = set()
    for contribution in contributions:
        if contribution.document.id in seen:
            steps.append([])
            seen.clear()
        steps[-1].append(contribution)
        seen.add(contribution.document.id)
    return steps


def _curies_of(contribution: Contribution) -> set[str]:
    curies = {node.curie for node in contribution.nodes}
    return curies.union(*((row.subject, row.object) for row in contribution.evidence))
