"""The first load of a graph: everything streamed in, indexes made afterwards, facts derived set-wise.

A million scattered insertions into five indexes cost several times what five sorts do. The whole load is one
transaction, so that a killed one leaves the empty graph. Sorts spill runs of a fixed size to temporary files and merge
them, and what is staged lies in such a file too: memory is the same for a million rows and for ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import compress, islice
from typing import Any, TypeVar

import apsw

from extractors.model import Assertion, Document, Qualifier
from kg.errors import StoreError
from kg.model import Evidence, Node
from kg.predicates import PREDICATES
from kg.stores.keys import keys_of
from kg.stores.sqlite.deriving import derive_all
from kg.stores.sqlite.documents import mark_known, save_document
from kg.stores.sqlite.interning import INSERT_NODE, node_row
from kg.stores.sqlite.naming import NOTE_ALL_USES, know_forms
from kg.stores.sqlite.numbering import NodeNumbers
from kg.stores.sqlite.rows import ASSERTION_CODES, fetch_each
from kg.stores.sqlite.schema import LOAD_INDEXES
from kg.stores.sqlite.vocabulary import Vocabulary
from kg.stores.sqlite.writing import INSERT_EVIDENCE, Writing
from kg.stores.streams import EvidenceRow, fields_of
from kg.stores.wording import search_text
from kg.stores.written import weight_of, write_origin, write_qualifiers
from ontologies.collector import collector_paused

#: Rows worked on at a time: few enough to stay in the processor's cache, which halves the time of the loops.
CHUNK = 1000

#: Entries of anything kept in memory; past it all are forgotten, and looked up again.
_KEPT = 100_000

#: A run of a sort is as large as the cache.
_SORTING = "pragma cache_size=-65536"
#: Builds of SQLite that can encrypt keep temporary tables and whole sorts in memory, unless told otherwise. Their layer
#: over files locks the connection, so that sorts with threads of their own would wait for each other for ever.
_SPILLING = "pragma temp_store=file; pragma threads=0"
_USUAL = (
    "pragma journal_mode=wal; pragma busy_timeout=10000; pragma cache_size=-65536; pragma mmap_size=4294967296;"
    "pragma temp_store=default"
)

_STAGE = """
create temp table staged (
    fact integer, subject integer, predicate integer, object integer, country text, weight integer, qualifiers integer)
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


_Row = tuple[object, ...]
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


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
        with collector_paused(), self._unlogged(), self._transaction() as (connection, change):
            if connection.execute("select exists (select 1 from documents)").get:
                raise StoreError(f"the graph at {self._db.folder} is not empty: load into a new one, or put documents")
            for name in (name for indexes in LOAD_INDEXES.values() for name in indexes):
                connection.execute(f"drop index {name}")
            # Of documents that are gone; no row refers to it, and the numbers of words begin anew.
            connection.execute("delete from words; delete from uses")
            self._words.forget()
            self._uses.forget()
            for document in documents:
                save_document(connection, document, None, stamp=stamp, time=self._clock())
                mark_known(connection, document.content_hash, stamp)
            _load_nodes(connection, nodes)
            _load_evidence(connection, evidence)
            know_forms(connection)
            connection.execute(NOTE_ALL_USES)
            number: int = connection.execute("select count(*) from evidence").get
            change.log.append(f"loaded {number} rows")
        return number

    @contextmanager
    def _unlogged(self) -> Iterator[None]:
        """Without the write-ahead log where nobody else reads: new pages go to their place at once, not twice."""
        connection = self._db.connection
        connection.execute(f"{_SPILLING}; {_SORTING}")
        with suppress(apsw.BusyError):
            connection.execute("pragma busy_timeout=0; pragma mmap_size=0; pragma journal_mode=delete").fetchall()
        try:
            yield
        finally:
            connection.execute(_USUAL).fetchall()


def _load_nodes(connection: apsw.Connection, nodes: Iterable[Node]) -> None:
    connection.executemany(INSERT_NODE, map(node_row, nodes))
    rows = fetch_each(connection, "select id, name, name_zh, synonyms from nodes")
    texts = ((number, *search_text(*names)) for number, *names in rows)
    connection.executemany("insert into search (rowid, words, whole) values (?, ?, ?)", texts)


def _load_evidence(connection: apsw.Connection, rows: Iterable[Evidence | EvidenceRow]) -> None:
    connection.execute(_STAGE)
    nodes = NodeNumbers(lambda: fetch_each(connection, "select id, curie from nodes"))
    shape, stream = _Shape(connection, nodes), iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        full, staged = shape.rows(chunk)
        connection.executemany(INSERT_EVIDENCE, full)
        connection.executemany(_STAGE_ROW, staged)
    del nodes, shape
    connection.execute(LOAD_INDEXES["words"]["words_by_text"])
    try:
        connection.execute(LOAD_INDEXES["evidence"]["evidence_by_document"])
    except apsw.ConstraintError:
        connection.execute(_DROP_TWICE)
        connection.execute(LOAD_INDEXES["evidence"]["evidence_by_document"])
    connection.execute(LOAD_INDEXES["evidence"]["evidence_by_fact"])
    derive_all(connection)
    connection.execute("drop table staged; " + ";".join(LOAD_INDEXES["facts"].values()))


class _Found(dict[_Key, _Value]):
    """What was looked up, kept; a key that is missing is looked up with `find`."""

    def __init__(self, find: Callable[[_Key], _Value]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: _Key) -> _Value:
        if len(self) > _KEPT:
            self.clear()
        found = self[key] = self._find(key)
        return found


class _Shape:
    """Evidence as rows of the file by the million: what repeats is looked up once.

    It does by columns what `Writing` does row by row, since here a microsecond is a second of every load.
    """

    def __init__(self, connection: apsw.Connection, nodes: NodeNumbers) -> None:
        self._connection = connection
        self._words = Vocabulary(connection)
        self._nodes = nodes
        self._documents = _Found(self._document)
        self._predicates = _Found(self._predicate)
        self._shared = _Found(self._share)
        self._origins = _Found(write_origin)

    def rows(self, chunk: Sequence[Evidence | EvidenceRow]) -> tuple[Iterable[_Row], Iterable[_Row]]:
        """The rows of `evidence`, and for each what its fact is made of."""
        plain = chunk if set(map(type, chunk)) == {EvidenceRow} else map(fields_of, chunk)
        (ids, fact_ids, froms, names, tos, documents, _, sections, titles, starts, ends, quotes, extractors, scores,
            said, qualifiers, _, *called, from_origins, to_origins, unweighed) = zip(*plain, strict=True)  # fmt: skip
        numbers, countries = _columns(map(self._documents.__getitem__, documents))
        words = zip(sections, titles, extractors, qualifiers, scores, said, strict=True)
        n_sections, n_titles, n_extractors, n_qualifiers, weights, codes = _columns(
            map(self._shared.__getitem__, words)
        )
        predicates, symmetric = _columns(map(self._predicates.__getitem__, names))
        numbered = [self._words.numbers(column) for column in called]
        written = (list(map(self._origins.__getitem__, column)) for column in (from_origins, to_origins))
        origins = [self._words.numbers(column) for column in written]
        subjects, objects = self._numbers(froms, documents), self._numbers(tos, documents)
        turned = [place for place in compress(range(len(froms)), symmetric) if tos[place] < froms[place]]
        _turn(turned, (subjects, objects), numbered, origins)
        facts = keys_of(fact_ids)
        places = (numbers, keys_of(ids), facts, n_sections, n_titles, starts, ends, quotes)
        full = zip(
            *places, n_extractors, scores, codes, n_qualifiers, weights, *numbered, *origins, unweighed, strict=True
        )
        return full, zip(facts, subjects, predicates, objects, countries, weights, n_qualifiers, strict=True)

    def _numbers(self, curies: Sequence[str], documents: Sequence[str]) -> list[int]:
        try:
            return self._nodes.find(curies)
        except KeyError as error:
            (curie,) = error.args
            document = documents[curies.index(curie)]
            raise StoreError(f"evidence of {document!r} names {curie!r}, which was not given as a node") from None

    def _document(self, name: str) -> tuple[int, str]:
        row = self._connection.execute("select id, country from documents where name=?", (name,)).fetchone()
        if row is None:
            raise StoreError(f"evidence names the document {name!r}, which was not given")
        number, country = row
        return number, country

    def _predicate(self, name: str) -> tuple[int, bool]:
        known = PREDICATES.get(name)
        return self._words.number(name), known is not None and known.symmetric

    def _share(self, words: tuple[str, str, str, tuple[Qualifier, ...], float, Assertion]) -> tuple[int, ...]:
        section, title, extractor, qualifiers, score, assertion = words
        texts = (section, title, extractor, write_qualifiers(qualifiers))
        return (*map(self._words.number, texts), weight_of(score, assertion), ASSERTION_CODES[assertion])


def _turn(places: Iterable[int], *pairs: Sequence[list[int]]) -> None:
    """Exchange the two columns of each pair at `places`: a symmetric fact keeps its sides in the order of CURIEs."""
    for place in places:
        for left, right in pairs:
            left[place], right[place] = right[place], left[place]


def _columns(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    return zip(*rows, strict=True)
