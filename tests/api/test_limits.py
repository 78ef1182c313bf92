"""What one request may ask, and what it is told when it asks too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import get_introspection_query

from kgql.limits import Limits, parse_query

Ask = Callable[..., dict[str, Any]]


def code(error: dict[str, Any]) -> str:
    found: str = error["extensions"]["code"]
    return found


@pytest.mark.parametrize("first", [0, -1, 101])
@pytest.mark.parametrize(
    "query",
    [
        "query ($n: Int!) { facts(first: $n) { edges { id } } }",
        'query ($n: Int!) { search(text: "a", first: $n) { score } }',
        "query ($n: Int!) { conflicts(first: $n) { edges { node { fact { id } } } } }",
        'query ($n: Int!) { concept(id: "drugbank:DB00682") { facts(first: $n) { edges { id } } } }',
        "query ($n: Int!) { facts(first: 1) { edges { evidence(first: $n) { id } } } }",
    ],
)
def test_a_page_of_impossible_length_is_refused_with_the_range(refuse: Ask, query: str, first: int) -> None:
    error = refuse(query, n=first)
    assert code(error) == "FIRST_OUT_OF_RANGE"
    assert f"`first` is {first}: `first` must lie between 1 and 100" in error["message"]


def test_a_page_without_length_is_refused(refuse: Ask) -> None:
    assert "first" in refuse("{ facts { edges { id } } }")["message"]


def test_too_many_ids_are_refused(refuse: Ask) -> None:
    error = refuse("query ($ids: [ID!]!) { concepts(ids: $ids) { id } }", ids=["a:1"] * 101)
    assert code(error) == "TOO_MANY_IDS"


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_search_wants_words_but_not_a_book(refuse: Ask, text: str) -> None:
    assert code(refuse("query ($t: String!) { search(text: $t, first: 1) { score } }", t=text)) == "BAD_TEXT"


@pytest.mark.parametrize("confidence", [-0.1, 1.1])
def test_a_confidence_outside_0_to_1_is_refused(refuse: Ask, confidence: float) -> None:
    error = refuse("query ($c: Float!) { facts(first: 1, minConfidence: $c) { edges { id } } }", c=confidence)
    assert code(error) == "BAD_CONFIDENCE"


def test_a_cursor_of_another_question_is_refused(refuse: Ask, ask: Ask) -> None:
    query = "query ($about: ID!, $after: String) { facts(first: 1, about: $about, after: $after) { edges { cursor } } }"
    cursor = ask(query, about="HP:0002018")["facts"]["edges"][0]["cursor"]
    error = refuse(query, about="HP:0001892", after=cursor)
    assert code(error) == "GRAPH_ERROR"
    assert "belongs to another question" in error["message"]


def nested(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"facts(first: 1) {{ edges {{ node {{ {inner} }} }} }}"
    return f'{{ concept(id: "drugbank:DB00682") {{ {inner} }} }}'


def test_queries_may_be_nested_only_so_deep(ask: Ask, refuse: Ask) -> None:
    assert ask(nested(4))["concept"]
    assert code(refuse(nested(5))) == "TOO_DEEP"


def test_fragments_do_not_hide_depth(refuse: Ask) -> None:
    query = """{ concept(id: "drugbank:DB00682") { ...A } }
        fragment A on Concept { facts(first: 1) { edges { node { ...B } } } }
        fragment B on Concept { facts(first: 1) { edges { node { ...C } } } }
        fragment C on Concept { facts(first: 1) { edges { node { ...D } } } }
        fragment D on Concept { facts(first: 1) { edges { node { ...E } } } }
        fragment E on Concept { facts(first: 1) { edges { node { id } } } }"""
    assert code(refuse(query)) == "TOO_DEEP"


def test_fragments_do_not_hide_aliases(refuse: Ask) -> None:
    aliases = " ".join(f"a{n}: name" for n in range(16))
    query = (
        f'{{ x: concept(id: "a:1") {{ ...A }} y: concept(id: "a:2") {{ ...A }} }} fragment A on Concept {{ {aliases} }}'
    )
    assert code(refuse(query)) == "TOO_MANY_ALIASES"


def test_fragments_that_spread_each_other_do_not_multiply_unseen(refuse: Ask) -> None:
    levels = [f"fragment F{n} on Concept {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40)]
    query = " ".join(['{ concept(id: "a:1") { ...F0 } }', *levels, "fragment F40 on Concept { id }"])
    # Counted to the end, 2 to the 40th selections would never let this test finish.
    assert code(refuse(query)) in ("TOO_MANY_FIELDS", "TOO_MANY_TOKENS")


def test_fragments_in_a_circle_are_told_by_name(refuse: Ask) -> None:
    query = '{ concept(id: "a:1") { ...A } } fragment A on Concept { ...A id }'
    assert "Cannot spread fragment 'A' within itself" in refuse(query)["message"]


def test_too_many_fields_are_refused_before_their_names_are_looked_up(refuse: Ask) -> None:
    """Validation compares every pair of equal fields, so the count must come first: no field here exists."""
    query = '{ concept(id: "a:1") { ' + "nothing " * 900 + "} }"
    assert code(refuse(query)) == "TOO_MANY_FIELDS"


def test_a_very_long_query_is_refused_before_it_is_parsed(refuse: Ask) -> None:
    assert code(refuse('{ concept(id: "a:1") { ' + "id " * 5000 + "} }")) == "TOO_MANY_TOKENS"


def test_one_request_reads_only_so_many_rows(client_of: Any, small_graph: Any) -> None:
    client = client_of(small_graph, limits=Limits(rows=20))
    query = "{ facts(first: 100) { edges { node { facts(first: 100) { edges { id } } } } } }"
    error = client.post("/graphql", json={"query": query}).json()["errors"][0]
    assert code(error) == "TOO_MANY_ROWS"
    assert "more than 20 rows" in error["message"]


def test_the_introspection_that_tools_send_fits() -> None:
    assert parse_query(get_introspection_query(input_value_deprecation=True), Limits())
