"""What `kg extract --runs` says at the end."""

from __future__ import annotations

from pathlib import Path

from kg.pipeline import Progress
from kg.render.console import draw_line, make_console, print_json


def print_extracted(progress: Progress, runs: Path, *, as_json: bool) -> None:
    """Print how much went into runs, how much was there, and what could not be read."""
    if as_json:
        failed = [{"locator": locator, "reason": reason} for locator, reason in progress.quarantined]
        counts = {"documents": progress.documents, "unchanged": progress.unchanged}
        print_json(counts | {"seconds": round(progress.seconds, 3), "unreadable": failed})
        return
    console = make_console()
    for locator, reason in progress.quarantined:
        console.print(draw_line(("unreadable ", "red"), f"{locator}: {reason}"))
    console.print(
        f"{progress.documents} documents extracted in {progress.seconds:.1f} s, {progress.unchanged} inputs there "
        f"already, {len(progress.quarantined)} unreadable: {runs}"
    )
