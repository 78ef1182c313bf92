"""What was learned from records when a patient is forgotten: it is marked, and tells no more of codes of few."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from extractors.events import Event, EventKind, Person
from kg.doctor import examine
from kg.embed.again import iter_marked
from kg.embed.neighbours import open_index
from kg.embed.places import replacing
from kg.embed.shelf import Shelf
from kg.embed.trained import About, Trained, write_about, write_matrices
from kg.embed.vectors import Vectors
from kg.records.forgetting import DERIVED, forget
from kg.records.learned import LearnedModel
from kg.records.pending import Pending
from kg.records.store import RecordStore
from kg_command import KgHere
from record_rows import BY, cleaned, open_store
from small_model import ABOUT

COMMON, RARE, EDGE = "test:common", "test:rare", "test:edge"
MATRIX = np.array([[1.0, 0.1], [2.0, 0.7], [3.0, 0.3]], np.float32)


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    """Records of fifteen patients."""
    store = open_store(tmp_path / "records")
    for number in range(15):
        store.put(cleaned([Person(f"p{number}"), Event(f"e{number}", f"p{number}", EventKind.CONDITION, "Gout")]))
    return store


@pytest.fixture
def model(store: RecordStore, modelled_graph: Path) -> Trained:
    """A model of codes of 15, 11 and 12 patients, learned from them, and beside it a model that was not."""
    return put_model(store, modelled_graph)


def put_model(store: RecordStore, graph: Path, *, kept: bool = True) -> Trained:
    shelf = Shelf(graph)
    vectors = Vectors((COMMON, RARE, EDGE), MATRIX, "7", "me2vec", ("disease",) * 3)
    with replacing(shelf.place("care")) as folder:
        write_matrices(folder, vectors)
        write_about(_named("care"), folder)
        (folder / "map.html").write_text(RARE, encoding="utf-8")
    if kept:
        users = {COMMON: 15, RARE: 11, EDGE: 12}
        store.keep_model(LearnedModel(str(shelf.place("care").resolve()), ABOUT.trained, store.count_erased(), users))
    return shelf.open("care")


def _named(name: str) -> About:
    return replace(ABOUT, name=name, model="me2vec", scoring="", vectors=3, dimensions=2, command="kg embed train X")


def forget_one(store: RecordStore, number: int) -> None:
    forget(store, [BY.pseudonym(f"p{number}")])


def test_codes_that_may_be_of_few_leave_and_the_model_says_so(
    store: RecordStore, model: Trained, modelled_graph: Path
) -> None:
    before = b"".join(path.read_bytes() for path in model.folder.iterdir())
    assert RARE.encode() in before
    assert MATRIX[1].tobytes() in before
    forget_one(store, 3)
    left = Shelf(modelled_graph).open("care")
    assert left.vectors.names == (COMMON, EDGE)
    assert np.array_equal(left.vectors.matrix, MATRIX[[0, 2]])
    assert left.vectors.kinds == ("disease", "disease")
    assert [near.name for near in left.neighbours.find(COMMON, first=5)] == [EDGE]
    assert open_index(left.vectors, left.folder / "vectors.usearch") is not None
    after = b"".join(path.read_bytes() for path in left.folder.iterdir())
    assert RARE.encode() not in after
    assert MATRIX[1].tobytes() not in after
    assert left.about.vectors == 2
    assert "train it again" in (left.folder / "card.md").read_text(encoding="utf-8")
    assert "kg embed train X" in left.tell_erased()
    assert [each.about.name for each in iter_marked(store)] == ["care"]


def test_what_leaves_does_not_hang_on_what_the_patient_had(store: RecordStore, model: Trained) -> None:
    """Nobody had any of the codes here, and they leave all the same: a difference would tell of one patient."""
    forget_one(store, 0)
    assert Trained(model.folder, model.about).vectors.names == (COMMON, EDGE)
    forget_one(store, 1)
    assert Trained(model.folder, model.about).vectors.names == (COMMON,)


def test_a_model_of_which_nothing_may_be_told_goes(store: RecordStore, model: Trained, modelled_graph: Path) -> None:
    for number in range(5):
        forget_one(store, number)
    assert Shelf(modelled_graph).names() == ["hand"]
    assert not model.folder.exists()


def test_other_models_and_forgetting_nobody_change_nothing(
    store: RecordStore, model: Trained, modelled_graph: Path
) -> None:
    forget(store, ["nobody"])
    assert Shelf(modelled_graph).open("care").vectors.names == (COMMON, RARE, EDGE)
    forget_one(store, 3)
    assert not Shelf(modelled_graph).open("hand").about.erased


def test_a_model_that_was_trained_since_counts_from_then(store: RecordStore, model: Trained, tmp_path: Path) -> None:
    forget_one(store, 3)
    again = put_model(store, model.folder.parent.parent)
    assert list(iter_marked(store)) == []
    forget_one(store, 4)
    assert Trained(again.folder, again.about).vectors.names == (COMMON, EDGE)


def test_another_model_in_its_place_is_left_alone(store: RecordStore, modelled_graph: Path, model: Trained) -> None:
    with replacing(model.folder) as folder:
        write_matrices(folder, model.vectors)
        write_about(replace(model.about, trained="2030-01-01"), folder)
    forget_one(store, 3)
    assert Shelf(modelled_graph).open("care").vectors.names == (COMMON, RARE, EDGE)


def test_codes_are_gone_before_the_patient_is_and_a_kill_between_leaves_the_rest_to_do(
    store: RecordStore, model: Trained, modelled_graph: Path
) -> None:
    pseudonym = BY.pseudonym("p3")
    store.keep_pending(Pending((pseudonym,), (str(model.folder.resolve()),)))
    for keeper in map(import_module, DERIVED):
        keeper.clear(store, str(model.folder.resolve()))
    assert store.find_patient(pseudonym)
    assert Shelf(modelled_graph).open("care").vectors.names == (COMMON, EDGE)
    forget(store, [pseudonym])
    assert Shelf(modelled_graph).open("care").vectors.names == (COMMON, EDGE)
    assert not store.get_pending()


def test_list_doctor_and_similar_say_to_train_again(
    store: RecordStore,
    model: Trained,
    modelled_graph: Path,
    kg_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KG_HOME", str(kg_home))
    (tmp_path / "graph").symlink_to(modelled_graph)
    here = KgHere(kg_home, tmp_path)
    assert "erased" not in here("embed", "list")
    forget_one(store, 3)
    assert "records of which some were erased" in " ".join(here("embed", "list").split())
    listed = {row["name"]: row["erased"] for row in json.loads(here("embed", "list", "--json"))}
    assert listed == {"care": True, "hand": False}
    assert "kg embed train X" in next(each.finding for each in examine(modelled_graph) if "erased" in each.subject)
    assert "erased since" in here.run("embed", "export", "care", "out.parquet").stderr
