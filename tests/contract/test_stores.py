"""What every store must do, whatever it is made of. A new store adds itself to STORES and passes unchanged.

What is equal on every engine: concepts, facts and their numbers to the millionth, evidence, every order and cursor,
conflicts, changes, names, counts, and the graph's version, which is a hash of what was put. What is not:

- Of more than `kg.stores.wording.CANDIDATES` concepts whose names fit in one way, each engine looks at others; those
  whose names have letters that Unicode got after version 6.1 are split into words in the ways of each engine.
- A snapshot of SQLite is one, whatever is written meanwhile. Neo4j has none: a read outside of `snapshot` is done again
  where the graph changed under it, and `snapshot` ends with a `GraphChangedError` then, so that nobody holds a mixture
  of two states without knowing. What lies wholly inside the milliseconds in which a server applies one commit is not
  told apart.
- SQLite leaves the bytes of removed restricted documents behind (`compact`); a server's files are its own matter.
- The format of the graph (`schema_version`) is counted by each engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from extractors.model import Assertion, Cell, Coded, Document, Product, Qualifier, Section, Table
from kg.belief import belief, confidence
from kg.errors import NotFoundError, StoreError
from kg.identity import with_ids
from kg.model import Contribution, Evidence, Fact, FactQuery, Node, Placed, Status, Touched
from kg.roles import Store
from kg.stores import connect
from kg.stores.keys import key_of
from neo4j_server import Neo4jServer
from ontologies.model import Kind
from tests.graphs import (
    ASPIRIN,
    BLEEDING,
    EMBOLISM,
    NODES,
    PNEUMONIA,
    UNKNOWN,
    WARFARIN,
    contribution,
    evidence,
    said,
    settle,
    stand,
)


def in_a_folder(request: pytest.FixtureRequest) -> Store:
    folder: Path = request.getfixturevalue("tmp_path")
    return connect(folder / "graph", mode="create")


def on_a_server(request: pytest.FixtureRequest) -> Store:
    server: Neo4jServer = request.getfixturevalue("empty_neo4j")
    patch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    for name, value in server.environment.items():
        patch.setenv(name, value)
    return connect(f"{server.uri}/{server.database}", mode="create")


#: Store name → how to make an empty one for a test.
STORES = {"sqlite": in_a_folder, "neo4j": on_a_server}


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.xdist_group("neo4j"))])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    made = STORES[request.param](request)
    yield made
    made.close()


def facts(store: Store, query: FactQuery = FactQuery(), first: int = 100) -> list[Fact]:  # noqa: B008
    return list(store.find_facts(query, first=first).facts)


def triples(store: Store, query: FactQuery = FactQuery()) -> set[tuple[str, str, str]]:  # noqa: B008
    return {(f.subject.name, f.predicate, f.object.name) for f in facts(store, query)}


BOTH_TREATED = contribution(
    evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE"),
    evidence(WARFARIN, "causes_adverse_event", BLEEDING, quote="bleeding occurred", score=0.9),
    evidence(WARFARIN, "warns_of", UNKNOWN, quote="purple toe syndrome", score=0.5),
)


def test_a_document_gives_its_nodes_and_facts(store: Store) -> None:
    (diff,) = store.put([BOTH_TREATED])
    assert triples(store) == {
        ("Warfarin", "indicated_for", "Pulmonary embolism"),
        ("Warfarin", "causes_adverse_event", "Abnormal bleeding"),
        ("Warfarin", "warns_of", "purple toe"),
    }
    assert len(diff.added) == 3
    assert (diff.document, diff.old_version, diff.new_version, diff.retracted) == ("dailymed:a", None, 1, ())
    assert store.get_nodes([WARFARIN.curie, "unii:none", UNKNOWN.curie]) == [WARFARIN, None, UNKNOWN]


def test_the_same_again_changes_nothing(store: Store) -> None:
    store.put([BOTH_TREATED], stamp="one")
    before = store.get_meta(), facts(store), list(store.iter_changes())
    (diff,) = store.put([BOTH_TREATED], stamp="one")
    assert (diff.added, diff.retracted, diff.kept, diff.time) == ((), (), 3, "")
    assert (store.get_meta(), facts(store), list(store.iter_changes())) == before


def test_a_new_version_adds_keeps_and_retracts_its_own_evidence_only(store: Store) -> None:
    store.put([BOTH_TREATED, said("cn:b", WARFARIN, "causes_adverse_event", BLEEDING)])
    (diff,) = store.put(
        [
            contribution(
                evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE", version=2, start=40),
                evidence(WARFARIN, "indicated_for", PNEUMONIA, quote="now also this", version=2),
                version=2,
            )
        ]
    )
    assert (diff.old_version, diff.new_version, len(diff.added), len(diff.retracted), diff.kept) == (1, 2, 1, 2, 1)
    assert triples(store) == {
        ("Warfarin", "indicated_for", "Pulmonary embolism"),
        ("Warfarin", "indicated_for", "Pneumonia"),
        ("Warfarin", "causes_adverse_event", "Abnormal bleeding"),
    }
    (bleeding,) = facts(store, FactQuery(object=BLEEDING.curie))
    assert (bleeding.documents, bleeding.evidence_count, bleeding.confidence) == (1, 1, 0.8)


def test_a_kept_row_takes_the_place_and_version_of_the_new_text(store: Store) -> None:
    store.put([BOTH_TREATED])
    moved = evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE", version=2, start=77)
    store.put([contribution(moved, version=2)])
    assert store.get_evidence([moved.fact_id], first=5) == {moved.fact_id: [moved]}


def test_an_older_version_is_left_out_with_a_note(store: Store) -> None:
    store.put([said("d:1", WARFARIN, "indicated_for", EMBOLISM, version=3)])
    (diff,) = store.put([said("d:1", WARFARIN, "warns_of", BLEEDING, version=2)])
    assert diff.note
    assert (diff.added, diff.retracted) == ((), ())
    assert triples(store) == {("Warfarin", "indicated_for", "Pulmonary embolism")}


def test_evidence_comes_back_as_it_was_put(store: Store) -> None:
    row = evidence(
        WARFARIN,
        "causes_adverse_event",
        BLEEDING,
        quote="出血 was seen in 12 % — “often”",
        assertion=Assertion.POSSIBLE,
        qualifiers=(Qualifier("rate", "12 % vs 4 % (placebo)"), Qualifier("severity", "severe")),
    )
    store.put([contribution(row)])
    assert list(store.iter_evidence()) == [row]
    assert store.get_evidence([row.fact_id], first=1) == {row.fact_id: [row]}


def test_a_fact_loses_its_place_with_its_last_evidence_but_keeps_its_name_in_the_changes(store: Store) -> None:
    store.put([BOTH_TREATED])
    (diff,) = store.put([contribution(version=2, nodes=())])
    assert triples(store) == set()
    assert set(store.name_facts(diff.retracted).values()) >= {("Warfarin", "warns_of", "purple toe")}
    assert [(d.old_version, d.new_version, len(d.added), len(d.retracted)) for d in store.iter_changes()] == [
        (None, 1, 3, 0),
        (1, 2, 0, 3),
    ]


def test_a_node_goes_with_its_last_fact(store: Store) -> None:
    store.put([BOTH_TREATED])
    store.put([contribution(version=2, nodes=())])
    assert store.get_nodes([UNKNOWN.curie, WARFARIN.curie]) == [None, None]
    assert store.find_nodes("purple toe") == []


def test_removing_a_document_takes_what_it_alone_said(store: Store) -> None:
    store.put([BOTH_TREATED, said("cn:b", WARFARIN, "warns_of", UNKNOWN)], stamp="s")
    diff = store.remove("dailymed:a")
    assert (len(diff.retracted), diff.new_version) == (3, None)
    assert triples(store) == {("Warfarin", "warns_of", "purple toe")}
    assert store.get_document("dailymed:a") is None
    assert not store.known("dailymed:a@1", "s")


def test_removing_an_unknown_document_says_so(store: Store) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        store.remove("nobody")


def test_confidence_is_binomial_over_the_best_row_of_each_document(store: Store) -> None:
    rows = [
        evidence(WARFARIN, "warns_of", BLEEDING, document="d:1", quote="once", score=0.5),
        evidence(WARFARIN, "warns_of", BLEEDING, document="d:1", quote="twice", score=0.7),
        evidence(WARFARIN, "warns_of", BLEEDING, document="d:2", quote="once", score=0.4),
    ]
    store.put([contribution(*rows[:2], document="d:1"), contribution(rows[2], document="d:2")])
    (fact,) = facts(store)
    assert fact.confidence == pytest.approx(1 - 0.3 * 0.6, abs=1e-6)
    assert (fact.documents, fact.evidence_count, fact.status) == (2, 3, Status.SUPPORTED)


@pytest.mark.parametrize("assertion", [a for a in Assertion if a is not Assertion.NEGATED])
def test_an_uncertain_assertion_lowers_the_weight(store: Store, assertion: Assertion) -> None:
    store.put([said("d:1", WARFARIN, "warns_of", BLEEDING, assertion=assertion, score=0.9)])
    (fact,) = facts(store)
    assert fact.confidence == pytest.approx(confidence([belief(0.9, assertion)]), abs=1e-6)
    assert (fact.confidence < 0.9) == (assertion is not Assertion.PRESENT)


def test_no_pile_of_documents_makes_a_fact_certain(store: Store) -> None:
    store.put([said(f"d:{n}", WARFARIN, "warns_of", BLEEDING, score=1.0) for n in range(20)])
    assert [f.confidence for f in facts(store)] == [0.999]


def test_a_fact_that_is_only_denied_is_negative_and_has_no_confidence(store: Store) -> None:
    store.put([said("d:1", WARFARIN, "indicated_for", PNEUMONIA, assertion=Assertion.NEGATED)])
    (fact,) = facts(store)
    assert (fact.status, fact.confidence, fact.documents, fact.countries) == (Status.NEGATIVE, 0.0, 1, ("US",))


def test_a_fact_affirmed_and_denied_is_contested(store: Store) -> None:
    put = (WARFARIN, "indicated_for", PNEUMONIA)
    store.put([said("d:1", *put), said("d:2", *put, country="CN", assertion=Assertion.NEGATED)])
    (fact,) = facts(store)
    assert (fact.status, fact.confidence, fact.documents, fact.evidence_count) == (Status.CONTESTED, 0.8, 1, 2)
    assert fact.countries == ("US",)


def test_facts_that_oppose_each_other_are_both_contested_and_listed(store: Store) -> None:
    store.put([said("us:1", WARFARIN, "indicated_for", EMBOLISM, score=0.9)])
    store.put([said("cn:1", WARFARIN, "contraindicated_in", EMBOLISM, country="CN")])
    conflicts, cursor = store.find_conflicts(first=10)
    assert [(c.fact.predicate, c.opposing.predicate) for c in conflicts] == [("indicated_for", "contraindicated_in")]
    assert {f.status for f in facts(store)} == {Status.CONTESTED}
    assert [c.fact.countries + c.opposing.countries for c in conflicts] == [("US", "CN")]
    assert cursor is None


def test_a_conflict_ends_when_one_side_is_retracted(store: Store) -> None:
    store.put([said("us:1", WARFARIN, "indicated_for", EMBOLISM)])
    store.put([said("cn:1", WARFARIN, "contraindicated_in", EMBOLISM)])
    store.remove("cn:1")
    assert store.find_conflicts(first=10) == ([], None)
    assert [f.status for f in facts(store)] == [Status.SUPPORTED]


def test_a_conflict_stays_when_another_with_the_same_fact_ends(store: Store) -> None:
    store.put([said("us:1", WARFARIN, "indicated_for", EMBOLISM)])
    store.put([said("us:2", WARFARIN, "not_indicated_for", EMBOLISM)])
    store.put([said("cn:1", WARFARIN, "contraindicated_in", EMBOLISM)])
    assert len(store.find_conflicts(first=10)[0]) == 2
    store.remove("cn:1")
    assert [c.opposing.predicate for c in store.find_conflicts(first=10)[0]] == ["not_indicated_for"]
    assert [f.status for f in facts(store)] == [Status.CONTESTED] * 2


def test_a_denied_opposite_is_no_conflict(store: Store) -> None:
    store.put([said("us:1", WARFARIN, "indicated_for", EMBOLISM)])
    denied = Assertion.NEGATED
    store.put([said("cn:1", WARFARIN, "contraindicated_in", EMBOLISM, assertion=denied)])
    assert store.find_conflicts(first=10) == ([], None)


def test_conflicts_come_in_pages(store: Store) -> None:
    for n, object_ in enumerate((EMBOLISM, PNEUMONIA, BLEEDING)):
        for predicate in ("indicated_for", "not_indicated_for"):
            store.put([said(f"{predicate}:{n}", WARFARIN, predicate, object_)])
    seen, cursor = store.find_conflicts(first=2)
    rest, end = store.find_conflicts(first=2, after=cursor)
    assert end is None
    assert {c.fact.object.name for c in (*seen, *rest)} == {EMBOLISM.name, PNEUMONIA.name, BLEEDING.name}
    assert len(seen) == 2


def test_qualifiers_of_all_evidence_are_summed_up_most_frequent_first(store: Store) -> None:
    severe, often = Qualifier("severity", "severe"), Qualifier("frequency", "common")
    put = (WARFARIN, "causes_adverse_event", BLEEDING)
    store.put([said("d:1", *put, qualifiers=(often, severe)), said("d:2", *put, qualifiers=(severe,))])
    (fact,) = facts(store)
    assert fact.qualifiers == (severe, often)
    store.remove("d:1")
    assert facts(store)[0].qualifiers == (severe,)


def test_support_is_told_by_country(store: Store) -> None:
    put = (WARFARIN, "causes_adverse_event", BLEEDING)
    store.put([said("d:1", *put, country="US"), said("d:2", *put, country="CN"), said("d:3", *put, country="US")])
    assert [(f.countries, f.documents) for f in facts(store)] == [(("CN", "US"), 3)]
    assert store.get_stats().countries == {"CN": 1, "US": 1}


FILTERS = {
    "about": (FactQuery(about=WARFARIN.curie), 4),
    "about the object": (FactQuery(about=BLEEDING.curie), 2),
    "subject": (FactQuery(subject=ASPIRIN.curie), 2),
    "object": (FactQuery(object=BLEEDING.curie), 2),
    "both sides": (FactQuery(subject=WARFARIN.curie, object=BLEEDING.curie), 1),
    "symmetric from the other side": (FactQuery(subject=WARFARIN.curie, object=ASPIRIN.curie), 1),
    "predicate": (FactQuery(predicates=("warns_of", "indicated_for")), 2),
    "unused predicate": (FactQuery(predicates=("located_in",)), 0),
    "about and predicate": (FactQuery(about=WARFARIN.curie, predicates=("causes_adverse_event",)), 1),
    "status": (FactQuery(statuses=(Status.NEGATIVE,)), 1),
    "about and status": (FactQuery(about=WARFARIN.curie, statuses=(Status.SUPPORTED,)), 3),
    "confidence": (FactQuery(min_confidence=0.85), 2),
    "document": (FactQuery(document="d:1"), 4),
    "document and subject": (FactQuery(document="d:1", subject=ASPIRIN.curie), 1),
    "document and both sides": (FactQuery(document="d:2", subject=ASPIRIN.curie, object=BLEEDING.curie), 1),
    "unknown node": (FactQuery(about="unii:none"), 0),
    "unknown document": (FactQuery(document="none"), 0),
    "anything": (FactQuery(), 5),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_what_it_says(store: Store, name: str) -> None:
    store.put(
        [
            contribution(
                evidence(WARFARIN, "warns_of", BLEEDING, document="d:1", score=0.9),
                evidence(WARFARIN, "indicated_for", EMBOLISM, document="d:1", score=0.85),
                evidence(WARFARIN, "causes_adverse_event", PNEUMONIA, document="d:1", assertion=Assertion.NEGATED),
                evidence(WARFARIN, "interacts_with", ASPIRIN, document="d:1"),
                document="d:1",
            ),
            said("d:2", ASPIRIN, "causes_adverse_event", BLEEDING, score=0.7),
        ]
    )
    query, number = FILTERS[name]
    assert len(facts(store, query)) == number


def test_a_symmetric_fact_is_one_and_faces_the_side_that_was_asked_for(store: Store) -> None:
    store.put([said("d:1", WARFARIN, "interacts_with", ASPIRIN)])
    store.put([said("d:2", ASPIRIN, "interacts_with", WARFARIN)])
    for node in (WARFARIN, ASPIRIN):
        (fact,) = facts(store, FactQuery(subject=node.curie))
        assert (fact.subject, fact.documents) == (node, 2)
        (fact,) = facts(store, FactQuery(object=node.curie))
        assert fact.object == node


def test_facts_can_be_asked_for_by_id(store: Store) -> None:
    store.put([BOTH_TREATED])
    wanted = facts(store)[:2]
    assert facts(store, FactQuery(ids=tuple(f.id for f in wanted))) == wanted
    assert facts(store, FactQuery(ids=(fact_of_nothing(),))) == []


def fact_of_nothing() -> str:
    return evidence(ASPIRIN, "warns_of", EMBOLISM).fact_id


@pytest.fixture
def many(store: Store) -> Store:
    """Sixty facts of which many share their confidence."""
    drugs = [WARFARIN, ASPIRIN]
    predicates = ["warns_of", "causes_adverse_event", "indicated_for", "contraindicated_in"]
    rows = [
        evidence(drug, predicate, object_, quote=f"{n}", score=0.5 + 0.1 * (n % 4))
        for drug in drugs
        for predicate in predicates
        for n, object_ in enumerate((EMBOLISM, PNEUMONIA, BLEEDING, UNKNOWN))
    ]
    store.put([contribution(*rows)])
    return store


QUESTIONS = (
    FactQuery(),
    FactQuery(about=WARFARIN.curie),
    FactQuery(object=BLEEDING.curie),
    FactQuery(predicates=("warns_of", "indicated_for")),
    FactQuery(document="dailymed:a", statuses=(Status.SUPPORTED,)),
)


@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize("query", QUESTIONS, ids=str)
def test_pages_give_every_fact_once_by_falling_confidence(many: Store, query: FactQuery, size: int) -> None:
    whole = many.find_facts(query, first=1000).facts
    seen: list[Fact] = []
    page = many.find_facts(query, first=size)
    while True:
        seen += page.facts
        if page.cursor is None:
            break
        page = many.find_facts(query, first=size, after=page.cursor)
    assert seen == list(whole)
    assert [f.confidence for f in seen] == sorted((f.confidence for f in seen), reverse=True)
    assert len({f.id for f in seen}) == len(seen) > 0


def test_a_page_goes_on_where_it_ended_though_facts_come_in(many: Store) -> None:
    page = many.find_facts(FactQuery(about=WARFARIN.curie), first=5)
    many.put([said("late", WARFARIN, "has_phenotype", BLEEDING, score=0.99)])
    rest = many.find_facts(FactQuery(about=WARFARIN.curie), first=100, after=page.cursor)
    assert not {f.id for f in page.facts} & {f.id for f in rest.facts}
    assert len(page.facts) + len(rest.facts) == 16


SPOILT: dict[str, Callable[[str], str]] = {
    "one letter": lambda cursor: ("B" if cursor[0] == "A" else "A") + cursor[1:],
    "cut off": lambda cursor: cursor[:8],
    "not ASCII": lambda cursor: "é",
    "empty": lambda cursor: "",
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_cursor_that_was_changed_is_refused(many: Store, how: str) -> None:
    cursor = many.find_facts(FactQuery(), first=3).cursor
    assert cursor is not None
    with pytest.raises(StoreError, match="ask again from the first page"):
        many.find_facts(FactQuery(), first=3, after=SPOILT[how](cursor))


def test_a_cursor_of_another_question_is_refused(many: Store) -> None:
    cursor = many.find_facts(FactQuery(), first=3).cursor
    with pytest.raises(StoreError, match="another question"):
        many.find_facts(FactQuery(about=WARFARIN.curie), first=3, after=cursor)
    with pytest.raises(StoreError, match="another question"):
        many.find_conflicts(first=3, after=cursor)


def test_the_most_believed_evidence_comes_first_up_to_a_number_for_each_fact(store: Store) -> None:
    rows = [evidence(WARFARIN, "warns_of", BLEEDING, quote=f"{n}", score=n / 10) for n in range(1, 10)]
    other = evidence(WARFARIN, "warns_of", PNEUMONIA)
    guess = evidence(WARFARIN, "warns_of", BLEEDING, quote="?", score=1.0, assertion=Assertion.HYPOTHETICAL)
    store.put([contribution(*rows, other, guess)])
    found = store.get_evidence([rows[0].fact_id, other.fact_id, fact_of_nothing()], first=2)
    assert [row.quote for row in found[rows[0].fact_id]] == ["9", "8"]
    assert found[other.fact_id] == [other]
    assert found[fact_of_nothing()] == []


@pytest.mark.parametrize("turn", [1, -1])
def test_no_order_depends_on_the_order_of_loading(store: Store, turn: int) -> None:
    documents = [
        [named("warfarin", "bleeding", document=f"d:{n}", quote=quote) for quote in ("one", "two", "three")]
        for n in range(4)
    ]
    for rows in documents[::turn]:
        store.put([contribution(*rows[::turn], document=rows[0].document)])
    rows = sorted((row for rows in documents for row in rows), key=lambda row: key_of(row.id))
    fact = rows[0].fact_id
    assert store.get_evidence([fact], first=12) == {fact: rows}
    assert store.get_evidence([fact], first=5) == {fact: rows[:5]}
    assert store.find_examples("bleeding", BLEEDING.curie, first=7) == rows[:7]
    assert list(store.iter_evidence()) == sorted(rows, key=lambda row: row.document)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("warfarin", "Warfarin"),
        ("WARF", "Warfarin"),
        ("coumadin", "Warfarin"),
        ("acid acetylsal", "Aspirin"),
        ("pulmonary", "Pulmonary embolism"),
        ("embolism pulmonary", "Pulmonary embolism"),
        ("hamorrhagie", "Abnormal bleeding"),
        ("肺栓塞", "Pulmonary embolism"),
        ("栓塞", "Pulmonary embolism"),
        ("塞", "Pulmonary embolism"),
        ("华法林", "Warfarin"),
        ("purple-toe", "purple toe"),
    ],
)
def test_a_node_is_found_by_whole_names_words_beginnings_and_chinese_characters(
    store: Store, text: str, name: str
) -> None:
    store.put([BOTH_TREATED])
    found = store.find_nodes(text)
    assert [node.name for node, _ in found] == [name]
    assert all(0 < score <= 1 for _, score in found)


def test_the_exact_name_comes_first(store: Store) -> None:
    store.put([BOTH_TREATED])
    assert [node.name_zh for node, _ in store.find_nodes("肺")] == ["肺炎", "肺栓塞"]
    assert store.find_nodes("肺炎")[0] == (PNEUMONIA, 1.0)


@pytest.mark.parametrize("text", ["", "  ", '"', "AND", "a OR b", "肺) OR (", "nothing such", "NEAR(", "*", "whole:x"])
def test_odd_searches_find_nothing_and_break_nothing(store: Store, text: str) -> None:
    store.put([BOTH_TREATED])
    assert store.find_nodes(text) == []


def test_a_search_keeps_to_the_kinds_and_the_limit(store: Store) -> None:
    store.put([BOTH_TREATED])
    assert [n.name for n, _ in store.find_nodes("p", kinds=[Kind.FINDING])] == ["purple toe"]
    assert len(store.find_nodes("p", limit=2)) == 2


def test_a_terminology_renames_a_node_and_an_unaligned_name_never_does(store: Store) -> None:
    store.put([BOTH_TREATED])
    renamed = type(WARFARIN)(WARFARIN.curie, "Warfarin, new name", Kind.DRUG)
    store.put([contribution(document="d:2", nodes=(renamed,))])
    assert store.get_nodes([WARFARIN.curie]) == [renamed]
    assert store.find_nodes("coumadin") == []
    shouted = type(UNKNOWN)(UNKNOWN.curie, "PURPLE TOE", Kind.FINDING, aligned=False)
    store.put([contribution(document="d:3", nodes=(shouted,))])
    assert store.get_nodes([UNKNOWN.curie]) == [UNKNOWN]


def test_a_document_comes_back_as_it_was_read(store: Store) -> None:
    document = Document(
        id="dailymed:x",
        title="Label",
        text="一 text with 12 characters",
        sections=(Section("34067-9", "INDICATIONS", 0, 6, "indications"), Section("", "Sub", 2, 5, "", 0, 2)),
        tables=(Table(0, 6, "Table 1", (Cell(0, 0, 0, 2, header=True), Cell(0, 1, 2, 6, column_span=2))),),
        products=(Product("X", "x", "ndc:1-2", start=0, end=1),),
        coded=(Coded("has_route", "ncit:C38288", "ORAL", Kind.ROUTE, 0, 3, 0, (Qualifier("strength", "5 mg"),)),),
        version=7,
        effective="2024-02-29",
        type="HUMAN PRESCRIPTION DRUG LABEL",
        source="spl",
        country="US",
        content_hash="ab" * 32,
    )
    store.put([Contribution(document, (), ())], stamp="lexicon 1")
    assert store.get_document("dailymed:x") == document
    assert store.get_document("dailymed:y") is None
    (listed,) = store.list_documents(first=5)
    assert (listed.id, listed.version, listed.stamp) == ("dailymed:x", 7, "lexicon 1")
    assert listed.loaded.endswith("+00:00")


def test_documents_are_listed_by_id_in_pages(store: Store) -> None:
    store.put([contribution(document=f"d:{n}", nodes=()) for n in range(5)])
    first = store.list_documents(first=3)
    assert [d.id for d in first + store.list_documents(first=3, after=first[-1].id)] == [f"d:{n}" for n in range(5)]


def test_an_input_is_known_by_content_and_stamp(store: Store) -> None:
    store.put([BOTH_TREATED], stamp="lexicon 1")
    assert store.known("dailymed:a@1", "lexicon 1")
    assert not store.known("dailymed:a@1", "lexicon 2")
    assert not store.known("dailymed:a@2", "lexicon 1")


def test_an_input_left_out_as_too_old_is_not_known_so_that_it_may_come_back(store: Store) -> None:
    store.put([contribution(version=2)], stamp="s")
    store.put([contribution(version=1)], stamp="s")
    assert not store.known("dailymed:a@1", "s")


def test_the_quarantine_keeps_the_newest_reason_until_the_input_is_released(store: Store) -> None:
    store.quarantine("in.zip!a.xml", "truncated after 12 bytes", content_hash="aa")
    store.quarantine("in.zip!a.xml", "no title", content_hash="bb")
    store.quarantine("b.xml", "an entity bomb")
    assert [(q.locator, q.reason, q.content_hash) for q in store.get_quarantine()] == [
        ("b.xml", "an entity bomb", ""),
        ("in.zip!a.xml", "no title", "bb"),
    ]
    assert store.release(["in.zip!a.xml", "never there"]) == 1
    assert [q.locator for q in store.get_quarantine()] == ["b.xml"]


def test_the_graph_version_changes_with_what_is_in_it_and_only_then(store: Store) -> None:
    empty = store.get_meta()["graph_version"]
    store.put([BOTH_TREATED])
    filled = store.get_meta()["graph_version"]
    store.quarantine("x", "y")
    store.put([BOTH_TREATED])
    assert store.get_meta()["graph_version"] == filled != empty
    store.set_meta("lexicon_stamp", "L1")
    assert store.get_meta()["lexicon_stamp"] == "L1"


def test_stats_count_what_is_there(store: Store) -> None:
    store.put([BOTH_TREATED])
    store.put([said("cn:1", WARFARIN, "contraindicated_in", EMBOLISM, country="CN")])
    stats = store.get_stats()
    assert (stats.nodes, stats.facts, stats.evidence, stats.documents, stats.conflicts) == (len(NODES), 4, 4, 2, 1)
    assert stats.unaligned == 1
    assert stats.kinds == {"disease": 2, "drug": 2, "finding": 2}
    assert stats.statuses == {"contested": 2, "supported": 2}
    assert stats.sources == {"spl": 2}


def test_evidence_about_a_node_that_nobody_describes_is_refused_as_a_whole(store: Store) -> None:
    good = contribution(evidence(WARFARIN, "warns_of", BLEEDING), nodes=(WARFARIN, BLEEDING))
    bad = contribution(evidence(WARFARIN, "warns_of", PNEUMONIA, document="d:2"), document="d:2", nodes=(WARFARIN,))
    with pytest.raises(StoreError, match=PNEUMONIA.curie):
        store.put([good, bad])
    assert store.get_stats().documents == 0
    store.put([good])
    assert len(facts(store)) == 1


HEMORRHAGE = Node("mesh:D006470", "Hemorrhage", Kind.FINDING, "出血")


def named(subject: str, object_: str, *, document: str = "d:1", quote: str = "q", score: float = 0.8) -> Evidence:
    """A row that says warfarin causes bleeding, in these names."""
    names = (subject, object_)
    return evidence(
        WARFARIN, "causes_adverse_event", BLEEDING, document=document, quote=quote, score=score, names=names
    )


def test_names_are_listed_with_what_hangs_on_them(store: Store) -> None:
    store.put(
        [
            contribution(named("warfarin", "bleeding"), named("Coumadin", "bleeding", quote="r"), document="d:1"),
            contribution(named("warfarin", "haemorrhage", document="d:2"), document="d:2"),
        ]
    )
    uses = {(use.name, use.node): (use.facts, use.evidence, use.documents) for use in store.iter_names()}
    assert uses == {
        ("warfarin", WARFARIN): (1, 2, 2),
        ("Coumadin", WARFARIN): (1, 1, 1),
        ("bleeding", BLEEDING): (1, 2, 1),
        ("haemorrhage", BLEEDING): (1, 1, 1),
    }
    assert [use.name for use in store.iter_names(curies=[BLEEDING.curie])] == ["bleeding", "haemorrhage"]
    assert list(store.iter_names(curies=["unii:none"])) == []


def test_names_come_with_most_facts_first(store: Store) -> None:
    rows = [evidence(WARFARIN, "warns_of", node, names=("warfarin", node.name)) for node in (BLEEDING, EMBOLISM)]
    store.put([contribution(*rows)])
    assert next((use.name, use.facts) for use in store.iter_names()) == ("warfarin", 2)


def test_examples_of_a_name_are_its_rows_best_first(store: Store) -> None:
    rows = [named("warfarin", "bleeding", quote=f"q{n}", score=0.5 + n / 10) for n in range(4)]
    store.put([contribution(*rows, named("warfarin", "haemorrhage", quote="other"), document="d:1")])
    assert store.find_examples("bleeding", BLEEDING.curie, first=2) == [rows[3], rows[2]]
    assert store.find_examples("bleeding", WARFARIN.curie, first=2) == []
    assert store.find_examples("unheard of", BLEEDING.curie, first=2) == []


def test_a_move_takes_the_rows_of_its_names_and_no_others(store: Store) -> None:
    one, other = named("warfarin", "bleeding"), named("warfarin", "haemorrhage", quote="r", score=0.5)
    store.put([contribution(one, other, document="d:1")])
    (diff,) = stand(store, {"haemorrhage": HEMORRHAGE})
    assert triples(store) == {
        ("Warfarin", "causes_adverse_event", "Abnormal bleeding"),
        ("Warfarin", "causes_adverse_event", "Hemorrhage"),
    }
    moved = evidence(
        WARFARIN,
        "causes_adverse_event",
        HEMORRHAGE,
        document="d:1",
        quote="r",
        score=0.5,
        names=("warfarin", "haemorrhage"),
    )
    moved = with_ids(replace(moved, object_origin=other.object_origin))
    assert store.get_evidence([moved.fact_id], first=5) == {moved.fact_id: [moved]}
    assert (diff.document, diff.old_version, diff.new_version, diff.added, diff.retracted, diff.kept) == (
        ("d:1", 1, 1, (moved.fact_id,), (), 1)
    )
    assert list(store.iter_changes("d:1"))[-1].added == (moved.fact_id,)
    assert store.find_nodes("Hemorrhage")[0][0] == HEMORRHAGE


def test_a_concept_without_its_names_leaves_and_comes_back_when_the_move_is_undone(store: Store) -> None:
    store.put([contribution(named("warfarin", "bleeding"), document="d:1")])
    before = facts(store), list(store.iter_evidence())
    stand(store, {"bleeding": HEMORRHAGE})
    assert store.get_nodes([BLEEDING.curie, HEMORRHAGE.curie]) == [None, HEMORRHAGE]
    assert store.find_nodes("Abnormal bleeding") == []
    stand(store, {"bleeding": BLEEDING})
    assert (facts(store), list(store.iter_evidence())) == before
    assert store.check() == []


def test_a_sentence_that_calls_one_concept_by_two_names_can_be_taken_apart_again(store: Store) -> None:
    store.put([contribution(named("warfarin", "bleeding"), named("warfarin", "haemorrhage"), document="d:1")])
    for name in ("bleeding", "haemorrhage"):
        stand(store, {name: HEMORRHAGE})
    assert [fact.evidence_count for fact in facts(store)] == [2]
    stand(store, {"haemorrhage": BLEEDING})
    assert {fact.object.name: fact.evidence_count for fact in facts(store)} == {"Hemorrhage": 1, "Abnormal bleeding": 1}


def test_a_move_changes_the_conflicts(store: Store) -> None:
    store.put(
        [
            contribution(
                evidence(WARFARIN, "indicated_for", EMBOLISM, document="d:1", names=("w", "PE")), document="d:1"
            ),
            said("d:2", WARFARIN, "contraindicated_in", PNEUMONIA),
        ]
    )
    stand(store, {"PE": PNEUMONIA})
    assert [c.fact.object for c in store.find_conflicts(first=5)[0]] == [PNEUMONIA]
    stand(store, {"PE": EMBOLISM})
    assert store.find_conflicts(first=5) == ([], None)
    assert {fact.status for fact in facts(store)} == {Status.SUPPORTED}


def test_a_row_whose_sides_become_one_is_dropped_with_a_note(store: Store) -> None:
    row = evidence(WARFARIN, "interacts_with", ASPIRIN, document="d:1", names=("warfarin", "ASA"))
    store.put([contribution(row, document="d:1")])
    (diff,) = stand(store, {"ASA": WARFARIN})
    assert diff.note.startswith("1 row")
    assert diff.retracted == (row.fact_id,)
    assert (facts(store), store.get_nodes([WARFARIN.curie, ASPIRIN.curie])) == ([], [None, None])
    assert list(store.iter_names()) == []


def test_a_row_whose_sides_became_one_comes_back_when_a_name_leaves(store: Store) -> None:
    row = evidence(WARFARIN, "interacts_with", ASPIRIN, document="d:1", names=("warfarin", "ASA"))
    store.put([contribution(row, document="d:1")])
    stand(store, {"ASA": WARFARIN})
    assert [(use.name, use.facts) for use in store.iter_names(dormant=True)] == [("warfarin", 0), ("ASA", 0)]
    stand(store, {"ASA": BLEEDING, "warfarin": BLEEDING})
    assert facts(store) == []
    (diff,) = stand(store, {"ASA": ASPIRIN, "warfarin": WARFARIN})
    assert (diff.added, diff.note) == ((row.fact_id,), "")
    assert list(store.iter_evidence()) == [row]
    assert [use.facts for use in store.iter_names(dormant=True)] == [1, 1]


def test_what_sleeps_leaves_with_its_document_or_its_version(store: Store) -> None:
    row = evidence(WARFARIN, "interacts_with", ASPIRIN, document="d:1", names=("warfarin", "ASA"))
    for leave in (
        lambda: store.remove("d:1"),
        lambda: store.put([contribution(document="d:1", version=2, nodes=())]),
    ):
        store.put([contribution(row, document="d:1")])
        stand(store, {"ASA": WARFARIN})
        leave()
        assert list(store.iter_names(dormant=True)) == []


def test_both_sides_of_a_symmetric_fact_move(store: Store) -> None:
    row = evidence(WARFARIN, "interacts_with", ASPIRIN, document="d:1", names=("warfarin", "ASA"))
    store.put([contribution(row, document="d:1")])
    (mentioned,) = store.iter_names(curies=[ASPIRIN.curie])
    assert mentioned.name == "ASA"
    stand(store, {"ASA": BLEEDING, "warfarin": EMBOLISM})
    (kept,) = store.iter_evidence()
    assert {kept.subject: kept.subject_name, kept.object: kept.object_name} == {
        BLEEDING.curie: "ASA",
        EMBOLISM.curie: "warfarin",
    }


def test_a_rehearsed_move_tells_its_diff_and_writes_nothing(store: Store) -> None:
    store.put([contribution(named("warfarin", "bleeding"), document="d:1")])
    before = store.get_meta(), facts(store), list(store.iter_changes())
    (rehearsed,) = stand(store, {"bleeding": HEMORRHAGE}, dry_run=True)
    assert (store.get_meta(), facts(store), list(store.iter_changes())) == before
    assert store.get_nodes([HEMORRHAGE.curie]) == [None]
    (done,) = stand(store, {"bleeding": HEMORRHAGE})
    assert (done.added, done.retracted, done.kept) == (rehearsed.added, rehearsed.retracted, rehearsed.kept)


def test_what_is_not_there_or_stays_changes_nothing(store: Store) -> None:
    store.put([contribution(named("warfarin", "bleeding"), document="d:1")])
    before = store.get_meta(), facts(store)
    assert stand(store, {"unheard of": HEMORRHAGE}) == []
    assert stand(store, {"bleeding": BLEEDING}) == []
    assert store.realign(Touched(curies=frozenset({"unii:none", BLEEDING.curie})), settle({})) == []
    assert (store.get_meta(), facts(store)) == before


def test_a_name_that_stands_for_two_concepts_hangs_on_both_until_it_stands_for_one(store: Store) -> None:
    row = named("warfarin", "bleeding")
    store.put([contribution(row, document="d:1")])

    def split(standing: Sequence[Evidence]) -> Placed:
        both = [settle({"bleeding": node})(standing) for node in (BLEEDING, HEMORRHAGE)]
        return Placed((*both[0].rows, *both[1].rows), (*both[0].nodes, *both[1].nodes))

    (diff,) = store.realign(Touched(frozenset({"bleeding"})), split)
    assert (len(diff.added), diff.retracted, diff.kept) == (1, (), 1)
    assert {fact.object.name: fact.evidence_count for fact in facts(store)} == {"Abnormal bleeding": 1, "Hemorrhage": 1}
    assert [use.node for use in store.iter_names(forms=["bleeding"])] == [BLEEDING, HEMORRHAGE]
    stand(store, {"bleeding": BLEEDING})
    assert list(store.iter_evidence()) == [row]


def test_what_a_document_brings_asleep_wakes_when_its_sides_part(store: Store) -> None:
    row = evidence(WARFARIN, "interacts_with", ASPIRIN, document="d:1", names=("warfarin", "ASA"))
    asleep = settle({"ASA": WARFARIN})([row]).asleep
    assert asleep is not None
    store.put([replace(contribution(document="d:1", nodes=()), asleep=(asleep,))])
    assert [(use.name, use.node) for use in store.iter_names(forms=["asa"], dormant=True)] == [("ASA", WARFARIN)]
    (diff,) = stand(store, {"ASA": ASPIRIN})
    assert (diff.added, list(store.iter_evidence())) == ((row.fact_id,), [row])


def test_a_name_is_found_in_all_its_spellings_wherever_it_stands(store: Store) -> None:
    store.put(
        [
            contribution(named("warfarin", "Bleeding"), document="d:1"),
            contribution(
                evidence(WARFARIN, "warns_of", EMBOLISM, document="d:2", names=("warfarin", "bleeding")), document="d:2"
            ),
        ]
    )
    assert [diff.document for diff in stand(store, {"Bleeding": PNEUMONIA, "bleeding": PNEUMONIA})] == ["d:1", "d:2"]
    assert {fact.object for fact in facts(store)} == {PNEUMONIA}


def restricted(*rows: Evidence, document: str = "cohort:c/x/notes") -> Contribution:
    """A document whose words are for those with the scope alone."""
    made = contribution(*rows, document=document)
    kept = tuple(replace(row, restricted=True) for row in made.evidence)
    return replace(made, document=replace(made.document, restricted=True), evidence=kept)


SECRET = "she took warfarin for her embolism"
NOTE = restricted(
    evidence(
        WARFARIN, "indicated_for", EMBOLISM, document="cohort:c/x/notes", quote=SECRET, names=("warfarin", "embolism")
    )
)


def every_word(store: Store) -> str:
    """All that a reader can get of the evidence and the documents, as one text."""
    (fact,) = facts(store, FactQuery(document="cohort:c/x/notes"))
    rows = [*store.get_evidence([fact.id], first=9)[fact.id], *store.iter_evidence()]
    rows += store.find_examples("warfarin", WARFARIN.curie, first=9)
    return repr((rows, store.get_document("cohort:c/x/notes"), store.list_documents(first=9)))


def test_restricted_rows_count_and_show_no_quote_without_the_scope(store: Store) -> None:
    label = evidence(WARFARIN, "indicated_for", EMBOLISM, quote="treats PE")
    store.put([contribution(label)])
    (alone,) = facts(store)
    store.put([NOTE])
    (fact,) = facts(store)
    assert (fact.confidence > alone.confidence, fact.documents, fact.evidence_count) == (True, 2, 2)
    rows = {row.document: row for row in store.get_evidence([fact.id], first=9)[fact.id]}
    (whole,) = NOTE.evidence
    withheld = rows.pop(whole.document)
    assert rows == {"dailymed:a": label}
    assert withheld == replace(whole, quote="", start=0, end=0, id=withheld.id) != whole
    assert withheld.id != whole.id, "nor does its id tell whether a sentence is the one that somebody guessed"
    assert SECRET not in every_word(store)


def test_the_scope_shows_the_words_of_restricted_documents_and_ends_with_its_snapshot(store: Store) -> None:
    store.put([NOTE])
    with store.snapshot(restricted=True):
        assert list(store.iter_evidence()) == list(NOTE.evidence)
        assert store.get_document(NOTE.document.id) == NOTE.document
        with store.snapshot():
            assert SECRET not in every_word(store)
        assert every_word(store).count(SECRET) == 4
    assert SECRET not in every_word(store)
    assert store.get_document(NOTE.document.id) == replace(NOTE.document, text="", sections=())


def sentences(number: int) -> Contribution:
    """A document of so many sentences that say one thing."""
    ends, names = (WARFARIN, "indicated_for", EMBOLISM), ("warfarin", "embolism")
    return restricted(
        *(evidence(*ends, document=NOTE.document.id, quote=f"{SECRET} {n}", names=names) for n in range(number))
    )


def all_that_is_told(store: Store) -> str:
    """Every answer of a reader without the scope in which numbers of rows could show."""
    found = facts(store)
    rows = store.get_evidence([fact.id for fact in found], first=9)
    uses = [*store.iter_names(), *store.iter_names(curies=[WARFARIN.curie])]
    examples = store.find_examples("warfarin", WARFARIN.curie, first=9)
    return repr((found, rows, list(store.iter_evidence()), uses, examples, store.get_stats()))


def test_nobody_without_the_scope_learns_how_many_sentences_a_fact_has(store: Store) -> None:
    store.put([BOTH_TREATED, sentences(1)])
    told = all_that_is_told(store)
    for number in (4, 2, 5):
        store.put([sentences(number)])
        assert all_that_is_told(store) == told
        (fact,) = facts(store, FactQuery(document=NOTE.document.id))
        with store.snapshot(restricted=True):
            rows = [row for row in store.get_evidence([fact.id], first=9)[fact.id] if row.restricted]
            assert len(rows) == number == sum(row.restricted for row in store.iter_evidence())


def test_withheld_rows_take_no_places_of_others(store: Store) -> None:
    labels = [evidence(WARFARIN, "indicated_for", EMBOLISM, quote=f"treats PE {n}", score=0.01) for n in range(3)]
    store.put([contribution(*labels), sentences(5)])
    (fact,) = facts(store)
    assert [row.restricted for row in store.get_evidence([fact.id], first=3)[fact.id]] == [True, False, False]


def test_rows_of_a_document_that_becomes_restricted_count_as_one(store: Store) -> None:
    kept = sentences(3)
    opened = replace(
        kept,
        document=replace(kept.document, restricted=False),
        evidence=tuple(replace(row, restricted=False) for row in kept.evidence),
    )
    for made, count in ((opened, 3), (kept, 1), (opened, 3)):
        store.put([made])
        assert [fact.evidence_count for fact in facts(store)] == [count]


def test_a_scope_ends_when_reading_fails(store: Store) -> None:
    store.put([NOTE])
    with pytest.raises(StoreError), store.snapshot(restricted=True):
        store.get_evidence(["no id"], first=1)
    assert SECRET not in every_word(store)


def test_a_restricted_row_moves_whole(store: Store) -> None:
    store.put([NOTE])
    stand(store, {"embolism": PNEUMONIA})
    stand(store, {"embolism": EMBOLISM})
    with store.snapshot(restricted=True):
        assert list(store.iter_evidence()) == list(NOTE.evidence)


def test_a_document_becomes_restricted_and_open_again(store: Store) -> None:
    opened = replace(NOTE, document=replace(NOTE.document, restricted=False))
    store.put([NOTE])
    store.put([opened])
    assert SECRET in every_word(store)
    store.put([NOTE])
    assert SECRET not in every_word(store)


def test_compacting_leaves_everything_that_is_there(store: Store) -> None:
    store.put([NOTE, BOTH_TREATED])
    store.remove(NOTE.document.id)
    before = facts(store), list(store.iter_evidence()), store.get_document("dailymed:a")
    store.compact()
    store.compact()
    assert (facts(store), list(store.iter_evidence()), store.get_document("dailymed:a")) == before
    assert store.check() == []
