"""Vectors by name, stamped with the version of the graph they were learned from."""

from __future__ import annotations

from dataclasses import dataclass

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
