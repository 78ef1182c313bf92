"""Where an extracted row stands in the graph: the one place in which decisions are laid over what was read.

A document is read without decisions. What each name was read as, its origin, stays with the row; which concepts it
stands for follows from name, origin and the decisions in force, and from nothing else. A build and a
decision on a graph that is there both ask here, so both come to the same graph.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from extractors.naming import ground_name, kinds_like
from kg.identity import with_ids
from kg.language import language_of
from kg.model import Asleep, Evidence, Node, Origin, Placed
from ontologies.curies import local_curie
from ontologies.decided import find_meant, undecided
from ontologies.lexicon import Lexicon
from ontologies.model import Match

#: Synonyms kept on a node: enough to be found by, not the whole terminology.
SYNONYMS_KEPT = 24


class Stand(NamedTuple):
    """A concept that a name stands for, and what is left of a row's score for that."""

    node: Node
    worth: float


def place(row: Evidence, lexicon: Lexicon) -> Placed:
    """What an extracted row is in the graph under the decisions of `lexicon`; its sides must have origins."""
    assert row.subject_origin is not None
    assert row.object_origin is not None
    subjects = find_stands(lexicon, row.subject_name, row.subject_origin)
    objects = find_stands(lexicon, row.object_name, row.object_origin)
    said = row.score if row.said_score is None else row.said_score
    rows = tuple(_aligned(row, said, *pair) for pair in product(subjects, objects) if pair[0].node != pair[1].node)
    if not rows:
        asleep = _aligned(row, said, subjects[0], objects[0])
        return Placed((), (), Asleep(asleep, subjects[0].node))
    return Placed(rows, tuple(stand.node for stand in (*subjects, *objects)))


@lru_cache(maxsize=1 << 16)
def find_stands(lexicon: Lexicon, name: str, origin: Origin) -> tuple[Stand, ...]:
    """The concepts that a name stands for: as curators decided, else as it was read, else the next best.

    A local concept where they left none. Decisions on other names do not count, but for those on concepts.
    """
    kinds, language = kinds_like(origin.kind), language_of(name)
    read = [Match(origin.curie, origin.name or name, origin.kind, origin.score, "", name)] if origin.curie else []
    meant = find_meant(lexicon, name, read, kinds=kinds, language=language)
    if read and not meant:
        others = _others(undecided(lexicon), name, origin, language)
        meant = find_meant(lexicon, name, others, kinds=kinds, language=language)
    if not meant:
        return (Stand(Node(local_curie(name, origin.kind), name, origin.kind, aligned=False), 1.0),)
    nodes = ((describe(lexicon, one.curie) or Node(one.curie, one.name, one.kind), one.score) for one in meant)
    return tuple({node.curie: Stand(node, worth) for node, worth in nodes}.values())


@lru_cache(maxsize=1 << 16)
def describe(lexicon: Lexicon, curie: str) -> Node | None:
    """The node of a concept as the lexicon describes it, under the CURIE that speaks for it."""
    curie = lexicon.canonical(curie)
    concept = lexicon.concept(curie)
    if concept is None:
        return None
    return Node(
        curie,
        concept.name_in("en") or concept.name,
        concept.kind,
        name_zh=concept.name_in("zh") or "",
        synonyms=tuple(dict.fromkeys(s.text for s in concept.synonyms))[:SYNONYMS_KEPT],
    )


def _aligned(row: Evidence, said: float, subject: Stand, object_: Stand) -> Evidence:
    """The row between these two concepts, in the order in which the fact keeps them."""
    score = said * (subject.worth * object_.worth)
    kept = None if score == said else said
    return with_ids(replace(row, subject=subject.node.curie, object=object_.node.curie, score=score, said_score=kept))


def _others(below: Lexicon, name: str, origin: Origin, language: str) -> list[Match]:
    """What a name may stand for where a curator ruled out what it was read as, best first."""
    found = [replace(match, score=1.0) for match in below.find(name, kinds=kinds_like(origin.kind))]
    return found or list(ground_name(below, name, origin.kind, language=language).matches)
