"""Training of all levels at once, patients who come later, settings, and what may leave the record room."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from kg.embed.errors import SettingsError
from kg.embed.me2vec.journeys import number_journeys
from kg.embed.me2vec.model import TrainedMe2vec
from kg.embed.me2vec.settings import Me2vecSettings, make_settings, read_preset
from kg.embed.me2vec.training import Told, train_me2vec
from kg.embed.settings import read_table
from planted_care import PARENTS, SPECIALTIES, make_events, make_journeys

CPU = torch.device("cpu")
SMALL = make_settings(
    {
        "graph": {"kernel": "halving", "minutes": 600, "hierarchy": 0.3},
        "walks": {"length": 20, "each": 5},
        "skipgram": {"dimensions": 16, "window": 3, "epochs": 2, "rate": 0.05},
        "givers": {"epochs": 20},
        "line": {"dimensions": 8, "epochs": 5},
        "patients": {
            "parts": ["proximity", "line", "services", "recent", "givers"],
            "weights": [1, 0.5, 1, 1, 2],
            "dimensions": 8,
        },
    }
)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained() -> TrainedMe2vec:
    return train_me2vec(make_journeys(), SMALL, device=CPU, parents=PARENTS, graph_version="7")


def test_all_levels_have_vectors(trained: TrainedMe2vec) -> None:
    assert set(trained.services.names) == {*PARENTS, "care"}
    assert trained.specialties.names == SPECIALTIES
    assert len(trained.providers.names) == 12
    assert trained.patients.matrix.shape == (90, sum(trained.parts.values()))
    assert trained.parts == {"proximity": 8, "line": 8, "services": 16, "recent": 8, "givers": 32}
    assert trained.patients.graph_version == "7"


def test_equal_seeds_give_equal_vectors(trained: TrainedMe2vec) -> None:
    again = train_me2vec(make_journeys(), SMALL, device=CPU, parents=PARENTS)
    assert np.array_equal(again.patients.matrix, trained.patients.matrix)


def test_parts_are_as_long_as_their_weights_say(trained: TrainedMe2vec) -> None:
    squares = [
        float((part**2).sum(1).mean())
        for part in np.split(trained.patients.matrix, np.cumsum(list(trained.parts.values()))[:-1], axis=1)
    ]
    assert np.allclose(np.array(squares) / squares[0], [1, 0.25, 1, 1, 4], rtol=1e-3)


def test_who_was_trained_on_is_embedded_alike() -> None:
    settings = replace(SMALL, patients=replace(SMALL.patients, parts=("proximity", "givers"), weights=(1.0, 1.0)))
    trained = train_me2vec(make_journeys(), settings, device=CPU, parents=PARENTS)
    assert np.allclose(trained.embed(make_journeys()).matrix, trained.patients.matrix, atol=1e-4)


def test_a_new_patient_lies_near_those_of_the_same_care(trained: TrainedMe2vec) -> None:
    vectors = trained.embed(make_journeys(patients=30, seed=99))
    groups = [int(name[1:]) % 3 for name in trained.patients.names]
    centres = np.stack([trained.patients.matrix[np.array(groups) == at].mean(0) for at in range(3)])
    nearest = (vectors.matrix @ centres.T).argmax(1)
    assert (nearest == [int(name[1:]) % 3 for name in vectors.names]).mean() > 0.9


def test_one_patient_may_be_embedded_with_codes_and_givers_never_seen(trained: TrainedMe2vec) -> None:
    events = list(make_events(patients=1))
    strange = [each._replace(provider="Nobody", specialty="none") for each in events]
    one = number_journeys([*strange, events[0]._replace(code="never seen")])
    vectors = trained.embed(one).matrix
    assert vectors.shape == (1, sum(trained.parts.values()))
    assert np.isfinite(vectors).all()


def test_patients_may_be_the_unit() -> None:
    settings = replace(SMALL, journeys=replace(SMALL.journeys, unit="patient"))
    trained = train_me2vec(make_journeys(), settings, device=CPU, parents=PARENTS)
    assert trained.patients.names[0] == "p0"


def test_services_may_be_learned_in_closed_form() -> None:
    settings = replace(SMALL, graph=replace(SMALL.graph, learn="factors"))
    trained = train_me2vec(make_journeys(), settings, device=CPU, parents=PARENTS)
    assert trained.services.matrix.shape == (28, 16)
    assert np.isfinite(trained.patients.matrix).all()


def test_without_providers_or_a_terminology_there_are_vectors_too() -> None:
    trained = train_me2vec(make_journeys(providers=False), SMALL, device=CPU)
    assert trained.providers.names == make_journeys().visits
    assert np.isfinite(trained.embed(make_journeys(patients=4, providers=False)).matrix).all()


def test_only_services_of_many_patients_leave_the_record_room(trained: TrainedMe2vec) -> None:
    public = trained.get_public_services(least=30)
    kept = dict(zip(trained.services.names, trained.users, strict=True))
    assert set(public.names) == {name for name, users in kept.items() if users >= 30}
    assert kept["care"] == 90
    assert "care" in public.names
    assert 0 < len(public.names) < len(trained.services.names)


def test_progress_tells_of_every_level() -> None:
    told: list[Told] = []
    train_me2vec(make_journeys(), SMALL, device=CPU, told=told.append)
    assert list(dict.fromkeys(each.level for each in told)) == ["services", "providers", "patients"]


@pytest.mark.parametrize("name", ["care", "paper"])
def test_bundled_settings_are_read(name: str) -> None:
    assert read_preset(name).journeys.unit == "visit"
    assert read_preset("paper").patients.parts == ("line",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"graphs": {}}, "graphs is no setting; known are journeys"),
        ({"graph": {"kernel": "round"}}, "settings, graph: kernel = 'round' must be one of bins, window, halving"),
        ({"graph": 3}, "is a table"),
        ({"walks": {"p": "4"}}, "settings, walks: p = '4' must be of type float"),
        ({"walks": {"length": True}}, "length = True must be of type int"),
        ({"walks": {"q": 0}}, "q is 0.0; it must be above 0"),
        ({"journeys": {"unit": "day"}}, "neither visit nor patient"),
        ({"line": {"start": "zero"}}, "neither mean nor chance"),
        ({"patients": {"parts": ["line", "line"]}}, "each once"),
        ({"patients": {"parts": "line"}}, "parts = 'line' must be a list"),
        ({"patients": {"even": [3]}}, r"even\[0\] = 3 must be of type str"),
        ({"patients": {"parts": ["line"]}}, "a number above 0 for each of line"),
        ({"graph": {"learn": "luck"}}, "neither walks nor factors"),
        ({"patients": {"even": ["wards"]}}, "is not made of"),
        ({"skipgram": {"dimensions": 30}}, "no multiple"),
    ],
)
def test_settings_that_cannot_be_are_told(given: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        make_settings(given)


def test_settings_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("seed = 3\n[walks]\nlength = 7\n", encoding="utf-8")
    assert make_settings(read_table(path)) == replace(
        Me2vecSettings(seed=3), walks=replace(Me2vecSettings().walks, length=7)
    )
    path.write_text("seed = ", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_table(path)
    with pytest.raises(SettingsError, match="use one of care, paper"):
        read_preset("mine")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here: ME2Vec on a GPU is not tested")
def test_a_gpu_gives_vectors_of_the_same_shape_and_use() -> None:
    trained = train_me2vec(make_journeys(), SMALL, device=torch.device("cuda"), parents=PARENTS)
    assert trained.patients.matrix.shape == (90, sum(trained.parts.values()))
    assert np.isfinite(trained.embed(make_journeys(patients=4)).matrix).all()
