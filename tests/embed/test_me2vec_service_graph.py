"""The service graph, compared with counts done by hand and with a slow way to count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from care_tables import read_eicu
from kg.embed.me2vec.adjacency import Adjacency, Edges, make_adjacency
from kg.embed.me2vec.journeys import Journeys, Named, compact, drop_rare, drop_repeats, number_journeys
from kg.embed.me2vec.service_graph import Kernel, add_hierarchy, make_service_graph

HOUR = 3600


def journeys_of(*visits: str) -> Journeys:
    """Visits as words: each letter is an event, a space is half an hour."""
    events = []
    for number, visit in enumerate(visits):
        clock = 0
        for letter in visit:
            if letter == " ":
                clock += HOUR // 2
            else:
                events.append(Named(f"p{number}", f"v{number}", letter, clock))
    return number_journeys(events)


def weights_of(graph: Adjacency, names: tuple[str, ...]) -> dict[str, float]:
    return {
        names[source] + names[target]: float(weight)
        for source, target, weight in zip(graph.sources(), graph.targets, graph.weights, strict=True)
        if source < target
    }


def test_bins_that_hold_both_are_counted() -> None:
    journeys = journeys_of("aab ba  ab", "a b c")
    graph = make_service_graph(journeys, kernel=Kernel.BINS, minutes=60)
    assert weights_of(graph, journeys.codes) == {"ab": 3.0}
    assert (graph.nodes, graph.edges) == (3, 1)


def test_each_pair_of_events_within_the_window_counts_one() -> None:
    journeys = journeys_of("ab b  c")
    graph = make_service_graph(journeys, kernel=Kernel.WINDOW, minutes=60)
    assert weights_of(graph, journeys.codes) == {"ab": 2.0, "bc": 1.0}


def test_the_weight_halves_with_the_half_life() -> None:
    journeys = journeys_of("a b  c")
    graph = make_service_graph(journeys, kernel=Kernel.HALVING, minutes=600, half_life=30)
    assert weights_of(graph, journeys.codes) == {"ab": 0.5, "ac": 0.125, "bc": 0.25}


def test_events_without_a_time_are_at_the_beginning_of_their_visit() -> None:
    timed = [Named("p", "v", "b", HOUR), Named("p", "v", "c", 9 * HOUR)]
    journeys = number_journeys([Named("p", "v", "a", None), *timed])
    graph = make_service_graph(journeys, kernel=Kernel.BINS, minutes=60)
    assert weights_of(graph, journeys.codes) == {"ab": 1.0}


EVENTS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abcde"), st.integers(-9000, 9000)), max_size=30)


@given(EVENTS, st.sampled_from([10.0, 60.0, 1e9]))
def test_weights_are_those_of_a_slow_way_to_count(rows: list[tuple[int, str, int]], minutes: float) -> None:
    journeys = number_journeys([Named("p", f"v{visit}", code, seconds) for visit, code, seconds in rows])
    expected: Counter[str] = Counter()
    for (visit, code, at), (other_visit, other, then) in combinations(rows, 2):
        if visit == other_visit and code != other and abs(at - then) <= 60 * minutes:
            expected["".join(sorted(code + other))] += 1
    graph = make_service_graph(journeys, kernel=Kernel.WINDOW, minutes=minutes)
    assert weights_of(graph, journeys.codes) == expected


def test_much_at_once_is_the_same_as_little() -> None:
    draw = np.random.default_rng(1)
    rows = [
        Named("p", f"v{draw.integers(9)}", "abcdef"[draw.integers(6)], int(draw.integers(9999))) for _ in range(300)
    ]
    journeys = number_journeys(rows)
    whole = make_service_graph(journeys, kernel=Kernel.HALVING, minutes=60, half_life=9)
    parts = make_service_graph(journeys, kernel=Kernel.HALVING, minutes=60, half_life=9, at_once=7)
    assert (whole.targets == parts.targets).all()
    assert np.allclose(whole.weights, parts.weights)


def test_rows_of_neighbours_rise_and_stand_on_both_sides() -> None:
    edges = Edges(np.array([2, 0, 1, 1]), np.array([0, 2, 1, 0]), np.array([1.0, 2.0, 5.0, 4.0]))
    graph = make_adjacency(edges, 4)
    assert graph.offsets.tolist() == [0, 2, 3, 4, 4]
    assert (graph.targets.tolist(), graph.weights.tolist()) == ([1, 2, 0, 0], [4.0, 3.0, 4.0, 3.0])
    assert graph.strengths().tolist() == [7.0, 4.0, 3.0, 0.0]


def test_a_hierarchy_adds_what_stands_above() -> None:
    journeys = journeys_of("ab", "c")
    graph = make_service_graph(journeys, kernel=Kernel.BINS, minutes=60)
    parents = {"a": ["X"], "b": ["X"], "c": ["Y"], "X": ["Z"], "Y": ["Z"], "Z": ["X"]}
    above, names = add_hierarchy(graph, journeys.codes, parents, share=0.5)
    assert set(names) == set("abcXYZ")
    weights = weights_of(above, names)
    assert (weights["aX"], weights["cY"], weights["ab"]) == (0.5, 0.5, 1.0)
    assert weights["XZ"] == 3.0  # a and b lend half each, c half, and a circle counts each way


def test_the_graph_of_the_eicu_demo_is_that_of_the_published_code(shared_data: Callable[[str], Path]) -> None:
    journeys = drop_repeats(read_eicu(shared_data("eicu-demo-full")))
    kept = compact(drop_rare(journeys, fewest_events=5, fewest_uses=100))
    graph = make_service_graph(kept, kernel=Kernel.BINS, minutes=60)
    assert (graph.nodes, graph.edges) == (163, 11_120)
