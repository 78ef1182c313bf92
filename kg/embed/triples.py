"""Facts as numbers, which is what embeddings are trained from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

#: Rows of subject, relation and object; int64, shape (n, 3).
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Triples:
    """Facts as rows of numbers that index `entities` and `relations`; rows are int64, shape (n, 3)."""

    entities: tuple[str, ...]
    relations: tuple[str, ...]
    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def with_rows(self, rows: Rows) -> Triples:
        """The same names, other rows."""
        return Triples(self.entities, self.relations, rows)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What is learned from, what training is steered by, and what is reported; names are those of all three."""

    train: Triples
    valid: Triples
    test: Triples
    aside: Rows = field(default_factory=lambda: np.empty((0, 3), np.int64))
    """Other facts that are true, under the same names: neither learned from nor asked, and no wrong answer either."""

    @property
    def known(self) -> Rows:
        """All facts that are known to be true: what rankings leave out."""
        return np.concatenate([self.train.rows, self.valid.rows, self.test.rows, self.aside])


def number(named: Iterable[tuple[str, str, str]]) -> Triples:
    """Named triples as numbers; names are numbered in the order of their text, rows stay in theirs."""
    kept = list(named)
    entities = tuple(sorted({name for subject, _, object_ in kept for name in (subject, object_)}))
    relations = tuple(sorted({relation for _, relation, _ in kept}))
    place = {name: at for at, name in enumerate(entities)}
    kind = {name: at for at, name in enumerate(relations)}
    rows = [(place[subject], kind[relation], place[object_]) for subject, relation, object_ in kept]
    return Triples(entities, relations, np.array(rows, np.int64).reshape(-1, 3))
