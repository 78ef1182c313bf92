"""The words looked for before an expression is tried: none of them may hide a match."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.relations.expressions import Rule, RuleSet, compile_rule, sure_words
from extractors.rules import read_rules

CASES = tomllib.loads((Path(__file__).parent / "relation_cases.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("indicated for", ("indicated for",)),
        ("(?:is|are) indicated(?: for)?", (" indicated",)),
        ("reports? of", ("report",)),
        ("(?:treat|manage|relieve)s?", ("treat", "manage", "relieve")),
        (r"in\s+combination", ("combination",)),
        ("not (?:seen|observed)", ("not ",)),
        ("ab?", ()),
        ("(?:with|without)?", ()),
        ("(?!not )harmful", ("harmful",)),
        ("[Rr]ash", ("ash",)),
        ("禁用", ("禁用",)),
        ("(?:患者)?慎用", ("慎用",)),
        ("rash|itch", ("rash", "itch")),
    ],
)
def test_sure_words(expression: str, words: tuple[str, ...]) -> None:
    assert sure_words(expression) == words


def expressions() -> Iterator[tuple[str, str]]:
    tables: list[dict[str, Any]] = [*read_rules("cues").values(), *read_rules("interactions").values()]
    for name in read_rules("qualifiers")["names"]["all"]:
        tables += read_rules("qualifiers").get(name, {}).values()
    for table in tables:
        for language in ("en", "zh"):
            yield from ((language, text) for text in table.get(language, []))


def test_no_match_is_hidden_by_the_words() -> None:
    texts = [case["text"].replace("{", "").replace("}", "") for case in CASES]
    hidden = [
        (rule.pattern.pattern, text)
        for language, expression in expressions()
        for rule in [compile_rule(expression, language)]
        for text in texts
        if rule.pattern.search(text) and not rule.fits(text.lower())
    ]
    assert hidden == []


def test_no_expression_begins_or_ends_where_no_word_can() -> None:
    assert [text for language, text in expressions() if language == "en" and text != text.strip()] == []


def test_rules_in_a_set_keep_their_order() -> None:
    rules = RuleSet([("first", compile_rule("rash", "en")), ("second", compile_rule(r"\w+", "en"))])
    assert [owner for owner, _ in rules.find("a rash")] == ["first", "second", "second"]


def test_rule_without_sure_words_is_always_tried() -> None:
    rule: Rule = compile_rule(r"\w+", "en")
    assert rule.words == ()
    assert rule.fits("anything")
