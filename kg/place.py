"""Where an extracted row stands in the graph: the one place in which decisions are laid over what was read.

A document is read without decisions. What each name was read as, its origin, stays with the row; which concepts it
stands for follows from name, origin and the decisions in force, and from nothing else. A build and a
decision on a graph that is there both ask here, so both come to the same graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from itertools import product
from typing import NamedTuple

from extractors.naming import ground_name, kinds_like
from kg.identity import row_ids
from kg.language import language_of
from kg.model import Asleep, Evidence, Node, Origin, Placed
from ontologies.curies import local_curie
from ontologies.decided import find_meant, undecided
from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match

#: Synonyms kept on a node: enough to be found by, not the whole terminology.
SYNONYMS_KEPT = 24


class Stand(NamedTuple):
    """A concept that a name stands for, and what is left of a row's score for that."""

    node: Node
    worth: float


class Placer:
    """Places rows under the decisions of one lexicon; what it found out of names and concepts it keeps."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._stands = lru_cache(maxsize=1 << 16)(partial(_find_stands, lexicon, lru_cache(1 << 16)(self.describe)))

    def place(self, row: Evidence) -> Placed:
        """What an extracted row is in the graph; its sides must have origins."""
        subjects, objects = (self.stands(*side) for side in sides_of(row))
        said = row.score if row.said_score is None else row.said_score
        pairs = [pair for pair in product(subjects, objects) if pair[0].node.curie != pair[1].node.curie]
        if not pairs:
            return Placed((), (), Asleep(_aligned(row, said, subjects[0], objects[0]), subjects[0].node))
        rows = tuple(_aligned(row, said, *pair) for pair in pairs)
        return Placed(rows, tuple(stand.node for stand in (*subjects, *objects)))

    def stands(self, name: str, origin: Origin) -> tuple[Stand, ...]:
        """The concepts that a name stands for: as curators decided, else as it was read, else the next best.

        A local concept where they left none. Decisions on other names do not count, but for those on concepts.
        """
        return self._stands(name, origin)

    def describe(self, curie: str) -> Node | None:
        """The node of a concept as the lexicon describes it, under the CURIE that speaks for it."""
        curie = self._lexicon.canonical(curie)
        concept = self._lexicon.concept(curie)
        if concept is None:
            return None
        return Node(
            curie,
            concept.name_in("en") or concept.name,
            concept.kind,
            name_zh=concept.name_in("zh") or "",
            synonyms=tuple(dict.fromkeys(s.text for s in concept.synonyms))[:SYNONYMS_KEPT],
        )


@lru_cache(maxsize=1)
def placer_of(lexicon: Lexicon) -> Placer:
    """The placer of a lexicon, made once for all documents of a build."""
    return Placer(lexicon)


def sides_of(row: Evidence) -> tuple[tuple[str, Origin], tuple[str, Origin]]:
    """Name and origin of the subject and of the object."""
    if row.subject_origin is None or row.object_origin is None:
        raise ValueError(f"the row {row.id} of {row.document} does not say what its names were extracted as")
    return (row.subject_name, row.subject_origin), (row.object_name, row.object_origin)


def _find_stands(
    lexicon: Lexicon, describe: Callable[[str], Node | None], name: str, origin: Origin
) -> tuple[Stand, ...]:
    kinds, language = kinds_like(origin.kind), language_of(name)
    read = [Match(origin.curie, origin.name or name, origin.kind, origin.score, "", name)] if origin.curie else []
    meant = find_meant(lexicon, name, read, kinds=kinds, language=language)
    if read and not meant:
        others = _others(undecided(lexicon), name, origin.kind)
        meant = find_meant(lexicon, name, others, kinds=kinds, language=language)
    if not meant:
        return (Stand(Node(local_curie(name, origin.kind), name, origin.kind, aligned=False), 1.0),)
    nodes = ((describe(one.curie) or Node(one.curie, one.name, one.kind), one.score) for one in meant)
    return tuple({node.curie: Stand(node, worth) for node, worth in nodes}.values())


def _others(below: Lexicon, name: str, kind: Kind) -> list[Match]:
    """What a name may stand for where a curator ruled out what it was read as, best first."""
    found = [replace(match, score=1.0) for match in below.find(name, kinds=kinds_like(kind))]
    return found or list(ground_name(below, name, kind, language=language_of(name)).matches)


def _aligned(row: Evidence, said: float, subject: Stand, object_: Stand) -> Evidence:
    """The row between these two concepts, in the order in which the fact keeps them."""
    score = said * (subject.worth * object_.worth)
    ends = subject.node.curie, object_.node.curie
    id_, fact = row_ids(row, *ends)
    kept = None if score == said else said
    return replace(row, id=id_, fact_id=fact, subject=ends[0], object=ends[1], score=score, said_score=kept)
