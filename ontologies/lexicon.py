"""The lexicon: names to concepts, by exact normal form, in a name asked for or anywhere in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import apsw
import marisa_trie
import orjson

from ontologies.compile import FORMAT, read_spellings, write_lexicon
from ontologies.contents import Contents
from ontologies.database import Database
from ontologies.errors import LexiconError
from ontologies.held import Held, damage_told
from ontologies.hierarchy import Hierarchy
from ontologies.kept import Forms, Starts, forget
from ontologies.model import Concept, Hit, Kind, Match, Scope, Synonym, TerminologyInfo
from ontologies.names import rank, salt_words
from ontologies.normalize import find_words, normal_form
from ontologies.postings import MANY_POSTINGS, POSTINGS, Posting, Postings, make_posting, passes, postings_of
from ontologies.salts import split_salt, without_salt
from ontologies.suggestions import Suggestions
from ontologies.surface import runs_on
from ontologies.typos import TypoIndex

_REACH = 200
"""Characters of a key that are compared at most: longer names are not looked for in texts."""
_BREAK = re.compile(r"[;:|•()\[\]\t]|,(?=\s)|\.(?=\s)|\n(?=\s*\n)")
"""What ends a name unless the terminology writes the name with it."""
_COMPLETED = 2_000
"""Keys that are looked at when a beginning is completed: more are not told apart by it anyway."""
_SPEAKER = "SELECT c.curie FROM same s JOIN concepts c ON c.id = s.speaker WHERE s.curie = ?"
_MEMBERS = """
SELECT s.curie FROM same s JOIN concepts c ON c.id = s.speaker LEFT JOIN concepts m ON m.curie = s.curie
WHERE c.curie = ? AND NOT ifnull(m.retired, 0)
"""
_ENTRY = "SELECT curie, name, kind, retired, record FROM concepts WHERE curie = ?"
_CONCEPT = """
SELECT c.curie, c.name, c.kind, c.retired, c.record FROM concepts c
WHERE c.id = (SELECT CASE WHEN retired THEN speaker ELSE id END FROM concepts WHERE curie = ?)
"""


class Lexicon:
    """Names of concepts; opened from its compiled folder or made of a few concepts. Safe to use in forked processes."""

    decisions: str = ""
    """The stamp of the decisions that are laid over it (`ontologies.decided`), empty for none."""

    def __init__(self, database: Database, keys: marisa_trie.Trie, firsts: marisa_trie.Trie) -> None:
        self.database = database
        self.hierarchy = Hierarchy(database)
        self._keys = keys
        self._prefixes = keys.prefixes
        self._forms = Forms()
        self._starts = Starts(firsts.__contains__)
        self._postings: dict[str, Postings] = {}
        self._concepts: dict[str, Concept | None] = {}
        self._speakers: dict[str, str] = {}
        self._held: Held | None = None
        self._typos: TypoIndex | None = None
        self._suggestions: Suggestions | None = None
        meta = dict(database.rows("SELECT key, value FROM meta"))
        if meta.get("format") != str(FORMAT):
            raise LexiconError(f"the lexicon has format {meta.get('format')}, not {FORMAT}; compile it again")
        self.stamp: str = meta["stamp"]
        self.inputs: str = meta["inputs"]
        rows = database.rows("SELECT info, contents FROM terminologies ORDER BY place")
        counted = [(TerminologyInfo(*orjson.loads(info)), Contents(*orjson.loads(counts))) for info, counts in rows]
        self.terminologies = tuple(info for info, _ in counted)
        self.contents = {info.name: contents for info, contents in counted}

    @classmethod
    def open(cls, folder: Path) -> Lexicon:
        """The lexicon compiled into `folder`, memory-mapped; raises LexiconError where there is none."""
        from ontologies.compiled import hold_current, open_files

        held = hold_current(folder)
        with damage_told(held.folder):
            lexicon = cls(*open_files(held.folder))
        lexicon._held = held
        return lexicon

    @classmethod
    def of(cls, concepts: Iterable[Concept]) -> Lexicon:
        """A lexicon of these concepts alone, held in memory."""
        connection = apsw.Connection(":memory:")
        info = TerminologyInfo("given", "", "Concepts given by the program", "", "", "")
        keys = write_lexicon(connection, [(info, concepts)])
        return cls(Database(bytes(connection.serialize("main"))), *build_tries(keys))

    def find(self, name: str, *, kinds: Collection[Kind] = (), language: str = "") -> list[Match]:
        """The concepts that have `name`, best first, of one of `kinds` where any is given.

        A salt that is not known is found as its ingredient, at a lower score and with a reason that says so.
        """
        key = normal_form(name)
        matches = self._matches(key, name, asked=True) or self._as_salt(key)
        found = [match for match in matches if not kinds or match.kind in kinds]
        return self.judge(name, found, kinds=kinds, language=language)

    def judge(self, name: str, found: list[Match], *, kinds: Collection[Kind] = (), language: str = "") -> list[Match]:
        """The matches that curators leave of those that were `found` for `name` in any way, and those they give.

        `language` is that of the name, "" where it is not known.
        """
        return found

    def find_form(self, form: str, *, kinds: Collection[Kind] = (), language: str = "") -> list[Match]:
        """As `find` for a name that is a normal form already; no salt is looked for."""
        found = [match for match in self._matches(form, form, asked=True) if not kinds or match.kind in kinds]
        return self.judge(form, found, kinds=kinds, language=language)

    def prepare(self, forms: Iterable[str]) -> None:
        """Reads what these normal forms stand for all at once, before each of them is looked up."""
        rows: dict[str, list[Posting]] = {form: [] for form in forms if form not in self._postings}
        if len(rows) > 1:
            for row in self.database.rows(MANY_POSTINGS, (orjson.dumps(list(rows)).decode(),)):
                rows[row[0]].append(make_posting(*self._spoken(row[1:])))
            forget(self._postings)
            self._postings.update((form, postings_of(found)) for form, found in rows.items())

    @property
    def typos(self) -> TypoIndex:
        """The index of names one typo away: opened, or made of a lexicon in memory, when it is first asked for."""
        if self._typos is None:
            held, rows = self._held, self.database.rows
            self._typos = TypoIndex.open(held.folder) if held else TypoIndex.of(read_spellings(rows))
        return self._typos

    @property
    def suggestions(self) -> Suggestions:
        """The index of keys by the words they hold: opened, or made in memory, when it is first asked for."""
        if self._suggestions is None:
            held = self._held
            self._suggestions = Suggestions.open(held.folder, self._keys) if held else Suggestions.of(self._keys)
        return self._suggestions

    def complete(self, text: str, *, limit: int = 10) -> list[Match]:
        """Concepts one of whose names begins with `text`, those of the shortest names first, each once."""
        form = normal_form(text)
        keys = sorted(islice(self._keys.iterkeys(form), _COMPLETED), key=len) if form else []
        found: dict[str, Match] = {}
        for key in keys:
            for match in self.find(key):
                found.setdefault(match.curie, match)
            if len(found) >= limit:
                break
        return list(found.values())[:limit]

    def scan(self, text: str, *, language: str = "") -> list[Hit]:
        """The places of `text` where names stand: the longest from left to right, not overlapping.

        A name stands at whole words; a digit or letter that runs on ("CYP3A" in "CYP3A4") is part of the word.
        """
        words = list(find_words(text))
        surfaces = [word[0] for word in words]
        norms = list(map(self._forms.__getitem__, surfaces))
        starters = [place for place, starts in enumerate(map(self._starts.__getitem__, norms)) if starts]
        joined = " ".join(norms) + " "
        lengths = list(accumulate(map(len, norms), initial=0))
        hits: list[Hit] = []
        free = 0
        for first in starters:
            if first < free:
                continue
            at = lengths[first] + first
            keys = self._prefixes(joined[at : at + _REACH])
            if keys and (hit := self._longest(text, words, keys, first, language)):
                free = _first_after(words, hit.end, first)
                if hit.matches[0].kind is Kind.DRUG and free < len(norms) and norms[free] in salt_words():
                    hit, free = self._salted(text, words, norms, hit, free)
                hits.append(hit)
        return hits

    def entry(self, curie: str) -> Concept | None:
        """The concept of that CURIE itself, retired or not, or None."""
        row = next(self.database.rows(_ENTRY, (curie,)), None)
        return _concept(*row) if row else None

    def concept(self, curie: str) -> Concept | None:
        """The concept of that CURIE, or the one that replaced it, or None."""
        if curie not in self._concepts:
            forget(self._concepts)
            row = next(self.database.rows(_CONCEPT, (curie,)), None)
            self._concepts[curie] = _concept(*row) if row else None
        return self._concepts[curie]

    def canonical(self, curie: str) -> str:
        """The CURIE that speaks for `curie` among all vocabularies; `curie` itself where nothing is known of it."""
        if curie not in self._speakers:
            forget(self._speakers)
            row = next(self.database.rows(_SPEAKER, (curie,)), (curie,))
            self._speakers[curie] = str(row[0])
        return self._speakers[curie]

    def members(self, curie: str) -> tuple[str, ...]:
        """All CURIEs of the concept of `curie`, in the order of vocabularies for its kind; retired ones are left out.

        Among them are such that are known from cross-references alone; `(curie,)` where nothing is known of it.
        """
        speaker = self.canonical(curie)
        concept = self.concept(speaker)
        kind = concept.kind if concept else Kind.OTHER
        others = (str(other) for (other,) in self.database.rows(_MEMBERS, (speaker,)))
        return tuple(sorted({speaker, *others}, key=lambda one: rank(one, kind)))

    def _longest(self, text: str, words: list[re.Match[str]], keys: list[str], first: int, language: str) -> Hit | None:
        """The hit of the longest of `keys` that may stand in `text` from word `first` on."""
        start = words[first].start()
        if runs_on(text, start):
            return None
        for key in reversed(keys):
            end = words[first + key.count(" ") - 1].end()
            if runs_on(text, end):
                continue
            if text[end : end + 1] == ")" and text.rfind("(", start, end) > text.rfind(")", start, end):
                end += 1
            matches = self._read_at(key[:-1], text, start, end, language)
            if matches:
                return Hit(start, end, matches)
        return None

    def _read_at(self, key: str, text: str, start: int, end: int, language: str) -> tuple[Match, ...]:
        """The matches of the key that may be read at a place of `text`."""
        return self._matches(key, text[start:end], asked=False, context=(text, start, end))

    def _salted(self, text: str, words: list[re.Match[str]], norms: list[str], hit: Hit, after: int) -> tuple[Hit, int]:
        """The hit with the words of an unknown salt that follow it, as `find` gives it, and the first word behind."""
        end, free = hit.end, after
        while free < len(words) and norms[free] in salt_words() and text[end : words[free].start()].isspace():
            end = words[free].end()
            free += 1
        matches = () if end == hit.end or runs_on(text, end) else self._as_salt(normal_form(text[hit.start : end]))
        return (Hit(hit.start, end, matches), free) if matches else (hit, after)

    def _matches(
        self, key: str, surface: str, *, asked: bool, context: tuple[str, int, int] | None = None
    ) -> tuple[Match, ...]:
        postings = self._posted(key)
        breaks = [] if asked or " " not in key else _BREAK.findall(surface)
        if postings.open and not breaks:
            return postings.open
        best: dict[str, Match] = {}
        for posting in postings.all:
            name = posting.match.matched
            if passes(posting, surface, asked=asked, context=context) and all(mark in name for mark in breaks):
                best.setdefault(posting.match.curie, posting.match)
        return tuple(best.values())

    def _as_salt(self, key: str) -> tuple[Match, ...]:
        """The drugs that a name stands for but for words of a salt at its end; a salt is not its ingredient."""
        base, left_out = split_salt(key)
        found = self.judge(base, list(self._matches(base, base, asked=True))) if base and left_out else []
        return tuple(without_salt(match, left_out) for match in found if match.kind is Kind.DRUG)

    def _posted(self, key: str) -> Postings:
        known = self._postings.get(key)
        if known is None:
            forget(self._postings)
            rows = map(self._spoken, self.database.rows(POSTINGS, (key,)))
            known = self._postings[key] = postings_of([make_posting(*row) for row in rows])
        return known

    def _spoken(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A posting under the concept that speaks for its owner, where that is not the one it was compiled with."""
        curie, owner = row[4], row[7]
        speaker = self._spoken_for(owner, curie)
        concept = self.entry(speaker) if speaker != curie else None
        return (*row[:4], concept.curie, concept.name, concept.kind, owner) if concept else row

    def _spoken_for(self, owner: str, speaker: str) -> str:
        """Who speaks for `owner`, if not the `speaker` that was compiled: an overlay may know better."""
        return speaker


def build_tries(keys: Collection[str]) -> tuple[marisa_trie.Trie, marisa_trie.Trie]:
    """The trie of all keys, each with a trailing space, and that of their first words."""
    return marisa_trie.Trie([key + " " for key in keys]), marisa_trie.Trie({key.split(" ", 1)[0] for key in keys})


def _first_after(words: list[re.Match[str]], end: int, first: int) -> int:
    """The place of the first word that begins at `end` or later, looked for from `first` on."""
    while first < len(words) and words[first].start() < end:
        first += 1
    return first


def _concept(curie: str, name: str, kind: str, retired: int, record: str) -> Concept:
    language, synonyms, parents, xrefs, replaced_by = orjson.loads(record)
    made: tuple[Any, ...] = tuple(Synonym(text, Scope(scope), tag) for text, scope, tag in synonyms)
    said = {"deprecated": bool(retired), "replaced_by": replaced_by}
    return Concept(curie, name, Kind(kind), language, made, tuple(parents), tuple(xrefs), **said)
