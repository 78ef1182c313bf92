"""What a network takes concepts for: kinds it was not told, from names and neighbours, and areas of medicine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kg.embed.background import Background
from kg.embed.facts import GraphFacts, Sources
from kg.embed.triples import number
from kg.model import Node
from kg.stores import connect
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from planted_labels import class_node, make_label, make_planted_graph

pytest.importorskip("torch_geometric", reason="the extra is missing: pip install 'medkg[train]'")

import torch

from kg.embed.classes import Classes, Guess, find_area_classes, name_areas, tell_classes
from kg.embed.errors import EmbeddingError
from kg.embed.gnn.classifying import Judged
from kg.embed.gnn.settings import GnnSettings
from kg.render.embed_classes import print_classes

SETTINGS = GnnSettings(encoder="sage", width=16, batch=16, epochs=20)
CPU = torch.device("cpu")


def test_kinds_are_told_of_concepts_that_have_none(tmp_path: Path) -> None:
    store = connect(make_planted_graph(tmp_path / "graph"), mode="rw")
    strange = Node("ex:strange", "drug 4-9", Kind.OTHER)
    store.put([make_label("strange", strange, "has_pharmacologic_class", class_node(4))])
    lexicon = Lexicon.of(())
    found = tell_classes(store, "kind", SETTINGS, lexicon=lexicon, device=CPU)
    with pytest.raises(EmbeddingError, match="fewer than two classes of area"):
        tell_classes(store, "area", SETTINGS, lexicon=lexicon, device=CPU)
    store.close()
    assert found.classes == ("disease", "drug", "drug_class")
    assert found.judged.accuracy > 0.9 > found.judged.majority
    ((node, class_, score),) = [(one.node.curie, one.class_, one.score) for one in found.guesses]
    assert (node, class_) == ("ex:strange", "drug")
    assert score > 0.5


def test_areas_are_told_of_conditions_that_lie_under_nothing() -> None:
    names = ("gastritis", "ulcer", "angina", "both", "stray")
    triples = number([(name, "treated_by_procedure", "rest") for name in names])
    nodes = tuple(Node(name, name, Kind.PROCEDURE if name == "rest" else Kind.DISEASE) for name in triples.entities)
    none = np.zeros(0, np.int64)
    facts = GraphFacts(triples, nodes, np.ones(5, np.float32), Sources((), (), np.zeros(6, np.int64), none), none, none)
    parents = {"gastritis": ("gut",), "ulcer": ("gut",), "angina": ("heart",), "both": ("gut", "heart")}
    values, asked = find_area_classes(facts, Background(parents=parents), largest=0.7)
    told = dict(zip(triples.entities, values, strict=True))
    assert told == {"gastritis": "gut", "ulcer": "gut", "angina": "heart", "both": None, "stray": None, "rest": None}
    assert [name for name, is_asked in zip(triples.entities, asked, strict=True) if is_asked] == ["stray"]


def test_a_guess_has_a_score_and_the_name_of_its_area(capsys: pytest.CaptureFixture[str]) -> None:
    guess = Guess(Node("x:1", "stray", Kind.DISEASE), "mesh:D004066", 0.88)
    judged = Judged(accuracy=0.125, macro_f1=0.1, majority=0.125, count=8)
    found = Classes(judged, ("mesh:D004066",), 30, (guess,), {"mesh:D004066": "Digestive System Diseases"})
    print_classes(found, first=1, as_json=False)
    shown = " ".join(capsys.readouterr().out.split())
    assert "Digestive System Diseases (mesh:D004066)" in shown
    assert "it is no probability" in shown
    assert "guesses are worth little" in shown
    print_classes(found, first=1, as_json=True)
    (told,) = json.loads(capsys.readouterr().out)["guesses"]
    assert (told["class_name"], told["score"], "probability" in told) == ("Digestive System Diseases", 0.88, False)


def test_areas_are_named_by_terminology_or_graph() -> None:
    triples = number([("c1", "treats", "c2")])
    nodes = tuple(Node(name, f"the {name}", Kind.DISEASE) for name in triples.entities)
    none = np.zeros(0, np.int64)
    facts = GraphFacts(triples, nodes, np.ones(1, np.float32), Sources((), (), np.zeros(2, np.int64), none), none, none)
    lexicon = Lexicon.of([Concept("mesh:D004066", "Digestive System Diseases", Kind.DISEASE)])
    named = name_areas(("mesh:D004066", "c1", "x:9"), facts, lexicon)
    assert named == {"mesh:D004066": "Digestive System Diseases", "c1": "the c1"}
