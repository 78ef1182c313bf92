"""A model takes in concepts that came after its training: old vectors stay, new ones are like their kind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.embed.extending import compare
from kg.embed.facts import read_facts
from kg.embed.shelf import Shelf
from kg.embed.split_files import read_written_split
from kg.embed.trained import NETWORK, SPLIT, Trained
from kg.export.view import View
from kg.model import Node
from kg.stores import connect
from kg_command import Kg, KgHere
from ontologies.model import Kind
from planted_labels import DISEASES, DRUGS, class_node, disease_node, drug_node, make_label, make_planted_graph

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

NEW = Node("ex:new", "drug 2-9", Kind.DRUG)
LONELY = Node("ex:lonely", "drug 3-9", Kind.DRUG)
LONELY_CLASS = Node("ex:lonely-class", "class 3 b", Kind.DRUG_CLASS)

#: A drug of a class, with one use; two concepts that have to do with each other alone; a fact of what is known; and one
#: of a predicate that no model here has learned.
LABELS = (
    ("new-class", NEW, "has_pharmacologic_class", class_node(2)),
    ("new-use", NEW, "indicated_for", disease_node(2, 0)),
    ("lonely", LONELY, "has_pharmacologic_class", LONELY_CLASS),
    ("known", drug_node(1, 1), "indicated_for", disease_node(2, 1)),
    ("other", drug_node(1, 1), "interacts_with", NEW),
)
TRAINING = {
    "complex": ("--set", "rank=16", "--set", "epochs=30"),
    "gnn": ("--set", "width=32", "--set", "epochs=4"),
}


def open_model(kg: Kg, name: str) -> Trained:
    return Shelf(kg.graph).open(name)


@pytest.fixture(scope="module")
def ready(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the planted graph and a model of each sort; what comes later is not there yet."""
    folder = tmp_path_factory.mktemp("extended")
    kg = KgHere(kg_home, folder)
    make_planted_graph(kg.graph)
    for name, options in TRAINING.items():
        kg("embed", "train", "--model", name, *options, "--no-pictures")
    kg("embed", "use", "complex")
    return folder


@pytest.fixture
def kg(ready: Path, kg_home: Path, tmp_path: Path) -> Kg:
    """A copy of it with labels that came later."""
    shutil.copytree(ready / "graph", tmp_path / "graph")
    here = KgHere(kg_home, tmp_path)
    store = connect(here.graph, mode="rw")
    store.put([make_label(*label) for label in LABELS])
    store.close()
    return here


def extend(kg: Kg, name: str = "complex") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(kg("embed", "extend", name, "--json"))
    return told


@pytest.mark.parametrize("name", TRAINING)
def test_old_vectors_stay_and_new_ones_are_added(name: str, kg: Kg) -> None:
    if name == "gnn":
        pytest.importorskip("torch_geometric", reason="the extra is missing: pip install 'medkg[train]'")
    before = open_model(kg, name).vectors
    newcomers = extend(kg, name)["newcomers"]
    after = open_model(kg, name).vectors
    assert after.names == (*before.names, LONELY.curie, LONELY_CLASS.curie, NEW.curie)
    np.testing.assert_array_equal(after.matrix[: len(before.names)], before.matrix)
    assert np.isfinite(after.matrix).all()
    assert (newcomers["count"], newcomers["by_names_alone"], newcomers["facts"]) == (3, 2, 3)
    held_out = sum(open_model(kg, name).about.split[part] for part in ("valid", "test"))
    assert (newcomers["not_learned"], newcomers["gone"]) == (2 + held_out, 0)
    assert newcomers["left_out"] == 0
    assert not np.array_equal(after.matrix[-1], after.matrix[-3])


def test_a_newcomer_is_like_the_others_of_its_class(kg: Kg) -> None:
    extend(kg)
    like = json.loads(kg("embed", "similar", NEW.curie, "--kind", "drug", "--first", "3", "--json"))
    assert {one["curie"].split("-")[0] for one in like["similar"]} == {"ex:drug2"}


def test_a_network_reads_newcomers_as_it_reads_any_concept(kg: Kg) -> None:
    pytest.importorskip("torch_geometric", reason="the extra is missing: pip install 'medkg[train]'")
    from kg.embed.gnn.features import make_features
    from kg.embed.gnn.network import read_network
    from kg.embed.gnn.trained import embed

    extend(kg, "gnn")
    model = open_model(kg, "gnn")
    store = connect(kg.graph)
    grown = compare(read_written_split(model.folder / SPLIT), read_facts(View(store)), store)
    store.close()
    network = read_network(model.folder / NETWORK)
    expected = embed(network, make_features(grown.nodes, grown.rows, {}), grown.rows)
    np.testing.assert_allclose(model.vectors.matrix[-3:], expected[-3:], atol=1e-5)
    silent = embed(network, make_features(grown.nodes, grown.rows, {}), grown.rows[:0])
    assert np.abs(silent[-1] - expected[-1]).max() > 0.01


def test_a_newcomer_is_expected_to_do_what_its_class_does_and_has_no_probability(kg: Kg) -> None:
    assert "no vector of ex:new" in kg.run("embed", "predict", NEW.curie, "indicated_for").stderr
    kg("embed", "extend")
    told = json.loads(kg("embed", "predict", NEW.curie, "indicated_for", "--first", str(DISEASES - 1), "--json"))
    assert {one["object"] for one in told["predictions"]} == {f"ex:disease2-{at}" for at in range(1, DISEASES)}
    assert {one["probability"] for one in told["predictions"]} == {None}
    asked = json.loads(kg("embed", "predict", "ex:drug0-0", "has_pharmacologic_class", "--first", "7", "--json"))
    chances = {one["object"]: one["probability"] for one in asked["predictions"]}
    assert [name for name, chance in chances.items() if chance is None] == [LONELY_CLASS.curie]


def test_newcomers_change_no_probability_of_what_was_trained(kg: Kg) -> None:
    asked = ("embed", "predict", "ex:drug0-0", "has_pharmacologic_class", "--paths", "0", "--json")
    before, _ = json.loads(kg(*asked))["predictions"], kg("embed", "extend")
    after = [one for one in json.loads(kg(*asked))["predictions"] if one["object"] != LONELY_CLASS.curie]
    assert [one["probability"] for one in after] == [one["probability"] for one in before]
    assert [one["score"] for one in after] == [one["score"] for one in before]


def test_what_the_split_left_out_is_no_news(ready: Path, kg_home: Path, tmp_path: Path) -> None:
    shutil.copytree(ready / "graph", tmp_path / "graph")
    kg = KgHere(kg_home, tmp_path)
    quick = ("--set", "rank=4", "--set", "epochs=1", "--no-pictures", "--no-serve", "--drop-leaks")
    told = json.loads(
        kg("embed", "train", "--split", "area", "--area", "ex:disease1-1", *quick, "--name", "area", "--json")
    )
    assert told["split"]["in no part"] == {"unseen": DRUGS}
    shown = kg("embed", "extend", "area")
    assert "1 newcomers" in shown and "0 came into the graph since, 1 were in it and left out by the split" in shown
    assert open_model(kg, "area").vectors.names[-1] == "ex:disease1-1"
    added = open_model(kg, "area").about.newcomers
    assert added is not None and added.not_learned == told["split"]["valid"]
    store = connect(kg.graph, mode="rw")
    store.put([make_label(*label) for label in LABELS])
    store.close()
    newcomers = extend(kg, "area")["newcomers"]
    assert (newcomers["count"], newcomers["left_out"]) == (4, 1)
    assert "3 came into the graph since, 1 were" in (open_model(kg, "area").folder / "card.md").read_text("utf-8")


def test_it_is_of_the_graph_now_and_its_figures_stay(kg: Kg) -> None:
    assert "or `kg embed extend complex`" in kg.run("embed", "similar", "drug 1-1").stderr
    trained_on = open_model(kg, "complex").about
    assert "3 newcomers, 2 of them by their names alone" in kg("embed", "extend")
    assert kg.run("embed", "similar", "drug 1-1").stderr == ""
    model = open_model(kg, "complex")
    store = connect(kg.graph)
    assert model.about.version == model.vectors.graph_version == store.get_meta()["graph_version"]
    store.close()
    assert model.about.graph_version == trained_on.graph_version
    assert model.about.scores == trained_on.scores
    measured = json.loads(kg("embed", "evaluate", "complex", "--json"))
    assert measured["model"]["scores"] == trained_on.scores
    card = (model.folder / "card.md").read_text(encoding="utf-8")
    assert "- newcomers: 3, added without training" in card
    assert f"version {trained_on.graph_version}" in card
    assert [path.name for path in model.folder.parent.iterdir() if path.name.startswith(".")] == []


def test_extending_depends_on_the_graph_alone(kg: Kg) -> None:
    extend(kg)
    once = open_model(kg, "complex").vectors
    extend(kg)
    assert open_model(kg, "complex").vectors.names == once.names
    np.testing.assert_array_equal(open_model(kg, "complex").vectors.matrix, once.matrix)
    store = connect(kg.graph, mode="rw")
    for id_, *_ in LABELS:
        store.remove(f"made:{id_}")
    store.close()
    assert extend(kg)["newcomers"]["count"] == 0
    assert NEW.curie not in open_model(kg, "complex").vectors.names


def test_facts_of_newcomers_are_measured_and_those_that_placed_them_leak(kg: Kg, tmp_path: Path) -> None:
    extend(kg)
    path = tmp_path / "mine.tsv"
    path.write_text(f"{NEW.curie}\tindicated_for\tex:disease2-3\n", encoding="utf-8")
    told = json.loads(kg("embed", "evaluate", "complex", "--test", path, "--json"))
    assert told["model"]["scores"]["mine.tsv"]["mrr"] > told["model"]["counting"]["mine.tsv"]["mrr"] + 0.2
    path.write_text(f"{NEW.curie}\tindicated_for\tex:disease2-0\n", encoding="utf-8")
    assert "1 of 1 test facts are repeated" in kg.run("embed", "evaluate", "complex", "--test", path).stderr


def test_what_cannot_be_extended_is_told(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "train.txt").write_text("a\tp\tb\nb\tq\tc\n", encoding="utf-8")
    kg("embed", "train", "--triples", tmp_path / "files", "--name", "files", *TRAINING["complex"], "--no-pictures")
    refused = kg.run("embed", "extend", "files")
    assert refused.returncode == 1
    assert "was not trained on facts of a graph" in refused.stderr


def test_a_network_that_learned_names_by_heart_places_no_others(kg: Kg) -> None:
    pytest.importorskip("torch_geometric", reason="the extra is missing: pip install 'medkg[train]'")
    asked = ("--set", "own=4", "--set", "width=16", "--set", "epochs=1", "--drop-leaks", "--no-pictures", "--no-serve")
    kg("embed", "train", "--model", "gnn", "--name", "own", *asked)
    store = connect(kg.graph, mode="rw")
    store.put([make_label("later", Node("ex:later", "drug 2-8", Kind.DRUG), "indicated_for", disease_node(2, 0))])
    store.close()
    assert "train with own = 0" in kg.run("embed", "extend", "own").stderr


def test_what_left_the_graph_is_counted(kg: Kg) -> None:
    split = read_written_split(open_model(kg, "complex").folder / SPLIT)
    store = connect(kg.graph, mode="rw")
    for at in range(DRUGS):
        store.remove(f"made:class-0-{at}")
    grown = compare(split, read_facts(View(store)), store)
    store.close()
    assert grown.gone == 1
    assert grown.names == (LONELY.curie, LONELY_CLASS.curie, NEW.curie)
