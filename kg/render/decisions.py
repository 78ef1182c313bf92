"""Decisions and the lines of their log, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from kg.model import Node
from kg.render.console import make_console, make_table, print_json
from ontologies.decisions import Action, Line
from ontologies.model import Decision, Verdict
from ontologies.printable import printable
from ontologies.settings import read_settings
from ontologies.standing import Standing, fold, no_concept_fits, taken_back

VERDICT_WORDS = {
    Verdict.EXACT: "is",
    Verdict.BROAD: "has the broader",
    Verdict.NARROW: "has the narrower",
    Verdict.RELATED: "is related to",
    Verdict.NONE: "is not",
    Verdict.UNSURE: "may be",
}


def describe_decision(decision: Decision) -> str:
    """The decision as a sentence: "RTA is not mesh:D000140 (Acidosis, Lactic)"."""
    return printable(_described(decision))


def _described(decision: Decision) -> str:
    if not decision.curie:
        return f"{decision.name} " + ("is unsure" if decision.verdict is Verdict.UNSURE else "is no known concept")
    target = f" ({decision.target})" if decision.target else ""
    return f"{decision.name} {VERDICT_WORDS[decision.verdict]} {decision.curie}{target}"


def describe_voided(decisions: Iterable[Decision]) -> list[str]:
    """For each decision that does not count any more, whose it was and what it said."""
    return [f"void now: {printable(one.author)} on {one.time[:10]}, {describe_decision(one)}" for one in decisions]


def describe_waiting(node: Node, standing: Standing) -> str:
    """Why a name has no concept: a curator said that none fits, or nobody said anything yet."""
    said = no_concept_fits(standing.of(node.name, kind=node.kind))
    return f"no concept fits, says {said.author}" if said else "waits for a curator"


def decision_form(decision: Decision) -> dict[str, Any]:
    """The decision as JSON holds it."""
    names = Decision.__dataclass_fields__
    return {name: getattr(decision, name) for name in names}


def line_form(line: Line, gone: set[str], force: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The line as JSON holds it; `undone` where it was taken back, `in_force` as far as it is asked for."""
    form: dict[str, Any] = {
        "action": line.action,
        "id": line.id,
        "time": line.time,
        "author": line.author,
        "of": line.of,
    }
    form |= {"reason": line.reason, "batch": line.batch, "undone": line.id in gone}
    form["in_force"] = force.get(line.id) == "in force" if line.decision and force is not None else None
    return form | ({"decision": decision_form(line.decision)} if line.decision else {})


def print_lines(
    lines: Iterable[Line], all_lines: Sequence[Line], *, as_json: bool = False, console: Console | None = None
) -> None:
    """Print lines of the log in the order given; what was taken back by one of `all_lines` is marked."""
    console = console or make_console()
    gone, force = taken_back(all_lines), ids_in_force(all_lines)
    if as_json:
        print_json([line_form(line, gone, force) for line in lines], file=console.file)
        return
    table = make_table("id", "time", "who", "what", "now", "why")
    known = {line.id: line for line in all_lines}
    shown = 0
    for shown, line in enumerate(lines, start=1):  # noqa: B007
        style = "dim strike" if line.id in gone else ""
        what, why = Text(_with_its_aim(line, known), style=style), printable(line.reason)
        table.add_row(line.id, line.time[:16], who(line), what, state_of(line, gone, force), why)
    none = "no line of the log fits" if all_lines else "nothing has been decided yet: `kg align review` begins"
    console.print(table if shown else Text(none))


def ids_in_force(lines: Sequence[Line]) -> dict[str, str]:
    """For each decision that counts, or waits for a second curator, which of the two."""
    now = fold(lines, four_eyes=read_settings().four_eyes)
    return dict.fromkeys((one.id for one in now.waiting), "waits") | dict.fromkeys((one.id for one in now), "in force")


def state_of(line: Line, gone: set[str], force: dict[str, str]) -> str:
    """Whether what the line says counts now: in force, waits, taken back, or answered anew."""
    if line.id in gone:
        return "taken back"
    return "" if line.action is Action.NOTE else force.get(line.id, "answered anew" if line.decision else "in force")


def _with_its_aim(line: Line, known: Mapping[str, Line]) -> str:
    """What the line does, with the name and verdict that it takes back or confirms, through undoes of undoes."""
    told, aim = describe_line(line), known.get(line.of)
    while aim is not None:
        told, aim = f"{told} ({describe_line(aim)})", None if aim.decision else known.get(aim.of)
    return told


def who(line: Line) -> str:
    """Whose line it is: "ann", or "ann, imported by bob" for a decision that ann made elsewhere."""
    made = line.decision
    if made is None or made.author == line.author:
        return printable(line.author)
    return printable(f"{made.author}, imported by {line.author}")


def when(line: Line) -> str:
    """When what the line says was said, to the minute: of an imported decision, when it was made."""
    return printable(line.decision.time if line.decision else line.time)[:16]


def describe_line(line: Line) -> str:
    """What the line does, as a sentence."""
    if line.decision is not None:
        return describe_decision(line.decision)
    words = {Action.UNDO: "undoes", Action.REVERT: "reverts", Action.NOTE: "notes on", Action.CHECK: "confirms"}
    return printable(f"{words[line.action]} {line.of}")
