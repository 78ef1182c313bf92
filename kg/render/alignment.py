"""What aligning anew changed in the graph: which names went where, and the facts that came and went with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from kg.align import Realigned
from kg.model import Diff, Move
from kg.render.changes import diff_form
from kg.render.console import draw_line, make_console, print_json
from kg.render.decisions import describe_waiting
from kg.roles import Store
from ontologies.decided import read_standing
from ontologies.residual import is_residual, why_residual
from ontologies.standing import Standing

#: Lines of one sort that are printed; the rest is counted.
PRINTED = 20

#: Spellings of a name that are printed with a move.
SPELLINGS = 4


def print_realigned(
    done: Realigned,
    store: Store,
    *,
    dry_run: bool = False,
    console: Console | None = None,
    shown: int = PRINTED,
    standing: Standing | None = None,
) -> None:
    """Print the names that went over, the facts gained (+) and lost (-) with the number of documents, and a summary.

    Nothing is printed where nothing moved. Of each sort `shown` lines are printed. `standing` has the decisions that
    say why a name has no concept: those of the home folder, where it is not given.
    """
    if not done.moves:
        return
    if standing is None:
        alone = any(not move.node.aligned for move in done.moves)
        standing = read_standing() if alone else Standing()
    console = console or make_console()
    _print_some(console, [_draw_move(move, standing) for move in done.moves], shown)
    for sign, style, counts in (
        ("+", "green", count_facts(done, "added")),
        ("-", "red", count_facts(done, "retracted")),
    ):
        named = {**store.name_facts(counts), **done.names}
        words = sorted((" ".join(named.get(fact, (fact,))), number) for fact, number in counts.items())
        _print_some(console, [_draw_fact(sign, style, *pair) for pair in words], shown)
    for diff in (diff for diff in done.diffs if diff.note):
        console.print(draw_line(f"  {diff.document}: {diff.note}", style="yellow"))
    console.print(summarize(done, dry_run=dry_run))


def print_applied(done: Sequence[Realigned], store: Store, *, dry_run: bool = False, as_json: bool = False) -> None:
    """Print what several rounds of aligning did, or would do; a word where there was nothing to do."""
    if as_json:
        print_json({"dry_run": dry_run, "aligned": [realigned_form(one, store) for one in done]})
    elif not done:
        make_console().print("the graph reflects all decisions, and no name that waits is known by now")
    for one in () if as_json else done:
        print_realigned(one, store, dry_run=dry_run)


def summarize(done: Realigned, *, dry_run: bool = False) -> str:
    """One sentence: how many names moved, and what that did to the graph."""
    names = sum(len(move.names) for move in done.moves)
    added, retracted = (len(count_facts(done, which)) for which in ("added", "retracted"))
    would = "would be " if dry_run else ""
    return (
        f"{names} {_plural('name', names)} {would}aligned anew in {len(done.diffs)} "
        f"{_plural('document', len(done.diffs))}: {added} {_plural('fact', added)} gained, {retracted} lost"
    )


def realigned_form(done: Realigned, store: Store) -> dict[str, Any]:
    """The same as plain data: `moves` and, document by document, `changes` as `kg diff --json` has them."""
    return {
        "moves": [
            {"names": list(m.names), "from": m.curie, "to": m.node.curie, "name": m.node.name} for m in done.moves
        ],
        "changes": [diff_form(diff, store, done.names) for diff in done.diffs],
    }


def count_facts(done: Realigned, which: str) -> Counter[str]:
    """How many documents gained (`added`) or lost (`retracted`) each fact."""
    return Counter(fact for diff in done.diffs for fact in _ids(diff, which))


def _ids(diff: Diff, which: str) -> Iterable[str]:
    return diff.added if which == "added" else diff.retracted


def _draw_move(move: Move, standing: Standing) -> Text:
    names = ", ".join(move.names[:SPELLINGS]) + (" …" if len(move.names) > SPELLINGS else "")
    place = move.node.curie if move.node.aligned else describe_waiting(move.node, standing)
    left_over = why_residual(move.node.name) if move.node.aligned else ""
    if left_over and not any(map(is_residual, move.names)):
        place += f"; {left_over}, which the name does not say"
    return draw_line((names, "bold"), f"  {move.curie} → ", (move.node.name, "bold"), f" ({place})")


def _draw_fact(sign: str, style: str, words: str, documents: int) -> Text:
    return draw_line((f"  {sign} {words}", style), (f"  {documents} {_plural('document', documents)}", "dim"))


def _print_some(console: Console, lines: list[Text], shown: int) -> None:
    for drawn in lines[:shown]:
        console.print(drawn)
    if len(lines) > shown:
        console.print(Text(f"  … and {len(lines) - shown} more", style="dim"))


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
