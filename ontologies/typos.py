"""The typo index: the names of a lexicon that differ from a given one by one character, at any place.

A substitution, an insertion, a deletion and a swap of neighbours are found through deletion neighbourhoods (the idea of
SymSpell, W. Garbe 2012): two names are one edit apart only if they, each with at most one character left out, have a
string in common. Only hashes of these strings are kept, in one sorted array; what they give is compared with the name
itself. Spaces and signs do not count, so a blank too many or too few costs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ontologies.typo_hashes import hash_deletions, hash_neighbours, hash_run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HASHES, OWNERS, KEYS, ENDS, RUNS = (f"typo-{name}.npy" for name in ("hashes", "owners", "keys", "ends", "runs"))
_LONGEST = 160
"""Characters of the longest name in the index: what is longer is a sentence, and costs most."""
_SHORTEST = 2
_FIRST_CHINESE = "\u2e80"
_MOST = 2000
"""Pairs of a name and what it may stand for that are compared at once."""


class Near(NamedTuple):
    """A key of the lexicon near to what was asked for: `distance` 0 where only spaces or signs differ."""

    key: str
    distance: int


class TypoIndex:
    """Names by what they are with a character left out; opened memory-mapped or made of a few keys."""

    def __init__(
        self,
        hashes: NDArray[np.uint32],
        owners: NDArray[np.uint32],
        keys: NDArray[np.uint8],
        ends: NDArray[np.uint64],
        runs: NDArray[np.uint32],
    ) -> None:
        self._hashes = hashes
        self._owners = owners
        self._keys = keys
        self._ends = ends
        self._runs = runs
        self._known: dict[str, bool] = {}

    @classmethod
    def of(cls, keys: Sequence[str]) -> TypoIndex:
        """The index of these normal forms, held in memory."""
        import numpy as np

        kept = [key for key in keys if _SHORTEST <= len(key) - key.count(" ") <= _LONGEST]
        plain = [key.replace(" ", "") for key in kept]
        hashes, owners = hash_deletions(plain)
        pairs = (hashes.astype(np.uint64) << np.uint64(32)) | owners
        pairs.sort()
        encoded = [key.encode() for key in kept]
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.uint64)
        runs = np.unique(np.concatenate([_hash_words(keys), *(hash_neighbours(plain, size=size) for size in (2, 3))]))
        letters = np.frombuffer(b"".join(encoded), np.uint8)
        return cls((pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32), letters, ends, runs)

    @classmethod
    def open(cls, folder: Path) -> TypoIndex:
        """The index that `save` wrote into `folder`, memory-mapped."""
        import numpy as np

        return cls(*(np.load(folder / name, mmap_mode="r") for name in (HASHES, OWNERS, KEYS, ENDS, RUNS)))

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`."""
        import numpy as np

        arrays = (self._hashes, self._owners, self._keys, self._ends, self._runs)
        for name, array in zip((HASHES, OWNERS, KEYS, ENDS, RUNS), arrays, strict=True):
            np.save(folder / name, np.asarray(array))

    def find(self, forms: Sequence[str]) -> list[list[Near]]:
        """For each of the normal forms the keys at most one edit away, the nearest first."""
        plain = [form.replace(" ", "") for form in forms]
        found: dict[int, dict[str, int]] = defaultdict(dict)
        askers, numbers = self._candidates(plain)
        for start in range(0, len(askers), _MOST):
            asked = askers[start : start + _MOST].tolist()
            keys = [self._key(number) for number in numbers[start : start + _MOST].tolist()]
            for asker, key, distance in zip(asked, keys, _compare([plain[a] for a in asked], keys), strict=True):
                if distance <= 1:
                    found[asker][key] = distance
        near = [[Near(key, distance) for key, distance in found[place].items()] for place in range(len(forms))]
        return [sorted(one, key=lambda n: (n.distance, n.key)) for one in near]

    def knows(self, run: str) -> bool:
        """Whether a word, or a run of two or three characters with a Chinese one among them, stands in some key."""
        known = self._known.get(run)
        if known is None:
            import numpy as np

            wanted = np.uint32(hash_run(run))
            place = int(np.searchsorted(self._runs, wanted))
            known = self._known[run] = place < len(self._runs) and bool(self._runs[place] == wanted)
        return known

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

    def _key(self, number: int) -> str:
        return self._keys[int(self._ends[number]) : int(self._ends[number + 1])].tobytes().decode()


def _compare(asked: Sequence[str], keys: Sequence[str]) -> list[int]:
    """The optimal string alignment distances of the pairs, 2 where they are more than one edit apart."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    plain = [key.replace(" ", "") for key in keys]
    distances: list[int] = cpdist(asked, plain, scorer=OSA.distance, score_cutoff=1, workers=1).tolist()
    return distances


def _hash_words(keys: Sequence[str]) -> NDArray[np.uint32]:
    import numpy as np

    words = {word for key in keys for word in key.split() if len(word) > 1 or word < _FIRST_CHINESE}
    return np.array([hash_run(word) for word in words], np.uint32)
