"""Which of several concepts a name with more than one sense stands for: what its context speaks for, or none.

An acronym that several unlike concepts share answers only where the context tells them apart: by the long form of one
of them, by its words, by concepts above or below it, or by words that go with its kind. Other names with several
senses keep their order where the context says nothing. Acronyms that are known to be ambiguous are listed with their
long forms in `rules/senses.toml`, whatever the lexicon has for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Kind, Match
from ontologies.normalize import normal_form
from ontologies.rules import read_rules

_ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z0-9/&-]{1,6}")
_SIGNS = " ?？*()（）.,;:"
"""What may stand around an acronym and says nothing of its sense."""
_CLOSE = 0.1
"""Scores that differ by no more leave open which sense is meant."""
_ALMOST = 0.04
"""The same for other names: what a preferred name says is not overruled by what stands around a synonym."""
_UNCLEAR = 0.5
"""What is left of a score where an acronym could be several."""
_ALIKE = 0.5
"""Share of the words of one name that another has, from which on both are taken for the same thing."""
_LONG_FORM, _RELATED, _KIND, _WORD = 3, 2, 1, 1
_CUE, _CUES = 2, 3
"""What a word that speaks for a listed sense weighs, and how many of them count."""
_ENOUGH = 2
"""What must speak for a listed sense at least: more than a word that goes with its kind."""
_LISTED = 0.95
"""What is left of the score of a long form that a context chose."""
_LETTERS = 4
"""Letters of the shortest word of a name that is looked for in the context."""


class _Sense(NamedTuple):
    """What a listed acronym may be short for, and the words of a context that speak for it."""

    kind: Kind
    name: str
    cues: tuple[str, ...]
    match: Match | None = None

    def asked_kind(self) -> Kind:
        """The kind that kinds asked for are compared with: the concept's, where there is one."""
        return self.match.kind if self.match else self.kind


class _Evidence(NamedTuple):
    weight: int
    said: str


def choose_sense(lexicon: Lexicon, found: Sequence[Match], context: str) -> list[Match]:
    """The matches, best first, with the sense that the context speaks for before the others and its reason.

    All of them lose half of their score where an acronym stays unclear.
    """
    least = found[0].score - (_CLOSE if _ACRONYM.fullmatch(found[0].matched) else _ALMOST)
    rivals = [match for match in found if match.score >= least]
    if len(rivals) < 2:
        return list(found)
    chosen = _chosen(lexicon, rivals, context) if context else None
    if chosen:
        return [chosen, *(match for match in found if match.curie != chosen.curie)]
    unlike = [match for match in rivals if not _are_alike(found[0], match)]
    if unlike and _ACRONYM.fullmatch(found[0].matched):
        return [_unclear(match, 1 + len(unlike)) for match in found]
    return list(found)


def read_acronym(
    lexicon: Lexicon, name: str, found: Sequence[Match], *, kinds: Collection[Kind] = (), context: str = ""
) -> list[Match] | None:
    """What an acronym that is listed as ambiguous stands for, best first, only the sense meant at its full score.

    None where `name` is no such acronym. `found` is what the lexicon has for it. A sense that the context speaks for
    and that is no concept of `kinds` leaves all others below half of their score.
    """
    listed = _acronyms().get(name.strip(_SIGNS).upper()) if name.isupper() or name.islower() else None
    if not listed:
        return None
    senses = [sense._replace(match=_long_form(lexicon, sense)) for sense in listed]
    taken = [sense.match for sense in senses if sense.match]
    others = [match for match in found if not any(_is_same(match, one) for one in taken)]
    senses += [_Sense(match.kind, match.name, (), match) for match in others]
    open_ = [sense for sense in senses if not kinds or sense.asked_kind() in kinds]
    meant, why = _meant(lexicon, name, senses, context)
    if not meant and kinds and len(open_) == 1:
        meant, why = open_[0], f"nothing else that it is short for is a {open_[0].asked_kind().value}"
    return _answers(open_, meant, why)


def _answers(senses: Sequence[_Sense], meant: _Sense | None, why: str) -> list[Match]:
    """The matches of senses: the one that is meant first, the others as mere suggestions."""
    doubt = f"{why}, which means {meant.name}" if meant else f"short for {len(senses)} different things, and {why}"
    answers: list[Match] = []
    for sense in senses:
        if sense.match and sense is meant:
            reason = f"short for {sense.name}: {why}; {sense.match.reason}"
            score = round(sense.match.score * _LISTED, 4)
            answers.insert(0, replace(sense.match, score=score, reason=reason))
        elif sense.match:
            score = round(sense.match.score * _UNCLEAR, 4)
            answers.append(replace(sense.match, score=score, reason=f"{doubt}; {sense.match.reason}"))
    return answers


def _meant(lexicon: Lexicon, name: str, senses: Sequence[_Sense], context: str) -> tuple[_Sense | None, str]:
    """The sense that the context speaks for most, and how; None where two are even or nothing says enough."""
    unclear = "the context does not tell which"
    if not context:
        return None, unclear
    named, words = _named_in(lexicon, context, name), frozenset(normal_form(context).split())
    weighed = [(_weigh_sense(lexicon, sense, named, words, context), sense) for sense in senses]
    weighed.sort(key=lambda one: -one[0].weight)
    (best, meant), second = weighed[0], weighed[1][0].weight if len(weighed) > 1 else 0
    if best.weight < _ENOUGH or best.weight <= second:
        return None, unclear
    return meant, f"the context {best.said}"


def _weigh_sense(lexicon: Lexicon, sense: _Sense, named: Set[str], words: Set[str], context: str) -> _Evidence:
    of_concept = _weigh(lexicon, sense.match, named, words, context) if sense.match else _Evidence(0, "")
    text = f" {normal_form(context)} "
    cues = [cue for cue in sense.cues if _is_said(cue, text, context)]
    told = [of_concept.said] if of_concept.said else []
    told += [f"speaks for it: {', '.join(cues[:3])}"] if cues else []
    whole = _LONG_FORM if not sense.match and _is_said(sense.name, text, context) else 0
    told += [f"names {sense.name}"] if whole else []
    return _Evidence(of_concept.weight + whole + _CUE * min(_CUES, len(cues)), " and ".join(told))


def _is_said(cue: str, text: str, context: str) -> bool:
    """Whether a word or phrase stands in a context, of which `text` is the normal form between blanks."""
    return f" {normal_form(cue)} " in text if cue.isascii() else cue in context


def _long_form(lexicon: Lexicon, sense: _Sense) -> Match | None:
    kinds = CONDITIONS if sense.kind in CONDITIONS else {sense.kind}
    found = lexicon.find(sense.name)
    return next((match for match in found if match.kind in kinds), found[0] if found else None)


def _is_same(one: Match, other: Match) -> bool:
    return one.curie == other.curie or (one.kind is other.kind and _are_alike(one, other))


def _unclear(match: Match, senses: int) -> Match:
    reason = f"short for {senses} different things, and the context does not tell which; {match.reason}"
    return replace(match, score=round(match.score * _UNCLEAR, 4), reason=reason)


def _are_alike(one: Match, other: Match) -> bool:
    left, right = set(normal_form(one.name).split()), set(normal_form(other.name).split())
    return len(left & right) >= _ALIKE * min(len(left), len(right))


def _chosen(lexicon: Lexicon, rivals: Sequence[Match], context: str) -> Match | None:
    """The one of `rivals` that most speaks for, with what it is; None where two are even or nothing does."""
    words = frozenset(normal_form(context).split())
    named = _named_in(lexicon, context, rivals[0].matched)
    weighed = sorted(
        ((_weigh(lexicon, match, named, words, context), match) for match in rivals), key=lambda one: -one[0].weight
    )
    (best, match), (second, _) = weighed[:2]
    if best.weight <= second.weight:
        return None
    return replace(match, reason=f"{match.reason}; the context {best.said}")


def _named_in(lexicon: Lexicon, context: str, name: str) -> frozenset[str]:
    """The concepts that a context names, but for where it says `name` itself."""
    form = normal_form(name)
    hits = [hit for hit in lexicon.scan(context) if normal_form(context[hit.start : hit.end]) != form]
    return frozenset(match.curie for hit in hits for match in hit.matches[:1])


def _weigh(lexicon: Lexicon, match: Match, named: Set[str], words: Set[str], context: str) -> _Evidence:
    """What in the context speaks for a match, the strongest said."""
    found: list[_Evidence] = []
    if match.curie in named:
        found.append(_Evidence(_LONG_FORM, f"names {match.name}"))
    beside = named & _around(lexicon, match.curie)
    if beside:
        concept = lexicon.concept(min(beside))
        found.append(_Evidence(_RELATED, f"names {concept.name if concept else min(beside)}, which is near to it"))
    shared = sorted(words & _words_of(lexicon, match.curie))
    if shared:
        found.append(_Evidence(_WORD * min(2, len(shared)), f"has words of it: {', '.join(shared[:3])}"))
    hint = next((word for word in _hints().get(match.kind, ()) if _stands_in(word, words, context)), "")
    if hint:
        found.append(_Evidence(_KIND, f"speaks of a {match.kind.value.replace('_', ' ')}: {hint!r}"))
    said = max(found, default=_Evidence(0, ""), key=lambda one: one.weight).said
    return _Evidence(sum(one.weight for one in found), said)


def _around(lexicon: Lexicon, curie: str) -> frozenset[str]:
    """Concepts next to one in the hierarchy: its parents, their other children, its children."""
    hierarchy = lexicon.hierarchy
    parents = hierarchy.parents(curie)
    siblings = [child for parent in parents for child in hierarchy.children(parent)]
    return frozenset((*parents, *siblings, *hierarchy.children(curie))) - {curie}


def _words_of(lexicon: Lexicon, curie: str) -> frozenset[str]:
    concept = lexicon.concept(curie)
    names = (concept.name, *(synonym.text for synonym in concept.synonyms)) if concept else ()
    return frozenset(word for name in names for word in normal_form(name).split() if len(word) >= _LETTERS)


def _stands_in(word: str, words: Set[str], context: str) -> bool:
    return normal_form(word) in words if word.isascii() else word in context


@cache
def _hints() -> dict[Kind, tuple[str, ...]]:
    return {Kind(kind): tuple(words) for kind, words in _rules()["kinds"].items()}


@cache
def _acronyms() -> Mapping[str, tuple[_Sense, ...]]:
    return {
        acronym: tuple(_Sense(Kind(kind), name, tuple(cues)) for kind, name, *cues in senses)
        for acronym, senses in _rules()["acronyms"].items()
    }


@cache
def _rules() -> Mapping[str, Any]:
    return read_rules("senses", keys=frozenset({"kinds", "acronyms"}))
