"""Names whose head is said once for several: "hepatic or renal impairment", 肝、肾功能不全, "CYP2C9 and 2C19"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from extractors.model import Mention
from extractors.rules import check_keys, read_rules
from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match
from ontologies.normalize import spans

_NUMERAL = r"(?:\d{1,2}[a-z]?|I{1,3}|IV|V|VI{0,3}|[A-E])"
_SERIES = re.compile(rf"(?<=\s)({_NUMERAL}(?:,\s*{_NUMERAL})*),?\s*(?:and/or|or|and|/)\s*({_NUMERAL})\s(\w+(?:\s\w+)?)")
_WORD_BEFORE = re.compile(r"\w+\s+$")
_NUMBER = re.compile(rf"\b{_NUMERAL}\b")
_MEMBER = r"(?:\d[A-Z\d]{0,3}|[B-E])\b"
_LONGEST_LIST = 6
_CONDITION = Mention(0, 0, "", Kind.DISEASE)


class _Rules(NamedTuple):
    kinds: frozenset[Kind]
    joins: tuple[str, ...]
    """What an English list has before its last member: looked at first, for most mentions are in no list."""
    before: re.Pattern[str]
    after: re.Pattern[str]
    before_zh: re.Pattern[str]
    after_zh: re.Pattern[str]
    bare: re.Pattern[str]
    never: frozenset[str]


@cache
def _rules() -> _Rules:
    table = read_rules("mentions")["coordination"]
    check_keys("mentions", "coordination", table, required={"kinds", "en", "zh", "bare_modifiers", "never"})
    en = "|".join(sorted(map(re.escape, table["en"]), key=len, reverse=True))
    zh = "|".join(sorted(map(re.escape, table["zh"]), key=len, reverse=True))
    word, more = r"[^\W\d_][\w-]*", r"[\w-]+"
    mark = rf"(?:,\s*(?:(?:{en})\s+)?|\s*/\s*|\s+(?:{en})\s+)"
    return _Rules(
        frozenset(Kind(kind) for kind in table["kinds"]),
        (",", "/", *table["en"]),
        re.compile(rf"((?<![\w-]){word}(?:\s{more}){{0,2}}){mark}$"),
        re.compile(rf"(?:,?\s+(?:{en})\s+|\s*/\s*|,\s+(?={_MEMBER}))((?:[\w-]+)(?:\s{word})?)"),
        re.compile(rf"([\u4e00-\u9fff]{{1,4}})(?:{zh})$"),
        re.compile(rf"(?:{zh})([\u4e00-\u9fffA-Za-z\d]{{1,6}})"),
        re.compile(f"({'|'.join(table['bare_modifiers'])})$"),
        frozenset(table["never"]),
    )


def find_coordinated(text: str, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """Further mentions that share their head or their first words with one of `mentions` (in order of place).

    Each has `parts` (its own words and the shared ones) and the name put back together as `text`; only names
    that the lexicon has, of the same sort as the mention they lean on, are given.
    """
    leaders = [m for m in mentions if m.kind in _rules().kinds]
    starts, ends = {m.start for m in leaders}, {m.end for m in leaders}
    found = list(_series(text, lexicon))
    for mention in leaders:
        found += _shared_head(text, mention, ends, lexicon)
        found += _shared_start(text, mention, starts, lexicon)
    return found


def _shared_head(text: str, mention: Mention, taken: set[int], lexicon: Lexicon) -> Iterator[Mention]:
    if _is_chinese(text, mention.start):
        yield from _heads_chinese(text, mention, taken, lexicon)
        return
    heads = [start for _, start, _ in spans(text[mention.start : mention.end])][1:]
    position = mention.start
    for _ in range(_LONGEST_LIST if heads else 0):
        if not text[max(0, position - 14) : position].rstrip().endswith(_rules().joins):
            return
        before = _rules().before.search(text, max(0, position - 70), position)
        if not before or before.end(1) in taken:
            return
        made = _first(text, _modifiers(before), mention, heads, lexicon)
        if made:
            yield made
        position = made.start if made else before.start(1) + before[1].rfind(" ") + 1


def _modifiers(before: re.Match[str]) -> Iterator[tuple[int, int]]:
    starts = [before.start(1) + m.start() for m in re.finditer(r"(?<!\S)\S", before[1])]
    for start in starts:
        yield start, before.end(1)


def _first(
    text: str, modifiers: Iterable[tuple[int, int]], mention: Mention, heads: list[int], lexicon: Lexicon
) -> Mention | None:
    for start, end in modifiers:
        if text[start:end].lower() in _rules().never:
            continue
        for head in heads:
            tail = (mention.start + head, mention.end)
            made = _made(text, ((start, end), tail), " ", mention, lexicon)
            if made:
                return made
    return None


def _made(text: str, parts: tuple[tuple[int, int], ...], glue: str, model: Mention, lexicon: Lexicon) -> Mention | None:
    name = glue.join(text[start:end] for start, end in parts)
    match = _find(name, model.kind, lexicon)
    if not match or (model.match and match.curie == model.match.curie):
        return None
    return Mention(min(s for s, _ in parts), max(e for _, e in parts), name, match.kind, match, parts=parts)


def _find(name: str, kind: Kind, lexicon: Lexicon) -> Match | None:
    kinds = (Kind.DISEASE, Kind.FINDING) if kind in (Kind.DISEASE, Kind.FINDING) else (kind,)
    return next(iter(lexicon.find(name, kinds=kinds)), None)


def _series(text: str, lexicon: Lexicon) -> Iterator[Mention]:
    """The members of "type 1 or 2 diabetes", whose head need not be a name by itself."""
    for series in _SERIES.finditer(text):
        first = _WORD_BEFORE.search(text, max(0, series.start() - 20), series.start())
        if not first:
            continue
        shared = (first.start(), first.start() + len(first[0].rstrip()))
        for number in _NUMBER.finditer(text, series.start(1), series.end(2)):
            for end in (series.end(3), series.start(3) + len(series[3].split()[0])):
                parts = (shared, number.span(), (series.start(3), end))
                made = _made(text, parts, " ", _CONDITION, lexicon)
                if made:
                    yield made
                    break


def _shared_start(text: str, mention: Mention, taken: set[int], lexicon: Lexicon) -> Iterator[Mention]:
    chinese = _is_chinese(text, mention.end - 1)
    pattern = _rules().after_zh if chinese else _rules().after
    position = mention.end
    for _ in range(_LONGEST_LIST):
        after = pattern.match(text, position, position + 60)
        if not after or after.start(1) in taken:
            return
        made = _second(text, mention, after, lexicon, "" if chinese else " ")
        if not made:
            return
        yield made
        position = made.end


def _second(text: str, mention: Mention, after: re.Match[str], lexicon: Lexicon, glue: str) -> Mention | None:
    cuts = [end for _, _, end in spans(text[mention.start : mention.end])][:-1]
    for end in _ends(after, glue):
        for cut in reversed(cuts):
            parts = ((mention.start, mention.start + cut), (after.start(1), end))
            made = _made(text, parts, glue, mention, lexicon)
            if made:
                return made
    return None


def _ends(after: re.Match[str], glue: str) -> list[int]:
    if glue:
        return [after.end(1)] + [after.start(1) + after[1].find(" ")] * (" " in after[1])
    return list(range(after.end(1), after.start(1), -1))


def _heads_chinese(text: str, mention: Mention, taken: set[int], lexicon: Lexicon) -> Iterator[Mention]:
    position, heads = mention.start, list(range(1, mention.end - mention.start))
    for _ in range(_LONGEST_LIST):
        before = _rules().before_zh.search(text, max(0, position - 6), position) or _rules().bare.search(
            text, max(0, position - 2), position
        )
        if not before or before.end(1) in taken:
            return
        modifiers = [(start, before.end(1)) for start in range(before.start(1), before.end(1))]
        made = next(
            (
                m
                for modifier in modifiers
                for head in heads
                if (m := _made(text, (modifier, (mention.start + head, mention.end)), "", mention, lexicon))
            ),
            None,
        )
        if not made:
            return
        yield made
        position = made.start


def _is_chinese(text: str, position: int) -> bool:
    return "\u4e00" <= text[position] <= "\u9fff"
