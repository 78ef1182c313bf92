"""What the rows of foreign graphs say in our words: predicates and kinds by the rules of each, checked by our table."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from extractors.graphs.model import GraphRow, GraphRules, Identifier, Meaning, Named, RefusedRow
from extractors.items import readable
from extractors.naming import kinds_like
from kg.predicates import PREDICATES, Predicate
from ontologies.curies import standard_curie
from ontologies.errors import UnknownNameError
from ontologies.model import Kind
from ontologies.printable import without_controls

#: Characters of a name, an identifier or the value of a qualifier; what is longer is none.
LONGEST = 500

_OWN = "medkg:"
_LISTED = "|"


class Party(NamedTuple):
    """A side of a claim: its CURIE or nothing, its name as given, and its kind."""

    curie: str
    name: str
    kind: Kind


class Claim(NamedTuple):
    """What a row says in our words, and the row."""

    table: str
    quote: str
    subject: Party
    predicate: str
    object: Party
    score: float
    negated: bool
    qualifiers: list[tuple[str, str]]


class LeftOut(NamedTuple):
    """A row that the rules leave out on purpose: its predicate, and why."""

    predicate: str
    reason: str


class _RowError(Exception):
    def __init__(self, reason: str, about: str) -> None:
        super().__init__(reason)
        self.about = about


class Understanding:
    """Reads rows by the rules of one graph."""

    def __init__(self, rules: GraphRules) -> None:
        self._rules = rules
        self._identifiers = [(one, re.compile(one.pattern)) for one in rules.identifiers]
        self._curie = lru_cache(maxsize=1 << 16)(self._find_curie)
        self._meaning = lru_cache(maxsize=1 << 10)(self._find_meaning)
        self._party = lru_cache(maxsize=1 << 16)(self._find_party)

    def read(self, row: GraphRow) -> Claim | LeftOut | RefusedRow:
        """What a row says, or why it is not taken."""
        if row.predicate in self._rules.left_out:
            return LeftOut(row.predicate, self._rules.left_out[row.predicate])
        try:
            return self._read(row)
        except _RowError as error:
            return RefusedRow(row.number, row.table, str(error), error.about)

    def _read(self, row: GraphRow) -> Claim:
        meaning = self._meaning(row.predicate)
        if meaning is None:
            raise _unknown(row.predicate)
        sides = [(row.subject, meaning.subject), (row.object, meaning.object)]
        if meaning.turned:
            sides.reverse()
        known = PREDICATES[meaning.predicate]
        subject, object_ = (
            self._party(named, given, allowed)
            for (named, given), allowed in zip(sides, (known.domain, known.range), strict=True)
        )
        if not _fits(known, subject, object_):
            if not (self._rules.either_way and _fits(known, object_, subject)):
                raise _misfit(row.predicate, known, subject, object_)
            subject, object_ = object_, subject
        qualifiers = sorted({(name, _word(value, name)) for name, value in (*meaning.qualifiers, *row.qualifiers)})
        negated = row.negated != meaning.negated
        return Claim(row.table, row.quote, subject, known.name, object_, self._score(row, meaning), negated, qualifiers)

    def _find_party(self, named: Named, given: Kind | None, allowed: frozenset[Kind]) -> Party:
        id_, name = _word(named.id, "an identifier"), _word(named.name, "a name")
        if not (id_ or name):
            raise _RowError("has a side without identifier and name", "no name")
        kind = self._kind(named.kind) or given or _likely(allowed)
        return Party(self._curie(id_, named.vocabulary or named.kind) if id_ else "", name or id_, kind)

    def _kind(self, words: str) -> Kind | None:
        kinds = self._rules.kinds
        found = next((kinds[word] for word in words.split(_LISTED) if word in kinds), None)
        return found or (Kind(words) if words in Kind.__members__.values() else None)

    def _find_curie(self, id_: str, of: str) -> str:
        for one, pattern in self._identifiers:
            found = pattern.fullmatch(id_) if one.of in ("", of) else None
            if found:
                return _filled(one, found)
        try:
            return standard_curie(id_)
        except UnknownNameError:
            return ""

    def _find_meaning(self, word: str) -> Meaning | None:
        found = self._rules.predicates.get(word)
        if found is None and (own := word.removeprefix(_OWN)) in PREDICATES:
            return Meaning(own)
        return found if found and found.predicate in PREDICATES else None

    def _score(self, row: GraphRow, meaning: Meaning) -> float:
        if not row.score:
            return self._rules.score if meaning.score is None else meaning.score
        try:
            score = float(row.score)
        except ValueError:
            score = math.nan
        if not 0 < score <= 1:
            raise _RowError(f"has the score {readable(row.score[:40])!r}, which is no number up to 1", "score")
        return score


def check_meanings(rules: GraphRules) -> None:
    """Raises `UnknownNameError` where rules name a predicate that is not in our table."""
    for meaning in rules.predicates.values():
        if meaning.predicate not in PREDICATES:
            raise UnknownNameError("predicate", meaning.predicate, list(PREDICATES))


def _filled(one: Identifier, found: re.Match[str]) -> str:
    caught = found[1] if found.re.groups else found[0]
    return one.curie.format(caught.zfill(one.digits))


def _word(text: str, what: str) -> str:
    if len(text) > LONGEST:
        raise _RowError(f"has {what} of {len(text):,} characters, more than {LONGEST}", "length")
    return text.strip() if text.isprintable() else without_controls(text).strip()


def _likely(allowed: Collection[Kind]) -> Kind:
    """The kind of a thing that nobody told, by what may stand there."""
    for kind in (Kind.DRUG, Kind.DISEASE):
        if kind in allowed and len(allowed) < len(Kind):
            return kind
    return next(iter(allowed)) if len(allowed) == 1 else Kind.OTHER


def _fits(known: Predicate, subject: Party, object_: Party) -> bool:
    return bool(
        ({subject.kind} | kinds_like(subject.kind)) & known.domain
        and ({object_.kind} | kinds_like(object_.kind)) & known.range
    )


def _unknown(word: str) -> _RowError:
    shown = readable(word[:80])
    remedy = "say in a file of rules (--rules) what it means, or that it is left out"
    return _RowError(f"says {shown!r}, which is no predicate that is known: {remedy}", f"predicate {shown}")


def _misfit(word: str, known: Predicate, subject: Party, object_: Party) -> _RowError:
    said = f"{known.name} of {subject.kind} and {object_.kind}"
    return _RowError(
        f"says {said}, which has no such sides: mend the kinds, or give {readable(word[:80])!r} another meaning", said
    )
