"""What dialogues say: an answer decides a question, and what a patient says counts for the whole dialogue."""

from __future__ import annotations

import pytest

from extractors.dialogues import Speaker, Turn, assess_dialogue
from extractors.model import Document, Mention
from ontologies.model import Kind


def said(language: str, names: list[str], *turns: str) -> list[str]:
    """The assertions of `names`, each the first one behind the one before; turns are "C: ..." or "P: ..."."""
    text, ranges = "", []
    for turn in turns:
        speaker = Speaker.PATIENT if turn[0] == "P" else Speaker.CLINICIAN
        ranges.append(Turn(len(text), len(text) + len(turn) - 3, speaker))
        text += turn[3:] + "\n"
    mentions, at = [], 0
    for name in names:
        start = text.index(name, at)
        at = start + len(name)
        mentions.append(Mention(start, at, name, Kind.FINDING))
    document = Document("d", "", text, source="notes", language=language)
    return [mention.assertion.value for mention in assess_dialogue(document, ranges, mentions)]


@pytest.mark.parametrize(
    ("language", "names", "turns", "expected"),
    [
        ("zh", ["发烧"], ["C: 有没有发烧？", "P: 没有"], ["negated"]),
        ("zh", ["发烧"], ["C: 发烧吗？", "P: 有一点"], ["present"]),
        ("zh", ["咳嗽", "流鼻涕"], ["C: 咳嗽，流鼻涕不", "C: 还在吗", "P: 这些症状都没有"], ["negated", "negated"]),
        ("zh", ["咳嗽", "咳嗽"], ["C: 有咳嗽吗？", "P: 不咳嗽"], ["negated", "negated"]),
        ("zh", ["咳嗽"], ["C: 咳嗽几天了？", "P: 三天"], ["present"]),
        ("zh", ["肺炎"], ["C: 肺炎需要输液", "P: 好的"], ["possible"]),
        ("zh", ["皮疹"], ["C: 有没有皮疹？", "P: 你好"], ["possible"]),
        (
            "zh",
            ["咳嗽", "咳嗽", "咳嗽"],
            ["P: 咳嗽三天", "P: 白天不咳嗽", "C: 咳嗽的话多喝水"],
            ["present", "negated", "present"],
        ),
        ("en", ["fever"], ["C: Any fever?", "P: No."], ["negated"]),
        ("en", ["cough"], ["C: Do you cough?", "P: Yes, a lot."], ["present"]),
        ("en", ["nausea"], ["C: How long have you had nausea?", "P: A week."], ["present"]),
    ],
)
def test_dialogues_are_understood(language: str, names: list[str], turns: list[str], expected: list[str]) -> None:
    assert said(language, names, *turns) == expected


def test_the_answer_to_another_question_says_nothing() -> None:
    assert said("zh", ["发烧"], "C: 发烧吗？", "P: 你好", "C: 你好", "P: 没有") == ["possible"]


def test_a_dialogue_without_mentions_has_none() -> None:
    assert said("zh", [], "P: 你好") == []
