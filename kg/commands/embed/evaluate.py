"""`kg embed evaluate`: how well a model finds facts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.commands.embed.evaluate_care import OF_CARE, care_options, evaluate
from kg.commands.embed.leak_options import leak_options, read_allowed
from kg.commands.embed.typed import refuse
from kg.commands.options import graph_option, json_option
from kg.config import Where

if TYPE_CHECKING:
    from kg.embed.evaluating import Evaluated
    from kg.embed.trained import Trained

#: Exit status when facts of the file could not be asked, and the rest was.
EXIT_LEFT_OUT = 3

_OF_FACTS = ("file", "drop_leaks", "allow")


@click.command("evaluate")
@click.argument("model")
@click.option(
    "--test",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Facts of your own: tab-separated subject, predicate, object, by CURIE or by name.",
)
@click.option("--device", default="auto", show_default=True, metavar="DEVICE", help="auto, cpu, cuda, cuda:N.")
@leak_options
@care_options
@graph_option
@json_option
def command(
    model: str,
    file: Path | None,
    device: str,
    drop_leaks: bool,
    allow: tuple[str, ...],
    graph: Where,
    as_json: bool,
    **of_care: Any,
) -> None:
    """Rank the facts that were held out when MODEL was trained, or those of a file, among all concepts.

    A fact that a file has several times counts once. Facts of a file that can be read off what the model learned from,
    or that steered its training, say nothing of it: with any, nothing is measured, and the error says what to do. Facts
    with a concept that the model does not know, or a name that may stand for several, are told and left out; the exit
    status is 3 then.

    A model of care (me2vec) is asked on its records: what comes after the first day of a visit, which specialty cared
    for it, which codes belong together, beside a bag of services. Only figures leave the record room.

    \b
    Examples:  kg embed evaluate complex
               kg embed evaluate me2vec --records records
               kg embed evaluate complex --test mine.tsv --drop-leaks --json
    """
    from kg.embed.shelf import Shelf
    from kg.render.embed import print_evaluated

    trained, context = Shelf(graph).open(model), click.get_current_context()
    if trained.about.model == "me2vec":
        refuse(context, _OF_FACTS, f"{trained.about.name} learned from records, and scores no facts")
        evaluate(trained, device=device, as_json=as_json, **of_care)
        return
    refuse(context, OF_CARE, f"{trained.about.name} learned from facts, not from records")
    found = _evaluate(trained, file, device, graph, drop=drop_leaks, allow=read_allowed(allow))
    print_evaluated(found, trained.about, as_json=as_json)
    if found.strange:
        sys.exit(EXIT_LEFT_OUT)


def _evaluate(
    trained: Trained, file: Path | None, device: str, graph: Where, *, drop: bool, allow: frozenset[str]
) -> Evaluated:
    from kg.embed.device import get_device
    from kg.embed.evaluating import evaluate_file, evaluate_held_out
    from ontologies.registry import open_lexicon

    if file is None:
        return evaluate_held_out(trained, device=get_device(device))
    if not trained.about.graph_version:
        # Files of triples that no graph stands behind are of no terminology either.
        return evaluate_file(trained, file, device=get_device(device), drop=drop, allow=allow)
    with _names_of(graph) as resolve:
        return evaluate_file(
            trained, file, device=get_device(device), lexicon=open_lexicon(), drop=drop, allow=allow, resolve=resolve
        )


@contextmanager
def _names_of(graph: Where) -> Iterator[Callable[[str], str]]:
    """Gives the CURIE of what a graph calls so; the name itself where that is no concept, or several."""
    from kg.errors import NotFoundError
    from kg.render.lookup import find_choices
    from kg.stores import connect
    from ontologies.curies import standard_xref

    store = connect(graph)

    def resolve(name: str) -> str:
        try:
            choices = find_choices(store, name)
        except NotFoundError:
            return name
        called = {word.casefold() for node in choices for word in (node.curie, node.name, node.name_zh, *node.synonyms)}
        # What only begins so is a guess, which is no ground for a measurement.
        sure = len(choices) == 1 and {name.casefold(), standard_xref(name).casefold()} & called
        return choices[0].curie if sure else name

    try:
        yield resolve
    finally:
        store.close()
