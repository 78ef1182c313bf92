"""The first load of a graph: everything streamed in, indexes made afterwards, facts derived set-wise.

A million scattered insertions into five indexes cost several times what five sorts do. The whole load is one
transaction, so that a killed one leaves the empty graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import NamedTuple

import apsw

from extractors.model import Assertion, Document, Qualifier
from kg.errors import StoreError
from kg.model import Evidence, Node
from kg.predicates import PREDICATES
from kg.stores.sqlite.deriving import derive_all
from kg.stores.sqlite.documents import find_loaded, mark_known, save_document
from kg.stores.sqlite.interning import INSERT_NODE, Nodes, Words, node_row
from kg.stores.sqlite.rows import ASSERTION_CODES, key_of, node_columns, node_of, weight_of, write_qualifiers
from kg.stores.sqlite.schema import LOAD_INDEXES
from kg.stores.sqlite.searching import search_text
from kg.stores.sqlite.writing import INSERT_EVIDENCE, Writing

#: Rows held in memory at a time.
CHUNK = 20_000

#: A small cache makes the sorter hand its runs to a second thread: a third less time than one big sort.
_SORTING = "pragma cache_size=-8192; pragma threads=2"
_USUAL = "pragma journal_mode=wal; pragma busy_timeout=10000; pragma cache_size=-65536; pragma threads=0"

_STAGE = """
create temp table staged (
    fact integer, subject integer, predicate integer, object integer, document integer, weight integer,
    qualifiers integer)
"""
_STAGE_ROW = "insert into staged values (?, ?, ?, ?, ?, ?, ?)"

# Rows that came twice; a row and its staged twin have the same number, since both tables were empty.
_DROP_TWICE = """
create temp table twice as
select id from (select id, row_number() over (partition by document, key order by id) as n from evidence) where n > 1;
delete from staged where rowid in (select id from twice);
delete from evidence where id in (select id from twice);
drop table twice
"""


class EvidenceRow(NamedTuple):
    """`kg.model.Evidence` as a plain tuple: quick to make by the million, and to send between processes."""

    id: str
    fact_id: str
    subject: str
    predicate: str
    object: str
    document: str
    version: int
    section: str
    section_title: str
    start: int
    end: int
    quote: str
    extractor: str
    score: float
    assertion: Assertion = Assertion.PRESENT
    qualifiers: tuple[Qualifier, ...] = ()
    country: str = ""


class Loading(Writing):
    """The door for whole graphs: imports, and graphs made elsewhere."""

    def load(
        self,
        nodes: Iterable[Node],
        evidence: Iterable[Evidence | EvidenceRow],
        documents: Iterable[Document],
        *,
        stamp: str = "",
    ) -> int:
        """Fill an empty graph from streams and give back the number of evidence rows kept; memory stays bounded.

        A row that comes twice counts once. Raises `StoreError` where the graph has documents already, or a row names
        a node or document that was not given.
        """
        with self._unlogged(), self._transaction() as (connection, change):
            if connection.execute("select exists (select 1 from documents)").get:
                raise StoreError(f"the graph at {self._db.folder} is not empty: load into a new one, or put documents")
            for name in (name for indexes in LOAD_INDEXES.values() for name in indexes):
                connection.execute(f"drop index {name}")
            for document in documents:
                save_document(connection, document, None, stamp=stamp, time=self._clock())
                mark_known(connection, document.content_hash, stamp)
            _load_nodes(connection, nodes)
            _load_evidence(connection, self._words, self._nodes, evidence)
            number: int = connection.execute("select count(*) from evidence").get
            change.log.append(f"loaded {number} rows")
        return number

    @contextmanager
    def _unlogged(self) -> Iterator[None]:
        """Without the write-ahead log where nobody else reads: new pages go to their place at once, not twice."""
        connection = self._db.connection
        with suppress(apsw.BusyError):
            connection.execute("pragma busy_timeout=0; pragma journal_mode=delete").fetchall()
        try:
            yield
        finally:
            connection.execute(_USUAL).fetchall()


def _load_nodes(connection: apsw.Connection, nodes: Iterable[Node]) -> None:
    connection.executemany(INSERT_NODE, map(node_row, nodes))
    rows = connection.execute(f"select id, {node_columns('nodes')} from nodes")
    texts = ((row[0], *search_text(node_of(row[1:]))) for row in rows)
    connection.executemany("insert into search (rowid, words, whole) values (?, ?, ?)", texts)


def _load_evidence(
    connection: apsw.Connection, words: Words, nodes: Nodes, rows: Iterable[Evidence | EvidenceRow]
) -> None:
    connection.execute(_STAGE)
    shape, stream = _Shape(connection, words, nodes), iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        connection.executemany(INSERT_EVIDENCE, map(shape.row, chunk))
        connection.executemany(_STAGE_ROW, shape.staged)
        shape.staged.clear()
    connection.execute(_SORTING)
    try:
        connection.execute(LOAD_INDEXES["evidence"]["evidence_by_document"])
    except apsw.ConstraintError:
        connection.execute(_DROP_TWICE)
        connection.execute(LOAD_INDEXES["evidence"]["evidence_by_document"])
    connection.execute(LOAD_INDEXES["evidence"]["evidence_by_fact"])
    derive_all(connection)
    connection.execute("drop table staged; " + ";".join(LOAD_INDEXES["facts"].values()))


class _Shape:
    """Evidence as rows of the file by the million: what repeats is looked up once.

    It does in one pass what `Writing` does step by step, since here a microsecond is a second of every load.
    """

    def __init__(self, connection: apsw.Connection, words: Words, nodes: Nodes) -> None:
        self._connection = connection
        self._words = words
        self._node = nodes.number
        self._documents: dict[str, int] = {}
        self._predicates: dict[str, tuple[int, bool]] = {}
        self._shared: dict[tuple[object, ...], tuple[int, ...]] = {}
        self.staged: list[tuple[int | None, ...]] = []

    def row(self, row: Evidence | EvidenceRow) -> tuple[object, ...]:
        """A row of `evidence`; what its fact is made of is added to `staged`."""
        document = self._documents.get(row.document) or self._document(row.document)
        predicate, symmetric = self._predicates.get(row.predicate) or self._predicate(row.predicate)
        words = (row.section, row.section_title, row.extractor, row.qualifiers, row.score, row.assertion)
        section, title, extractor, qualifiers, weight, code = self._shared.get(words) or self._share(words, row)
        subject, object_ = self._node(row.subject), self._node(row.object)
        if subject is None or object_ is None:
            raise StoreError(
                f"evidence of {row.document!r} names a node that was not given: {row.subject}, {row.object}"
            )
        if symmetric and row.object < row.subject:
            subject, object_ = object_, subject
        fact, key = key_of(row.fact_id), key_of(row.id)
        self.staged.append((fact, subject, predicate, object_, document, weight, qualifiers))
        start, end, quote, score = row.start, row.end, row.quote, row.score
        return document, key, fact, section, title, start, end, quote, extractor, score, code, qualifiers, weight

    def _document(self, name: str) -> int:
        loaded = find_loaded(self._connection, name)
        if loaded is None:
            raise StoreError(f"evidence names the document {name!r}, which was not given")
        self._documents[name] = loaded.number
        return loaded.number

    def _predicate(self, name: str) -> tuple[int, bool]:
        known = PREDICATES.get(name)
        found = self._predicates[name] = self._words.number(name), known is not None and known.symmetric
        return found

    def _share(self, words: tuple[object, ...], row: Evidence | EvidenceRow) -> tuple[int, ...]:
        if len(self._shared) > CHUNK:
            self._shared.clear()
        number = self._words.number
        found = self._shared[words] = (
            number(row.section),
            number(row.section_title),
            number(row.extractor),
            number(write_qualifiers(row.qualifiers)),
            weight_of(row.score, row.assertion),
            ASSERTION_CODES[row.assertion],
        )
        return found
