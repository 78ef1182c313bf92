"""A label's own drug: what it is, and where the text speaks of it by name or as "this drug", 本品."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from extractors.model import Coded, Document, Mention
from extractors.phrases import phrase_pattern
from extractors.positions import SectionKinds
from extractors.rules import check_keys, read_rules
from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match
from ontologies.normalize import normal_form

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SHORTEST = 3
_OF_SALT = 0.95


@dataclass(frozen=True, slots=True)
class OwnDrug:
    """What a label is about: its active ingredient, or the combination of them.

    `match` is None where the lexicon has no such ingredient (or no such combination); `name` then stands for it,
    the members sorted and joined by " + ". `members` are the ingredients one by one; `names` leads from each
    name, in lower case, by which the text may call the product or an ingredient, to its match; `brands` are those of
    them that a text writes with a capital.
    """

    name: str
    match: Match | None
    members: tuple[Match | None, ...]
    names: dict[str, Match | None]
    brands: frozenset[str] = frozenset()


class _Words(NamedTuple):
    anaphors: frozenset[str]
    weak: frozenset[str]
    tails: re.Pattern[str]
    heads: re.Pattern[str]


@cache
def _words(language: str) -> _Words:
    table = read_rules("own_drug")[language]
    check_keys("own_drug", language, table, required={"anaphors", "weak_anaphors", "tails", "heads"})
    tails = "|".join(sorted(map(re.escape, table["tails"]), key=len, reverse=True))
    heads = "|".join(map(re.escape, table["heads"])) or "(?!)"
    return _Words(
        frozenset(table["anaphors"]),
        frozenset(table["weak_anaphors"]),
        re.compile(rf"[\s,]*(?:{tails})$", re.IGNORECASE),
        re.compile(rf"^(?:{heads})"),
    )


def own_drug(document: Document, lexicon: Lexicon) -> OwnDrug | None:
    """The drug that `document` is the label of, or None where neither its coded parts nor its products say."""
    actives = _actives(document, lexicon) or _from_names(document, lexicon)
    if not actives:
        return None
    names: dict[str, Match | None] = {_key(name): match for name, match in actives.items() if match}
    whole = next(iter(actives.values())) if len(actives) == 1 else _combination(list(actives), lexicon)
    for name, match in _ingredient_names(document, lexicon):
        names.setdefault(_key(name), match)
    known = frozenset(names) | {_key(name) for p in document.products for name in _forms(p.generic_name, document)}
    for name in _product_names(document):
        names.setdefault(_key(name), whole)
    name = next(iter(actives)) if len(actives) == 1 else " + ".join(sorted(actives, key=str.lower)).lower()
    return OwnDrug(name, whole, tuple(actives.values()), names, frozenset(names) - known)


def _key(name: str) -> str:
    return " ".join(name.lower().split())


def find_own(document: Document, own: OwnDrug, kinds: SectionKinds) -> Iterator[Mention]:
    """The places where the text speaks of its own drug, by name (capitals or not) or by an anaphor."""
    language = "zh" if document.language.startswith("zh") else "en"
    words = _words(language)
    others = frozenset(read_rules("own_drug")["sections"]["others"])
    for match in _places(frozenset(own.names), words, language).finditer(document.text):
        said = _key(match[0])
        if said in own.brands and match[0].islower():
            continue
        if said in own.names:
            found = own.names[said]
            yield Mention(match.start(), match.end(), match[0] if found else own.name, Kind.DRUG, found, own=True)
        elif said in words.anaphors or kinds.at(match.start()) not in others:
            yield Mention(match.start(), match.end(), own.name, Kind.DRUG, own.match, own=True)


def _places(names: frozenset[str], words: _Words, language: str) -> re.Pattern[str]:
    phrases = sorted(names | words.anaphors | words.weak)
    if language == "en":
        return phrase_pattern(phrases, words=True)
    return re.compile(rf"(?<![A-Za-z]){phrase_pattern(phrases, words=False).pattern}(?![A-Za-z])", re.IGNORECASE)


def _actives(document: Document, lexicon: Lexicon) -> dict[str, Match | None]:
    """Names of the ingredients with their matches; a salt gives way to the moiety named after it, its drug."""
    chosen: list[Coded] = []
    for part in document.coded:
        if part.role == "moiety" and chosen and chosen[-1].role == "has_active_ingredient":
            chosen[-1] = part
        elif part.role in ("moiety", "has_active_ingredient"):
            chosen.append(part)
    found: dict[str, Match | None] = {}
    for part in chosen:
        match = ingredient_of(match_coded(part, lexicon), lexicon)
        found.setdefault(match.name if match else part.name, match)
    return found


def ingredient_of(match: Match | None, lexicon: Lexicon) -> Match | None:
    """The ingredient where `match` is a salt of it, else `match` itself: facts of a label attach there."""
    salt = lexicon.concept(match.curie) if match else None
    for parent in map(lexicon.concept, salt.parents if salt else ()):
        if match and salt and parent and parent.kind is Kind.DRUG and parent.name.lower() in salt.name.lower():
            return Match(
                parent.curie, parent.name, parent.kind, match.score, f"ingredient of {salt.name}", match.matched
            )
    return match


def match_coded(part: Coded, lexicon: Lexicon) -> Match | None:
    """The concept that a coded part names: by its code where the lexicon knows it, else by its name, else the code.

    A code outweighs a name that fits but loosely: a salt is not its ingredient.
    """
    concept = lexicon.concept(lexicon.canonical(part.code)) if part.code else None
    if concept:
        return Match(concept.curie, concept.name, concept.kind, 1.0, f"coded as {part.code}", part.name)
    found = find_drug(part.name, lexicon) if part.kind is Kind.DRUG else _best(part.name, part.kind, lexicon)
    if found and (not part.code or normal_form(found.matched) == normal_form(part.name)):
        return found
    return Match(part.code, part.name, part.kind, 0.9, "code given by the document", part.name) if part.code else None


def find_drug(name: str, lexicon: Lexicon) -> Match | None:
    """The drug called `name`, or, where the lexicon has no such salt, its ingredient: 盐酸二甲双胍 is 二甲双胍."""
    found = _best(name, Kind.DRUG, lexicon)
    if found:
        return found
    before, after = _salts()
    for shorter in dict.fromkeys((after.sub("", name), before.sub("", name), after.sub("", before.sub("", name)))):
        if shorter != name and _long_enough(shorter) and (found := _best(shorter, Kind.DRUG, lexicon)):
            return replace(found, score=found.score * _OF_SALT, reason=f"{found.reason}, ingredient of the salt {name}")
    return None


def _best(name: str, kind: Kind, lexicon: Lexicon) -> Match | None:
    return next(iter(lexicon.find(name, kinds=(kind,))), None)


@cache
def _salts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = read_rules("own_drug")["salts"]
    check_keys("own_drug", "salts", table, required={"before", "after"})
    before, after = ("|".join(sorted(table[key], key=len, reverse=True)) for key in ("before", "after"))
    return re.compile(rf"^(?:{before})"), re.compile(rf"(?:{after})$")


def _from_names(document: Document, lexicon: Lexicon) -> dict[str, Match | None]:
    for name in _product_names(document):
        match = find_drug(name, lexicon)
        if match:
            return {match.name: match}
    names = [p.generic_name or p.name for p in document.products if p.generic_name or p.name]
    return {bare_name(names[0], document.language): None} if names else {}


def _product_names(document: Document) -> Iterator[str]:
    for product in document.products:
        yield from _forms(product.generic_name, document)
        yield from _forms(product.name, document)


def _forms(name: str, document: Document) -> Iterator[str]:
    for form in dict.fromkeys((name.strip(), bare_name(name, document.language))):
        if _long_enough(form):
            yield form


def bare_name(name: str, language: str) -> str:
    """`name` of a product without its strength and the words of dose form before and behind it."""
    words = _words("zh" if language.startswith("zh") else "en")
    name = words.heads.sub("", _strength().split(name.strip(), maxsplit=1)[0]) or name
    shorter = words.tails.sub("", name)
    while _long_enough(shorter) and shorter != name:
        name, shorter = shorter, words.tails.sub("", shorter)
    return name


@cache
def _strength() -> re.Pattern[str]:
    table = read_rules("own_drug")["strengths"]
    check_keys("own_drug", "strengths", table, required={"units"})
    units = "|".join(map(re.escape, sorted(table["units"], key=len, reverse=True)))
    return re.compile(rf"\s*(?<![\d.])\d[\d.,/]*\s*(?:{units})(?![A-Za-z])", re.IGNORECASE)


def _ingredient_names(document: Document, lexicon: Lexicon) -> Iterator[tuple[str, Match | None]]:
    moieties = _actives(document, lexicon)
    single = next(iter(moieties.values())) if len(moieties) == 1 else None
    for part in document.coded:
        if part.role in ("has_active_ingredient", "moiety") and _long_enough(part.name):
            yield part.name, single or match_coded(part, lexicon)


def _long_enough(name: str) -> bool:
    return len(name) >= (2 if _CHINESE.search(name) else _SHORTEST)


def _combination(names: list[str], lexicon: Lexicon) -> Match | None:
    for joined in (" and ".join(names), " / ".join(names), " and ".join(reversed(names)), " / ".join(reversed(names))):
        found = lexicon.find(joined, kinds=(Kind.DRUG,))
        if found:
            return found[0]
    return None
