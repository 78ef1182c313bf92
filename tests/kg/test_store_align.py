"""Moving names between concepts in the embedded store: the same graph as a rebuild, whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.model import Assertion, Qualifier
from kg.identity import said_by
from kg.model import Contribution, Evidence, Fact, FactQuery, Node
from kg.stores.keys import key_of
from kg.stores.sqlite import SqliteStore, open_store
from kg.stores.sqlite.aligning import _FIND_BY_NAME, _FIND_BY_NODE
from kg.stores.sqlite.database import FILE
from kg.stores.sqlite.schema import SCHEMA_VERSION
from kg_command import ROOT
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, WARFARIN, contribution, evidence, settle, stand

CONCEPTS = (WARFARIN, ASPIRIN, BLEEDING, EMBOLISM)
NAMES = ("w", "a", "b", "e", "x")
PREDICATES = ("indicated_for", "not_indicated_for", "contraindicated_in", "interacts_with")
DOCUMENTS = ("d:1", "d:2", "d:3")


class Said(NamedTuple):
    """What a document says, in names alone."""

    names: tuple[str, str]
    predicate: str
    quote: str
    score: float
    assertion: Assertion
    qualifiers: tuple[Qualifier, ...]


Meanings = Mapping[str, Node]

sayings = st.builds(
    Said,
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.sampled_from(PREDICATES),
    st.sampled_from(["q", "r"]),
    st.sampled_from([0.3, 0.9]),
    st.sampled_from([Assertion.PRESENT, Assertion.NEGATED, Assertion.POSSIBLE]),
    st.sampled_from([(), (Qualifier("severity", "severe"),)]),
)
books = st.tuples(*[st.lists(sayings, max_size=6)] * len(DOCUMENTS))
meanings = st.fixed_dictionaries({name: st.sampled_from(CONCEPTS) for name in NAMES})


def assembled(document: str, said: list[Said], meaning: Meanings) -> Contribution:
    """What a document brings where its names mean that: of rows that say the same the surest, some of them asleep."""
    rows: dict[Hashable, Evidence] = {}
    for one in said:
        row = evidence(
            WARFARIN,
            one.predicate,
            ASPIRIN,
            document=document,
            quote=one.quote,
            score=one.score,
            assertion=one.assertion,
            qualifiers=one.qualifiers,
            names=one.names,
        )
        key = said_by(row)
        if key not in rows or rows[key].score < row.score:
            rows[key] = row
    placed = [settle(meaning)([row]) for row in rows.values()]
    return replace(
        contribution(*(row for one in placed for row in one.rows), document=document),
        nodes=tuple({node.curie: node for one in placed for node in one.nodes}.values()),
        asleep=tuple(one.asleep for one in placed if one.asleep),
    )


def filled(folder: str, said: tuple[list[Said], ...], meaning: Meanings) -> SqliteStore:
    store = open_store(folder, mode="create")
    store.put(assembled(name, rows, meaning) for name, rows in zip(DOCUMENTS, said, strict=True))
    return store


def whole(store: SqliteStore) -> tuple[object, ...]:
    """All that a graph says, in no order that loading gives."""
    facts: list[Fact] = sorted(store.find_facts(FactQuery(), first=1000).facts, key=lambda fact: fact.id)
    conflicts = {(c.fact.id, c.opposing.id) for c in store.find_conflicts(first=1000)[0]}
    used = {node for fact in facts for node in (fact.subject, fact.object)}
    assert store.check() == []
    rows = sorted(store.iter_evidence(), key=lambda row: (row.id, row.document))
    return facts, conflicts, used, rows, sorted_names(store, dormant=False), sorted_names(store, dormant=True)


def sorted_names(store: SqliteStore, *, dormant: bool) -> list[tuple[str, str, int, int, int]]:
    uses = store.iter_names(dormant=dormant)
    return sorted((use.name, use.node.curie, use.facts, use.evidence, use.documents) for use in uses)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books, meanings, meanings)
def test_moves_give_the_graph_that_a_rebuild_gives(said: tuple[list[Said], ...], old: Meanings, new: Meanings) -> None:
    with tempfile.TemporaryDirectory() as folder:
        moved = filled(f"{folder}/moved", said, old)
        rebuilt = filled(f"{folder}/rebuilt", said, old)
        diffs = {diff.document: diff for diff in stand(moved, new)}
        for diff in rebuilt.put(assembled(n, rows, new) for n, rows in zip(DOCUMENTS, said, strict=True)):
            found = diffs.get(diff.document)
            told = (found.added, found.retracted) if found else ((), ())
            assert told == (diff.added, diff.retracted)
        assert whole(moved) == whole(rebuilt)
        assert {node.curie for node in moved.iter_nodes()} == {
            curie for row in moved.iter_evidence() for curie in (row.subject, row.object)
        }
        moved.close()
        rebuilt.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(books, meanings, meanings)
def test_moves_there_and_back_lose_nothing(said: tuple[list[Said], ...], old: Meanings, new: Meanings) -> None:
    with tempfile.TemporaryDirectory() as folder, filled(f"{folder}/moved", said, old) as store:
        before = whole(store)
        stand(store, new)
        stand(store, old)
        assert whole(store) == before


MOVE_FOREVER = """
import sys
from kg.stores import connect
from tests.graphs import *
store = connect(sys.argv[1], mode="create")
if not store.get_stats().documents:
    store.put([
        contribution(*[evidence(WARFARIN, "warns_of", BLEEDING, document=f"d:{n}", quote=f"{i}", names=("w", "b"))
                       for i in range(20)], document=f"d:{n}", nodes=(WARFARIN, BLEEDING)) for n in range(40)])
    print("made", flush=True)
where, there = BLEEDING, EMBOLISM
if store.get_nodes([BLEEDING.curie]) == [None]:
    where, there = there, where
while True:
    stand(store, {"b": there})
    where, there = there, where
    print("moved", flush=True)
"""


def test_a_killed_move_leaves_all_rows_on_one_side(tmp_path: Path) -> None:
    folder, chance = tmp_path / "graph", random.Random(3)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'graphql'}"}
    for _ in range(5):
        mover = subprocess.Popen([sys.executable, "-c", MOVE_FOREVER, folder], stdout=-1, env=environment)
        assert mover.stdout is not None
        mover.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.3))
        os.kill(mover.pid, signal.SIGKILL)
        mover.communicate()
        with open_store(str(folder), mode="rw") as store:
            assert store.check() == []
            (fact,) = store.find_facts(FactQuery(), first=10).facts
            assert (fact.documents, fact.evidence_count) == (40, 800)
            assert len(list(store.iter_nodes())) == 2


def test_a_name_is_found_through_the_facts_of_its_concept_without_a_scan(tmp_path: Path) -> None:
    with open_store(str(tmp_path), mode="create") as store:
        for find in (_FIND_BY_NAME, _FIND_BY_NODE):
            for side in ("subject", "object"):
                question = find.format(side=side).replace(":forms", "'[]'").replace(":curies", "'[]'")
                plan = [row[3] for row in store._db.connection.execute(f"explain query plan {question}")]
                assert not [step for step in plan if step.startswith("SCAN") and "j" not in step.split()], plan
                assert any("USING COVERING INDEX evidence_by_fact" in step for step in plan), plan


def make_older(folder: Path, version: int) -> None:
    """Take the graph in `folder` back to an older format."""
    connection = apsw.Connection(str(folder / FILE))
    for step in (_BACK_TO_7, _BACK_TO_5, _BACK_TO_4, _BACK_TO_3, _BACK_TO_1)[: {7: 1, 5: 2, 4: 3, 3: 4, 1: 5}[version]]:
        for statement in step:
            connection.execute(statement)
    connection.close()


_BACK_TO_7 = (
    "create table unnamed (id integer primary key, text text not null unique)",
    "insert into unnamed select * from words",
    "drop table words",
    "alter table unnamed rename to words",
    "pragma user_version=7",
)
_BACK_TO_5 = (
    "drop index evidence_by_fact",
    "create index evidence_by_fact on evidence (fact, document, weight, qualifiers, subject_name, object_name)",
    "pragma user_version=5",
)
_BACK_TO_4 = ("alter table documents drop column restricted", "pragma user_version=4")
_BACK_TO_3 = (
    "alter table evidence drop column subject_origin",
    "alter table evidence drop column object_origin",
    "alter table evidence drop column said",
    "drop table uses",
    "drop index dormant_by_subject",
    "drop index dormant_by_object",
    "drop index dormant_by_document",
    "alter table dormant drop column subject_form",
    "alter table dormant drop column object_form",
    "pragma user_version=3",
)
_BACK_TO_1 = (
    "drop index evidence_by_fact",
    "alter table evidence drop column subject_name",
    "alter table evidence drop column object_name",
    "create index evidence_by_fact on evidence (fact, document, weight, qualifiers)",
    "drop table dormant",
    "pragma user_version=1",
)


@pytest.mark.parametrize("version", [1, 3])
def test_a_graph_of_an_older_format_is_brought_up_to_date_when_it_is_opened(tmp_path: Path, version: int) -> None:
    row = evidence(WARFARIN, "warns_of", BLEEDING)
    with open_store(str(tmp_path), mode="create") as store:
        store.put([contribution(row)], stamp="s")
        schema = store._db.connection.execute("select name, sql from sqlite_schema where type = 'index'").fetchall()
    for mode in ("r", "rw"):
        make_older(tmp_path, version)
        with open_store(str(tmp_path), mode=mode) as store:
            assert list(store.iter_evidence()) == [row]
            assert list(store.iter_names()) == []
            assert not store.known("dailymed:a@1", "s")
            assert store._db.connection.execute("pragma user_version").get == SCHEMA_VERSION
            found = store._db.connection.execute("select name, sql from sqlite_schema where type = 'index'").fetchall()
            assert sorted(map(str, found)) == sorted(map(str, schema))


def test_words_of_an_older_format_are_kept_and_get_the_index_that_a_load_drops(tmp_path: Path) -> None:
    with open_store(str(tmp_path), mode="create") as store:
        store.put([contribution(evidence(WARFARIN, "warns_of", BLEEDING))])
        before = store._db.connection.execute("select * from words order by id").fetchall()
    make_older(tmp_path, 7)
    with open_store(str(tmp_path), mode="rw") as store:
        assert store._db.connection.execute("select * from words order by id").fetchall() == before
        store.remove("dailymed:a")
        store.load((), (), ())
        store.put([contribution(evidence(WARFARIN, "warns_of", BLEEDING))])
        assert store._db.connection.execute("select * from words order by id").fetchall() == before


def test_a_graph_of_before_documents_could_be_restricted_has_none_that_is(tmp_path: Path) -> None:
    row = evidence(WARFARIN, "warns_of", BLEEDING)
    with open_store(str(tmp_path), mode="create") as store:
        store.put([contribution(row)], stamp="s")
    make_older(tmp_path, 4)
    with open_store(str(tmp_path), mode="rw") as store:
        (listed,) = store.list_documents(first=9)
        assert (listed.restricted, list(store.iter_evidence()), store.known("dailymed:a@1", "s")) == (
            False,
            [row],
            True,
        )
        (diff,) = store.put([contribution(row)], stamp="s")
        assert (diff.kept, diff.time) == (1, "")
        kept = contribution(row, document="cohort:c/x/notes")
        store.put([replace(kept, document=replace(kept.document, restricted=True))])
        assert [listed.restricted for listed in store.list_documents(first=9)] == [True, False]


@pytest.mark.parametrize("mode", ["r", "rw"])
def test_a_graph_of_before_ties_went_by_id_gives_its_rows_in_the_order_of_a_new_one(tmp_path: Path, mode: str) -> None:
    rows = [evidence(WARFARIN, "warns_of", BLEEDING, quote=f"{n}") for n in range(9)]
    with open_store(str(tmp_path), mode="create") as store:
        store.put([contribution(*rows)])
        indexes = store._db.connection.execute("select name, sql from sqlite_schema where type = 'index'").fetchall()
    make_older(tmp_path, 5)
    with open_store(str(tmp_path), mode=mode) as store:
        found = store.get_evidence([rows[0].fact_id], first=9)[rows[0].fact_id]
        assert found == list(store.iter_evidence()) == sorted(rows, key=lambda row: key_of(row.id))
        made = store._db.connection.execute("select name, sql from sqlite_schema where type = 'index'").fetchall()
        assert sorted(map(str, made)) == sorted(map(str, indexes))


def test_a_graph_of_before_counts_the_rows_of_a_restricted_document_as_one(tmp_path: Path) -> None:
    name = "cohort:c/x/notes"
    made = contribution(
        *(evidence(WARFARIN, "warns_of", BLEEDING, document=name, quote=q) for q in "abc"), document=name
    )
    with open_store(str(tmp_path), mode="create") as store:
        store.put([replace(made, document=replace(made.document, restricted=True))])
        store._db.connection.execute("update facts set evidence = 3; pragma user_version = 5")
    with open_store(str(tmp_path)) as store:
        (fact,) = store.find_facts(FactQuery(), first=9).facts
        assert fact.evidence_count == 1


def test_names_in_a_graph_of_an_older_format_move_and_wake(tmp_path: Path) -> None:
    rows = [
        evidence(WARFARIN, "warns_of", BLEEDING, names=("warfarin", "Bleeding")),
        evidence(WARFARIN, "interacts_with", ASPIRIN, names=("warfarin", "ASA")),
    ]
    with open_store(str(tmp_path), mode="create") as store:
        store.put([contribution(*rows)])
        stand(store, {"ASA": WARFARIN})
    make_older(tmp_path, 3)
    with open_store(str(tmp_path), mode="rw") as store:
        assert {row.subject_origin for row in store.iter_evidence()} == {None}
        stand(store, {"Bleeding": EMBOLISM, "ASA": ASPIRIN})
        assert {(fact.subject, fact.object) for fact in store.find_facts(FactQuery(), first=9).facts} == {
            (WARFARIN, EMBOLISM),
            (WARFARIN, ASPIRIN),
        }
        assert store.check() == []
