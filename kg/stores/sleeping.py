"""How a sleeping row and its concept are written, whatever the store: as JSON, whole.

A row has no fact while both of its sides are one concept; a move that parts the sides wakes it. Such a row says nothing
as long as a decision holds, and what it said must not be lost with it: the decision may be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from extractors.model import Assertion, Qualifier
from kg.identity import with_ids
from kg.model import Evidence, NameUse, Node, Origin, Touched
from ontologies.model import Kind
from ontologies.standing import form_of


def write_sleeper(thing: Evidence | Node) -> str:
    """A sleeping row, or its concept, as JSON."""
    return orjson.dumps(thing, default=list).decode()


def read_sleeper(text: str) -> Evidence:
    """The row from `write_sleeper`, as it was put to sleep."""
    return read_row(orjson.loads(text))


def read_row(given: dict[str, Any]) -> Evidence:
    """A row of evidence, from what JSON has of it."""
    qualifiers = tuple(Qualifier(*pair) for pair in given["qualifiers"])
    origins = {side: _read_origin(given.get(side)) for side in ("subject_origin", "object_origin")}
    return Evidence(**given | {"assertion": Assertion(given["assertion"]), "qualifiers": qualifiers} | origins)


def read_sleepers_node(text: str) -> Node:
    """The concept from `write_sleeper`."""
    return read_node(orjson.loads(text))


def read_node(given: dict[str, Any]) -> Node:
    """A node, from what JSON has of it."""
    return Node(**given | {"kind": Kind(given["kind"]), "synonyms": tuple(given["synonyms"])})


def standing_at(row: Evidence, curie: str) -> Evidence:
    """The row with both of its sides at that concept, under the ids that gives it."""
    return with_ids(replace(row, subject=curie, object=curie))


def names_asleep(sleepers: Iterable[tuple[Evidence, Node]], touched: Touched) -> Iterator[NameUse]:
    """The names in sleeping rows with their concept (of those asked for alone, where any are); they have no facts.

    By their documents, whatever the order of loading.
    """
    seen: dict[tuple[str, str], NameUse] = {}
    for row, node in sorted(sleepers, key=lambda sleeper: (sleeper[0].document, sleeper[0].id)):
        for name in filter(None, (row.subject_name, row.object_name)):
            if not touched or node.curie in touched.curies or form_of(name) in touched.forms:
                seen.setdefault((name, node.curie), NameUse(name, node, 0, 0, 0))
    yield from seen.values()


def _read_origin(given: dict[str, Any] | None) -> Origin | None:
    return Origin(**given | {"kind": Kind(given["kind"])}) if given else None
