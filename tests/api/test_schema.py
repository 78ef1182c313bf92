"""The printed schema and the example operations stand as they are served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.predicates import PREDICATES
from kgql.names import Predicate
from kgql.schema import print_schema

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


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_every_operation_finds_something(path: Path, ask: Any) -> None:
    text = path.read_text(encoding="utf-8")
    header = next(line for line in text.splitlines() if line.startswith("# variables: "))
    data = ask(text, **json.loads(header.removeprefix("# variables: ")))
    for root, value in data.items():
        assert value, root
        assert value.get("edges", True) if isinstance(value, dict) else True, f"{root} has no edges"
