"""Patients who came after a training get vectors by what was trained; the others keep theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

import torch

from extractors.events import Event, EventKind, Person
from kg.embed.me2vec.journeys import Named, number_journeys
from kg.embed.me2vec.later import Later, digest_units, embed_later
from kg.embed.me2vec.model import TrainedMe2vec
from kg.embed.me2vec.reading import read_journeys
from kg.embed.me2vec.settings import make_settings
from kg.embed.me2vec.state import write_state
from kg.embed.me2vec.training import train_me2vec
from kg.embed.record_later import embed_later_patients
from kg.errors import NotFoundError
from kg.records.keys import make_keys
from kg.records.patient_vectors import (
    choose_patient_vectors,
    list_patient_vectors,
    read_made_of,
    read_patient_vectors,
    write_patient_vectors,
)
from kg_command import KgHere
from planted_care import PARENTS, SPECIALTIES, make_events, make_journeys
from record_rows import BY, KEYS, cleaned, fill, open_store, rows_of

CPU = torch.device("cpu")
PARTS = {"parts": ["proximity", "services", "recent", "givers"], "weights": [1, 1, 1, 1], "dimensions": 8, "fewest": 1}
SETTINGS = make_settings(
    {
        "journeys": {"fewest_events": 1, "fewest_uses": 1},
        "graph": {"learn": "factors", "hierarchy": 0.3},
        "skipgram": {"dimensions": 16},
        "givers": {"epochs": 3},
        "patients": PARTS,
    }
)


@pytest.fixture(scope="module")
def trained() -> TrainedMe2vec:
    torch.set_num_threads(1)
    return train_me2vec(make_journeys(), SETTINGS, device=CPU, parents=PARENTS, graph_version="7")


def made_of(trained: TrainedMe2vec) -> dict[str, bytes]:
    return dict(zip(make_journeys().visits, digest_units(make_journeys(), "visit"), strict=True))


def test_new_visits_get_vectors_and_the_others_keep_theirs(trained: TrainedMe2vec) -> None:
    events = list(make_events(patients=90))
    late = [
        each._replace(patient=f"n{each.patient}", visit=f"n{each.visit}") for each in make_events(patients=9, seed=3)
    ]
    embedded = embed_later(trained.pooling, number_journeys([*events, *late]), trained.patients, made_of(trained))
    assert embedded.counts == Later("visit", new=9, changed=0, kept=90, gone=0, unknown=0)
    assert np.array_equal(embedded.vectors.matrix[:90], trained.patients.matrix)
    fresh = embedded.vectors.take(np.arange(90, 99))
    assert set(fresh.names) == {f"nv{at}" for at in range(9)}
    groups = np.array([int(name[1:]) % 3 for name in trained.patients.names])
    centres = np.stack([trained.patients.matrix[groups == at].mean(0) for at in range(len(SPECIALTIES))])
    nearest = (fresh.matrix @ centres.T).argmax(1)
    assert (nearest == [int(name[2:]) % 3 for name in fresh.names]).mean() > 0.8
    assert embedded.vectors.graph_version == "7"


def test_what_changed_is_embedded_anew_and_what_went_goes(trained: TrainedMe2vec) -> None:
    events = [each for each in make_events(patients=90) if each.visit not in ("v3", "v4")]
    events.append(Named("p7", "v7", "surgery:1", 10, "", "", "procedure"))
    embedded = embed_later(trained.pooling, number_journeys(events), trained.patients, made_of(trained))
    assert embedded.counts == Later("visit", new=0, changed=1, kept=87, gone=2, unknown=0)
    place = embedded.vectors.names.index("v7")
    old = trained.patients.matrix[trained.patients.names.index("v7")]
    assert not np.allclose(embedded.vectors.matrix[place], old)
    assert not {"v3", "v4"} & set(embedded.vectors.names)


def test_who_has_nothing_that_the_model_knows_has_no_vector(trained: TrainedMe2vec) -> None:
    events = [*make_events(patients=90), Named("x", "x", "never seen", 1), Named("y", "y", "surgery:1", 1)]
    embedded = embed_later(trained.pooling, number_journeys(events), trained.patients, made_of(trained))
    assert embedded.counts == Later("visit", new=1, changed=0, kept=90, gone=0, unknown=1)
    assert "x" not in embedded.vectors.names


def test_short_visits_have_none_as_in_the_training() -> None:
    longer = replace(SETTINGS, journeys=replace(SETTINGS.journeys, fewest_events=5))
    made = train_me2vec(make_journeys(), longer, device=CPU, parents=PARENTS)
    events = [*make_events(patients=90), Named("y", "y", "surgery:1", 1)]
    assert embed_later(made.pooling, number_journeys(events), made.patients, made_of(made)).counts.unknown == 1


def test_records_of_nobody_have_no_vectors(trained: TrainedMe2vec) -> None:
    embedded = embed_later(trained.pooling, number_journeys([]), trained.patients, made_of(trained))
    assert embedded.counts == Later("visit", new=0, changed=0, kept=0, gone=90, unknown=0)
    assert embedded.vectors.matrix.shape == (0, trained.patients.matrix.shape[1])


@pytest.mark.parametrize("unit", ["visit", "patient"])
def test_who_was_trained_on_is_embedded_alike_with_repeats_too(unit: str) -> None:
    settings = replace(SETTINGS, journeys=replace(SETTINGS.journeys, unit=unit))
    events = [each for each in make_events(patients=60) for _ in range(1 + len(each.code) % 2)]
    trained = train_me2vec(number_journeys(events), settings, device=CPU, parents=PARENTS)
    assert np.allclose(trained.embed(number_journeys(events)).matrix, trained.patients.matrix, atol=1e-4)


def test_one_patient_of_several_visits_is_embedded_as_among_others() -> None:
    settings = replace(SETTINGS, journeys=replace(SETTINGS.journeys, unit="patient"))
    events = [each._replace(patient=f"p{int(each.patient[1:]) // 2}") for each in make_events(patients=60)]
    trained = train_me2vec(number_journeys(events), settings, device=CPU, parents=PARENTS)
    one = trained.embed(number_journeys([each for each in events if each.patient == "p4"]))
    assert np.allclose(one.matrix[0], trained.patients.matrix[trained.patients.names.index("p4")], atol=1e-4)


def test_digests_hang_on_events_and_not_on_numbers_or_other_patients() -> None:
    events = list(make_events(patients=9))
    whole, part = number_journeys(events), number_journeys([each for each in events if each.visit in ("v4", "v8")])
    told = dict(zip(whole.visits, digest_units(whole, "visit"), strict=True))
    assert dict(zip(part.visits, digest_units(part, "visit"), strict=True)) == {
        name: told[name] for name in ("v4", "v8")
    }
    assert len(set(told.values())) == 9
    first = events[0]
    others = (
        first._replace(code="x"),
        first._replace(provider="x"),
        first._replace(specialty="x"),
        first._replace(seconds=5),
    )
    for other in others:
        assert digest_units(number_journeys([other, *events[1:]]), "visit")[0] != told["v0"]


def _train_on(folder: Path, key: bytes = KEYS.store) -> None:
    """A model of the records in `folder`, kept beside them."""
    with open_store(folder, key=key) as store:
        journeys = read_journeys(store)
        made = train_me2vec(journeys, SETTINGS, device=CPU)
        digests = dict(zip(journeys.visits, digest_units(journeys, "visit"), strict=True))
        write_patient_vectors(
            folder,
            "care",
            made.patients,
            key=key,
            state=write_state(made.pooling),
            made_of=[digests[name] for name in made.patients.names],
        )


def test_patients_who_come_into_the_records_are_embedded_beside_them(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        fill(store, patients=6)
    _train_on(tmp_path)
    before = read_patient_vectors(tmp_path, "care", key=KEYS.store)
    with open_store(tmp_path) as store:
        store.put(cleaned(rows_of(77)))
        store.put(cleaned([Person("z"), Event("ez", "z", EventKind.CONDITION, "Quinsy")]))
        counts = embed_later_patients(store, "care", key=KEYS.store, device="cpu", say=lambda _: None)
        again = embed_later_patients(store, "care", key=KEYS.store, device="cpu", say=lambda _: None)
    assert counts == Later("visit", new=2, changed=0, kept=len(before.names), gone=0, unknown=1)
    assert again == Later("visit", new=0, changed=0, kept=len(before.names) + 2, gone=0, unknown=1)
    after = read_patient_vectors(tmp_path, "care", key=KEYS.store)
    new = BY.pseudonym("Patient/77")
    assert set(after.names) - set(before.names) == {f"{new}/0", f"{new}/1"}
    # Patient 77 had just what the others had.
    other = BY.pseudonym("Patient/1")
    for visit in (0, 1):
        one, same = (after.matrix[after.names.index(f"{who}/{visit}")] for who in (new, other))
        assert np.allclose(one, same, atol=1e-4)
    [path] = tmp_path.glob("vectors-*")
    assert path.stat().st_mode & 0o777 == 0o600
    assert new.encode() not in path.read_bytes()
    assert set(read_made_of(tmp_path, "care", key=KEYS.store)) == set(after.names)


def test_the_only_vectors_are_meant_where_none_are_named(tmp_path: Path, trained: TrainedMe2vec) -> None:
    with pytest.raises(NotFoundError, match="kg embed train --model me2vec"):
        choose_patient_vectors(tmp_path)
    for name in ("one", "two"):
        write_patient_vectors(tmp_path, name, trained.patients, key=None)
        assert choose_patient_vectors(tmp_path, "one") == "one"
        assert name == "two" or choose_patient_vectors(tmp_path) == "one"
    with pytest.raises(NotFoundError, match="one of one, two"):
        choose_patient_vectors(tmp_path)
    assert list_patient_vectors(tmp_path) == ["one", "two"]


def test_the_command_tells_how_many_and_not_who(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    keys = make_keys(home / "records.key")
    kg = KgHere(home, tmp_path)
    with open_store(home / "records", key=keys.store) as store:
        fill(store, patients=6)
    missing = kg.run("records", "embed")
    assert missing.returncode == 1
    assert "kg embed train --model me2vec" in missing.stderr
    _train_on(home / "records", key=keys.store)
    with open_store(home / "records", key=keys.store) as store:
        store.put(cleaned(rows_of(77)))
    shown = kg.run("records", "embed", "--device", "cpu")
    assert "2 new visits" in shown.stdout
    assert BY.pseudonym("Patient/77") not in shown.stdout + shown.stderr
    told = json.loads(kg("records", "embed", "--model", "care", "--device", "cpu", "--json"))
    assert told == {"model": "care", "unit": "visit", "new": 0, "changed": 0, "kept": 14, "gone": 0, "unknown": 0}
