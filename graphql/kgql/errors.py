"""Errors that a client of the service may see, each with a stable code, and the hiding of all others."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from graphql import GraphQLError

from kg.errors import KGError

logger = logging.getLogger("kgql")


class RequestError(GraphQLError):
    """A request that cannot be answered as asked; `code` is stable, the text says what to change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, extensions={"code": code})


def format_error(error: GraphQLError) -> dict[str, Any]:
    """`error` as a client may see it: our own as they are, anything unforeseen as a number to look up in the log."""
    shown: dict[str, Any] = {**error.formatted}
    cause = error.original_error
    if isinstance(cause, RequestError):
        return {**shown, "extensions": cause.extensions}
    if isinstance(cause, KGError):
        return {**shown, "extensions": {"code": "GRAPH_ERROR"}}
    if cause is not None and not isinstance(cause, GraphQLError):
        return {**shown, **_hide(cause)}
    return {**shown, "extensions": {"code": "BAD_USER_INPUT", **(error.extensions or {})}}


def _hide(cause: BaseException) -> dict[str, Any]:
    number = secrets.token_hex(4)
    logger.error("error %s", number, exc_info=cause)
    return {
        "message": f"the service failed on this field; look for error {number} in its log",
        "extensions": {"code": "INTERNAL", "number": number},
    }
