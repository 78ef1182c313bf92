"""`kg ground`: names with the concepts they stand for and why, or the best guesses where there is no answer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from kg.batch import grounding_form
from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.decisions import describe_decision
from ontologies.model import Decision, Grounding, Match, Verdict
from ontologies.standing import no_concept_fits


def print_groundings(groundings: Sequence[Grounding], *, as_json: bool = False, console: Console | None = None) -> None:
    """Print what each name stands for, one table a name."""
    console = console or make_console()
    if as_json:
        print_json([grounding_form(grounding) for grounding in groundings], file=console.file)
        return
    for place, grounding in enumerate(groundings):
        if place:
            console.print()
        _print_one(grounding, console)


def _print_one(grounding: Grounding, console: Console) -> None:
    console.print(draw_line(_headline(grounding), style="bold"))
    for one in grounding.rejected:
        console.print(draw_line(f"  {_told(one)}"))
    for name, value in grounding.qualifiers:
        console.print(draw_line(f"  {name}: {value}"))
    if grounding.matches:
        console.print(_table(grounding.matches))
    if grounding.abstained and grounding.candidates:
        console.print(_table(grounding.candidates, style="dim"))


def _headline(grounding: Grounding) -> str:
    if len(grounding.parts) > 1:
        return f"{grounding.name}: several, {' + '.join(grounding.parts)}"
    if not grounding.abstained:
        return grounding.name
    if no_concept_fits(grounding.rejected):
        return f"{grounding.name}: no concept fits"
    guesses = "best guesses:" if grounding.candidates else "nothing comes near"
    return f"{grounding.name}: no answer; {guesses}"


def _told(decision: Decision) -> str:
    """Who rejected what, when and why."""
    why = f", because {decision.reason}" if decision.reason else ""
    return f"{decision.author} said on {decision.time[:10]}: {describe_decision(decision)}{why}"


def _table(matches: Sequence[Match], *, style: str = "") -> Table:
    table = make_table("CURIE", "name", "kind", "score#", "reason")
    for match in matches:
        # Cut, not rounded: nothing is shown as certain that is not.
        score = f"{int(match.score * 100) / 100:.2f}"
        reason = match.reason if match.relation is Verdict.EXACT else f"[{match.relation}] {match.reason}"
        table.add_row(match.curie, match.name, match.kind.value, score, reason, style=style)
    return table
