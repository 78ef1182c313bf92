"""What `kg records publish` and `kg records withdraw` say: pairs by rule, facts gained and lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from kg.cohorts.publish import Published
from kg.model import Diff
from kg.render.changes import diff_form, print_diffs
from kg.render.console import make_console, make_table, print_json
from kg.render.pages import count as counted
from kg.roles import Store

#: Changed documents that are printed whole; the rest is counted.
PRINTED = 10


def print_published(published: Published, graph: Store, name: str, *, dry_run: bool, as_json: bool) -> None:
    """Print what a release told, and what it changed in the graph."""
    changed = [diff for diff in published.diffs if diff.added or diff.retracted]
    if as_json:
        form = asdict(published) | {"diffs": [diff_form(diff, graph) for diff in changed], "dry_run": dry_run}
        print_json(form | {"cohort": name})
        return
    console = make_console()
    table = make_table("counted by", "pairs#")
    for rule, count in published.pairs.items():
        table.add_row(rule, f"{count:,}")
    console.print(table if published.pairs else "no pair of concepts has enough patients to be told of")
    if not dry_run:
        print_diffs(changed[:PRINTED], graph, console)
    if len(changed) > PRINTED and not dry_run:
        console.print(f"… and {counted(len(changed) - PRINTED, 'more document')}; all of them: kg diff")
    added, retracted = (sum(len(getattr(diff, word)) for diff in changed) for word in ("added", "retracted"))
    would = "would be " if dry_run else ""
    console.print(
        f"release {published.version} of {name!r}: {counted(sum(published.pairs.values()), 'pair')} told of; "
        f"{counted(added, 'fact')} {would}added and {retracted:,} {would}retracted"
        + (f"; ε = {published.spent:g} spent on these patients so far" if published.spent else "")
        + (f"; {counted(published.sentences, 'restricted sentence')} of notes" if published.sentences else "")
    )


def print_withdrawn(diffs: Sequence[Diff], name: str, *, as_json: bool) -> None:
    """Print what left the graph."""
    retracted = sum(len(diff.retracted) for diff in diffs)
    if as_json:
        print_json({"cohort": name, "documents": len(diffs), "retracted": retracted})
        return
    gone = f"{counted(len(diffs), 'document')} of {name!r} and {counted(retracted, 'fact')}"
    make_console().print(f"taken out: {gone} stated nowhere else")


def print_near(pairs: int, out: Path, *, as_json: bool) -> None:
    """Print how many pairs of codes were written."""
    if as_json:
        print_json({"pairs": pairs, "file": str(out)})
        return
    make_console().print(f"{counted(pairs, 'pair')} of codes: {out}")
