"""Vectors for concepts that came into a graph after a model was trained, without training it again.

What was trained stays as it was, file by file: the vectors of newcomers stand after those of the trained, and are found
anew each time from the model and the graph as it is, so that nothing depends on how often or when that was done. With a
table of vectors (`kg.embed.kge`) a newcomer's vector starts from concepts with names like its own and is fitted to its
facts with trained concepts; a network reads its features and neighbours as it read those of others.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.background import read_background
from kg.embed.card import write_card
from kg.embed.errors import EmbeddingError
from kg.embed.facts import GraphFacts, read_facts
from kg.embed.joining import fact_keys
from kg.embed.places import claim, replacing
from kg.embed.split_files import read_written, write_split
from kg.embed.trained import (
    NETWORK,
    NEWCOMERS,
    SPLIT,
    STATE,
    Newcomers,
    Trained,
    open_trained,
    write_about,
    write_matrices,
)
from kg.embed.triples import Rows, Split, Triples
from kg.export.view import View
from kg.model import Node
from ontologies.model import Kind

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from kg.embed.background import Parents
    from kg.roles import Store
    from ontologies.lexicon import Lexicon

    Floats = NDArray[np.float32]

#: What a name is likened by where a newcomer's vector starts.
_LIKENED = ("names", "kind", "hierarchy")


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A graph beside a model that was trained on an earlier one: trained concepts first, then those unknown to it."""

    trained: Triples
    """The names that the model knows, and the facts that it learned from."""
    nodes: tuple[Node, ...]
    """Trained concepts, then newcomers by CURIE."""
    rows: Rows
    """The facts of the graph by relations that the model knows, numbered by `nodes`."""
    by_other_relations: int
    """The facts by those that it does not."""
    gone: int
    """Concepts that were trained and are in no fact any more."""

    @property
    def known(self) -> int:
        """How many concepts were trained."""
        return len(self.trained.entities)

    @property
    def names(self) -> tuple[str, ...]:
        """The newcomers."""
        return tuple(node.curie for node in self.nodes[self.known :])

    @property
    def of_newcomers(self) -> Rows:
        """The facts with a newcomer on either side."""
        found: Rows = self.rows[self._names_newcomers()]
        return found

    def count_not_learned(self) -> int:
        """The facts of trained concepts that the model did not learn from: what it was measured on is among them."""
        sizes = len(self.nodes), len(self.trained.relations)
        keys, learned = (fact_keys(rows, *sizes) for rows in (self.rows, self.trained.rows))
        return int((~np.isin(keys, learned) & ~self._names_newcomers()).sum()) + self.by_other_relations

    def _names_newcomers(self) -> NDArray[np.bool_]:
        return np.asarray((self.rows[:, [0, 2]] >= self.known).any(axis=1))


def extend_model(trained: Trained, store: Store, *, lexicon: Lexicon, device: torch.device) -> Trained:
    """The model with vectors of all concepts of the graph as it is now; its folder is replaced as a whole.

    Raises:
        EmbeddingError: the model was not trained on facts of a graph, is a network that places no new concepts, is
            being trained, or cannot be written.
    """
    if not trained.about.scoring or not trained.about.graph_version or not (trained.folder / STATE).exists():
        raise EmbeddingError(
            f"{trained.about.name} ({trained.about.model}) was not trained on facts of a graph, so that it takes in no "
            "new concepts of one: train it again"
        )
    with claim(trained.folder):
        trained = open_trained(trained.folder)
        split, _, outside = read_written(trained.folder / SPLIT)
        facts = read_facts(View(store))
        grown = compare(split, facts, store, refitted=trained.about.refitted)
        parents = read_background([node.curie for node in grown.nodes], lexicon).parents
        vectors = _place(trained, split, grown, parents, device)
        # In the graph of the training nothing can be new, whatever stands in the files of earlier versions.
        same = trained.about.graph_version == facts.graph_version
        left_out = grown.names if same else set(outside.entities).intersection(grown.names)
        return _keep(trained, grown, vectors, _count(grown, facts.graph_version, left_out=len(left_out)))


def compare(split: Split, facts: GraphFacts, store: Store, *, refitted: bool = False) -> Grown:
    """What a graph holds beside what a model learned from: train, or all facts where it was `refitted`."""
    trained = split.train.with_rows(split.known) if refitted else split.train
    known = set(trained.entities)
    newcomers = [node for node in facts.nodes if node.curie not in known]
    nodes = (*_find_nodes(store, trained.entities), *newcomers)
    place = {node.curie: at for at, node in enumerate(nodes)}
    kind = {name: at for at, name in enumerate(trained.relations)}
    to_place = np.array([place[name] for name in facts.triples.entities], np.int64)
    to_kind = np.array([kind.get(name, -1) for name in facts.triples.relations], np.int64)
    given = facts.triples.rows
    rows = np.stack([to_place[given[:, 0]], to_kind[given[:, 1]], to_place[given[:, 2]]], axis=1)
    of_known = rows[:, 1] >= 0
    gone = len(known - set(facts.triples.entities))
    return Grown(trained, nodes, rows[of_known], int((~of_known).sum()), gone)


def _find_nodes(store: Store, curies: Sequence[str]) -> list[Node]:
    """The concepts as the graph has them; one that left it is known by its CURIE alone."""
    found = store.get_nodes(curies)
    return [node or Node(curie, curie, Kind.OTHER) for node, curie in zip(found, curies, strict=True)]


def _place(trained: Trained, split: Split, grown: Grown, parents: Parents, device: torch.device) -> Floats:
    """The vectors of the newcomers."""
    if not grown.names:
        return np.empty((0, trained.about.dimensions), np.float32)
    if (trained.folder / NETWORK).exists():
        return _read_by_network(trained, grown, parents, device)
    return _fit_to_facts(trained, split, grown, parents, device)


def _read_by_network(trained: Trained, grown: Grown, parents: Parents, device: torch.device) -> Floats:
    from kg.embed.gnn.features import get_encoder_of, make_features
    from kg.embed.gnn.network import read_network
    from kg.embed.gnn.trained import embed

    network = read_network(trained.folder / NETWORK, device=device)
    encoder = get_encoder_of(network.encoder.settings.names)
    features = make_features(grown.nodes, grown.rows, parents, encoder=encoder)
    return embed(network, features, grown.rows)[grown.known :]


def _fit_to_facts(trained: Trained, split: Split, grown: Grown, parents: Parents, device: torch.device) -> Floats:
    from kg.embed.gnn.features import FeatureSettings, make_features
    from kg.embed.kge.inductive import guess_from_names, learn_new
    from kg.embed.kge.trained import read_trained

    model = read_trained(trained.folder / STATE, split, device=device)
    likened = make_features(grown.nodes, grown.rows, parents, FeatureSettings(groups=_LIKENED)).matrix
    start = guess_from_names(model, likened[: grown.known], likened[grown.known :])
    return learn_new(model, grown.of_newcomers, len(grown.names), start=start)


def _keep(trained: Trained, grown: Grown, vectors: Floats, newcomers: Newcomers) -> Trained:
    """The model with the vectors after the trained ones, in the place where it was."""
    count, known = trained.about.trained_count, trained.vectors
    both = replace(
        known,
        names=known.names[:count] + grown.names,
        matrix=np.concatenate((known.matrix[:count], vectors)),
        kinds=known.kinds[:count] + tuple(node.kind.value for node in grown.nodes[grown.known :]),
        graph_version=newcomers.graph_version,
    )
    about = replace(trained.about, vectors=len(both.names), newcomers=newcomers)
    with replacing(trained.folder) as folder:
        for path in trained.folder.iterdir():
            shutil.copy2(path, folder)
        write_matrices(folder, both)
        write_split(_facts_of(grown), folder / NEWCOMERS)
        write_about(about, folder)
        write_card(about, folder)
    return open_trained(trained.folder)


def _count(grown: Grown, graph_version: str, *, left_out: int) -> Newcomers:
    own = grown.of_newcomers
    placed = own[(own[:, [0, 2]] < grown.known).any(axis=1)][:, [0, 2]]
    with_facts = len(np.unique(placed[placed >= grown.known]))
    return Newcomers(
        graph_version=graph_version,
        count=len(grown.names),
        by_names_alone=len(grown.names) - with_facts,
        facts=len(own),
        not_learned=grown.count_not_learned(),
        gone=grown.gone,
        added=datetime.now(UTC).isoformat(timespec="seconds"),
        left_out=left_out,
    )


def _facts_of(grown: Grown) -> Split:
    """The facts of the newcomers, as what they were learned from."""
    names = tuple(node.curie for node in grown.nodes)
    facts = Triples(names, grown.trained.relations, grown.of_newcomers)
    nothing = facts.with_rows(facts.rows[:0])
    return Split(facts, nothing, nothing)
