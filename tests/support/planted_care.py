"""Journeys of patients who never lived, in whom specialties, providers and what belongs together are planted."""

from __future__ import annotations

import random
from collections.abc import Iterator

from kg.embed.me2vec.journeys import Journeys, Named, number_journeys

SPECIALTIES = ("cardiology", "nephrology", "surgery")
_EACH = 8
_HOUR = 3600

#: What stands above each code: the specialty whose code it is, and above all of them `care`.
PARENTS = {f"{name}:{at}": [name] for name in SPECIALTIES for at in range(_EACH)} | {
    name: ["care"] for name in SPECIALTIES
}


def make_journeys(*, patients: int = 90, providers: bool = True, seed: int = 7) -> Journeys:
    """One visit of each patient, of some eight services of one specialty and one by chance."""
    return number_journeys(make_events(patients=patients, providers=providers, seed=seed))


def make_events(*, patients: int, providers: bool = True, seed: int = 7) -> Iterator[Named]:
    """The events of `make_journeys`."""
    draw = random.Random(seed)
    for number in range(patients):
        specialty = SPECIALTIES[number % len(SPECIALTIES)]
        provider = f"{specialty}-{draw.randrange(4)}" if providers else ""
        codes = [f"{specialty}:{draw.randrange(_EACH)}" for _ in range(8)]
        codes.append(f"{draw.choice(SPECIALTIES)}:{draw.randrange(_EACH)}")
        for code in codes:
            seconds = draw.randrange(6 * _HOUR)
            yield Named(f"p{number}", f"v{number}", code, seconds, provider, specialty, "procedure")
