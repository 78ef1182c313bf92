"""`kg unlabelled`: what records say of drugs that no label says."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

import click

from kg.commands.options import graph_option, json_option, language_option
from kg.config import Where
from ontologies.model import Kind

if TYPE_CHECKING:
    from kg.roles import GraphReader

#: Exit status when a name may stand for several drugs.
EXIT_AMBIGUOUS = 4


@click.command("unlabelled")
@click.argument("question", type=click.Choice(["uses", "reactions"]))
@graph_option
@click.option("--drug", default="", metavar="NAME", help="Only this drug: a CURIE or a name.")
@click.option("--all", "everything", is_flag=True, help="Also what labels do say, and drugs without a label here.")
@click.option("--first", type=click.IntRange(1, 10_000), default=25, show_default=True, help="Answers at most.")
@language_option
@json_option
def command(question: str, graph: Where, drug: str, everything: bool, first: int, language: str, as_json: bool) -> None:
    """Show what patients' records say of drugs and no label states: off-label USES, or unlabelled REACTIONS.

    These are questions, not findings: records show what goes together, not what causes what. A use that a label
    forbids is shown as contraindicated. Conditions are compared up and down the hierarchy of all vocabularies.

    \b
    Examples:  kg unlabelled uses --graph graph
               kg unlabelled reactions --drug metformin --json
    """
    from kg.commands.lexicon import opened_lexicon
    from kg.labelling import Question, compare, find_unlabelled
    from kg.render.labelling import print_compared
    from kg.stores import connect

    find = compare if everything else find_unlabelled
    store = connect(graph)
    try:
        asked = _drug(store, drug, as_json=as_json) if drug else ""
        found = find(store, Question(question), ancestors=opened_lexicon().hierarchy.ancestors, drug=asked)
        print_compared(store, islice(found, first), language=language, as_json=as_json)
    finally:
        store.close()


def _drug(store: GraphReader, name: str, *, as_json: bool) -> str:
    """The CURIE of the drug that is meant; ends the command where it may be several."""
    from kg.render.console import make_console
    from kg.render.lookup import find_choices
    from kg.render.show import print_choices

    choices = find_choices(store, name, kinds=[Kind.DRUG])
    if len(choices) > 1:
        print_choices(make_console(), name, choices, as_json=as_json)
        sys.exit(EXIT_AMBIGUOUS)
    return choices[0].curie
