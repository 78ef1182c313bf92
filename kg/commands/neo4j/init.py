"""`kg neo4j init`."""

from __future__ import annotations

import sys

import click

from kg.commands.options import json_option


@click.command("init")
@click.argument("url")
@click.option("--vector-dimensions", type=click.IntRange(1, 4096), help="Make an index of concept vectors, too.")
@click.option("--service-user", metavar="NAME", help="Let this user read and nothing else (Neo4j Enterprise).")
@json_option
def command(url: str, vector_dimensions: int | None, service_user: str | None, as_json: bool) -> None:
    """Make a database ready for a graph: constraints, and indexes for look-ups, pages, names and vectors.

    Waits until all are filled. What is there already stays, so that it may be run again at any time. URL is
    neo4j://host:port/database; user and password are NEO4J_USERNAME and NEO4J_PASSWORD (or NEO4J_PASSWORD_FILE), else
    those of the server that `kg neo4j start` runs there. The exit status is 3 where the server has no roles.

    \b
    Example:  kg neo4j init neo4j://localhost:7687 --vector-dimensions 256
    """
    from kg.cli import EXIT_QUARANTINED
    from kg.render.servers import print_initialised
    from kg.stores.neo4j.initialising import init_graph

    done = init_graph(url, vector_dimensions=vector_dimensions, service_user=service_user)
    print_initialised(done, as_json=as_json)
    if done.refused:
        sys.exit(EXIT_QUARANTINED)
