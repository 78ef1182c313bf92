"""The typo index: the names of a lexicon that differ from a given one by one character, at any place.

A substitution, an insertion, a deletion and a swap of neighbours are found through deletion neighbourhoods (the idea of
SymSpell, W. Garbe 2012): two names are one edit apart only if they, each with at most one character left out, have a
string in common. Only hashes of these strings are kept, in one sorted array; what they give is compared with the name
itself. Spaces and signs do not count, so a blank too many or too few costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ontologies.held import damage_told
from ontologies.kept import forget
from ontologies.normalize import normal_form, plain_form
from ontologies.script import FIRST_CHINESE
from ontologies.typo_hashes import hash_deletions, hash_neighbours, hash_run
from ontologies.typo_letters import grade_at, grade_letters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILES = tuple(f"typo-{name}.npy" for name in ("hashes", "owners", "keys", "ends", "runs", "letters"))
_LONGEST = 160
"""Characters of the longest name in the index: what is longer is a sentence, and costs most."""
_SHORTEST = 2
_TAB = "\t"
_MUCH = 40_000
"""Different runs of characters in the names of a vocabulary that is hardly a sample."""
_MOST = 2000
"""Pairs of a name and what it may stand for that are compared at once."""


class Near(NamedTuple):
    """A key of the lexicon near to a name: `distance` 0 where only spaces or signs differ.

    `typed` is the form of the name that was compared, `meant` the spelling of the key's name.
    """

    key: str
    distance: int
    typed: str
    meant: str


class TypoIndex:
    """Names by what they are with a character left out; opened memory-mapped or made of a few keys."""

    def __init__(
        self,
        hashes: NDArray[np.uint32],
        owners: NDArray[np.uint32],
        keys: NDArray[np.uint8],
        ends: NDArray[np.uint64],
        runs: NDArray[np.uint32],
        letters: NDArray[np.uint8],
    ) -> None:
        import numpy as np

        self._hashes = hashes.view(type=np.ndarray)
        self._owners = owners.view(type=np.ndarray)
        self._keys = keys.data
        self._ends = ends.data
        self._runs = runs.data
        self._letters = letters
        self._known: dict[str, bool] = {}

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> TypoIndex:
        """The index of names, each a key (normal form) and a text that has it, held in memory."""
        import numpy as np

        words: set[str] = set()
        entries = sorted(set(_entries(names, words)))
        plain = [_spelling(entry).replace(" ", "") for entry in entries]
        hashes, owners = hash_deletions(plain)
        pairs = (hashes.astype(np.uint64) << np.uint64(32)) | owners
        pairs.sort()
        encoded = [entry.encode() for entry in entries]
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.uint64)
        runs = np.unique(np.concatenate([_hash_words(words), *(hash_neighbours(plain, size=n) for n in (2, 3))]))
        keys = np.frombuffer(b"".join(encoded), np.uint8)
        letters = grade_letters(map(_spelling, entries))
        return cls((pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32), keys, ends, runs, letters)

    @classmethod
    def open(cls, folder: Path) -> TypoIndex:
        """The index that `save` wrote into `folder`, memory-mapped; raises LexiconError where it is broken."""
        import numpy as np

        with damage_told(folder):
            return cls(*(np.load(folder / name, mmap_mode="r") for name in FILES))

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`."""
        import numpy as np

        for name, array in zip(FILES, self._arrays(), strict=True):
            np.save(folder / name, array)

    def __reduce__(self) -> tuple[type[TypoIndex], tuple[NDArray[Any], ...]]:
        """What another process makes the same index of."""
        return TypoIndex, self._arrays()

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        import numpy as np

        held = (self._hashes, self._owners, self._keys, self._ends, self._runs, self._letters)
        return tuple(np.asarray(array) for array in held)

    def find(self, names: Sequence[str]) -> list[list[Near]]:
        """For each of the names the keys at most one edit away, the nearest first."""
        both = ((place, (plain_form(name), normal_form(name))) for place, name in enumerate(names))
        forms = [(place, form) for place, two in both for form in dict.fromkeys(two)]
        found: list[dict[str, Near]] = [{} for _ in names]
        askers, numbers = self._candidates([form.replace(" ", "") for _, form in forms])
        for start in range(0, len(askers), _MOST):
            asked = [forms[asker] for asker in askers[start : start + _MOST].tolist()]
            entries = [self._entry(number) for number in numbers[start : start + _MOST].tolist()]
            for (place, form), entry, distance in zip(asked, entries, _compare(asked, entries), strict=True):
                key = entry.rpartition(_TAB)[2]
                if distance <= 1 and (key not in found[place] or distance < found[place][key].distance):
                    found[place][key] = Near(key, distance, form, _spelling(entry))
        return [sorted(one.values(), key=lambda n: (n.distance, n.key)) for one in found]

    def knows(self, run: str) -> bool:
        """Whether a word, or a run of two or three characters with a Chinese one among them, stands in some key."""
        known = self._known.get(run)
        if known is None:
            wanted = hash_run(run)
            place = bisect_left(self._runs, wanted)
            forget(self._known)
            known = self._known[run] = place < len(self._runs) and self._runs[place] == wanted
        return known

    def grade(self, word: str, start: int, end: int) -> int:
        """How usual the letters about characters `start` to `end` of a word are: `ontologies.typo_letters`."""
        return grade_at(self._letters, word, start, end)

    @property
    def knows_much(self) -> bool:
        """Whether there are so many names that a run which is in none of them is seldom right."""
        return len(self._runs) >= _MUCH

    def _candidates(self, plain: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Pairs of the place of a name and the number of a key that have a hash in common, each once."""
        import numpy as np

        hashes, askers = hash_deletions([name if len(name) <= _LONGEST + 1 else "" for name in plain])
        order = np.argsort(hashes, kind="stable")
        hashes, askers = hashes[order], askers[order]
        first = np.searchsorted(self._hashes, hashes, "left")
        counts = np.searchsorted(self._hashes, hashes, "right") - first
        total = int(counts.sum())
        within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        numbers = self._owners[np.repeat(first, counts) + within]
        pairs = np.unique((np.repeat(askers, counts).astype(np.uint64) << np.uint64(32)) | numbers)
        return (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32)

    def _entry(self, number: int) -> str:
        return str(self._keys[self._ends[number] : self._ends[number + 1]], "utf-8")


def _entries(names: Iterable[tuple[str, str]], words: set[str]) -> Iterator[str]:
    """The keys, and before a key the spelling of a text of it where that is another one; words are added to `words`."""
    for key, text in names:
        plain = plain_form(text)
        words.update(plain.split(" "))
        if _SHORTEST <= len(key) - key.count(" ") <= _LONGEST:
            yield key
            if plain != key and len(plain) <= _LONGEST and normal_form(text) == key:
                yield f"{plain}{_TAB}{key}"


def _spelling(entry: str) -> str:
    return entry.partition(_TAB)[0]


def _compare(asked: Sequence[tuple[int, str]], entries: Sequence[str]) -> list[int]:
    """The optimal string alignment distances of the pairs, 2 where they are more than one edit apart."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    typed = [form.replace(" ", "") for _, form in asked]
    meant = [_spelling(entry).replace(" ", "") for entry in entries]
    distances: list[int] = cpdist(typed, meant, scorer=OSA.distance, score_cutoff=1, workers=1).tolist()
    return distances


def _hash_words(words: Iterable[str]) -> NDArray[np.uint32]:
    import numpy as np

    return np.array([hash_run(word) for word in words if len(word) > 1 or word < FIRST_CHINESE], np.uint32)
