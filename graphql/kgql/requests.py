"""GraphQL over HTTP, the reading side: from a POST's bytes to a `Request`, or one sentence of what is wrong."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request as HttpRequest

from kgql.errors import RequestError
from kgql.execute import Request


class HttpError(RequestError):
    """A request refused before GraphQL saw it, with the HTTP status that says so."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code, message)
        self.status = status


async def read_request(http: HttpRequest, *, most_bytes: int) -> Request:
    """The GraphQL request of a POST; raises `HttpError`. Other content types are refused: forms could be forged."""
    if http.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HttpError(415, "BAD_CONTENT_TYPE", 'send JSON with the header "Content-Type: application/json"')
    try:
        body = orjson.loads(await read_body(http, most_bytes))
    except orjson.JSONDecodeError as error:
        raise HttpError(400, "BAD_JSON", f"the body is not JSON: {error}") from None
    return _to_request(body)


async def read_body(http: HttpRequest, most: int) -> bytes:
    """The body of a request; raises `HttpError` where it is longer than `most` bytes."""
    body = bytearray()
    async for part in http.stream():
        body += part
        if len(body) > most:
            raise HttpError(413, "BODY_TOO_LARGE", f"the body is larger than {most} bytes: send values as variables")
    return bytes(body)


def _to_request(body: object) -> Request:
    if not isinstance(body, dict):
        raise HttpError(400, "BAD_REQUEST", 'the body must be an object: {"query": "...", "variables": {...}}')
    query, operation = body.get("query"), body.get("operationName")
    variables: Any = body.get("variables") or {}
    if not isinstance(query, str) or not query.strip():
        raise HttpError(400, "BAD_REQUEST", '"query" must hold the text of a GraphQL query')
    if not isinstance(variables, dict):
        raise HttpError(400, "BAD_REQUEST", '"variables" must be an object of names and values')
    if operation is not None and not isinstance(operation, str):
        raise HttpError(400, "BAD_REQUEST", '"operationName" must be a string')
    return Request(query, variables, operation or None)
