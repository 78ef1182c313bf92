"""The name in a drug string, set apart from what stands round it, and the steps that lead to a reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ontologies.drug_words import Word, drug_rules
from ontologies.model import Kind, NameQualifier, Reading

_DRUG = frozenset({Kind.DRUG})
_NAMES = ("name", "salt", "abbreviation")
_PROPERTIES = ("strength", "form", "release", "route", "frequency", "salt", "diluent")
_USED = ("strength", "form", "release", "route", "frequency")
_JOINED = ("and", "with", "w", "plus")
_STRIPPED = 0.99
_NOTED = 0.98
"""What is left of a score where words were left out that say nothing of the drug, too."""


@dataclass(frozen=True, slots=True)
class Named:
    """The words of a name, and what was done to get them."""

    words: tuple[Word, ...]
    worth: float = 1.0
    done: tuple[str, ...] = ()
    qualifiers: tuple[NameQualifier, ...] = ()
    is_used: bool = False
    """True where a strength, form, way or time of use tells that a drug is spoken of."""

    def text(self) -> str:
        """The words as a name, with the marks that stand in and between names."""
        return spell(self.words)

    def also(self, worth: float, done: str, *, left: Iterable[Word] = (), words: Sequence[Word] | None = None) -> Named:
        """The same after one more step, with other `words` where any are given and `left` taken off."""
        kept = self.words if words is None else tuple(words)
        qualifiers = tuple(dict.fromkeys(self.qualifiers + qualifiers_of(left)))
        return replace(self, words=kept, worth=self.worth * worth, done=(*self.done, done), qualifiers=qualifiers)

    def reading(self, *names: str, worth: float = 1.0, done: str = "") -> Reading:
        """A reading as `names`, or as its own words where none are given."""
        reason = "; ".join((*self.done, done) if done else self.done) or "read as a drug"
        return Reading(names or (self.text(),), round(self.worth * worth, 4), reason, _DRUG, self.qualifiers)


def spell(words: Sequence[Word]) -> str:
    """The words as one name, with the marks that stand in and between names."""
    return "".join([f"{_mark(word.before) if place else ''}{word.value}" for place, word in enumerate(words)])


def _mark(before: str) -> str:
    mark = before.strip()
    return mark if mark in ("-", "/", "'", "") and (mark or not before) else " "


def strip_words(words: Sequence[Word]) -> Named:
    """The words of the name alone; what is taken off is in the qualifiers and in the reason."""
    kept, left = _split(words)
    if not kept:
        kept = [word for word in left if word.tag == "diluent"][:1]
        left = [word for word in left if word not in kept]
    kept, carriers = _without_carrier(kept)
    left += carriers
    used = any(word.tag in _USED for word in left)
    if not left:
        return Named(tuple(kept), is_used=used)
    noted = any(word.tag not in _USED for word in left)
    done = f"left out: {', '.join([word.text for word in left])}"
    return Named(tuple(kept), _NOTED if noted else _STRIPPED, (done,), qualifiers_of(left), used)


def _split(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """The words of the name, and the others; what stood between two words of the name stays before the second."""
    kept, left, between = list[Word](), list[Word](), ""
    for place, word in enumerate(words):
        between += word.before
        last = words[place - 1] if place else None
        if word.tag == "name" and word.text in _JOINED and kept:
            between += "/"
        elif _is_name(word, last, bool(kept)) or _begins_name(words, place):
            kept.append(word._replace(before=between))
            between = ""
        elif word.text != "by" or word.tag != "name":
            left.append(word)
    return kept, left


def _is_name(word: Word, last: Word | None, begun: bool) -> bool:
    """True for words of the name, among them numbers that stand at one ("vitamin B 12")."""
    if word.tag == "number":
        follows = last is not None and (last.tag in _NAMES or (last.tag == "number" and word.before in ("/", "-")))
        return begun and follows and "#" not in word.before
    if word.tag not in _NAMES or word.text == "by":
        return False
    marked = "-" in word.before or (last is not None and last.text == "by")
    return not (marked and word.text in _makers())


def _begins_name(words: Sequence[Word], place: int) -> bool:
    """True for a number that a dash or nothing joins to the word of the name behind it: "4-Way", "5-FU"."""
    behind = words[place + 1] if place + 1 < len(words) else None
    number = words[place].tag == "number"
    return number and behind is not None and behind.tag in _NAMES and behind.before in ("", "-")


@cache
def _makers() -> frozenset[str]:
    return frozenset(drug_rules()["makers"]["words"])


def is_maker(words: Sequence[Word]) -> bool:
    """True where all that stands in brackets is a manufacturer."""
    said = [word.text for word in words]
    return " ".join(said) in _makers() or (bool(said) and (said[0] in _makers() or said[-1] in _company_words()))


@cache
def _company_words() -> frozenset[str]:
    return frozenset(drug_rules()["makers"]["endings"])


@cache
def _carriers() -> frozenset[str]:
    return frozenset(drug_rules()["diluents"]["words"])


def _without_carrier(kept: list[Word]) -> tuple[list[Word], list[Word]]:
    """The name without the carrier behind "in": "cefazolin in sodium chloride"."""
    for place in range(1, len(kept) - 1):
        if kept[place].text == "in" and kept[place + 1].text in _carriers():
            carried = [word._replace(tag="diluent", value=word.text) for word in kept[place + 1 :]]
            return kept[:place], carried
    return [word for word in kept if word.text != "in"] if len(kept) > 1 else kept, []


def qualifiers_of(words: Iterable[Word]) -> tuple[NameQualifier, ...]:
    """What the words say beside the name, none of it lost: what is no property of the drug is a note."""
    said = (NameQualifier(word.tag if word.tag in _PROPERTIES else "note", _value(word)) for word in words)
    return tuple(dict.fromkeys(said))


def _value(word: Word) -> str:
    if word.tag in ("noise", "strength") or not word.value:
        return word.text
    if "#" not in word.value:
        return word.value
    number = re.search(r"\d[\d.,]*", word.text)
    return word.value.replace("#", number[0] if number else "#")
