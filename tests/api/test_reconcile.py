"""The Reconciliation API as OpenRefine uses it, and what it answers to nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kgql.limits import Limits
from ontologies.compiled import write_files
from ontologies.decided import LiveLexicon
from ontologies.decisions import Action, Line, open_log
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Decision, Kind, Scope, Synonym, TerminologyInfo, Verdict

LEXICON = Lexicon.of(
    [
        Concept(
            "rxnorm:11289", "warfarin", Kind.DRUG, synonyms=(Synonym("Coumadin"), Synonym("华法林", language="zh"))
        ),
        Concept("drugbank:DB00682", "warfarin", Kind.DRUG, xrefs=("rxnorm:11289",)),
        Concept("mesh:D006470", "Hemorrhage", Kind.FINDING, parents=("mesh:D010335",)),
        Concept("mesh:D010335", "Pathologic <Processes>", Kind.FINDING),
        Concept("mesh:D006471", "Gastrointestinal hemorrhage", Kind.DISEASE, synonyms=(Synonym("GIB", Scope.RELATED),)),
    ]
)


@pytest.fixture
def service(client_of: Callable[..., Any], small_graph: Path) -> Any:
    return client_of(small_graph, lexicon=LEXICON)


def ask(service: Any, queries: dict[str, Any]) -> Any:
    answer = service.post("/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


def assert_result(result: Any) -> None:
    """What version 0.2 of the specification demands of a result batch."""
    for answer in result.values():
        for candidate in answer["result"]:
            assert all(isinstance(candidate[name], str) for name in ("id", "name", "description"))
            assert isinstance(candidate["score"], int | float)
            assert 0 <= candidate["score"] <= 100
            assert isinstance(candidate["match"], bool)
            assert all(isinstance(type_["id"], str) and isinstance(type_["name"], str) for type_ in candidate["type"])
            assert all(isinstance(feature["id"], str) for feature in candidate["features"])
            assert all(isinstance(feature["value"], bool | int | float) for feature in candidate["features"])


def test_the_manifest_says_what_the_service_can_do(service: Any) -> None:
    manifest = service.get("/reconcile").json()
    assert "0.2" in manifest["versions"]
    assert all(isinstance(manifest[name], str) for name in ("name", "identifierSpace", "schemaSpace"))
    assert {type_["id"] for type_ in manifest["defaultTypes"]} == set(Kind)
    for name in ("view", "preview"):
        assert manifest[name]["url"] == "http://service/reconcile/preview?id={{id}}"
    assert isinstance(manifest["preview"]["width"], int)
    assert set(manifest["suggest"]) == {"entity", "property", "type"}
    for name, part in manifest["suggest"].items():
        assert service.get(part["service_url"] + part["service_path"], params={"prefix": "a"}).status_code == 200, name
    assert service.get("/reconcile/").json() == manifest


def test_a_batch_is_answered_by_key_each_candidate_with_its_reason(service: Any) -> None:
    result = ask(
        service, {"q0": {"query": "Coumadin"}, "q1": {"query": "华法林"}, "q2": {"query": "no such thing at all"}}
    )
    assert_result(result)
    assert list(result) == ["q0", "q1", "q2"]
    (first,) = result["q0"]["result"]
    assert (first["id"], first["name"], first["match"]) == ("rxnorm:11289", "warfarin", True)
    assert first["description"].startswith("drug; synonym")
    assert first["features"][0]["name"] in first["description"]
    assert result["q1"]["result"][0]["id"] == first["id"]
    assert result["q2"] == {"result": []}


def test_what_is_below_the_threshold_is_a_candidate_and_no_match(service: Any) -> None:
    result = ask(service, {"q0": {"query": "GIB"}, "q1": {"query": "hemorrhage of the bowel"}})
    assert_result(result)
    assert all(not candidate["match"] for candidate in result["q1"]["result"])


@pytest.mark.parametrize(
    ("name", "relation"),
    [
        ("否认糖尿病", Verdict.RELATED),
        ("肺癌家族史", Verdict.RELATED),
        ("family history of lung cancer", Verdict.RELATED),
        ("右肺癌", Verdict.BROAD),
        ("肺癌？", Verdict.RELATED),
    ],
)
def test_a_name_that_says_other_than_its_concept_is_never_matched_by_itself(
    client_of: Callable[..., Any], small_graph: Path, name: str, relation: Verdict
) -> None:
    lexicon = Lexicon.of(
        [
            Concept("mesh:D003920", "Diabetes Mellitus", Kind.DISEASE, synonyms=(Synonym("糖尿病", language="zh"),)),
            Concept(
                "mesh:D008175",
                "Lung Neoplasms",
                Kind.DISEASE,
                synonyms=(Synonym("肺癌", language="zh"), Synonym("lung cancer")),
            ),
        ]
    )
    result = ask(client_of(small_graph, lexicon=lexicon), {"said": {"query": name}, "plain": {"query": "肺癌"}})
    assert_result(result)
    first, plain = result["said"]["result"][0], result["plain"]["result"][0]
    assert (first["match"], plain["match"]) == (False, True)
    features = {one["id"]: one for one in first["features"]}
    assert features["relation"]["value"] is False
    assert features["relation"]["name"].endswith(relation.value)
    assert {"relation": True}.items() <= {one["id"]: one["value"] for one in plain["features"]}.items()


def test_types_limit_the_answers_and_an_impossible_one_has_none(service: Any) -> None:
    asked = {
        "one": {"query": "hemorrhage", "type": "finding"},
        "other": {"query": "hemorrhage", "type": "drug"},
        "several": {"query": "warfarin", "type": ["drug", "disease"]},
        "all": {"query": "warfarin", "type": ["drug", "disease"], "type_strict": "all"},
        "object": {"query": "warfarin", "type": {"id": "drug", "name": "drug"}},
    }
    result = ask(service, asked)
    found = {key: [c["id"] for c in answer["result"] if c["match"]] for key, answer in result.items()}
    assert found == {
        "one": ["mesh:D006470"],
        "other": [],
        "several": ["rxnorm:11289"],
        "all": [],
        "object": ["rxnorm:11289"],
    }


def test_the_vocabulary_of_the_answers_can_be_asked_for(service: Any) -> None:
    to = [{"pid": "to", "v": "drugbank"}, {"pid": "some column", "v": ["x"]}, {"pid": "language", "v": {"id": "en"}}]
    result = ask(service, {"q": {"query": "Coumadin", "properties": to}})
    assert [candidate["id"] for candidate in result["q"]["result"]] == ["drugbank:DB00682"]


def test_an_id_finds_its_concept_and_a_limit_is_kept(service: Any) -> None:
    result = ask(
        service, {"id": {"query": "RXCUI:11289"}, "one": {"query": "warfarin", "limit": 1}, "empty": {"query": ""}}
    )
    assert [candidate["id"] for candidate in result["id"]["result"]] == ["rxnorm:11289"]
    assert len(result["one"]["result"]) == 1
    assert result["empty"] == {"result": []}


def test_a_batch_may_come_in_the_address(service: Any) -> None:
    query = urlencode({"queries": json.dumps({"q0": {"query": "warfarin"}})})
    assert service.get(f"/reconcile?{query}").json()["q0"]["result"][0]["match"]


BAD_QUERIES: dict[str, Any] = {
    "no object": "warfarin",
    "a number": 1,
    "nothing asked": {"nope": 1},
    "no text": {"query": 7},
    "long text": {"query": "x" * 501},
    "no limit": {"query": "a", "limit": "many"},
    "no limit at all": {"query": "a", "limit": 0},
    "unknown type": {"query": "a", "type": "planet"},
    "no list of properties": {"query": "a", "properties": {"pid": "to"}},
    "a list of words": {"query": "a", "properties": ["to"]},
}


@pytest.mark.parametrize("name", BAD_QUERIES)
def test_a_bad_query_has_a_message_and_leaves_the_others_of_its_batch(service: Any, name: str) -> None:
    result = ask(service, {"good": {"query": "Coumadin"}, "bad": BAD_QUERIES[name]})
    assert list(result) == ["good", "bad"]
    assert result["good"]["result"][0]["id"] == "rxnorm:11289"
    assert result["bad"]["result"] == []
    assert result["bad"]["message"].startswith("query 'bad' ")


BAD = {
    "no JSON": "{",
    "a list": "[]",
    "too many": json.dumps({f"q{n}": {"query": "a"} for n in range(1_001)}),
}


@pytest.mark.parametrize("name", BAD)
def test_nonsense_is_refused_with_a_sentence(service: Any, name: str) -> None:
    answer = service.post("/reconcile", data={"queries": BAD[name]})
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_post_without_queries_and_one_that_is_too_long_are_refused(
    client_of: Callable[..., Any], small_graph: Path
) -> None:
    service = client_of(small_graph, lexicon=LEXICON, limits=Limits(batch_bytes=100))
    assert service.post("/reconcile", data={"something": "else"}).status_code == 400
    assert service.post("/reconcile", data={"queries": "x" * 200}).status_code == 413
    assert service.post("/reconcile", content=b"queries=\xff").status_code == 400
    assert service.post("/reconcile", data={"extend": "{}"}).status_code == 400


def test_a_browser_of_another_origin_may_ask(service: Any) -> None:
    answer = asyncio.run(service._request("OPTIONS", "/reconcile"))
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"


def test_suggestions_come_from_beginnings_of_names_and_ids(service: Any) -> None:
    entity = service.get("/reconcile/suggest/entity", params={"prefix": "gastro"}).json()["result"]
    assert [(one["id"], one["notable"][0]["id"]) for one in entity] == [("mesh:D006471", "disease")]
    by_id = service.get("/reconcile/suggest/entity", params={"prefix": "mesh:D006470"}).json()["result"]
    assert by_id[0]["name"] == "Hemorrhage"
    types = service.get("/reconcile/suggest/type", params={"prefix": "drug"}).json()["result"]
    assert [one["id"] for one in types] == ["drug", "drug_class"]
    properties = service.get("/reconcile/suggest/property", params={"prefix": "vocab"}).json()["result"]
    assert [one["id"] for one in properties] == ["to"]
    assert service.get("/reconcile/suggest/entity").status_code == 400


def test_a_concept_that_is_called_so_is_suggested_before_one_with_such_a_synonym(
    client_of: Callable[..., Any], small_graph: Path
) -> None:
    insulin = Concept("rxnorm:51428", "insulin aspart", Kind.DRUG, synonyms=(Synonym("aspart"),))
    lexicon = Lexicon.of([insulin, Concept("rxnorm:1191", "aspirin", Kind.DRUG)])
    service = client_of(small_graph, lexicon=lexicon)
    found = service.get("/reconcile/suggest/entity", params={"prefix": "asp"}).json()["result"]
    assert [one["name"] for one in found] == ["aspirin", "insulin aspart"]


def test_a_preview_is_a_page_without_anything_foreign_in_it(service: Any) -> None:
    page = service.get("/reconcile/preview", params={"id": "mesh:D006470"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Hemorrhage" in page.text
    assert "Pathologic &lt;Processes&gt; (mesh:D010335)" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    unknown = service.get("/reconcile/preview", params={"id": "<script>alert(1)</script>"})
    assert unknown.status_code == 404
    assert "<script>" not in unknown.text


def test_values_of_matched_concepts_can_be_fetched(service: Any) -> None:
    proposed = service.get("/reconcile/extend/propose", params={"type": "drug", "limit": "2"}).json()
    assert (proposed["type"], len(proposed["properties"])) == ("drug", 2)
    asked = {"ids": ["rxnorm:11289", "mesh:none"], "properties": [{"id": "same_as"}, {"id": "name_zh"}, {"id": "?"}]}
    answer = service.post("/reconcile", data={"extend": json.dumps(asked)}).json()
    assert [part["id"] for part in answer["meta"]] == ["same_as", "name_zh"]
    assert answer["rows"]["rxnorm:11289"]["name_zh"] == [{"str": "华法林"}]
    assert {"str": "drugbank:DB00682"} in answer["rows"]["rxnorm:11289"]["same_as"]
    assert answer["rows"]["mesh:none"] == {"same_as": [], "name_zh": []}


def test_without_terminologies_it_says_what_is_missing(client_of: Callable[..., Any], small_graph: Path) -> None:
    service = client_of(small_graph)
    assert service.get("/reconcile").status_code == 200
    answer = service.post("/reconcile", data={"queries": '{"q0": {"query": "warfarin"}}'})
    assert answer.status_code == 503
    assert "kg terminology install" in answer.json()["message"]


def test_a_decision_counts_in_a_running_service_at_once(
    client_of: Callable[..., Any], small_graph: Path, tmp_path: Path
) -> None:
    info = TerminologyInfo("mesh", "mesh", "MeSH", "1", "free", "NLM")
    write_files(tmp_path / "lexicon", [(info, [Concept("mesh:D006470", "Hemorrhage", Kind.FINDING)])])
    service = client_of(small_graph, lexicon=LiveLexicon(tmp_path / "lexicon"))
    query = {"q0": {"query": "red spots"}}
    graphql = {"query": '{ ground(names: ["red spots"]) { matches { id } } }'}

    assert not any(candidate["match"] for candidate in ask(service, query)["q0"]["result"])
    decision = Decision("", "red spots", None, Verdict.EXACT, "mesh:D006470", "Hemorrhage", "ann", "")
    open_log(home=tmp_path).append([Line(Action.DECIDE, "ann", decision=decision)])

    (candidate,) = ask(service, query)["q0"]["result"]
    assert (candidate["id"], candidate["match"]) == ("mesh:D006470", True)
    assert "mesh:D006470" in service.post("/graphql", json=graphql).text
