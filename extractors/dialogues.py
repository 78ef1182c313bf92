"""What a dialogue of a clinician and a patient says of each mention: the answer decides what a question asked.

Sentences are assessed one by one first. Then a question takes what its answer says, and every mention of a concept what
the patient says of it in the whole dialogue: dialogues ask, deny and come back to one complaint many times. What only
the clinician speaks of is possible: most of it is advice and general knowledge. Patterns are in rules/dialogues.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from extractors.assertion import assess
from extractors.model import Assertion, Document, Mention
from extractors.rules import check_keys, read_rules
from extractors.sentences import split_sentences

#: Turns behind a question in which its answer is looked for.
_REACH = 5
_DEFINITE = frozenset({Assertion.PRESENT, Assertion.NEGATED, Assertion.HISTORICAL})


class Speaker(StrEnum):
    """Who speaks."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class Turn(NamedTuple):
    """What one person says at a time: a range of the document's text."""

    start: int
    end: int
    speaker: Speaker


class _Said(NamedTuple):
    """A mention with its turn, what its own sentence says, and whether it is asked for or taken as known."""

    mention: Mention
    turn: int
    asked: bool
    known: bool


class _Patterns(NamedTuple):
    speakers: re.Pattern[str]
    asks: re.Pattern[str]
    presupposes: re.Pattern[str]
    beside: re.Pattern[str]
    no: re.Pattern[str]
    bare_no: re.Pattern[str]
    yes: re.Pattern[str]


def find_turns(text: str, *, language: str = "en") -> tuple[Turn, ...]:
    """The turns of a transcript, each behind the name of its speaker at the beginning of a line; none of other texts.

    Both must speak, and half of the lines at least must begin with a speaker.
    """
    found = list(_patterns("zh" if language.startswith("zh") else "en").speakers.finditer(text))
    lines = sum(1 for line in text.splitlines() if line.strip())
    if 2 * len(found) < lines or len({match.lastgroup for match in found}) < 2:
        return ()
    ends = [*(match.start() for match in found[1:]), len(text)]
    speakers = [Speaker(str(match.lastgroup)) for match in found]
    return tuple(Turn(m.end(), max(m.end(), end), who) for m, end, who in zip(found, ends, speakers, strict=True))


def assess_dialogue(document: Document, turns: Sequence[Turn], mentions: Sequence[Mention]) -> list[Mention]:
    """`mentions` with what the dialogue says of them, in the same order; they lie within `turns`, which are in order.

    Mentions of one concept (by CURIE, else by their text) get what the patient most often says of it; where the patient
    denies it at one place ("not by day"), that place keeps the denial.
    """
    spans = [span for turn in turns for span in split_sentences(document.text, turn.start, turn.end, document.language)]
    rules = _patterns("zh" if document.language.startswith("zh") else "en")
    assessed = assess(document, spans, mentions)
    said = [_place(document.text, mention, turns, spans, rules) for mention in assessed]
    answers = [_answer(document.text, one, said, turns, rules) if one.asked else None for one in said]
    decided = _decide(said, answers, turns)
    return [replace(one.mention, assertion=a) for one, a in zip(said, decided, strict=True)]


def _place(
    text: str, mention: Mention, turns: Sequence[Turn], spans: Sequence[tuple[int, int]], rules: _Patterns
) -> _Said:
    turn = bisect_right(turns, mention.start, key=_start) - 1
    start, end = spans[bisect_right(spans, mention.start, key=_start) - 1]
    after, before = text[mention.end : end], text[start : mention.start]
    if rules.presupposes.search(after) or rules.beside.search(before):
        return _Said(replace(mention, assertion=Assertion.PRESENT), turn, asked=False, known=True)
    asked = bool(rules.asks.search(text[start:end]))
    return _Said(replace(mention, assertion=Assertion.POSSIBLE) if asked else mention, turn, asked, known=False)


def _start(span: tuple[int, int] | Turn) -> int:
    return span[0]


def _answer(
    text: str, question: _Said, said: Sequence[_Said], turns: Sequence[Turn], rules: _Patterns
) -> Assertion | None:
    """What the answer to `question` says of its mention; None where there is none, or where it names it itself."""
    for place in _replies(question.turn, turns):
        answer = text[turns[place].start : turns[place].end]
        named = [one for one in said if one.turn == place]
        if named:
            itself = any(_concept(one.mention) == _concept(question.mention) for one in named)
            denies = rules.no.search(answer) and not re.match("[没不无]", answer)
            return Assertion.NEGATED if denies and not itself else None
        if rules.no.search(answer):
            return Assertion.NEGATED
        if rules.yes.search(answer):
            return Assertion.PRESENT
    return None


def _replies(asked: int, turns: Sequence[Turn]) -> Iterator[int]:
    """The turns of the other speaker behind a question, until the first speaks again."""
    replied = False
    for place in range(asked + 1, min(len(turns), asked + 1 + _REACH)):
        if turns[place].speaker is not turns[asked].speaker:
            replied = True
            yield place
        elif replied:
            return


def _decide(said: Sequence[_Said], answers: Sequence[Assertion | None], turns: Sequence[Turn]) -> list[Assertion]:
    decided = [answer or one.mention.assertion for one, answer in zip(said, answers, strict=True)]
    for places in _by_concept(said).values():
        told = [
            decided[place]
            for place in places
            if decided[place] in _DEFINITE
            and (answers[place] or said[place].known or turns[said[place].turn].speaker is Speaker.PATIENT)
        ]
        for place in places:
            own = turns[said[place].turn].speaker is Speaker.PATIENT and decided[place] is Assertion.NEGATED
            if not own:
                decided[place] = max(told, key=told.count) if told else _unconfirmed(decided[place])
    return decided


def _by_concept(said: Sequence[_Said]) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(said):
        groups[_concept(one.mention)].append(place)
    return groups


def _concept(mention: Mention) -> str:
    return mention.match.curie if mention.match else mention.text


def _unconfirmed(assertion: Assertion) -> Assertion:
    return Assertion.POSSIBLE if assertion in _DEFINITE else assertion


@cache
def _patterns(language: str) -> _Patterns:
    table = read_rules("dialogues")[language]
    check_keys("dialogues", language, table, required=set(_Patterns._fields))
    return _Patterns(**{name: re.compile(pattern, re.M) for name, pattern in table.items()})
