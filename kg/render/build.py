"""What `kg build` and `kg remove` say at the end: counts, what updated documents changed, what went to quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from kg.model import Diff
from kg.pipeline import Progress
from kg.render.console import make_console, print_json
from kg.roles import Store

#: Changed documents, and quarantined inputs, that are printed whole; the rest is counted.
PRINTED = 20


def print_build(progress: Progress, store: Store, *, graph: Path, dry_run: bool, as_json: bool) -> None:
    """Print what a build did, or would do."""
    if as_json:
        print_json(_form(progress, store, dry_run=dry_run))
        return
    console = make_console()
    updated = [diff for diff in progress.diffs if diff.note or diff.old_version is not None]
    print_diffs(updated[:PRINTED], store, console, names=progress.names)
    if len(updated) > PRINTED:
        console.print(f"… and {len(updated) - PRINTED} more documents; all of them: kg diff --graph {graph}")
    for locator, reason in progress.quarantined[:PRINTED]:
        console.print(Text.assemble(("quarantined ", "red"), f"{locator}: {reason}"))
    if len(progress.quarantined) > PRINTED:
        console.print(f"… and {len(progress.quarantined) - PRINTED} more; all of them: kg quarantine --graph {graph}")
    console.print(_summary(progress, graph, dry_run=dry_run))


def print_diffs(
    diffs: Sequence[Diff], store: Store, console: Console, *, names: dict[str, tuple[str, str, str]] | None = None
) -> None:
    """Print for each document the facts it added (+) and retracted (-)."""
    for diff in diffs:
        console.print(Text(_head(diff), style="bold"))
        named = {**store.name_facts([*diff.added, *diff.retracted]), **(names or {})}
        for sign, style, ids in (("+", "green", diff.added), ("-", "red", diff.retracted)):
            for line in sorted(" ".join(named.get(fact, (fact,))) for fact in ids):
                console.print(Text(f"  {sign} {line}", style=style))


def _head(diff: Diff) -> str:
    if diff.note:
        return f"{diff.document}: {diff.note}"
    if diff.new_version is None:
        return f"{diff.document}: removed"
    versions = f"version {diff.new_version}" if diff.old_version in (None, diff.new_version) else (
        f"version {diff.old_version} → {diff.new_version}"
    )  # fmt: skip
    return f"{diff.document}: {versions}, {len(diff.added)} added, {len(diff.retracted)} retracted, {diff.kept} kept"


def _summary(progress: Progress, graph: Path, *, dry_run: bool) -> str:
    added = sum(len(diff.added) for diff in progress.diffs)
    retracted = sum(len(diff.retracted) for diff in progress.diffs)
    would = "would be " if dry_run else ""
    return (
        f"{progress.documents} documents read in {progress.seconds:.1f} s, {progress.unchanged} unchanged, "
        f"{len(progress.quarantined)} quarantined; {added} facts {would}added and {retracted} {would}retracted "
        f"by their documents: {graph}"
    )


def _form(progress: Progress, store: Store, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "documents": progress.documents,
        "unchanged": progress.unchanged,
        "seconds": round(progress.seconds, 3),
        "quarantined": [{"locator": locator, "reason": reason} for locator, reason in progress.quarantined],
        "changes": [diff_form(diff, store, progress.names) for diff in progress.diffs],
    }


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
