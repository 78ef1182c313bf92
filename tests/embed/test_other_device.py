"""What is trained on another device leaves no tensor behind on the CPU, and comes to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")
pytest.importorskip("torch_geometric", reason="needs torch-geometric: pip install 'medkg[train]'")

from kg.embed.care.cohort import make_cohort  # noqa: E402
from kg.embed.gnn.classifying import make_labels, train_classifier  # noqa: E402
from kg.embed.gnn.features import FeatureSettings, make_features  # noqa: E402
from kg.embed.gnn.settings import make_gnn_settings  # noqa: E402
from kg.embed.gnn.training import train_gnn  # noqa: E402
from kg.embed.kge.inductive import extend, learn_new  # noqa: E402
from kg.embed.kge.settings import make_settings  # noqa: E402
from kg.embed.kge.training import train_kge  # noqa: E402
from kg.embed.me2vec.settings import make_settings as make_care_settings  # noqa: E402
from kg.embed.me2vec.training import train_me2vec  # noqa: E402
from other_device import OTHER, other_device  # noqa: E402
from planted_groups import STEMS, planted_nodes, planted_split  # noqa: E402

torch.set_num_threads(1)

CPU = torch.device("cpu")
SAMPLED = {"objective": "negatives", "negatives": 16}


def test_what_mixes_devices_fails() -> None:
    with other_device() as device:
        there = torch.ones(3, 2, device=device)
        with pytest.raises(RuntimeError, match=r"add.Tensor got tensors of two devices"):
            there + torch.ones(3, 2)
        with pytest.raises(RuntimeError, match=r"index.Tensor got tensors of two devices"):
            torch.ones(3)[torch.zeros(1, dtype=torch.int64, device=device)]
        with pytest.raises((RuntimeError, TypeError)):
            there.numpy()
        assert (there @ there.T + 1).cpu().numpy().tolist() == [[3.0] * 3] * 3


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"regularizer": "dura", "relation_weight": 0.5},
        {"model": "rotate", "reciprocal": False},
        {"model": "transe_l2", "optimizer": "adam"},
        SAMPLED,
        {**SAMPLED, "shared_negatives": False, "loss": "softmax"},
        {**SAMPLED, "table": "sparse", "optimizer": "sparse_adam"},
        {**SAMPLED, "table": "host", "model": "transe_l1"},
    ],
    ids=str,
)
def test_vectors_of_a_graph(given: dict[str, object]) -> None:
    split = planted_split()
    settings = make_settings({"rank": 8, "batch": 400, "epochs": 1, **given}, told_of="test")
    here = train_kge(split, settings, device=CPU)
    with other_device() as device:
        there = train_kge(split, settings, device=device)
        ranks, scores = there.rank(split.test.rows), there.score(split.test.rows)
    on = "cpu" if settings.table == "host" else OTHER.type
    assert there.model.entities.values.device.type == on
    np.testing.assert_allclose(there.entity_matrix(), here.entity_matrix(), atol=1e-5)
    np.testing.assert_allclose(scores, here.score(split.test.rows), atol=1e-4)
    assert ranks.mrr == pytest.approx(here.rank(split.test.rows).mrr, abs=1e-3)


def test_newcomers() -> None:
    split = planted_split()
    with other_device() as device:
        trained = train_kge(split, make_settings({"rank": 8, "epochs": 1}, told_of="test"), device=device)
        new = len(trained.entities)
        vectors = learn_new(trained, np.array([[new, 0, 1], [2, 0, new]]), 1)
        assert extend(trained, ("new",), vectors).rank(split.test.rows).count == len(split.test)


@pytest.mark.parametrize("encoder", ["rgcn", "sage", "gat"])
@pytest.mark.parametrize("drawn", [{}, {"fanouts": [6, 6], "negatives": 64}], ids=["whole", "drawn"])
def test_networks(encoder: str, drawn: dict[str, object]) -> None:
    split = planted_split()
    names = FeatureSettings(groups=("names", "degree"), names=128)
    features = make_features(planted_nodes(), split.train.rows, {}, names)
    given = {"width": 16, "batch": 800, "epochs": 1, "encoder": encoder, **drawn}
    with other_device() as device:
        trained = train_gnn(split, features, make_gnn_settings(given, told_of="test"), device=device)
        assert trained.rank(split.test.rows).count == len(split.test)
        assert np.isfinite(trained.entity_matrix()).all()


def test_classes() -> None:
    split = planted_split()
    features = make_features(planted_nodes(), split.train.rows, {}, FeatureSettings(groups=("names",), names=64))
    labels = make_labels([STEMS[at % len(STEMS)] for at in range(200)])
    settings = make_gnn_settings({"encoder": "sage", "width": 16, "epochs": 1, "batch": 64}, told_of="test")
    with other_device() as device:
        found = train_classifier(split.train, features, labels, settings, device=device)
    assert np.isfinite(found.probabilities).all()


@pytest.mark.parametrize("learn", ["factors", "walks"])
@pytest.mark.parametrize("part", ["services", "line", "givers"])
def test_vectors_of_care(learn: str, part: str) -> None:
    cohort = make_cohort(patients=40)
    settings = make_care_settings(
        {
            "journeys": {"fewest_events": 1, "fewest_uses": 1},
            "graph": {"learn": learn},
            "walks": {"length": 6, "each": 1},
            "skipgram": {"dimensions": 8, "epochs": 1, "window": 2},
            "givers": {"epochs": 2},
            "line": {"dimensions": 8, "epochs": 2},
            "patients": {"parts": [part], "weights": [1.0], "dimensions": 8},
        }
    )
    here = train_me2vec(cohort.journeys, settings, device=CPU, parents=cohort.parents)
    with other_device() as device:
        there = train_me2vec(cohort.journeys, settings, device=device, parents=cohort.parents)
        later = there.embed(cohort.journeys)
    assert later.names == here.patients.names
    np.testing.assert_allclose(there.services.matrix, here.services.matrix, atol=1e-4)
    np.testing.assert_allclose(there.patients.matrix, here.patients.matrix, atol=1e-3)
