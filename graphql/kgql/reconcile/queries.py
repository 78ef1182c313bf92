"""A batch of reconciliation queries: from JSON to what is asked of grounding; `ReconcileError` says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from kgql.limits import Limits
from ontologies.model import Kind

#: Properties of a query that grounding takes, and what each says.
PROPERTIES = {
    "language": "Language of the names, as a BCP 47 tag: en, zh",
    "context": "Words that stand around the name",
    "to": "Vocabulary of the answers, by its prefix: rxnorm, mesh, icd10cm",
}

#: Candidates a name where the query does not say.
USUAL_LIMIT = 5


class ReconcileError(Exception):
    """A request that cannot be answered, with the HTTP status that says so."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Query:
    """One name that is asked for; with `nothing` no concept can fit what is asked of its type."""

    name: str
    kinds: frozenset[Kind]
    limit: int
    language: str = ""
    context: str = ""
    to: str = ""
    nothing: bool = False


def read_batch(text: str, limits: Limits) -> dict[str, Query | ReconcileError]:
    """The queries of a batch by their keys, or what is wrong with one; raises `ReconcileError` for no batch at all."""
    batch = read_object(text, "queries")
    if len(batch) > limits.names:
        raise ReconcileError(f"{len(batch)} queries, and {limits.names} are allowed in a batch: send smaller ones")
    return {key: _query_or_error(key, query, limits) for key, query in batch.items()}


def _query_or_error(key: str, query: object, limits: Limits) -> Query | ReconcileError:
    try:
        return _read_query(key, query, limits)
    except ReconcileError as error:
        return error


def read_object(text: str, name: str) -> dict[str, Any]:
    """The JSON object of the parameter `name`; raises `ReconcileError`."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ReconcileError(f"{name!r} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ReconcileError(f"{name!r} must be a JSON object")
    return found


def _read_query(key: str, query: object, limits: Limits) -> Query:
    if not isinstance(query, dict) or "query" not in query:
        raise ReconcileError(f'query {key!r} must be an object: {{"query": "a name"}}')
    name, limit = query.get("query", ""), query.get("limit", USUAL_LIMIT)
    if not isinstance(name, str) or len(name) > limits.text_characters:
        raise ReconcileError(f"query {key!r} must ask for a text of at most {limits.text_characters} characters")
    if not isinstance(limit, int | float) or isinstance(limit, bool) or limit < 1:
        raise ReconcileError(f"query {key!r} has the limit {limit!r}: it must be 1 or more")
    kinds = frozenset(_read_kinds(key, query.get("type") or []))
    every = query.get("type_strict") == "all" and len(kinds) > 1
    given = dict(_read_properties(key, query.get("properties") or []))
    return Query(name.strip(), kinds, min(int(limit), limits.first), **given, nothing=every or not name.strip())


def _read_kinds(key: str, types: object) -> Iterator[Kind]:
    for name in types if isinstance(types, list) else [types]:
        try:
            yield Kind(str(name.get("id") if isinstance(name, dict) else name))
        except ValueError:
            raise ReconcileError(f"query {key!r} asks for the type {name!r}; known are: {', '.join(Kind)}") from None


def _read_properties(key: str, properties: object) -> Iterator[tuple[str, str]]:
    """The properties that grounding takes; a column that means nothing to it is left out."""
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        raise ReconcileError(f'query {key!r} has properties that are no list of {{"pid": ..., "v": ...}}')
    for one in properties:
        value = one.get("v")
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name", value.get("id")) if isinstance(value, dict) else value
        if one.get("pid") in PROPERTIES and isinstance(value, str):
            yield one["pid"], value.strip()
