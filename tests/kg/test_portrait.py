"""The portrait of a concept: the same from one question as from one for each predicate and side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.model import FactQuery, Node, Page
from kg.render.portrait import Portrait, read_portrait
from kg.stores.sqlite import SqliteStore, open_store
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, NODES, PNEUMONIA, WARFARIN, contribution, evidence

ROWS = (
    evidence(WARFARIN, "indicated_for", EMBOLISM),
    evidence(WARFARIN, "indicated_for", PNEUMONIA, score=0.4),
    evidence(WARFARIN, "causes_adverse_event", BLEEDING),
    evidence(ASPIRIN, "causes_adverse_event", BLEEDING, score=0.6),
    evidence(ASPIRIN, "interacts_with", WARFARIN),
    evidence(WARFARIN, "affects_exposure_of", ASPIRIN),
    evidence(ASPIRIN, "affects_exposure_of", WARFARIN),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with open_store(str(tmp_path / "graph"), mode="create") as made:
        made.put([contribution(*ROWS)], stamp="s")
        yield made


class Asked:
    """A graph that keeps what was asked of it."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.get_nodes, self.find_nodes = store.get_nodes, store.find_nodes
        self.get_evidence, self.find_conflicts = store.get_evidence, store.find_conflicts
        self.queries: list[FactQuery] = []

    def find_facts(self, query: FactQuery, *, first: int, after: str | None = None) -> Page:
        """The page of the store."""
        self.queries.append(query)
        return self._store.find_facts(query, first=first, after=after)


@pytest.mark.parametrize("each", [1, 5])
@pytest.mark.parametrize("predicates", [(), ("interacts_with", "causes_adverse_event")])
@pytest.mark.parametrize("node", NODES, ids=lambda node: node.name)
def test_few_facts_are_one_question_and_many_are_grouped_alike(
    node: Node, predicates: tuple[str, ...], each: int, store: SqliteStore
) -> None:
    def read(at_once: int) -> tuple[Portrait, int]:
        asked = Asked(store)
        portrait = read_portrait(asked, node, predicates=predicates, each=each, at_once=at_once)
        return portrait, len(asked.queries)

    few, questions = read(250)
    assert questions == 1
    many, questions = read(1)
    assert few == many
    assert node != WARFARIN or (questions > 1 and few.groups)
