"""A network learns what is planted: which group a concept is of, by its name alone, and what groups relate to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")
pytest.importorskip("torch_geometric", reason="needs torch-geometric: pip install 'medkg[train]'")

from kg.embed.errors import CheckpointError, SettingsError, TrainingError  # noqa: E402
from kg.embed.gnn.classifying import judge, make_labels, train_classifier  # noqa: E402
from kg.embed.gnn.features import Features, FeatureSettings, make_features  # noqa: E402
from kg.embed.gnn.network import read_network, write_network  # noqa: E402
from kg.embed.gnn.settings import GnnSettings, make_gnn_settings  # noqa: E402
from kg.embed.gnn.trained import embed  # noqa: E402
from kg.embed.gnn.training import train_gnn  # noqa: E402
from kg.embed.kge.checkpoints import Point  # noqa: E402
from kg.embed.popularity import Popularity  # noqa: E402
from kg.embed.ranking import rank  # noqa: E402
from kg.embed.settings import read_table  # noqa: E402
from kg.embed.splits import Part  # noqa: E402
from kg.embed.triples import Split, number  # noqa: E402
from planted_groups import STEMS, planted_nodes, planted_split  # noqa: E402

torch.set_num_threads(1)

NAMES = FeatureSettings(groups=("names", "degree"), names=128)
SMALL = {"width": 32, "batch": 160, "epochs": 5, "evaluate_every": 5}


def planted() -> tuple[Split, Features]:
    split = planted_split()
    return split, make_features(planted_nodes(), split.train.rows, {}, NAMES)


@pytest.mark.parametrize("encoder", ["rgcn", "sage", "gat"])
@pytest.mark.parametrize("drawn", [{}, {"fanouts": [6, 6], "negatives": 64}])
def test_a_network_beats_counting(encoder: str, drawn: dict[str, object]) -> None:
    split, features = planted()
    known = np.concatenate([split.train.rows, split.valid.rows])
    counted = rank(Popularity(split.train), split.test.rows, known)
    settings = make_gnn_settings({**SMALL, "encoder": encoder, **drawn}, told_of="test")
    trained = train_gnn(split, features, settings)
    found = trained.rank(split.test.rows)
    assert counted.mrr < 0.05, "all concepts are as frequent"
    assert found.mrr > 2 * counted.mrr
    assert trained.curve[-1].loss < trained.curve[0].loss


def test_equal_seeds_give_equal_numbers_and_others_do_not() -> None:
    split, features = planted()
    vectors = []
    for seed in (1, 1, 2):
        settings = GnnSettings(width=16, epochs=1, batch=400, fanouts=(4, 4), negatives=16, seed=seed)
        vectors.append(train_gnn(split, features, settings).entity_matrix())
    assert (vectors[0] == vectors[1]).all()
    assert (vectors[0] != vectors[2]).any()


class StoppedError(Exception):
    """What cuts a training off."""


@pytest.mark.parametrize("drawn", [{}, {"fanouts": [6, 6], "negatives": 64}])
def test_a_training_that_stopped_comes_to_the_same_numbers(drawn: dict[str, object], tmp_path: Path) -> None:
    split, features = planted()
    settings = make_gnn_settings({**SMALL, "width": 16, "epochs": 6, "evaluate_every": 2, **drawn}, told_of="test")

    def stop(point: Point) -> None:
        if point.epoch == 5:
            raise StoppedError

    with pytest.raises(StoppedError):
        train_gnn(split, features, settings, told=stop, folder=tmp_path)
    told: list[Point] = []
    again = train_gnn(split, features, settings, told=told.append, folder=tmp_path)
    assert [point.epoch for point in told] == [5, 6]
    whole = train_gnn(split, features, settings)
    assert (again.entity_matrix() == whole.entity_matrix()).all()
    assert [point.loss for point in again.curve] == [point.loss for point in whole.curve]
    with pytest.raises(CheckpointError, match="of other facts or settings"):
        train_gnn(split, Features(features.matrix * 2, features.columns), settings, folder=tmp_path)


@pytest.mark.parametrize("encoder", ["rgcn", "sage", "gat"])
def test_layers_may_compute_in_half_precision(encoder: str) -> None:
    split, features = planted()
    settings = GnnSettings(encoder=encoder, width=16, epochs=1, batch=400, precision="bfloat16")
    trained = train_gnn(split, features, settings)
    assert trained.entity_matrix().dtype == np.float32
    assert np.isfinite(trained.curve[-1].loss)


def test_new_concepts_get_vectors_from_their_names() -> None:
    split, features = planted()
    trained = train_gnn(split, features, make_gnn_settings({**SMALL, "encoder": "sage"}, told_of="test"))
    same = trained.embed(features, split.train.rows)
    np.testing.assert_allclose(same, trained.entity_matrix(), rtol=1e-4, atol=1e-5)
    alone = trained.embed(features, np.zeros((0, 3), np.int64))
    vectors = alone / np.linalg.norm(alone, axis=1, keepdims=True)
    groups = np.arange(len(vectors)) % len(STEMS)
    nearest = (vectors @ vectors.T - 2 * np.eye(len(vectors))).argmax(axis=1)
    assert (groups[nearest] == groups).mean() > 0.8
    with pytest.raises(TrainingError, match="own = 4"):
        train_gnn(split, features, GnnSettings(width=16, epochs=1, own=4)).embed(features, split.train.rows)


def test_it_tells_how_it_goes_and_stops_when_nothing_gets_better() -> None:
    split, features = planted()
    told: list[Point] = []
    settings = GnnSettings(width=16, epochs=9, learning_rate=1e-9, evaluate_every=1, patience=2, dropout=0)
    trained = train_gnn(split, features, settings, told=told.append)
    assert tuple(told) == trained.curve
    assert len(told) < 9
    assert all(point.mrr is not None for point in told)


@pytest.mark.parametrize("fanouts", [(), (8, 8)])
def test_a_concept_is_told_by_its_name_and_its_neighbours(fanouts: tuple[int, ...]) -> None:
    split, features = planted()
    labels = make_labels([STEMS[at % len(STEMS)] if at % 10 else None for at in range(200)])
    assert (labels.parts == Part.OUT).sum() == 20
    settings = GnnSettings(encoder="sage", width=16, epochs=10, fanouts=fanouts, negatives=len(fanouts), batch=64)
    found = train_classifier(split.train, features, labels, settings)
    test = found.judge(Part.TEST)
    assert test.accuracy > 0.8 > 0.4 > test.majority
    assert test.count == 36
    assert found.probabilities.shape == (200, 8)


def test_the_measures_of_classes_are_those_worked_out_by_hand() -> None:
    found = judge(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 0)
    assert (found.accuracy, found.majority, found.count) == (0.75, 0.5, 4)
    assert found.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_counting_ranks_by_the_relation_then_by_all() -> None:
    train = number([("a", "r", "b"), ("c", "r", "b"), ("a", "r", "d"), ("b", "q", "e"), ("c", "q", "e")])
    scores = Popularity(train).score_entities(torch.tensor([[0, 1]]), 0, 5)[0]
    assert [train.entities[at] for at in scores.argsort(descending=True)[:2]] == ["b", "d"]
    assert scores[train.entities.index("e")] > scores[train.entities.index("d")] - 1


def test_settings_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "gnn.toml"
    path.write_text('encoder = "gat"\nfanouts = [10, 5]\nnegatives = 100\nlearning_rate = 1\n', encoding="utf-8")
    assert make_gnn_settings(read_table(path), told_of="test") == GnnSettings(
        encoder="gat", fanouts=(10, 5), negatives=100, learning_rate=1.0
    )
    for given, told in (
        ({"encoder": "gcn"}, "use one of rgcn"),
        ({"names": "spelled"}, "use one of hashed, encoded"),
        ({"fanouts": [5]}, "for each of 2 layers"),
        ({"fanouts": [5, 5]}, "negatives above 0"),
        ({"width": 20}, "multiple of twice heads"),
        ({"dropout": 1}, "leaves nothing"),
        ({"alone": 1.0}, "leaves nothing"),
        ({"colour": 1}, "no setting"),
        ({"fanouts": 5}, "must be a list"),
        ({"batch": 0}, "above 0"),
        ({"seed": -1}, "below 0"),
        ({"epochs": "many"}, "of type int"),
    ):
        with pytest.raises(SettingsError, match=told):
            make_gnn_settings(given, told_of="test")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_table(tmp_path / "none.toml")


def test_what_cannot_be_trained_is_told() -> None:
    split, features = planted()
    empty = Split(split.train.with_rows(split.train.rows[:0]), split.valid, split.test)
    with pytest.raises(TrainingError, match="no facts to train on"):
        train_gnn(empty, features, GnnSettings())
    with pytest.raises(TrainingError, match="make them of the same facts"):
        train_gnn(split, Features(features.matrix[:5], features.columns), GnnSettings())
    with pytest.raises(TrainingError, match="no node has a class"):
        train_classifier(split.train, features, make_labels([None] * 200), GnnSettings())


def test_a_network_is_written_and_read_as_it_was(tmp_path: Path) -> None:
    split, features = planted()
    trained = train_gnn(split, features, GnnSettings(width=16, epochs=1, fanouts=(3, 3), negatives=8))
    path = tmp_path / "network.pt"
    write_network(path, trained.network)
    again = embed(read_network(path), features, split.train.rows)
    assert (again == trained.embed(features, split.train.rows)).all()
    with pytest.raises(TrainingError, match="make them as then"):
        embed(read_network(path), Features(features.matrix[:, :5], {}), split.train.rows)
    path.write_bytes(b"no network")
    with pytest.raises(CheckpointError, match="is no network"):
        read_network(path)
