"""Patients who came after a training, by what was trained: which they are, and their vectors.

A vector is told by the name of its patient or visit and by the events that it was made of. So nothing hangs on when
something came: a new patient, a new visit of a known one, a visit that was corrected or that is counted otherwise since
an earlier one was brought later, all are what has no vector made of just these events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from kg.embed.me2vec.journeys import NONE, Journeys, Mask, Numbers, compact
from kg.embed.me2vec.pooling import Pooling
from kg.embed.me2vec.training import prepare
from kg.embed.me2vec.uses import Matrix, rows_of
from kg.embed.vectors import Vectors

_BYTES = 16


@dataclass(frozen=True, slots=True)
class Later:
    """How many vectors there are now, of patients or visits (`unit`): what became of them, and of whom there are none.

    `new` are of those who had none, `changed` of those whose events are others than before; `kept` are as they were,
    `gone` those who have none any more. `unknown` have too few events, or none that the model knows.
    """

    unit: str
    new: int
    changed: int
    kept: int
    gone: int
    unknown: int


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The vectors of all, those that were made before among them, what each was made of, and how many are what."""

    vectors: Vectors
    made_of: tuple[bytes, ...]
    counts: Later


def digest_units(journeys: Journeys, unit: str) -> tuple[bytes, ...]:
    """For each patient or visit what tells its events from others: a hash that depends on names, not on numbers."""
    row, height = rows_of(journeys, unit)
    at = np.argsort(row, kind="stable")
    first = np.full(height, np.iinfo(np.int64).max)
    np.minimum.at(first, row, journeys.visit)
    columns = (
        _hashes(journeys.codes)[journeys.code],
        _hashes(journeys.providers)[journeys.provider],
        _hashes(journeys.specialties)[journeys.specialty],
        journeys.seconds,
        journeys.visit - first[row],
    )
    events = np.stack(columns, axis=1)[at]
    ends = np.cumsum(np.bincount(row, minlength=height))
    parts = np.split(events, ends)[:-1]
    return tuple(blake2b(part.tobytes(), digest_size=_BYTES).digest() for part in parts)


def _hashes(names: tuple[str, ...]) -> Numbers:
    """A number of each name that depends on it alone, and behind them that of `NONE`."""
    digests = [blake2b(name.encode(), digest_size=8).digest() for name in names]
    return np.append(np.frombuffer(b"".join(digests), "<i8"), NONE).astype(np.int64)


def embed_later(pooling: Pooling, journeys: Journeys, before: Vectors, made_of: Mapping[str, bytes]) -> Embedded:
    """Vectors of all patients (or visits) of `journeys`, those of `before` where they are made of the same events."""
    unit = pooling.settings.journeys.unit
    names = journeys.visits if unit == "visit" else journeys.patients
    digests = dict(zip(names, digest_units(journeys, unit), strict=True))
    kept = [name for name in before.names if made_of[name] == digests.get(name)]
    asked = set(digests).difference(kept)
    made = _embed(pooling, journeys, np.array([name in asked for name in names], np.bool_))
    place = {name: at for at, name in enumerate(before.names)}
    old = before.take(np.array([place[name] for name in kept], np.int64))
    every = Vectors((*old.names, *made[0]), np.concatenate([old.matrix, made[1]]), before.graph_version, before.model)
    changed = sum(name in place for name in made[0])
    gone = len(place) - len(kept) - changed
    counts = Later(unit, len(made[0]) - changed, changed, len(kept), gone, len(asked) - len(made[0]))
    return Embedded(every, tuple(digests[name] for name in every.names), counts)


def _embed(pooling: Pooling, journeys: Journeys, asked: Mask) -> tuple[tuple[str, ...], Matrix]:
    """The names of those asked who have events that the model knows, and their vectors."""
    unit = pooling.settings.journeys.unit
    some = journeys.where(asked[rows_of(journeys, unit)[0]])
    # Codes that are new are unknown however often they come, and known ones stay known however rare they are here.
    some = prepare(some, replace(pooling.settings.journeys, fewest_uses=1))
    known, height = rows_of(pooling.levels.renumber(some), unit)
    told = np.bincount(known, minlength=height) > 0
    some = compact(some.where(told[rows_of(some, unit)[0]]))
    if not len(some):
        return (), np.zeros((0, sum(pooling.widths().values())), np.float32)
    return (some.visits if unit == "visit" else some.patients), pooling.embed(some)
