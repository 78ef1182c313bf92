"""Every baseline gives vectors of all visits and codes, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="baselines need the extra 'train'")
pytest.importorskip("sklearn", reason="baselines need the extra 'train'")

from kg.embed.care.baselines.all import BASELINES, REFERENCE, pick_baselines
from kg.embed.care.baselines.metapaths import _pairs, _walk
from kg.embed.care.baselines.pairs import Pairs, train_pairs
from kg.embed.care.baselines.visits import _neighbours
from kg.embed.care.model import GIVERS, Baseline, CareError, Seen
from kg.embed.me2vec.journeys import NONE, Named, number_journeys
from planted_care import PARENTS, make_journeys

JOURNEYS = make_journeys(patients=45)
SEEN = Seen(JOURNEYS, PARENTS)
QUICK = {
    "bag of services",
    "bag of services and givers",
    "KESER SPPMI+SVD",
    "NMF",
    "truncated SVD",
    "mean of chance",
    "chance",
}


def _marked(baseline: Baseline) -> object:
    return pytest.param(baseline, id=baseline.name, marks=() if baseline.name in QUICK else pytest.mark.slow)


@pytest.mark.parametrize("baseline", [_marked(each) for each in BASELINES])
def test_a_baseline_gives_vectors_of_all_by_its_seed(baseline: Baseline) -> None:
    learned, again = baseline.learn(SEEN, 3), baseline.learn(SEEN, 3)
    assert np.array_equal(learned.visits, again.visits)
    assert (len(learned.visits), len(learned.codes)) == (len(JOURNEYS.visits), len(JOURNEYS.codes))
    assert learned.visits.dtype == learned.codes.dtype == np.float32
    assert np.isfinite(learned.visits).all()


def test_the_bag_says_what_a_visit_had() -> None:
    bag = BASELINES[0].learn(SEEN, 1).visits
    had = {JOURNEYS.codes[code] for code in JOURNEYS.code[JOURNEYS.visit == 5]}
    common = {JOURNEYS.codes[code] for code in np.flatnonzero(np.bincount(JOURNEYS.code) >= 10)}
    assert {JOURNEYS.codes[at] for at in np.flatnonzero(bag[5])} == had & common


def test_the_bag_is_always_among_those_picked() -> None:
    assert [each.name for each in pick_baselines(["nmf"])] == [REFERENCE, "NMF"]
    assert pick_baselines() == BASELINES
    with pytest.raises(CareError, match="no baseline has 'bert' in its name"):
        pick_baselines(["BERT"])


def test_pairs_bring_nodes_of_a_group_together() -> None:
    first, second = np.nonzero(np.arange(12)[:, None] // 4 == np.arange(12)[None, :] // 4)
    vectors = train_pairs(Pairs(first, second, np.ones(len(first))), 13, seed=1, steps=40)
    near = vectors[:12] @ vectors[:12].T
    assert near[0, 1] > near[0, 5]
    assert not vectors[12].any()


def test_metapaths_go_by_kinds() -> None:
    visits, codes = len(JOURNEYS.visits), len(JOURNEYS.codes)
    walks = _walk(JOURNEYS, np.random.default_rng(1))
    kinds = np.digitize(walks, [visits, visits + codes])
    assert kinds[0, :9].tolist() == [0, 1, 2, 1, 0, 1, 2, 1, 0]
    assert (kinds == kinds[0]).all()
    had = set(zip(JOURNEYS.visit.tolist(), JOURNEYS.code.tolist(), strict=True))
    assert {(visit, code - visits) for visit, code in walks[:, :2].tolist()} <= had
    pairs = _pairs(walks[:, :3])
    assert pairs.weights.sum() == len(walks) * 6
    assert len(set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))) == len(pairs.first)


def test_metapaths_do_without_givers() -> None:
    walks = _walk(SEEN.hide(frozenset({GIVERS})).journeys, np.random.default_rng(1))
    assert np.digitize(walks[0, :4], [len(JOURNEYS.visits)]).tolist() == [0, 1, 0, 1]
    assert NONE not in walks


def test_visits_of_a_patient_follow_each_other_in_time() -> None:
    stays = (("p1", "b", 0), ("p1", "a", 50), ("p2", "c", 10), ("p1", "d", 90))
    journeys = number_journeys([Named(patient, visit, "code", at) for patient, visit, at in stays])
    before, after = _neighbours(journeys)
    named = [(journeys.visits[one], journeys.visits[other]) for one, other in zip(before, after, strict=True)]
    assert named == [("b", "a"), ("a", "d")]
