"""Rows of evidence that have no fact while both of their sides are one concept; a move that parts the sides wakes them.

Such a row says nothing as long as a decision holds, and what it said must not be lost with it: the decision may be
undone. It is kept whole, beside the concept that both of its sides are now, also where its document was first read
while the decision held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import apsw
import orjson

from extractors.model import Assertion, Qualifier
from kg.identity import with_ids
from kg.model import Asleep, Evidence, NameUse, Node, Origin, Touched
from kg.stores.sqlite.rows import fetch
from ontologies.model import Kind
from ontologies.standing import form_of

_INSERT = "insert into dormant (document, curie, node, row, subject_form, object_form) values (?, ?, ?, ?, ?, ?)"
_FIND = """
select id, document, curie, row, node from dormant where id in (
    select id from dormant where subject_form in (select value from json_each(:forms))
    union select id from dormant where object_form in (select value from json_each(:forms))
    union select id from dormant where curie in (select value from json_each(:curies))) order by id
"""
_LISTED = "select id, document, row, node from dormant order by id"


class Sleeper(NamedTuple):
    """A sleeping row as it lies in the file, with its number and that of its document."""

    number: int
    document: int
    row: Evidence
    node: Node


def keep_dormant(connection: apsw.Connection, rows: Iterable[tuple[int, Asleep]]) -> None:
    """Put rows of documents, given by their numbers, to sleep."""
    connection.executemany(_INSERT, (_written(document, asleep) for document, asleep in rows))


def find_dormant(connection: apsw.Connection, touched: Touched) -> Iterator[Sleeper]:
    """The sleeping rows with one of those names, or both of whose sides are one of those concepts."""
    asked = {
        "forms": orjson.dumps(sorted(touched.forms)).decode(),
        "curies": orjson.dumps(sorted(touched.curies)).decode(),
    }
    for number, document, curie, text, node in fetch(connection, _FIND, asked):
        row = replace(_read_row(text), subject=curie, object=curie)
        yield Sleeper(number, document, with_ids(row), _read_node(node))


def wake(connection: apsw.Connection, numbers: Iterable[int]) -> None:
    """Take rows out of those that sleep."""
    connection.executemany("delete from dormant where id=?", ((number,) for number in numbers))


def forget_dormant(connection: apsw.Connection, document: int) -> None:
    """Let go of the sleeping rows of a document: it left, or a new version came in its place."""
    connection.execute("delete from dormant where document=?", (document,))


def dormant_names(connection: apsw.Connection, touched: Touched) -> Iterator[NameUse]:
    """The names in sleeping rows with their concept (of those asked for alone, where any are); they have no facts."""
    seen: dict[tuple[str, str], NameUse] = {}
    rows = find_dormant(connection, touched) if touched else _all(connection)
    for row, node in ((one.row, one.node) for one in rows):
        for name in filter(None, (row.subject_name, row.object_name)):
            if not touched or node.curie in touched.curies or form_of(name) in touched.forms:
                seen.setdefault((name, node.curie), NameUse(name, node, 0, 0, 0))
    yield from seen.values()


def list_asleep(connection: apsw.Connection, document: int | None = None) -> Iterator[Asleep]:
    """The sleeping rows of a document, given by its number, or of all."""
    where = "" if document is None else " where document = :document"
    for text, node in fetch(connection, f"select row, node from dormant{where} order by id", {"document": document}):
        yield Asleep(_read_row(text), _read_node(node))


def _all(connection: apsw.Connection) -> Iterator[Sleeper]:
    for number, document, text, node in fetch(connection, _LISTED):
        yield Sleeper(number, document, _read_row(text), _read_node(node))


def _written(document: int, asleep: Asleep) -> tuple[int | str, ...]:
    row, node = asleep.row, asleep.node
    return document, node.curie, _write(node), _write(row), form_of(row.subject_name), form_of(row.object_name)


def _write(thing: Evidence | Node) -> str:
    return orjson.dumps(thing, default=list).decode()


def _read_row(text: str) -> Evidence:
    given: dict[str, Any] = orjson.loads(text)
    qualifiers = tuple(Qualifier(*pair) for pair in given["qualifiers"])
    origins = {side: _read_origin(given.get(side)) for side in ("subject_origin", "object_origin")}
    return Evidence(**given | {"assertion": Assertion(given["assertion"]), "qualifiers": qualifiers} | origins)


def _read_origin(given: dict[str, Any] | None) -> Origin | None:
    return Origin(**given | {"kind": Kind(given["kind"])}) if given else None


def _read_node(text: str) -> Node:
    given: dict[str, Any] = orjson.loads(text)
    return Node(**given | {"kind": Kind(given["kind"]), "synonyms": tuple(given["synonyms"])})
