"""How predictions are shown: in the language asked for, with what is forbidden beside what is expected."""

from __future__ import annotations

import json

import pytest

from kg.embed.predicting import NOTICE_ZH, Prediction, Predictions
from kg.model import Fact, FactQuery, Node
from kg.render.predictions import CAUTIONS_SHOWN, print_predictions
from kg.roles import GraphReader, Store
from ontologies.model import Kind
from small_model import ABOUT, WARFARIN

SHOCK = Node("local:disease/shock", "shock", Kind.DISEASE, "休克")


def read_facts(store: GraphReader, predicate: str) -> tuple[Fact, ...]:
    return store.find_facts(FactQuery(subject=WARFARIN, predicates=(predicate,)), first=9).facts


def show(store: Store, cautions: tuple[Fact, ...], *, language: str, as_json: bool = False) -> None:
    (warfarin,) = store.get_nodes([WARFARIN])
    assert warfarin is not None
    one = Prediction(warfarin, "indicated_for", SHOCK, 1, -1.0, 0.25, read_facts(store, "interacts_with")[:1], cautions)
    told = Predictions((one,), candidates=5, known=2, opposed=1)
    print_predictions(store, told, {}, ABOUT, language=language, as_json=as_json)


def test_a_caution_stands_beside_what_is_predicted_with_its_sentence(
    small_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    (adverse, *_) = read_facts(small_store, "causes_adverse_event")
    show(small_store, (adverse,) * (CAUTIONS_SHOWN + 2), language="en")
    shown = capsys.readouterr().out
    assert shown.count("CAUTION, forbidden below it: warfarin") == CAUTIONS_SHOWN
    assert "and 2 more that are forbidden below it" in shown
    (row,) = small_store.get_evidence([adverse.id], first=1)[adverse.id]
    assert row.quote[:20] in shown
    show(small_store, (adverse,), language="en", as_json=True)
    (form,) = json.loads(capsys.readouterr().out)["predictions"]
    assert form["cautions"][0]["fact"]["id"] == adverse.id
    assert form["cautions"][0]["evidence"][0]["quote"] == row.quote


def test_in_chinese_all_of_it_is_chinese(small_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    show(small_store, read_facts(small_store, "causes_adverse_event")[:1], language="zh")
    shown = capsys.readouterr().out
    assert NOTICE_ZH in shown
    for word in ("PREDICTED", "predicted", "probability", "sources state", "candidates", "because", "CAUTION"):
        assert word not in shown
    assert "概率 0.250" in shown
    assert "休克" in shown
    assert "警示" in shown
