"""What a line of the decision log says, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ontologies.model import Decision, Kind, Verdict


class Action(StrEnum):
    """What a line of the log does."""

    DECIDE = "decide"
    UNDO = "undo"
    """Takes the line `of` back; of an undo, brings back what it took."""
    REVERT = "revert"
    """Takes back all lines of the batch `of` that stand before it."""
    NOTE = "note"
    """Words about the name `of`, with no effect."""
    CHECK = "check"
    """Another curator confirms the decision `of`."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log; `of` is the id, batch or name that it is about, `hash` that of the line itself.

    `author` and `time` are who wrote it and when; its decision has its own where it was made elsewhere and imported.
    """

    action: Action
    author: str
    of: str = ""
    reason: str = ""
    batch: str = ""
    decision: Decision | None = None
    id: str = ""
    time: str = ""
    hash: str = ""


_ACTIONS = {action.value: action for action in Action}
_KINDS = {kind.value: kind for kind in Kind}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def write_line(line: Line) -> dict[str, Any]:
    """What is written of a line: what it holds, without what is empty."""
    record: dict[str, Any] = {"action": line.action, "id": line.id, "time": line.time, "author": line.author}
    record |= {"of": line.of, "reason": line.reason, "batch": line.batch}
    if (made := line.decision) is not None:
        record |= {"name": made.name, "kind": made.kind, "verdict": made.verdict, "curie": made.curie}
        record |= {"target": made.target, "target_kind": made.target_kind, "target_parents": made.target_parents}
        record |= {"language": made.language, "predicted": made.predicted, "predicted_reason": made.predicted_reason}
        if (made.author, made.time) != (line.author, line.time):
            record |= {"decided_by": made.author, "decided_at": made.time}
        record |= {"confidence": made.confidence, "stamp": made.stamp, "reason": made.reason, "batch": made.batch}
    return {key: value for key, value in record.items() if value not in ("", None, ())}


def read_line(record: dict[str, Any], hash_: str) -> Line:
    """The line that a record was written of, under its hash; KeyError or TypeError where it is none."""
    get = record.get
    action = _ACTIONS[record["action"]]
    id_, time, author = record["id"], record["time"], record["author"]
    reason, batch = get("reason", ""), get("batch", "")
    decision = _decision(record, reason, batch) if action is Action.DECIDE else None
    return Line(action, author, get("of", ""), reason, batch, decision, id_, time, hash_)


def _decision(record: dict[str, Any], reason: str, batch: str) -> Decision:
    get = record.get
    kind, target_kind = get("kind"), get("target_kind")
    return Decision(
        record["id"],
        record["name"],
        _KINDS[kind] if kind else None,
        _VERDICTS[record["verdict"]],
        get("curie", ""),
        get("target", ""),
        get("decided_by", record["author"]),
        get("decided_at", record["time"]),
        reason,
        get("language", ""),
        get("predicted"),
        get("predicted_reason", ""),
        get("confidence"),
        batch,
        get("stamp", ""),
        _KINDS[target_kind] if target_kind else None,
        tuple(get("target_parents", ())),
    )
