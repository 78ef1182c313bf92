"""What a population may be called: its name stands in the graph, in ids and titles that everyone sees."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

from extractors.deidentify import Deidentifier
from extractors.deidentify.english_words import get_words
from extractors.events import IdentifierType
from kg.errors import KGError

#: Characters of the longest name.
LONGEST = 60

_HAN = "\u3400-\u9fff"
_SAFE = re.compile(rf"[A-Za-z0-9{_HAN}](?:[A-Za-z0-9{_HAN}._-]*[A-Za-z0-9{_HAN}])?")
_COUNTRY = re.compile("[A-Z]{2}")
_REMEDY = "call the population by what its patients have in common, as diabetes-2026 or 糖尿病-2026"


def check_name(name: str) -> None:
    """Raises KGError where a population cannot be called so; the text does not repeat a name that may be somebody's."""
    if len(name) > LONGEST or not _SAFE.fullmatch(name):
        raise KGError(
            f"names of populations have at most {LONGEST} letters, digits and Chinese characters, with - _ . between "
            f"them and no spaces; {_REMEDY}"
        )
    if found := sorted(set(_find_identifiers(name))):
        raise KGError(f"the name holds what may point at a person ({', '.join(found)}); {_REMEDY}")


def check_country(country: str) -> None:
    """Raises KGError for what is no code of a country."""
    if country and not _COUNTRY.fullmatch(country):
        raise KGError("a country is told by its two capital letters (ISO 3166-1 alpha-2), as US or CN; leave it out")


def _find_identifiers(name: str) -> Iterator[str]:
    """The types of what is found in the name in any form that it may be a sentence's in."""
    words = " ".join(re.findall(rf"[A-Z]*[a-z]+|[A-Z]+|[0-9]+|[{_HAN}]+", name))
    # The trained recogniser reads notes: two words by themselves look like a name to it.
    find = Deidentifier(key=secrets.token_bytes(32), trained=False).find
    for form in {name, re.sub("[._-]+", " ", name), words, words.title()}:
        yield from (found.type.value for found in find(form))
    names = get_words().surnames | get_words().given
    others = get_words().everyday | get_words().not_names | get_words().eponyms
    if any(word in names - others for word in words.lower().split()):
        yield IdentifierType.NAME.value
    for part in re.findall(f"[{_HAN}]{{2,}}", name):
        # A Chinese name shows itself by what stands around it.
        yield from (found.type.value for found in find(f"患者{part}，男，56岁", language="zh") if found.start == 2)
