"""The record's own structured values, hunted for in its texts in every form a clerk may write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from extractors.deidentify.english_words import get_words, is_everyday
from extractors.deidentify.found import Found
from extractors.deidentify.view import View
from extractors.events import Identifier, IdentifierType

_HAN = "\u3400-\u9fff"
_LATIN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_HAN_NAME = re.compile(f"[{_HAN}·]{{2,}}")
_ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T.*)?")
_SPLIT = re.compile(r"[,;，；\n]+|(?<=[省市区县镇乡])")

#: What stands between the family and the given name now and then: Khan, M.D., Samir.
_SUFFIX = r"(?:m\.?d|d\.?o|r\.?n|n\.?p|p\.?a|ph\.?d|mbbs|jr|sr|ii|iii)\b\.?"

#: The end of a name, before 's too.
_NO_LETTER = r"(?=(?:'s)?(?![^\W\d_]))"

#: Values so short are found in every text; nothing is hunted for by them.
_SHORTEST = 4

#: An age is said by so many.
HUNTED = tuple(kind for kind in IdentifierType if kind is not IdentifierType.AGE)

Hunt = tuple[IdentifierType, re.Pattern[str]]


def find_known(text: str, known: Sequence[Identifier]) -> Iterator[Found]:
    """Where the values stand in `text`: reordered, spaced, broken, in other cases, formats and parts."""
    for kind, pattern in _hunts(tuple(known)) if known else ():
        for match in pattern.finditer(text):
            if kind is not IdentifierType.NAME or not _is_eponym(text, match):
                yield Found(match.start(), match.end(), kind, "known")


def _is_eponym(text: str, match: re.Match[str]) -> bool:
    """Whether a name that diseases are called by is followed by one: Parkinson's disease of Ms Parkinson."""
    words = get_words()
    after = re.compile(r"(?:'s|s'|s)?[\s-]([a-z]+)").match(text, match.end())
    return after is not None and match[0].lower() in words.eponyms and after[1] in words.heads


@lru_cache(maxsize=512)
def _hunts(known: tuple[Identifier, ...]) -> tuple[Hunt, ...]:
    hunts: list[Hunt] = []
    for kind in HUNTED:
        values = [View(each.value).text.strip() for each in known if each.type is kind]
        forms = [form for value in values if value for form in _FORMS.get(kind, _code)(value)]
        if forms:
            longest = sorted(dict.fromkeys(forms), key=len, reverse=True)
            hunts.append((kind, re.compile("|".join(longest))))
    return tuple(hunts)


def _any_case(form: str) -> str:
    return f"(?i:{form})"


def _name(value: str) -> Iterator[str]:
    for piece in _HAN_NAME.findall(value):
        yield r"[\s·]{0,3}".join(piece.replace("·", ""))
        if len(piece) in (3, 4):
            yield piece[-2:]
    words = [word for word in _LATIN.findall(value) if word.isascii() or not re.search(f"[{_HAN}]", word)]
    full = [word for word in words if len(word) > 1]
    if full:
        yield from _latin_name(words, full)


def _latin_name(words: Sequence[str], full: Sequence[str]) -> Iterator[str]:
    """The words in any order, initials and credentials between them; one alone where it can be no other word."""
    parts = "|".join(map(_loose, sorted(full, key=len, reverse=True)))
    letter = "[" + "".join(sorted({word[0] for word in words})) + "]"
    rest = rf"(?:(?:,?\s{_SUFFIX})?[\s,.]{{1,3}}(?:{parts}|{letter}\b\.?))"
    if len(words) > 1:
        yield _any_case(rf"(?<![^\W\d_])(?:{parts}){rest}+(?![^\W\d_])")
        yield _any_case(rf"(?<![^\W\d_]){letter}\b\.?\s?(?:{letter}\.?\s)?(?:{parts})(?![^\W\d_])")
        initials = [re.escape(word[0].upper()) for word in words]
        yield r"(?<![^\W\d_.])" + r"\.\s?".join(initials) + r"\.(?!\w)"
        if len(words) > 2:
            yield rf"(?<!\w){''.join(initials)}(?!\w)"
    for word in full:
        if len(word) > 2 and word.casefold() not in get_words().not_names:
            first = re.escape(word[0].upper())
            yield rf"(?<![^\W\d_]){first}(?:-?\s)?{_any_case(_loose(word[1:]))}{_NO_LETTER}"
        if len(word) >= _SHORTEST and not is_everyday(word):
            small = r"(?:-?\n)?".join(map(re.escape, word.casefold()))
            yield rf"(?<![^\W\d_]){small}{_NO_LETTER}"


def _loose(word: str, *, spaced: bool = True) -> str:
    """A word whose letters may be apart or broken at the end of a line."""
    if spaced and len(word) < _SHORTEST + 1:
        return rf"(?:{re.escape(word)}|{r' '.join(map(re.escape, word))})"
    return r"(?:-?\s)?".join(map(re.escape, word)) if spaced else re.escape(word)


def _phone(value: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", value)
    between = r"[\s().-]{0,3}"
    if len(digits) >= 7:
        yield rf"(?<!\d)(?:\+?\d{{1,3}}{between})?\(?{between.join(digits)}(?!\d)"
    for length in (11, 10, 8, 7):
        if len(digits) > length:
            yield rf"(?<!\d)\(?{between.join(digits[-length:])}(?!\d)"
    if len(digits) == 10:
        yield rf"(?<!\d){between.join(digits[-7:])}(?!\d)"


def _code(value: str) -> Iterator[str]:
    """A number or code with its characters apart, and without the zeros it begins with."""
    signs = re.findall(r"[^\W_]", value)
    if len(signs) >= _SHORTEST:
        yield _apart(signs)
    plain = "".join(signs).lstrip("0")
    if len(signs) > len(plain) >= _SHORTEST:
        yield _apart(list(plain))
    digits = re.sub(r"\D", "", value)
    for number in (digits, digits.lstrip("0")):
        if len(signs) > len(number) > _SHORTEST:
            yield _apart(list(number))


def _apart(signs: Sequence[str]) -> str:
    edge = r"(?<!\d)" if signs[0].isdecimal() else r"(?<![A-Za-z])"
    end = r"(?!\d)" if signs[-1].isdecimal() else r"(?![A-Za-z])"
    return edge + _any_case(r"[\s./·-]{0,2}".join(map(re.escape, signs))) + end


def _date(value: str) -> Iterator[str]:
    read = _ISO.fullmatch(value)
    if read is None:
        return
    year, month, day = read[1], f"0?{int(read[2])}", f"0?{int(read[3])}"
    sep = r"\s?[-/.年月]?\s?"
    yield rf"(?<!\d)(?:{year}|{year[2:]}){sep}(?:{read[2]}|{month}(?!\d)){sep}(?:{read[3]}|{day})(?!\d)日?"
    yield rf"(?<!\d){read[2]}{read[3]}(?:{year}|{year[2:]})(?!\d)"
    yield rf"(?<![\d/.-]){month}\s?[-/月]\s?{day}(?![\d/.])日?"


def _words_of(value: str) -> Iterator[str]:
    """An address or organization, whole and by its parts, in other cases and with other spaces."""
    pieces = [value, *_SPLIT.split(value)]
    for piece in pieces + [re.sub(r"^\d+[A-Za-z]?\s", "", piece.strip()) for piece in pieces]:
        piece = piece.strip()
        long_enough = len(piece) >= (3 if re.search(f"[{_HAN}]", piece) else _SHORTEST + 1)
        if long_enough and not piece.replace("-", "").isdecimal() and piece.casefold() not in _LANDS:
            edge, end = (r"(?<!\w)", r"(?!\w)") if piece.isascii() else ("", "")
            yield edge + _flexible(piece) + end


def _flexible(value: str) -> str:
    return _any_case(r",?\s*".join(_spaces(word.rstrip(",")) for word in value.split()))


def _spaces(word: str) -> str:
    return r"\s?".join(map(re.escape, word)) if re.search(f"[{_HAN}]", word) else re.escape(word)


_LANDS = frozenset({"united states", "united states of america", "china", "中国", "中华人民共和国"})


def _organization(value: str) -> Iterator[str]:
    if len(value) >= _SHORTEST:
        yield _flexible(value)


def _literal(value: str) -> Iterator[str]:
    if len(value) >= _SHORTEST:
        yield _any_case(r"\s?".join(map(re.escape, value.replace(" ", ""))))


_FORMS: Mapping[IdentifierType, Callable[[str], Iterator[str]]] = {
    IdentifierType.NAME: _name,
    IdentifierType.PHONE: _phone,
    IdentifierType.DATE: _date,
    IdentifierType.ADDRESS: _words_of,
    IdentifierType.ORGANIZATION: _organization,
    IdentifierType.EMAIL: _literal,
    IdentifierType.URL: _literal,
    IdentifierType.IP: _literal,
}
