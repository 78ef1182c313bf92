"""What the text says of each mention: present, negated, possible, hypothetical, historical, or of a relative.

Method: ConText (Harkema et al. 2009, doi:10.1016/j.jbi.2009.05.002), which extends NegEx (Chapman et al. 2001): phrases
open a scope forward or backward that ends at a terminator, at a number of words, or with the sentence. The phrases,
with those of labels and of Chinese, are in rules/assertion.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from extractors.model import Assertion, Document, Mention
from extractors.phrases import phrase_pattern
from extractors.positions import SectionKinds
from extractors.rules import check_keys, read_rules
from ontologies.model import Kind

_EVERY = frozenset(Assertion)
_REACH = 600
"""Characters beyond which no scope reaches, so that one endless line costs no more than its length."""
_WORD = re.compile(r"\w[\w'’-]*")


class _Trigger(NamedTuple):
    assertion: Assertion
    forward: bool
    scope: int
    notes_only: bool
    not_drugs: bool


class _Sign(NamedTuple):
    """What one phrase does: opens scopes, ends scopes of some assertions, or (pseudo) neither."""

    triggers: tuple[_Trigger, ...]
    ends: frozenset[Assertion]


class _Found(NamedTuple):
    start: int
    end: int
    sign: _Sign


class _Language(NamedTuple):
    """Terminators have their own pattern: "patients with" must not hide the "with or without" that begins in it."""

    triggers: re.Pattern[str]
    terminators: re.Pattern[str]
    signs: dict[str, _Sign]
    by_characters: bool


def assess(document: Document, sentences: Sequence[tuple[int, int]], mentions: Sequence[Mention]) -> list[Mention]:
    """`mentions` with their assertions, in the same order; those outside all `sentences`, and the
    label's own drug, stay as they are.

    `sentences` are ranges of the document in order. On labels (see rules/assertion.toml) modal words such as "may"
    change nothing; in records they make a mention possible. Languages without rules are left as they are.
    """
    language = _language("zh" if document.language.startswith("zh") else "en")
    kinds = SectionKinds(document)
    is_record = document.source in read_rules("assertion")["note_sources"]
    assessed = list(mentions)
    for (start, end), places in _by_sentence(sentences, mentions):
        note = is_record or not (document.source or kinds.at(start))
        gaps = _gaps(start, end, [mentions[place] for place in places])
        signs = _signs(document.text, gaps, language)
        if signs:
            for place in (place for place in places if not mentions[place].own):
                said = _assertion(document.text, mentions[place], signs, gaps, note=note, language=language)
                if said is not Assertion.PRESENT:
                    assessed[place] = replace(mentions[place], assertion=said)
    return assessed


@cache
def _language(name: str) -> _Language:
    table = read_rules("assertion")[name]
    check_keys("assertion", name, table, required={"pseudo", "terminators", "triggers"})
    signs: dict[str, _Sign] = {phrase: _Sign((), frozenset()) for phrase in table["pseudo"]}
    for what, phrases in table["terminators"].items():
        ends = _EVERY if what == "all" else frozenset({Assertion(what)})
        for phrase in phrases:
            had = signs.get(phrase, _Sign((), frozenset()))
            signs[phrase] = had._replace(ends=had.ends | ends)
    for trigger in table["triggers"]:
        _add_trigger(signs, trigger, f"{name}.triggers")
    words, ending = name == "en", [phrase for phrase, sign in signs.items() if sign.ends]
    opening = [*table["pseudo"], *(phrase for phrase, sign in signs.items() if sign.triggers)]
    return _Language(
        phrase_pattern(opening, words=words), phrase_pattern(ending, words=words), signs, by_characters=not words
    )


def _add_trigger(signs: dict[str, _Sign], table: dict[str, object], where: str) -> None:
    required, optional = {"assertion", "direction", "scope", "phrases"}, {"notes_only", "not_drugs"}
    check_keys("assertion", where, table, required=required, optional=optional)
    forward, scope = table["direction"] == "forward", table["scope"]
    assert isinstance(scope, int) and isinstance(table["phrases"], list)
    flags = bool(table.get("notes_only")), bool(table.get("not_drugs"))
    trigger = _Trigger(Assertion(str(table["assertion"])), forward, scope, *flags)
    for phrase in table["phrases"]:
        had = signs.get(phrase, _Sign((), frozenset()))
        signs[phrase] = had._replace(triggers=(*had.triggers, trigger))


def _by_sentence(
    sentences: Sequence[tuple[int, int]], mentions: Sequence[Mention]
) -> Iterator[tuple[tuple[int, int], list[int]]]:
    starts = [start for start, _ in sentences]
    groups: dict[int, list[int]] = {}
    for place, mention in enumerate(mentions):
        at = bisect_right(starts, mention.start) - 1
        if at >= 0 and mention.start < sentences[at][1]:
            groups.setdefault(at, []).append(place)
    return ((sentences[at], places) for at, places in groups.items())


def _gaps(start: int, end: int, mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    """What of the sentence lies outside all its mentions: a word inside a mention is no trigger."""
    gaps: list[tuple[int, int]] = []
    low = start
    for mention in sorted(mentions, key=lambda m: m.start):
        if mention.start > low:
            gaps.append((low, mention.start))
        low = max(low, mention.end)
    return [*gaps, (low, end)] if low < end else gaps


def _signs(text: str, gaps: list[tuple[int, int]], language: _Language) -> list[_Found]:
    """The triggers and terminators of a sentence in order; none where no trigger is among them."""
    opening = [match for gap in gaps for match in language.triggers.finditer(text, *gap)]
    if not any(_sign(match, language).triggers for match in opening):
        return []
    starts = [match.start() for match in opening]
    ending = [match for gap in gaps for match in language.terminators.finditer(text, *gap)]
    ending = [match for match in ending if not _lies_within(match, opening, starts)]
    matches = sorted([*opening, *ending], key=lambda match: match.start())
    return [_Found(m.start(), m.end(), _sign(m, language)) for m in matches]


def _lies_within(match: re.Match[str], opening: list[re.Match[str]], starts: list[int]) -> bool:
    before = bisect_right(starts, match.start()) - 1
    return before >= 0 and match.end() <= opening[before].end()


def _sign(match: re.Match[str], language: _Language) -> _Sign:
    return language.signs[" ".join(match[0].lower().split())]


def _assertion(
    text: str, mention: Mention, signs: list[_Found], gaps: list[tuple[int, int]], *, note: bool, language: _Language
) -> Assertion:
    said = set()
    low = bisect_left(signs, mention.start - _REACH, key=_start)
    near = signs[low : bisect_right(signs, mention.end + _REACH, key=_start)]
    for place, found in enumerate(near):
        for trigger in found.sign.triggers:
            if trigger.assertion in said or (trigger.notes_only and not note):
                continue
            if trigger.not_drugs and mention.kind is Kind.DRUG:
                continue
            if trigger.forward != (found.end <= mention.start):
                continue
            between = (found.end, mention.start) if trigger.forward else (mention.end, found.start)
            inner = near[place + 1 :] if trigger.forward else near[:place]
            ended = _is_ended(trigger.assertion, between, inner)
            if not ended and _distance(text, between, gaps, language) <= trigger.scope:
                said.add(trigger.assertion)
    return next((a for a in _order() if a in said), Assertion.PRESENT)


def _start(found: _Found) -> int:
    return found.start


def _is_ended(assertion: Assertion, between: tuple[int, int], signs: list[_Found]) -> bool:
    return any(assertion in s.sign.ends and between[0] <= s.start and s.end <= between[1] for s in signs)


def _distance(text: str, between: tuple[int, int], gaps: list[tuple[int, int]], language: _Language) -> int:
    count = 0
    for place in range(max(0, bisect_left(gaps, (between[0], 0)) - 1), len(gaps)):
        low, high = gaps[place]
        if low >= between[1]:
            break
        piece = text[max(low, between[0]) : min(high, between[1])]
        count += sum(map(str.isalnum, piece)) if language.by_characters else len(_WORD.findall(piece))
    return count


@cache
def _order() -> tuple[Assertion, ...]:
    return tuple(Assertion(name) for name in read_rules("assertion")["order"])
