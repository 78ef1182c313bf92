"""Whether a range may be what the trained recogniser takes it for: a date has the parts of one, an age is over 89."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from extractors.deidentify.english_words import get_words, read_words
from extractors.events import IdentifierType

_FRACTION = re.compile(r"(\d+)\s?[/.-]\s?(\d+)")
_DATE = re.compile(r"[^\W\d_]{3,}|[年月日号初廿]|\d\s?[/.-]\s?\d|(?<!\d)(?:\d{6}|\d{8})(?!\d)|周|礼拜|节|夕|除夕")
_YEARS = re.compile(r"\d{4}\s?-\s?\d{4}")
_LONG_CHAIN = re.compile(r"\d+(?:[/.]\d+){3,}")
_NUMBER = re.compile(r"\d+")
_CLOCK = re.compile(r"(?:[A-Za-z]+\s)?(?:[01]\d|2[0-3])[0-5]\d")
_PUBLIC = re.compile(r"(?:A?NDA|BLA|NCT|PMID|PMC|NDC|ICD|CPT|CAS|ATC|UNII|LOINC|RXCUI|HP:|rs)[\s#:-]?\d", re.I)
_ANY_HOSPITAL = re.compile(
    r"[在于至到]?(?:当地|上级|外地|附近|其他|送检|我|本|贵|该|某|外)(?:医院|院|诊所|科|单位|市|县)?"
    r"|(?:(?:to|in|at|the|our|this)\s)*(?:intensive care|emergency|recovery|operating|medical|health|surgical)?\s?"
    r"(?:hospital|clinic|unit|room|department|center|plan|floor|ward|icu|er|ed|or)",
    re.I,
)
_OLDEST = 89
_ELDEST = 118
_OLD = re.compile(r"ninet|hundred|九十|玖拾|百|九旬")


def is_plausible(kind: IdentifierType, value: str) -> bool:
    """Whether the text of a range has what its type asks for."""
    return any(map(str.isalnum, value)) and _CHECKS.get(kind, _is_long)(value)


def _is_name(value: str) -> bool:
    if any(map(str.isdecimal, value)):
        return False
    words = read_words(value)
    if not words:
        return True
    plain = get_words().not_names
    letters = max(len(word.text) for word in words)
    return letters > 1 and not all(word.key in plain for word in words)


def _is_date(value: str) -> bool:
    fraction = _FRACTION.fullmatch(value)
    if fraction:
        one, two = sorted(map(int, fraction.groups()))
        return 0 < one <= 12 and two <= 31
    return bool(_DATE.search(value)) and not _LONG_CHAIN.search(value) and not _YEARS.fullmatch(value)


def _is_age(value: str) -> bool:
    numbers = [int(number) for number in _NUMBER.findall(value)]
    return any(_OLDEST < number <= _ELDEST for number in numbers) or (
        not numbers and bool(_OLD.search(value.casefold()))
    )


def _has_digits(count: int) -> Callable[[str], bool]:
    """Digits enough that are no time of day and no number of a public register."""
    return lambda value: (
        sum(map(str.isdecimal, value)) >= count and not (_CLOCK.fullmatch(value) or _PUBLIC.match(value))
    )


def _is_long(value: str) -> bool:
    """Two Chinese characters or three letters that are no word for any place."""
    if _ANY_HOSPITAL.fullmatch(value) or not any(map(str.isalpha, value)):
        return False
    return sum(map(str.isalnum, value)) >= (2 if any("\u3400" <= c <= "\u9fff" for c in value) else 3)


_CHECKS: Mapping[IdentifierType, Callable[[str], bool]] = {
    IdentifierType.NAME: _is_name,
    IdentifierType.DATE: _is_date,
    IdentifierType.AGE: _is_age,
    IdentifierType.PHONE: _has_digits(3),
    IdentifierType.MEDICAL_RECORD: _has_digits(1),
}
