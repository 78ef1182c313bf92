"""Places smaller than a province, and organizations, in Chinese texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from extractors.deidentify.found import Found
from extractors.deidentify.patterns import filled
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_RULES = "deidentify_places_zh"
_KEYS = {
    "provinces", "cities", "links", "numbered", "lives", "lives_in", "no_place", "before", "organizations", "after",
    "generic", "wards", "parts", "forms",
}  # fmt: skip
_HAN = "\u3400-\u9fff"

#: How many characters before 医院 its name may begin.
_LONGEST = 22

#: Words before a name that may stand within one: 协和医院, 自来水公司.
_INSIDE = frozenset("和来自及经")


class _Forms(NamedTuple):
    known: re.Pattern[str]
    numbered: re.Pattern[str]
    crossing: re.Pattern[str]
    told: re.Pattern[str]
    lives_in: re.Pattern[str]
    city: re.Pattern[str]
    organization: re.Pattern[str]
    ward: re.Pattern[str]
    place: re.Pattern[str]
    before: re.Pattern[str]


@cache
def _forms() -> _Forms:
    rules = read_rules(_RULES)
    check_keys(_RULES, "", rules, required=_KEYS)
    words = {name: _any_of(value) for name, value in rules.items() if isinstance(value, list)}
    words["cities"] = _any_of(rules["cities"].split())
    words["han"] = f"[{_HAN}]"
    parts = {**words, **rules["parts"]}
    forms = {name: re.compile(filled(form, parts)) for name, form in rules["forms"].items()}
    forms["place"] = re.compile(f"{words['provinces']}|{words['cities']}")
    forms["before"] = re.compile(words["before"])
    return _Forms(**forms)


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


class ChinesePlaces:
    """Addresses, small places and organizations in Chinese characters."""

    name = _RULES

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in `text`."""
        if not re.search(f"[{_HAN}]", text):
            return
        forms = _forms()
        for pattern in (forms.known, forms.numbered, forms.crossing, forms.told, forms.lives_in, forms.city):
            for match in pattern.finditer(text):
                group = next((g for g in ("v", "v2") if g in pattern.groupindex and match[g]), 0)
                yield Found(match.start(group), match.end(group), IdentifierType.ADDRESS, "zh-address")
        for match in forms.organization.finditer(text):
            start = _organization_start(text, match.start())
            if start >= 0:
                yield Found(start, match.end(), IdentifierType.ORGANIZATION, "zh-organization")
        for match in forms.ward.finditer(text):
            start = max(match.start(), _after_last(text, match.start(), match.end() - 2))
            yield Found(start, match.end(), IdentifierType.ORGANIZATION, "zh-ward")


def _organization_start(text: str, end: int) -> int:
    """Where the name begins whose last word begins at `end`; -1 where it is no name (外院, 当地医院)."""
    run = re.search(f"[{_HAN}·]*$", text[max(0, end - _LONGEST) : end])
    start = end - len(run[0]) if run else end
    place = next((m.start() for m in _forms().place.finditer(text, start, end) if _begins(text, start, m.start())), -1)
    if place >= 0:
        return place
    ends = [match.end() for match in _forms().before.finditer(text, start, end)]
    for at in [*reversed(ends), start]:
        inside = at > start and text[at - 1] in _INSIDE
        if end - at >= 3 or not inside:
            return -1 if end - at < 2 or text[at:end] in read_rules(_RULES)["generic"] else at
    return -1


def _begins(text: str, start: int, at: int) -> bool:
    """Whether a place within a run of characters is where a name may begin: at its start, or after a word like 在."""
    return at == start or any(m.end() == at for m in _forms().before.finditer(text, start, at))


def _after_last(text: str, start: int, end: int) -> int:
    """The end of the last word before which no name goes on, or the start."""
    return max((match.end() for match in _forms().before.finditer(text, start, end)), default=start)
