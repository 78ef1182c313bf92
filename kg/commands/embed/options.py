"""Options and steps that the commands of `kg embed` share."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from kg.config import Where
from ontologies.model import Kind

if TYPE_CHECKING:
    from kg.embed.trained import Trained
    from kg.model import Node
    from kg.roles import Store

#: Exit status when a name may stand for several concepts.
EXIT_AMBIGUOUS = 4

model_option = click.option(
    "--model", "model", default="", metavar="MODEL", help="Name or folder of a model.", show_default="the served one"
)


@contextmanager
def opened(graph: Where, model: str) -> Iterator[tuple[Store, Trained]]:
    """The graph and one of its models; says so where the graph is another one by now."""
    from kg.embed.shelf import Shelf
    from kg.stores import connect
    from kg.telling import tell

    store = connect(graph)
    try:
        trained = Shelf(graph).open(model)
        with store.snapshot():
            if stale := trained.tell_stale(store.get_meta()["graph_version"]):
                tell(f"kg: {stale}")
            if erased := trained.tell_erased():
                tell(f"kg: {erased}")
            yield store, trained
    finally:
        store.close()


def choose(store: Store, name: str, *, kinds: Sequence[Kind] = (), as_json: bool) -> Node:
    """The concept that is meant; ends the command where it may be several."""
    from kg.render.console import make_console
    from kg.render.lookup import find_choices
    from kg.render.show import print_choices

    choices = find_choices(store, name, kinds=kinds)
    if len(choices) > 1:
        print_choices(make_console(), name, choices, as_json=as_json)
        sys.exit(EXIT_AMBIGUOUS)
    return choices[0]
