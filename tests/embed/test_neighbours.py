"""What lies near: the same with an index and without, of kinds, in one order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kg.embed.errors import EmbeddingError
from kg.embed.neighbours import Neighbours, find_damage, open_index, unit_rows, write_index
from kg.embed.trained import Trained
from kg.embed.vectors import Vectors
from small_model import AMIODARONE, FIBRILLATION, WARFARIN


@pytest.fixture
def many() -> Vectors:
    draw = np.random.default_rng(3)
    names = tuple(f"x:{at:03}" for at in range(400))
    kinds = tuple(("drug", "disease", "finding", "finding")[at % 4] for at in range(400))
    return Vectors(names, draw.normal(size=(400, 16)).astype(np.float32), "v", "complex", kinds)


def by_hand(vectors: Vectors, name: str, first: int, kinds: set[str]) -> list[str]:
    units = unit_rows(vectors.matrix)
    likeness = units @ units[vectors.names.index(name)]
    order = sorted(range(len(likeness)), key=lambda at: (-likeness[at], vectors.names[at]))
    fit = [at for at in order if vectors.names[at] != name and (not kinds or vectors.kinds[at] in kinds)]
    return [vectors.names[at] for at in fit[:first]]


@pytest.mark.parametrize("kinds", [set(), {"drug"}, {"drug", "disease"}])
@pytest.mark.parametrize("indexed", [True, False])
def test_the_nearest_are_found(many: Vectors, kinds: set[str], indexed: bool, tmp_path: Path) -> None:
    index = None
    if indexed:
        pytest.importorskip("usearch", reason="the extra is missing: pip install 'medkg[vectors]'")
        assert write_index(many, tmp_path / "v.usearch")
        index = open_index(many, tmp_path / "v.usearch")
        assert index is not None
    neighbours = Neighbours(many, index)
    for name in many.names[:10]:
        assert [one.name for one in neighbours.find(name, first=7, kinds=kinds)] == by_hand(many, name, 7, kinds)


def test_an_index_of_other_vectors_is_not_used(many: Vectors, tmp_path: Path) -> None:
    pytest.importorskip("usearch", reason="the extra is missing: pip install 'medkg[vectors]'")
    write_index(many, tmp_path / "v.usearch")
    fewer = Vectors(many.names[:9], many.matrix[:9], "v", "complex")
    assert open_index(fewer, tmp_path / "v.usearch") is None
    again = Vectors(many.names, np.random.default_rng(4).normal(size=(400, 16)).astype(np.float32), "v", "complex")
    grown = Vectors(many.names, np.concatenate([many.matrix[:-1], again.matrix[-1:]]), "v", "complex")
    assert [open_index(one, tmp_path / "v.usearch") for one in (again, grown)] == [None, None]
    assert find_damage(again, tmp_path / "v.usearch").endswith("is of other vectors")
    assert open_index(many, tmp_path / "none.usearch") is None


@pytest.mark.parametrize("kept", [0, 20, 9_000])
def test_without_a_damaged_index_all_are_compared(kept: int, many: Vectors, tmp_path: Path) -> None:
    pytest.importorskip("usearch", reason="the extra is missing: pip install 'medkg[vectors]'")
    path = tmp_path / "v.usearch"
    write_index(many, path)
    assert find_damage(many, path) == ""
    path.write_bytes(path.read_bytes()[:kept])
    assert open_index(many, path) is None
    assert "cannot be read" in find_damage(many, path)
    assert Neighbours(many, open_index(many, path)).find("x:000", first=3)


def test_all_there_are_is_the_most_that_is_given(many: Vectors) -> None:
    few = Vectors(many.names[:3], many.matrix[:3], "v", "complex", many.kinds[:3])
    assert len(Neighbours(few).find("x:000", first=10)) == 2
    assert Neighbours(few).find("x:000", first=10, kinds={"food"}) == []


def test_a_vector_of_nothing_is_like_nothing() -> None:
    flat = Vectors(("a", "b"), np.zeros((2, 3), np.float32), "v", "complex")
    assert Neighbours(flat).find("a", first=1) == [("b", 0.0)]


def test_the_likeness_is_the_cosine(hand_model: Trained) -> None:
    found = hand_model.neighbours.find(AMIODARONE, first=2)
    assert [one.name for one in found] == [FIBRILLATION, WARFARIN]
    assert found[0].similarity == pytest.approx(3.0 / np.sqrt(9.05), abs=1e-6)


def test_a_name_without_a_vector_is_told(hand_model: Trained) -> None:
    with pytest.raises(EmbeddingError, match="no vector of drugbank:DB1"):
        hand_model.neighbours.find("drugbank:DB1", first=3)
