"""What a graph neural network takes concepts for: their kind, or their area of medicine, told by names and neighbours.

What says the class itself is left out of what it reads: kinds are told without kinds, areas without the hierarchy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.areas import find_areas
from kg.embed.background import Background, read_background
from kg.embed.errors import EmbeddingError
from kg.embed.facts import GraphFacts, read_facts
from kg.embed.gnn.settings import GnnSettings
from kg.embed.splits import STRUCTURE, Part
from kg.embed.triples import Triples
from kg.export.view import View
from kg.model import Node
from kg.roles import Store
from ontologies.model import Kind

if TYPE_CHECKING:
    import torch

    from kg.embed.gnn.classifying import Classified, Judged
    from ontologies.lexicon import Lexicon

#: What can be told, and the features that it is told by.
TARGETS = {"kind": ("names", "hierarchy", "degree"), "area": ("names", "degree", "kind")}


@dataclass(frozen=True, slots=True)
class Guess:
    """A concept without a class, and the likeliest one."""

    node: Node
    class_: str
    score: float
    """The share of the class in what the network says of it: puts guesses in an order, and is no probability."""


@dataclass(frozen=True, slots=True)
class Classes:
    """How well classes are told on concepts held out, and what concepts without one are taken for, surest first."""

    judged: Judged
    classes: tuple[str, ...]
    learned_from: int
    guesses: tuple[Guess, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    """What classes are called that are concepts themselves, by CURIE."""


def tell_classes(
    store: Store,
    target: str,
    settings: GnnSettings,
    *,
    lexicon: Lexicon,
    device: torch.device,
    told: Callable[[int, float, float], None] | None = None,
) -> Classes:
    """What concepts of a graph are taken for by a network that learned it of the others; `target` is one of TARGETS.

    Without a kind are those of kind `other`; areas are told of conditions, and those in several are left out.

    Raises:
        EmbeddingError: fewer than two classes are known, so that there is nothing to tell.
    """
    from kg.embed.gnn.classifying import make_labels, train_classifier
    from kg.embed.gnn.features import FeatureSettings, get_encoder_of, make_features

    facts = read_facts(View(store))
    background = read_background(facts.triples.entities, lexicon)
    values, asked = _find_kinds(facts) if target == "kind" else find_area_classes(facts, background)
    labels = make_labels(values, seed=settings.seed)
    if len(labels.classes) < 2:
        raise EmbeddingError(f"the graph has fewer than two classes of {target}: build one with more, by `kg build`")
    triples = facts.triples if target == "kind" else _without_structure(facts.triples)
    groups = FeatureSettings(groups=TARGETS[target])
    encoder = get_encoder_of(settings.names)
    features = make_features(facts.nodes, triples.rows, background.parents, groups, encoder=encoder)
    found = train_classifier(triples, features, labels, settings, device=device, told=told)
    guesses = _guess(found, facts.nodes, asked)
    names = name_areas(labels.classes, facts, lexicon) if target == "area" else {}
    return Classes(found.judge(Part.TEST), labels.classes, len(labels.nodes_of(Part.TRAIN)), guesses, names)


def name_areas(areas: Iterable[str], facts: GraphFacts, lexicon: Lexicon) -> dict[str, str]:
    """What areas are called by the terminologies, or by the graph; those of which neither knows are left out."""
    of_graph = {node.curie: node.name for node in facts.nodes}
    entries = {area: lexicon.entry(area) for area in areas}
    return {
        area: entry.name if entry else of_graph[area] for area, entry in entries.items() if entry or area in of_graph
    }


def _find_kinds(facts: GraphFacts) -> tuple[list[str | None], list[bool]]:
    """The kind of each concept, None where it has none, and whether that is asked."""
    unknown = [node.kind is Kind.OTHER for node in facts.nodes]
    return [None if strange else node.kind.value for node, strange in zip(facts.nodes, unknown, strict=True)], unknown


def find_area_classes(
    facts: GraphFacts, background: Background, *, largest: float = 0.25
) -> tuple[list[str | None], list[bool]]:
    """The area of each concept, None where it has none or several; and whether it lies under nothing, so is asked."""
    areas = find_areas(facts.nodes, background.parents, largest=largest)
    held = [areas.get(node.curie, ()) for node in facts.nodes]
    known: list[str | None] = []
    asked: list[bool] = []
    for node, own in zip(facts.nodes, held, strict=True):
        # A concept that is its own area stands alone at a top: nothing lies above it to say where it belongs.
        asked.append(own == (node.curie,))
        known.append(own[0] if len(own) == 1 and not asked[-1] else None)
    return known, asked


def _without_structure(triples: Triples) -> Triples:
    of_structure = [at for at, name in enumerate(triples.relations) if name in STRUCTURE]
    return triples.with_rows(triples.rows[~np.isin(triples.rows[:, 1], of_structure)])


def _guess(found: Classified, nodes: Sequence[Node], asked: Sequence[bool]) -> tuple[Guess, ...]:
    best, surest = found.probabilities.argmax(axis=1).tolist(), found.probabilities.max(axis=1).tolist()
    classes, places = found.labels.classes, np.flatnonzero(asked).tolist()
    guesses = [Guess(nodes[at], classes[best[at]], surest[at]) for at in places]
    return tuple(sorted(guesses, key=lambda one: (-one.score, one.node.curie)))
