"""What populations, sites and registries may be called: their names are seen by others than those who see records.

That of a population stands in the graph, in ids and titles, that of a registry in its questionnaire, that of a site in
shell histories and schedules.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import NamedTuple

from extractors.deidentify import Deidentifier
from extractors.deidentify.english_words import get_words
from extractors.events import IdentifierType
from kg.errors import KGError

#: Characters of the longest name.
LONGEST = 60


class Named(NamedTuple):
    """What a name is of, in the plural, and what to call it."""

    plural: str
    remedy: str


POPULATION = Named(
    "populations", "call the population by what its patients have in common, as diabetes-2026 or 糖尿病-2026"
)
SITE = Named("sites", "call the site by a word of your own that tells it from others, as north or 院区-2")
REGISTRY = Named("registries", "call the registry by its disease, as diabetes-2026 or 糖尿病-2026")

_HAN = "\u3400-\u9fff"
_SAFE = re.compile(rf"[A-Za-z0-9{_HAN}](?:[A-Za-z0-9{_HAN}._-]*[A-Za-z0-9{_HAN}])?")
_COUNTRY = re.compile("[A-Z]{2}")


def check_name(name: str, of: Named = POPULATION) -> None:
    """Raises KGError where nothing may be called so; the text does not repeat a name that may be somebody's."""
    if len(name) > LONGEST or not _SAFE.fullmatch(name):
        raise KGError(
            f"names of {of.plural} have at most {LONGEST} letters, digits and Chinese characters, with - _ . between "
            f"them and no spaces; {of.remedy}"
        )
    if found := sorted(set(_find_identifiers(name))):
        raise KGError(f"the name holds what may point at a person ({', '.join(found)}); {of.remedy}")


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
