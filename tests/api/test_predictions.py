"""What models say over GraphQL: with a status of its own, never among facts, and told where it is of another graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.embed.shelf import LiveModel, Shelf
from kg.embed.trained import ABOUT, write_about
from kgql.limits import Limits
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from small_model import (
    AMIODARONE,
    BLEEDING,
    FIBRILLATION,
    NAUSEA,
    PREGNANCY,
    WARFARIN,
    add_strangers,
    make_small_model,
)

SIMILAR = (
    "query ($id: ID!, $kinds: [ConceptKind!]) { similar(id: $id, first: 3, kinds: $kinds) { similarity node { id } } }"
)
PREDICTIONS = """query ($subject: ID!, $predicate: Predicate! = INDICATED_FOR, $first: Int! = 3) {
  predictions(subject: $subject, predicate: $predicate, first: $first) {
    __typename status notice rank score probability object { id } stated { predicate }
    paths(first: 2) { steps { forward start { id } end { id } fact { predicate evidence(first: 1) { quote } } } }
    model { name graphVersion stale testMrr countingMrr caveat }
  }
}"""


@pytest.fixture
def service(modelled_graph: Path, client_of: Any) -> Any:
    return client_of(modelled_graph, model=LiveModel(modelled_graph))


def answer_of(service: Any, query: str, **variables: object) -> dict[str, Any]:
    body: dict[str, Any] = service.post("/graphql", json={"query": query, "variables": variables}).json()
    return body


def test_similar_concepts_come_nearest_first(service: Any) -> None:
    found = answer_of(service, SIMILAR, id=AMIODARONE)["data"]["similar"]
    assert [one["node"]["id"] for one in found] == [FIBRILLATION, WARFARIN, BLEEDING]
    assert found[0]["similarity"] > found[1]["similarity"]
    drugs = answer_of(service, SIMILAR, id=AMIODARONE, kinds=["DRUG"])["data"]["similar"]
    assert drugs[0]["node"]["id"] == WARFARIN


def test_codes_that_the_graph_does_not_have_take_no_places(modelled_graph: Path, client_of: Any) -> None:
    add_strangers(modelled_graph, AMIODARONE, count=40)
    service = client_of(modelled_graph, model=LiveModel(modelled_graph))
    found = answer_of(service, SIMILAR, id=AMIODARONE)["data"]["similar"]
    assert [one["node"]["id"] for one in found] == [FIBRILLATION, WARFARIN, BLEEDING]
    stranger = answer_of(service, SIMILAR, id="x:3")["data"]["similar"]
    assert [one["node"]["id"] for one in stranger] == [AMIODARONE, FIBRILLATION, WARFARIN]


def test_predictions_say_what_they_are(service: Any) -> None:
    found = answer_of(service, PREDICTIONS, subject=AMIODARONE)["data"]["predictions"]
    assert [one["object"]["id"] for one in found] == [FIBRILLATION, BLEEDING, PREGNANCY]
    assert {one["status"] for one in found} == {"PREDICTED"}
    assert {one["notice"] for one in found} == {"predicted, not stated by any source"}
    assert [one["rank"] for one in found] == [1, 2, 3]
    assert found[0]["model"] == {
        "name": "hand",
        "graphVersion": found[0]["model"]["graphVersion"],
        "stale": False,
        "testMrr": 0.5,
        "countingMrr": None,
        "caveat": None,
    }


def test_a_model_that_is_no_better_than_counting_says_so(modelled_graph: Path, client_of: Any) -> None:
    model = Shelf(modelled_graph).open()
    write_about(replace(model.about, counting={"test": {"mrr": 0.5}}), model.folder)
    (best, *_) = answer_of(client_of(modelled_graph, model=LiveModel(modelled_graph)), PREDICTIONS, subject=AMIODARONE)[
        "data"
    ]["predictions"]
    assert best["model"]["countingMrr"] == 0.5
    assert "no better than counting does (MRR 0.500 on test, by counting 0.500)" in best["model"]["caveat"]


CAUTIONS = """query ($id: ID!) { predictions(subject: $id, predicate: INDICATED_FOR, first: 9) {
  noticeZh object { id } cautions { predicate object { id } evidence(first: 1) { quote } } } }"""


def test_what_is_forbidden_below_a_prediction_is_a_caution_also_with_a_lexicon_that_comes_later(
    modelled_graph: Path, client_of: Any
) -> None:
    """What lies below is told by the terminologies, so the service asks the lexicon of the moment."""
    found: list[Lexicon] = []
    service = client_of(modelled_graph, model=LiveModel(modelled_graph), lexicon=lambda: found[0] if found else None)
    before = answer_of(service, CAUTIONS, id=WARFARIN)["data"]["predictions"]
    assert not any(one["cautions"] for one in before)
    above = before[0]["object"]["id"]
    concepts = Concept(above, "above", Kind.DISEASE), Concept(NAUSEA, "nausea", Kind.DISEASE, parents=(above,))
    found.append(Lexicon.of(concepts))
    after = answer_of(service, CAUTIONS, id=WARFARIN)["data"]["predictions"]
    cautions = {one["object"]["id"]: one["cautions"] for one in after}[above]
    assert cautions
    assert {one["object"]["id"] for one in cautions} == {NAUSEA}
    assert all(one["evidence"][0]["quote"] for one in cautions)
    assert after[0]["noticeZh"] == "预测,无任何来源陈述"


def test_a_prediction_is_explained_by_facts_with_their_sentences(service: Any) -> None:
    best, *_ = answer_of(service, PREDICTIONS, subject=AMIODARONE)["data"]["predictions"]
    first, second = best["paths"][0]["steps"]
    assert (first["start"]["id"], first["end"]["id"], first["forward"]) == (AMIODARONE, WARFARIN, False)
    assert (second["end"]["id"], second["forward"]) == (FIBRILLATION, True)
    assert first["fact"]["evidence"][0]["quote"] == "Amiodarone increases the effect of warfarin."


def test_what_sources_state_is_no_prediction_and_no_prediction_is_a_fact(service: Any) -> None:
    predicted = answer_of(service, PREDICTIONS, subject=WARFARIN)["data"]["predictions"]
    query = "query ($id: ID!) { facts(first: 50, about: $id) { edges { predicate object { id } status } } }"
    facts = answer_of(service, query, id=WARFARIN)["data"]["facts"]["edges"]
    stated = {one["object"]["id"] for one in facts if one["predicate"] == "INDICATED_FOR"}
    assert stated
    assert stated.isdisjoint(one["object"]["id"] for one in predicted)
    assert predicted[0]["stated"] == [{"predicate": "CAUSES_ADVERSE_EVENT"}]
    assert all(one["status"] != "PREDICTED" for one in facts)
    assert predicted[0]["__typename"] == "Prediction"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (SIMILAR, {"id": "drugbank:DB99999"}, "UNKNOWN_CONCEPT"),
        (SIMILAR, {"id": "nope:1"}, "UNKNOWN_CONCEPT"),
        (SIMILAR, {"id": "local:organization/example_pharma"}, "NO_VECTOR"),
        (PREDICTIONS, {"subject": "drugbank:DB99999"}, "UNKNOWN_CONCEPT"),
        (PREDICTIONS, {"subject": WARFARIN, "predicate": "INTERACTS_WITH"}, "NO_VECTOR"),
        (PREDICTIONS, {"subject": FIBRILLATION}, "UNFIT_CONCEPT"),
        (PREDICTIONS, {"subject": WARFARIN, "first": 0}, "FIRST_OUT_OF_RANGE"),
    ],
)
def test_what_cannot_be_answered_is_told(service: Any, query: str, variables: dict[str, Any], code: str) -> None:
    (error,) = answer_of(service, query, **variables)["errors"]
    assert error["extensions"]["code"] == code


def test_without_vectors_the_remedy_is_told(small_graph: Path, client_of: Any) -> None:
    for service in (client_of(small_graph), client_of(small_graph, model=LiveModel(small_graph))):
        (error,) = answer_of(service, SIMILAR, id=WARFARIN)["errors"]
        assert error["extensions"]["code"] == "NO_VECTORS"
        assert "kg embed train" in error["message"]
        assert answer_of(service, "{ meta { vectors { name } } }")["data"]["meta"]["vectors"] is None


def test_paths_are_charged_to_the_budget(modelled_graph: Path, client_of: Any) -> None:
    service = client_of(modelled_graph, model=LiveModel(modelled_graph), limits=Limits(rows=15))
    (error,) = answer_of(service, PREDICTIONS, subject=AMIODARONE)["errors"]
    assert error["extensions"]["code"] == "TOO_MANY_ROWS"


def test_a_service_with_vectors_of_another_version_is_not_ready_and_says_so(
    modelled_graph: Path, client_of: Any
) -> None:
    service = client_of(modelled_graph, model=LiveModel(modelled_graph))
    assert service.get("/readyz").status_code == 200
    make_small_model(modelled_graph, graph_version="0" * 32)
    ready = service.get("/readyz")
    assert ready.status_code == 503
    assert "train --model distmult` again" in ready.json()["reasons"][0]
    found = answer_of(service, PREDICTIONS, subject=AMIODARONE)["data"]["predictions"]
    assert found[0]["model"]["stale"] is True


def test_a_model_that_is_trained_meanwhile_is_served_at_once(modelled_graph: Path, client_of: Any) -> None:
    service = client_of(modelled_graph, model=LiveModel(modelled_graph))
    query = "{ meta { vectors { name model } } }"
    assert answer_of(service, query)["data"]["meta"]["vectors"]["name"] == "hand"
    make_small_model(modelled_graph, name="newer")
    assert answer_of(service, query)["data"]["meta"]["vectors"]["name"] == "newer"
    Shelf(modelled_graph).remove("newer")
    assert answer_of(service, query)["data"]["meta"]["vectors"] is None


def test_a_damaged_model_is_a_reason_not_to_be_ready(modelled_graph: Path, client_of: Any) -> None:
    (Shelf(modelled_graph).place("hand") / ABOUT).write_text("{}", encoding="utf-8")
    ready = client_of(modelled_graph, model=LiveModel(modelled_graph)).get("/readyz")
    assert ready.status_code == 503
    assert "train the model again" in ready.json()["reasons"][0]
