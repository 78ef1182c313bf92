"""What is seen, what is learned of it, and what is asked of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kg.embed.me2vec.hierarchy import Parents
from kg.embed.me2vec.journeys import NONE, Journeys, Mask, Numbers, drop_rare
from kg.embed.me2vec.uses import Matrix
from kg.errors import KGError

#: What may be hidden from those who would use it, where it is what is asked.
GIVERS, HIERARCHY = "givers", "hierarchy"


class CareError(KGError):
    """A question that these journeys cannot be asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """All that a representation may be learned from: journeys, and what stands above their codes."""

    journeys: Journeys
    parents: Parents

    def common(self, fewest: int = 10) -> Journeys:
        """The events of codes that at least `fewest` events have; codes and visits keep their numbers."""
        return drop_rare(self.journeys, fewest_uses=fewest)

    def hide(self, what: frozenset[str]) -> Seen:
        """The same without providers and specialties, or without what stands above codes, or without both."""
        journeys = self.journeys
        if GIVERS in what:
            nobody = np.full_like(journeys.code, NONE)
            journeys = replace(journeys, provider=nobody, specialty=nobody, providers=(), specialties=())
        return Seen(journeys, {} if HIERARCHY in what else self.parents)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Vectors of visits and of codes, float32, one row for each name of the journeys; zeros where nothing is known."""

    visits: Matrix
    codes: Matrix


#: Learns from what is seen, by a seed; equal seeds give equal vectors on a CPU.
Learn = Callable[[Seen, int], Learned]


@dataclass(frozen=True, slots=True)
class Baseline:
    """One row of the table: its name, how it learns, and which of what may be hidden it would look at.

    With `others` it learns in several ways, and each fold takes the one that tells most inside its training part.
    """

    name: str
    learn: Learn
    looks_at: frozenset[str] = frozenset()
    others: tuple[Learn, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VisitTask:
    """What is to be told of visits: `truth[i, j]` says whether visit `rows[i]`, of `patient[i]`, has label j.

    `view` names the journeys that are seen; tasks of one view and the same `hidden` are asked of the same vectors.
    """

    name: str
    view: str
    hidden: frozenset[str]
    rows: Numbers
    patient: Numbers
    truth: Mask
    labels: tuple[str, ...]

    @property
    def chance(self) -> float:
        """The PR-AUC that guessing gives: the mean share of visits that have a label."""
        return float(self.truth.mean())


@dataclass(frozen=True, slots=True, eq=False)
class CodeTask:
    """Which codes lie near each other: `related` and `asked`, shape (codes, codes), are of the codes in `rows`.

    A code is asked about those of `asked`, of which those of `related` (all of them are asked) should be nearest.
    """

    name: str
    view: str
    hidden: frozenset[str]
    rows: Numbers
    related: Mask
    asked: Mask

    @property
    def chance(self) -> float:
        """The PR-AUC that guessing gives: the mean share of those asked that are related."""
        counts = self.asked.sum(1)
        used = counts > 0
        return float((self.related.sum(1)[used] / counts[used]).mean())


Task = VisitTask | CodeTask

#: PR-AUC and ROC-AUC of each fold, shape (folds, 2).
Figures = npt.NDArray[np.float64]
