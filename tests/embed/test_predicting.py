"""What a model expects: never what is stated or denied, in order, with a status of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kg.embed.errors import EmbeddingError, UnfitError
from kg.embed.judging import judge
from kg.embed.predicting import Predicted, Prediction, Predictor, open_scorer
from kg.embed.shelf import Shelf
from kg.embed.trained import RELATIONS, Trained
from kg.errors import UnknownNameError
from kg.model import Status
from kg.roles import GraphReader
from kg.stores import connect
from small_model import (
    AMIODARONE,
    BLEEDING,
    CLARITHROMYCIN,
    FIBRILLATION,
    NAUSEA,
    PREGNANCY,
    RASH,
    WARFARIN,
    make_any_model,
)
from tests.graphs import ASPIRIN, EMBOLISM, PNEUMONIA, UNKNOWN, said
from tests.graphs import BLEEDING as BLEEDING_NODE
from tests.graphs import WARFARIN as WARFARIN_NODE


def predict(graph: GraphReader, model: Trained, curie: str, predicate: str, first: int = 10) -> list[Prediction]:
    (node,) = graph.get_nodes([curie])
    assert node is not None
    return list(Predictor(graph, model).predict(node, predicate, first=first).found)


def test_the_likeliest_come_first(modelled_store: GraphReader, hand_model: Trained) -> None:
    found = predict(modelled_store, hand_model, AMIODARONE, "indicated_for")
    assert [one.object.curie for one in found] == [FIBRILLATION, BLEEDING, PREGNANCY, NAUSEA, RASH]
    assert [one.rank for one in found] == [1, 2, 3, 4, 5]
    assert np.exp([one.score for one in found]).sum() == pytest.approx(1)


def test_known_and_denied_facts_are_left_out(modelled_store: GraphReader, hand_model: Trained) -> None:
    (node,) = modelled_store.get_nodes([WARFARIN])
    assert node is not None
    found = Predictor(modelled_store, hand_model).predict(node, "indicated_for")
    # Atrial fibrillation and pregnancy are stated, nausea is denied by another predicate.
    assert [one.object.curie for one in found.found] == [BLEEDING, RASH]
    assert (found.candidates, found.known, found.opposed) == (2, 2, 1)


def test_a_fact_that_its_own_evidence_denies_is_known(modelled_store: GraphReader, hand_model: Trained) -> None:
    found = predict(modelled_store, hand_model, CLARITHROMYCIN, "causes_adverse_event")
    assert {one.object.curie for one in found} == {FIBRILLATION, RASH, PREGNANCY}


def test_what_sources_state_of_the_pair_by_other_predicates_is_told(
    modelled_store: GraphReader, hand_model: Trained
) -> None:
    best, *_ = predict(modelled_store, hand_model, WARFARIN, "indicated_for")
    assert [fact.predicate for fact in best.stated] == ["causes_adverse_event"]


def test_a_prediction_has_a_status_that_no_fact_has(modelled_store: GraphReader, hand_model: Trained) -> None:
    best, *_ = predict(modelled_store, hand_model, AMIODARONE, "indicated_for", first=1)
    assert best.status is Predicted.PREDICTED
    assert best.status.value not in {status.value for status in Status}


def test_only_as_many_as_asked_are_given(modelled_store: GraphReader, hand_model: Trained) -> None:
    assert len(predict(modelled_store, hand_model, AMIODARONE, "indicated_for", first=2)) == 2


def test_the_probability_is_that_of_the_calibration(modelled_store: GraphReader, hand_model: Trained) -> None:
    best, *_ = predict(modelled_store, hand_model, AMIODARONE, "indicated_for", first=1)
    share = np.exp(best.score)
    assert best.probability == pytest.approx(share / (1 + share))
    bare = Trained(hand_model.folder, replace(hand_model.about, calibrations={}))
    assert predict(modelled_store, bare, AMIODARONE, "indicated_for", first=1)[0].probability is None
    # Its curve is of the vectors before.
    refitted = Trained(hand_model.folder, replace(hand_model.about, refitted=True))
    assert predict(modelled_store, refitted, AMIODARONE, "indicated_for", first=1)[0].probability is None


def test_what_cannot_be_predicted_is_told(modelled_store: GraphReader, hand_model: Trained) -> None:
    with pytest.raises(UnknownNameError, match="predicate 'cures'"):
        predict(modelled_store, hand_model, WARFARIN, "cures")
    with pytest.raises(EmbeddingError, match="no vector of interacts_with"):
        predict(modelled_store, hand_model, WARFARIN, "interacts_with")
    with pytest.raises(EmbeddingError, match="predicts no facts"):
        Predictor(modelled_store, Trained(hand_model.folder, replace(hand_model.about, scoring="")))
    (hand_model.folder / RELATIONS).unlink()
    with pytest.raises(EmbeddingError, match=r"relations\.parquet is missing"):
        Predictor(modelled_store, Trained(hand_model.folder, hand_model.about))


def test_a_predicate_is_asked_of_what_it_is_said_of(modelled_store: GraphReader, hand_model: Trained) -> None:
    with pytest.raises(
        UnfitError, match=r"indicated_for is said of a drug or drug class, and atrial fibrillation .* is a disease"
    ):
        predict(modelled_store, hand_model, FIBRILLATION, "indicated_for")


def test_held_out_facts_are_judged_among_fitting_candidates(hand_model: Trained) -> None:
    scorer = open_scorer(hand_model)
    known = [(WARFARIN, "indicated_for", FIBRILLATION)]
    judged = judge(scorer, [(WARFARIN, "indicated_for", BLEEDING), ("x:1", "indicated_for", RASH)], known, seed=0)
    (one,) = judged["indicated_for"]
    # Of five conditions one is known, and one of the others is the fact.
    assert one.facts.sum() == 1
    assert one.weights.sum() == 4
    assert np.exp(one.shares).sum() == pytest.approx(1)


def test_what_is_the_same_as_a_known_object_is_left_out(tmp_path: Path) -> None:
    store = connect(tmp_path / "graph", mode="create")
    store.put(
        [
            said("made:1", WARFARIN_NODE, "indicated_for", EMBOLISM),
            said("made:2", ASPIRIN, "indicated_for", PNEUMONIA),
            said("made:3", PNEUMONIA, "same_as", EMBOLISM),
            said("made:4", ASPIRIN, "causes_adverse_event", BLEEDING_NODE),
        ]
    )
    make_any_model(tmp_path / "graph")
    model = Shelf(tmp_path / "graph").open()
    found = predict(store, model, WARFARIN_NODE.curie, "indicated_for")
    assert {one.object.curie for one in found} == {BLEEDING_NODE.curie, UNKNOWN.curie}
    store.close()
