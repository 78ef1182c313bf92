"""What each document brings to a graph, read back whole, so that another graph can be given the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import apsw
import orjson

from kg.model import Asleep, Contribution
from kg.stores.sqlite.documents import Documents, find_loaded
from kg.stores.sqlite.dormant import list_asleep
from kg.stores.sqlite.rows import EVIDENCE_COLUMNS, EVIDENCE_JOINS, evidence_of, fetch, node_columns, node_of

_ROWS = f"select {EVIDENCE_COLUMNS} from evidence e {EVIDENCE_JOINS} where e.document = ? order by e.key"
_RESTRICTED = "select name from documents where restricted"
_NODES = f"select {node_columns('n')} from json_each(?) j cross join nodes n on n.curie = j.value order by n.curie"


class Contributing(Documents):
    """The part of `kg.roles.Exportable` that gives documents with what they say."""

    def iter_asleep(self) -> Iterator[Asleep]:
        """All rows that sleep since both of their sides are one concept."""
        with self._db.read() as connection:
            yield from self._told(connection, list_asleep(connection))

    def get_contribution(self, document: str) -> Contribution | None:
        """What a document brings to the graph as it stands, or None where it is not loaded."""
        with self._db.read() as connection:
            loaded, whole = find_loaded(connection, document), self.get_document(document)
            if loaded is None or whole is None:
                return None
            found = fetch(connection, _ROWS, (loaded.number,))
            rows = tuple(evidence_of(row, restricted=self._db.restricted) for row in found)
            curies = orjson.dumps(sorted({curie for row in rows for curie in (row.subject, row.object)})).decode()
            nodes = tuple(node_of(row) for row in fetch(connection, _NODES, (curies,)))
            return Contribution(
                whole, nodes, rows, tuple(self._told(connection, list_asleep(connection, loaded.number)))
            )

    def _told(self, connection: apsw.Connection, asleep: Iterable[Asleep]) -> Iterator[Asleep]:
        """The rows as who reads may see them: without the scope those of restricted documents have no quote."""
        restricted = set() if self._db.restricted else {name for (name,) in connection.execute(_RESTRICTED)}
        for one in asleep:
            hidden = one.row.document in restricted
            yield replace(one, row=replace(one.row, quote="", start=0, end=0)) if hidden else one
