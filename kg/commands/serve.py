"""`kg serve`: the graph over GraphQL."""

from __future__ import annotations

from importlib import import_module

import click

from kg.commands.options import graph_option, restricted_option
from kg.config import Where


@click.command("serve")
@graph_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any free port.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that answer.")
@restricted_option
@click.option(
    "--model", default="", metavar="NAME", help="Model for what is similar and predicted; `none` for no vectors."
)
def command(graph: Where, host: str, port: int, workers: int, restricted: bool, model: str) -> None:
    """Serve the graph through GraphQL until Ctrl-C, with GraphiQL in the browser at the same address.

    /healthz says whether the service is alive, /readyz whether it may be asked. Who reaches the address may ask:
    by default only this machine does. Quotes of restricted evidence are shown to requests with a token whose SHA-256
    stands in config.toml (restricted_tokens under [serve]), with --restricted to everyone.

    \b
    Example:  kg serve --graph graph --port 8080 --workers 2
    """
    from kg.stores import connect
    from kg.telling import tell
    from ontologies.home import get_home
    from ontologies.settings import read_serving

    connect(graph).close()
    lexicon = get_home() / "lexicon"
    if not lexicon.exists():
        tell("no lexicon is compiled yet, so only ids of the graph are understood: `kg terminology install` makes one")
    serve = import_module("kgql.serve")
    serve.run(
        graph,
        host=host,
        port=port,
        workers=workers,
        lexicon=lexicon,
        restricted=restricted,
        restricted_tokens=read_serving().restricted_tokens,
        model=model,
        on_start=lambda url: click.echo(f"GraphQL at {url}"),
    )
