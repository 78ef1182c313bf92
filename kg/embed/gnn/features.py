"""What is known of a concept before any fact is learned: its names, its place in the hierarchy, its degree, its kind.

Names become numbers by hashed pieces (Weinberger et al., ICML 2009): words, runs of three to five of their letters, and
Chinese characters, alone and two by two. Or, where that is asked for, by the sentence encoder of the extra `vectors`.
Nothing here is learned, so that a concept that comes later has features too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from kg.embed.background import Parents, ancestors
from kg.embed.errors import SettingsError
from kg.embed.triples import Rows
from kg.model import Node
from ontologies.model import Kind
from ontologies.normalize import normal_form
from ontologies.script import FIRST_CHINESE
from ontologies.vectors import Encoder

Floats = npt.NDArray[np.float32]

#: What features are made of.
GROUPS = ("names", "hierarchy", "degree", "kind")
"""Leave `kind` and `hierarchy` out where they are what is asked."""

_KINDS = tuple(Kind)

#: Concepts whose names are encoded together.
_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """Which features there are, and how many numbers pieces of names and ancestors are hashed to."""

    groups: tuple[str, ...] = GROUPS
    names: int = 256
    hierarchy: int = 64
    synonyms: int = 8
    """The most synonyms of a concept whose pieces count."""

    def __post_init__(self) -> None:
        if strange := sorted(set(self.groups) - set(GROUPS)):
            raise SettingsError(f"{strange[0]!r} is no group of features; groups are {', '.join(GROUPS)}")
        if not self.groups or min(self.names, self.hierarchy) < 1:
            raise SettingsError("features need at least one group, and at least one number for names and hierarchy")


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """One row of numbers for each concept; `columns` says where each group stands."""

    matrix: Floats
    columns: Mapping[str, tuple[int, int]]


def make_features(
    nodes: Sequence[Node],
    train: Rows,
    parents: Parents,
    settings: FeatureSettings | None = None,
    *,
    encoder: Encoder | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Features:
    """The features of concepts, numbered as in `train`, the facts that are learned from: degrees count those alone.

    Names are pieces hashed, or vectors where an `encoder` is given, as of `get_encoder_of`; how many of them it has
    done is said, since it takes long.
    """
    settings = settings or FeatureSettings()

    def told(done: int) -> None:
        say(f"encoding names: {done:,} of {len(nodes):,} concepts")

    made: dict[str, Callable[[], Floats]] = {
        "names": lambda: encode_names(nodes, encoder, told=told) if encoder else hash_names(nodes, settings),
        "hierarchy": lambda: hash_ancestors(nodes, parents, settings.hierarchy),
        "degree": lambda: count_degrees(len(nodes), train),
        "kind": lambda: np.eye(len(_KINDS), dtype=np.float32)[[_KINDS.index(node.kind) for node in nodes]],
    }
    parts = {group: made[group]().reshape(len(nodes), -1) for group in settings.groups}
    ends = np.cumsum([part.shape[1] for part in parts.values()]).tolist()
    columns = dict(zip(parts, zip([0, *ends], ends, strict=False), strict=True))
    return Features(np.concatenate(list(parts.values()), axis=1).astype(np.float32), columns)


def get_encoder_of(names: str) -> Encoder | None:
    """What turns names into vectors by the setting `names` of `GnnSettings`; None where their pieces are hashed.

    Raises:
        SettingsError: the encoder that is asked for is not installed.
    """
    if names == "hashed":
        return None
    from ontologies.errors import LexiconError
    from ontologies.vectors import get_encoder

    try:
        return get_encoder()
    except LexiconError as error:
        raise SettingsError(
            f"names = {names!r} needs the encoder of the extra vectors: pip install 'medkg[vectors]', or leave names "
            "hashed (--set names=hashed)"
        ) from error


def encode_names(
    nodes: Sequence[Node], encoder: Encoder, *, told: Callable[[int], None] = lambda _done: None
) -> Floats:
    """The mean of the vectors of the names in English and Chinese; `told` gets how many concepts are done.

    Names are encoded so many at a time: an encoder takes many together in a fraction of the time of one by one.
    """
    parts = []
    for at in range(0, len(nodes), _AT_ONCE):
        some = nodes[at : at + _AT_ONCE]
        named = [[name for name in (node.name, node.name_zh) if name] or [node.curie] for node in some]
        vectors = encoder.encode([name for names in named for name in names])
        starts = np.cumsum([0, *map(len, named[:-1])])
        parts.append(np.add.reduceat(vectors, starts) / np.array([[len(names)] for names in named], np.float32))
        told(at + len(some))
    return np.concatenate(parts).astype(np.float32) if parts else np.empty((0, 0), np.float32)


def hash_names(nodes: Iterable[Node], settings: FeatureSettings) -> Floats:
    """Pieces of all names, hashed, each row of length 1; a long name counts no more than a short one."""
    rows = []
    for node in nodes:
        names = (node.name, node.name_zh, *node.synonyms[: settings.synonyms])
        hashed = [_unit(_hashed(dict.fromkeys(pieces(name), 1.0), settings.names)) for name in names if name]
        rows.append(_unit(np.sum(hashed, axis=0)) if hashed else np.zeros(settings.names, np.float32))
    return np.array(rows, np.float32).reshape(-1, settings.names)


def pieces(name: str) -> list[str]:
    """The pieces that a name is known by, those of its normal form: `<gout>`, `<gou`, `gout`; 糖, 尿, 糖尿."""
    words = normal_form(name).split()
    found: list[str] = []
    for word, after in zip(words, [*words[1:], ""], strict=False):
        if word >= FIRST_CHINESE:
            found += [word, word + after] if after >= FIRST_CHINESE else [word]
        else:
            bounded = f"<{word}>"
            found.append(bounded)
            found += [bounded[at : at + size] for size in (3, 4, 5) for at in range(len(bounded) - size + 1)]
    return found


def hash_ancestors(nodes: Iterable[Node], parents: Parents, width: int) -> Floats:
    """All that lies above, hashed, half as much with each step up; each row of length 1, or 0 where nothing does."""
    rows = [
        _unit(_hashed({curie: 0.5**steps for curie, steps in ancestors(node.curie, parents).items()}, width))
        for node in nodes
    ]
    return np.array(rows, np.float32).reshape(-1, width)


def count_degrees(count: int, train: Rows) -> Floats:
    """The logarithm of how many facts a concept is the subject and the object of, one added."""
    degrees = [np.bincount(train[:, side], minlength=count) for side in (0, 2)]
    return np.log1p(np.stack(degrees, axis=1)).astype(np.float32)


def _hashed(weights: Mapping[str, float], width: int) -> Floats:
    row = np.zeros(width, np.float32)
    for text, weight in weights.items():
        place, sign = _place(text, width)
        row[place] += sign * weight
    return row


@lru_cache(maxsize=1 << 18)
def _place(text: str, width: int) -> tuple[int, int]:
    number = int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
    return (number >> 1) % width, 1 if number & 1 else -1


def _unit(row: Floats) -> Floats:
    length = float(np.linalg.norm(row))
    unit: Floats = row / length if length else row
    return unit
