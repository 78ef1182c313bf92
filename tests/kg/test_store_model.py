"""The embedded store against plain Python: whatever the order of puts, removals and loads, the graph is the same."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.model import Assertion, Document, Qualifier
from kg.belief import belief, confidence
from kg.errors import StoreError
from kg.identity import fact_id, fact_sides
from kg.model import Evidence, Fact, FactQuery, Node, Status
from kg.predicates import OPPOSITES
from kg.stores.sqlite import SqliteStore, open_store
from kg.stores.streams import EvidenceRow
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, NODES, WARFARIN, contribution, evidence

PREDICATES = ("indicated_for", "not_indicated_for", "contraindicated_in", "interacts_with", "warns_of")

SEVERE = Qualifier("severity", "severe")


class Given(NamedTuple):
    """An evidence row yet without a document."""

    sides: tuple[Node, Node]
    predicate: str
    quote: str
    score: float
    assertion: Assertion
    qualifiers: tuple[Qualifier, ...]


Plan = list[tuple[str, list[Given] | None]]

rows = st.builds(
    Given,
    st.sampled_from([(WARFARIN, ASPIRIN), (ASPIRIN, WARFARIN), (WARFARIN, BLEEDING), (ASPIRIN, EMBOLISM)]),
    st.sampled_from(PREDICATES),
    st.sampled_from(["a", "b"]),
    st.sampled_from([0.3, 0.5, 0.95, 1.0]),
    st.sampled_from(Assertion),
    st.sampled_from(
        [(), (Qualifier("severity", "severe"),), (Qualifier("route", "oral"), Qualifier("severity", "mild"))]
    ),
)
steps = st.lists(st.tuples(st.sampled_from(["d:1", "d:2", "d:3"]), st.none() | st.lists(rows, max_size=5)), max_size=8)


def made(document: str, version: int, given_rows: list[Given]) -> list[Evidence]:
    country = "CN" if document == "d:3" else "US"
    found = [
        evidence(
            *(row.sides[0], row.predicate, row.sides[1]),
            document=document,
            version=version,
            quote=row.quote,
            score=row.score,
            assertion=row.assertion,
            qualifiers=row.qualifiers,
            country=country,
        )
        for row in given_rows
    ]
    return list({row.id: row for row in found}.values())


def expected(state: dict[str, list[Evidence]]) -> dict[str, tuple[object, ...]]:
    """What a fact must say, worked out from all evidence in the plainest way."""
    by_fact: dict[str, list[Evidence]] = defaultdict(list)
    for row in (row for rows_ in state.values() for row in rows_):
        by_fact[row.fact_id].append(row)
    affirmed = {id_ for id_, rows_ in by_fact.items() if any(r.assertion is not Assertion.NEGATED for r in rows_)}
    answer: dict[str, tuple[object, ...]] = {}
    for id_, rows_ in by_fact.items():
        best: dict[str, float] = {}
        for row in rows_:
            if row.assertion is not Assertion.NEGATED:
                best[row.document] = max(best.get(row.document, 0.0), belief(row.score, row.assertion))
        support = best or {row.document: 0.0 for row in rows_}
        answer[id_] = (
            round(confidence(best.values()), 5),
            status(rows_, affirmed),
            len(support),
            len(rows_),
            tuple(sorted({row.country for row in rows_ if row.document in support})),
            frozenset(q for row in rows_ for q in row.qualifiers),
        )
    return answer


def status(rows_: list[Evidence], affirmed: set[str]) -> Status:
    one = rows_[0]
    if one.fact_id not in affirmed:
        return Status.NEGATIVE
    pairs = [*OPPOSITES, *((b, a) for a, b in OPPOSITES)]
    opposed = {fact_id(one.subject, other, one.object) for mine, other in pairs if mine == one.predicate}
    denied = any(row.assertion is Assertion.NEGATED for row in rows_)
    return Status.CONTESTED if denied or opposed & affirmed else Status.SUPPORTED


def told(fact: Fact) -> tuple[object, ...]:
    return (
        round(fact.confidence, 5),
        fact.status,
        fact.documents,
        fact.evidence_count,
        fact.countries,
        frozenset(fact.qualifiers),
    )


def assert_same(store: SqliteStore, state: dict[str, list[Evidence]]) -> None:
    facts = store.find_facts(FactQuery(), first=1000).facts
    assert {fact.id: told(fact) for fact in facts} == expected(state)
    pairs = {(c.fact.id, c.opposing.id) for c in store.find_conflicts(first=1000)[0]}
    contested = {f.id for f in facts if f.status is Status.CONTESTED}
    assert {id_ for pair in pairs for id_ in pair} <= contested
    assert pairs == {
        (fact_id(f.subject.curie, positive, f.object.curie), f.id)
        for f in facts
        for negative, positive in OPPOSITES
        if f.predicate == negative and f.confidence > 0
        for g in facts
        if g.id == fact_id(f.subject.curie, positive, f.object.curie) and g.confidence > 0
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_any_order_of_puts_and_removals_gives_the_facts_of_what_is_left(
    plan: list[tuple[str, list[Given] | None]],
) -> None:
    state: dict[str, list[Evidence]] = {}
    with tempfile.TemporaryDirectory() as folder, open_store(folder, mode="create") as store:
        for version, (document, given_rows) in enumerate(plan, 1):
            if given_rows is None:
                if state.pop(document, None) is not None:
                    store.remove(document)
                continue
            state[document] = made(document, version, given_rows)
            country = "CN" if document == "d:3" else "US"
            store.put([contribution(*state[document], document=document, version=version, country=country)])
            assert_same(store, state)
        assert_same(store, state)
        assert (
            store._db.connection.execute("select count(*) from summaries where fact not in (select id from facts)").get
            == 0
        )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows, max_size=12))
def test_a_load_gives_the_same_graph_as_puts(given_rows: list[Given]) -> None:
    state = {d: made(d, 1, given_rows[n::3]) for n, d in enumerate(("d:1", "d:2", "d:3"))}
    documents = [Document(d, d, "", country="CN" if d == "d:3" else "US") for d in state]
    stream = [
        EvidenceRow(*(getattr(row, name) for name in EvidenceRow._fields)) for rows_ in state.values() for row in rows_
    ]
    with tempfile.TemporaryDirectory() as folder, open_store(folder, mode="create") as store:
        assert store.load(NODES, stream + stream[:3], documents) == len(stream)
        assert_same(store, state)
        for row in stream:
            assert Evidence(*row) in [
                e if (e.subject, e.object) == (row.subject, row.object) else turned(e, row)
                for e in store.get_evidence([row.fact_id], first=50)[row.fact_id]
            ]


def turned(found: Evidence, row: EvidenceRow) -> Evidence:
    """Evidence of a symmetric fact with its sides as the row had them."""
    assert fact_sides(row.subject, row.predicate, row.object) == (found.subject, found.object)
    return Evidence(*[getattr(row if n in ("subject", "object") else found, n) for n in EvidenceRow._fields])


@pytest.fixture
def loaded(tmp_path: Path) -> SqliteStore:
    store = open_store(str(tmp_path / "g"), mode="create")
    row = evidence(WARFARIN, "warns_of", BLEEDING, document="d:1")
    store.load(NODES, [row], [Document("d:1", "One", "text", country="US", content_hash="aa")], stamp="s")
    return store


def test_a_loaded_graph_is_searched_updated_and_known_like_any_other(loaded: SqliteStore) -> None:
    assert [n.name for n, _ in loaded.find_nodes("华法林")] == ["Warfarin"]
    assert loaded.known("aa", "s")
    (diff,) = loaded.put([contribution(document="d:1", version=2)])
    assert len(diff.retracted) == 1
    assert loaded.get_stats().facts == 0


def test_a_second_load_is_refused_and_the_graph_stays(loaded: SqliteStore) -> None:
    with pytest.raises(StoreError, match="not empty"):
        loaded.load(NODES, [], [])
    assert loaded.get_stats().facts == 1
    assert loaded._db.connection.execute("pragma journal_mode").get == "wal"


@pytest.mark.parametrize("missing", ["node", "document"])
def test_a_load_that_names_what_was_not_given_leaves_an_empty_graph_with_its_indexes(
    tmp_path: Path, missing: str
) -> None:
    row = evidence(WARFARIN, "warns_of", BLEEDING, document="d:1")
    with open_store(str(tmp_path / "g"), mode="create") as store:
        indexes = store._db.connection.execute("select name from sqlite_schema order by name").fetchall()
        with pytest.raises(StoreError, match="not given"):
            store.load((WARFARIN,), [row], [] if missing == "document" else [Document("d:1", "", "")])
        assert store._db.connection.execute("select name from sqlite_schema order by name").fetchall() == indexes
        assert store.get_stats().nodes == 0
        store.load(NODES, [row], [Document("d:1", "", "")])


def test_a_load_goes_on_beside_a_reader(tmp_path: Path) -> None:
    with open_store(str(tmp_path), mode="create") as store, open_store(str(tmp_path)) as reader:
        assert reader.get_stats().facts == 0
        store.load(NODES, [evidence(WARFARIN, "warns_of", BLEEDING, document="d")], [Document("d", "", "")])
        assert reader.get_stats().facts == 1
