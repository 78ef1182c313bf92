"""KGX: the words are those of the Biolink model, denials stay denials, and `medkg` holds all of a fact."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from kg.export import write_graph
from kg.export.biolink import CATEGORIES, PREFIXES, describe_fact, write_id
from kg.export.kgx.rows import EDGE_COLUMNS, NODE_COLUMNS
from kg.export.records import row_form
from kg.export.view import View
from kg.forms import fact_form, node_form
from kg.model import Fact, Node, Status
from kg.predicates import PREDICATES
from kg.stores.sqlite import SqliteStore, open_store
from odd_names import HOSTILE, make_odd_desk
from ontologies.model import Kind

Row = dict[str, Any]

#: What KGX takes for a CURIE (kgx.prefix_manager).
CURIE = re.compile(r"[^ <()>:]*:[^/ :]+")


@pytest.fixture(params=["tsv", "jsonl"])
def exported(request: pytest.FixtureRequest, small_store: SqliteStore, tmp_path: Path) -> dict[str, list[Row]]:
    """Nodes and edges as a reader of either form has them."""
    write_graph({"tsv": "kgx", "jsonl": "kgx-jsonl"}[request.param], small_store, tmp_path / "out")
    return {name: list(_read(tmp_path / "out" / f"{name}.{request.param}")) for name in ("nodes", "edges")}


def _read(path: Path) -> list[Row]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    rows = csv.DictReader(text.split("\n")[:-1], delimiter="\t", quoting=csv.QUOTE_NONE)
    return [row | {"medkg": json.loads(row["medkg"])} for row in rows]


def test_an_edge_holds_the_whole_fact(exported: dict[str, list[Row]], small_store: SqliteStore) -> None:
    with small_store.snapshot():
        stated = {fact.id: (fact, rows) for fact, rows in View(small_store).iter_stated()}
    assert [edge["id"] for edge in exported["edges"]] == list(stated)
    for edge in exported["edges"]:
        fact, rows = stated[edge["id"]]
        assert edge["medkg"] == fact_form(fact) | {"evidence": [row_form(row) for row in rows]}
        assert float(edge["has_confidence_score"]) == fact.confidence
    assert [node["medkg"] for node in exported["nodes"]] == [node_form(node) for node in small_store.iter_nodes()]


def test_ends_of_edges_are_nodes_and_curies(exported: dict[str, list[Row]]) -> None:
    ids = {node["id"] for node in exported["nodes"]}
    assert {edge[side] for edge in exported["edges"] for side in ("subject", "object")} == ids
    assert all(CURIE.fullmatch(id_) for id_ in ids)


def test_denials_are_negated(exported: dict[str, list[Row]]) -> None:
    told = {
        edge["original_predicate"]: (edge["predicate"], str(edge["negated"]).lower())
        for edge in exported["edges"]
        if edge["medkg"]["status"] == "negative" or "not_" in edge["predicate"] + edge["original_predicate"]
    }
    assert told == {
        "medkg:not_indicated_for": ("biolink:treats", "true"),
        "medkg:causes_adverse_event": ("biolink:has_side_effect", "true"),
    }


@pytest.mark.parametrize(
    ("predicate", "status", "told"),
    [
        ("indicated_for", Status.SUPPORTED, ("biolink:treats", False)),
        ("indicated_for", Status.CONTESTED, ("biolink:treats", False)),
        ("indicated_for", Status.NEGATIVE, ("biolink:treats", True)),
        ("not_indicated_for", Status.SUPPORTED, ("biolink:treats", True)),
        ("not_indicated_for", Status.NEGATIVE, ("biolink:related_to", False)),
        ("contraindicated_in", Status.SUPPORTED, ("biolink:contraindicated_in", False)),
        ("contraindicated_in", Status.NEGATIVE, ("biolink:contraindicated_in", True)),
        ("has_route", Status.SUPPORTED, ("biolink:related_to", False)),
    ],
)
def test_no_denial_becomes_an_affirmation(predicate: str, status: Status, told: tuple[str, bool]) -> None:
    drug, disease = Node("mesh:D1", "a", Kind.DRUG), Node("mesh:D2", "b", Kind.DISEASE)
    edge = describe_fact(Fact("0", drug, predicate, disease, 0.5, status, 1, 1), ())
    assert (edge.predicate, edge.negated) == told


@cache
def _model() -> Row:
    yaml = pytest.importorskip("yaml", reason="needs the Biolink model: pip install 'medkg[bench]'")
    pytest.importorskip("biolink_model", reason="needs the Biolink model: pip install 'medkg[bench]'")
    text = files("biolink_model").joinpath("schema/biolink_model.yaml").read_text(encoding="utf-8")
    model: Row = yaml.load(text, yaml.CSafeLoader)
    return model


def _above(slot: str) -> list[str]:
    found = [slot]
    while parent := _model()["slots"][found[-1]].get("is_a"):
        found.append(parent)
    return found


def test_predicates_are_those_of_the_model() -> None:
    for predicate in PREDICATES.values():
        if predicate.biolink:
            name = predicate.biolink.removeprefix("biolink:").replace("_", " ")
            assert "related to" in _above(name), predicate.name


def test_categories_prefixes_and_columns_are_those_of_the_model(exported: dict[str, list[Row]]) -> None:
    classes = {"".join(word[0].upper() + word[1:] for word in name.split()) for name in _model()["classes"]}
    associations = {one for edge in exported["edges"] for one in _list(edge["category"])}
    assert {name.removeprefix("biolink:") for name in {*CATEGORIES.values(), *associations}} <= classes
    prefixes = json.loads(files("biolink_model").joinpath("prefixmaps/biolink_model_prefix_map.json").read_text())
    assert set(PREFIXES.values()) <= prefixes.keys()
    slots = {name.replace(" ", "_") for name in _model()["slots"]}
    assert {*NODE_COLUMNS, *EDGE_COLUMNS} - slots == {"medkg"}
    for column, enum in (("knowledge_level", "KnowledgeLevelEnum"), ("agent_type", "AgentTypeEnum")):
        assert {edge[column] for edge in exported["edges"]} <= _model()["enums"][enum]["permissible_values"].keys()


def _list(value: str | list[str]) -> list[str]:
    return value.split("|") if isinstance(value, str) else value


def test_ids_are_percent_encoded_where_kgx_would_refuse_them() -> None:
    assert write_id("rxnorm:11289") == "RXCUI:11289"
    assert write_id("local:finding/50%_(a:b)") == "local:finding%2F50%25_%28a%3Ab%29"


def test_hostile_names_keep_their_cells(tmp_path: Path) -> None:
    desk = make_odd_desk(tmp_path)
    with open_store(str(desk.graph)) as store:
        write_graph("kgx", store, tmp_path / "out")
    rows = _read(tmp_path / "out" / "edges.tsv")
    assert HOSTILE in {one["quote"] for row in rows for one in row["medkg"]["evidence"]}
    assert all(set(row) == set(EDGE_COLUMNS) for row in rows)
