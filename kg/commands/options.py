"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from kg.config import default_graph

graph_option = click.option(
    "--graph",
    type=click.Path(path_type=Path, file_okay=False),
    default=default_graph,
    show_default="KG_GRAPH, else graph under KG_HOME",
    help="Folder of the graph.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
