"""`kg neo4j stop`."""

from __future__ import annotations

import click

from kg.commands.neo4j.options import name_option
from kg.commands.options import json_option


@click.command("stop")
@name_option
@json_option
def command(name: str, as_json: bool) -> None:
    """Stop a server and wait until it has ended; its data stay.

    \b
    Example:  kg neo4j stop
    """
    from kg.commands.neo4j.progress import server_progress
    from kg.neo4j_server.control import stop_server
    from kg.neo4j_server.place import find_known_place
    from kg.render.servers import print_stopped

    place = find_known_place(name)
    with server_progress() as say:
        stopped = stop_server(place, say=say)
    print_stopped(place, stopped=stopped, as_json=as_json)
