"""What happened to a graph: its changes, its quarantine, its version, its counts."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any

import apsw
import orjson

from kg.identity import fact_id
from kg.model import Diff, Quarantined, Stats
from kg.stores.clock import Clock
from kg.stores.keys import key_of
from kg.stores.sqlite.database import Database
from kg.stores.sqlite.rows import STATUSES, fetch
from kg.stores.sqlite.schema import SCHEMA_VERSION
from kg.stores.versions import Chain

_CHANGES = "select time, document, old_version, new_version, added, retracted, kept from changes"
_NAMES = """
select s.curie, p.text, o.curie, s.name, o.name from json_each(:keys) j cross join facts f on f.id = j.value
join words p on p.id = f.predicate join nodes s on s.id = f.subject join nodes o on o.id = f.object
union all select subject, predicate, object, subject_name, object_name
from json_each(:keys) j cross join retired r on r.id = j.value where r.id not in (select id from facts where id = r.id)
"""
_COUNTS = {
    "nodes": "select count(*) from nodes",
    "facts": "select count(*) from facts",
    "evidence": "select coalesce(sum(evidence), 0) from facts",
    "documents": "select count(*) from documents",
    "quarantined": "select count(*) from quarantine",
    "conflicts": "select count(*) from conflicts",
    "unaligned": "select count(*) from nodes where not aligned",
}
_GROUPS = {
    "kinds": "select kind, count(*) from nodes group by 1",
    "predicates": "select text, n from (select predicate, count(*) n from facts group by 1) join words on id=predicate",
    "statuses": "select status, count(*) from facts group by 1",
    "countries": "select countries, count(*) from facts where countries <> '' group by 1",
    "sources": "select source, count(*) from documents group by 1",
}


def log_change(connection: apsw.Connection, diff: Diff) -> None:
    """Keep a diff in the table of changes."""
    added, retracted = (array("q", map(key_of, ids)).tobytes() for ids in (diff.added, diff.retracted))
    connection.execute(
        "insert into changes (time, document, old_version, new_version, added, retracted, kept)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (diff.time, diff.document, diff.old_version, diff.new_version, added, retracted, diff.kept),
    )


def stamp_graph(connection: apsw.Connection, log: Iterable[str], time: str) -> None:
    """Give the graph its next version: a hash of the last one and of what was written."""
    before = str(connection.execute("select value from meta where name='graph_version'").get)
    write_meta(connection, "graph_version", Chain(before).grown(log).version)
    write_meta(connection, "changed_at", time)


def write_meta(connection: apsw.Connection, name: str, value: str) -> None:
    """Keep a named value, unless it stands so already."""
    connection.execute(
        "insert into meta values (?1, ?2) on conflict (name) do update set value=?2 where value<>?2", (name, value)
    )


class Journal:
    """Changes, quarantine, meta and counts."""

    _db: Database
    _clock: Clock

    def iter_changes(self, document: str | None = None) -> Iterator[Diff]:
        """What puts and removals changed, oldest first; of one document or of all."""
        where = "" if document is None else " where document=:document"
        with self._db.read() as connection:
            rows = fetch(connection, f"{_CHANGES}{where} order by id", {"document": document})
            for time, name, old, new, added, retracted, kept in rows:
                added, retracted = (tuple(sorted(self._names(connection, keys))) for keys in (added, retracted))
                yield Diff(name, old, new, added, retracted, kept, time=time)

    def name_facts(self, ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Names of subject and object and the predicate between them, by fact id, also of facts that are gone."""
        with self._db.read() as connection:
            return self._names(connection, array("q", map(key_of, ids)).tobytes())

    def _names(self, connection: apsw.Connection, packed: bytes) -> dict[str, tuple[str, str, str]]:
        keys = array("q", packed).tolist()
        rows = connection.execute(_NAMES, {"keys": orjson.dumps(keys).decode()})
        return {fact_id(s, p, o): (subject, p, object_) for s, p, o, subject, object_ in rows}

    def quarantine(self, locator: str, reason: str, *, content_hash: str = "") -> None:
        """Keep an input on the list, with the reason; the newest reason of a locator stands."""
        with self._db.write() as connection:
            connection.execute(
                "insert into quarantine values (?1, ?2, ?3, ?4) on conflict (locator) do update set reason=?2, time=?3,"
                " content_hash=?4 where (reason, content_hash) is not (?2, ?4)",
                (locator, reason, self._clock(), content_hash),
            )

    def release(self, locators: Iterable[str]) -> int:
        """Take inputs that were read after all off the list; gives back how many stood on it."""
        with self._db.write() as connection:
            before = connection.total_changes()
            connection.executemany("delete from quarantine where locator=?", ((locator,) for locator in locators))
            return connection.total_changes() - before

    def get_quarantine(self) -> list[Quarantined]:
        """The list, by locator."""
        with self._db.read() as connection:
            rows = connection.execute("select locator, reason, time, content_hash from quarantine order by locator")
            return [Quarantined(*row) for row in rows]

    def get_meta(self) -> dict[str, str]:
        """Schema version, graph version, lexicon stamp, time of the last change, and what `set_meta` added."""
        with self._db.read() as connection:
            rows = fetch(connection, "select name, value from meta order by name")
        return {"schema_version": str(SCHEMA_VERSION), "graph_version": "", "changed_at": "", **dict(rows)}

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word about the graph, such as the stamp of its lexicon."""
        with self._db.write() as connection:
            write_meta(connection, name, value)

    def get_stats(self) -> Stats:
        """Counts by kind, predicate, status, country and source."""
        with self._db.read() as connection:
            counts = {name: connection.execute(sql).get for name, sql in _COUNTS.items()}
            groups = {name: fetch(connection, sql) for name, sql in _GROUPS.items()}
        groups["statuses"] = [(STATUSES[code].value, number) for code, number in groups["statuses"]]
        groups["countries"] = [(c, number) for joined, number in groups["countries"] for c in joined.split(",")]
        return Stats(**counts, **{name: _sum(pairs) for name, pairs in groups.items()})  # type: ignore[arg-type]


def _sum(pairs: Iterable[tuple[Any, ...]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for name, number in pairs:
        totals[name] = totals.get(name, 0) + number
    return dict(sorted(totals.items(), key=lambda item: (-item[1], item[0])))
