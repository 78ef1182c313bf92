"""What a terminology holds, counted while the lexicon is compiled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ontologies.model import Concept
from ontologies.names import prefix_of


@dataclass(frozen=True, slots=True)
class Contents:
    """Counts of a release: concepts by kind, names by language, cross-references by prefix, what is no more."""

    concepts: int = 0
    names: int = 0
    retired: int = 0
    replaced: int = 0
    """Those of the retired ones whose replacement is told."""
    below: int = 0
    """Concepts with a parent."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    xrefs: Mapping[str, int] = field(default_factory=dict)


def count_contents(concepts: Iterable[Concept]) -> Contents:
    """The counts of these concepts, the biggest first in each."""
    kinds, languages, xrefs = Counter[str](), Counter[str](), Counter[str]()
    retired = replaced = below = 0
    for concept in concepts:
        kinds[concept.kind.value] += 1
        languages[concept.language] += 1
        for synonym in concept.synonyms:
            languages[synonym.language] += 1
        for xref in concept.xrefs:
            xrefs[prefix_of(xref)] += 1
        retired += concept.deprecated
        replaced += concept.deprecated and concept.replaced_by is not None
        below += bool(concept.parents)
    counted = (dict(counter.most_common()) for counter in (kinds, languages, xrefs))
    return Contents(kinds.total(), languages.total(), retired, replaced, below, *counted)
