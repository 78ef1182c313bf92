"""Stores that were told the same, in whatever order of puts, removals and moves, answer everything alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from extractors.model import Assertion, Qualifier
from kg.errors import NotFoundError
from kg.model import Contribution, Evidence, FactQuery, Node, Status
from kg.predicates import PREDICATES
from kg.roles import Store
from kg.stores.neo4j import open_store as open_on_server
from kg.stores.sqlite import open_store as open_in_folder
from neo4j_server import Neo4jServer
from ontologies.model import Kind
from ontologies.standing import form_of
from tests.graphs import BLEEDING, NODES, UNKNOWN, WARFARIN, contribution, evidence, stand

#: Concepts whose names and CURIEs are hard to put in order, and to find.
ODD = (
    Node("local:drug/𠮷", "𠮷田 Ⅳ", Kind.DRUG, "", ("Ｗarfarin", "ﬁbrin"), aligned=False),
    Node("Z:1", "warfarin", Kind.DRUG),
    Node("a:1", "WARFARIN potassium", Kind.DRUG_CLASS, "华法林钾"),
)
ALL = (*NODES, *ODD)
NAMES = ("", "warfarin", "Warfarin", "bleeding", "肺", "ASA")
DOCUMENTS = ("d:10", "d:9", "é:1", "𠮷:1")
PREDICATES_USED = (
    "indicated_for",
    "not_indicated_for",
    "contraindicated_in",
    "interacts_with",
    "causes_adverse_event",
    "same_as",
)
SEARCHES = ("w", "warf", "warfarin", "Warfarin sodium", "肺", "华法林", "林", "𠮷", "fibrin", "toe purple", "iv", "4")
CLOCK = "2026-02-03T04:05:06+00:00"

Operation = Callable[[Store], Any]


@st.composite
def rows(draw: st.DrawFn, document: str, version: int) -> Evidence:
    subject, object_ = draw(st.lists(st.sampled_from(ALL), min_size=2, max_size=2, unique=True))
    # What has odd names is moved by nobody, since `settle` does not know it.
    named = subject in NODES and object_ in NODES
    return evidence(
        subject,
        draw(st.sampled_from(PREDICATES_USED)),
        object_,
        document=document,
        version=version,
        quote=draw(st.sampled_from(("", "one", "出血 two"))),
        score=draw(st.sampled_from((0.0, 0.3, 0.8, 0.85, 1.0))),
        assertion=draw(st.sampled_from((*Assertion, Assertion.PRESENT, Assertion.PRESENT))),
        qualifiers=draw(st.sampled_from(((), (Qualifier("a", "1"),), (Qualifier("b", "2"), Qualifier("a", "1"))))),
        start=draw(st.integers(0, 3)),
        names=(draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES))) if named else ("", ""),
    )


@st.composite
def contributions(draw: st.DrawFn) -> Contribution:
    document, version = draw(st.sampled_from(DOCUMENTS)), draw(st.integers(1, 2))
    country, restricted = draw(st.sampled_from(("", "US", "CN"))), draw(st.booleans())
    found = draw(st.lists(rows(document, version), max_size=6, unique_by=lambda row: row.id))
    said = [replace(row, country=country, restricted=restricted) for row in found]
    made = contribution(*said, document=document, version=version, country=country, nodes=ALL)
    return replace(made, document=replace(made.document, restricted=restricted))


def _put(told: list[Contribution]) -> Operation:
    return lambda store: store.put(told, stamp="s")


def _remove(document: str) -> Operation:
    def remove(store: Store) -> Any:
        try:
            return store.remove(document)
        except NotFoundError as error:
            return str(error)

    return remove


def _stand(meanings: dict[str, Node]) -> Operation:
    return lambda store: [stand(store, meanings, dry_run=True), stand(store, meanings)]


OPERATIONS = st.one_of(
    st.lists(contributions(), min_size=1, max_size=3).map(_put),
    st.lists(contributions(), min_size=1, max_size=3).map(_put),
    st.sampled_from(DOCUMENTS).map(_remove),
    st.dictionaries(st.sampled_from(NAMES[1:]), st.sampled_from(NODES), min_size=1, max_size=2).map(_stand),
)

QUERIES = [
    FactQuery(),
    FactQuery(min_confidence=0.5, statuses=(Status.SUPPORTED,)),
    FactQuery(statuses=(Status.CONTESTED, Status.NEGATIVE)),
    *(FactQuery(about=node.curie) for node in ALL),
    *(FactQuery(subject=node.curie) for node in ALL[:4]),
    *(FactQuery(object=node.curie, predicates=("interacts_with", "same_as", "indicated_for")) for node in ALL[:4]),
    *(FactQuery(subject=one.curie, object=other.curie) for one, other in pairwise(ALL)),
    *(FactQuery(predicates=(name,)) for name in ("same_as", "indicated_for", "located_in")),
    *(FactQuery(document=document) for document in DOCUMENTS),
    FactQuery(document=DOCUMENTS[0], about=WARFARIN.curie),
    FactQuery(document=DOCUMENTS[1], subject=WARFARIN.curie, object=BLEEDING.curie),
]


def pages(store: Store, query: FactQuery, size: int) -> Iterator[Any]:
    """The pages of an answer, with their cursors."""
    page = store.find_facts(query, first=size)
    yield page
    while page.cursor is not None:
        page = store.find_facts(query, first=size, after=page.cursor)
        yield page


def answers(store: Store) -> Iterator[tuple[str, Any]]:
    """Every answer of every reading role, by what was asked."""
    facts = list(store.iter_facts())
    ids = [fact.id for fact in facts]
    yield "iter_facts", facts
    yield "iter_nodes", list(store.iter_nodes())
    yield "get_nodes", store.get_nodes([node.curie for node in ALL])
    for query in QUERIES:
        yield f"{query}", store.find_facts(query, first=100)
    yield "small pages", [list(pages(store, query, 2)) for query in (*QUERIES[:4], QUERIES[-2])]
    yield "ids", store.find_facts(FactQuery(ids=tuple(ids[::2])), first=3)
    yield "conflicts", (conflicts := store.find_conflicts(first=2))
    yield "more conflicts", store.find_conflicts(first=9, after=conflicts[1]) if conflicts[1] else None
    for text in SEARCHES:
        yield f"search {text}", (store.find_nodes(text), store.find_nodes(text, kinds=[Kind.DRUG], limit=1))
    yield "known", [store.known(f"{name}@{version}", "s") for name in DOCUMENTS for version in (1, 2)]
    yield "documents", (store.list_documents(first=2, after="d:10"), store.get_loaded([*DOCUMENTS, "none"]))
    changes = list(store.iter_changes())
    yield "changes", (changes, list(store.iter_changes(DOCUMENTS[0])))
    gone = {id_ for diff in changes for id_ in diff.retracted}
    yield "names of facts", store.name_facts([*ids, *gone])
    yield "stats", store.get_stats()
    yield "meta", {name: value for name, value in store.get_meta().items() if name != "schema_version"}
    yield from names(store)
    for restricted in (False, True):
        with store.snapshot(restricted=restricted):
            yield f"restricted {restricted}", list(words(store, ids))


def names(store: Store) -> Iterator[tuple[str, Any]]:
    """What is told of names."""
    yield "names", list(store.iter_names(dormant=True))
    forms, curies = list(map(form_of, NAMES[1:4])), [WARFARIN.curie, UNKNOWN.curie]
    yield "names by form", list(store.iter_names(forms=forms, dormant=True))
    yield "names by concept", list(store.iter_names(curies=curies))
    yield "names by both", list(store.iter_names(forms=forms[2:], curies=curies[:1], dormant=True))


def words(store: Store, ids: list[str]) -> Iterator[Any]:
    """What depends on the scope of who reads."""
    yield list(store.iter_evidence())
    yield from (store.get_evidence(ids, first=first) for first in (1, 2, 9))
    yield from (store.find_examples(name, node.curie, first=2) for name in NAMES[1:] for node in NODES[:3])
    for document in DOCUMENTS:
        yield store.get_document(document)
        made = store.get_contribution(document)
        yield made and (replace(made, asleep=()), sorted(made.asleep, key=lambda asleep: asleep.row.id))
    yield sorted(store.iter_asleep(), key=lambda asleep: (asleep.row.document, asleep.row.id))


def differences(here: Any, there: Any) -> Iterator[tuple[Any, Any]]:
    """The smallest parts of two answers that differ."""
    if here == there:
        return
    if isinstance(here, dict) and isinstance(there, dict):
        here, there = sorted(here.items()), sorted(there.items())
    if is_dataclass(here) and is_dataclass(there):
        here, there = ([(one.name, getattr(of, one.name)) for one in fields(here)] for of in (here, there))
    if not (isinstance(here, list | tuple) and isinstance(there, list | tuple)):
        yield here, there
    elif len(here) == len(there):
        for one, other in zip(here, there, strict=True):
            yield from differences(one, other)
    else:
        yield [one for one in here if one not in there], [one for one in there if one not in here]


@contextmanager
def empty_stores(server: Neo4jServer) -> Iterator[tuple[Store, Store]]:
    """A store of each kind, with nothing in it and one clock."""
    server.wipe()
    with (
        TemporaryDirectory() as folder,
        open_in_folder(str(Path(folder, "graph")), mode="create", clock=lambda: CLOCK) as one,
        open_on_server(f"{server.uri}/{server.database}", mode="create", clock=lambda: CLOCK) as other,
    ):
        yield one, other


@pytest.mark.timeout(900)
@pytest.mark.xdist_group("neo4j")
@settings(
    max_examples=10,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(operations=st.lists(OPERATIONS, min_size=1, max_size=5))
def test_neo4j_answers_as_sqlite_does(
    neo4j_server: Neo4jServer, monkeypatch: pytest.MonkeyPatch, operations: list[Operation]
) -> None:
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)
    with empty_stores(neo4j_server) as (one, other):
        for operation in operations:
            assert operation(other) == operation(one)
        with one.snapshot(), other.snapshot():
            for (asked, here), (_, there) in zip(answers(one), answers(other), strict=True):
                assert not list(differences(here, there)), asked
        assert one.check() == other.check() == []


def test_the_operations_use_what_there_is_to_use() -> None:
    assert {name for name in PREDICATES_USED if PREDICATES[name].symmetric} == {"interacts_with", "same_as"}
    assert {PREDICATES[name].negative_of for name in PREDICATES_USED} - {""} <= set(PREDICATES_USED)
