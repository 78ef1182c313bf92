"""Journeys from an events store."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.events import EventKind
from kg.embed.me2vec.journeys import NONE
from kg.embed.me2vec.reading import Giver, read_journeys
from kg.records.model import Window
from kg.records.store import RecordStore
from record_rows import BY, fill, open_store


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    store = open_store(tmp_path / "records")
    fill(store, patients=3)
    return store


def test_events_of_a_store_are_journeys(store: RecordStore) -> None:
    journeys = read_journeys(store)
    assert len(journeys) == 9
    assert set(journeys.patients) == {BY.pseudonym(f"Patient/{number}") for number in range(3)}
    assert journeys.codes == ("MONDO:0005393", "loinc:3084-1", "rxnorm:519")
    assert journeys.kinds == ("condition", "test", "medication")
    assert journeys.specialties == ("rheumatology",)


def test_visits_are_called_by_pseudonym_and_order(store: RecordStore) -> None:
    journeys = read_journeys(store)
    first = journeys.where(journeys.patient == 0)
    assert sorted({journeys.visits[visit] for visit in first.visit}) == [
        f"{journeys.patients[0]}/0",
        f"{journeys.patients[0]}/1",
    ]
    assert first.provider.tolist().count(NONE) == 1  # the value outside the visit


def test_a_window_leaves_events_out(store: RecordStore) -> None:
    assert read_journeys(store, window=Window(frozenset({EventKind.TEST}))).codes == ("loinc:3084-1",)


def test_departments_may_stand_for_providers(store: RecordStore) -> None:
    assert read_journeys(store, giver=Giver.DEPARTMENT).providers == ()
