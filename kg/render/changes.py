"""`kg diff` and `kg remove`: what documents added to the graph and retracted from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from kg.model import Diff
from kg.render.console import draw_line, make_console, print_json
from kg.roles import Store


def print_changes(
    diffs: Sequence[Diff], store: Store, *, as_json: bool = False, console: Console | None = None
) -> None:
    """Print what each change added (+) and retracted (-), in the order given."""
    console = console or make_console()
    if as_json:
        print_json([diff_form(diff, store) for diff in diffs], file=console.file)
    elif diffs:
        print_diffs(diffs, store, console)
    else:
        console.print("no document has changed the graph yet: `kg build` says how to load some")


def print_diffs(
    diffs: Sequence[Diff], store: Store, console: Console, *, names: dict[str, tuple[str, str, str]] | None = None
) -> None:
    """Print for each document the facts it added (+) and retracted (-)."""
    for diff in diffs:
        console.print(draw_line(_head(diff), style="bold"))
        named = {**store.name_facts([*diff.added, *diff.retracted]), **(names or {})}
        for sign, style, ids in (("+", "green", diff.added), ("-", "red", diff.retracted)):
            for words in sorted(" ".join(named.get(fact, (fact,))) for fact in ids):
                console.print(draw_line(f"  {sign} {words}", style=style))


def _head(diff: Diff) -> str:
    if diff.note:
        return f"{diff.document}: {diff.note}"
    if diff.new_version is None:
        return f"{diff.document}: removed"
    versions = f"version {diff.new_version}" if diff.old_version in (None, diff.new_version) else (
        f"version {diff.old_version} → {diff.new_version}"
    )  # fmt: skip
    return f"{diff.document}: {versions}, {len(diff.added)} added, {len(diff.retracted)} retracted, {diff.kept} kept"


def diff_form(diff: Diff, store: Store, names: dict[str, tuple[str, str, str]] | None = None) -> dict[str, Any]:
    """A diff as plain data, each fact with its id and its names."""
    named = {**store.name_facts([*diff.added, *diff.retracted]), **(names or {})}

    def facts(ids: Sequence[str]) -> list[dict[str, Any]]:
        return [
            {"id": fact, **dict(zip(("subject", "predicate", "object"), named.get(fact, ()), strict=False))}
            for fact in ids
        ]

    return {
        "document": diff.document,
        "old_version": diff.old_version,
        "new_version": diff.new_version,
        "time": diff.time,
        "note": diff.note,
        "kept": diff.kept,
        "added": facts(diff.added),
        "retracted": facts(diff.retracted),
    }
