"""Reads that belong together, for serving; and reads of everything, for exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import orjson

from kg.identity import fact_id
from kg.model import Fact, FactQuery, LoadedDocument, Node, Retired
from kg.stores.cursors import write_cursor
from kg.stores.keys import key_of
from kg.stores.sqlite.database import Database
from kg.stores.sqlite.documents import LISTED, loaded_of
from kg.stores.sqlite.rows import FACT_COLUMNS, FACT_JOINS, fact_of, fetch, node_columns, node_of
from kg.stores.written import MILLION

_LOADED = f"select {LISTED} from documents where name in (select value from json_each(?))"
_NODES = f"select {node_columns('n')} from nodes n order by curie"
_FACTS = f"select {FACT_COLUMNS} from facts f {FACT_JOINS} order by f.id"
_INPUTS = "select content_hash, stamp from inputs order by content_hash, stamp"
# Those that came back are told of as facts.
_RETIRED = """
select subject, predicate, object, subject_name, object_name from retired
where id not in (select id from facts) order by id
"""


class Serving:
    """The `Snapshots` and `Memory` roles of the embedded store, and the nodes and facts of `Exportable`."""

    _db: Database

    @contextmanager
    def snapshot(self, *, restricted: bool = False) -> Iterator[None]:
        """Everything read inside sees one state of the graph, and with `restricted` the words of all documents."""
        with self._db.read(), self._db.scope(restricted=restricted):
            yield

    def write_cursor(self, fact: Fact, query: FactQuery) -> str:
        """The cursor that stands after `fact` in the answer to `query`."""
        return write_cursor(round(fact.confidence * MILLION), key_of(fact.id), question=query)

    def get_loaded(self, ids: Sequence[str]) -> list[LoadedDocument | None]:
        """The documents by id without their text, in the order asked, None where unknown."""
        with self._db.read() as connection:
            rows = fetch(connection, _LOADED, (orjson.dumps(list(ids)).decode(),))
        found = {row[0]: loaded_of(row) for row in rows}
        return [found.get(id_) for id_ in ids]

    def iter_nodes(self) -> Iterator[Node]:
        """All nodes, by CURIE."""
        with self._db.read() as connection:
            for row in fetch(connection, _NODES):
                yield node_of(row)

    def iter_facts(self) -> Iterator[Fact]:
        """All facts, by id's beginning: the same order whatever order they were loaded in."""
        with self._db.read() as connection:
            for row in connection.execute(_FACTS):
                yield fact_of(row)

    def iter_inputs(self) -> Iterator[tuple[str, str]]:
        """Content hash and stamp of every input that counts as known."""
        with self._db.read() as connection:
            yield from connection.execute(_INPUTS)

    def iter_retired(self) -> Iterator[Retired]:
        """The facts that are gone, by the beginning of their ids."""
        with self._db.read() as connection:
            for row in connection.execute(_RETIRED):
                yield Retired(fact_id(*row[:3]), *row)
