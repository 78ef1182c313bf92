"""What `kg align conflicts` prints: proofs as trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from kg.render.console import draw_line, make_console, print_json
from ontologies.lexicon import Lexicon
from ontologies.mappings.conflicts import Conflict


def print_conflicts(
    conflicts: Sequence[Conflict],
    lexicon: Lexicon,
    *,
    limit: int,
    as_json: bool = False,
    console: Console | None = None,
) -> None:
    """Print the first `limit` conflicts, and how many there are of each kind."""
    console = console or make_console()
    counts = Counter(conflict.clash.value for conflict in conflicts)
    if as_json:
        shown: dict[str, Any] = {"counts": dict(counts), "conflicts": [one.record() for one in conflicts[:limit]]}
        print_json(shown, file=console.file)
        return
    for conflict in conflicts[:limit]:
        console.print(_tree(conflict, lexicon))
        console.print()
    told = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    console.print(f"{len(conflicts)} conflicts: {told}" if told else "no conflicts")


def _tree(conflict: Conflict, lexicon: Lexicon) -> Tree:
    tree = Tree(draw_line((f"{conflict.clash.value}: ", "bold"), conflict.because))
    at = tree.add(_named(conflict.start, lexicon))
    for step in conflict.steps:
        at = at.add(draw_line((f"{step.words} → ", "dim"), _named(step.to, lexicon)))
    tree.add(_outcome(conflict))
    return tree


def _named(curie: str, lexicon: Lexicon) -> Text:
    concept = lexicon.entry(curie)
    return draw_line((curie, "cyan"), f"  {concept.name}" if concept else "")


def _outcome(conflict: Conflict) -> str:
    if conflict.followed and not any(conflict.left_out):
        return "kept all the same: look at it"
    if conflict.followed:
        return "joined all the same: look at it"
    return f"not joined: {' and '.join(conflict.left_out)}"
