"""ME2Vec trained on an events store: what goes beside the graph, and what stays beside the records."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from kg.embed.errors import EmbeddingError
from kg.embed.me2vec.running import CareOrder, run_me2vec
from kg.embed.me2vec.settings import make_settings
from kg.embed.shelf import Shelf
from kg.embed.trained import open_trained
from kg.records.patient_vectors import read_patient_vectors
from kg.records.store import RecordStore
from record_rows import KEYS, cleaned, fill, open_store, rows_of

SETTINGS = make_settings(
    {
        "journeys": {"fewest_events": 1, "fewest_uses": 1, "unit": "patient"},
        "graph": {"kernel": "halving", "minutes": 1e6, "hierarchy": 0.3},
        "walks": {"length": 10, "each": 2},
        "skipgram": {"dimensions": 8, "epochs": 1},
        "patients": {"parts": ["proximity", "services"], "weights": [1, 1], "dimensions": 4},
    }
)
PARENTS = {"MONDO:0005393": ["MONDO:1"]}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


def store_of(folder: Path, *, patients: int) -> RecordStore:
    store = open_store(folder)
    fill(store, patients=patients)
    return store


def train(store: RecordStore, graph: Path) -> Path:
    order = CareOrder(settings=SETTINGS, device="cpu", graph_version="7", pictures=False)
    made = run_me2vec(store, order, Shelf(graph), key=KEYS.store, parents_of=lambda code: PARENTS.get(code, []))
    return made.folder


def test_services_go_to_the_graph_and_patients_stay(tmp_path: Path) -> None:
    with store_of(tmp_path / "records", patients=12) as store:
        folder = train(store, tmp_path / "graph")
        patients = read_patient_vectors(store.folder, "me2vec", key=KEYS.store)
        pseudonyms = {patient.pseudonym for patient in store.iter_patients()}
    trained = open_trained(folder)
    assert set(trained.vectors.names) == {"MONDO:0005393", "MONDO:1", "loinc:3084-1", "rxnorm:519"}
    assert trained.vectors.kinds[trained.vectors.names.index("rxnorm:519")] == "drug"
    assert (trained.about.graph_version, trained.about.split["patients, in whole elevens"]) == ("7", 11)
    assert set(patients.names) == pseudonyms
    written = b"".join(path.read_bytes() for path in (tmp_path / "graph").rglob("*") if path.is_file())
    assert not any(pseudonym.encode() in written for pseudonym in pseudonyms)


def test_services_of_few_patients_stay_too(tmp_path: Path) -> None:
    with open_store(tmp_path / "records") as store:
        fill(store, patients=10)
        for number in (10, 11):
            store.put(cleaned(list(rows_of(number))[:3]))  # the condition alone
        folder = train(store, tmp_path / "graph")
    assert set(open_trained(folder).vectors.names) == {"MONDO:0005393", "MONDO:1"}


def test_few_patients_are_not_learned_from(tmp_path: Path) -> None:
    with store_of(tmp_path / "records", patients=10) as store, pytest.raises(EmbeddingError, match="fewer than 11"):
        train(store, tmp_path / "graph")
