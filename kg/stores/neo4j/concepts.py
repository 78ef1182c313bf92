"""The concepts of a graph on a server: written where they say something new, gone with their last fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kg.model import Node
from kg.stores.neo4j.layout import kind_label
from kg.stores.neo4j.rows import node_columns, node_of
from kg.stores.neo4j.sending import ask, assignments, send
from kg.stores.neo4j.server import Cypher
from kg.stores.wording import search_text
from ontologies.model import Kind

_FIND = f"UNWIND $rows AS curie MATCH (c:Concept {{curie: curie}}) RETURN {node_columns('c')}"
_SAVE = "UNWIND $rows AS row MERGE (c:Concept {curie: row[0]}) SET %s SET c:%s"
_FORGET_KIND = "UNWIND $rows AS curie MATCH (c:Concept {curie: curie}) REMOVE c:%s"
_ORPHANS = "UNWIND $rows AS curie MATCH (c:Concept {curie: curie}) WHERE NOT EXISTS { (c)--() } DELETE c"


class Concepts:
    """The concepts that a transaction looks at, as they stand in the graph and as they are to stand."""

    def __init__(self) -> None:
        self._before: dict[str, Node] = {}
        self._now: dict[str, Node] = {}

    def look_up(self, cypher: Cypher, curies: Iterable[str]) -> None:
        """Learn how these concepts stand in the graph."""
        for row in ask(cypher, _FIND, sorted(set(curies) - self._now.keys())):
            node = node_of(row)
            self._before[node.curie] = self._now[node.curie] = node

    def save(self, node: Node) -> bool:
        """Whether anything is to be written of it: it is new, or a terminology describes it in other words.

        A name that waits for a curator never overwrites anything; what a terminology says always does.
        """
        known = self._now.get(node.curie)
        if known == node or (known is not None and not node.aligned):
            return False
        self._now[node.curie] = node
        return True

    def __contains__(self, curie: str) -> bool:
        return curie in self._now

    def write(self, cypher: Cypher) -> None:
        """Write what `save` said is to be written."""
        changed = [node for curie, node in sorted(self._now.items()) if self._before.get(curie) != node]
        save_concepts(cypher, changed)
        before = ((node, self._before.get(node.curie)) for node in changed)
        turned = [old for node, old in before if old is not None and old.kind is not node.kind]
        for kind, nodes in _by_kind(turned).items():
            send(cypher, _FORGET_KIND % kind_label(kind), [node.curie for node in nodes])
        self._before.update(self._now)


def save_concepts(cypher: Cypher, nodes: Iterable[Node]) -> None:
    """Write concepts as they are given; labels of other kinds stay."""
    for kind, alike in _by_kind(nodes).items():
        written = list(map(concept_properties, alike))
        statement = _SAVE % (assignments("c", written[0]), kind_label(kind))
        send(cypher, statement, [list(properties.values()) for properties in written])


def drop_orphans(cypher: Cypher, curies: Iterable[str]) -> None:
    """Let go of those of the concepts that have no fact: they would be found and have nothing to say."""
    send(cypher, _ORPHANS, sorted(set(curies)))


def _by_kind(nodes: Iterable[Node]) -> dict[Kind, list[Node]]:
    kinds: dict[Kind, list[Node]] = defaultdict(list)
    for node in nodes:
        kinds[node.kind].append(node)
    return kinds


def concept_properties(node: Node) -> dict[str, Any]:
    """A concept as its node keeps it, its CURIE first."""
    words, whole = search_text(node.name, node.name_zh, "\n".join(node.synonyms))
    return {
        "curie": node.curie,
        "kind": node.kind.value,
        "name": node.name,
        "name_zh": node.name_zh,
        "synonyms": list(node.synonyms),
        "aligned": node.aligned,
        "search_words": words,
        "search_whole": whole,
    }
