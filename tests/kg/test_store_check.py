"""A damaged graph is found out."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from kg.stores import connect
from kg.stores.sqlite import open_store
from tests.graphs import BLEEDING, WARFARIN, contribution, evidence


@pytest.fixture
def graph(small_graph: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small_graph, tmp_path / "graph")


def test_a_sound_graph_has_nothing_to_say(graph: Path) -> None:
    assert connect(graph).check() == []


def test_a_fact_that_lost_its_evidence_is_told(graph: Path) -> None:
    connection = apsw.Connection(str(graph / "graph.sqlite"))
    connection.execute("delete from evidence where fact = (select fact from evidence limit 1)")
    connection.close()

    assert connect(graph).check() == ["1 facts without evidence"]


def test_a_name_that_a_decision_would_not_find_is_told(tmp_path: Path) -> None:
    with open_store(str(tmp_path), mode="create") as store:
        store.put([contribution(evidence(WARFARIN, "warns_of", BLEEDING, names=("warfarin", "bleeding")))])
        assert store.check() == []
        store._db.connection.execute("delete from uses where form = 'bleeding'")
        assert store.check() == ["1 names that a decision would not find"]
