"""The lexicon: names to concepts, by exact normal form, in a name asked for or anywhere in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apsw
import marisa_trie
import orjson

from ontologies.compile import FORMAT, write_lexicon
from ontologies.database import Database
from ontologies.errors import LexiconError
from ontologies.model import Concept, Hit, Kind, Match, Scope, Synonym, TerminologyInfo
from ontologies.names import Gate, salt_words
from ontologies.normalize import normal_form, normal_word, spans
from ontologies.same import rank

_REACH = 400
"""Characters of a key that are compared at most: longer names are not looked for in texts."""
_SALT = 0.6
"""What is left of a score where the words of a salt were left out."""
_BREAK = re.compile(r"[;:|•()\[\]\t]|,(?=\s)|\.(?=\s)|\n(?=\s*\n)")
"""What ends a name unless the terminology writes the name with it."""
_POSTINGS = """
SELECT n.text, n.score, n.reason, n.gate, c.curie, c.name, c.kind, m.curie
FROM names n JOIN concepts m ON m.id = n.concept JOIN concepts c ON c.id = m.speaker WHERE n.key = ?
"""
_CONCEPT = """
SELECT c.curie, c.name, c.kind, c.retired, c.record FROM concepts c
WHERE c.id = (SELECT CASE WHEN retired THEN speaker ELSE id END FROM concepts WHERE curie = ?)
"""


@dataclass(frozen=True, slots=True)
class _Posting:
    match: Match
    gate: Gate


class Lexicon:
    """Names of concepts; opened from its compiled folder or made of a few concepts. Safe to use in forked processes."""

    def __init__(self, database: Database, keys: marisa_trie.Trie, firsts: marisa_trie.Trie) -> None:
        self._database = database
        self._keys = keys
        self._firsts = firsts
        self._postings: dict[str, tuple[_Posting, ...]] = {}
        self._words: dict[str, tuple[str, bool]] = {}
        meta = dict(database.rows("SELECT key, value FROM meta"))
        if meta.get("format") != str(FORMAT):
            raise LexiconError(f"the lexicon has format {meta.get('format')}, not {FORMAT}; compile it again")
        self.stamp: str = meta["stamp"]
        self.inputs: str = meta["inputs"]
        rows = database.rows("SELECT info, concepts, names FROM terminologies ORDER BY place")
        counted = [(TerminologyInfo(*orjson.loads(info)), concepts, names) for info, concepts, names in rows]
        self.terminologies = tuple(info for info, _, _ in counted)
        self.counts = {info.name: (concepts, names) for info, concepts, names in counted}

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """The lexicon compiled into `folder`, memory-mapped; raises LexiconError where there is none."""
        from ontologies.compiled import open_files

        try:
            return cls(*open_files(folder))
        except apsw.Error as error:
            raise LexiconError(f"the lexicon in {folder} is damaged ({error}); run: kg terminology list") from error

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> Lexicon:
        """A lexicon of these concepts alone, held in memory."""
        connection = apsw.Connection(":memory:")
        info = TerminologyInfo("given", "", "Concepts given by the program", "", "", "")
        keys = write_lexicon(connection, [(info, concepts)])
        return cls(Database(bytes(connection.serialize("main"))), *build_tries(keys))

    def find(self, name: str, *, kinds: Collection[Kind] = ()) -> list[Match]:
        """The concepts that have `name`, best first, of one of `kinds` where any is given.

        A salt that is not known is found as its ingredient, at a lower score and with a reason that says so.
        """
        key = normal_form(name)
        matches = self._matches(key, name, asked=True) or self._as_salt(key)
        return [match for match in matches if not kinds or match.kind in kinds]

    def scan(self, text: str) -> list[Hit]:
        """The places of `text` where names stand: the longest from left to right, not overlapping.

        A name stands at whole words; a digit or letter that runs on ("CYP3A" in "CYP3A4") is part of the word.
        """
        words = spans(text)
        norms, starters = self._normalise(words)
        if not starters:
            return []
        joined = " ".join(norms) + " "
        places = _places(norms)
        hits: list[Hit] = []
        free = 0
        for first in starters:
            if first >= free and (hit := self._hit_at(text, words, joined, places, first)):
                found, free = hit
                hits.append(found)
        return hits

    def concept(self, curie: str) -> Concept | None:
        """The concept of that CURIE, or the one that replaced it, or None."""
        row = next(self._database.rows(_CONCEPT, (curie,)), None)
        return _concept(*row) if row else None

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie` among all vocabularies; `curie` itself where nothing is known of it."""
        found = self._database.rows(
            "SELECT c.curie FROM same s JOIN concepts c ON c.id = s.speaker WHERE s.curie = ?", (curie,)
        )
        return str(next(found, (curie,))[0])

    def _normalise(self, words: list[tuple[str, int, int]]) -> tuple[list[str], list[int]]:
        norms: list[str] = []
        starters: list[int] = []
        known = self._words
        for place, (word, _, _) in enumerate(words):
            entry = known.get(word)
            if entry is None:
                norm = normal_word(word)
                entry = known[word] = (norm, norm in self._firsts)
            norms.append(entry[0])
            if entry[1]:
                starters.append(place)
        return norms, starters

    def _hit_at(
        self, text: str, words: list[tuple[str, int, int]], joined: str, places: list[int], first: int
    ) -> tuple[Hit, int] | None:
        start = words[first][1]
        keys = self._keys.prefixes(joined[places[first] : places[first] + _REACH])
        if not keys or _runs_on(text, start):
            return None
        for key in reversed(keys):
            after = first + key.count(" ")
            end = words[after - 1][2]
            if _runs_on(text, end):
                continue
            matches = self._matches(key[:-1], text[start:end], asked=False, context=(text, start, end))
            if matches:
                return Hit(start, end, matches), after
        return None

    def _matches(
        self, key: str, surface: str, *, asked: bool, context: tuple[str, int, int] | None = None
    ) -> tuple[Match, ...]:
        best: dict[str, Match] = {}
        breaks = set() if asked else set(_BREAK.findall(surface))
        for posting in self._posted(key):
            if _passes(posting, surface, asked=asked, context=context) and breaks.issubset(posting.match.matched):
                best.setdefault(posting.match.curie, posting.match)
        return tuple(best.values())

    def _as_salt(self, key: str) -> tuple[Match, ...]:
        """The drugs that a name stands for but for words of a salt at its end; a salt is not its ingredient."""
        words = key.split()
        end = len(words)
        while end and words[end - 1] in salt_words():
            end -= 1
        if not 0 < end < len(words):
            return ()
        base, left_out = " ".join(words[:end]), " ".join(words[end:])
        found = self._matches(base, base, asked=True)
        reason = f"ingredient of a salt that is not known, {left_out!r} left out"
        return tuple(
            replace(match, score=round(match.score * _SALT, 4), reason=f"{reason}; {match.reason}")
            for match in found
            if match.kind is Kind.DRUG
        )

    def _posted(self, key: str) -> tuple[_Posting, ...]:
        known = self._postings.get(key)
        if known is None:
            postings = [_posting(*row) for row in self._database.rows(_POSTINGS, (key,))]
            known = self._postings[key] = tuple(_best_first(postings))
        return known


def build_tries(keys: Collection[str]) -> tuple[marisa_trie.Trie, marisa_trie.Trie]:
    """The trie of all keys, each with a trailing space, and that of their first words."""
    return marisa_trie.Trie([key + " " for key in keys]), marisa_trie.Trie({key.split(" ", 1)[0] for key in keys})


def _places(norms: list[str]) -> list[int]:
    places = []
    at = 0
    for norm in norms:
        places.append(at)
        at += len(norm) + 1
    return places


def _runs_on(text: str, place: int) -> bool:
    """True where letters or digits of one written word stand on both sides of `place`."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _passes(posting: _Posting, surface: str, *, asked: bool, context: tuple[str, int, int] | None) -> bool:
    gate = posting.gate
    if gate is Gate.OPEN:
        return True
    if gate is Gate.ASKED:
        return asked
    if not _same_capitals(posting.match.matched, surface):
        return False
    return gate is Gate.CASE or context is None or not _among_capitals(*context)


def _same_capitals(name: str, surface: str) -> bool:
    """True where two spellings differ in the capital of the first letter at most, or by a plural s.

    A short name in lower case has lost its capitals on the way here: it wants them in the text.
    """
    if len(name) <= 3 and name.islower():
        name = name.upper()
    if name.isupper() and len(name) > 1:
        return surface in (name, name + "s", name + "'s", name + "’s")
    return name[:1].lower() + name[1:] == surface[:1].lower() + surface[1:]


def _among_capitals(text: str, start: int, end: int) -> bool:
    """True where the words beside are in capitals too, so that capitals say nothing."""
    beside = spans(text[max(0, start - 30) : start])[-1:] + spans(text[end : end + 30])[:1]
    return any(word.isupper() and len(word) > 1 for word, _, _ in beside)


def _best_first(postings: list[_Posting]) -> list[_Posting]:
    """By score; equal ones by the order of vocabularies, that of diseases where one of the conditions is a disease."""
    disease = any(posting.match.kind is Kind.DISEASE for posting in postings)

    def place(posting: _Posting) -> tuple[float, tuple[int, str], str]:
        match = posting.match
        kind = Kind.DISEASE if disease and match.kind is Kind.FINDING else match.kind
        return -match.score, rank(match.curie, kind), match.matched

    return sorted(postings, key=place)


def _posting(text: str, score: float, reason: str, gate: int, curie: str, name: str, kind: str, owner: str) -> _Posting:
    if owner != curie:
        reason = f"{reason} of {owner}"
    return _Posting(Match(curie, name, Kind(kind), score, reason, text), Gate(gate))


def _concept(curie: str, name: str, kind: str, retired: int, record: str) -> Concept:
    language, synonyms, parents, xrefs, replaced_by = orjson.loads(record)
    made: tuple[Any, ...] = tuple(Synonym(text, Scope(scope), tag) for text, scope, tag in synonyms)
    concept = Concept(curie, name, Kind(kind), language, made, tuple(parents), tuple(xrefs))
    return replace(concept, deprecated=bool(retired), replaced_by=replaced_by)
