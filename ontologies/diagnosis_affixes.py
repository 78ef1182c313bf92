"""What stands around the name of a condition: side, stage, history, certainty. Taken off step by step, and kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ontologies.diagnosis_rules import Affix, Language
from ontologies.model import NameQualifier
from ontologies.script import has_chinese

_BRACKET = re.compile(r"[((（]([^()（）]+)[)）]$")
_SEPARATOR = re.compile(r"[,，、;；\s]+")
_STEPS = 8
"""Affixes taken off at most."""


@dataclass(frozen=True, slots=True)
class Peeled:
    """A name with some of what stood around it taken off: what was, why, and what is left of a score."""

    name: str
    qualifiers: tuple[NameQualifier, ...] = ()
    worth: float = 1.0
    said: tuple[str, ...] = ()

    def without(self, name: str, affix: Affix, value: str) -> Peeled:
        """The name left after one affix more was taken off."""
        said = f"{affix.said}: {value}"
        qualifier = NameQualifier(affix.qualifier, value)
        return Peeled(name, (*self.qualifiers, qualifier), self.worth * affix.worth, (*self.said, said))

    def written(self, name: str, worth: float, said: str, kept: tuple[NameQualifier, ...] = ()) -> Peeled:
        """The same, written otherwise; `kept` is what was left out for that."""
        return Peeled(name, (*self.qualifiers, *kept), self.worth * worth, (*self.said, said))


def read_name(name: str, rules: Language) -> Peeled:
    """The name without what numbers or announces it and without marks around it; negated ones say so."""
    plain = name.strip(rules.trim)
    for lead in (rules.number, rules.lead):
        plain = lead.sub("", plain, count=1).strip(rules.trim)
    peeled = Peeled(_balanced(plain, name), (), 1.0 if plain == name else 0.99, ())
    negated = rules.negation.before.match(name.lstrip(rules.trim)) or rules.negation.after.search(name)
    if not negated:
        return peeled
    rest = rules.negation.after.sub("", name).strip(rules.trim)
    rest = rules.negation.before.sub("", rest, count=1).strip(rules.trim)
    value = negated[0].strip(rules.trim + "?") or negated[0].strip()
    said = f"{rules.negation.said}: {value}"
    return Peeled(rest, (NameQualifier("negated", value),), rules.negation.worth, (said,))


def _balanced(plain: str, name: str) -> str:
    """`plain` with the bracket given back that trimming took from it."""
    for opening, closing in ("()", "[]", "（）"):
        if plain.count(opening) == plain.count(closing) + 1 and plain + closing in name:
            plain += closing
    return plain


def peel(start: Peeled, rules: Language, *, affixes: Iterable[Affix] | None = None) -> Iterator[Peeled]:
    """`start` with one affix taken off, with two, and so on; each is still a name."""
    tried = tuple(rules.affixes if affixes is None else affixes)
    for _ in range(_STEPS):
        shorter = _peel_one(start, tried, rules)
        if shorter is None:
            return
        yield shorter
        start = shorter


def _peel_one(peeled: Peeled, affixes: tuple[Affix, ...], rules: Language) -> Peeled | None:
    if bracketed := _bracketed(peeled, affixes):
        return bracketed
    for affix in affixes:
        found = affix.before.match(peeled.name) or affix.after.search(peeled.name) or affix.inside.search(peeled.name)
        if found and found[0]:
            value = found[0].strip(rules.trim) or found[0].strip()
            rest = _joined(peeled.name[: found.start()], peeled.name[found.end() :]).strip(rules.trim)
            rest = _balanced(rest, peeled.name)
            if value and is_name(rest):
                return peeled.without(rest, affix, value)
    return None


def _bracketed(peeled: Peeled, affixes: tuple[Affix, ...]) -> Peeled | None:
    """The name without a bracket at its end that holds nothing but affixes: 高血压(3级,极高危)."""
    found = _BRACKET.search(peeled.name) if peeled.name[-1:] in ")）" else None
    if not found or not is_name(peeled.name[: found.start()]):
        return None
    shorter = Peeled(peeled.name[: found.start()].rstrip(), peeled.qualifiers, peeled.worth, peeled.said)
    for value in _SEPARATOR.split(found[1].strip()):
        affix = whole_affix(value, affixes)
        if affix is None:
            return None
        shorter = shorter.without(shorter.name, affix, value)
    return shorter


def whole_affix(text: str, affixes: Iterable[Affix]) -> Affix | None:
    """The affix that a text is as a whole, as 极高危 or "stage III" is; None where it is a name or a piece of one."""
    for affix in affixes:
        if affix.before.fullmatch(text) or affix.after.fullmatch(text) or affix.inside.fullmatch(text):
            return affix
    return None


def _joined(before: str, after: str) -> str:
    before, after = before.rstrip("（( "), after.lstrip("）) ")
    gap = " " if before and after and before[-1].isascii() and after[0].isascii() else ""
    return before + gap + after


def is_name(text: str) -> bool:
    """Whether something is left that can name a condition: a Chinese character, or two letters."""
    return has_chinese(text) or sum(map(str.isalpha, text)) > 1
