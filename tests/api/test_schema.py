"""The printed schema and the example operations stand as they are served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.embed.shelf import LiveModel
from kg.predicates import PREDICATES
from kg_command import ROOT, Kg
from kgql.names import Predicate
from kgql.schema import print_schema
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym
from small_model import make_any_model

SHELF = Path(__file__).parents[2] / "graphql"
OPERATIONS = sorted((SHELF / "operations").glob("*.graphql"))


def test_the_printed_schema_is_the_one_served() -> None:
    printed = (SHELF / "schema.graphql").read_text(encoding="utf-8")
    assert printed == print_schema(), "run: python -m kgql.schema > graphql/schema.graphql"


def test_every_predicate_of_the_graph_has_a_name_in_the_schema() -> None:
    assert {member.value for member in Predicate} == set(PREDICATES)


def test_every_type_field_and_root_of_ours_says_what_it_is() -> None:
    undescribed = [
        line for before, line in _lines() if line.startswith(("type ", "enum ", "interface ")) and not before
    ]
    assert undescribed == []


def _lines() -> list[tuple[str, str]]:
    lines = print_schema().splitlines()
    return list(zip(["", *lines], lines, strict=False))


def read_operation(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of an example operation, and the variables its header gives."""
    text = path.read_text(encoding="utf-8")
    header = next(line for line in text.splitlines() if line.startswith("# variables: "))
    return text, json.loads(header.removeprefix("# variables: "))


def assert_found(data: dict[str, Any]) -> None:
    """Fails where a root found nothing."""
    for root, value in data.items():
        assert value, f"{root} found nothing"
        assert value.get("edges", True) if isinstance(value, dict) else value[0], f"{root} has nothing in it"


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_every_operation_finds_something(path: Path, modelled_graph: Path, client_of: Any) -> None:
    names = (Synonym("Coumadin"), Synonym("华法林", language="zh"))
    lexicon = Lexicon.of([Concept("drugbank:DB00682", "warfarin", Kind.DRUG, synonyms=names)])
    text, variables = read_operation(path)
    client = client_of(modelled_graph, lexicon=lexicon, model=LiveModel(modelled_graph))
    body = client.post("/graphql", json={"query": text, "variables": variables}).json()
    assert "errors" not in body
    assert_found(body["data"])


@pytest.fixture(scope="module")
def demo_graph(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the bundled samples."""
    kg = Kg(kg_home, tmp_path_factory.mktemp("demo"))
    kg("build", ROOT / "kg" / "samples", "--workers", "0")
    make_any_model(kg.graph)
    return kg.graph


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_every_operation_finds_something_in_the_demo_graph(
    path: Path, demo_graph: Path, kg_home: Path, client_of: Any
) -> None:
    text, variables = read_operation(path)
    lexicon = Lexicon.open(kg_home / "lexicon")
    client = client_of(demo_graph, lexicon=lexicon, model=LiveModel(demo_graph))
    body = client.post("/graphql", json={"query": text, "variables": variables}).json()
    assert "errors" not in body
    assert_found(body["data"])


def test_a_built_graph_credits_its_terminologies(demo_graph: Path, client_of: Any) -> None:
    query = "{ meta { terminologies { title version licence source } } }"
    found = client_of(demo_graph).post("/graphql", json={"query": query}).json()["data"]["meta"]["terminologies"]
    assert len(found) > 2
    assert all(terminology["licence"] and terminology["version"] for terminology in found)
