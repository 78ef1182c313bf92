"""Taking back, bringing back and confirming: lines about other lines."""

from __future__ import annotations

from collections.abc import Iterable

from kg.curation.desk import Change, Desk
from ontologies.decisions import Action, Line
from ontologies.errors import DecisionError
from ontologies.standing import taken_back


def undo(desk: Desk, id_: str, reason: str = "") -> Change:
    """What came of taking the line of that id back, or the author's last one; of an undo: of bringing it back."""
    line = desk.ledger.line(id_) if id_ else _last(desk, (Action.DECIDE, Action.CHECK, Action.REVERT))
    if line.id in taken_back(desk.ledger.log.lines):
        raise DecisionError(f"{line.id} was taken back already; `kg align redo` brings back what was undone last")
    return desk.record([Line(Action.UNDO, desk.author, line.id, reason)])


def redo(desk: Desk) -> Change:
    """What came of bringing back what the author undid or reverted last."""
    line = _last(desk, (Action.UNDO, Action.REVERT))
    return desk.record([Line(Action.UNDO, desk.author, line.id, "redo")])


def revert(desk: Desk, batch: str, reason: str = "") -> Change:
    """What came of taking a whole batch back."""
    lines = desk.ledger.lines_of_batch(batch)
    gone = taken_back(desk.ledger.log.lines)
    if all(line.id in gone for line in lines):
        raise DecisionError(f"the batch {batch!r} was taken back already; `kg align redo` brings it back")
    return desk.record([Line(Action.REVERT, desk.author, batch, reason)])


def check(desk: Desk, ids: Iterable[str], batch: str = "", reason: str = "") -> Change:
    """What came of confirming decisions; raises DecisionError where the author would confirm his own."""
    wanted = [desk.ledger.line(id_) for id_ in ids]
    if batch:
        wanted += [line for line in desk.ledger.lines_of_batch(batch) if line.decision is not None]
    for line in wanted:
        if line.decision is None:
            raise DecisionError(f"{line.id} is no decision but {line.action}; only decisions are confirmed")
        if line.author == desk.author:
            raise DecisionError(f"{line.id} is {desk.author}'s own decision; another curator confirms it (--author)")
    return desk.record([Line(Action.CHECK, desk.author, line.id, reason) for line in wanted])


def _last(desk: Desk, actions: tuple[Action, ...]) -> Line:
    lines = desk.ledger.log.lines
    gone = taken_back(lines)
    own = (line for line in reversed(lines) if line.author == desk.author and line.id not in gone)
    # A redo is the undo of an undo: it is no undoing to be brought back.
    found = next((line for line in own if line.action in actions and not _is_redo(desk, line)), None)
    if found is None:
        raise DecisionError(f"there is nothing of {desk.author}'s to take back or to bring back; see `kg align log`")
    return found


def _is_redo(desk: Desk, line: Line) -> bool:
    return line.action is Action.UNDO and desk.ledger.line(line.of).action in (Action.UNDO, Action.REVERT)
