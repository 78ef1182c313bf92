"""What a network takes concepts for: kinds it was not told, from names and neighbours, and areas of medicine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.embed.background import Background
from kg.embed.facts import GraphFacts, Sources
from kg.embed.triples import number
from kg.model import Node
from kg.stores import connect
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from planted_labels import class_node, make_label, make_planted_graph

pytest.importorskip("torch_geometric", reason="the extra is missing: pip install 'medkg[train]'")

import torch

from kg.embed.classes import find_area_classes, tell_classes
from kg.embed.errors import EmbeddingError
from kg.embed.gnn.settings import GnnSettings

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
    ((node, class_, probability),) = [(one.node.curie, one.class_, one.probability) for one in found.guesses]
    assert (node, class_) == ("ex:strange", "drug")
    assert probability > 0.5


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
