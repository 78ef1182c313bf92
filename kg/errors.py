"""Errors of the room of the graph; `KGError`, their root, lives in the lowest room so that every room can raise it."""

from ontologies.errors import KGError, UnknownNameError

__all__ = [
    "BuildError",
    "ExportError",
    "GraphChangedError",
    "KGError",
    "NotFoundError",
    "ServerError",
    "StoreError",
    "UnknownNameError",
]


class StoreError(KGError):
    """The graph cannot be opened, read or written: missing, locked, damaged, full or read-only."""


class GraphChangedError(StoreError):
    """The graph was written to while it was read, so that what was read is of two states; reading again helps."""


class BuildError(KGError):
    """A build could not go on."""


class NotFoundError(KGError):
    """Something asked for by name is not in the graph."""


class ExportError(KGError):
    """An export could not be written."""


class RunnerError(KGError):
    """Work cannot be handed out to where it should run."""


class RunError(KGError):
    """Runs of extracted documents cannot be written, or are not whole, or do not belong together."""


class ImportFailedError(KGError):
    """A foreign graph, or an export, cannot be imported at all."""


class ServerError(KGError):
    """A local Neo4j server cannot be fetched, started, stopped or administered."""
