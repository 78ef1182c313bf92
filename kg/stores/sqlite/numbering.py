"""Numbers of nodes by CURIE for a load that asks for them by the million: sixteen bytes a node, and no query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pairs = Callable[[], Iterable[tuple[int, str]]]


class NodeNumbers:
    """What every node of a graph is numbered, as two sorted columns: hashes of CURIEs, and numbers.

    A CURIE that no node has is taken for another's once in 2^64 / nodes times.
    """

    def __init__(self, pairs: Pairs) -> None:
        """`pairs` gives numbers and CURIEs, from the beginning each time that it is called."""
        for self._salt in count():
            self._hashes, self._numbers = _columns(pairs(), self._salt)
            if not (self._hashes[1:] == self._hashes[:-1]).any():
                break

    def find(self, curies: Sequence[str]) -> list[int]:
        """The number of each; raises `KeyError` with the first CURIE that no node has."""
        import numpy as np

        wanted = np.fromiter(_hashed(curies, self._salt), np.int64, len(curies))
        places = np.searchsorted(self._hashes, wanted)
        places[places == len(self._hashes)] = 0
        found = self._hashes[places] == wanted if len(self._hashes) else np.zeros(len(curies), bool)
        if not found.all():
            raise KeyError(curies[int(found.argmin())])
        numbers: list[int] = self._numbers[places].tolist()
        return numbers


def _hashed(curies: Iterable[str], salt: int) -> Iterable[int]:
    """Python's own hash, which a string remembers; another one where two CURIEs had the same."""
    return map(hash, curies) if not salt else (hash((salt, curie)) for curie in curies)


def _columns(pairs: Iterable[tuple[int, str]], salt: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    import numpy as np

    row = np.dtype([("hash", np.int64), ("number", np.int64)])
    hashed = ((one, number) for number, curie in pairs for one in _hashed((curie,), salt))
    rows = np.fromiter(hashed, row)
    rows.sort(order="hash")
    return np.ascontiguousarray(rows["hash"]), np.ascontiguousarray(rows["number"])
