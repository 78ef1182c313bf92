"""The shelf of models where something is in the way: names, disks, trainings that were cut off, others who write."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.doctor import Health, examine
from kg.embed.errors import EmbeddingError
from kg.embed.places import claim, replacing
from kg.embed.shelf import LiveModel, Shelf
from kg.embed.trained import ABOUT, INDEX, RELATIONS, VECTORS, open_trained, write_about, write_matrices
from kg.errors import UnknownNameError
from kg.records.keys import make_keys, read_keys
from kg_command import Kg, KgHere
from ontologies.locks import alone_in
from record_rows import open_store
from small_model import make_small_model


@pytest.fixture
def here(kg_home: Path, modelled_graph: Path, tmp_path: Path) -> Kg:
    (tmp_path / "graph").symlink_to(modelled_graph)
    return KgHere(kg_home, tmp_path)


@pytest.fixture
def frozen(kg_home: Path, modelled_graph: Path, tmp_path: Path) -> Iterator[Kg]:
    """The command beside a graph with a model on a disk that cannot be written to."""
    place = tmp_path / "graph"
    place.mkdir()
    # As a model that was trained on facts has one, which is what can be extended.
    (modelled_graph / "vectors" / "hand" / "state.pt").touch()
    sides = str(modelled_graph), str(place)
    made = [["--bind", *sides], ["-o", "remount,ro,bind", *sides]]
    if shutil.which("mount") is None or any(
        subprocess.run(["mount", *words], capture_output=True).returncode for words in made
    ):
        pytest.skip("needs a disk of its own: run as root on Linux, where folders can be mounted")
    yield KgHere(kg_home, tmp_path)
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("name", ["current", "Current", "none"])
def test_names_that_mean_something_else_are_refused_before_facts_are_read(name: str, here: Kg) -> None:
    pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")
    done = here.run("embed", "train", "--name", name)
    assert (done.returncode, "means something else" in done.stderr) == (1, True)
    assert "reading" not in done.stderr
    assert Shelf(here.graph).current() == "hand"


def test_a_folder_where_the_served_name_goes_stops_nothing_but_serving(here: Kg, modelled_graph: Path) -> None:
    shelf = Shelf(modelled_graph)
    (shelf.folder / "current").unlink()
    shutil.copytree(shelf.folder / "hand", shelf.folder / "current")
    assert shelf.current() == ""
    assert "no vectors" in here.run("embed", "similar", "amiodarone").stderr
    assert "`kg embed remove current`" in here.run("embed", "use", "hand").stderr
    assert {row["name"] for row in json.loads(here("embed", "list", "--json"))} >= {"hand"}
    here("embed", "remove", "current")
    here("embed", "use", "hand")
    assert shelf.current() == "hand"


@pytest.mark.parametrize("words", [("use", "hand"), ("remove", "hand"), ("train",), ("extend",)])
def test_what_would_write_to_a_read_only_shelf_is_one_sentence(words: tuple[str, ...], frozen: Kg) -> None:
    if words[0] in ("train", "extend"):
        pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")
    done = frozen.run("embed", *words)
    assert done.returncode == 1
    assert "cannot be written (Read-only file system): make it writable" in done.stderr
    assert "reading" not in done.stderr
    assert "hand" in frozen("embed", "list")


def test_without_torch_the_sentence_comes_before_the_work(here: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(here.folder / "records.key")
    with open_store(here.folder / "records", key=read_keys(here.folder / "records.key").store):
        pass
    monkeypatch.setenv("KG_RECORDS", str(here.folder / "records"))
    monkeypatch.setenv("KG_RECORDS_KEY", str(here.folder / "records.key"))
    program = "import sys; sys.modules['torch'] = None; from kg.cli import main; main()"
    for model in ("complex", "me2vec"):
        command = [sys.executable, "-c", program, "embed", "train", "--model", model]
        done = subprocess.run(command, env=here.environment, cwd=here.folder, capture_output=True, text=True)
        assert done.returncode == 1
        assert done.stderr.startswith("kg: training needs torch")


def test_doctor_looks_at_all_models(modelled_graph: Path, kg_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("usearch", reason="the extra is missing: pip install 'medkg[vectors]'")
    monkeypatch.setenv("KG_HOME", str(kg_home))
    cut, broken, without = (make_small_model(modelled_graph, name=name) for name in ("cut", "broken", "without"))
    Shelf(modelled_graph).serve("hand")
    (cut / INDEX).write_bytes(b"usearch")
    (broken / ABOUT).write_text("{", encoding="utf-8")
    (without / VECTORS).unlink()
    found = [each for each in examine(modelled_graph) if each.subject.startswith("vector")]
    told = {(each.subject, each.health) for each in found}
    assert told == {("vectors", Health.BAD), ("vectors", Health.OK), ("vector index", Health.NOTE)}
    assert all(any(name in each.finding for each in found) for name in ("cut", "broken", "without", "hand"))


def test_a_file_that_was_missing_is_read_when_it_is_back(modelled_graph: Path) -> None:
    trained = Shelf(modelled_graph).open()
    path = trained.folder / RELATIONS
    path.rename(path.with_suffix(".away"))
    with pytest.raises(EmbeddingError, match="missing, which holds the vectors of predicates"):
        _ = trained.relations
    path.with_suffix(".away").rename(path)
    assert trained.relations is not None


def test_what_is_served_is_read_at_once_and_is_of_one_training(modelled_graph: Path) -> None:
    live = LiveModel(modelled_graph)
    served = live()
    assert served is not None
    for name in (VECTORS, RELATIONS, INDEX):
        (served.folder / name).unlink()
    assert served.neighbours.find(served.vectors.names[0], first=1)
    assert served.relations is not None
    make_small_model(modelled_graph)
    write_about(replace(served.about, vectors=7), served.folder)
    with pytest.raises(EmbeddingError, match=r"9 vectors and model\.json tells of 7"):
        live()


def test_a_model_that_is_being_moved_is_left_alone(modelled_graph: Path) -> None:
    shelf = Shelf(modelled_graph)
    aside = shelf.folder / ".hand.before"
    with alone_in(shelf.folder):
        shelf.place("hand").rename(aside)
        asked = threading.Thread(target=shelf.names)
        asked.start()
        asked.join(0.3)
        assert aside.exists()
        aside.rename(shelf.place("hand"))
    asked.join()
    assert shelf.names() == ["hand"]


def test_what_trainings_left_is_told_and_deleted(here: Kg, modelled_graph: Path) -> None:
    shelf = Shelf(modelled_graph)
    for name in ("hand", "gone", "gone.too"):
        left = shelf.folder / f".{name}.0123456789ab"
        left.mkdir()
        (left / "checkpoint.pt").write_bytes(b"0" * 3_000_000)
    rows = {
        row["name"]: row["unfinished"] for row in json.loads(here("embed", "list", "--json")) if "unfinished" in row
    }
    assert {name: row["bytes"] for name, row in rows.items()} == dict.fromkeys(("hand", "gone", "gone.too"), 3_000_000)
    assert not any(row["running"] for row in rows.values())
    assert "cut off within the last hour and left 3.0 MB" in " ".join(here("embed", "list").split())
    with shelf.claim("gone"):
        assert "gone is being trained now" in here("embed", "list")
    assert "--unfinished" in next(each.finding for each in examine(modelled_graph) if "unfinished" in each.subject)
    assert "left (3.0 MB) is deleted" in here.run("embed", "remove", "hand", "--unfinished").stderr
    assert shelf.names() == ["hand"]
    assert "nothing to delete" in here.run("embed", "remove", "hand", "--unfinished").stderr
    here("embed", "remove", "gone")
    assert [one.name for one in shelf.unfinished()] == ["gone.too"]
    assert "known are: gone.too, hand" in here.run("embed", "remove", "gone", "--unfinished").stderr
    with pytest.raises(UnknownNameError):
        shelf.remove("")


def test_a_killed_training_is_told_and_its_rest_goes(kg_home: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")
    from planted_labels import make_planted_graph

    kg = Kg(kg_home, tmp_path)
    shelf = Shelf(make_planted_graph(kg.graph))
    long = ("--set", "rank=8", "--set", "epochs=100000", "--set", "patience=0", "--set", "evaluate_every=1")
    training = kg.start("embed", "train", *long, "--name", "long")
    try:
        while not list(shelf.folder.glob(".long.*/checkpoint.pt")):
            assert training.poll() is None
            time.sleep(0.1)
        assert [one.running for one in shelf.unfinished()] == [True]
        with pytest.raises(EmbeddingError, match="being trained"):
            shelf.remove("long")
    finally:
        training.kill()
        training.wait()
    assert [(one.name, one.running) for one in shelf.unfinished()] == [("long", False)]
    shelf.remove("long")
    assert list(shelf.folder.iterdir()) == []


def test_what_another_is_writing_is_not_touched(modelled_graph: Path) -> None:
    from kg.embed.again import keep_only

    trained = Shelf(modelled_graph).open()
    with claim(trained.folder), replacing(trained.folder) as writing:
        keep_only(trained, trained.vectors.names[:4])
        assert open_trained(trained.folder).about.erased
        write_matrices(writing, trained.vectors)
        write_about(replace(trained.about, trained="2030-01-01", scoring="", model="me2vec"), writing)
    keep_only(trained, trained.vectors.names[:2])
    keep_only(trained, ())
    left = open_trained(trained.folder)
    assert (left.about.trained, left.about.erased, len(left.vectors.names)) == ("2030-01-01", False, 9)
