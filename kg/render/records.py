"""What `kg records` says: counts, hashes of inputs and what is wrong with the form of refused records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.records.cleaning import Removed
from kg.records.inputs import RefusedRow
from kg.records.model import Forgotten
from kg.records.naming_inputs import told
from kg.records.progress import Progress
from kg.records.summary import Summary, Told
from kg.render.console import draw_line, make_console, make_table, print_json
from kg.render.pages import count as counted

if TYPE_CHECKING:
    from kg.embed.me2vec.later import Later

#: Refusals that are printed whole; the rest is counted.
PRINTED = 20


def print_ingest(progress: Progress, records: Path, *, as_json: bool) -> None:
    """Print what a run read and what it refused."""
    if as_json:
        print_json(
            {
                "records": str(records),
                "inputs": progress.inputs,
                "unchanged": progress.unchanged,
                "rows": dict(sorted(progress.rows.items())),
                "left_out": progress.left_out,
                "identifiers": _identifiers(progress.removed),
                "left_aside": {layout: sorted(names) for layout, names in sorted(progress.aside.items())},
                "warnings": [each._asdict() for each in progress.warnings],
                "warned": progress.warned,
                "refused": progress.refused,
                "reasons": [each._asdict() for each in progress.shown],
                "seconds": round(progress.seconds, 3),
            }
        )
        return
    console = make_console()
    _print_told(console, progress)
    if progress.left_out:
        console.print(f"{counted(progress.left_out, 'row')} of patients who were forgotten: left out")
    for layout, names in sorted(progress.aside.items()):
        console.print(Text(f"left aside: {', '.join(sorted(names))} ({layout})", style="dim"))
    _print_removed(console, progress.removed)
    rows = ", ".join(counted(count, name) for name, count in sorted(progress.rows.items())) or "nothing new"
    console.print(
        f"{rows} from {counted(progress.inputs, 'input')} in {progress.seconds:.1f} s, "
        f"{progress.unchanged:,} unchanged, {progress.refused:,} refused: {records}"
    )


def _print_told(console: Console, progress: Progress) -> None:
    """Print the first warnings and refusals, and how to see all."""
    for word, style, told_of, count in (
        ("warning", "yellow", progress.warnings, progress.warned),
        ("refused", "red", progress.shown, progress.refused),
    ):
        for each in told_of[:PRINTED]:
            where = ", ".join(filter(None, (each.input, each.place)))
            console.print(Text.assemble((f"{word} ", style), f"{where}: {each.reason}"))
        if count > PRINTED:
            console.print(f"… and {count - PRINTED:,} more")
    if progress.refused:
        console.print(Text("all that was refused, with the names of files: kg records quarantine PATH...", style="dim"))


def _identifiers(removed: Removed) -> dict[str, Any]:
    """Counts of what was taken out; nothing of any text."""
    texts = removed.texts
    found = {"texts": texts.counts, "fields": removed.fields}
    counts = {where: {kind.value: count for kind, count in sorted(each.items())} for where, each in found.items()}
    return {"texts_read": texts.texts, "characters_read": texts.characters, **counts}


def _print_removed(console: Console, removed: Removed) -> None:
    kinds = removed.texts.counts + removed.fields
    if not kinds:
        return
    table = make_table("identifiers taken out", "in texts", "in fields")
    for kind, _ in kinds.most_common():
        table.add_row(kind.value, f"{removed.texts.counts[kind]:,}", f"{removed.fields[kind]:,}")
    console.print(table)


def print_summary(summary: Summary, records: Path, *, as_json: bool) -> None:
    """Print what a store holds; a count that is not told is null in JSON."""
    if as_json:
        print_json(asdict(summary))
        return
    console = make_console()
    years = f"events from {summary.first_year} to {summary.last_year} (shifted)" if summary.last_year else "no events"
    console.print(Text(f"{records}: {years}", style="dim"))
    totals = {name: getattr(summary, name) for name in ("patients", "visits", "events", "notes")}
    totals |= {"refused records": summary.refused, "forgotten patients": summary.forgotten}
    tables = {"totals": totals, "events": summary.kinds, "inputs": summary.sources, "concepts": summary.concepts}
    drawn = [_draw_counts(title, counts, summary.least) for title, counts in tables.items() if counts]
    console.print(Columns(drawn, padding=(1, 4)))


def print_refused(rows: Sequence[RefusedRow], names: Mapping[bytes, str], *, elsewhere: int = 0, as_json: bool) -> None:
    """Print what was refused, under the names of files where those were found; `elsewhere` are not among them."""
    if as_json:
        print_json(
            [
                {"input": told(row.input), "file": names.get(row.input), "place": row.place, "reason": row.reason}
                for row in rows
            ]
        )
        return
    console = make_console()
    if elsewhere:
        console.print(Text(f"{counted(elsewhere, 'refusal')} of inputs that do not lie there: not shown", style="dim"))
    if not rows:
        console.print(Text("nothing was refused", style="dim"))
        return
    table = make_table("input", "place", "reason")
    for row in rows:
        table.add_row(names.get(row.input, told(row.input)), row.place or "all of it", row.reason)
    console.print(table)
    if any(row.input not in names for row in rows):
        console.print(Text("names of files: kg records quarantine PATH..., with what was read", style="dim"))
    console.print(Text("of a file that is gone for good: kg records quarantine PATH --drop", style="dim"))


def print_dropped(dropped: int, *, as_json: bool) -> None:
    """Print how many refusals were taken off the list."""
    if as_json:
        print_json({"dropped": dropped})
        return
    make_console().print(f"{counted(dropped, 'refusal')} taken off the list")


def print_forgotten(gone: Forgotten, *, as_json: bool) -> None:
    """Print what was erased of patients."""
    counts = {name: getattr(gone, name) for name in ("patients", "visits", "events", "notes", "quarantined")}
    if as_json:
        print_json(counts | {"concepts": len(gone.concepts)})
        return
    words = {"patients": "patient", "visits": "visit", "events": "event", "notes": "note", "quarantined": "refusal"}
    said = ", ".join(counted(count, words[name]) for name, count in counts.items())
    make_console().print(f"erased: {said}; events were of {counted(len(gone.concepts), 'concept')}")


def print_embedded(counts: Later, model: str, *, as_json: bool) -> None:
    """Print how many vectors of patients there are now, and nothing of whom."""
    if as_json:
        print_json({"model": model, **asdict(counts)})
        return
    made = f"{counted(counts.new, f'new {counts.unit}')}, {counts.changed:,} whose events changed"
    said = f"{model}: vectors of {made}; {counts.kept:,} as they were, {counts.gone:,} gone"
    make_console().print(draw_line(said))
    if counts.unknown:
        told = counted(counts.unknown, counts.unit)
        make_console().print(draw_line(f"{told} without: too few events, or none that the model knows", style="dim"))


def print_lifted(back: int, *, as_json: bool) -> None:
    """Print whether a forgotten patient may come back."""
    if as_json:
        print_json({"lifted": back})
        return
    text = "may come back with the next kg records ingest" if back else "was not forgotten here: nothing to lift"
    make_console().print(f"the patient {text}")


def _draw_counts(title: str, counts: Mapping[str, Told], least: int) -> Table:
    table = make_table(title, "#")
    for name, count in counts.items():
        table.add_row(name, f"<{least}" if count is None else f"{count:,}")
    return table
