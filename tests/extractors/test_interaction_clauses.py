"""Sentences of interactions with two clauses: each says a change of its own, of its own drugs."""

from __future__ import annotations

import re

import pytest

from extractors.extract import make_context, merge
from extractors.model import Assertion, Coded, Document, Mention, Section
from extractors.relations import interactions
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

_MARK = re.compile(r"\[([^\]]*)\]")
_OWN = frozenset({"Apixaban", "apixaban", "本品"})


def changes(marked: str, *, language: str = "en", predicate: str = "affects_exposure_of") -> set[str]:
    """What a sentence says of exposures, as "actor > victim: effect"; its drugs stand in brackets."""
    text, mentions, position = "Apixaban\n", [], 0
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        end = len(text) + len(mark[1])
        mentions.append(Mention(len(text), end, mark[1], Kind.DRUG, None, Assertion.PRESENT, (), mark[1] in _OWN))
        text, position = text + mark[1], mark.end()
    text += marked[position:]
    sections = (Section("", "", 0, 9, "product_data"), Section("", "", 9, len(text), "interactions"))
    coded = (Coded("has_active_ingredient", "", "Apixaban", Kind.DRUG, 0, 8),)
    document = Document("t", "Apixaban", text, sections, coded=coded, language=language)
    context = make_context(document, Lexicon.of([]), [(0, 8), (9, len(text))], mentions)
    found = [r for r in merge(interactions.find_relations(context)) if r.predicate == predicate]
    assert all((r.start, r.end) == (9, len(text)) for r in found), "the evidence is the whole sentence"
    return {
        f"{r.subject.text} > {r.object.text}: {q.value}" + ("!" if r.assertion is Assertion.NEGATED else "")
        for r in found
        for q in r.qualifiers
        if q.name == "effect"
    }


@pytest.mark.parametrize("border", [", but", " but", ";", ", whereas", "; however,"])
def test_each_clause_says_its_own_change(border: str) -> None:
    sentence = f"[Apixaban] had no effect on [digoxin]{border} [naproxen] increased [apixaban] exposure."
    assert changes(sentence) == {
        "Apixaban > digoxin: no effect!",
        "naproxen > Apixaban: increases exposure",
    }


def test_interactions_carry_the_effect_of_their_own_clause() -> None:
    sentence = "[Apixaban] increased [digoxin] concentrations, whereas [rifampin] decreased [apixaban] concentrations."
    assert changes(sentence, predicate="interacts_with") == {
        "Apixaban > digoxin: increases exposure",
        "Apixaban > rifampin: decreases exposure",
    }


@pytest.mark.parametrize("border", ["，但", "；", "，而"])
def test_each_chinese_clause_says_its_own_change(border: str) -> None:
    sentence = f"[本品]对[地高辛]的药代动力学无影响{border}[利福平]可降低[本品]的血药浓度。"
    assert changes(sentence, language="zh") == {
        "Apixaban > 地高辛: no effect!",
        "利福平 > Apixaban: decreases exposure",
    }


def test_advice_after_the_change_is_no_clause_of_its_own() -> None:
    sentence = "[Apixaban] increases [digoxin] concentrations; monitor patients taking [digoxin]."
    assert changes(sentence) == {"Apixaban > digoxin: increases exposure"}


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("[Apixaban] had no effect on [lithium] pharmacokinetics.", "Apixaban > lithium: no effect!"),
        ("[Apixaban] had no effect on the pharmacokinetics of [lithium].", "Apixaban > lithium: no effect!"),
        ("[Lithium] had no effect on [apixaban] pharmacokinetics.", "Lithium > Apixaban: no effect!"),
        ("[Lithium] pharmacokinetics were not affected by [apixaban].", "Apixaban > Lithium: no effect!"),
        ("[Apixaban] pharmacokinetics were not affected by [lithium].", "lithium > Apixaban: no effect!"),
    ],
)
def test_no_effect_is_on_the_drug_named_as_measured(sentence: str, change: str) -> None:
    assert changes(sentence) == {change}


@pytest.mark.parametrize("verb", ["而升高", "升高", "而增加"])
def test_chinese_exposure_that_rises_because_of_the_own_drug(verb: str) -> None:
    sentence = f"[地高辛]、[锂]的血药浓度可因[本品]{verb}。"
    assert changes(sentence, language="zh") == {
        "Apixaban > 地高辛: increases exposure",
        "Apixaban > 锂: increases exposure",
    }
