"""`kg export`: the graph as files for other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.options import (
    graph_option,
    json_option,
    kind_option,
    predicate_option,
    restricted_option,
    status_option,
)
from kg.config import Where
from kg.export.formats import FORMATS, WITH_VOCABULARY
from ontologies.printable import printable

if TYPE_CHECKING:
    from kg.export.selection import Selection


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which part of the graph is wanted."""
    for option in reversed(
        (
            predicate_option,
            status_option,
            kind_option,
            _several("--country", "countries", "Only what documents of this country say, as US or CN."),
            _several("--source", "sources", "Only what documents of this reader say, as spl; see kg stats."),
            _several("--licence", "licences", "Only what is under this licence; see meta.json of an export."),
            _several("--without-licence", "without_licences", "Nothing that is under this licence."),
            click.option(
                "--min-confidence", type=click.FloatRange(0, 1), default=0.0, help="Only facts at least that sure."
            ),
        )
    ):
        command = option(command)
    return command


def _several(option: str, name: str, words: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(option, name, multiple=True, metavar="NAME", help=f"{words} May be given several times.")


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format", "name", default="jsonl", show_default=True, metavar="NAME", help=f"One of: {', '.join(FORMATS)}."
)
@_filters
@graph_option
@restricted_option
@json_option
def command(folder: Path, name: str, graph: Where, restricted: bool, as_json: bool, **asked: Any) -> None:
    """Write the graph, or a part of it, into FOLDER, which must not exist yet, for other programs.

    The folder appears when everything is written, or not at all. An unknown format lists the known ones. Of facts that
    are wanted, evidence of unwanted documents is left out; a fact that keeps none goes.

    \b
    Example:  kg export out --format parquet --graph graph
              kg export treats --format kgx --predicate indicated_for --min-confidence 0.9
    """
    from kg.export import write_graph
    from kg.export.neo4j_admin.command import read_command
    from kg.render.console import print_json
    from kg.stores import connect
    from kg.telling import tell
    from ontologies.registry import open_lexicon

    narrowed = any(asked.values())
    selection, vocabulary = _selection(asked), open_lexicon() if name in WITH_VOCABULARY else None
    store = connect(graph)
    try:
        counts = write_graph(name, store, folder, selection=selection, restricted=restricted, vocabulary=vocabulary)
    finally:
        store.close()
    if not any(counts.values()):
        tell(f"kg: nothing was written: {'no fact fits all that was asked' if narrowed else 'the graph is empty'}")
    if as_json:
        print_json({"folder": str(folder), "format": name, "counts": counts})
        return
    written = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    click.echo(printable(f"{folder}: {written}"))
    if command_line := read_command(folder):
        click.echo(f"in {printable(str(folder))}, import.sh runs:\n{command_line}")


def _selection(asked: dict[str, Any]) -> Selection:
    from kg.export.selection import Selection
    from kg.model import Status
    from ontologies.model import Kind

    asked["statuses"] = tuple(map(Status, asked["statuses"]))
    asked["kinds"] = tuple(map(Kind, asked["kinds"]))
    return Selection(**asked)
