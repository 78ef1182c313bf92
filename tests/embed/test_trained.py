"""The folder of a trained model, and the models of a graph."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kg.embed.errors import EmbeddingError
from kg.embed.places import replacing
from kg.embed.shelf import Shelf
from kg.embed.trained import ABOUT, Trained, open_trained, write_about
from kg.errors import UnknownNameError
from small_model import ABOUT as BY_HAND
from small_model import make_small_model


def test_what_is_known_of_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_about(BY_HAND, tmp_path)
    assert open_trained(tmp_path).about == BY_HAND


def test_a_model_has_vectors_of_concepts_and_predicates(hand_model: Trained) -> None:
    assert hand_model.vectors.matrix.shape == (9, 3)
    assert set(hand_model.vectors.kinds) == {"drug", "disease", "finding"}
    assert hand_model.relations is not None
    assert hand_model.relations.names == ("indicated_for", "causes_adverse_event")


@pytest.mark.parametrize(
    ("content", "told"),
    [("{}", "cannot be read"), ("no JSON", "cannot be read"), ('{"format": 99}', "update medkg"), (None, "no trained")],
)
def test_a_damaged_or_foreign_folder_is_told(content: str | None, told: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / ABOUT).write_text(content, encoding="utf-8")
    with pytest.raises(EmbeddingError, match=told):
        open_trained(tmp_path)


def test_a_model_that_fails_leaves_the_last_good_one(hand_model: Trained) -> None:
    with pytest.raises(RuntimeError), replacing(hand_model.folder) as folder:
        (folder / ABOUT).write_text("half", encoding="utf-8")
        raise RuntimeError
    assert open_trained(hand_model.folder).about == hand_model.about
    assert [path.name for path in hand_model.folder.parent.iterdir() if path.name.startswith(".")] == []


def test_a_model_takes_the_place_of_the_one_of_its_name(hand_model: Trained) -> None:
    with replacing(hand_model.folder) as folder:
        write_about(replace(hand_model.about, seed=7), folder)
    assert open_trained(hand_model.folder).about.seed == 7


def test_a_model_that_cannot_take_its_place_leaves_the_last_good_one(hand_model: Trained) -> None:
    with pytest.raises(FileNotFoundError), replacing(hand_model.folder) as folder:
        folder.rmdir()
    assert open_trained(hand_model.folder).about == hand_model.about


def test_a_model_moved_aside_by_a_training_that_was_cut_off_comes_back(modelled_graph: Path) -> None:
    shelf = Shelf(modelled_graph)
    aside = shelf.folder / ".hand.before"
    shelf.place("hand").rename(aside)
    assert shelf.current() == "hand"
    shelf.place("hand").rename(aside)
    with shelf.claim("hand"):
        assert shelf.names() == ["hand"]
    shelf.place("hand").rename(aside)
    with pytest.raises(RuntimeError), replacing(shelf.place("hand")):
        raise RuntimeError
    assert shelf.names() == ["hand"]


def test_a_model_that_was_replaced_as_its_training_was_killed_never_comes_back(modelled_graph: Path) -> None:
    shelf = Shelf(modelled_graph)
    aside = shelf.folder / ".hand.before"
    shutil.copytree(shelf.place("hand"), aside)
    shelf.remove("hand")
    assert shelf.names() == []
    assert not aside.exists()


def test_vectors_of_another_version_are_told_with_the_remedy(hand_model: Trained) -> None:
    version = hand_model.about.graph_version
    assert not hand_model.is_stale(version)
    assert hand_model.tell_stale(version) == ""
    assert "run `kg embed train --model distmult` again" in hand_model.tell_stale("0" * 32)


def test_one_model_of_a_graph_is_current(modelled_graph: Path) -> None:
    shelf = Shelf(modelled_graph)
    seen = shelf.state()
    make_small_model(modelled_graph, name="second")
    assert shelf.names() == ["hand", "second"]
    assert shelf.open().about.name == "second"
    assert shelf.state() != seen
    shelf.serve("hand")
    assert shelf.open().about.name == "hand"
    shelf.remove("hand")
    assert shelf.current() == ""
    assert shelf.names() == ["second"]


def test_a_model_is_found_by_its_name_and_by_its_folder(modelled_graph: Path, tmp_path: Path) -> None:
    shelf = Shelf(modelled_graph)
    assert shelf.open("hand").about == shelf.open(str(modelled_graph / "vectors" / "hand")).about
    with pytest.raises(UnknownNameError, match="known are: hand"):
        shelf.open("other")
    with pytest.raises(EmbeddingError, match="kg embed train"):
        Shelf(tmp_path / "none").open()


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "x" * 61])
def test_what_is_no_name_of_a_model_is_refused(name: str, modelled_graph: Path) -> None:
    with pytest.raises(EmbeddingError, match="no name of a model"):
        Shelf(modelled_graph).place(name)


def test_models_of_a_server_lie_under_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_HOME", str(tmp_path))
    folders = {Shelf(f"neo4j://host:7687/{database}").folder for database in ("a", "b")}
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {tmp_path / "vectors"}


def test_what_is_known_of_a_model_is_plain_json(hand_model: Trained) -> None:
    told = json.loads((hand_model.folder / ABOUT).read_text(encoding="utf-8"))
    assert told["format"] == 1
    assert told["scores"]["test"]["mrr"] == 0.5
