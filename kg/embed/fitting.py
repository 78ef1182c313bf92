"""Training a model on facts, whichever it is, and measuring it: on facts held out, which it never saw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from kg.embed.calibrating import Calibration, Judged, fit_all, measure
from kg.embed.gnn.settings import GnnSettings
from kg.embed.judging import Named, judge
from kg.embed.kge.settings import KgeSettings
from kg.embed.material import Material
from kg.embed.scorer import INVERSE, Scorer
from kg.embed.triples import Rows, Split, Triples
from kg.embed.vectors import Vectors

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from kg.embed.kge.checkpoints import Point
    from kg.embed.ranking import Ranks

Settings = KgeSettings | GnnSettings

#: Facts that are held by name at a time.
_AT_ONCE = 10_000

#: Told after each epoch how training stands, and how many epochs there are at most.
Told = Callable[["Point", int], None]


class Fitted(Protocol):
    """A trained model, as `kg.embed.kge` and `kg.embed.gnn` give it."""

    @property
    def curve(self) -> tuple[Point, ...]:
        """How training stood after each epoch."""
        ...

    def rank(self, rows: Rows) -> Ranks:
        """How the true entities of facts rank, filtered, from both sides."""
        ...

    def entity_matrix(self) -> NDArray[np.float32]:
        """The vectors of the entities."""
        ...

    def relation_matrix(self) -> NDArray[np.float32]:
        """The vectors of the relations, then maybe of the relations seen from their objects."""
        ...

    def write(self, path: Path) -> None:
        """Write what scores facts, for `kg.embed.kge.trained.read_trained`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """How good a model is: ranks of held-out facts by part, curves that make probabilities, and how good those are."""

    scores: dict[str, dict[str, float]]
    counting: dict[str, dict[str, float]]
    calibrations: dict[str, Calibration]
    judged: dict[str, dict[str, float]]
    curve: tuple[Point, ...]


class Prepared(NamedTuple):
    """A training that can begin: what tells it from others, and what does it on a device."""

    fingerprint: str
    start: Callable[..., Fitted]
    """Takes `device`, `told` after each epoch, and the `folder` in which a training that stopped goes on."""


def prepare(material: Material, settings: Settings, *, say: Callable[[str], None] = lambda _: None) -> Prepared:
    """The training of a model on the facts of `material`; `say` gets how far encoding names is."""
    from kg.embed.kge.checkpoints import get_fingerprint

    split = material.split
    if isinstance(settings, KgeSettings):
        from kg.embed.kge.training import train_kge

        return Prepared(get_fingerprint(split, settings), partial(train_kge, split, settings))
    from kg.embed.gnn.features import get_encoder_of, make_features
    from kg.embed.gnn.training import train_gnn

    encoder = get_encoder_of(settings.names)
    parents = material.background.parents
    features = make_features(material.nodes, split.train.rows, parents, encoder=encoder, say=say)
    fingerprint = get_fingerprint(split, settings, features=features.matrix.tobytes())
    return Prepared(fingerprint, partial(train_gnn, split, features, settings))


def fit_again(material: Material, settings: Settings, fitted: Fitted, *, device: torch.device) -> Fitted:
    """The model trained anew on all facts, also those held out or aside, for as many epochs as did best before."""
    looked = [point for point in fitted.curve if point.mrr is not None]
    best = max(looked, key=lambda point: point.mrr or 0).epoch if looked else len(fitted.curve)
    split = material.split
    every = split.train.with_rows(split.known)
    nothing = split.train.with_rows(np.empty((0, 3), np.int64))
    whole = replace(material, split=Split(every, nothing, nothing))
    return prepare(whole, replace(settings, epochs=best)).start(device=device)


def get_scoring(settings: Settings) -> str:
    """How facts are scored from the vectors of such a model: a name that `kg.embed.scorer` knows."""
    return settings.model if isinstance(settings, KgeSettings) else settings.scoring


def get_vectors(material: Material, fitted: Fitted, *, model: str) -> tuple[Vectors, Vectors]:
    """The vectors of concepts, and those of predicates with their inverses where they have their own."""
    train, version = material.split.train, material.graph_version
    kinds = tuple(node.kind.value for node in material.nodes)
    concepts = Vectors(train.entities, fitted.entity_matrix(), version, model, kinds)
    matrix = fitted.relation_matrix()
    turned = tuple(f"{name}{INVERSE}" for name in train.relations) if len(matrix) > len(train.relations) else ()
    return concepts, Vectors((*train.relations, *turned), matrix, version, model)


def measure_model(material: Material, settings: Settings, fitted: Fitted) -> Measured:
    """How well held-out facts are found, beside who only counts, and what a score is worth as a probability.

    Curves are fitted to valid, which also steered the training, and judged on test, each where it is served.
    """
    from kg.embed.popularity import rank_by_counting

    split = material.split
    held = {name: part for name, part in (("valid", split.valid), ("test", split.test)) if len(part)}
    scores = {name: _figures(fitted.rank(part.rows)) for name, part in held.items()}
    counting = rank_by_counting(split, {name: part.rows for name, part in held.items()})
    concepts, relations = get_vectors(material, fitted, model="")
    scorer = Scorer(concepts, relations, get_scoring(settings))
    calibrations = fit_all(judge_part(scorer, split, split.valid, seed=settings.seed))
    judged = measure(judge_part(scorer, split, split.test, seed=settings.seed), calibrations)
    return Measured(scores, counting, calibrations, judged, fitted.curve)


def judge_part(scorer: Scorer, split: Split, part: Triples, *, seed: int) -> dict[str, list[Judged]]:
    """Candidates of the questions of a part of the split, by predicate; what else it knows to be true is none."""
    return judge(scorer, iter_named(part), iter_named(part.with_rows(split.known)), seed=seed)


def _figures(ranks: Ranks) -> dict[str, float]:
    return {name: float(value) for name, value in asdict(ranks).items()}


def iter_named(part: Triples) -> Iterator[Named]:
    """The facts by name; few of them are held at a time."""
    for at in range(0, len(part), _AT_ONCE):
        for subject, relation, object_ in part.rows[at : at + _AT_ONCE].tolist():
            yield part.entities[subject], part.relations[relation], part.entities[object_]
