"""The forms under which a concept's names are looked up, each with its score and its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any

from ontologies.model import Concept, Kind, Scope
from ontologies.normalize import normal_form
from ontologies.rules import read_rules

_SCORES = {Scope.EXACT: 0.95, Scope.NARROW: 0.8, Scope.RELATED: 0.7, Scope.BROAD: 0.6}
_TITLE = 0.94
_PLAIN_WORDS = frozenset({Kind.FOOD, Kind.DOSAGE_FORM, Kind.ROUTE, Kind.TEST})
"""Kinds whose names are ordinary words by nature."""
_DERIVED = 0.97
_ACRONYM = re.compile(r"[A-Z][A-Z&/-]*[A-Z]s?|[A-Z]")
_TWO_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")
_BRACKETS = re.compile(r"\s+[(（\[][^()（）\[\]]*[)）\]]")


class Gate(IntEnum):
    """What a text must show beside the words themselves before a name may be read in it."""

    OPEN = 0
    CASE = 1
    """A short name or an acronym: the same capitals."""
    ACRONYM = 2
    """An acronym that is also an ordinary word: the same capitals, among words that are not all in capitals."""
    ASKED = 3
    """Never read in a text, only found when asked for: ordinary words, single letters and characters."""


@dataclass(frozen=True, slots=True)
class Name:
    """A key of the lexicon: the normal form of `text`, what may be claimed for it and what a text must show."""

    key: str
    text: str
    score: float
    reason: str
    gate: Gate


def prefix_of(curie: str) -> str:
    """The prefix of a CURIE: what stands before its first colon."""
    return curie.partition(":")[0]


def read_vocabularies() -> Mapping[str, Any]:
    """The rules of which vocabulary goes before which."""
    return read_rules("vocabularies", keys=frozenset({"classifications", "preferred"}))


def rank(curie: str, kind: Kind) -> tuple[int, str]:
    """The place of a CURIE's vocabulary among those for `kind`, smaller is better; then the CURIE itself."""
    places = _places(kind)
    prefix = prefix_of(curie)
    return places.get(prefix, len(places) + (prefix == "local")), curie


def sort_of(kind: Kind) -> Kind:
    """`kind`, but that of a disease for findings: one vocabulary's finding is another's disease."""
    return Kind.DISEASE if kind is Kind.FINDING else kind


def find_names(concept: Concept) -> Iterator[Name]:
    """The keys of one concept, the best first for each; derived forms say in their reason what was done."""
    if prefix_of(concept.curie) in read_vocabularies()["classifications"]:
        yield from _forms(concept.name, _TITLE, "title of a classification", concept.kind)
    else:
        yield from _forms(concept.name, 1.0, "preferred name", concept.kind)
    for synonym in concept.synonyms:
        words = "synonym" if synonym.scope is Scope.EXACT else f"{synonym.scope.value} synonym"
        yield from _forms(synonym.text, _SCORES[synonym.scope], words, concept.kind)


@cache
def _places(kind: Kind) -> Mapping[str, int]:
    orders = read_vocabularies()["preferred"]
    return {prefix: place for place, prefix in enumerate(orders.get(kind.value, orders["other"]))}


def _forms(text: str, score: float, reason: str, kind: Kind) -> Iterator[Name]:
    seen = {""}
    for form, done in _rewritten(text, kind):
        key = normal_form(form)
        if key in seen:
            continue
        seen.add(key)
        worth = score if not done else round(score * _DERIVED, 4)
        gate = _gate_of(form, key, kind)
        yield Name(key, text, worth, f"{reason}, {done}" if done else reason, gate)


def gate_in_texts(name: str, kind: Kind) -> Gate:
    """What a text must show before `name`, given to a concept of `kind` by a person, is read in it."""
    return _gate_of(name, normal_form(name), kind)


def _gate_of(form: str, key: str, kind: Kind) -> Gate:
    if kind is Kind.OTHER or (kind in (Kind.DRUG, Kind.DRUG_CLASS) and key in _analytes()):
        return Gate.ASKED
    return find_gate(form, key, ordinary=frozenset() if kind in _PLAIN_WORDS else _ordinary())


def _rewritten(text: str, kind: Kind) -> Iterator[tuple[str, str]]:
    """The text itself, then its rewritten forms with what was done to each."""
    yield text, ""
    if kind in (Kind.DISEASE, Kind.FINDING):
        plain = _BRACKETS.sub("", text).strip()
        if plain != text and sum(c.isalpha() for c in plain) > 5:
            yield plain, "without what is in brackets"
        yield from _rewritten_condition(plain or text)


def _rewritten_condition(text: str) -> Iterator[tuple[str, str]]:
    short = _unspecified().sub("", text).strip(" ,，、")
    if short != text and short:
        yield short, "without 'unspecified'"
    spoken = in_spoken_order(short)
    if spoken != short:
        yield spoken, "words put in order"


def in_spoken_order(name: str) -> str:
    """An inverted heading as it is spoken, "Kidney Failure, Acute" as "Acute Kidney Failure"; else the name itself."""
    if "," not in name:
        return name
    parts = [part.strip() for part in name.split(",")]
    if 2 <= len(parts) <= 4 and all(parts) and not _joined().search(name):
        return " ".join(reversed(parts))
    return name


def find_gate(text: str, key: str, *, ordinary: Set[str]) -> Gate:
    """What a text must show before `text`, of normal form `key`, is read in it; `ordinary` words are held back."""
    single = " " not in key
    if not _TWO_LETTERS.search(key) or (key in ordinary and not (single and _ACRONYM.fullmatch(text))):
        return Gate.ASKED
    if single and key.isascii() and key not in _short() and (len(key) <= 3 or _has_capitals(text)):
        return Gate.ACRONYM if key in ordinary else Gate.CASE
    return Gate.OPEN


@cache
def _rules() -> Any:
    return read_rules(
        "names", keys=frozenset({"ordinary", "short", "analytes", "unspecified", "joined", "salts", "forms"})
    )


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(normal_form(word) for word in _rules()["ordinary"]["words"])


def _has_capitals(text: str) -> bool:
    """True for what is written in capitals to tell it from a word: AIDS, cAMP, SAMe, IMPACT; not ASPIRIN."""
    return len(text) <= 7 and any(letter.isupper() for letter in text[1:])


@cache
def _short() -> frozenset[str]:
    return frozenset(normal_form(word) for word in _rules()["short"]["words"])


@cache
def _analytes() -> frozenset[str]:
    return frozenset(normal_form(word) for word in _rules()["analytes"]["words"])


@cache
def salt_words() -> frozenset[str]:
    """Normal forms of the words that make a salt or ester of an ingredient's name."""
    return frozenset(normal_form(word) for word in _rules()["salts"]["words"])


@cache
def form_words() -> frozenset[str]:
    """Normal forms of the words of dosage forms and of release that follow a drug's name on labels."""
    return frozenset(normal_form(word) for word in _rules()["forms"]["words"])


@cache
def _unspecified() -> re.Pattern[str]:
    rules = _rules()["unspecified"]
    english, chinese, first = ("|".join(rules[key]) for key in ("endings", "chinese_endings", "chinese_beginnings"))
    return re.compile(rf"[\s,]*\b(?:{english})$|[，,、\s]*(?:{chinese})$|^(?:{first})", re.IGNORECASE)


@cache
def _joined() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_rules()['joined']['words'])})\b", re.IGNORECASE)
