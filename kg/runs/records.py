"""What one input brings, as a line of JSON and back: every field of its documents, nodes, rows and sleeping rows."""

from __future__ import annotations

from typing import Any

import orjson

from extractors.model import Document
from kg.model import Asleep, Contribution
from kg.pipeline import Outcome
from kg.stores.parts import read_parts
from kg.stores.sleeping import read_node, read_row

#: Where an outcome stands among others: by its first document and version, then by its content and place.
Key = tuple[str, int, str, str]

_PARTS = ("sections", "tables", "products", "coded")


def key_of(outcome: Outcome) -> Key:
    """Where an outcome stands; the same wherever and in whatever order inputs were read."""
    first = min(((one.document.id, one.document.version) for one in outcome.contributions), default=("", 0))
    return *first, outcome.content_hash, outcome.locator


def write_outcome(outcome: Outcome) -> bytes:
    """An outcome as JSON on one line."""
    told = {
        "locator": outcome.locator,
        "content_hash": outcome.content_hash,
        "reasons": outcome.reasons,
        "contributions": outcome.contributions,
    }
    return orjson.dumps(told, default=list)


def read_outcome(line: bytes) -> Outcome:
    """The outcome of a line from `write_outcome`; raises `KeyError`, `TypeError` or `ValueError` for another line."""
    told: dict[str, Any] = orjson.loads(line)
    contributions = tuple(map(_contribution, told["contributions"]))
    return Outcome(told["locator"], told["content_hash"], contributions, tuple(told["reasons"]))


def _contribution(told: dict[str, Any]) -> Contribution:
    return Contribution(
        _document(told["document"]),
        tuple(map(read_node, told["nodes"])),
        tuple(map(read_row, told["evidence"])),
        tuple(Asleep(read_row(one["row"]), read_node(one["node"])) for one in told["asleep"]),
    )


def _document(told: dict[str, Any]) -> Document:
    return Document(**told | read_parts([told[name] for name in _PARTS]))
