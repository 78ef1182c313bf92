"""`kg neo4j start`."""

from __future__ import annotations

import click

from kg.commands.neo4j.options import name_option
from kg.commands.options import json_option


class Size(click.ParamType[str]):
    """A size of memory as Neo4j writes it."""

    name = "size"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The size; fails where it is none."""
        number, unit = value[:-1], value[-1:].lower()
        if unit not in ("m", "g") or not (number.isascii() and number.isdigit() and int(number)):
            self.fail(f"{value!r} is no size of memory; write 512m or 2g", param, ctx)
        return f"{int(number)}{unit}"


@click.command("start")
@name_option
@click.option("--heap", type=Size(), help="Most memory for queries.  [default: as last time, else 1g]")
@click.option("--pagecache", type=Size(), help="Memory for pages of the files.  [default: as last time, else 512m]")
@click.option("--port", type=click.IntRange(1, 65535), help="Bolt port.  [default: the last one, 7687, or a free one]")
@click.option("--http/--no-http", default=None, help="Serve Neo4j's HTTP API too.  [default: as last time]")
@click.option(
    "--read-only/--writable", default=None, help="Let nothing write to the databases.  [default: as last time]"
)
@json_option
def command(
    name: str,
    heap: str | None,
    pagecache: str | None,
    port: int | None,
    http: bool | None,
    read_only: bool | None,
    as_json: bool,
) -> None:
    """Start a Neo4j server that goes on by itself, and print where it answers.

    The first start fetches Neo4j Community with Maven (about 120 MB) into a cache that all servers share. It runs on
    the machine's Java, 17 or newer, answers this machine only, and its password is made by chance and kept in a file
    that only you can read. Options are remembered for the next start. A server that runs is left as it is; where it
    runs otherwise than these options ask, that is an error.

    \b
    Examples:  kg neo4j start
               kg neo4j start --name big --heap 4g --pagecache 4g
    """
    from kg.commands.neo4j.progress import server_progress
    from kg.neo4j_server.control import start_server
    from kg.neo4j_server.place import find_place
    from kg.neo4j_server.settings import Asked
    from kg.render.servers import print_started

    asked = Asked(heap=heap, pagecache=pagecache, port=port, http=http, read_only=read_only)
    with server_progress() as say:
        running, started = start_server(find_place(name), asked, say=say)
    print_started(running, started=started, as_json=as_json)
