"""The names that documents write, and moving what hangs on a name from one concept to another.

The rows of a name are found through the facts of its concept: `facts_by_subject` or `facts_by_object`, then
`evidence_by_fact`, which holds the names; no index of names is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import apsw
import orjson

from kg.identity import evidence_id, fact_id, fact_names
from kg.model import Diff, Evidence, Move, NameUse, Node
from kg.stores.sqlite.dormant import dormant_names, find_dormant, keep_dormant, wake
from kg.stores.sqlite.journal import log_change
from kg.stores.sqlite.naming import count_names
from kg.stores.sqlite.rows import EVIDENCE_COLUMNS, EVIDENCE_JOINS, evidence_of, fetch, key_of, node_columns, node_of
from kg.stores.sqlite.writing import INSERT_EVIDENCE, Change, Writing

_SIDES = ("subject", "object")
_EACH_SIDE = """
select f.{side} as node, e.{side}_name as name, e.fact, e.document, e.id, e.weight
from {{source}} cross join evidence e on e.fact = f.id where e.{side}_name > 0
"""
_OF = " union all ".join(
    _EACH_SIDE.format(side=side).format(source=f"json_each(:nodes) j cross join facts f on f.{side} = j.value")
    for side in _SIDES
)
_NAMES = f"""
select w.text, {node_columns("n")}, u.facts, u.evidence, u.documents from (
    select node, name, count(distinct fact) as facts, count(*) as evidence, count(distinct document) as documents
    from ({_OF}) group by node, name) u
join words w on w.id = u.name join nodes n on n.id = u.node order by u.facts desc, u.evidence desc, w.text, n.curie
"""
_EXAMPLES = f"""
select {EVIDENCE_COLUMNS} from (
    select distinct id, weight from ({_OF}) where name = :name order by abs(weight) desc, id limit :first) r
cross join evidence e on e.id = r.id {EVIDENCE_JOINS} order by abs(r.weight) desc, r.id
"""
_FIND_MOVED = """
select e.id, e.{side}_name from facts f cross join evidence e on e.fact = f.id
where f.{side} = :node and e.{side}_name in (select value from json_each(:names))
"""
_ROWS = f"""
select e.id, e.document, {EVIDENCE_COLUMNS} from json_each(?) j cross join evidence e on e.id = j.value {EVIDENCE_JOINS}
"""
_SUPPORTED = """
select distinct e.fact, e.document from json_each(?) j
cross join evidence e on e.fact = j.value ->> 0 and e.document = j.value ->> 1
"""
_SAME = "select id, score, start from evidence where document = ? and key = ?"


#: A document's number and the key of a row in it.
_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Moved:
    """A row of evidence before its move and after it; `after` is None where both sides are one concept then.

    A row that was `dormant` had one concept on both sides before.
    """

    number: int
    document: int
    before: Evidence
    after: Evidence | None
    asleep_at: str = ""
    """The concept that both sides are afterwards."""
    dormant: bool = False


class Aligning(Writing):
    """The `Alignments` role of the embedded store."""

    def iter_names(self, *, curies: Sequence[str] = (), dormant: bool = False) -> Iterator[NameUse]:
        """Every name with its concept (of these concepts alone, where any are given), most facts first.

        With `dormant` also, at the end, the names in rows that sleep since both of their sides are one concept.
        """
        with self._db.read() as connection:
            nodes = orjson.dumps([number for curie in curies if (number := self._nodes.number(curie))]).decode()
            if not curies:
                yield from count_names(connection)
            for row in fetch(connection, _NAMES, {"nodes": nodes}) if curies else ():
                yield NameUse(row[0], node_of(row[1:7]), *row[7:])
            if dormant:
                yield from dormant_names(connection, curies)

    def find_examples(self, name: str, curie: str, *, first: int) -> list[Evidence]:
        """Up to `first` evidence rows in which `name` was aligned to `curie`, best score first."""
        with self._db.read() as connection:
            asked = {"nodes": f"[{self._nodes.number(curie) or 0}]", "name": self._words.find(name), "first": first}
            return list(map(evidence_of, fetch(connection, _EXAMPLES, asked)))

    def realign(self, moves: Sequence[Move], *, dry_run: bool = False) -> list[Diff]:
        """What changed in each document touched, after all moves were made in one transaction, facts derived anew.

        The moves are made at once, none on what another one brought. `kept` counts the facts on which a moved name
        stood and which their document still supports. With `dry_run` the diffs alone.
        """
        with self._transaction(rehearsed=dry_run) as (connection, change):
            moved = [*self._find_moved(connection, moves), *_find_woken(connection, moves)]
            supported = _find_supported(connection, moved)
            self._move_rows(connection, change, moved, {move.node.curie: move.node for move in moves})
            diffs = list(_tell(moved, supported, _find_supported(connection, moved), self._clock()))
            for diff in diffs:
                change.log.append(repr(diff))
                if diff.added or diff.retracted:
                    log_change(connection, diff)
            return diffs

    def _find_moved(self, connection: apsw.Connection, moves: Sequence[Move]) -> Iterator[_Moved]:
        """The rows that moves touch, each as it is and as it will be, by document and in the order of its text."""
        targets: dict[int, dict[str, str]] = defaultdict(dict)
        for curie, names in _by_curie(moves).items():
            wanted = {number: target for name, target in names.items() if (number := self._words.find(name))}
            asked = {"node": self._nodes.number(curie), "names": orjson.dumps(list(wanted)).decode()}
            for side in _SIDES:
                for row, name in fetch(connection, _FIND_MOVED.format(side=side), asked):
                    targets[row][side] = wanted[name]
        for number, document, *row in fetch(connection, _ROWS, (orjson.dumps(sorted(targets)).decode(),)):
            before = evidence_of(row)
            yield _move(number, document, before, targets[number])

    def _move_rows(
        self, connection: apsw.Connection, change: Change, moved: Sequence[_Moved], nodes: dict[str, Node]
    ) -> None:
        connection.executemany("delete from evidence where id=?", ((row.number,) for row in moved if not row.dormant))
        wake(connection, (row.number for row in moved if row.dormant))
        asleep = ((row.document, row.before, nodes[row.asleep_at]) for row in moved if row.asleep_at)
        keep_dormant(connection, asleep)
        kept = {key: row for key, row in _best(moved).items() if _gives_way(connection, key, row)}
        for curie in {curie for row in kept.values() for curie in (row.subject, row.object)} & nodes.keys():
            self._nodes.save(nodes[curie])
        self._add_facts(connection, kept.values(), "")
        connection.executemany(INSERT_EVIDENCE, (self._row(*key, row) for key, row in kept.items()))
        change.facts.update(key_of(row.before.fact_id) for row in moved)
        change.facts.update(key_of(row.fact_id) for row in kept.values())
        ends = {curie for row in moved for curie in (row.before.subject, row.before.object)}
        change.ends.update(number for curie in ends if (number := self._nodes.number(curie)))


def _find_woken(connection: apsw.Connection, moves: Sequence[Move]) -> Iterator[_Moved]:
    """The sleeping rows that moves touch; one both of whose names go to the same concept sleeps on there."""
    for curie, names in _by_curie(moves).items():
        for number, document, row in find_dormant(connection, curie):
            sides = zip(_SIDES, (row.subject_name, row.object_name), strict=True)
            targets = {side: names[name] for side, name in sides if name in names}
            if targets:
                yield replace(_move(number, document, row, targets), dormant=True)


def _by_curie(moves: Iterable[Move]) -> dict[str, dict[str, str]]:
    """Concept → name → the concept that the name goes over to."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for move in moves:
        if move.node.curie != move.curie:
            found[move.curie].update(dict.fromkeys(move.names, move.node.curie))
    return found


def _move(number: int, document: int, row: Evidence, targets: dict[str, str]) -> _Moved:
    """The row with its sides as `targets` says, under the ids that its content then gives."""
    subject, object_ = (targets.get(side, curie) for side, curie in zip(_SIDES, (row.subject, row.object), strict=True))
    if subject == object_:
        return _Moved(number, document, row, None, asleep_at=subject)
    fact = fact_id(subject, row.predicate, object_)
    names = fact_names(subject, row.predicate, object_, (row.subject_name, row.object_name))
    said = (row.document, row.section, row.quote, row.extractor, row.assertion, row.qualifiers)
    after = replace(row, id=evidence_id(fact, *said, names=names), fact_id=fact, subject=subject, object=object_)
    return _Moved(number, document, row, after)


def _worth(row: Evidence) -> tuple[float, int]:
    """What of two rows that say the same decides which is kept: the better score, then the first in the text."""
    return row.score, -row.start


def _best(moved: Iterable[_Moved]) -> dict[_Key, Evidence]:
    """The rows that stay, by document and key; of rows that became one, the better."""
    best: dict[_Key, Evidence] = {}
    for row in moved:
        if row.after is not None:
            key = row.document, key_of(row.after.id)
            if key not in best or _worth(best[key]) < _worth(row.after):
                best[key] = row.after
    return best


def _gives_way(connection: apsw.Connection, key: _Key, row: Evidence) -> bool:
    """Whether no better row says the same already; a worse one is taken out."""
    found = connection.execute(_SAME, key).fetchone()
    if found is None:
        return True
    number, score, start = found
    if (score, -start) >= _worth(row):
        return False
    connection.execute("delete from evidence where id=?", (number,))
    return True


def _find_supported(connection: apsw.Connection, moved: Iterable[_Moved]) -> set[tuple[str, int]]:
    """Of the facts that the rows stood on and will stand on, those that their document supports now."""
    ids = {(key_of(row.fact_id), one.document): row.fact_id for one in moved for row in (one.before, one.after) if row}
    pairs = orjson.dumps(list(ids)).decode()
    return {(ids[fact, document], document) for fact, document in fetch(connection, _SUPPORTED, (pairs,))}


def _tell(
    moved: Iterable[_Moved], before: set[tuple[str, int]], after: set[tuple[str, int]], time: str
) -> Iterator[Diff]:
    """The diff of each document, by its id."""
    for name, group in groupby(sorted(moved, key=lambda row: row.before.document), key=lambda row: row.before.document):
        rows = list(group)
        number, version = rows[0].document, rows[0].before.version
        facts = {row.fact_id for one in rows for row in (one.before, one.after) if row}
        old, new = ({fact for fact in facts if (fact, number) in pairs} for pairs in (before, after))
        lost = sum(row.after is None and not row.dormant for row in rows)
        note = f"{lost} rows sleep, since both of their sides are one concept now" if lost else ""
        added, retracted = tuple(sorted(new - old)), tuple(sorted(old - new))
        yield Diff(name, version, version, added, retracted, len(old & new), note, time)
