"""Answers one GraphQL request: parsed and validated once a text, executed in one snapshot of the graph."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import lru_cache
from types import CoroutineType
from typing import Any, TypeGuard

from graphql import DocumentNode, ExecutionResult, GraphQLError, execute, validate

from kg.errors import GraphChangedError
from kgql.errors import RequestError, format_error
from kgql.limits import Limits, parse_query
from kgql.loaders import Canonical, Context, GetModel, Graph, no_model
from kgql.schema import core_schema, schema_version
from ontologies.ground import Grounder

#: Query texts kept parsed and validated: clients that send variables need one each, those that write values in many.
CACHED_TEXTS = 1_000

#: Errors of validation that a client is told of at a time.
ERRORS_TOLD = 5


@dataclass(frozen=True, slots=True)
class Request:
    """One GraphQL request as it came over HTTP."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation: str | None = None
    restricted: bool = False
    """Whether who asks has the scope to see the words of restricted documents."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; `executed` is False where the request was refused before anything ran."""

    body: dict[str, Any]
    executed: bool = True


class Engine:
    """Executes requests on one graph, one at a time.

    The store is in this process and reading it never waits, so interleaving requests would gain nothing; and one
    at a time, each sees one snapshot. Several processes serve several requests at once.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        limits: Limits,
        canonical: Canonical = str,
        grounder: Grounder | None = None,
        get_model: GetModel = no_model,
    ) -> None:
        self.graph = graph
        self.canonical = canonical
        self.grounder = grounder
        self.get_model = get_model
        self.limits = limits
        self.prepare = lru_cache(maxsize=CACHED_TEXTS)(self._prepare)
        self._turn = asyncio.Lock()

    async def answer(self, request: Request) -> Answer:
        """The answer to `request`, with errors as a client may see them."""
        prepared = self.prepare(request.query)
        if not isinstance(prepared, DocumentNode):
            return Answer({"errors": prepared}, executed=False)
        async with self._turn:
            try:
                result = await self._execute_in_snapshot(prepared, request)
            except GraphChangedError:
                result = await self._execute_in_snapshot(prepared, request)
        return _to_answer(result)

    async def _execute_in_snapshot(self, document: DocumentNode, request: Request) -> ExecutionResult:
        """The result from one state of the graph; raises `GraphChangedError` where a server had two meanwhile."""
        with self.graph.snapshot(restricted=request.restricted):
            return await self._execute(document, request)

    def _prepare(self, text: str) -> DocumentNode | list[dict[str, Any]]:
        """The parsed and valid query, or what is wrong with it."""
        try:
            document = parse_query(text, self.limits)
        except RequestError as error:
            return [format_error(error)]
        errors = validate(core_schema(), document, max_errors=ERRORS_TOLD)
        return [_invalid(error) for error in errors] if errors else document

    async def _execute(self, document: DocumentNode, request: Request) -> ExecutionResult:
        context = Context.of(self.graph, self.limits, schema_version(), self.canonical, self.grounder, self.get_model)
        result = execute(
            core_schema(),
            document,
            context_value=context,
            variable_values=request.variables,
            operation_name=request.operation,
            is_awaitable=_is_awaitable,
        )
        return await result if isinstance(result, Awaitable) else result


def _is_awaitable(value: object) -> TypeGuard[Awaitable[Any]]:
    """Whether a resolver's value must be awaited: ours are coroutines or plain values, asked thousands of times."""
    return type(value) is CoroutineType


def _invalid(error: GraphQLError) -> dict[str, Any]:
    return {**error.formatted, "extensions": {"code": "GRAPHQL_INVALID"}}


def _to_answer(result: ExecutionResult) -> Answer:
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [format_error(error) for error in result.errors]
    # Without a path, what failed is the request (its variables, its operation's name), not a field of it.
    refused = result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
    return Answer({"errors": body["errors"]} if refused else body, executed=not refused)
