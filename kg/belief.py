"""How far evidence is believed, and what a fact's confidence is made of.

The binomial model of semra (Hoyt et al. 2025, "Assembly and reasoning over semantic mappings at scale"): documents
err independently, so a fact is wrong only if all that affirm it are. The rows of one document do not: its best counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from extractors.model import Assertion

#: No pile of evidence makes a fact certain.
CAP = 0.999

#: What an assertion leaves of a row's score. A denial has no weight for the fact: it counts against it.
FACTORS = {
    Assertion.PRESENT: 1.0,
    Assertion.HISTORICAL: 0.8,
    Assertion.POSSIBLE: 0.6,
    Assertion.HYPOTHETICAL: 0.4,
    Assertion.FAMILY: 0.2,
}


def belief(score: float, assertion: Assertion) -> float:
    """The weight of one evidence row for its fact, in [0, CAP]; 0 where it is negated."""
    return min(CAP, max(0.0, score) * FACTORS.get(assertion, 0.0))


def confidence(best: Iterable[float]) -> float:
    """1 - ∏(1 - belief) over the best belief of each document, at most CAP; 0 without any."""
    return min(CAP, 1.0 - math.prod(1.0 - value for value in best))
