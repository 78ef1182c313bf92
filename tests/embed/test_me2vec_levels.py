"""Each level finds what was planted, gives the same for the same seed, and agrees with what is worked out slowly."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from kg.embed.me2vec.adjacency import Edges, make_adjacency
from kg.embed.me2vec.factors import factor_graph
from kg.embed.me2vec.journeys import NONE
from kg.embed.me2vec.moves import find_move
from kg.embed.me2vec.patients import Line
from kg.embed.me2vec.providers import find_givers, train_providers
from kg.embed.me2vec.proximity import find_directions
from kg.embed.me2vec.service_graph import Kernel, make_service_graph
from kg.embed.me2vec.settings import LineSettings, ProviderSettings, SkipgramSettings, WalkSettings
from kg.embed.me2vec.skipgram import train_skipgram
from kg.embed.me2vec.uses import Ancestry, Matrix, count_uses, find_uses
from planted_care import PARENTS, SPECIALTIES, make_journeys

CPU = torch.device("cpu")
SKIPGRAM = SkipgramSettings(dimensions=16, window=3, epochs=3, rate=0.05)
WALKS = WalkSettings(length=20, each=10)


def within_and_across(matrix: Matrix, groups: list[str]) -> tuple[float, float]:
    """The mean cosine within and across groups, what all have in common being taken away."""
    unit = matrix - matrix.mean(0)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-9)
    cosines, same = unit @ unit.T, np.array(groups)[:, None] == np.array(groups)[None, :]
    apart = ~np.eye(len(groups), dtype=bool)
    return float(cosines[same & apart].mean()), float(cosines[~same].mean())


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


@cache
def services() -> Matrix:
    graph = make_service_graph(make_journeys(), kernel=Kernel.HALVING, minutes=600, half_life=60)
    return train_skipgram(graph, WALKS, SKIPGRAM, device=CPU, seed=1)


def test_services_of_one_specialty_lie_near_each_other() -> None:
    codes = make_journeys().codes
    within, across = within_and_across(services(), [code.partition(":")[0] for code in codes])
    assert within > across + 0.3


def test_equal_seeds_give_equal_vectors() -> None:
    assert np.array_equal(services(), services.__wrapped__())


def test_a_node_without_neighbours_has_zeros() -> None:
    graph = make_adjacency(Edges(np.array([0]), np.array([1]), np.array([1.0])), 3)
    vectors = train_skipgram(graph, WALKS, SKIPGRAM, device=CPU, seed=1)
    assert (vectors[2] == 0).all()
    assert vectors[:2].any(axis=1).all()


def test_factors_are_those_of_the_positive_pmi() -> None:
    journeys = make_journeys()
    graph = make_service_graph(journeys, kernel=Kernel.WINDOW, minutes=60)
    weights = np.zeros((graph.nodes, graph.nodes))
    weights[graph.sources(), graph.targets] = graph.weights
    share = weights.sum(0)
    with np.errstate(divide="ignore"):
        pmi = np.maximum(np.log(weights * share.sum() / np.outer(share, share)), 0)
    values, directions = np.linalg.eigh(pmi)
    best = directions[:, -4:] * np.sqrt(values[-4:])
    found = factor_graph(graph, 4, device=CPU, seed=1)
    assert np.allclose(found @ found.T, best @ best.T, atol=1e-4)
    within, across = within_and_across(found, [code.partition(":")[0] for code in journeys.codes])
    assert within > across + 0.3


def test_a_graph_without_edges_has_no_factors() -> None:
    graph = make_adjacency(Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)), 3)
    assert not factor_graph(graph, 2, device=CPU, seed=1).any()


def test_providers_are_told_by_specialty() -> None:
    journeys = make_journeys()
    trained = train_providers(find_givers(journeys), services(), ProviderSettings(), device=CPU, seed=1)
    within, across = within_and_across(trained.providers, [name.partition("-")[0] for name in journeys.providers])
    assert within > across + 0.3
    assert trained.specialties.shape == (len(SPECIALTIES), 16)


def test_visits_give_services_where_no_provider_is_named() -> None:
    journeys = make_journeys(providers=False)
    givers = find_givers(journeys)
    assert givers.names == journeys.visits
    trained = train_providers(givers, services(), ProviderSettings(), device=CPU, seed=1)
    assert trained.accuracy > 0.8
    assert np.allclose(trained.embed(givers), trained.providers, atol=1e-5)


def test_a_giver_without_a_specialty_has_a_vector_too() -> None:
    journeys = make_journeys()
    unknown = replace(journeys, specialty=np.where(journeys.provider == 0, NONE, journeys.specialty))
    givers = find_givers(unknown)
    assert givers.label[0] == NONE
    assert train_providers(givers, services(), ProviderSettings(), device=CPU, seed=1).providers[0].any()


def test_without_specialties_givers_are_the_means_of_their_services() -> None:
    journeys, vectors = make_journeys(), services()
    givers = find_givers(replace(journeys, specialty=np.full_like(journeys.specialty, NONE)))
    trained = train_providers(givers, vectors, ProviderSettings(), device=CPU, seed=1)
    assert np.allclose(trained.providers[0], vectors[journeys.code[journeys.provider == 0]].mean(0), atol=1e-6)


def test_the_commonest_specialty_is_the_label() -> None:
    journeys = make_journeys(patients=3)
    specialty = np.where(np.arange(len(journeys)) % 9 == 0, 1, 0)
    assert find_givers(replace(journeys, specialty=specialty)).label.tolist() == [0, 0, 0]


def test_line_brings_patients_of_one_specialty_together_and_new_ones_to_them() -> None:
    journeys = make_journeys()
    uses, groups = find_uses(journeys, "visit"), [SPECIALTIES[int(name[1:]) % 3] for name in journeys.visits]
    line = Line(services(), np.zeros((1, 16), np.float32), LineSettings(dimensions=8), device=CPU, seed=1)
    losses: list[float] = []
    within, across = within_and_across(line.fit(uses, lambda _, loss: losses.append(loss)), groups)
    assert within > across + 0.2
    assert losses[-1] < losses[0]
    again = line.embed(uses)
    within, across = within_and_across(again, groups)
    assert within > across + 0.2
    assert np.array_equal(again, line.embed(uses))


def test_who_comes_later_has_the_same_vector_whoever_comes_along() -> None:
    uses = find_uses(make_journeys(), "visit")
    line = Line(services(), np.zeros((1, 16), np.float32), LineSettings(dimensions=8, batch=32), device=CPU, seed=1)
    line.fit(uses)
    some = uses.columns[uses.offsets[0] : uses.offsets[1]]
    alone = count_uses(np.zeros(len(some), np.int64), some, 1, uses.width, uses.weights[: len(some)])
    assert np.allclose(line.embed(alone)[0], line.embed(uses)[0], atol=1e-3)


def test_negatives_are_drawn_by_the_degree_of_contexts() -> None:
    uses = count_uses(np.array([0, 0, 1]), np.array([0, 2, 2]), 2, 3, np.array([1.0, 15.0, 1.0]))
    line = Line(np.eye(3, dtype=np.float32), np.zeros((1, 3), np.float32), LineSettings(epochs=0), device=CPU, seed=1)
    line.fit(uses)
    state = line.get_state()
    assert state["common"].tolist() == [0, 2]
    assert np.allclose(state["chances"], [1, 8])


def test_uses_are_counted_once_a_row_and_column() -> None:
    uses = count_uses(np.array([1, 1, 0, 1]), np.array([2, 2, 0, 0]), 3, 4)
    assert (uses.offsets.tolist(), uses.columns.tolist(), uses.weights.tolist()) == ([0, 1, 3, 3], [0, 0, 2], [1, 1, 2])
    assert uses.to_shares().weights.tolist() == [1.0, np.float32(1 / 3), np.float32(2 / 3)]
    assert uses.dot(np.eye(4, dtype=np.float32))[1].tolist() == [1, 0, 2, 0]
    assert uses.only(np.array([False, True, True, True])).columns.tolist() == [2]


def test_sums_are_those_of_the_whole_matrix() -> None:
    draw = np.random.default_rng(1)
    uses = count_uses(draw.integers(0, 300, 3000), draw.integers(0, 40, 3000), 301, 40, draw.random(3000))
    whole = np.zeros((301, 40), np.float32)
    whole[uses.row_of(), uses.columns] = uses.weights
    vectors = draw.normal(size=(40, 5000)).astype(np.float32)
    assert np.allclose(uses.dot(vectors), whole @ vectors, atol=1e-3)


def test_what_came_last_counts_most() -> None:
    journeys = make_journeys(patients=1)
    whole, recent = find_uses(journeys, "visit"), find_uses(journeys, "visit", half_life=1)
    late = journeys.code[-1]
    assert (recent.weights <= whole.weights).all()
    assert recent.weights[recent.columns == late] >= 1


def test_codes_count_for_what_stands_above_them() -> None:
    ancestry = Ancestry(("surgery:1", "surgery:2", "nephrology:1"), PARENTS)
    lifted = ancestry.lift(count_uses(np.array([0, 0, 1]), np.array([0, 1, 2]), 2, 3))
    rows = [
        {ancestry.names[at]: weight for at, weight in zip(lifted.columns[a:b], lifted.weights[a:b], strict=True)}
        for a, b in zip(lifted.offsets, lifted.offsets[1:], strict=False)
    ]
    assert rows[0] == {"surgery:1": 1, "surgery:2": 1, "surgery": 2, "care": 2}
    assert rows[1] == {"nephrology:1": 1, "nephrology": 1, "care": 1}


def test_directions_are_those_of_the_whole_decomposition() -> None:
    uses = find_uses(make_journeys(), "visit")
    whole = uses.dot(np.eye(uses.width, dtype=np.float32))
    found = find_directions(uses, 5, device=CPU, seed=1)
    right = np.linalg.svd(whole)[2][:5]
    assert np.allclose(np.abs((found.T * right).sum(1)), 1, atol=1e-2)
    assert find_directions(uses, 40, device=CPU, seed=1).shape == (24, 40)


def test_parts_are_moved_to_one_measure() -> None:
    rows = np.random.default_rng(1).normal(3, [[5.0, 2.0, 1.0]], (400, 3)).astype(np.float32)
    for even in (False, True):
        moved = find_move(rows, length=6.0, even=even)(rows)
        assert np.allclose(moved.mean(0), 0, atol=1e-4)
        assert np.isclose((moved**2).sum(1).mean(), 6.0, rtol=1e-3)
    assert np.allclose(np.cov(moved.T), 2 * np.eye(3), atol=0.1)


def test_rows_that_are_all_the_same_tell_nothing() -> None:
    assert not find_move(np.ones((4, 2), np.float32), length=6.0, even=True)(np.ones((4, 2), np.float32)).any()
