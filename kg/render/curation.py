"""What curating prints: what a decision changed, the queue, the history of a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from kg.curation.desk import Change, Desk
from kg.curation.items import Item
from kg.curation.reasons import why_queued
from kg.curation.standstill import why_nothing_moves
from kg.curation.verdicts import Refused
from kg.render.alignment import print_realigned, realigned_form
from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.decisions import decision_form, describe_line, describe_voided, line_form, when, who
from kg.render.pages import count, cut, draw_score
from ontologies.decisions import Action, Line
from ontologies.model import Match
from ontologies.standing import form_of

#: Lines of one sort that are printed; the rest is counted.
PRINTED = 20
#: Columns of a name and of a reason in the queue; JSON has them whole.
_NAME, _WHY = 60, 90


def print_change(
    change: Change,
    desk: Desk,
    *,
    as_json: bool = False,
    refused: Sequence[Refused] = (),
    console: Console | None = None,
) -> None:
    """Print what was recorded, with the id that undoes it, and what that changed in the graph."""
    console = console or make_console()
    if as_json:
        print_json(change_form(change, desk, refused), file=console.file)
        return
    _print_batches(change, desk, console)
    _print_recorded(change, desk, console)
    for told in describe_voided(change.voided[:PRINTED]):
        console.print(draw_line(told, style="yellow"))
    for row in refused:
        place = f" line {row.line}" if row.line else ""
        console.print(draw_line(f"left out{place}: {row.why}", style="red"))
    if desk.store is None:
        console.print("there is no graph here: the decision counts from the next build on")
    else:
        standing = desk.ledger.standing_of({form_of(name) for move in change.graph.moves for name in move.names})
        print_realigned(change.graph, desk.store, dry_run=desk.dry_run, console=console, standing=standing)
        if change.lines and not change.graph.moves and not change.note:
            console.print(draw_line(why_nothing_moves(change, desk)))
    if change.note:
        console.print(draw_line(change.note, style="yellow"))


def _print_batches(change: Change, desk: Desk, console: Console) -> None:
    """Before all lines how many there are, and what takes them back."""
    for batch, number in Counter(line.batch for line in change.lines if line.batch and not desk.dry_run).items():
        told = f"recorded {count(number, 'decision')} as one batch: `kg align revert {batch}` takes all of it back"
        console.print(draw_line(told))


def _print_recorded(change: Change, desk: Desk, console: Console) -> None:
    would = "would record" if desk.dry_run else "recorded"
    undone = [desk.ledger.line(line.of) for line in change.lines if line.action is Action.UNDO]
    decided = [line for line in undone if line.decision is not None]
    for batch in dict.fromkeys(line.batch for line in decided if line.batch and len(decided) > 1):
        number = sum(line.batch == batch for line in decided)
        took = "would take back" if desk.dry_run else "took back"
        console.print(
            draw_line(f"{took} the batch {batch}, {count(number, 'decision')}; `kg align redo` brings them back")
        )
    for line in change.lines[:PRINTED]:
        of = f" ({describe_line(desk.ledger.line(line.of))})" if line.action is Action.UNDO else ""
        console.print(draw_line(f"{would} ", (line.id, "cyan"), f": {describe_line(line)}{of}"))
    if len(change.lines) > PRINTED:
        console.print(f"… and {len(change.lines) - PRINTED} more")


def change_form(change: Change, desk: Desk, refused: Sequence[Refused] = ()) -> dict[str, Any]:
    """The change as JSON holds it."""
    return {
        "dry_run": desk.dry_run,
        "lines": [line_form(line, set()) for line in change.lines],
        "refused": [{"line": row.line, "why": row.why} for row in refused],
        "graph": realigned_form(change.graph, desk.store) if desk.store else None,
        "note": change.note,
        "voided": [decision_form(one) for one in change.voided],
    }


def print_queue(items: Sequence[Item], *, as_json: bool = False, console: Console | None = None) -> None:
    """Print the items in the order given."""
    console = console or make_console()
    if as_json:
        print_json([item_form(item) for item in items], file=console.file)
        return
    table = make_table("facts#", "rows#", "name", "kind", "now", "best candidate", "why")
    for item in items:
        usage, best = item.usage, item.candidates[0] if item.candidates else None
        now = usage.node.curie if usage.node.aligned else "–"
        thought = f"{draw_score(best.score)}{best.name} ({best.curie})" if best else "–"
        counts = (str(usage.facts), str(usage.evidence))
        table.add_row(*counts, cut(usage.name, _NAME), item.kind.value, now, thought, cut(_why(item), _WHY))
    console.print(table if items else Text("nothing waits that fits: `kg align queue --status all` shows everything"))


def _why(item: Item) -> str:
    return item.doubt.why if item.doubt else why_queued(item)


def item_form(item: Item) -> dict[str, Any]:
    """The item as JSON holds it; `value` is what the queue is ordered by."""
    usage = item.usage
    return {
        "name": usage.name,
        "spellings": list(usage.names),
        "kind": item.kind.value,
        "language": item.language,
        "status": item.status,
        "curie": usage.node.curie,
        "aligned": usage.node.aligned,
        "facts": usage.facts,
        "evidence": usage.evidence,
        "documents": usage.documents,
        "uncertainty": round(item.uncertainty, 4),
        "value": round(item.value, 4),
        "why": _why(item),
        "doubt": round(item.doubt.score, 4) if item.doubt else None,
        "candidates": [match_form(match) for match in item.candidates],
        "decisions": [decision_form(one) for one in item.said],
    }


def match_form(match: Match) -> dict[str, Any]:
    """A match as JSON holds it."""
    return {"curie": match.curie, "name": match.name, "kind": match.kind, "score": match.score, "reason": match.reason}


def print_history(
    name: str, lines: Sequence[Line], gone: set[str], *, as_json: bool = False, console: Console | None = None
) -> None:
    """Print who said what of a name, when, why, and what the program thought at the time."""
    console = console or make_console()
    if as_json:
        print_json([line_form(line, gone) for line in lines], file=console.file)
        return
    for line in lines:
        style = "dim strike" if line.id in gone else ""
        head = draw_line((line.id, "cyan"), f" {when(line)} {who(line)}: ", (describe_line(line), style))
        console.print(head)
        console.print(draw_line(f"    {_circumstances(line)}", style="dim"))
    if not lines:
        console.print(draw_line(f"nobody has decided anything about {name!r}"))


def _circumstances(line: Line) -> str:
    made = line.decision
    parts = [f"because {line.reason}" if line.reason else "no reason given"]
    if made is not None:
        thought = f"{made.predicted:.2f} ({made.predicted_reason})" if made.predicted is not None else "nothing of it"
        parts.append(f"the program thought {thought}")
        parts += [f"the curator was {made.confidence:.2f} sure"] if made.confidence is not None else []
        parts += [f"for {made.kind or 'any kind'}{f', {made.language}' if made.language else ''}", made.stamp]
    return " · ".join(part for part in [*parts, f"batch {line.batch}" if line.batch else ""] if part)
