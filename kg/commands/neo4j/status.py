"""`kg neo4j status`."""

from __future__ import annotations

import click

from kg.commands.options import json_option


@click.command("status")
@click.option("--name", help="Only this server.")
@json_option
def command(name: str | None, as_json: bool) -> None:
    """Show the servers of this machine's user: which run, where they answer, where the password is.

    \b
    Example:  kg neo4j status
    """
    from kg.neo4j_server.control import get_running
    from kg.neo4j_server.place import find_known_place, list_places
    from kg.render.servers import print_servers

    places = [find_known_place(name)] if name else list_places()
    print_servers([(place, get_running(place)) for place in places], as_json=as_json)
