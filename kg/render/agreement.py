"""Where curators do not agree, and where a new release does not agree with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from kg.curation.agreement import Agreement
from kg.curation.refresh import Stale
from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.decisions import decision_form, describe_decision
from ontologies.model import Decision
from ontologies.printable import printable


def print_agreement(found: Agreement, *, as_json: bool = False, console: Console | None = None) -> None:
    """Print the agreement of two curators and their disputes."""
    console = console or make_console()
    if as_json:
        print_json(_form(found), file=console.file)
        return
    first, second = found.curators
    told = (
        f"{first} and {second} decided {found.names} names both, {found.agreed} of them alike "
        f"({found.agreed / found.names:.1%}); Cohen's kappa {found.kappa:.2f}"
    )
    console.print(draw_line(told))
    table = make_table("name", printable(first), printable(second))
    for left, right in found.disputes:
        table.add_row(left[0].name, _told(left), _told(right))
    if found.disputes:
        console.print(table)


def print_stale(found: Sequence[Stale], *, as_json: bool = False, console: Console | None = None) -> None:
    """Print the decisions that a release changed, with what became of their concepts."""
    console = console or make_console()
    if as_json:
        forms = [{"decision": decision_form(one.decision), "why": one.why, "replaced_by": one.heir} for one in found]
        print_json(forms, file=console.file)
        return
    for one in found:
        said = f"{one.decision.author} on {one.decision.time[:10]}: {describe_decision(one.decision)}"
        console.print(draw_line((one.decision.id, "cyan"), f" {said}"))
        console.print(draw_line(f"    {one.why}", style="yellow"))
    if found:
        hold = "decision holds" if len(found) == 1 else "decisions hold"
        console.print(f"{len(found)} {hold} until you look again: kg align review --status changed")
    else:
        console.print("no decision is touched: every concept is as it was when it was decided on")


def _told(said: Sequence[Decision]) -> str:
    return "; ".join(describe_decision(one).removeprefix(f"{one.name} ") for one in said)


def _form(found: Agreement) -> dict[str, Any]:
    first, second = found.curators
    return {
        "curators": [first, second],
        "names": found.names,
        "agreed": found.agreed,
        "kappa": round(found.kappa, 4),
        "disputes": [
            {"name": left[0].name, first: [*map(decision_form, left)], second: [*map(decision_form, right)]}
            for left, right in found.disputes
        ],
    }
