"""`kg import`: what was taken, left out and refused."""

from __future__ import annotations

from dataclasses import asdict

from rich.console import Console

from kg.imports.asked import Asked
from kg.imports.model import Imported
from kg.imports.removing import TakenOut
from kg.imports.resolve import Found
from kg.render.console import draw_line, make_console, print_json
from kg.render.pages import count

_FOUND = {
    Found.IDENTIFIER: "known by identifier",
    Found.NAME: "known by name",
    Found.OWN: "under their own identifier, which no terminology here has",
    Found.WAITING: "waiting for a curator",
}
#: Reasons that are shown; all are on the quarantine list.
_SHOWN = 10


def print_imported(
    done: Imported, asked: Asked, *, dry_run: bool, as_json: bool, console: Console | None = None
) -> None:
    """Print what an import did, or would do."""
    console = console or make_console()
    if as_json:
        print_json(_form(done, asked, dry_run=dry_run), file=console.file)
        return
    licence = f", {asked.rules.licence}" if asked.rules else ""
    would = "would be " if dry_run else ""
    lines = [
        f"{asked.path}: {done.name} ({done.format}{licence}), {count(done.rows, 'row')}",
        f"  {would}taken {done.taken:,}, left out by the rules {done.left_out.total():,}, refused {done.refused:,}",
        f"  {count(done.documents, 'document')} {would}written, {done.unchanged:,} unchanged, {done.removed:,} removed",
        f"  they support {done.added:,} facts that they did not, and {done.retracted:,} no longer",
        *_sides(done),
        *_notes(done, dry_run=dry_run),
    ]
    for line in lines:
        console.print(draw_line(line))
    for (predicate, reason), rows in done.left_out.most_common(_SHOWN):
        console.print(draw_line(f"  left out: {count(rows, 'row')} of {predicate} ({reason})"))
    for refusal in done.refusals[:_SHOWN]:
        console.print(draw_line(f"  refused: {count(refusal.rows, 'row')} of {refusal.table}, as it {refusal.reason}"))


def _sides(done: Imported) -> list[str]:
    total = done.found.total()
    return [f"  {n / total:.1%} of sides {_FOUND[how]}" for how, n in done.found.most_common()]


def _notes(done: Imported, *, dry_run: bool) -> list[str]:
    notes = []
    if done.kept:
        notes.append(f"  {count(done.kept, 'document')} left alone, which this graph read from the source itself")
    if done.older:
        notes.append(f"  {count(done.older, 'document')} left out, of which a newer version is here")
    if done.moved:
        notes.append(f"  {count(done.moved, 'name')} went over to other concepts by what was decided here")
    if done.gone and not done.removed:
        notes.append(
            f"  {count(len(done.gone), 'document')} of earlier imports stayed, which it lacks (--prune takes them out)"
        )
    elif done.gone:
        would = "would be " if dry_run else ""
        told = [f"  {would}removed: {id_}, which supported {count(facts, 'fact')}" for id_, facts in done.gone]
        notes += [*told[:_SHOWN], *([f"  … and {len(told) - _SHOWN} more (--json)"] if len(told) > _SHOWN else [])]
    if done.held:
        out = " (--prune writes them all the same)" if done.whole else ""
        said = "since they would say less, and rows were refused or not read"
        notes.append(f"  {count(done.held, 'document')} left as before, {said}{out}")
    if not done.whole:
        notes.append("  not all of it could be read, so nothing of an earlier import was taken out")
    return notes


def _form(done: Imported, asked: Asked, *, dry_run: bool) -> dict[str, object]:
    plain = ("name", "format", "rows", "taken", "refused", "documents", "unchanged", "kept", "older", "removed")
    return {
        "path": str(asked.path),
        "dry_run": dry_run,
        "licence": asked.rules.licence if asked.rules else None,
        "release": asked.release,
        **{name: getattr(done, name) for name in plain},
        "supports_added": done.added,
        "supports_retracted": done.retracted,
        "names_moved": done.moved,
        "whole": done.whole,
        "held": done.held,
        "not_in_it": [{"document": id_, "facts": facts} for id_, facts in done.gone],
        "sides": {how.value: done.found[how] for how in Found},
        "left_out": [{"predicate": what, "reason": why, "rows": n} for (what, why), n in done.left_out.most_common()],
        "refusals": [asdict(refusal) for refusal in done.refusals],
    }


def print_taken_out(name: str, gone: TakenOut, *, as_json: bool, console: Console | None = None) -> None:
    """Print what went with an import."""
    console = console or make_console()
    if as_json:
        print_json({"name": name, "documents": gone.documents, "supports_retracted": gone.retracted}, file=console.file)
        return
    told = f"{name}: {count(gone.documents, 'document')} taken out, which supported {gone.retracted:,} facts"
    console.print(draw_line(told))
