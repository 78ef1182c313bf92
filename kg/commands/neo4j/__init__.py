"""`kg neo4j`: a Neo4j server on this machine, without Docker."""

from __future__ import annotations

import click

from kg.lazy import LazyGroup

#: Command name → (module, help shown in the list), as in `kg.cli`.
COMMANDS = {
    "start": ("kg.commands.neo4j.start", "Start a server, fetching Neo4j the first time; it goes on by itself."),
    "stop": ("kg.commands.neo4j.stop", "Stop a server and wait until it has ended."),
    "status": ("kg.commands.neo4j.status", "Which servers run, and where they answer."),
    "init": ("kg.commands.neo4j.init", "Make a database ready for a graph: constraints and indexes."),
    "admin": ("kg.commands.neo4j.admin", "Run neo4j-admin on the databases of a stopped server."),
}


@click.group("neo4j", cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """A Neo4j Community server of this machine's own: fetched with Maven, run with Java, reached from here only."""
