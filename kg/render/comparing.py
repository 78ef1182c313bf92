"""`kg sync` and `kg verify`: what was done, and where two graphs differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console

from kg.comparing import Difference, Side
from kg.render.console import SafeTable, draw_line, make_console, print_json
from kg.syncing import Synced


def print_synced(done: Synced, target: str, *, dry_run: bool, as_json: bool, console: Console | None = None) -> None:
    """Print what a sync did, or would do."""
    console = console or make_console()
    added, retracted = (sum(len(getattr(diff, name)) for diff in done.diffs) for name in ("added", "retracted"))
    if as_json:
        print_json(
            {
                "target": target,
                "dry_run": dry_run,
                "same": done.same,
                "written": done.written,
                "to_write": done.to_write,
                "removed": done.removed,
                "restricted_left_out": done.left_out,
                "concepts_described_anew": done.concepts,
                "supports_added": added,
                "supports_retracted": retracted,
            },
            file=console.file,
        )
        return
    to_do = "to write" if dry_run else "written"
    count = done.to_write if dry_run else done.written
    gone = f"{len(done.removed):,} {'to remove' if dry_run else 'removed'}"
    console.print(draw_line(f"{target}: {_documents(count)} {to_do}, {gone}"))
    console.print(draw_line(f"  {_documents(done.same)} alike already"))
    if added or retracted:
        console.print(draw_line(f"  they support {added:,} facts that they did not, and {retracted:,} no longer"))
    if done.concepts:
        console.print(draw_line(f"  {done.concepts:,} concepts were described otherwise"))
    if done.left_out:
        console.print(draw_line(f"  {_documents(done.left_out)} left out as restricted: --restricted copies them"))


def _documents(count: int) -> str:
    return f"{count:,} document" + ("" if count == 1 else "s")


def print_differences(
    differences: Iterable[Difference],
    names: tuple[str, str],
    *,
    show: int,
    as_json: bool,
    console: Console | None = None,
) -> bool:
    """Print where two graphs differ, the first `show` of it whole; gives whether they are alike."""
    console = console or make_console()
    counts: Counter[tuple[str, Side]] = Counter()
    kept: list[Difference] = []
    for one in differences:
        counts[one.what, one.side] += 1
        if len(kept) < show:
            kept.append(one)
    if as_json:
        told = [{"what": what, "side": side, "count": number} for (what, side), number in counts.items()]
        print_json(
            {"alike": not counts, "counts": told, "differences": [asdict(one) for one in kept]}, file=console.file
        )
    elif not counts:
        console.print("alike: documents, concepts and facts")
    else:
        _print_table(counts, kept, names, console)
    return not counts


def _print_table(
    counts: Counter[tuple[str, Side]], kept: list[Difference], names: tuple[str, str], console: Console
) -> None:
    said = {Side.FIRST: f"only in {names[0]}", Side.SECOND: f"only in {names[1]}", Side.BOTH: "in both, not alike"}
    for (what, side), number in counts.items():
        console.print(draw_line(f"{number:,} {what}{'' if number == 1 else 's'} {said[side]}", style="bold"))
    table = SafeTable("what", "name", "where", "", box=None, pad_edge=False)
    for one in kept:
        table.add_row(one.what, one.name, said[one.side], one.detail)
    if kept:
        console.print(table)
    if len(kept) < counts.total():
        console.print(f"… and {counts.total() - len(kept):,} more: --show says how many are listed")
