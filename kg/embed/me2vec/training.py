"""All levels, one made of the other: `train_me2vec`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch

from kg.embed.me2vec.factors import factor_graph
from kg.embed.me2vec.hierarchy import Parents
from kg.embed.me2vec.journeys import Journeys, compact, drop_rare, drop_repeats
from kg.embed.me2vec.levels import Levels
from kg.embed.me2vec.model import TrainedMe2vec
from kg.embed.me2vec.pooling import Pooling
from kg.embed.me2vec.providers import find_givers, train_providers
from kg.embed.me2vec.service_graph import add_hierarchy, make_service_graph
from kg.embed.me2vec.settings import JourneySettings, Me2vecSettings
from kg.embed.me2vec.skipgram import train_skipgram
from kg.embed.me2vec.uses import Matrix


class Told(NamedTuple):
    """How far training is: which level, which epoch of it (from 1), and its loss."""

    level: str
    epoch: int
    loss: float


Tell = Callable[[Told], None]


def train_me2vec(
    journeys: Journeys,
    settings: Me2vecSettings,
    *,
    device: torch.device,
    parents: Parents | None = None,
    told: Tell = lambda _told: None,
    graph_version: str = "",
) -> TrainedMe2vec:
    """Vectors of services, of those who give them, and of patients (or visits, as the settings say).

    `parents` says what stands right above a code, or above such a parent, in a terminology. Nothing of what is to be
    predicted of a patient may be in `journeys`: cut them before the time that is predicted from. Vectors of patients
    know their own events but no labels; equal seeds give equal vectors on a CPU.
    """
    kept = prepare(journeys, settings.journeys)
    names, services = _train_services(kept, settings, parents or {}, device, told)
    givers = train_providers(
        find_givers(kept),
        services[: len(kept.codes)],
        settings.givers,
        device=device,
        seed=settings.seed,
        told=lambda epoch, loss: told(Told("providers", epoch + 1, loss)),
    )
    levels = Levels(kept.codes, names, services, givers, kept.providers, kept.specialties)
    pooling = Pooling(levels, settings, parents or {}, device=device)
    patients = pooling.fit(kept, lambda epoch, loss: told(Told("patients", epoch + 1, loss)))
    return TrainedMe2vec.of(kept, levels, pooling, patients, graph_version)


def prepare(journeys: Journeys, settings: JourneySettings) -> Journeys:
    """The journeys that are learned from: without repeats, short visits and rare codes, as the settings say."""
    kept = drop_repeats(journeys) if settings.drop_repeats else journeys
    return compact(drop_rare(kept, fewest_events=settings.fewest_events, fewest_uses=settings.fewest_uses))


def _train_services(
    journeys: Journeys,
    settings: Me2vecSettings,
    parents: Parents,
    device: torch.device,
    told: Tell,
) -> tuple[tuple[str, ...], Matrix]:
    """The names of codes and, with a hierarchy, of what stands above them; and their vectors."""
    chosen = settings.graph
    graph = make_service_graph(journeys, kernel=chosen.kernel, minutes=chosen.minutes, half_life=chosen.half_life)
    names: tuple[str, ...] = journeys.codes
    if chosen.hierarchy and parents:
        graph, names = add_hierarchy(graph, journeys.codes, parents, share=chosen.hierarchy)
    if chosen.learn == "factors":
        return names, factor_graph(graph, settings.skipgram.dimensions, device=device, seed=settings.seed)
    vectors = train_skipgram(
        graph,
        settings.walks,
        settings.skipgram,
        device=device,
        seed=settings.seed,
        told=lambda epoch, loss: told(Told("services", epoch + 1, loss)),
    )
    return names, vectors
