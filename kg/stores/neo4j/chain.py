"""The graph's version, its words about itself, and the list of its changes, as they are written to a server."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kg.model import Diff
from kg.stores.neo4j.sending import send
from kg.stores.neo4j.server import Cypher
from kg.stores.versions import Chain

_VERSION = "MATCH (m:Meta {name: 'graph_version'}) RETURN m.value"
_META = "MERGE (m:Meta {name: $name}) SET m.value = $value"
_FORGET_META = "MATCH (m:Meta {name: $name}) DELETE m"
_LAST = "MATCH (c:Change) WHERE c.number IS NOT NULL RETURN c.number ORDER BY c.number DESC LIMIT 1"
_CHANGES = "UNWIND $rows AS row MERGE (c:Change {number: row.number}) SET c += row"


def write_meta(cypher: Cypher, name: str, value: str) -> None:
    """Keep a named value."""
    cypher.run(_META, name=name, value=value)


def forget_meta(cypher: Cypher, name: str) -> None:
    """Let go of a named value."""
    cypher.run(_FORGET_META, name=name)


def grow(cypher: Cypher, chain: Chain | None, log: Iterable[str], time: str) -> Chain:
    """The chain after these lines, the graph's next version with it.

    A given chain goes on where it left the graph so: what comes in several transactions ends in the version that one
    would have given. Else a new one begins at the version that the graph has.
    """
    now = str(cypher.value(_VERSION))
    grown = (chain if chain and chain.version == now else Chain(now)).grown(log)
    write_meta(cypher, "graph_version", grown.version)
    write_meta(cypher, "changed_at", time)
    return grown


def log_changes(cypher: Cypher, diffs: Iterable[Diff]) -> None:
    """Keep diffs in the list of changes, in their order."""
    changes = list(diffs)
    if changes:
        last: int = cypher.value(_LAST) or 0
        send(cypher, _CHANGES, [change_properties(number, diff) for number, diff in enumerate(changes, last + 1)])


def change_properties(number: int, diff: Diff) -> dict[str, Any]:
    """A change as its node keeps it."""
    return {
        "number": number,
        "time": diff.time,
        "document": diff.document,
        "old_version": diff.old_version,
        "new_version": diff.new_version,
        "added": list(diff.added),
        "retracted": list(diff.retracted),
        "kept": diff.kept,
    }
