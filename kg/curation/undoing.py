"""Taking back, bringing back and confirming: lines about other lines."""

from __future__ import annotations

from collections.abc import Iterable

from kg.curation.desk import Change, Desk
from ontologies.decisions import Action, Line
from ontologies.errors import DecisionError
from ontologies.standing import taken_back

_ID = 6
"""Characters of an id that tell a line: fewer may be a slip of the keys."""


def undo(desk: Desk, id_: str | None = None, reason: str = "") -> Change:
    """What came of taking back the line of that id, or all that the author's last command did.

    A batch is taken back as a whole; of a redo, all that it brought back goes again. To undo an undo brings back.
    """
    if id_ is not None and len(id_) < _ID:
        raise DecisionError(f"{id_!r} is too short for an id: give {_ID} characters or more; `kg align log` shows them")
    lines = [desk.ledger.line(id_)] if id_ is not None else _last(desk, taking_back=False)
    if lines[0].id in taken_back(desk.ledger.log.lines):
        raise DecisionError(f"{lines[0].id} was taken back already; `kg align redo` brings back what was undone last")
    return desk.record([Line(Action.UNDO, desk.author, line.id, reason) for line in lines])


def redo(desk: Desk) -> Change:
    """What came of bringing back what the author undid or reverted last, all of it."""
    lines = _last(desk, taking_back=True)
    return desk.record([Line(Action.UNDO, desk.author, line.id, "redo") for line in lines])


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


def _last(desk: Desk, *, taking_back: bool) -> list[Line]:
    """The lines in force of the author's last command that took something back, or of the last that did not."""
    gone = taken_back(desk.ledger.log.lines)
    own = [line for line in desk.ledger.log.lines if line.author == desk.author and line.id not in gone]
    own = [line for line in own if line.action is not Action.NOTE]
    # A revert is a command of its own, which `undo` takes back as it does others, while `redo` sees what it undid.
    fit = [line for line in own if line.action is Action.REVERT or _takes_back(desk, line) == taking_back]
    if not fit:
        raise DecisionError(f"there is nothing of {desk.author}'s to take back or to bring back; see `kg align log`")
    last = fit[-1]
    return [line for line in fit if line.time == last.time or (last.batch and line.batch == last.batch)]


def _takes_back(desk: Desk, line: Line) -> bool:
    """Whether the line takes something back; an undo of such a line, which is a redo, does not."""
    if line.action is Action.UNDO:
        return not _takes_back(desk, desk.ledger.line(line.of))
    return line.action is Action.REVERT
