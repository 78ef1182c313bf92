"""Names of the lexicon that share words with a name that has no answer: suggestions for a curator, never an answer.

The index is an inverted file of the words of all keys (a Chinese character and a pair of neighbours count as words, and
so do the first letters of a long word, for its inflections). A name is compared by the cosine of words weighted by
their inverse document frequency (Salton and Buckley, Term-weighting approaches in automatic text retrieval, 1988).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import marisa_trie

from ontologies.held import damage_told
from ontologies.model import Grounding, Kind, Match
from ontologies.normalize import normal_form
from ontologies.script import FIRST_CHINESE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ontologies.lexicon import Lexicon
    from ontologies.vectors import Reranker

WORDS, STARTS, POSTINGS, LENGTHS = "words.marisa", "word-starts.npy", "word-postings.npy", "key-lengths.npy"
_STEM = 5
"""First letters that stand for a word and its inflections, once it has more than `_STEM + 1` letters."""
_WIDER = 4
"""Keys looked at for one concept suggested: several names have one concept, and some are of other kinds."""
_WORTH = 0.5
_COMMON = 50_000
"""Keys that hold a word; more, and the word finds nothing by itself."""
_MISSPELT = 4
"""Letters of a word in whose place the words one typo away are looked for, at least."""


class Suggestion(NamedTuple):
    """A key of the lexicon, how alike it is (cosine, 0 to 1), and the words that it shares."""

    key: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The keys of a lexicon by the words they hold: `postings[starts[w]:starts[w + 1]]` are the keys of word `w`.

    `starts` is int64 of words + 1, `postings` int32 of all pairs, `lengths` float32 of keys: the norm of each.
    """

    keys: marisa_trie.Trie
    words: marisa_trie.Trie
    starts: NDArray[np.int64]
    postings: NDArray[np.int32]
    lengths: NDArray[np.float32]

    @classmethod
    def of(cls, keys: marisa_trie.Trie) -> Suggestions:
        """The index of the keys of a lexicon, each written with a trailing space."""
        import numpy as np

        numbers: dict[str, int] = {}
        pairs = [(numbers.setdefault(word, len(numbers)), keys.key_id(key)) for key in keys for word in _words(key)]
        words = marisa_trie.Trie(numbers)
        renumbered = np.empty(len(numbers), np.int32)
        for word, number in numbers.items():
            renumbered[number] = words.key_id(word)
        table = np.array(pairs, np.int32).reshape(-1, 2)
        of_word, postings = renumbered[table[:, 0]], table[:, 1]
        order = np.argsort(of_word, kind="stable")
        of_word, postings = of_word[order], postings[order]
        starts = np.searchsorted(of_word, np.arange(len(numbers) + 1))
        weights = np.log(1 + len(keys) / np.diff(starts))
        lengths = np.sqrt(np.bincount(postings, weights=weights[of_word] ** 2, minlength=len(keys)))
        return cls(keys, words, starts, postings, lengths.astype(np.float32))

    @classmethod
    def open(cls, folder: Path, keys: marisa_trie.Trie) -> Suggestions:
        """The index that `save` wrote into `folder` for these keys, mapped; raises LexiconError where it is broken."""
        import numpy as np

        words = marisa_trie.Trie()
        with damage_told(folder):
            words.mmap(str(folder / WORDS))
            return cls(keys, words, *(np.load(folder / name, mmap_mode="r") for name in (STARTS, POSTINGS, LENGTHS)))

    def save(self, folder: Path) -> None:
        """Writes the index beside the keys."""
        import numpy as np

        self.words.save(str(folder / WORDS))
        for name, array in ((STARTS, self.starts), (POSTINGS, self.postings), (LENGTHS, self.lengths)):
            np.save(folder / name, array)

    def find(self, name: str, *, top: int = 10) -> list[Suggestion]:
        """The keys most like `name`, best first; none where it shares no word with any."""
        import numpy as np

        form = normal_form(name)
        asked = {word: self.words.key_id(word) for word in (*_words(form), *self._meant(form)) if word in self.words}
        if not asked:
            return []
        lists, weights = self._lists(list(asked.values()))
        found, place = np.unique(np.concatenate(lists), return_inverse=True)
        repeated = np.repeat(np.square(weights), [len(one) for one in lists])
        length = math.sqrt(sum(self._weight(number) ** 2 for number in asked.values()))
        scores = np.bincount(place, weights=repeated) / (self.lengths[found] * length)
        best = np.lexsort((found, -scores))[:top]
        return [self._suggestion(int(found[one]), float(scores[one]), asked) for one in best]

    def _meant(self, form: str) -> Iterator[str]:
        """The words one typo away from those of `form` that no key has: heart attack for hart atack."""
        from ontologies.guesses import one_edit_away

        for word in form.split():
            if len(word) >= _MISSPELT and word.isascii() and word.isalpha() and word not in self.words:
                yield from (near for near in one_edit_away(word) if near in self.words)

    def _lists(self, numbers: list[int]) -> tuple[list[NDArray[np.int32]], list[float]]:
        """The postings and weights of the words, but for words that nearly every key has where others are rarer."""
        rare = [number for number in numbers if self.starts[number + 1] - self.starts[number] <= _COMMON]
        kept = rare or [min(numbers, key=lambda number: int(self.starts[number + 1] - self.starts[number]))]
        lists = [self.postings[self.starts[number] : self.starts[number + 1]] for number in kept]
        return lists, [self._weight(number) for number in kept]

    def _weight(self, number: int) -> float:
        return math.log(1 + len(self.lengths) / float(self.starts[number + 1] - self.starts[number]))

    def _suggestion(self, number: int, score: float, asked: Iterable[str]) -> Suggestion:
        key = self.keys.restore_key(number).rstrip(" ")
        held = set(_words(key))
        shared = tuple(word for word in asked if word in held and not word.endswith("~"))
        return Suggestion(key, min(1.0, score), shared)


def suggest(
    lexicon: Lexicon, name: str, *, kinds: Collection[Kind] = (), language: str = "", top: int = 10
) -> list[Match]:
    """The concepts whose names are nearest to `name`, best first, `top` at most, each with what makes it near.

    First those with a name one typo away, then those that share most with it. Scores stay below those of answers: at
    most half the likeness of the best name of a concept. A concept of another sort than what `name` ends in comes last.
    """
    from ontologies.guesses import find_neighbours, of_its_sort

    found = {match.curie: match for match in find_neighbours(lexicon, name, kinds=kinds, language=language)}
    for key, score, shared in lexicon.suggestions.find(name, top=top * _WIDER):
        reason = f"shares {', '.join(shared)}" if shared else "begins alike"
        for match in lexicon.find(key, kinds=kinds, language=language):
            worth = max(round(score * _WORTH, 4), 1e-4)
            found.setdefault(match.curie, replace(match, score=worth, reason=f"{reason} with {match.matched!r}"))
    best = sorted(found.values(), key=lambda match: -match.score)
    return of_its_sort(lexicon, name, best)[:top]


def widened(
    lexicon: Lexicon,
    grounding: Grounding,
    *,
    kinds: Collection[Kind] = (),
    language: str = "",
    top: int = 5,
    reranker: Reranker | None = None,
) -> Grounding:
    """The grounding with more candidates where it has no answer, put in order by meaning where a reranker is given."""
    if not grounding.abstained:
        return grounding
    from ontologies.guesses import of_its_sort

    more = suggest(lexicon, grounding.name, kinds=kinds, language=language, top=max(top, _WIDER * top))
    best: dict[str, Match] = {}
    for match in (*grounding.candidates, *more):
        best.setdefault(match.curie, match)
    found = of_its_sort(lexicon, grounding.name, list(best.values()))
    if reranker is not None:
        found = reranker.rerank(grounding.name, found)
    return replace(grounding, candidates=tuple(found[:top]))


def _words(key: str) -> Iterator[str]:
    """What a key is found by, each once: its words, pairs of Chinese characters, beginnings of long words."""
    found: dict[str, None] = {}
    before = ""
    for word in key.split():
        found[word] = None
        chinese = len(word) == 1 and word > FIRST_CHINESE
        if chinese and before:
            found[before + word] = None
        elif len(word) > _STEM + 1:
            found[word[:_STEM] + "~"] = None
        before = word if chinese else ""
    return iter(found)
