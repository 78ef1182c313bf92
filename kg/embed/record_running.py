"""ME2Vec from the events store: vectors of services onto the shelf of a graph, those of patients beside the records.

What may leave the record room are vectors of codes that at least `LEAST` patients had. Vectors of patients are
patient-level data: they stay beside the events store, encrypted as it is, and nothing exports or serves them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.config import full_name
from kg.embed.background import read_background
from kg.embed.card import write_card
from kg.embed.device import enough_memory, get_device
from kg.embed.errors import EmbeddingError
from kg.embed.keeping import draw
from kg.embed.places import claim, replacing
from kg.embed.recipes import read_value
from kg.embed.settings import read_named
from kg.embed.shelf import Shelf
from kg.embed.trained import About, Trained, open_trained, write_about, write_matrices
from kg.embed.vectors import Vectors
from kg.records.learned import LearnedModel
from kg.records.model import LEAST
from kg.version import get_version

if TYPE_CHECKING:
    from kg.embed.me2vec.journeys import Journeys
    from kg.embed.me2vec.model import TrainedMe2vec
    from kg.embed.me2vec.settings import Me2vecSettings
    from kg.embed.me2vec.training import Told
    from kg.embed.trained import Numbers
    from kg.model import Node
    from kg.records.store import RecordStore
    from kg.roles import GraphReader
    from ontologies.lexicon import Lexicon

#: The shipped settings that are used where none are named.
RECIPE = "care"

#: Seconds that a trained model waits for another process that writes to the records.
PATIENCE = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOrder:
    """What is to be trained on records, and how it is called."""

    name: str
    settings: Me2vecSettings
    device: str = "auto"
    command: str = "kg embed train --model me2vec"
    pictures: bool = True


def choose_care_settings(*, config: str = "", values: Sequence[str] = (), seed: int | None = None) -> Me2vecSettings:
    """Settings of a file or preset (`care`, `paper`), with single ones as `skipgram.dimensions=64` laid over them."""
    from kg.embed.me2vec.settings import PACKAGE, make_settings

    config = config or RECIPE
    chosen = asdict(make_settings(read_named(config, PACKAGE), where=config))
    for name, value in map(read_value, values):
        table, _, key = name.rpartition(".")
        inside = chosen.get(table) if table else chosen
        if not isinstance(inside, dict):
            raise EmbeddingError(
                f"{name!r} is no setting of me2vec: write the table and the name, as skipgram.window=5"
            )
        inside[key] = value
    if seed is not None:
        chosen["seed"] = seed
    return make_settings(chosen, where=config)


def _as_read(chosen: dict[str, Any]) -> dict[str, Any]:
    """Settings as TOML would give them: lists instead of tuples."""
    return {
        name: _as_read(value) if isinstance(value, dict) else list(value) if isinstance(value, tuple) else value
        for name, value in chosen.items()
    }


@enough_memory()
def run_on_records(
    records: Path,
    graph: GraphReader,
    order: RecordOrder,
    shelf: Shelf,
    *,
    key: bytes | None,
    lexicon: Lexicon,
    graph_version: str,
    told: Callable[[Told], None],
    say: Callable[[str], None],
) -> Trained:
    """The model on the shelf: vectors of services; those of patients lie beside the records under the same name.

    `records` is the folder of an events store, which is closed while vectors are learned: patients can be forgotten.

    Raises:
        EmbeddingError: no code is of enough patients, one was forgotten meanwhile, or the name is in use already.
    """
    from kg.records.patient_vectors import place_patient_vectors

    get_device(order.device)
    with shelf.claim(order.name):
        begun = time.perf_counter()
        place_patient_vectors(records, order.name)
        curve: list[Told] = []
        erased, journeys, made = _learn(
            records, order, curve, key=key, lexicon=lexicon, graph_version=graph_version, told=told, say=say
        )
        public, nodes = _public(made.get_public_services(), graph)
        about = _describe(order, public, shelf, curve, seconds=time.perf_counter() - begun)
        with _writing(records, key, say) as keeper:
            if keeper.count_erased() != erased:
                raise EmbeddingError("a patient was forgotten while this was trained on all of them: train it again")
            with _keeping(about, public, nodes, order, shelf.place(order.name)) as place:
                _keep_patients(records, order.name, made, journeys, key)
                keeper.keep_model(LearnedModel(str(place.resolve()), about.trained, erased, _count_users(made)))
        return Trained(place, about)


def _learn(
    records: Path,
    order: RecordOrder,
    curve: list[Told],
    *,
    key: bytes | None,
    lexicon: Lexicon,
    graph_version: str,
    told: Callable[[Told], None],
    say: Callable[[str], None],
) -> tuple[int, Journeys, TrainedMe2vec]:
    """How many patients were forgotten before, what was read, and what was learned from it; `curve` is filled."""
    from kg.embed.me2vec.reading import read_journeys
    from kg.embed.me2vec.training import train_me2vec
    from kg.records import open_records

    def noted(level: Told) -> None:
        curve.append(level)
        told(level)

    say("reading journeys")
    with open_records(records, key=key) as store:
        erased, journeys = store.count_erased(), read_journeys(store)
    _need_events(journeys, order.settings)
    parents = read_background(journeys.codes, lexicon).parents
    say("training")
    made = train_me2vec(
        journeys,
        order.settings,
        device=get_device(order.device),
        parents=parents,
        told=noted,
        graph_version=graph_version,
    )
    return erased, journeys, made


def _need_events(journeys: Journeys, settings: Me2vecSettings) -> None:
    """Raises where the settings leave nothing to learn from."""
    from kg.embed.me2vec.training import prepare

    chosen = settings.journeys
    if not len(prepare(journeys, chosen)):
        raise EmbeddingError(
            f"nothing is left to learn from: no visit of {chosen.fewest_events} events or more has a code of "
            f"{chosen.fewest_uses} uses or more; lower journeys.fewest_events or journeys.fewest_uses (--set "
            "journeys.fewest_events=1), or ingest more records"
        )


def _count_users(made: TrainedMe2vec) -> dict[str, int]:
    """How many patients each code has that may leave the record room."""
    counts = zip(made.services.names, made.users.tolist(), strict=True)
    return {name: count for name, count in counts if count >= LEAST}


@contextmanager
def _writing(records: Path, key: bytes | None, say: Callable[[str], None]) -> Iterator[RecordStore]:
    """The store to write to, once whoever writes to it has ended: what took long to learn is not lost for that."""
    from kg.records import open_records
    from kg.records.errors import LockedError

    until = time.monotonic() + PATIENCE
    while True:
        try:
            keeper = open_records(records, key=key, mode="rw")
            break
        except LockedError:
            if time.monotonic() > until:
                raise
            say("waiting for another process that writes to the records")
            time.sleep(1)
    with keeper:
        yield keeper


def _keep_patients(records: Path, name: str, made: TrainedMe2vec, journeys: Journeys, key: bytes | None) -> None:
    from kg.embed.me2vec.later import digest_units
    from kg.embed.me2vec.state import write_state
    from kg.records.patient_vectors import write_patient_vectors

    unit = made.settings.journeys.unit
    names = journeys.visits if unit == "visit" else journeys.patients
    digests = dict(zip(names, digest_units(journeys, unit), strict=True))
    made_of = [digests[each] for each in made.patients.names]
    write_patient_vectors(records, name, made.patients, key=key, state=write_state(made.pooling), made_of=made_of)


def keep_scores(
    trained: Trained, scores: Mapping[str, Numbers], records: Path, *, key: bytes | None, say: Callable[[str], None]
) -> None:
    """Writes figures that were measured on the records into model.json and the card.

    Raises:
        EmbeddingError: the model is being trained, or was trained again since it was measured.
    """
    with claim(trained.folder), _writing(records, key, say):
        about = open_trained(trained.folder).about
        if about.trained != trained.about.trained:
            raise EmbeddingError(f"{about.name} was trained again while it was measured: measure it again")
        about = replace(about, scores={part: dict(figures) for part, figures in scores.items()})
        write_about(about, trained.folder)
        write_card(about, trained.folder)


def _public(vectors: Vectors, graph: GraphReader) -> tuple[Vectors, list[Node | None]]:
    """Vectors of codes of enough patients, with their kinds where the graph has them."""
    if not vectors.names:
        raise EmbeddingError(
            f"no code is of {LEAST} patients or more: ingest more records before vectors may leave them"
        )
    nodes = graph.get_nodes(vectors.names)
    kinds = tuple(node.kind.value if node else "other" for node in nodes)
    return replace(vectors, kinds=kinds), nodes


def _describe(order: RecordOrder, vectors: Vectors, shelf: Shelf, curve: Iterable[Told], *, seconds: float) -> About:
    return About(
        name=order.name,
        model="me2vec",
        graph_version=vectors.graph_version,
        graph=full_name(shelf.where),
        trained=datetime.now(UTC).isoformat(timespec="seconds"),
        medkg=get_version(),
        command=order.command,
        device=str(get_device(order.device)),
        seed=order.settings.seed,
        seconds=round(seconds, 3),
        vectors=len(vectors.names),
        dimensions=vectors.matrix.shape[1],
        settings=_as_read(asdict(order.settings)),
        split={
            "learned from": "events of the records",
            "here": f"codes of at least {LEAST} patients",
            "patients": "their vectors stay beside the records",
            "worth": f"`kg embed evaluate {order.name}` tells it where the records are, and writes it here",
        },
        curve=tuple({"epoch": float(one.epoch), f"loss of {one.level}": one.loss} for one in curve),
    )


@contextmanager
def _keeping(
    about: About, vectors: Vectors, nodes: Sequence[Node | None], order: RecordOrder, place: Path
) -> Iterator[Path]:
    """Where the model lies at the end, once all of it is written: on a full disk nothing of the records has changed."""
    with replacing(place) as folder:
        write_matrices(folder, vectors)
        write_about(about, folder)
        if order.pictures:
            names = [node.name if node else curie for node, curie in zip(nodes, vectors.names, strict=True)]
            draw(about, vectors, names, np.zeros(len(names), np.int64), folder)
        write_card(about, folder)
        yield place
