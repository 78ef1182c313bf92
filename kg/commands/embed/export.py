"""`kg embed export`: vectors for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands.options import graph_option, json_option
from kg.config import Where

#: Format → what the file is called where only a folder is named.
FORMATS = {"parquet": "vectors.parquet", "word2vec": "vectors.txt", "pyg": "vectors.pt"}


@click.command("export")
@click.argument("model")
@click.argument("target", type=click.Path(path_type=str), metavar="FILE|URL")
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS)),
    default="parquet",
    show_default=True,
    help="Parquet, word2vec text, or tensors that torch reads.",
)
@graph_option
@json_option
def command(model: str, target: str, name: str, graph: Where, as_json: bool) -> None:
    """Write the vectors of MODEL into FILE, or bring them into the vector index of a Neo4j server.

    The server's graph must be the one that the vectors were learned from, of the same version.

    \b
    Examples:  kg embed export complex vectors.parquet
               kg embed export complex vectors.txt --format word2vec
               kg embed export complex neo4j://localhost:7687/neo4j
    """
    from kg.embed.shelf import Shelf
    from kg.render.console import print_json
    from kg.telling import tell

    trained = Shelf(graph).open(model)
    if erased := trained.tell_erased():
        tell(f"kg: {erased}")
    if "://" in target:
        from kg.embed.serving_index import put_vectors

        count = put_vectors(trained, target)
    else:
        from kg.embed.exporting import export_vectors

        count = export_vectors(trained, Path(target), name)
    if as_json:
        print_json({"target": target, "format": "neo4j" if "://" in target else name, "vectors": count})
    else:
        tell(f"kg: {target}: {count:,} vectors of {trained.about.dimensions} numbers")
