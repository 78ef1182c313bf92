"""Asking the small graph through the service, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from kgql.app import create_app

#: Asks a query with variables and gives what came back.
Ask = Callable[..., dict[str, Any]]


class Client:
    """Sends HTTP requests to an application in this process."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def get(self, path: str, **options: Any) -> httpx.Response:
        """The response to a GET."""
        return asyncio.run(self._request("GET", path, **options))

    def post(self, path: str, **options: Any) -> httpx.Response:
        """The response to a POST."""
        return asyncio.run(self._request("POST", path, **options))

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.request(method, path, **options)


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """Makes a client of a service of its own, with the options of `create_app`."""
    return lambda graph, **options: Client(create_app(graph, **options))


@pytest.fixture
def client(small_graph: Path) -> Client:
    """A client of the service on the small graph."""
    return Client(create_app(small_graph))


@pytest.fixture
def ask(client: Client) -> Ask:
    """Asks a query that must succeed, and gives its data."""

    def ask(query: str, **variables: object) -> dict[str, Any]:
        answer = client.post("/graphql", json={"query": query, "variables": variables})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    return ask


@pytest.fixture
def refuse(client: Client) -> Ask:
    """Asks a query that must fail with one error, and gives that error."""

    def refuse(query: str, **variables: object) -> dict[str, Any]:
        answer = client.post("/graphql", json={"query": query, "variables": variables})
        errors: list[dict[str, Any]] = answer.json()["errors"]
        assert len(errors) == 1, errors
        return errors[0]

    return refuse
