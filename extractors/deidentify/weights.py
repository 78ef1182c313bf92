"""The weights of the trained recogniser and the words it knows, in one file of our own form.

Eight bytes of a name, SHA-256 of the rest, then, compressed by zlib: a line of JSON that says what follows and how
long, and the arrays one after the other. Nothing of the file is ever executed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.deidentify.word_sets import WordSet
from extractors.errors import DeidentifyError

FILE = Path(__file__).parent / "trained.weights"

_MAGIC = b"medkgdi1"
_DIGEST = 32
_REMEDY = "put the file of the release back, or make it again: tests/bench/train_deid.py"


@dataclass(frozen=True, slots=True)
class Weights:
    """What the trained recogniser knows.

    `features` are of shape (2 to some power, tags), `moves` of shape (2, tags, tags): from a tag to the next, where
    the next piece is no Chinese character, and where it is one.
    """

    features: NDArray[np.int8]
    moves: NDArray[np.int32]
    words: Mapping[str, WordSet]


def write_weights(weights: Weights, path: Path) -> None:
    """Write the file; the same weights give the same bytes."""
    arrays = {"features": weights.features, "moves": weights.moves.astype("<i4")}
    arrays |= {f"words {name}": words.bits for name, words in sorted(weights.words.items())}
    head = [[name, array.dtype.str, list(array.shape)] for name, array in arrays.items()]
    body = json.dumps(head).encode() + b"\n" + b"".join(array.tobytes() for array in arrays.values())
    packed = zlib.compress(body, 9)
    path.write_bytes(_MAGIC + sha256(packed).digest() + packed)


def read_weights(path: Path) -> Weights:
    """The weights of a file; DeidentifyError where it is missing, cut short or changed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeidentifyError(f"{path.name} cannot be read ({type(error).__name__}); {_REMEDY}") from None
    packed = content[len(_MAGIC) + _DIGEST :]
    if not content.startswith(_MAGIC) or content[len(_MAGIC) :][:_DIGEST] != sha256(packed).digest():
        raise DeidentifyError(f"{path.name} is no whole file of weights; {_REMEDY}")
    return _unpack(zlib.decompress(packed))


def _unpack(body: bytes) -> Weights:
    head, _, rest = body.partition(b"\n")
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, kind, shape in json.loads(head):
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(rest, np.dtype(kind), count).reshape(shape)
        rest = rest[arrays[name].nbytes :]
    words = {name.removeprefix("words "): bits for name, bits in arrays.items() if name.startswith("words ")}
    return Weights(
        arrays["features"].astype(np.int8),
        arrays["moves"].astype(np.int32),
        {name: WordSet(bits.astype(np.uint8)) for name, bits in words.items()},
    )
