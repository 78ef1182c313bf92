"""Vectors by name, stamped with the version of the graph they were learned from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """One vector a name: `matrix` is float32, shape (names, dimensions)."""

    names: tuple[str, ...]
    matrix: npt.NDArray[np.float32]
    graph_version: str
    model: str
    kinds: tuple[str, ...] = ()
    """The kind of concept that each name is, where that is known."""

    def take(self, rows: npt.NDArray[np.int64]) -> Vectors:
        """The vectors of some rows, in their order."""
        names, kinds = (tuple(each[row] for row in rows) if each else () for each in (self.names, self.kinds))
        return replace(self, names=names, matrix=self.matrix[rows], kinds=kinds)
