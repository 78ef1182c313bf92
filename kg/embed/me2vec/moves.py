"""How the parts of a patient's vector are brought to one measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.embed.me2vec.uses import Matrix

#: What is added to the variance of each direction, as a share of the mean: directions far below are noise.
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """Takes `centre` away and multiplies by `turn`, shapes (dimensions,) and (dimensions, dimensions)."""

    centre: Matrix
    turn: Matrix

    def __call__(self, rows: Matrix) -> Matrix:
        """The rows, moved."""
        moved: Matrix = ((rows - self.centre) @ self.turn).astype(np.float32)
        return moved


def find_move(rows: Matrix, *, length: float, even: bool) -> Move:
    """What brings the mean of `rows` to zero and their mean square to `length`; rows that are all the same to zeros.

    With `even` all directions are given the same variance (whitening), but for those in which rows hardly differ.
    """
    dimensions = rows.shape[1]
    centre = rows.mean(0) if len(rows) else np.zeros(dimensions, np.float32)
    apart = (rows - centre).astype(np.float64)
    spread = float((apart**2).sum() / max(1, len(rows)))
    if not spread:
        return Move(centre, np.zeros((dimensions, dimensions), np.float32))
    turn = np.eye(dimensions)
    if even:
        variance, directions = np.linalg.eigh(apart.T @ apart / len(rows))
        floor = _FLOOR * spread / dimensions
        turn = directions / np.sqrt(np.maximum(variance, 0) + floor)
        spread = float(((apart @ turn) ** 2).sum() / len(rows))
    return Move(centre, (turn * (length / spread) ** 0.5).astype(np.float32))
