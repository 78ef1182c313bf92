"""Vectors of entities that a model was not trained on."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")

from all_scores import score_all  # noqa: E402
from kg.embed.errors import TrainingError  # noqa: E402
from kg.embed.kge.inductive import extend, guess_from_names, learn_new  # noqa: E402
from kg.embed.kge.settings import KgeSettings  # noqa: E402
from kg.embed.kge.trained import TrainedKge  # noqa: E402
from kg.embed.kge.training import train_kge  # noqa: E402
from kg.embed.triples import Rows  # noqa: E402
from planted_relations import CITIES, COUNTRIES, make_planted_split  # noqa: E402


@pytest.fixture(scope="module")
def trained() -> TrainedKge:
    return train_kge(make_planted_split(), KgeSettings(rank=16, batch=64, epochs=20, relation_weight=0.1))


def make_newcomers(trained: TrainedKge) -> tuple[Rows, Rows]:
    """A newcomer to each city, and what should follow of it: the country the newcomer is a citizen of."""
    entities = {name: at for at, name in enumerate(trained.entities)}
    kinds = {name: at for at, name in enumerate(trained.relations)}
    first = len(entities)
    told = [(first + at, kinds["lives_in"], entities[f"city {at}"]) for at in range(CITIES)]
    follows = [(first + at, kinds["citizen_of"], entities[f"country {at % COUNTRIES}"]) for at in range(CITIES)]
    return np.array(told), np.array(follows)


def test_a_newcomer_is_seen_as_those_who_live_there(trained: TrainedKge) -> None:
    told, follows = make_newcomers(trained)
    before = trained.entity_matrix().copy()
    whole = extend(trained, tuple(f"newcomer {at}" for at in range(CITIES)), learn_new(trained, told, CITIES))
    np.testing.assert_array_equal(trained.entity_matrix(), before)
    countries = [at for at, name in enumerate(whole.entities) if name.startswith("country")]
    scores = score_all(whole, follows)[:, countries]
    right = np.array([countries.index(row[2]) for row in follows])
    assert (scores.argmax(1) == right).mean() > 0.6  # by chance .25


def test_a_newcomer_does_not_depend_on_who_comes_along(trained: TrainedKge) -> None:
    told, _ = make_newcomers(trained)
    together = learn_new(trained, told, CITIES)
    alone = learn_new(trained, told[:1], 1)
    np.testing.assert_allclose(together[0], alone[0], atol=1e-5)


def test_newcomers_are_placed_a_few_at_a_time(trained: TrainedKge) -> None:
    told, _ = make_newcomers(trained)
    several = np.concatenate((told[2:], told[:2], told[2:] + np.array([0, 0, 1])))
    together = learn_new(trained, several, CITIES + 1)
    for most in (1, 3 * len(trained.entities)):
        np.testing.assert_allclose(learn_new(trained, several, CITIES + 1, most=most), together, atol=1e-5)


def test_one_without_facts_stays_where_it_starts(trained: TrainedKge) -> None:
    start = np.full((2, trained.entity_matrix().shape[1]), 0.5, np.float32)
    np.testing.assert_array_equal(learn_new(trained, np.zeros((0, 3), np.int64), 2, start=start), start)


def test_facts_beyond_the_graph_are_refused(trained: TrainedKge) -> None:
    with pytest.raises(TrainingError, match="number them anew"):
        learn_new(trained, np.array([[len(trained.entities) + 1, 0, 0]]), 1)


def test_a_name_alone_gives_the_vector_of_its_likes(trained: TrainedKge) -> None:
    texts = np.random.default_rng(0).normal(size=(len(trained.entities), 8)).astype(np.float32)
    found = guess_from_names(trained, texts, texts[[5]], nearest=1)
    np.testing.assert_allclose(found[0], trained.entity_matrix()[5], rtol=1e-5)
    assert guess_from_names(trained, texts, texts[[5, 6]]).shape == (2, trained.entity_matrix().shape[1])


def test_cosines_are_held_a_few_at_a_time(trained: TrainedKge) -> None:
    texts = np.random.default_rng(0).normal(size=(len(trained.entities), 8)).astype(np.float32)
    many = np.random.default_rng(1).normal(size=(4000, 8)).astype(np.float32)
    most = 10 * len(texts)
    tracemalloc.start()
    found = guess_from_names(trained, texts, many, most=most)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < found.nbytes + many.nbytes + 4000 * len(texts) * 4 / 2
    np.testing.assert_allclose(found, guess_from_names(trained, texts, many), rtol=1e-5)
