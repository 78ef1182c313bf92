"""Rows of evidence that have no fact while both of their sides are one concept; a move that parts the sides wakes them.

Such a row says nothing as long as a decision holds, and what it said must not be lost with it: the decision may be
undone. It is kept whole, beside the concept that both of its sides are now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

import apsw
import orjson

from extractors.model import Assertion, Qualifier
from kg.identity import fact_id
from kg.model import Evidence, NameUse, Node
from kg.stores.sqlite.rows import fetch
from ontologies.model import Kind

_INSERT = "insert into dormant (document, curie, node, row) values (?, ?, ?, ?)"
_FIND = "select id, document, row from dormant where curie = ? order by id"
_LISTED = "select curie, node, row from dormant order by id"


def keep_dormant(connection: apsw.Connection, rows: Iterable[tuple[int, Evidence, Node]]) -> None:
    """Put rows to sleep: of a document's number, and with the node that both sides are."""
    connection.executemany(_INSERT, ((document, node.curie, _write(node), _write(row)) for document, row, node in rows))


def find_dormant(connection: apsw.Connection, curie: str) -> Iterator[tuple[int, int, Evidence]]:
    """The sleeping rows both of whose sides are that concept, each with its number and that of its document."""
    for number, document, text in fetch(connection, _FIND, (curie,)):
        row = _read_row(text)
        fact = fact_id(curie, row.predicate, curie)
        yield number, document, replace(row, subject=curie, object=curie, fact_id=fact)


def wake(connection: apsw.Connection, numbers: Iterable[int]) -> None:
    """Take rows out of those that sleep."""
    connection.executemany("delete from dormant where id=?", ((number,) for number in numbers))


def forget_dormant(connection: apsw.Connection, document: int) -> None:
    """Let go of the sleeping rows of a document: it left, or a new version came in its place."""
    connection.execute("delete from dormant where document=?", (document,))


def dormant_names(connection: apsw.Connection, curies: Collection[str]) -> Iterator[NameUse]:
    """The names in sleeping rows with their concept (of these alone, where any are given); they have no facts."""
    seen: dict[tuple[str, str], NameUse] = {}
    for curie, node, text in fetch(connection, _LISTED):
        if curies and curie not in curies:
            continue
        row = _read_row(text)
        for name in filter(None, (row.subject_name, row.object_name)):
            seen.setdefault((name, curie), NameUse(name, _read_node(node), 0, 0, 0))
    yield from seen.values()


def _write(thing: Evidence | Node) -> str:
    return orjson.dumps(thing, default=list).decode()


def _read_row(text: str) -> Evidence:
    given: dict[str, Any] = orjson.loads(text)
    qualifiers = tuple(Qualifier(*pair) for pair in given["qualifiers"])
    return Evidence(**given | {"assertion": Assertion(given["assertion"]), "qualifiers": qualifiers})


def _read_node(text: str) -> Node:
    given: dict[str, Any] = orjson.loads(text)
    return Node(**given | {"kind": Kind(given["kind"]), "synonyms": tuple(given["synonyms"])})
