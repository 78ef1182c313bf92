"""What may be told of a group of patients without telling of one of them: the rules of indirect disclosure.

- **Threshold**: no count below `k` patients is given (default 11: the minimum of the cell suppression policy of CMS;
  k-anonymity, Sweeney 2002; GB/T 37964-2019, k-anonymity model).
- **Secondary suppression**: nothing is given from which such a count follows by subtraction, neither from the margins
  of a 2 × 2 table nor from the total of a breakdown.
- **Differencing guard**: a new release of a count stays as it was until it has changed by at least `k` patients, and
  no release is made for a population that differs from an earlier one by fewer (why: Dinur & Nissim 2003).
- **Noise** (optional): differential privacy for patients under a stated budget, as `kg.cohorts.private` does it with
  the geometric mechanism (Ghosh, Roughgarden & Sundararajan 2009).
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from kg.cohorts.association import Counts
from kg.errors import KGError
from kg.records.model import LEAST

#: Fewest patients that any published count stands for.
DEFAULT_K = LEAST


def is_small(count: int, k: int) -> bool:
    """Whether a count tells of too few patients; nobody is not few."""
    return 0 < count < k


def may_tell_pair(counts: Counts, *, k: int) -> bool:
    """Whether a pair may be told with its margins: enough patients with both, and no other cell of its table small."""
    return counts.both >= k and not any(is_small(cell, k) for cell in counts.cells)


def suppress(parts: Mapping[str, int], *, k: int) -> dict[str, int | None]:
    """The parts of a breakdown whose total is told, None where a part must not be.

    Beside the small parts go the smallest others until those hidden add up to at least `k` patients and are at least
    two, so that total less the parts told gives nothing away.
    """
    hidden = {name for name, count in parts.items() if is_small(count, k)}
    others = sorted((name for name, count in parts.items() if name not in hidden and count), key=lambda n: parts[n])
    for name in others:
        if not hidden or (len(hidden) > 1 and sum(parts[n] for n in hidden) >= k):
            break
        hidden.add(name)
    return {name: None if name in hidden else count for name, count in parts.items()}


def told_total(parts: Mapping[str, int], *, k: int) -> int | None:
    """The total of a breakdown, None where it must not be told because too few patients stay hidden in it."""
    shown = suppress(parts, k=k)
    hidden = [parts[name] for name, count in shown.items() if count is None]
    total = sum(parts.values())
    return None if is_small(total, k) or (hidden and (len(hidden) < 2 or sum(hidden) < k)) else total


def hold_back(told: int | None, count: int, *, k: int) -> int | None:
    """What a new release gives for a count that was last told as `told` (also where it was withdrawn since).

    None where nothing may be told. A change of fewer than `k` patients is not shown until it has grown: otherwise two
    releases tell of the patients between them.
    """
    if count < k:
        return None
    return count if told is None or abs(count - told) >= k else told


@dataclass(frozen=True, slots=True)
class Noise:
    """The geometric mechanism: integer noise that makes counts ε-differentially private.

    `epsilon` is what the counts may spend together. `contributions` is the most of them that one patient may add to:
    their sensitivity, which the caller enforces. `delta` is how likely at most what only one patient has may show.
    """

    epsilon: float
    contributions: int = 1
    delta: float = 1e-6

    def __post_init__(self) -> None:
        if not (self.epsilon > 0 and math.isfinite(self.epsilon)) or self.contributions < 1:
            raise KGError(f"a privacy budget of {self.epsilon} for {self.contributions} counts cannot be; give ε > 0")
        if not 0 < self.delta < 1:
            raise KGError(f"δ = {self.delta} is no probability below 1; give one far below 1 in the number of patients")

    def add(self, count: int) -> int:
        """`count` with noise, at least 0; the difference of two geometric draws from the system's randomness."""
        return max(0, count + self._draw() - self._draw())

    def _draw(self) -> int:
        ratio = self.epsilon / self.contributions
        uniform = (secrets.randbits(53) + 1) / (1 << 53)
        return int(-math.log(uniform) / ratio)
