"""Facts scored from the vectors of a model, in plain numpy: what serving needs, without torch.

The formulas are those that models are trained with (`kg.embed.kge.scoring`), and a test compares the two. A complex
number is kept as its real and its imaginary part, in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.errors import EmbeddingError
from kg.embed.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

#: What follows a predicate in the name of its inverse: such a relation leads from objects to subjects.
INVERSE = "^-1"

#: Concepts that are scored at a time where distances to all of them are taken.
_CHUNK = 8_192


def _as_complex(rows: Floats) -> NDArray[np.complex64]:
    """Numbers whose real and imaginary parts stand in turn."""
    return np.ascontiguousarray(rows, np.float32).view(np.complex64)


def _as_real(numbers: NDArray[np.complex64]) -> Floats:
    return np.ascontiguousarray(numbers, np.complex64).view(np.float32)


def _score_distmult(subject: Floats, relation: Floats, objects: Floats) -> Floats:
    """Yang et al., ICLR 2015: the sum of s r o."""
    scores: Floats = objects @ (subject * relation)
    return scores


def _score_complex(subject: Floats, relation: Floats, objects: Floats) -> Floats:
    """Trouillon et al., ICML 2016: the real part of the sum of s r conj(o)."""
    scores: Floats = objects @ _as_real(_as_complex(subject) * _as_complex(relation))
    return scores


def _score_transe_l1(subject: Floats, relation: Floats, objects: Floats) -> Floats:
    """Bordes et al., NIPS 2013: how far s + r is from o, in the sum of absolute differences."""
    return _in_chunks(objects, lambda part: -np.abs(part - (subject + relation)).sum(axis=1))


def _score_transe_l2(subject: Floats, relation: Floats, objects: Floats) -> Floats:
    """Bordes et al., NIPS 2013, with the Euclidean distance."""
    return _in_chunks(objects, lambda part: -np.linalg.norm(part - (subject + relation), axis=1))


def _score_rotate(subject: Floats, relation: Floats, objects: Floats) -> Floats:
    """Sun et al., ICLR 2019: how far s, turned by the angles r, is from o, summed over complex coordinates."""
    turned = _as_complex(subject) * np.exp(1j * relation)
    return _in_chunks(objects, lambda part: -np.abs(_as_complex(part) - turned).sum(axis=1).astype(np.float32))


def _in_chunks(objects: Floats, score: Callable[[Floats], Floats]) -> Floats:
    parts = [score(objects[at : at + _CHUNK]) for at in range(0, len(objects), _CHUNK)]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


#: How facts may be scored; `About.scoring` is one of these.
SCORINGS: Mapping[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "distmult": _score_distmult,
    "complex": _score_complex,
    "transe_l1": _score_transe_l1,
    "transe_l2": _score_transe_l2,
    "rotate": _score_rotate,
}


class Scorer:
    """Scores every concept as the object of a subject and a predicate: the higher, the likelier."""

    def __init__(self, vectors: Vectors, relations: Vectors, scoring: str) -> None:
        if scoring not in SCORINGS:
            raise EmbeddingError(f"facts cannot be scored by {scoring or 'nothing'}: use a model of {list(SCORINGS)}")
        self.vectors = vectors
        self._relations = relations
        self._score = SCORINGS[scoring]
        self._places = {name: at for at, name in enumerate(vectors.names)}
        self._kinds = {name: at for at, name in enumerate(relations.names)}

    def knows(self, name: str, predicate: str) -> bool:
        """Whether both have vectors."""
        return name in self._places and predicate in self._kinds

    def place(self, name: str) -> int | None:
        """The row of a concept among the scores, None where it has no vector."""
        return self._places.get(name)

    def objects(self, subject: str, predicate: str) -> Floats:
        """The scores of all concepts as objects, in the order of the vectors' names.

        Raises:
            EmbeddingError: the subject or the predicate has no vector.
        """
        if predicate not in self._kinds:
            raise EmbeddingError(
                f"the model has no vector of {predicate}: no fact that it was trained on is of it; ask by another "
                f"predicate ({', '.join(sorted(self._kinds))}), or train it again once the graph has such facts"
            )
        if subject not in self._places:
            raise EmbeddingError(
                f"the model has no vector of {subject}: no fact that it was trained on holds it; "
                "train it again, or `kg embed extend` it"
            )
        row, relation = self._places[subject], self._kinds[predicate]
        return self._score(self.vectors.matrix[row], self._relations.matrix[relation], self.vectors.matrix)
