"""The facts that a model was trained and measured on, as a file beside it: so that it can be measured again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kg.embed.errors import EmbeddingError
from kg.embed.reading import make_split
from kg.embed.triples import Split

_PARTS = ("train", "valid", "test")


def write_split(split: Split, path: Path) -> None:
    """Write the facts as Parquet: `subject`, `predicate`, `object` and `part` (train, valid, test)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = np.concatenate([part.rows for part in (split.train, split.valid, split.test)])
    counts = [len(part) for part in (split.train, split.valid, split.test)]
    names = pa.array(split.train.entities, pa.string()), pa.array(split.train.relations, pa.string())
    columns = {
        name: pa.DictionaryArray.from_arrays(pa.array(rows[:, at].astype(np.int32)), names[at % 2])
        for at, name in enumerate(("subject", "predicate", "object"))
    }
    part = pa.array(np.repeat(np.arange(3, dtype=np.int8), counts))
    columns["part"] = pa.DictionaryArray.from_arrays(part, pa.array(_PARTS))
    pq.write_table(pa.table(columns), path, compression="zstd")


def read_written_split(path: Path) -> Split:
    """The split of a file that `write_split` wrote; names are numbered as they were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path).to_pydict()
        facts = list(zip(table["subject"], table["predicate"], table["object"], strict=True))
        parts = [[fact for fact, part in zip(facts, table["part"], strict=True) if part == name] for name in _PARTS]
    except (OSError, KeyError, pa.ArrowException) as error:
        raise EmbeddingError(f"{path} holds no facts ({error}); train the model again") from error
    return make_split(*parts)
