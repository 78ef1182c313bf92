"""`kg diff` and `kg remove`: what documents added to the graph and retracted from it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from kg.model import Diff
from kg.render.build import diff_form, print_diffs
from kg.render.console import make_console, print_json
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
