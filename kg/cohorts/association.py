"""How strongly two concepts go together in a population of patients: support, lift, interval, p-value, q-value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import KGError

#: Standard normal quantile of the two-sided 95 % interval.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct patients: all, those with either concept, those with both together; ValueError where these cannot be.

    What counts as together may be narrower than having both ("in one visit"): `both` is then fewer than have both at
    any time, and what is worked out from it errs to the side of chance.
    """

    patients: int
    subject: int
    object: int
    both: int

    def __post_init__(self) -> None:
        if not 0 <= self.both <= min(self.subject, self.object) <= max(self.subject, self.object) <= self.patients:
            raise ValueError(f"{self} are not the counts of one population")

    @property
    def figures(self) -> tuple[int, int, int, int]:
        """The four numbers in the order of the fields."""
        return self.patients, self.subject, self.object, self.both

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The 2 × 2 table: both together, the subject alone, the object alone, neither (0 where that is not known)."""
        alone = self.subject - self.both, self.object - self.both
        return self.both, *alone, max(0, self.patients - self.both - sum(alone))


@dataclass(frozen=True, slots=True)
class Association:
    """What the counts of a pair say.

    `support` is the share of patients with both. `lift` is how many times more often both stand together than they
    would by chance, `low` and `high` its 95 % interval. `p` is one-sided: that chance alone gives as many or more.
    `q` is `p` corrected for all pairs that were tested together.
    """

    counts: Counts
    support: float
    lift: float
    low: float
    high: float
    p: float
    q: float


def measure_all(pairs: Sequence[Counts]) -> list[Association]:
    """The associations of pairs that are tested together, in their order; none may have `both` = 0.

    p: Fisher's exact test (hypergeometric tail). q: false discovery rate among `pairs` (Benjamini & Hochberg 1995).
    Interval: normal on the log of lift, its variance by the delta method for multinomial counts.
    """
    if not pairs:
        return []
    try:
        from scipy.stats import false_discovery_control, hypergeom
    except ImportError as error:
        raise KGError("associations need scipy, which is not installed: pip install 'medkg[records]'") from error
    tails = hypergeom.sf(
        [pair.both - 1 for pair in pairs],
        [pair.patients for pair in pairs],
        [pair.subject for pair in pairs],
        [pair.object for pair in pairs],
    ).clip(0.0, 1.0)
    corrected = false_discovery_control(tails, method="bh")
    return [_measure(pair, float(p), float(q)) for pair, p, q in zip(pairs, tails, corrected, strict=True)]


def _measure(pair: Counts, p: float, q: float) -> Association:
    lift = pair.both * pair.patients / (pair.subject * pair.object)
    variance = 1 / pair.both - 1 / pair.subject - 1 / pair.object + (2 * lift - 1) / pair.patients
    factor = math.exp(_Z * math.sqrt(max(variance, 0.0)))
    return Association(pair, pair.both / pair.patients, lift, lift / factor, lift * factor, p, q)
