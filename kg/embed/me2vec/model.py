"""What ME2Vec learned: vectors of services, givers and patients, and how to make those of patients that come later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.embed.me2vec.journeys import Journeys, Numbers
from kg.embed.me2vec.levels import Levels
from kg.embed.me2vec.pooling import Pooling
from kg.embed.me2vec.settings import Me2vecSettings
from kg.embed.me2vec.uses import Matrix
from kg.embed.vectors import Vectors
from kg.records.model import LEAST

NAME = "me2vec"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedMe2vec:
    """Vectors of all levels. `patients` (visits, where the settings say so) are patient-level and stay in the record
    room, and so are `providers` where visits stand for providers that the source does not name.

    `users` says of how many distinct patients each of `services` is; `parts` how many dimensions of a patient's vector
    each of its parts has; `accuracy` in how many of the givers held out the specialty was guessed.
    """

    settings: Me2vecSettings
    services: Vectors
    users: Numbers
    providers: Vectors
    specialties: Vectors
    patients: Vectors
    parts: dict[str, int]
    accuracy: float
    pooling: Pooling

    @classmethod
    def of(cls, journeys: Journeys, levels: Levels, pooling: Pooling, patients: Matrix, version: str) -> TrainedMe2vec:
        """What was learned of `journeys`."""

        def stamped(names: tuple[str, ...], matrix: Matrix) -> Vectors:
            return Vectors(names, matrix, version, NAME)

        by_visit = pooling.settings.journeys.unit == "visit"
        return cls(
            pooling.settings,
            stamped(levels.names, levels.services),
            pooling.count_users(journeys),
            stamped(levels.givers.names, levels.givers.providers),
            stamped(levels.specialties, levels.givers.specialties),
            stamped(journeys.visits if by_visit else journeys.patients, patients),
            pooling.widths(),
            levels.givers.accuracy,
            pooling,
        )

    def get_public_services(self, least: int = LEAST) -> Vectors:
        """The services that at least `least` patients had: what may leave the record room."""
        kept = np.flatnonzero(self.users >= least)
        names = tuple(self.services.names[at] for at in kept)
        return Vectors(names, self.services.matrix[kept], self.services.graph_version, self.services.model)

    def embed(self, journeys: Journeys) -> Vectors:
        """Vectors of the patients (or visits) of other journeys, nothing being trained; those without events too."""
        by_visit = self.settings.journeys.unit == "visit"
        names = journeys.visits if by_visit else journeys.patients
        return Vectors(names, self.pooling.embed(journeys), self.patients.graph_version, NAME)
