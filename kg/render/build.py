"""What `kg build` and `kg remove` say at the end: counts, what updated documents changed, what went to quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.align import Realigned
from kg.config import Where
from kg.pipeline import Progress
from kg.render.alignment import print_realigned, realigned_form
from kg.render.changes import diff_form, print_diffs
from kg.render.console import draw_line, make_console, print_json
from kg.roles import Store

#: Changed documents, and quarantined inputs, that are printed whole; the rest is counted.
PRINTED = 20


def print_build(
    progress: Progress, store: Store, aligned: Sequence[Realigned], *, graph: Where, dry_run: bool, as_json: bool
) -> None:
    """Print what a build did, or would do, and before it what was aligned anew."""
    if as_json:
        again = [realigned_form(done, store) for done in aligned]
        print_json(_form(progress, store, dry_run=dry_run) | {"aligned": again})
        return
    console = make_console()
    for done in aligned:
        print_realigned(done, store, dry_run=dry_run, console=console)
    updated = [diff for diff in progress.diffs if diff.note or diff.old_version is not None]
    print_diffs(updated[:PRINTED], store, console, names=progress.names)
    if len(updated) > PRINTED:
        console.print(f"… and {len(updated) - PRINTED} more documents; all of them: kg diff --graph {graph}")
    for locator, reason in progress.quarantined[:PRINTED]:
        console.print(draw_line(("quarantined ", "red"), f"{locator}: {reason}"))
    if len(progress.quarantined) > PRINTED:
        console.print(f"… and {len(progress.quarantined) - PRINTED} more; all of them: kg quarantine --graph {graph}")
    console.print(_summary(progress, graph, dry_run=dry_run))


def _summary(progress: Progress, graph: Where, *, dry_run: bool) -> str:
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
