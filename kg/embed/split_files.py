"""The facts that a model was trained and measured on, as a file beside it: so that it can be measured again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.compacting import Compacted, compact
from kg.embed.errors import EmbeddingError
from kg.embed.triples import Rows, Split, Triples

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyarrow import ChunkedArray

_PARTS = ("train", "valid", "test", "aside")


def write_split(split: Split, path: Path, *, outside: Triples | None = None) -> None:
    """Write the facts as Parquet: `subject`, `predicate`, `object` and `part` (train, valid, test, aside).

    Those `outside`, with names that the split has not, are written as aside too.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    every = [part.rows for part in (split.train, split.valid, split.test)]
    joined, others = _join(split, outside)
    rows = np.concatenate([*every, split.aside, others])
    names = pa.array(joined[0], pa.string()), pa.array(joined[1], pa.string())
    columns = {
        name: pa.DictionaryArray.from_arrays(pa.array(rows[:, at].astype(np.int32)), names[at % 2])
        for at, name in enumerate(("subject", "predicate", "object"))
    }
    counts = [*map(len, every), len(split.aside) + len(others)]
    part = pa.array(np.repeat(np.arange(len(_PARTS), dtype=np.int8), counts))
    columns["part"] = pa.DictionaryArray.from_arrays(part, pa.array(_PARTS))
    pq.write_table(pa.table(columns), path, compression="zstd")


def _join(split: Split, outside: Triples | None) -> tuple[tuple[list[str], list[str]], Rows]:
    """The names of a split and then those that others have beside, and the rows of the others by these."""
    own = split.train
    if outside is None:
        return (list(own.entities), list(own.relations)), split.aside[:0]
    entities = list(dict.fromkeys((*own.entities, *outside.entities)))
    relations = list(dict.fromkeys((*own.relations, *outside.relations)))
    return (entities, relations), _rename(outside, entities, relations)


def _rename(triples: Triples, entities: Sequence[str], relations: Sequence[str]) -> Rows:
    """The rows of triples by names in another order, among them theirs."""
    subject, predicate, object_ = triples.rows.T
    one, other = (_renumber(side, triples.entities, entities) for side in (subject, object_))
    rows: Rows = np.stack([one, _renumber(predicate, triples.relations, relations), other], axis=1)
    return rows


def read_written_split(path: Path) -> Split:
    """The split of a file that `write_split` wrote; names are numbered as they were."""
    return read_written(path).split


def read_written(path: Path) -> Compacted:
    """The split of such a file, and the facts aside with names that are in none of its three parts.

    Files of before facts stood aside have none of either.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        (subjects, subject), (predicates, predicate), (objects, object_), (parts, part) = (
            _read_names(table[name]) for name in ("subject", "predicate", "object", "part")
        )
    except (OSError, KeyError, pa.ArrowException) as error:
        raise EmbeddingError(f"{path} holds no facts ({error}); train the model again") from error
    entities, relations = sorted({*subjects, *objects}), sorted(predicates)
    columns = (subject, subjects, entities), (predicate, predicates, relations), (object_, objects, entities)
    rows = np.stack([_renumber(numbers, names, into) for numbers, names, into in columns], axis=1)
    every = Triples(tuple(entities), tuple(relations), rows)
    of = _renumber(part, parts, _PARTS)
    train, valid, test, aside = (every.with_rows(rows[of == at]) for at in range(len(_PARTS)))
    return compact(Split(train, valid, test, aside.rows))


def _read_names(column: ChunkedArray) -> tuple[list[str], NDArray[np.int64]]:
    """The names of a column, each once, and the number of each row's."""
    import pyarrow as pa

    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    return array.dictionary.to_pylist(), np.asarray(array.indices, np.int64)


def _renumber(numbers: NDArray[np.int64], names: Sequence[str], into: Sequence[str]) -> NDArray[np.int64]:
    """Numbers of `names` as numbers of the same names in `into`."""
    place = {name: at for at, name in enumerate(into)}
    turned: NDArray[np.int64] = np.array([place[name] for name in names], np.int64)[numbers]
    return turned
