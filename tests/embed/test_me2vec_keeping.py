"""Vectors of patients lie beside the records, encrypted, for the owner alone, and go when a patient is forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from kg.embed.me2vec.settings import make_settings
from kg.embed.me2vec.state import read_state, write_state
from kg.embed.me2vec.training import train_me2vec
from kg.embed.vectors import Vectors
from kg.errors import NotFoundError
from kg.records.errors import RecordsError
from kg.records.forgetting import forget
from kg.records.patient_vectors import (
    list_patient_vectors,
    read_patient_state,
    read_patient_vectors,
    write_patient_vectors,
)
from planted_care import PARENTS, make_journeys
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


def test_a_kept_model_embeds_patients_as_the_one_that_was_trained(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    settings = make_settings(
        {
            "journeys": {"fewest_uses": 1},
            "graph": {"learn": "factors", "hierarchy": 0.3},
            "skipgram": {"dimensions": 16},
            "givers": {"epochs": 3},
            "line": {"dimensions": 8, "epochs": 2, "later": 3},
            "patients": {"parts": ["proximity", "line", "givers"], "weights": [1, 1, 1], "dimensions": 8},
        }
    )
    cpu = torch.device("cpu")
    for providers in (True, False):
        trained = train_me2vec(make_journeys(providers=providers), settings, device=cpu, parents=PARENTS)
        state = write_state(trained.pooling)
        write_patient_vectors(tmp_path, "mine", trained.patients, key=KEYS.store, state=state)
        later = make_journeys(patients=9, providers=providers, seed=3)
        kept = read_state(read_patient_state(tmp_path, "mine", key=KEYS.store), device=cpu)
        assert np.allclose(kept.embed(later), trained.embed(later).matrix, atol=1e-6)
