"""Rows of evidence that sleep in the file, found by their names and by the concept that both of their sides are.

They are kept also where a document was first read while the decision held; see `kg.stores.sleeping`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

import apsw
import orjson

from kg.model import Asleep, Evidence, NameUse, Node, Touched
from kg.stores.sleeping import names_asleep, read_sleeper, read_sleepers_node, standing_at, write_sleeper
from kg.stores.sqlite.rows import fetch
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
        yield Sleeper(number, document, standing_at(read_sleeper(text), curie), read_sleepers_node(node))


def wake(connection: apsw.Connection, numbers: Iterable[Hashable]) -> None:
    """Take rows out of those that sleep."""
    connection.executemany("delete from dormant where id=?", ((number,) for number in numbers))


def forget_dormant(connection: apsw.Connection, document: int) -> None:
    """Let go of the sleeping rows of a document: it left, or a new version came in its place."""
    connection.execute("delete from dormant where document=?", (document,))


def dormant_names(connection: apsw.Connection, touched: Touched) -> Iterator[NameUse]:
    """The names in sleeping rows with their concept (of those asked for alone, where any are); they have no facts."""
    rows = find_dormant(connection, touched) if touched else _all(connection)
    yield from names_asleep(((one.row, one.node) for one in rows), touched)


def list_asleep(connection: apsw.Connection, document: int | None = None) -> Iterator[Asleep]:
    """The sleeping rows of a document, given by its number, or of all."""
    where = "" if document is None else " where document = :document"
    for text, node in fetch(connection, f"select row, node from dormant{where} order by id", {"document": document}):
        yield Asleep(read_sleeper(text), read_sleepers_node(node))


def _all(connection: apsw.Connection) -> Iterator[Sleeper]:
    for number, document, text, node in fetch(connection, _LISTED):
        yield Sleeper(number, document, read_sleeper(text), read_sleepers_node(node))


def _written(document: int, asleep: Asleep) -> tuple[int | str, ...]:
    row, node = asleep.row, asleep.node
    forms = form_of(row.subject_name), form_of(row.object_name)
    return document, node.curie, write_sleeper(node), write_sleeper(row), *forms
