"""Vectors as files: what is written is read again, and other programs read it too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kg.embed.errors import EmbeddingError
from kg.embed.vector_files import read_vectors, write_tensors, write_vectors, write_word2vec
from kg.embed.vectors import Vectors

SMALL = Vectors(
    ("drugbank:DB00682", "local:drug/a b"),
    np.array([[0.1, -2, 1e-7], [3e9, 0, 0.25]], np.float32),
    "abc",
    "complex",
    ("drug", "drug"),
)


@given(
    matrix=st.integers(0, 5).flatmap(
        lambda rows: arrays(np.float32, (rows, 3), elements=st.floats(-1e6, 1e6, width=32))
    ),
    kinds=st.booleans(),
)
def test_parquet_gives_back_what_was_written(
    matrix: np.ndarray, kinds: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = tuple(f"x:{at}" for at in range(len(matrix)))
    path = tmp_path_factory.mktemp("vectors") / "v.parquet"
    write_vectors(Vectors(names, matrix, "abc", "rotate", ("drug",) * (len(names) * kinds)), path)
    read = read_vectors(path)
    assert (read.names, read.graph_version, read.model) == (names, "abc", "rotate")
    assert read.kinds == ("drug",) * (len(names) * kinds)
    assert np.array_equal(read.matrix, matrix)


def test_parquet_is_typed_and_stamped(tmp_path: Path) -> None:
    write_vectors(SMALL, tmp_path / "v.parquet")
    schema = pq.read_schema(tmp_path / "v.parquet")
    assert str(schema.field("vector").type) == "fixed_size_list<element: float>[3]"
    assert schema.metadata[b"graph_version"] == b"abc"


def test_what_holds_no_vectors_is_told(tmp_path: Path) -> None:
    (tmp_path / "v.parquet").write_bytes(b"no Parquet")
    with pytest.raises(EmbeddingError, match="train the model again"):
        read_vectors(tmp_path / "v.parquet")


def test_word2vec_text_is_exact_and_has_no_blanks_in_names(tmp_path: Path) -> None:
    assert write_word2vec(SMALL, tmp_path / "v.txt") == 2
    head, *lines = (tmp_path / "v.txt").read_text(encoding="utf-8").splitlines()
    assert head == "2 3"
    assert [line.split(" ")[0] for line in lines] == ["drugbank:DB00682", "local:drug/a_b"]
    numbers = [[np.float32(text) for text in line.split(" ")[1:]] for line in lines]
    assert np.array_equal(np.array(numbers, np.float32), SMALL.matrix)


def test_tensors_are_read_without_trusting_the_file(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")
    relations = Vectors(("indicated_for",), np.ones((1, 3), np.float32), "abc", "complex")
    write_tensors(SMALL, relations, tmp_path / "v.pt")
    read = torch.load(tmp_path / "v.pt", weights_only=True)
    assert read["names"] == list(SMALL.names)
    assert read["kinds"] == ["drug", "drug"]
    assert np.array_equal(read["x"].numpy(), SMALL.matrix)
    assert read["relations"] == ["indicated_for"]
