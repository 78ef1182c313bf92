"""Options that the commands of `kg neo4j` share."""

from __future__ import annotations

import click

from kg.neo4j_server.place import DEFAULT_NAME

name_option = click.option(
    "--name", default=DEFAULT_NAME, show_default=True, help="Which server; each name has data of its own."
)
