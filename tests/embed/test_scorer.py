"""Scores from vectors in numpy: the formulas, worked out with complex numbers."""

from __future__ import annotations

import numpy as np
import pytest

from kg.embed.errors import EmbeddingError
from kg.embed.scorer import SCORINGS, Scorer
from kg.embed.vectors import Vectors

DRAW = np.random.default_rng(1)
ENTITIES = DRAW.normal(size=(5, 6)).astype(np.float32)
PLAIN = DRAW.normal(size=(2, 6)).astype(np.float32)
ANGLES = DRAW.normal(size=(2, 3)).astype(np.float32)


def as_complex(rows: np.ndarray) -> np.ndarray:
    return rows[:, 0::2] + 1j * rows[:, 1::2]


def scores_of(scoring: str, relations: np.ndarray) -> np.ndarray:
    vectors = Vectors(tuple("abcde"), ENTITIES, "v", scoring)
    return Scorer(vectors, Vectors(("p", "q"), relations, "v", scoring), scoring).objects("b", "q")


EXPECTED = {
    "distmult": (PLAIN, [(ENTITIES[1] * PLAIN[1] * object_).sum() for object_ in ENTITIES]),
    "complex": (
        PLAIN,
        [
            (as_complex(ENTITIES)[1] * as_complex(PLAIN)[1] * object_.conj()).sum().real
            for object_ in as_complex(ENTITIES)
        ],
    ),
    "transe_l1": (PLAIN, [-abs(ENTITIES[1] + PLAIN[1] - object_).sum() for object_ in ENTITIES]),
    "transe_l2": (PLAIN, [-np.sqrt(((ENTITIES[1] + PLAIN[1] - object_) ** 2).sum()) for object_ in ENTITIES]),
    "rotate": (
        ANGLES,
        [-abs(as_complex(ENTITIES)[1] * np.exp(1j * ANGLES[1]) - object_).sum() for object_ in as_complex(ENTITIES)],
    ),
}


@pytest.mark.parametrize("scoring", SCORINGS)
def test_scores_are_those_of_the_formula(scoring: str) -> None:
    relations, expected = EXPECTED[scoring]
    assert scores_of(scoring, relations) == pytest.approx(np.array(expected), abs=1e-4)


def test_what_has_no_vector_cannot_be_scored() -> None:
    vectors, relations = (Vectors(names, np.ones((1, 2), np.float32), "v", "distmult") for names in (("a",), ("p",)))
    scorer = Scorer(vectors, relations, "distmult")
    assert scorer.knows("a", "p")
    for subject, predicate in (("b", "p"), ("a", "q")):
        with pytest.raises(EmbeddingError, match=r"no vector of (b: .* train it again|q: .* by another predicate)"):
            scorer.objects(subject, predicate)
    with pytest.raises(EmbeddingError, match="cannot be scored by nothing"):
        Scorer(vectors, relations, "")
