"""What lies near a concept among the vectors of a model: by cosine, through an index where there is one.

The index (usearch, an HNSW graph: Malkov and Yashunin, IEEE TPAMI 42:824, 2020) is a derived file beside the vectors;
where there is none, it is damaged, or the package is missing, all vectors are compared, which takes longer.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kg.embed.errors import EmbeddingError
from kg.embed.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

#: Vectors by which an index is known to be of others, spread over all of them, the last one among them.
_LOOKED_AT = 64

#: Of an index that knows no kinds this many times as many are asked as are wanted of some kinds.
_WIDER = 8


class Neighbour(NamedTuple):
    """A name, and the cosine of its vector with the one that was asked about: 1 is the same direction."""

    name: str
    similarity: float


class Neighbours:
    """Finds the vectors nearest to one; `index` is what `open_index` gives, None to compare all."""

    def __init__(self, vectors: Vectors, index: Any = None) -> None:
        self.vectors = vectors
        self._index = index

    @cached_property
    def places(self) -> dict[str, int]:
        """The row of each name."""
        return {name: at for at, name in enumerate(self.vectors.names)}

    @cached_property
    def _units(self) -> Floats:
        return unit_rows(self.vectors.matrix)

    @cached_property
    def _kinds(self) -> NDArray[np.str_]:
        return np.array(self.vectors.kinds or [""] * len(self.vectors.names))

    def find(self, name: str, *, first: int, kinds: Collection[str] = ()) -> list[Neighbour]:
        """The `first` names nearest to `name`, without itself; of `kinds` alone where any are given.

        Raises:
            EmbeddingError: the model has no vector of that name.
        """
        place = self.places.get(name)
        if place is None:
            raise EmbeddingError(f"the model has no vector of {name}: train it again, or `kg embed extend` it")
        found = self.near(self.vectors.matrix[place], first=first + 1, kinds=kinds)
        return [one for one in found if one.name != name][:first]

    def near(self, vector: Floats, *, first: int, kinds: Collection[str] = ()) -> list[Neighbour]:
        """The `first` names nearest to a vector, ties by name."""
        unit = unit_rows(vector.reshape(1, -1))[0]
        rows = self._from_index(unit, first, kinds) if self._index is not None else None
        if rows is None:
            rows = self._among_all(unit, first, kinds)
        # The index rounds; what is told is the cosine itself.
        likeness = unit_rows(self.vectors.matrix[rows]) @ unit
        found = (Neighbour(self.vectors.names[row], float(alike)) for row, alike in zip(rows, likeness, strict=True))
        return sorted(found, key=lambda one: (-one.similarity, one.name))[:first]

    def _from_index(self, unit: Floats, first: int, kinds: Collection[str]) -> NDArray[np.int64] | None:
        """Rows as the index has them; None where it found too few of the kinds."""
        wanted = min(len(self.vectors.names), first * _WIDER if kinds else first)
        rows = np.asarray(self._index.search(unit, wanted).keys, np.int64)
        if not kinds:
            return rows
        rows = rows[np.isin(self._kinds[rows], list(kinds))]
        return rows if len(rows) >= first else None

    def _among_all(self, unit: Floats, first: int, kinds: Collection[str]) -> NDArray[np.int64]:
        likeness = self._units @ unit
        if kinds:
            likeness[~np.isin(self._kinds, list(kinds))] = -np.inf
        count = min(first, int(np.isfinite(likeness).sum()))
        # All that tie with the last one, so that which of them is told does not hang on the order of rows.
        least = np.partition(likeness, -count)[-count] if count else np.inf
        return np.flatnonzero(likeness >= least)


def unit_rows(matrix: Floats) -> Floats:
    """The rows scaled to length 1; those of length 0 stay."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    scaled: Floats = (matrix / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return scaled


def write_index(vectors: Vectors, path: Path) -> bool:
    """Whether an index was written: it is not where usearch is missing, or where there is nothing to find."""
    try:
        from usearch.index import Index
    except ImportError:
        return False
    if not vectors.names:
        return False
    index = Index(ndim=vectors.matrix.shape[1], metric="cos", dtype="f32")
    index.add(np.arange(len(vectors.names), dtype=np.uint64), unit_rows(vectors.matrix), threads=1)
    index.save(str(path))
    return True


def open_index(vectors: Vectors, path: Path) -> Any:
    """The index of these vectors, mapped into memory; None where there is none, it is damaged, or it is of others."""
    index, _ = _read_index(vectors, path)
    return index


def find_damage(vectors: Vectors, path: Path) -> str:
    """What is wrong with the index of these vectors; empty where it is sound, or there is none."""
    _, damage = _read_index(vectors, path)
    return damage


def _read_index(vectors: Vectors, path: Path) -> tuple[Any, str]:
    """The index, or None, and what is wrong with it, if anything is."""
    if not path.exists():
        return None, ""
    try:
        from usearch.index import Index
    except ImportError:
        return None, ""
    try:
        index = Index.restore(str(path), view=True)
    except (OSError, RuntimeError, ValueError) as error:
        return None, f"{path} cannot be read ({error})"
    if index is None or not _is_of(vectors, index):
        return None, f"{path} is of other vectors"
    return index, ""


def _is_of(vectors: Vectors, index: Any) -> bool:
    """Whether the index holds these vectors: as many, as wide, and those that are looked at the same."""
    if len(index) != len(vectors.names) or index.ndim != vectors.matrix.shape[1]:
        return False
    # Another training, or what was added to one, moves all vectors, or the last ones.
    rows = np.unique(np.linspace(0, len(vectors.names) - 1, _LOOKED_AT).astype(np.uint64))
    return np.array_equal(np.asarray(index.get(rows), np.float32), unit_rows(vectors.matrix[rows]))
