"""Level 3: vectors of patients (or visits), put together from parts; the same for those that come later.

Each part is moved so that its mean is zero, and scaled so that its mean square is that of a row of a bag of services
times the square of its weight: a penalty that suits the bag then suits the vectors. Attention squeezes givers into few
directions, behind which all that tells two of one specialty apart nearly vanishes; parts that are made `even` get it
back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from kg.embed.me2vec.hierarchy import Parents
from kg.embed.me2vec.journeys import NONE, Journeys, Numbers, drop_repeats
from kg.embed.me2vec.levels import Levels
from kg.embed.me2vec.moves import Move, find_move
from kg.embed.me2vec.patients import Line
from kg.embed.me2vec.providers import find_givers
from kg.embed.me2vec.proximity import find_directions
from kg.embed.me2vec.settings import Me2vecSettings
from kg.embed.me2vec.uses import Ancestry, Matrix, Uses, count_uses, find_giver_uses, find_uses, rows_of

Tell = Callable[[int, float], None]


class Pooling:
    """How a patient's vector is made of what levels 1 and 2 gave; `fit` learns it, `embed` does it for others."""

    def __init__(
        self,
        levels: Levels,
        settings: Me2vecSettings,
        parents: Parents,
        *,
        device: torch.device,
    ) -> None:
        self.levels, self.settings, self.parents = levels, settings, parents
        self._device, self._unit = device, settings.journeys.unit
        self._ancestry = Ancestry(levels.codes, parents)
        self._directions: Matrix = np.zeros((len(self._ancestry.names), 0), np.float32)
        self._idf: Matrix = np.ones(len(levels.codes), np.float32)
        self._line: Line | None = None
        self._moves: dict[str, Move] = {}
        self._later: dict[str, Callable[[Journeys], Matrix]] = {
            "line": self._embed_line,
            "proximity": self._proximity,
            "services": self._services,
            "recent": self._recent,
            "givers": self._givers,
        }

    def fit(self, journeys: Journeys, told: Tell) -> Matrix:
        """Vectors of all patients (or visits) of `journeys`, float32, shape (patients, dimensions)."""
        uses = find_uses(journeys, self._unit)
        self._idf = np.log((1 + uses.rows) / (1 + uses.count_rows())).astype(np.float32)
        made = [self._fit_part(part, journeys, told) for part in self.settings.patients.parts]
        long = float(np.diff(uses.offsets).mean()) if uses.rows else 1.0
        chosen = self.settings.patients
        for part, weight, rows in zip(chosen.parts, chosen.weights, made, strict=True):
            self._moves[part] = find_move(rows, length=long * weight**2, even=part in chosen.even)
        return self._join(made)

    def embed(self, journeys: Journeys) -> Matrix:
        """Vectors of other patients (or visits), of events as they come; what is not known of is left out.

        Shape (patients, dimensions). Who was trained on gets the same vector again, but for the part `line`.
        """
        told = drop_repeats(journeys) if self.settings.journeys.drop_repeats else journeys
        known = self.levels.renumber(told)
        return self._join([self._later[part](known) for part in self.settings.patients.parts])

    def widths(self) -> dict[str, int]:
        """The dimensions of each part, in their order."""
        return {part: len(self._moves[part].centre) for part in self.settings.patients.parts}

    def get_state(self) -> dict[str, object]:
        """What `fit` learned, as tensors by name, for `set_state` of another with the same levels and settings."""
        moves = {
            part: (torch.from_numpy(each.centre), torch.from_numpy(each.turn)) for part, each in self._moves.items()
        }
        learned = {"directions": torch.from_numpy(self._directions), "idf": torch.from_numpy(self._idf), "moves": moves}
        return {**learned, "line": self._line.get_state() if self._line else {}}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Takes what another learned."""
        self._directions, self._idf = state["directions"].numpy(), state["idf"].numpy()
        self._moves = {part: Move(centre.numpy(), turn.numpy()) for part, (centre, turn) in state["moves"].items()}
        if state["line"]:
            self._line = self._make_line()
            self._line.set_state(state["line"])

    def count_users(self, journeys: Journeys) -> Numbers:
        """The distinct patients who had each of the services, or what stands below it."""
        lifted = self._ancestry.lift(find_uses(journeys, "patient"))
        users = dict(zip(self._ancestry.names, lifted.count_rows().tolist(), strict=True))
        return np.array([users.get(name, 0) for name in self.levels.names], np.int64)

    def _join(self, made: list[Matrix]) -> Matrix:
        parts = zip(self.settings.patients.parts, made, strict=True)
        return np.concatenate([self._moves[part](rows) for part, rows in parts], axis=1)

    def _fit_part(self, part: str, journeys: Journeys, told: Tell) -> Matrix:
        if part == "line":
            return self._fit_line(journeys, told)
        if part in ("proximity", "recent") and not self._directions.shape[1]:
            self._find_directions(journeys)
        return self._later[part](journeys)

    def _find_directions(self, journeys: Journeys) -> None:
        chosen = self.settings.patients
        uses = self._lifted(journeys)
        common = uses.only(uses.count_rows() >= chosen.fewest)
        self._directions = find_directions(common, chosen.dimensions, device=self._device, seed=self.settings.seed)

    def _lifted(self, journeys: Journeys, half_life: float = 0.0) -> Uses:
        """Each code that a patient had, once, and what stands above it, once; less, the longer before the end."""
        lifted = self._ancestry.lift(find_uses(journeys, self._unit, half_life=half_life))
        return lifted.with_weights(np.minimum(lifted.weights, 1) if half_life else np.ones_like(lifted.weights))

    def _proximity(self, journeys: Journeys) -> Matrix:
        return self._lifted(journeys).dot(self._directions)

    def _recent(self, journeys: Journeys) -> Matrix:
        return self._lifted(journeys, self.settings.patients.half_life).dot(self._directions)

    def _services(self, journeys: Journeys) -> Matrix:
        """The mean of services, where what few have counts more."""
        uses = find_uses(journeys, self._unit)
        weighted = uses.with_weights(np.log1p(uses.weights) * self._idf[uses.columns]).to_shares()
        return weighted.dot(self.levels.services[: len(self.levels.codes)])

    def _givers(self, journeys: Journeys) -> Matrix:
        by_provider, by_specialty = find_giver_uses(journeys, self._unit)
        given = self.levels.givers
        if self.levels.providers:
            own = by_provider.to_shares().dot(given.providers)
        else:
            own = self._visits_as_givers(journeys)
        return np.concatenate([own, by_specialty.to_shares().dot(given.specialties)], axis=1)

    def _visits_as_givers(self, journeys: Journeys) -> Matrix:
        """The mean of what attention makes of each visit."""
        vectors = self.levels.givers.embed(find_givers(replace(journeys, provider=np.full_like(journeys.code, NONE))))
        row, height = rows_of(journeys, self._unit)
        visits, first = np.unique(journeys.visit, return_index=True)
        return count_uses(row[first], visits, height, len(journeys.visits)).to_shares().dot(vectors)

    def _contexts(self, journeys: Journeys) -> Uses:
        """Specialties and services of each patient; the specialty behind the last is that of who is not known."""
        unknown = len(self.levels.specialties)
        specialty: Numbers = np.where(journeys.specialty == NONE, unknown, journeys.specialty)
        row, height = rows_of(journeys, self._unit)
        codes = len(self.levels.codes)
        return count_uses(row, specialty * codes + journeys.code, height, (unknown + 1) * codes)

    def _make_line(self) -> Line:
        services = self.levels.services[: len(self.levels.codes)]
        given = self.levels.givers.specialties
        specialties = np.concatenate([given, np.zeros((1, services.shape[1]), np.float32)])
        chosen = self.settings.line
        return Line(services, specialties, chosen, device=self._device, seed=self.settings.seed)

    def _fit_line(self, journeys: Journeys, told: Tell) -> Matrix:
        self._line = self._make_line()
        return self._line.fit(self._contexts(journeys), told)

    def _embed_line(self, journeys: Journeys) -> Matrix:
        assert self._line is not None
        return self._line.embed(self._contexts(journeys))
