"""What happened to patients, one event after the other, as columns of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

#: The time of an event whose time is unknown; before all others.
UNTIMED = int(np.iinfo(np.int64).min)

#: The number of a provider or specialty where none is known.
NONE = -1


class Named(NamedTuple):
    """An event by names; `seconds` count from any beginning that all events of a patient share."""

    patient: str
    visit: str
    code: str
    seconds: int | None
    provider: str = ""
    specialty: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Journeys:
    """Events by patient, visit and time; each column is int64, shape (events,), and indexes the names of its kind.

    Every event is of one patient and one visit; `provider` and `specialty` are `NONE` and `seconds` is `UNTIMED` where
    nothing is known. `kinds` says of each code what sort of thing it is, empty where nobody said. All of it, names of
    patients and visits included, is patient-level and stays in the record room.
    """

    patient: Numbers
    visit: Numbers
    provider: Numbers
    specialty: Numbers
    code: Numbers
    seconds: Numbers
    patients: tuple[str, ...]
    visits: tuple[str, ...]
    providers: tuple[str, ...]
    specialties: tuple[str, ...]
    codes: tuple[str, ...]
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.code)

    def where(self, kept: Mask | Numbers) -> Journeys:
        """The events that `kept` is true of, or names by number, in its order; names and numbers stay as they are."""
        columns = ("patient", "visit", "provider", "specialty", "code", "seconds")
        return replace(self, **{name: getattr(self, name)[kept] for name in columns})

    def patient_of_visit(self) -> Numbers:
        """The patient of each visit, shape (visits,); `NONE` of a visit without events."""
        found = np.full(len(self.visits), NONE, np.int64)
        found[self.visit] = self.patient
        return found


def number_journeys(events: Iterable[Named]) -> Journeys:
    """Named events as journeys; names are numbered in the order of their text.

    Events of one visit and time stay in their order. The kind of a code is that of its first event.
    """
    listed = list(events)
    patient, patients = _number([each.patient for each in listed])
    visit, visits = _number([each.visit for each in listed])
    code, codes = _number([each.code for each in listed])
    provider, providers = _number([each.provider for each in listed], empty=True)
    specialty, specialties = _number([each.specialty for each in listed], empty=True)
    seconds = np.array([UNTIMED if each.seconds is None else each.seconds for each in listed], np.int64)
    kinds = {each.code: each.kind for each in reversed(listed)}
    names = (patients, visits, providers, specialties, codes, tuple(kinds[name] for name in codes))
    return order(Journeys(patient, visit, provider, specialty, code, seconds, *names))


def order(journeys: Journeys) -> Journeys:
    """The events by patient, visit and time; those that agree in all stay in their order."""
    return journeys.where(np.lexsort((journeys.seconds, journeys.visit, journeys.patient)))


def _number(names: Sequence[str], *, empty: bool = False) -> tuple[Numbers, tuple[str, ...]]:
    """The number of each name, and the names; with `empty`, the empty one is `NONE`."""
    known = tuple(sorted(set(names) - ({""} if empty else set())))
    place = {name: at for at, name in enumerate(known)}
    return np.array([place.get(name, NONE) for name in names], np.int64), known


def drop_repeats(journeys: Journeys) -> Journeys:
    """Without events of the same code as the event just before them in their visit, as the paper's code has it."""
    kept = np.ones(len(journeys), np.bool_)
    kept[1:] = (journeys.visit[1:] != journeys.visit[:-1]) | (journeys.code[1:] != journeys.code[:-1])
    return journeys.where(kept)


def drop_rare(journeys: Journeys, *, fewest_events: int = 1, fewest_uses: int = 1) -> Journeys:
    """Without visits of fewer than `fewest_events` events, then without codes of fewer than `fewest_uses` events.

    In that order, once each, as the paper's code does: a visit may fall below its bound by the loss of rare codes.
    """
    long = np.bincount(journeys.visit, minlength=len(journeys.visits)) >= fewest_events
    kept = journeys.where(long[journeys.visit])
    used = np.bincount(kept.code, minlength=len(kept.codes)) >= fewest_uses
    return kept.where(used[kept.code])


def compact(journeys: Journeys) -> Journeys:
    """The same events, without the names that no event has; codes by falling number of events."""
    uses = np.bincount(journeys.code, minlength=len(journeys.codes))
    falling = np.argsort(-uses, kind="stable")[: int((uses > 0).sum())]
    place = np.full(len(uses), NONE, np.int64)
    place[falling] = np.arange(len(falling))
    patient, patients = _used(journeys.patient, journeys.patients)
    visit, visits = _used(journeys.visit, journeys.visits)
    provider, providers = _used(journeys.provider, journeys.providers)
    specialty, specialties = _used(journeys.specialty, journeys.specialties)
    codes = tuple(journeys.codes[at] for at in falling)
    kinds = tuple(journeys.kinds[at] for at in falling)
    columns = (patient, visit, provider, specialty, place[journeys.code], journeys.seconds)
    return Journeys(*columns, patients, visits, providers, specialties, codes, kinds)


def _used(column: Numbers, names: tuple[str, ...]) -> tuple[Numbers, tuple[str, ...]]:
    used = np.unique(column[column != NONE])
    place = np.full(len(names) + 1, NONE, np.int64)
    place[used] = np.arange(len(used))
    return place[column], tuple(names[at] for at in used)
