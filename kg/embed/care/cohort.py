"""A cohort of patients who never lived, of whom the right answers are known.

Planted is: diseases, each with its own diagnoses and treatments, rarely the same two of them; specialties that treat
them; providers with habits; and time. In a visit an old disease is looked at first, and days later the one that the
visit is for: codes of one disease lie within hours, those of two diseases days apart, so that what stands in one visit
belongs together only where it is close in time.

- **readmission** follows from the disease (half of them come back) and from the provider (half send home too soon);
- **mortality** from an alarm at the end of the visit. As many visits have the same alarms at their beginning, and live;
- **next diagnosis group** from the old disease, which one disease follows more often than others;
- **specialty** is that of the disease; **related** are the diagnoses and treatments of one disease, and nothing else.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import numpy as np

from kg.embed.care.model import Learned, Seen
from kg.embed.me2vec.journeys import Journeys, Named, number_journeys

_SPECIALTIES = ("cardiology", "nephrology", "neurology", "oncology", "pulmonology", "surgery")
_DISEASES, _VARIANTS, _PROVIDERS, _ALARMS, _COMMON = 5, 6, 4, 12, 40
_COUNT = len(_SPECIALTIES) * _DISEASES
_HOUR = 3600

#: Log odds: of anybody, and what is added where the planted cause is there.
_READMITTED, _RETURNING, _HASTY = -2.6, 1.6, 1.4
_DEAD, _LATE_ALARM = -3.5, 3.5
_FOLLOWS = 0.6


class Truth(NamedTuple):
    """What was planted in a visit: its disease, the old one, its provider, alarm (`early`, `late`, empty) and risks."""

    disease: int
    old: int
    provider: str
    alarm: str
    readmission: float
    mortality: float


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Journeys, what stands above their codes, which are related, and of visits, by name, their ends and truths."""

    journeys: Journeys
    parents: Mapping[str, tuple[str, ...]]
    pairs: tuple[tuple[str, str], ...]
    readmitted: dict[str, bool]
    died: dict[str, bool]
    truths: dict[str, Truth]

    def learn_truth(self, seen: Seen, _seed: int) -> Learned:
        """What was planted in each visit and code of `seen`, as vectors: no representation can tell more.

        Where it is asked what comes next, that is the answer itself.
        """
        diseases = np.eye(_COUNT, dtype=np.float32)
        rows = [self._truth_of(visit) for visit in seen.journeys.visits]
        named = [group_of(code.replace("treatment", "diagnosis")) for code in seen.journeys.codes]
        codes = [diseases[int(name)] if name else np.zeros(_COUNT) for name in named]
        return Learned(np.array(rows, np.float32), np.array(codes, np.float32))

    def _truth_of(self, visit: str) -> list[float]:
        truth = self.truths[visit]
        one, old = ([float(at == disease) for at in range(_COUNT)] for disease in (truth.disease, truth.old))
        return [*one, *old, float(truth.provider[-1] in "13"), float(truth.alarm == "late")]


def make_cohort(*, patients: int = 2000, seed: int = 20) -> Cohort:
    """The cohort of `patients`, one or two visits each; equal seeds give equal cohorts."""
    draw = random.Random(seed)  # noqa: S311 - chance here keeps no secret
    owner = {f"v{number}-{turn}": f"p{number}" for number in range(patients) for turn in range(draw.randint(1, 2))}
    truths = {visit: _plant(draw) for visit in owner}
    events = [event for visit, truth in truths.items() for event in _iter_events(draw, owner[visit], visit, truth)]
    return Cohort(
        number_journeys(events),
        _find_parents(),
        tuple(_iter_pairs()),
        {visit: draw.random() < truth.readmission for visit, truth in truths.items()},
        {visit: draw.random() < truth.mortality for visit, truth in truths.items()},
        truths,
    )


def _plant(draw: random.Random) -> Truth:
    disease, habit = draw.randrange(_COUNT), draw.randrange(_PROVIDERS)
    alarm = draw.choice(("early", "late", "", ""))
    readmission = _chance(_READMITTED + _RETURNING * (disease % 2) + _HASTY * (habit % 2))
    mortality = _chance(_DEAD + _LATE_ALARM * (alarm == "late"))
    provider = f"{_specialty(disease)}-{habit}"
    return Truth(disease, _before(draw, disease), provider, alarm, readmission, mortality)


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def _iter_events(draw: random.Random, patient: str, visit: str, truth: Truth) -> Iterator[Named]:
    end = draw.randint(72, 120) * _HOUR
    bursts = [(truth.old, 0), (truth.disease, end - 12 * _HOUR)]
    codes = [
        (code, start + draw.randrange(4 * _HOUR)) for disease, start in bursts for code in _draw_codes(draw, disease)
    ]
    codes += [(f"common:{draw.randrange(_COMMON)}", draw.randrange(end)) for _ in range(4)]
    if truth.alarm:
        at = draw.randrange(6 * _HOUR) + (end - 6 * _HOUR if truth.alarm == "late" else 0)
        codes += [(f"alarm:{draw.randrange(_ALARMS)}", at), (f"alarm:{draw.randrange(_ALARMS)}", at)]
    for code, seconds in codes:
        yield Named(patient, visit, code, seconds, truth.provider, _specialty(truth.disease), kind_of(code))


def _before(draw: random.Random, disease: int) -> int:
    """The old disease of a visit: more often than others the one that the disease of the visit follows."""
    return (disease - 7) % _COUNT if draw.random() < _FOLLOWS else draw.randrange(_COUNT)


def _draw_codes(draw: random.Random, disease: int) -> Iterator[str]:
    for kind, count in (("diagnosis", draw.randint(1, 3)), ("treatment", draw.randint(2, 4))):
        for variant in draw.sample(range(_VARIANTS), count):
            yield _code(disease, kind, variant)


def _code(disease: int, kind: str, variant: int) -> str:
    return f"{kind}:{disease}.{variant}"


def kind_of(code: str) -> str:
    """The kind of a code of the cohort."""
    return {"diagnosis": "condition", "treatment": "procedure"}.get(code.partition(":")[0], "observation")


def group_of(code: str) -> str:
    """The disease that a diagnosis is of; empty for other codes."""
    kind, _, rest = code.partition(":")
    return rest.partition(".")[0] if kind == "diagnosis" else ""


def _specialty(disease: int) -> str:
    return _SPECIALTIES[disease // _DISEASES]


def _find_parents() -> dict[str, tuple[str, ...]]:
    """Diagnoses stand below their disease, that below its specialty; so do treatments, in a hierarchy of their own."""
    found: dict[str, tuple[str, ...]] = {}
    for disease in range(_COUNT):
        for kind in ("diagnosis", "treatment"):
            found[f"{kind}:{disease}"] = (f"{kind}:{_specialty(disease)}",)
            for variant in range(_VARIANTS):
                found[_code(disease, kind, variant)] = (f"{kind}:{disease}",)
    return found


def _iter_pairs() -> Iterator[tuple[str, str]]:
    """The diagnoses and treatments of each disease."""
    for disease in range(_COUNT):
        for one in range(_VARIANTS):
            for other in range(_VARIANTS):
                yield _code(disease, "diagnosis", one), _code(disease, "treatment", other)
