"""Which services each patient, or each visit, had, and how much each counts: rows of a sparse matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from kg.embed.me2vec.hierarchy import Parents, list_self_and_above
from kg.embed.me2vec.journeys import NONE, Journeys, Numbers
from kg.embed.me2vec.service_graph import settle
from kg.embed.ranges import spread

Matrix = npt.NDArray[np.float32]

#: Numbers of products that are held at once.
_AT_ONCE = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class Uses:
    """What row i has: `columns[offsets[i]:offsets[i + 1]]`, rising and distinct, with a weight each (float32)."""

    offsets: Numbers
    columns: Numbers
    weights: Matrix
    width: int

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.offsets) - 1

    def row_of(self) -> Numbers:
        """The row of each entry."""
        return np.repeat(np.arange(self.rows), np.diff(self.offsets))

    def with_weights(self, weights: npt.NDArray[np.floating]) -> Uses:
        """The same entries with other weights."""
        return Uses(self.offsets, self.columns, weights.astype(np.float32), self.width)

    def to_shares(self) -> Uses:
        """The weights of each row divided by their sum."""
        row = self.row_of()
        total = np.bincount(row, self.weights, self.rows)
        return self.with_weights(self.weights / np.maximum(total, 1e-12)[row])

    def count_rows(self) -> Numbers:
        """In how many rows each column stands."""
        return np.bincount(self.columns, minlength=self.width)

    def only(self, kept: npt.NDArray[np.bool_]) -> Uses:
        """Without the entries of columns that `kept` (shape (width,)) is false of."""
        entries = kept[self.columns]
        return count_uses(self.row_of()[entries], self.columns[entries], self.rows, self.width, self.weights[entries])

    def to_tensor(self, device: torch.device) -> Tensor:
        """A sparse tensor (COO, float32), shape (rows, width)."""
        places = torch.from_numpy(np.stack([self.row_of(), self.columns]))
        weights, size = torch.from_numpy(self.weights), (self.rows, self.width)
        made = torch.sparse_coo_tensor(places, weights, size, is_coalesced=True, check_invariants=False)
        return made.to(device)

    def dot(self, vectors: Matrix) -> Matrix:
        """The weighted sum of `vectors` (float32, shape (width, dimensions)) of each row."""
        sums = np.zeros((self.rows, vectors.shape[1]), np.float32)
        row = self.row_of()
        step = max(1, _AT_ONCE // max(1, vectors.shape[1]))
        for at in range(0, len(row), step):
            some = slice(at, at + step)
            starts = np.flatnonzero(np.append(True, np.diff(row[some])))
            products = self.weights[some, None] * vectors[self.columns[some]]
            sums[row[some][starts]] += np.add.reduceat(products, starts)
        return sums


def count_uses(
    rows: Numbers, columns: Numbers, height: int, width: int, weights: npt.NDArray[np.floating] | None = None
) -> Uses:
    """Uses of `height` rows and `width` columns; entries that agree in both are one, and their weights are summed."""
    keys, place = np.unique(rows * max(width, 1) + columns, return_inverse=True)
    summed = np.bincount(place, weights, len(keys)).astype(np.float32)
    offsets = np.append(0, np.cumsum(np.bincount(keys // max(width, 1), minlength=height)))
    return Uses(offsets, keys % max(width, 1), summed, width)


def find_uses(journeys: Journeys, unit: str, *, half_life: float = 0.0) -> Uses:
    """The codes of each patient or visit (`unit`), counted; in the order of the names of the unit.

    With a `half_life` (hours), an event counts half as much for every so many hours before the last one of its visit.
    """
    row, height = rows_of(journeys, unit)
    weights = _recency(journeys, half_life) if half_life else None
    return count_uses(row, journeys.code, height, len(journeys.codes), weights)


def rows_of(journeys: Journeys, unit: str) -> tuple[Numbers, int]:
    """The patient or visit of each event, and how many of them there are."""
    if unit == "visit":
        return journeys.visit, len(journeys.visits)
    return journeys.patient, len(journeys.patients)


def _recency(journeys: Journeys, half_life: float) -> npt.NDArray[np.float64]:
    seconds = settle(journeys)
    last = np.full(len(journeys.visits), np.iinfo(np.int64).min)
    np.maximum.at(last, journeys.visit, seconds)
    return np.asarray(np.exp2((seconds - last[journeys.visit]) / (3600 * half_life)), np.float64)


class Ancestry:
    """What stands above codes in a terminology; nodes are the codes, then what stands above any of them."""

    def __init__(self, codes: Sequence[str], parents: Parents) -> None:
        place = {code: at for at, code in enumerate(codes)}
        pairs = [
            (at, place.setdefault(each, len(place)))
            for code, at in list(place.items())
            for each in list_self_and_above(code, parents)
        ]
        self.names = tuple(place)
        self._code, self._node = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
        self._start = np.searchsorted(self._code, np.arange(len(codes) + 1))

    def lift(self, uses: Uses) -> Uses:
        """Uses of all nodes: each code counts for itself and for what stands above it."""
        entry, place = spread(self._start[uses.columns], np.diff(self._start)[uses.columns])
        return count_uses(uses.row_of()[entry], self._node[place], uses.rows, len(self.names), uses.weights[entry])


def find_giver_uses(journeys: Journeys, unit: str) -> tuple[Uses, Uses]:
    """The providers, and the specialties, of the events of each patient or visit, counted."""
    row, height = rows_of(journeys, unit)
    made = []
    for column, names in ((journeys.provider, journeys.providers), (journeys.specialty, journeys.specialties)):
        known = column != NONE
        made.append(count_uses(row[known], column[known], height, len(names)))
    return made[0], made[1]
