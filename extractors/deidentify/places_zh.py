"""Places smaller than a province, and organizations, in Chinese texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from extractors.deidentify.found import Found
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_RULES = "deidentify_places_zh"
_KEYS = {
    "provinces", "cities", "links", "numbered", "lives", "lives_in", "no_place", "before", "organizations", "after",
    "generic", "wards",
}  # fmt: skip
_HAN = "\u3400-\u9fff"
_NUMBER = "[0-9A-Za-z一二三四五六七八九十百]"

#: How many characters before 医院 its name may begin.
_LONGEST = 22


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
    cities = rules["cities"].split()
    place = f"(?:{_any_of(rules['provinces'])}|{_any_of(cities)})"
    link = f"[{_HAN}]{{1,10}}?{_any_of(rules['links'])}村?"
    number = f"[A-Za-z]?{_NUMBER}{{1,5}}(?:[-之]\\d{{1,4}})?{_any_of(rules['numbered'])}"
    room = "\\d{2,4}(?:室|号)?"
    step = f"\\s?(?:{number}|{link}|{room})"
    province = f"{_any_of(rules['provinces'])}(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?"
    start = f"(?:{province}\\s?(?:{_any_of(cities)}市?)?|{_any_of(cities)}(?:市|县|区|地区)?)"
    stop = f"(?:{_any_of(rules['lives_in'])}|在|于|至|到|赴|往|由|从|系)?"
    return _Forms(
        re.compile(f"{start}(?:{step}){{1,9}}|{_any_of(rules['provinces'])}省?{_any_of(cities)}市?"),
        re.compile(
            f"{stop}(?P<v>[{_HAN}]{{2,6}}?(?:路|街|大道|小区|社区|新村|花园|家园|公寓|街道|巷|镇|乡|村|区|县){step.replace(room, '(?!)')}*?\\s?{number}(?:{step})*)"
        ),
        re.compile(
            f"{stop}(?P<v>[{_HAN}]{{2,6}}?(?:路|街|大道|道)(?:[与和/][{_HAN}]{{2,6}}?(?:路|街|大道|道))?(?:交叉口|路口|交汇处|地铁站|附近)|[{_HAN}]{{0,4}}?(?:火车站|高铁站|汽车站|地铁站|机场)(?:广场)?)"
        ),
        re.compile(
            f"{_any_of(rules['lives'])}\\s?[:为是在]?\\s{{0,3}}(?!{_any_of(rules['no_place'])})(?P<v>[^\\s,。;:、()|\\n]{{2,60}})"
        ),
        re.compile(
            f"{_any_of(rules['lives_in'])}\\s?[:于在]?\\s?(?!{_any_of(rules['no_place'])})(?P<v>[{_HAN}]{{2,8}}?{_any_of(rules['links'])}(?:{step})*)"
        ),
        re.compile(
            f"(?P<v>{_any_of(cities)}市)|(?:在|于|到|赴|来自|从|系|住|回|去|居|生于|久居)(?P<v2>{_any_of(cities)})(?=人|工作|打工|居住|旅游|上学|出差|读书|生活|市|[,。;、\\s]|$)"
        ),
        re.compile(f"{_any_of(rules['organizations'])}(?:{_any_of(rules['after'])})?"),
        re.compile(
            f"(?:[{_HAN}]{{0,6}}?[一二三四五六七八九十]{{1,2}}|[{_HAN}]{{0,6}}?\\d{{1,3}})\\s?{_any_of(rules['wards'])}"
        ),
        re.compile(place),
        re.compile(_any_of(rules["before"])),
    )


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
    start = place if place >= 0 else _after_last(text, start, end)
    return -1 if text[start:end] in read_rules(_RULES)["generic"] or end - start < 2 else start


def _begins(text: str, start: int, at: int) -> bool:
    """Whether a place within a run of characters is where a name may begin: at its start, or after a word like 在."""
    return at == start or any(m.end() == at for m in _forms().before.finditer(text, start, at))


def _after_last(text: str, start: int, end: int) -> int:
    """The end of the last word before which no name goes on, or the start."""
    return max((match.end() for match in _forms().before.finditer(text, start, end)), default=start)
