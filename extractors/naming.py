"""What a name that stands in a document means, where its terminology does not simply hold it."""

from __future__ import annotations

from functools import lru_cache

from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Grounding, Kind

TRUSTED = 0.8
"""Below this score a name in a document is left to a curator: nobody looks at an alignment that a build makes."""
LONGEST = 200
"""Characters of a name; what is longer is a sentence."""
_UNGROUNDED = frozenset({Kind.QUANTITY, Kind.ORGANIZATION, Kind.OTHER})
"""Kinds whose names no terminology holds, or that say nothing of what a name is."""


def kinds_like(kind: Kind) -> frozenset[Kind]:
    """The kinds among which a mention of `kind` is looked for; none, which is any, where it says nothing.

    Findings and diseases are looked for together, since vocabularies do not agree on which is which.
    """
    if kind is Kind.OTHER:
        return frozenset()
    return CONDITIONS if kind in CONDITIONS else frozenset({kind})


@lru_cache(maxsize=1 << 16)
def ground_name(lexicon: Lexicon, name: str, kind: Kind, *, language: str = "") -> Grounding:
    """What `name` means among concepts like `kind`: one concept with a score that can be trusted, or none.

    It is `Grounder.ground` with a higher threshold. A name that is a list, or longer than a name, has no answer, and
    neither has a drug with its form or strength: that is a product, which is not its ingredient.
    """
    kinds = kinds_like(kind)
    if kind in _UNGROUNDED or len(name) > LONGEST:
        return Grounding(name, abstained=True)
    found = Grounder(lexicon, threshold=TRUSTED).ground(name, kinds=kinds, language=language, top=1)
    if not found.matches or len(found.parts) > 1 or (kind is Kind.DRUG and found.qualifiers):
        return Grounding(name, abstained=True, candidates=found.matches)
    return found
