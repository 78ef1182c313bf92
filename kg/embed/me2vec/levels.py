"""What levels 1 and 2 gave: vectors by number, and the numbers of the names that others use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from kg.embed.me2vec.journeys import NONE, Journeys, Numbers
from kg.embed.me2vec.providers import TrainedProviders
from kg.embed.me2vec.uses import Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Services by `names` (the codes first, then what stands above them), givers, and what they are numbered by."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    services: Matrix
    givers: TrainedProviders
    providers: tuple[str, ...]
    specialties: tuple[str, ...]

    def renumber(self, journeys: Journeys) -> Journeys:
        """The journeys by the numbers here: events of unknown codes are left out, unknown givers are `NONE`."""
        code = _numbers(journeys.codes, self.codes)[journeys.code]
        provider = _numbers(journeys.providers, self.providers)[journeys.provider]
        specialty = _numbers(journeys.specialties, self.specialties)[journeys.specialty]
        place = {name: at for at, name in enumerate(journeys.codes)}
        kinds = tuple(journeys.kinds[place[name]] if name in place else "" for name in self.codes)
        known: Numbers = np.flatnonzero(code != NONE)
        return replace(
            journeys,
            code=code,
            provider=provider,
            specialty=specialty,
            codes=self.codes,
            kinds=kinds,
            providers=self.providers,
            specialties=self.specialties,
        ).where(known)


def _numbers(names: tuple[str, ...], known: tuple[str, ...]) -> Numbers:
    """The number in `known` of each of `names`, and behind them `NONE`, where the number `NONE` finds it."""
    place: Mapping[str, int] = {name: at for at, name in enumerate(known)}
    return np.array([*(place.get(name, NONE) for name in names), NONE], np.int64)
