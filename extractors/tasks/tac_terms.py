"""MedDRA preferred terms for strings: learnt from annotated labels, or spelled as the terminology would spell them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from extractors.rules import check_keys, read_rules
from extractors.tasks.tac_labels import TacLabel
from extractors.tasks.tac_words import Key, key_of
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS

Words = frozenset[str]

_SHORT = 3


class TermTable:
    """Preferred terms by string, by set of words, by the core of these, and by the terms' own names."""

    def __init__(self, labels: Iterable[TacLabel], *, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon
        self._pt_words: set[str] = set()
        self.ids: dict[str, str] = {}
        self._by_key: dict[Key, Counter[str]] = defaultdict(Counter)
        self._by_words: dict[Words, Counter[str]] = defaultdict(Counter)
        self._by_core: dict[Words, Counter[str]] = defaultdict(Counter)
        for label in labels:
            for reaction in label.reactions:
                for pt, pt_id, llt in reaction.terms:
                    self.ids[pt] = pt_id
                    self._pt_words.update(key_of(pt))
                    for name in (reaction.text, pt, llt or pt):
                        self._add(name, pt)

    def _add(self, text: str, term: str) -> None:
        key = key_of(text)
        self._by_key[key][term] += 1
        self._by_words[_words(key)][term] += 1
        self._by_core[core_of(key)][term] += 1

    def find(self, text: str, *, also: Iterable[str] = ()) -> str:
        """The preferred term for `text`, or for a name that `also` gives for it; "" where none is known.

        Where no annotated label tells, it is `text` in the terminology's spelling if that is likely to be a term: a
        short name that the lexicon knows, or made of words of other terms. Such a term has no id.
        """
        key = key_of(text)
        if known := self._look_up(key, core=True):
            return known
        if self._plausible(text, key):
            return spell(key)
        names = [*also, *self._synonyms(text)]
        return next((known for name in names if (known := self._look_up(key_of(name), core=False))), self._of_tail(key))

    def _plausible(self, text: str, key: Key) -> bool:
        if self._lexicon is None or not 0 < len(key) <= _SHORT:
            return False
        return all(word in self._pt_words for word in key) or bool(self._lexicon.find(text, kinds=CONDITIONS))

    def _synonyms(self, text: str) -> Iterator[str]:
        if self._lexicon is not None:
            for match in self._lexicon.find(text, kinds=CONDITIONS):
                concept = self._lexicon.concept(match.curie)
                yield from (concept.name, *(s.text for s in concept.synonyms)) if concept else ()

    def _look_up(self, key: Key, *, core: bool) -> str:
        tables = [self._by_key.get(key), self._by_words.get(_words(key))]
        if core and core_of(key):
            tables.append(self._by_core.get(core_of(key)))
        for counts in tables:
            if counts:
                return min(counts, key=lambda term: (-counts[term], term))
        return ""

    def _of_tail(self, key: Key) -> str:
        """The term of the longest known end of a long name: "episode of hypertension" is hypertension."""
        for first in range(1, len(key) - 1):
            if len(key) > _SHORT and (known := self._by_key.get(key[first:])):
                return min(known, key=lambda term: (-known[term], term))
        return ""


def spell(key: Key) -> str:
    """A name as event dictionaries spell it: British, the first letter capital."""
    british = _rules()[2]
    pattern = re.compile("|".join(map(re.escape, british)))
    words = " ".join(pattern.sub(lambda m: british[m[0]], word) for word in key if word[0].isalnum())
    return words[:1].upper() + words[1:]


def core_of(key: Key) -> Words:
    """The words of a name that say what happened, synonymous ones as one."""
    empty, same, _ = _rules()
    return frozenset(part for word in key if word not in empty for part in same.get(word, word).split())


@cache
def _rules() -> tuple[frozenset[str], dict[str, str], dict[str, str]]:
    rules = read_rules("event_names")
    check_keys("event_names", "", rules, required={"empty", "same", "british"})
    return frozenset(rules["empty"]), dict(rules["same"]), dict(rules["british"])


_LINKS = frozenset(("of", "the", "in", "a", "an", "and", "or", "to", "with", "-", ",", "(", ")", "/", "'", "s"))


def _words(key: Key) -> Words:
    return frozenset(key) - _LINKS
