"""`kg export`: the graph as files for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import graph_option, json_option, restricted_option
from kg.config import Where
from ontologies.printable import printable


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--format", "name", default="jsonl", show_default=True, help="jsonl or parquet.")
@graph_option
@restricted_option
@json_option
def command(folder: Path, name: str, graph: Where, restricted: bool, as_json: bool) -> None:
    """Write the graph into FOLDER, which must not exist yet: nodes, facts, evidence, documents, meta data.

    The folder appears when everything is written, or not at all. An unknown format lists the known ones.

    \b
    Example:  kg export out --format parquet --graph graph
    """
    from kg.export import write_graph
    from kg.render.console import print_json
    from kg.stores import connect

    store = connect(graph)
    try:
        counts = write_graph(name, store, folder, restricted=restricted)
    finally:
        store.close()
    if as_json:
        print_json({"folder": str(folder), "format": name, "counts": counts})
    else:
        written = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        click.echo(printable(f"{folder}: {written}"))
