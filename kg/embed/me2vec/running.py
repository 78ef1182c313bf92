"""ME2Vec trained on an events store, from beginning to end; what may leave the record room goes beside a graph.

Vectors of patients stay beside the records, encrypted. Of services those go that at least `least` patients had; those
of providers stay, and so do all exact counts: a model's card tells patients and visits in whole elevens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import isnan

import numpy as np

from kg.embed.card import write_card
from kg.embed.device import get_device
from kg.embed.errors import EmbeddingError
from kg.embed.keeping import draw
from kg.embed.me2vec.hierarchy import find_parents
from kg.embed.me2vec.journeys import Journeys
from kg.embed.me2vec.model import NAME, TrainedMe2vec
from kg.embed.me2vec.reading import Giver, read_journeys
from kg.embed.me2vec.settings import Me2vecSettings
from kg.embed.me2vec.training import Tell, Told, train_me2vec
from kg.embed.shelf import Shelf
from kg.embed.trained import About, Trained, replacing, write_about, write_matrices
from kg.embed.vectors import Vectors
from kg.records.model import LEAST
from kg.records.patient_vectors import write_patient_vectors
from kg.records.store import RecordStore
from kg.version import get_version


@dataclass(frozen=True, slots=True, kw_only=True)
class CareOrder:
    """What is to be trained, how it is called, and which graph its vectors go beside."""

    settings: Me2vecSettings
    name: str = NAME
    giver: Giver = Giver.PROVIDER
    device: str = "auto"
    command: str = "kg embed train --model me2vec"
    graph: str = ""
    graph_version: str = ""
    least: int = LEAST
    pictures: bool = True


def run_me2vec(
    store: RecordStore,
    order: CareOrder,
    shelf: Shelf,
    *,
    key: bytes | None,
    parents_of: Callable[[str], Sequence[str]],
    told: Tell = lambda _told: None,
    say: Callable[[str], None] = lambda _: None,
) -> Trained:
    """The model of services on the shelf; vectors of patients now lie in the folder of `store`, encrypted with `key`.

    `parents_of` says what stands right above a concept (`Hierarchy.parents`). Raises `EmbeddingError` where fewer than
    `order.least` patients are in the records, or no service is of so many.
    """
    begun, curve = time.perf_counter(), list[dict[str, float]]()

    def noted(now: Told) -> None:
        curve.append({"epoch": len(curve) + 1.0, "loss": now.loss})
        told(now)

    say("reading journeys")
    journeys = read_journeys(store, giver=order.giver)
    _check(len(journeys.patients) >= order.least, f"fewer than {order.least} patients have anything in the records")
    say("training services, those who give them, and patients")
    trained = train_me2vec(
        journeys,
        order.settings,
        device=get_device(order.device),
        parents=find_parents(journeys.codes, parents_of),
        told=noted,
        graph_version=order.graph_version,
    )
    public = _with_kinds(trained.get_public_services(order.least), store)
    _check(bool(public.names), f"no service is of {order.least} patients or more")
    say("writing vectors of patients beside the records")
    write_patient_vectors(store.folder, order.name, trained.patients, key=key)
    about = _describe(order, trained, public, journeys, time.perf_counter() - begun)
    return _keep(replace(about, curve=tuple(curve)), public, trained, store, shelf, pictures=order.pictures)


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise EmbeddingError(f"{otherwise}: nothing learned of them may leave the record room; ingest more records")


def _with_kinds(vectors: Vectors, store: RecordStore) -> Vectors:
    kinds = {concept.curie: concept.kind.value for concept in store.get_concepts().values()}
    return replace(vectors, kinds=tuple(kinds.get(name, "") for name in vectors.names))


def _describe(order: CareOrder, trained: TrainedMe2vec, public: Vectors, journeys: Journeys, seconds: float) -> About:
    return About(
        name=order.name,
        model=NAME,
        graph_version=order.graph_version,
        graph=order.graph,
        trained=datetime.now(UTC).isoformat(timespec="seconds"),
        medkg=get_version(),
        command=order.command,
        device=str(get_device(order.device)),
        seed=order.settings.seed,
        seconds=round(seconds, 3),
        vectors=len(public.names),
        dimensions=public.matrix.shape[1],
        settings=asdict(order.settings),
        split={
            "patients, in whole elevens": _in_elevens(len(journeys.patients)),
            "visits, in whole elevens": _in_elevens(len(journeys.visits)),
            "services told of": f"those of {order.least} patients or more",
            "vectors of patients": "beside the records, encrypted; never here",
        },
        scores=_scores(trained),
    )


def _in_elevens(count: int) -> int:
    return count // LEAST * LEAST


def _scores(trained: TrainedMe2vec) -> dict[str, dict[str, float]]:
    """How often a giver's specialty was guessed; nothing where there was nothing to guess."""
    guessed = trained.accuracy
    return {} if isnan(guessed) else {"givers held out": {"specialty guessed": guessed}}


def _keep(
    about: About, public: Vectors, trained: TrainedMe2vec, store: RecordStore, shelf: Shelf, *, pictures: bool
) -> Trained:
    place = shelf.place(about.name)
    with replacing(place) as folder:
        write_matrices(folder, public)
        write_about(about, folder)
        if pictures:
            called = {concept.curie: concept.name for concept in store.get_concepts().values()}
            users = dict(zip(trained.services.names, trained.users.tolist(), strict=True))
            degrees = np.array([users[name] for name in public.names])
            draw(about, public, [called.get(name, name) for name in public.names], degrees, folder)
        write_card(about, folder)
    return Trained(place, about)
