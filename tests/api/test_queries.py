"""What the roots answer, on a small real graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

Ask = Callable[..., dict[str, Any]]
WARFARIN, LABEL = "drugbank:DB00682", "dailymed:ce00730d-792c-5211-bd72-3edaee3c3fe5"


def test_a_concept_is_found_by_its_curie(ask: Ask) -> None:
    found = ask('{ concept(id: "drugbank:DB00682") { id name nameZh kind synonyms aligned } }')["concept"]
    assert found == {
        "id": WARFARIN,
        "name": "warfarin",
        "nameZh": "华法林",
        "kind": "DRUG",
        "synonyms": ["Coumadin", "华法令"],
        "aligned": True,
    }


@pytest.mark.parametrize("alias", ["DrugBank:DB00682", "DRUGBANK:DB00682", " drugbank: DB00682 "])
def test_a_concept_is_found_by_an_alias_of_its_prefix(ask: Ask, alias: str) -> None:
    assert ask("query ($id: ID!) { concept(id: $id) { id } }", id=alias)["concept"] == {"id": WARFARIN}


@pytest.mark.parametrize("unknown", ["drugbank:DB99999", "no curie at all", ""])
def test_an_unknown_concept_is_null(ask: Ask, unknown: str) -> None:
    assert ask("query ($id: ID!) { concept(id: $id) { id } }", id=unknown) == {"concept": None}


def test_concepts_come_in_the_order_asked_with_null_for_the_unknown(ask: Ask) -> None:
    ids = ["HP:0002018", "mesh:NONE", WARFARIN, "HP:0002018"]
    found = ask("query ($ids: [ID!]!) { concepts(ids: $ids) { name } }", ids=ids)["concepts"]
    assert found == [{"name": "nausea"}, None, {"name": "warfarin"}, {"name": "nausea"}]


@pytest.mark.parametrize(
    ("text", "name"), [("coumadin", "warfarin"), ("华法林", "warfarin"), ("出血", "abnormal bleeding")]
)
def test_search_finds_names_in_both_languages(ask: Ask, text: str, name: str) -> None:
    found = ask("query ($text: String!) { search(text: $text, first: 3) { score node { name } } }", text=text)
    assert found["search"][0] == {"score": 1.0, "node": {"name": name}}


def test_search_keeps_to_the_kinds_asked_for(ask: Ask) -> None:
    query = 'query ($kinds: [ConceptKind!]) { search(text: "warfarin", first: 9, kinds: $kinds) { node { kind } } }'
    assert {hit["node"]["kind"] for hit in ask(query)["search"]} == {"DRUG", "DRUG_CLASS"}
    assert [hit["node"]["kind"] for hit in ask(query, kinds=["DRUG_CLASS"])["search"]] == ["DRUG_CLASS"]


def test_an_edge_carries_what_is_said_and_the_sentence_that_says_it(ask: Ask) -> None:
    query = """query ($id: ID!) { concept(id: $id) { facts(first: 1, predicates: [CONTRAINDICATED_IN]) { edges {
        predicate status confidence documentCount countries node { name } qualifiers { name value }
        evidence(first: 1) {
            quote section sectionTitle start end version extractor score assertion qualifiers { value }
            document { id title version country }
        }
    } } } }"""
    edge = ask(query, id=WARFARIN)["concept"]["facts"]["edges"][0]
    evidence = edge.pop("evidence")[0]
    assert edge == {
        "predicate": "CONTRAINDICATED_IN",
        "status": "CONTESTED",
        "confidence": 0.9,
        "documentCount": 1,
        "countries": ["US"],
        "node": {"name": "pregnancy"},
        "qualifiers": [{"name": "population", "value": "pregnancy"}],
    }
    assert evidence["quote"].startswith("Warfarin is contraindicated in pregnant women")
    assert evidence["end"] - evidence["start"] == len(evidence["quote"])
    assert (evidence["section"], evidence["sectionTitle"]) == ("34070-3", "4 CONTRAINDICATIONS")
    assert (evidence["score"], evidence["assertion"], evidence["extractor"]) == (0.9, "PRESENT", "test")
    assert evidence["document"] == {"id": LABEL, "title": "Warfarin Sodium Tablets", "version": 2, "country": "US"}


def test_offsets_point_into_the_text_of_the_section(ask: Ask) -> None:
    query = """query ($id: ID!) {
        facts(first: 100, document: $id) { edges { evidence(first: 9) { quote start end documentId } } }
        document(id: $id) { sections { start end text } } }"""
    found = ask(query, id=LABEL)
    text = "".join(section["text"] for section in found["document"]["sections"])
    rows = [row for edge in found["facts"]["edges"] for row in edge["evidence"] if row["documentId"] == LABEL]
    assert len(rows) == 10
    assert all(text[row["start"] : row["end"]] == row["quote"] for row in rows)


def test_pages_follow_each_other_without_gap_or_repetition(ask: Ask) -> None:
    query = """query ($id: ID!, $first: Int!, $after: String) { concept(id: $id) { facts(first: $first, after: $after) {
        edges { id confidence cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""
    whole = ask(query, id=WARFARIN, first=100)["concept"]["facts"]
    assert not whole["pageInfo"]["hasNextPage"]
    pages, after = [], None
    while True:
        page = ask(query, id=WARFARIN, first=3, after=after)["concept"]["facts"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        pages += page["edges"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert [edge["id"] for edge in pages] == [edge["id"] for edge in whole["edges"]]
    assert [edge["confidence"] for edge in pages] == sorted((edge["confidence"] for edge in pages), reverse=True)


def test_a_page_may_go_on_behind_any_edge(ask: Ask) -> None:
    query = """query ($after: String) { facts(first: 9, about: "HP:0002018", after: $after) { edges { id cursor } } }"""
    edges = ask(query)["facts"]["edges"]
    assert ask(query, after=edges[0]["cursor"])["facts"]["edges"] == edges[1:]


def test_facts_are_filtered_by_predicate_status_and_confidence(ask: Ask) -> None:
    query = """query ($p: [Predicate!], $s: [FactStatus!], $c: Float!) {
        facts(first: 99, subject: "drugbank:DB00682", predicates: $p, statuses: $s, minConfidence: $c) {
            edges { predicate status confidence object { name } } } }"""

    def names(predicates: list[str] | None = None, statuses: list[str] | None = None, least: float = 0) -> set[str]:
        edges = ask(query, p=predicates, s=statuses, c=least)["facts"]["edges"]
        return {edge["object"]["name"] for edge in edges}

    assert names(["CAUSES_ADVERSE_EVENT"]) == {"abnormal bleeding", "nausea", "skin rash"}
    assert names(["CAUSES_ADVERSE_EVENT"], least=0.8) == {"abnormal bleeding"}
    assert names(["INDICATED_FOR"], ["SUPPORTED"]) == {"atrial fibrillation"}
    assert names(["INDICATED_FOR"], ["CONTESTED"]) == {"pregnancy"}


def test_the_side_of_a_concept_can_be_chosen(ask: Ask) -> None:
    query = """query ($side: Side!) { concept(id: "HP:0002018") { facts(first: 9, side: $side) {
        edges { node { name } subject { name } } } } }"""
    as_object = ask(query, side="OBJECT")["concept"]["facts"]["edges"]
    assert {edge["node"]["name"] for edge in as_object} == {"warfarin", "clarithromycin"}
    assert ask(query, side="EITHER")["concept"]["facts"]["edges"] == as_object
    assert ask(query, side="SUBJECT")["concept"]["facts"]["edges"] == []


def test_negated_evidence_is_shown_and_makes_the_fact_negative(ask: Ask) -> None:
    query = """{ facts(first: 1, subject: "drugbank:DB01211", object: "HP:0001892") {
        edges { status evidence { quote assertion } } } }"""
    edge = ask(query)["facts"]["edges"][0]
    assert edge == {"status": "NEGATIVE", "evidence": [{"quote": "Bleeding was not seen.", "assertion": "NEGATED"}]}


def test_a_fact_is_found_by_its_id(ask: Ask) -> None:
    id_ = ask("""{ facts(first: 1, about: "icd10cm:I48.91") { edges { id } } }""")["facts"]["edges"][0]["id"]
    query = "query ($id: ID!) { fact(id: $id) { id subject { name } object { name } countries evidence { country } } }"
    assert ask(query, id=id_)["fact"] == {
        "id": id_,
        "subject": {"name": "warfarin"},
        "object": {"name": "atrial fibrillation"},
        "countries": ["CN", "US"],
        "evidence": [{"country": "US"}, {"country": "CN"}],
    }
    assert ask(query, id="0" * 32) == {"fact": None}


def test_a_document_has_sections_and_facts(ask: Ask) -> None:
    query = """query ($id: ID!) { document(id: $id) { title version type language effective
        sections(kinds: ["indications"]) { code title kind text }
        facts(first: 99, predicates: [INDICATED_FOR]) { edges { node { name } } } } }"""
    found = ask(query, id=LABEL)["document"]
    section = found["sections"][0]
    assert (section["code"], section["kind"]) == ("34067-9", "indications")
    assert "indicated for the treatment of atrial fibrillation" in section["text"]
    assert [edge["node"]["name"] for edge in found["facts"]["edges"]] == ["atrial fibrillation"]
    assert ask(query, id="dailymed:none") == {"document": None}


def test_conflicts_are_pairs_of_opposing_facts(ask: Ask) -> None:
    fields = "subject { name } object { name } predicate"
    query = f"{{ conflicts(first: 9) {{ edges {{ node {{ fact {{ {fields} }} opposing {{ {fields} }} }} }} }} }}"
    pairs = [edge["node"] for edge in ask(query)["conflicts"]["edges"]]
    assert len(pairs) == 1
    assert {pairs[0][side]["predicate"] for side in ("fact", "opposing")} == {"INDICATED_FOR", "CONTRAINDICATED_IN"}
    assert all(pairs[0][side]["object"]["name"] == "pregnancy" for side in ("fact", "opposing"))


def test_meta_tells_version_counts_and_whom_to_credit(ask: Ask) -> None:
    found = ask("""{ meta { graphVersion builtAt lexicon schemaVersion terminologies { name version licence }
        counts { concepts facts evidence documents conflicts unaligned predicates { name count } } } }""")["meta"]
    assert len(found["graphVersion"]) == 32
    assert found["builtAt"] == "2026-02-03T04:05:06+00:00"
    assert found["lexicon"] == "lexicon-1"
    assert [terminology["name"] for terminology in found["terminologies"]] == ["drugs", "hpo"]
    counts = found["counts"]
    assert (counts["documents"], counts["evidence"], counts["conflicts"]) == (3, 17, 1)
    assert {"name": "interacts_with", "count": 3} in counts["predicates"]


@pytest.mark.parametrize(("language", "country"), [("EN", "US"), ("ZH", "CN")])
def test_sentences_in_the_language_asked_for_come_first(ask: Ask, language: str, country: str) -> None:
    query = """query ($l: Language) { facts(first: 1, about: "icd10cm:I48.91") { edges {
        best: evidence(first: 1, language: $l) { country } all: evidence(first: 9, language: $l) { country } } } }"""
    edge = ask(query, l=language)["facts"]["edges"][0]
    assert edge["best"] == [{"country": country}]
    assert len(edge["all"]) == 2


GROUND = """query ($names: [String!]!, $kind: ConceptKind) { ground(names: $names, kind: $kind, top: 2) {
    name abstained matches { id name kind score reason matched concept { name } } candidates { id } } }"""
LEXICON = Lexicon.of(
    [
        Concept("drugbank:DB00682", "warfarin", Kind.DRUG, synonyms=(Synonym("Coumadin"),)),
        Concept("mesh:D1", "no fact of it", Kind.FINDING),
    ]
)


def test_names_are_grounded_in_the_order_asked_with_the_reason(
    client_of: Callable[..., Any], small_graph: Path
) -> None:
    names = ["Coumadin", "quite unheard of", "no fact of it"]
    client = client_of(small_graph, lexicon=LEXICON)
    body = client.post("/graphql", json={"query": GROUND, "variables": {"names": names}}).json()
    brand, unknown, lone = body["data"]["ground"]
    assert brand["matches"][0] == {
        "id": WARFARIN,
        "name": "warfarin",
        "kind": "DRUG",
        "score": 0.95,
        "reason": "synonym",
        "matched": "Coumadin",
        "concept": {"name": "warfarin"},
    }
    assert (unknown["name"], unknown["abstained"], unknown["matches"]) == (names[1], True, [])
    assert lone["matches"][0]["concept"] is None
    variables = {"names": ["Coumadin"], "kind": "FINDING"}
    body = client.post("/graphql", json={"query": GROUND, "variables": variables}).json()
    assert body["data"]["ground"][0]["matches"] == []


@pytest.mark.parametrize(
    ("names", "lexicon", "code"),
    [
        (["x"], None, "NO_LEXICON"),
        (["x"] * 101, LEXICON, "TOO_MANY_IDS"),
        ([" "], LEXICON, "BAD_TEXT"),
        (["x" * 501], LEXICON, "BAD_TEXT"),
    ],
)
def test_what_cannot_be_grounded_is_refused(
    client_of: Callable[..., Any], small_graph: Path, names: list[str], lexicon: Lexicon | None, code: str
) -> None:
    client = client_of(small_graph, lexicon=lexicon)
    body = client.post("/graphql", json={"query": GROUND, "variables": {"names": names}}).json()
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]
