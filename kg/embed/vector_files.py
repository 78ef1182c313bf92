"""Vectors as files: Parquet, which is how they are kept, and the forms that other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.errors import EmbeddingError
from kg.embed.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Vectors in a row group: some megabytes, so that a reader need not hold all of them.
_GROUP = 16_384


def write_vectors(vectors: Vectors, path: Path) -> int:
    """How many vectors were written as Parquet: `name`, `kind` where it is known, `vector` (a list of float32).

    The version of the graph and the model stand in the metadata of the schema.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    dimensions = vectors.matrix.shape[1]
    flat = pa.array(np.ascontiguousarray(vectors.matrix, np.float32).reshape(-1))
    columns = {"name": pa.array(vectors.names, pa.string())}
    if vectors.kinds:
        columns["kind"] = pa.array(vectors.kinds, pa.string()).dictionary_encode()
    columns["vector"] = pa.FixedSizeListArray.from_arrays(flat, dimensions)
    stamped = pa.table(columns).replace_schema_metadata(
        {"graph_version": vectors.graph_version, "model": vectors.model, "dimensions": str(dimensions)}
    )
    pq.write_table(stamped, path, compression="zstd", row_group_size=_GROUP)
    return len(vectors.names)


def read_vectors(path: Path) -> Vectors:
    """The vectors of a Parquet file; raises `EmbeddingError` where it is not one that medkg wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        about = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
        column = table["vector"].combine_chunks()
        values = column.values if len(column) else np.empty(0, np.float32)
        matrix = np.asarray(values, np.float32).reshape(-1, int(about["dimensions"]))
        kinds = tuple(table["kind"].to_pylist()) if "kind" in table.column_names else ()
        return Vectors(tuple(table["name"].to_pylist()), matrix, about["graph_version"], about["model"], kinds)
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise EmbeddingError(f"{path} holds no vectors ({error}); train the model again") from error


def write_word2vec(vectors: Vectors, path: Path) -> int:
    """How many vectors were written as word2vec text: counts in the first line, then a name and its numbers a line.

    Blanks in a name become underscores, as readers of that format split at blanks.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{len(vectors.names)} {vectors.matrix.shape[1]}\n")
        for name, row in zip(vectors.names, vectors.matrix, strict=True):
            file.write(f"{'_'.join(name.split())} {' '.join(_number(value) for value in row)}\n")
    return len(vectors.names)


def _number(value: np.float32) -> str:
    """The shortest text that is read as the same float32."""
    plain = value == 0 or 1e-4 <= abs(value) < 1e6
    return np.format_float_positional(value, trim="-") if plain else np.format_float_scientific(value, trim="-")


def write_tensors(vectors: Vectors, relations: Vectors | None, path: Path) -> int:
    """How many vectors were written as tensors for PyTorch Geometric.

    A dictionary that `torch.load(path, weights_only=True)` reads: `x` (float32, names x dimensions), `names`, `kinds`,
    `relation` and `relations` (float32 and names, where the model has them), `graph_version`, `model`.
    """
    try:
        import torch
    except ImportError as error:
        raise EmbeddingError("tensors need PyTorch: pip install 'medkg[train]'") from error
    kept: dict[str, object] = {
        "x": torch.from_numpy(_writable(vectors.matrix)),
        "names": list(vectors.names),
        "kinds": list(vectors.kinds),
        "graph_version": vectors.graph_version,
        "model": vectors.model,
    }
    if relations is not None:
        kept |= {"relation": torch.from_numpy(_writable(relations.matrix)), "relations": list(relations.names)}
    torch.save(kept, path)
    return len(vectors.names)


def _writable(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.array(matrix, np.float32)
