"""Sentences with marked mentions, and exactly what the relation extractors should make of them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from extractors.extract import EXTRACTORS, make_context, merge
from extractors.model import Assertion, Coded, Document, Mention, Relation, Section
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

CASES = tomllib.loads((Path(__file__).parent / "relation_cases.toml").read_text(encoding="utf-8"))["case"]
_MARK = re.compile(r"\{(?P<kind>\w+)(?:!(?P<assertion>\w+))?:(?P<text>[^}]*)\}")
_PRODUCT = "DrugX\n"


def marked(case: dict[str, Any]) -> tuple[Document, list[Mention]]:
    """The document of a case and its mentions, with the marks taken out of the text."""
    text, mentions, position = _PRODUCT, [], 0
    for mark in _MARK.finditer(case["text"]):
        text += case["text"][position : mark.start()]
        own = mark["kind"] == "own"
        kind = Kind.DRUG if own else Kind(mark["kind"])
        assertion = Assertion(mark["assertion"] or "present")
        mentions.append(Mention(len(text), len(text) + len(mark["text"]), mark["text"], kind, None, assertion, (), own))
        text, position = text + mark["text"], mark.end()
    text += case["text"][position:]
    sections = (
        Section("", "", 0, len(_PRODUCT), "product_data"),
        Section("", "", len(_PRODUCT), len(text), case["section"]),
    )
    coded = (Coded("has_active_ingredient", "", "DrugX", Kind.DRUG, 0, 5),)
    return Document("case", "DrugX", text, sections, coded=coded, language=case.get("language", "en")), mentions


def relations_of(case: dict[str, Any]) -> list[Relation]:
    document, mentions = marked(case)
    spans = [(0, 5), (len(_PRODUCT), len(document.text))]
    context = make_context(document, Lexicon.of([]), spans, mentions)
    return merge(relation for find in EXTRACTORS.values() for relation in find(context))


def in_words(relation: Relation) -> str:
    subject = "" if relation.subject.text == "DrugX" else f"{relation.subject.text} > "
    assertion = "" if relation.assertion is Assertion.PRESENT else f"!{relation.assertion}"
    return f"{subject}{relation.predicate} {relation.object.text}{assertion}"


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:60] for case in CASES])
def test_sentence_says_exactly_this(case: dict[str, Any]) -> None:
    relations = relations_of(case)
    assert sorted({in_words(relation) for relation in relations}) == sorted(set(case["says"]))
    for name, expected in case.get("with", {}).items():
        said = {f"{q.name}={q.value}" for r in relations if r.object.text == name for q in r.qualifiers}
        assert set(expected) <= said


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("Discontinuation due to {finding:rash} occurred in 3% of patients.", []),
        ("Discontinuation due to {finding:rash} (2.5%), {finding:nausea} (1%) was seen.", []),
        ("{finding:Rash} occurred in 3%, and discontinuation due to {finding:nausea} in 2%.", ["3%"]),
        ("Discontinuation due to {finding:rash} was seen; {finding:nausea} occurred in 4%.", ["4%"]),
    ],
)
def test_how_often_the_drug_was_stopped_is_no_rate_of_the_reaction(text: str, rates: list[str]) -> None:
    relations = relations_of({"section": "adverse_reactions", "text": text})
    assert relations
    assert [q.value for r in relations for q in r.qualifiers if q.name == "rate"] == rates
