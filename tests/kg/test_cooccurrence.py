"""Codes near each other in records, with the PMI worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyarrow import parquet

from extractors.events import Coding, Event, EventKind, Row
from kg.cohorts.cooccurrence import find_near, write_near
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.store import RecordStore
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

A, B, C = (f"mesh:D{number}" for number in (1, 2, 3))
LEXICON = Lexicon.of(Concept(curie, curie, Kind.DISEASE) for curie in (A, B, C))


def event(patient: int, curie: str, day: str) -> Row:
    codes = (Coding(curie, "", curie),)
    return Event(f"{patient}{curie}", f"p{patient}", EventKind.CONDITION, curie, codes, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with open_records(tmp_path / "records", key=None, mode="create") as made:
        made.start_writing(key=b"k" * 32, align=Aligner(LEXICON))
        for patient in range(20):
            made.put([event(patient, A, "2020-01-01"), event(patient, B, "2020-01-20")])
        for patient in range(20, 32):
            made.put([event(patient, A, "2020-01-01"), event(patient, C, "2020-01-05")])
        for patient in range(32, 40):
            made.put([event(patient, B, "2020-01-01"), event(patient, C, "2020-01-05")])
        for patient in range(40, 60):
            made.put([event(patient, B, "2020-01-01"), event(patient, C, "2021-01-05")])
        yield made


def test_pairs_within_the_window_have_their_pmi(store: RecordStore) -> None:
    found = {(near.first, near.second): near for near in find_near(store, days=30)}
    assert set(found) == {(A, B), (A, C)}
    # a–b 20 patients, a–c 12: a 32, b 20, c 12, all 64; b–c has too few.
    assert found[A, B].patients == 20
    assert found[A, B].sppmi == pytest.approx(math.log(20 * 64 / (32 * 20)))


def test_a_shift_takes_away_what_is_little_more_than_chance(store: RecordStore) -> None:
    assert find_near(store, days=30, shift=2.5) == []


def test_who_is_forgotten_is_not_told_by_the_difference(store: RecordStore) -> None:
    before = find_near(store)
    store.forget(["p0"])
    assert find_near(store) == before
    store.forget([f"p{number}" for number in range(1, 12)])
    assert [(near.first, near.second) for near in find_near(store)] == [(A, C)]


def test_the_table_is_parquet(store: RecordStore, tmp_path: Path) -> None:
    assert write_near(tmp_path / "near.parquet", find_near(store)) == 2
    assert parquet.read_table(tmp_path / "near.parquet").column_names == ["first", "second", "patients", "sppmi"]
