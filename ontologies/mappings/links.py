"""What says that two CURIEs are one concept, or that they are not: cross-references, mapping sets, names, decisions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple

from ontologies.model import Concept, Decision, Verdict
from ontologies.names import prefix_of
from ontologies.sssom import NO_TERM, SAME, MappingRow

BROAD, NARROW = "skos:broadMatch", "skos:narrowMatch"
_CURIE = re.compile(r"[^\s:]+:\S+")
BY_HAND = "semapv:ManualMappingCuration"


class Basis(IntEnum):
    """On what grounds two CURIEs are said to be one concept, or not to be; the smaller, the stronger."""

    DECISION = 0
    HIERARCHY = 1
    """Never one: hierarchies would go round in a circle."""
    MANUAL = 2
    """A row of a mapping set that people made."""
    XREF_BOTH = 3
    XREF = 4
    MAPPING = 5
    """A row of a mapping set that a program made, or that does not say who did."""
    NAME = 6
    SYNONYM = 7
    """Each has the other's preferred name as an exact synonym."""
    XREF_SHARED = 8
    """One of several cross-references to a vocabulary, or of several concepts to one: often broader or narrower."""
    BROADER = 9
    """Never one: a mapping set says that `b` is broader than `a`."""


class Link(NamedTuple):
    """What says of `a` and `b` that they are the same concept, or (`same` False) that they are not.

    Of a cross-reference, `a` is the concept that has it. `source` names the author, the mapping set or the name.
    """

    a: str
    b: str
    basis: Basis
    source: str = ""
    same: bool = True

    @property
    def pair(self) -> tuple[str, str]:
        """The two CURIEs in one order, whoever says it."""
        return (self.a, self.b) if self.a < self.b else (self.b, self.a)


def find_xrefs(concepts: Mapping[str, Concept]) -> Iterator[Link]:
    """A link for every cross-reference of a concept that is in use."""
    live = [concept for concept in concepts.values() if concept.xrefs and not concept.deprecated]
    claims = Counter((prefix_of(c.curie), xref) for c in live for xref in c.xrefs)
    for concept in live:
        own = prefix_of(concept.curie)
        several = Counter(map(prefix_of, concept.xrefs))
        for xref in concept.xrefs:
            if xref == concept.curie:
                continue
            other = concepts.get(xref)
            if other and concept.curie in other.xrefs:
                basis = Basis.XREF_BOTH
            else:
                shared = claims[own, xref] > 1 or several[prefix_of(xref)] > 1
                basis = Basis.XREF_SHARED if shared else Basis.XREF
            yield Link(concept.curie, xref, basis)


def find_mapped(rows: Iterable[MappingRow], source: str, known: Collection[str]) -> Iterator[Link]:
    """What the rows of a set say of CURIEs at least one of which is `known`: exact, not exact, broad or narrow."""
    for row in rows:
        a, b = row.subject_id, row.object_id
        if not a or not b or NO_TERM in (a, b) or (a not in known and b not in known):
            continue
        said_by = row.author_id or source
        if row.predicate_id in SAME:
            yield Link(
                a, b, Basis.MANUAL if row.mapping_justification == BY_HAND else Basis.MAPPING, said_by, not row.negated
            )
        elif row.predicate_id in (BROAD, NARROW) and not row.negated:
            yield Link(*((a, b) if row.predicate_id == BROAD else (b, a)), Basis.BROADER, said_by, False)


def find_decided(decisions: Iterable[Decision]) -> Iterator[Link]:
    """A link for every decision between two CURIEs: exact joins them, any other verdict but unsure keeps them apart."""
    for decision in decisions:
        if _CURIE.fullmatch(decision.name) and decision.curie and decision.verdict is not Verdict.UNSURE:
            said = f"{decision.author}, {decision.time[:10]}" + (f": {decision.reason}" if decision.reason else "")
            same = decision.verdict is Verdict.EXACT
            yield Link(decision.name, decision.curie, Basis.DECISION, said, same)
