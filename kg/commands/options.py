"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from kg.config import Where, default_graph
from kg.model import Status
from kg.predicates import PREDICATES
from ontologies.model import Kind


class GivenPath(click.ParamType[Path]):
    """A path that is not empty: an empty one would quietly mean the current folder."""

    name = "path"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; fails where it is empty."""
        if not str(value).strip():
            self.fail("an empty path was given; write . for the current folder", param, ctx)
        return Path(value)


class GraphPlace(click.ParamType[Where]):
    """Where a graph is: a folder, or the URL of a server."""

    name = "graph"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Where:
        """The place; fails where it is empty."""
        return value if isinstance(value, str) and "://" in value else GivenPath().convert(value, param, ctx)


graph_option = click.option(
    "--graph",
    type=GraphPlace(),
    default=default_graph,
    show_default="KG_GRAPH, else graph under KG_HOME",
    help="Folder of the graph, or neo4j://host:port/database.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")

restricted_option = click.option(
    "--restricted", is_flag=True, help="Show the quotes of restricted evidence too: sentences of patients' notes."
)

language_option = click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Language of labels."
)

predicate_option = click.option(
    "--predicate",
    "predicates",
    multiple=True,
    type=click.Choice(list(PREDICATES)),
    metavar="NAME",
    help="Only this predicate; may be given several times.",
)

status_option = click.option(
    "--status",
    "statuses",
    multiple=True,
    type=click.Choice([status.value for status in Status]),
    help="Only facts of this status; may be given several times.",
)

kind_option = click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in Kind]),
    metavar="KIND",
    help="Only concepts of this kind; may be given several times.",
)
