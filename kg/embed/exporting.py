"""Vectors of a model as a file for other programs."""

from __future__ import annotations

from pathlib import Path

from kg.embed.disk import in_words
from kg.embed.errors import EmbeddingError
from kg.embed.trained import Trained
from kg.embed.vector_files import write_tensors, write_vectors, write_word2vec


def export_vectors(trained: Trained, path: Path, format_: str) -> int:
    """How many vectors were written to a new file as `parquet`, `word2vec` or `pyg`; see `kg.embed.vector_files`.

    The file appears when all of it is written.

    Raises:
        EmbeddingError: the file is there already, or cannot be written.
    """
    if path.exists():
        raise EmbeddingError(f"{path} exists: choose another name, or remove it first")
    making = path.with_name(f".{path.name}.making")
    if not path.absolute().parent.is_dir():
        raise EmbeddingError(f"{path} cannot be written (no such folder): make it, or choose another place")
    with in_words(path.absolute().parent):
        try:
            count = _write(trained, making, format_)
            making.replace(path)
        finally:
            making.unlink(missing_ok=True)
    return count


def _write(trained: Trained, path: Path, format_: str) -> int:
    if format_ == "pyg":
        return write_tensors(trained.vectors, trained.relations, path)
    return write_vectors(trained.vectors, path) if format_ == "parquet" else write_word2vec(trained.vectors, path)
