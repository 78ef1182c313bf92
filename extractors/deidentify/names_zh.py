"""Names of persons in Chinese texts, by surnames, characters of given names and what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from extractors.deidentify.found import Found
from extractors.events import IdentifierType
from extractors.rules import check_keys, read_rules

_RULES = "deidentify_names_zh"
_HAN = "\u3400-\u9fff"
_KEYS = {
    "surnames", "commonest", "compound", "weak", "given", "stops", "followers", "labels", "roles", "titles", "told",
    "not_names", "given_words", "everyday",
}  # fmt: skip
_BETWEEN = re.compile(r"\s?[、,;/和与及]\s?|\s{1,2}(?=\S)")

_COLON = r"(?P<colon>[ \t]{0,3}[:/]|[ \t])?[ \t]{0,4}(?:[为是](?!主))?"

#: What is no given name by itself.
_NO_GIVEN = frozenset("小一二三四五六七八九十")

#: Words before a name that stand before much else.
_PARTICLES = frozenset("由经请与和及今随予遵系姐兄科")

#: Titles that surnames alone are said with by everyone, so that a surname that is a word may be one.
_BEFORE_SURNAME = frozenset("科请由经与和及日天院随诊方管")


#: How a patient or a relative is called by the surname alone: 患者任先生.
_POLITE = frozenset({"先生", "女士", "小姐"})
_CALLED = frozenset({"患者", "病人", "家属", "患儿"})


class _Words(NamedTuple):
    surnames: frozenset[str]
    weak: frozenset[str]
    given: frozenset[str]
    stops: frozenset[str]
    given_words: frozenset[str]
    everyday: frozenset[str]
    surname: re.Pattern[str]
    not_names: re.Pattern[str]
    follower: re.Pattern[str]
    title: re.Pattern[str]
    label: re.Pattern[str]
    told: re.Pattern[str]


@cache
def _words() -> _Words:
    rules = read_rules(_RULES)
    check_keys(_RULES, "", rules, required=_KEYS)
    compound = _any_of(rules["compound"])
    told = _any_of(rules["told"])
    label = rf"{_any_of(rules['labels'])}|[{_HAN}]{{0,3}}(?:者|人|员|师|医师|医生|护士|护师)(?=\s?:)"
    return _Words(
        frozenset(rules["surnames"]) | frozenset(rules["weak"]),
        frozenset(rules["weak"]),
        frozenset(rules["given"]),
        frozenset(rules["stops"]),
        frozenset(rules["given_words"]),
        frozenset(rules["everyday"]),
        re.compile(f"{compound}|[{rules['surnames']}{rules['weak']}]"),
        re.compile(_any_of(rules["not_names"])),
        re.compile(_any_of([*rules["followers"], *rules["titles"]])),
        re.compile(_any_of(rules["titles"])),
        re.compile(f"(?P<label>{label}){_COLON}|(?P<role>{_any_of(rules['roles'])}|[{_HAN}]{{1,2}}(?:人员|者|人|员))"),
        re.compile(rf"(?<![{_HAN}])(?=[{_HAN}]{{2,4}}[,\s(]{{0,3}}(?:{told}|\d{{1,3}}\s?岁|\d{{1,2}}:\d\d))"),
    )


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})"


class ChineseNames:
    """What looks like a person's name in Chinese characters."""

    name = _RULES

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What is found in `text`, and every other place where the same characters stand."""
        if not re.search(f"[{_HAN}]", text):
            return
        finders = (_after_labels, _before_titles, _told, _alone, _commonest, _shaped)
        ranges = {found for finder in finders for found in finder(text)}
        for start, end in ranges:
            yield Found(start, end, IdentifierType.NAME, "zh-name")
        for name in {text[start:end] for start, end in ranges if end - start >= 2}:
            for match in re.finditer(re.escape(name), text):
                yield Found(*match.span(), IdentifierType.NAME, "zh-again")
        for start, end in _given_again(text, ranges):
            yield Found(start, end, IdentifierType.NAME, "zh-given-again")


def _given_again(text: str, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """小明 where 王小明 stands in the text: where a clause begins with it or a word that follows names comes after."""
    words = _words()
    names = {text[start:end] for start, end in ranges if 3 <= end - start <= 4}
    for given in {name[-2:] for name in names if _is_name(name)}:
        if words.not_names.match(given) or given in words.everyday:
            continue
        for match in re.finditer(given, text):
            begins = not _is_han(text, match.start() - 1) if match.start() else True
            if words.follower.match(text, match.end()) or (begins and not _is_han(text, match.end())):
                yield match.span()


def read_name(text: str, start: int, *, strict: bool, spaced: bool = False) -> int:
    """Where a name that begins at `start` ends; -1 where none does.

    `strict`: the characters of the given name must be seen in names, unless something other than Chinese follows.
    """
    words = _words()
    surname = words.surname.match(text, start)
    if surname is None or words.not_names.match(text, start):
        return -1
    first = surname.end()
    if spaced and text[first : first + 1] == " ":
        first += len(text[first : first + 3]) - len(text[first : first + 3].lstrip())
    if text[first : first + 2] in words.given_words:
        return first + 2
    if not _may_be_given(text, first) or words.follower.match(text, first):
        return -1
    if strict and text[first] not in words.given and _is_han(text, first + 1):
        return -1
    second = first + 1
    takes = _may_be_given(text, second) and not words.follower.match(text, second)
    if takes and (text[second] in words.given or not _is_han(text, second + 1)):
        return second + 1
    return second if not (strict and len(surname[0]) == 1 and takes and text[first] not in words.given) else -1


def _is_han(text: str, at: int) -> bool:
    return "\u3400" <= text[at : at + 1] <= "\u9fff"


def _may_be_given(text: str, at: int) -> bool:
    return _is_han(text, at) and text[at] not in _words().stops


def _after_labels(text: str) -> Iterator[tuple[int, int]]:
    """Names after labels and roles, with those that are listed after them."""
    for match in _words().label.finditer(text):
        if match["role"]:
            yield from _after_role(text, match)
            continue
        start = match.end()
        end = read_name(text, start, strict=not match["colon"], spaced=bool(match["colon"]))
        if end < 0 and match["colon"]:
            end = _bounded(text, start)
        elif end > 0 and not match["colon"] and text[start] in _words().weak and _is_han(text, end):
            end = end if end - start > 2 else -1
        while end > 0:
            yield start, end
            title = _words().title.match(text, end)
            between = _BETWEEN.match(text, title.end() if title else end)
            start = between.end() if between else len(text)
            end = read_name(text, start, strict=True)
            end = -1 if re.compile(r"\s?:").match(text, end) else end


def _bounded(text: str, start: int) -> int:
    """The end of two to four characters between a label and something other than Chinese, if they may be a name."""
    match = re.compile(rf"[{_HAN}]{{2,4}}(?![{_HAN}])").match(text, start)
    if match is None or any(c in _words().stops for c in match[0]) or _words().not_names.match(text, start):
        return -1
    return match.end()


def _after_role(text: str, match: re.Match[str]) -> Iterator[tuple[int, int]]:
    start, role = match.end(), match["role"]
    if len(role) == 1 and _words().not_names.match(text, match.start()):
        return
    if len(role) > 1:
        colon = re.compile(r"\s?[:(]?\s?").match(text, start)
        start = colon.end() if colon else start
    end = read_name(text, start, strict=True)
    if end > 0:
        weak = text[start] in _words().weak
        follows = bool(_words().follower.match(text, end))
        ends = follows or not _is_han(text, end) or text[end] in "及和与"
        told = follows or (ends and not weak) if role in _PARTICLES else ends or not weak or end - start > 2
        if told:
            yield start, end
    elif len(role) > 1:
        yield from _given_only(text, start)


def _given_only(text: str, start: int) -> Iterator[tuple[int, int]]:
    """A given name without surname: 患儿小霞, 女儿建国每周."""
    words = _words()
    word = words.follower.match(text, start) or words.not_names.match(text, start)
    for length in () if word else (2, 1):
        piece = text[start : start + length]
        follows = bool(words.follower.match(text, start + length))
        ends = follows or (length > 1 and not _is_han(text, start + length))
        if ends and len(piece) == length and words.given.issuperset(piece) and piece[0] not in words.stops | _NO_GIVEN:
            yield start, start + length
            return
    if text[start : start + 1] in ("小", "阿") and _may_be_given(text, start + 1):
        yield start, start + 2


def _before_titles(text: str) -> Iterator[tuple[int, int]]:
    for match in _words().title.finditer(text):
        end = match.start() - (text[match.start() - 1 : match.start()] == " ")
        polite = match[0] in _POLITE and text[max(end - 3, 0) : max(end - 1, 0)] in _CALLED
        start = end - 1 if polite and text[end - 1] in _words().surnames else _name_before(text, end)
        if start >= 0:
            yield start, end


def _name_before(text: str, end: int) -> int:
    """Where the name begins that ends at `end`, or -1."""
    words = _words()
    starts = [end - length for length in (4, 3, 2) if end >= length and _is_name(text[end - length : end])]
    if len(starts) > 1 and text[starts[0]] in words.weak and text[starts[1]] not in words.weak:
        starts = starts[1:]
    if starts:
        return starts[0]
    for surname in (text[max(end - 2, 0) : end], text[max(end - 1, 0) : end]):
        start = end - len(surname)
        match = words.surname.fullmatch(surname)
        before = text[start - 1 : start] if start else ""
        sure = surname not in words.weak or before in _BEFORE_SURNAME or not _is_han(before, 0)
        word = words.not_names.match(text, start) or (start and words.not_names.match(text, start - 1))
        if match and sure and not word:
            return start
    return -1


def _is_name(piece: str) -> bool:
    words = _words()
    surname = words.surname.match(piece)
    if surname is None or words.not_names.match(piece):
        return False
    given = piece[surname.end() :]
    return given in words.given_words or (
        1 <= len(given) <= 2 and all(c in words.given and c not in words.stops for c in given)
    )


def _told(text: str) -> Iterator[tuple[int, int]]:
    """王芳，女，65岁; 王芳诉; 王芳表示."""
    for match in _words().told.finditer(text):
        end = read_name(text, match.start(), strict=False)
        after = re.compile(r"[,\s(]{0,3}").match(text, end) if end > 0 else None
        if after and _told_follows(text, after.end()):
            yield match.start(), end
    for match in re.finditer(rf"(?<![{_HAN}])(?=[{_HAN}]{{2}})", text):
        end = read_name(text, match.start(), strict=True)
        sure = text[match.start()] not in _words().weak or end - match.start() > 2
        spoke = end > 0 and text[end : end + 1] == ":" and text[match.start()] not in _words().weak
        if sure and end > 0 and _is_name(text[match.start() : end]) and (spoke or _words().follower.match(text, end)):
            yield match.start(), end


def _told_follows(text: str, at: int) -> bool:
    return bool(re.compile(rf"{_any_of(read_rules(_RULES)['told'])}|\d{{1,3}}\s?岁|\d{{1,2}}:\d\d").match(text, at))


def _alone(text: str) -> Iterator[tuple[int, int]]:
    """Three or four characters by themselves that are a surname and characters of given names."""
    for match in re.finditer(rf"(?<![{_HAN}])[{_HAN}]{{3,4}}(?![{_HAN}])", text):
        if match[0][0] not in _words().weak and _is_name(match[0]):
            yield match.span()


def _commonest(text: str) -> Iterator[tuple[int, int]]:
    """张秀芳 where a clause begins or ends with it."""
    for match in _within().finditer(text):
        if not _words().not_names.search(match[0]):
            yield match.span()


@cache
def _within() -> re.Pattern[str]:
    """One of the commonest surnames and two characters of given names, where a run of characters begins or ends."""
    given = "".join(sorted(_words().given - _words().stops - _NO_GIVEN))
    name = f"[{read_rules(_RULES)['commonest']}][{given}]{{2}}"
    return re.compile(f"(?<![{_HAN}]){name}|{name}(?![{_HAN}])")


_MASKED = "(?:某某?|[×*＊xX]{1,3})"


def _shaped(text: str) -> Iterator[tuple[int, int]]:
    """Names with a dot (阿依古丽·买买提) and names half hidden (张某, 李**)."""
    for match in re.finditer(rf"[{_HAN}]{{2,8}}[·•・][{_HAN}]{{2,8}}(?:[·•・][{_HAN}]{{1,8}})?(?!氏|综合)", text):
        yield match.span()
    for match in re.finditer(rf"({_words().surname.pattern}){_MASKED}(?![A-Za-z0-9])", text):
        if match[1] not in _words().weak or not _is_han(text, match.start() - 1):
            yield match.span()
