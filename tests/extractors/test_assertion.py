from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from extractors.assertion import assess
from extractors.model import Document, Mention, Section
from extractors.sentences import split_sentences
from ontologies.model import Kind

LABEL, NOTE = "warnings", ""


class Case(NamedTuple):
    text: str
    language: str
    kind: str
    says: tuple[tuple[str, str], ...]


def said(case: Case) -> list[str]:
    text = case.text
    document = Document("d", "d", text, (Section("", "", 0, len(text), case.kind),), language=case.language)
    mentions = []
    for name, _ in case.says:
        start = text.index(name)
        mentions.append(Mention(start, start + len(name), name, Kind.FINDING))
    sentences = split_sentences(text, 0, len(text), case.language)
    return [m.assertion.value for m in assess(document, sentences, mentions)]


def cases(folder: Path, language: str) -> Iterator[Case]:
    for entry in tomllib.loads((folder / "assertion" / f"{language}.toml").read_text(encoding="utf-8"))["sentence"]:
        kind = LABEL if entry["where"] == "label" else NOTE
        yield Case(entry["text"], language, kind, tuple((name, value) for name, value in entry["says"]))


@pytest.mark.parametrize(("language", "goal"), [("en", 0.95), ("zh", 0.95)])
def test_most_of_the_sentences_kept_for_measuring_are_understood(samples: Path, language: str, goal: float) -> None:
    wrong, total = [], 0
    for case in cases(samples, language):
        for (name, expected), found in zip(case.says, said(case), strict=True):
            total += 1
            if found != expected:
                wrong.append(f"{case.text} [{name}] {found}, not {expected}")
    assert total >= 80
    assert 1 - len(wrong) / total >= goal, "\n".join(wrong)


TRAPS = [
    ("There is no evidence that abacavir causes hepatitis.", "en", "hepatitis", "negated"),
    ("There is no evidence that it is safe in patients with asthma.", "en", "asthma", "present"),
    ("It has not been shown that abacavir causes pancreatitis.", "en", "pancreatitis", "negated"),
    ("There is no evidence that it causes stroke, but it may cause hepatitis.", "en", "hepatitis", "present"),
    ("There is no evidence that it causes stroke, and it may cause hepatitis.", "en", "hepatitis", "present"),
    ("本品未增加心肌梗死的风险。", "zh", "心肌梗死", "negated"),
    ("Events not attributed to lamotrigine: pancreatitis.", "en", "pancreatitis", "negated"),
    ("Stopping it without an alternative increases the risk of stroke.", "en", "stroke", "present"),
    ("It was given without increased risk of stroke.", "en", "stroke", "negated"),
]


@pytest.mark.parametrize(("text", "language", "name", "expected"), TRAPS, ids=[text for text, *_ in TRAPS])
def test_label_says_this_of_the_finding(text: str, language: str, name: str, expected: str) -> None:
    assert said(Case(text, language, LABEL, ((name, expected),))) == [expected]
