"""What a graph aligned: the names that documents write with their concepts, and concepts of several vocabularies.

Held in memory: names, not rows. They are read from the evidence that is exported, so that a part of a graph has the
names of its documents alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kg.export.view import View
from kg.model import Evidence, Node, Origin
from ontologies.model import Kind


class Ground(Enum):
    """What an alignment rests on."""

    NAMES = "names"
    DECISION = "decision"
    CROSS_REFERENCE = "cross-reference"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Alignment:
    """A name, or a concept by CURIE, and the concept it is; `node` is None where a name waits for one."""

    name: str
    kind: Kind
    node: Node | None
    ground: Ground
    score: float | None = None
    """How well the name fits, where names decided."""
    rows: int = 0
    documents: int = 0
    is_concept: bool = False
    """Whether `name` is a CURIE."""
    label: str = ""
    """The name of the concept that `name` is the CURIE of."""


@dataclass(slots=True)
class _Use:
    origin: Origin | None
    rows: int = 0
    documents: int = 0
    last: str = ""


def read_alignments(view: View) -> list[Alignment]:
    """All alignments by name and CURIE: those of names first, then those of concepts."""
    nodes = {node.curie: node for node in view.iter_nodes()}
    used = _count_uses(view)
    names = [_of_name(name, nodes[curie], use) for (name, curie), use in sorted(used.items())]
    return names + sorted(_of_concepts(view, nodes), key=lambda made: (made.name, made.node.curie if made.node else ""))


def _count_uses(view: View) -> dict[tuple[str, str], _Use]:
    used: dict[tuple[str, str], _Use] = {}
    for row in view.iter_evidence():
        for name, curie, origin in _sides(row):
            use = used.setdefault((name, curie), _Use(origin))
            use.rows += 1
            # Rows come document by document.
            use.documents += use.last != row.document
            use.last = row.document
    return used


def _sides(row: Evidence) -> Iterator[tuple[str, str, Origin | None]]:
    if row.subject_name:
        yield row.subject_name, row.subject, row.subject_origin
    if row.object_name:
        yield row.object_name, row.object, row.object_origin


def _of_name(name: str, node: Node, use: _Use) -> Alignment:
    if not node.aligned:
        return Alignment(name, node.kind, None, Ground.UNKNOWN, rows=use.rows, documents=use.documents)
    ground, score = Ground.UNKNOWN, None
    if use.origin is not None:
        # What a name was read as before any decision is another concept only where a decision moved it.
        by_names = use.origin.curie == node.curie
        ground, score = (Ground.NAMES, use.origin.score) if by_names else (Ground.DECISION, None)
    return Alignment(name, node.kind, node, ground, score, use.rows, use.documents)


def _of_concepts(view: View, nodes: dict[str, Node]) -> Iterator[Alignment]:
    """Facts of `same_as`, and the other CURIEs that a vocabulary has for the concepts."""
    told = set()
    for fact in view.iter_facts():
        if fact.predicate == "same_as" and fact.status != "negative":
            told.add((fact.subject.curie, fact.object.curie))
            yield _same(fact.subject, fact.object, Ground.UNKNOWN)
    for node in nodes.values() if view.vocabulary else ():
        for curie in view.vocabulary.members(node.curie) if view.vocabulary else ():
            if curie != node.curie and (curie, node.curie) not in told and (node.curie, curie) not in told:
                yield _same(nodes.get(curie) or Node(curie, "", node.kind), node, Ground.CROSS_REFERENCE)


def _same(one: Node, other: Node, ground: Ground) -> Alignment:
    return Alignment(one.curie, one.kind, other, ground, is_concept=True, label=one.name)
