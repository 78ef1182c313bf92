"""Vectors of patients lie beside the records, encrypted, for the owner alone, and go when a patient is forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.embed.vectors import Vectors
from kg.errors import NotFoundError
from kg.records.errors import RecordsError
from kg.records.forgetting import forget
from kg.records.patient_vectors import list_patient_vectors, read_patient_vectors, write_patient_vectors
from record_rows import BY, KEYS, fill, open_store

VECTORS = Vectors(("pseudonym-of-a/1", "pseudonym-of-b/1"), np.array([[1, 2.5], [3, -4]], np.float32), "7", "me2vec")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = write_patient_vectors(tmp_path, "mine", VECTORS, key=KEYS.store)
    read = read_patient_vectors(tmp_path, "mine", key=KEYS.store)
    assert (read.names, read.graph_version, read.model) == (VECTORS.names, "7", "me2vec")
    assert np.array_equal(read.matrix, VECTORS.matrix)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list_patient_vectors(tmp_path) == ["mine"]


def test_nothing_is_read_without_the_key(tmp_path: Path) -> None:
    path = write_patient_vectors(tmp_path, "mine", VECTORS, key=KEYS.store)
    assert b"pseudonym-of-a" not in path.read_bytes()
    assert b"SQLite" not in path.read_bytes()
    with pytest.raises(RecordsError, match="the key does not open"):
        read_patient_vectors(tmp_path, "mine", key=KEYS.rows)


def test_writing_again_replaces(tmp_path: Path) -> None:
    write_patient_vectors(tmp_path, "mine", VECTORS, key=KEYS.store)
    write_patient_vectors(tmp_path, "mine", Vectors((), np.zeros((0, 3), np.float32), "8", "me2vec"), key=KEYS.store)
    assert read_patient_vectors(tmp_path, "mine", key=KEYS.store).matrix.shape == (0, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["vectors-mine.db"]


def test_forgetting_a_patient_takes_all_vectors_away(tmp_path: Path) -> None:
    with open_store(tmp_path / "records") as store:
        fill(store, patients=3)
        write_patient_vectors(store.folder, "mine", VECTORS, key=KEYS.store)
        forget(store, [BY.pseudonym("Patient/1")])
        assert list_patient_vectors(store.folder) == []


def test_names_are_checked_and_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="small letters"):
        write_patient_vectors(tmp_path, "../elsewhere", VECTORS, key=None)
    with pytest.raises(NotFoundError, match="train them"):
        read_patient_vectors(tmp_path, "mine", key=None)
