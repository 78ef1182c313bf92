"""Which concept of the graph a user means by what he typed: a CURIE, an alias, a name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from kg.errors import NotFoundError
from kg.model import Node
from kg.roles import GraphReader
from ontologies.curies import standard_xref
from ontologies.model import Kind

#: Concepts shown where a name could be several.
CHOICES = 10

#: Names suggested where nothing fits, and the shortest beginning of a word that is tried for them.
SUGGESTIONS, SHORTEST_BEGINNING = 5, 2


def find_choices(graph: GraphReader, text: str, *, kinds: Sequence[Kind] = ()) -> list[Node]:
    """The concepts `text` may mean: one where it is clear, several where it is not, best first.

    Raises `NotFoundError`, with the nearest names, where nothing fits.
    """
    known = graph.get_nodes([standard_xref(text)])[0] if ":" in text else None
    if known is not None:
        return [known]
    found = graph.find_nodes(text, kinds=kinds, limit=CHOICES)
    if not found:
        raise NotFoundError(_not_found(graph, text))
    exact = [node for node, _ in found if _fold(text) in _names(node)]
    named = [node for node in exact if _fold(text) in (_fold(node.name), _fold(node.name_zh))]
    if len(named) == 1 or len(exact) == 1:
        return named if len(named) == 1 else exact
    return named or exact or [node for node, _ in found]


def _names(node: Node) -> set[str]:
    return {_fold(name) for name in (node.name, node.name_zh, *node.synonyms)}


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


def _not_found(graph: GraphReader, text: str) -> str:
    nearest = find_nearest(graph, text)
    advice = f"did you mean {', '.join(nearest)}?" if nearest else "`kg stats` shows what the graph holds"
    return f"nothing in the graph is called {text!r}: {advice}"


def find_nearest(graph: GraphReader, text: str) -> list[str]:
    """Names in the graph that are spelt most like `text`, best first: those that begin as it does are compared."""
    for length in range(len(text) - 1, SHORTEST_BEGINNING - 1, -1):
        found = graph.find_nodes(text[:length], limit=100)
        names = {name.casefold(): name for node, _ in found for name in (node.name, node.name_zh, *node.synonyms)}
        close = get_close_matches(text.casefold(), names, n=SUGGESTIONS, cutoff=0.6)
        if close:
            return [names[name] for name in close]
    return []
