"""Which codes stand near each other in records, as the shifted positive PMI that code embeddings are made of.

Method: KESER (Hong et al., npj Digital Medicine 4:151, 2021): codes of one patient within a window of days are counted
as co-occurring, and SPPMI(a, b) = max(0, log(n(a, b) · n / (n(a) · n(b))) - log shift) (Levy & Goldberg 2014), where
n(a) is the sum of the counts of a with all codes and n that of all. Counted are distinct patients, and no pair of fewer
than k of them is given out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from kg.cohorts.disclosure import DEFAULT_K
from kg.records.model import Together, Window
from kg.records.roles import Tallies

#: Rows of a Parquet row group.
_GROUP = 100_000


class Near(NamedTuple):
    """Two codes, the smaller CURIE first, with the patients who have both near each other, and their SPPMI."""

    first: str
    second: str
    patients: int
    sppmi: float


def find_near(store: Tallies, *, days: int = 30, k: int = DEFAULT_K, shift: float = 1.0) -> Iterator[Near]:
    """The pairs of codes that at least `k` patients have within `days`, with their SPPMI; those of 0 are left out.

    `shift` is the number of negative samples that skip-gram would take (1: plain positive PMI). Two passes over the
    events; memory holds one number a code.
    """
    concepts = store.get_concepts()
    margins: dict[int, int] = {}
    for pair in store.iter_pairs(Together.WINDOW, first=Window(), days=days, at_least=k):
        for code in (pair.first, pair.second):
            margins[code] = margins.get(code, 0) + pair.patients
    total = sum(margins.values())
    for pair in store.iter_pairs(Together.WINDOW, first=Window(), days=days, at_least=k):
        pmi = math.log(pair.patients * total / (margins[pair.first] * margins[pair.second])) - math.log(shift)
        if pmi > 0:
            first, second = sorted((concepts[pair.first].curie, concepts[pair.second].curie))
            yield Near(first, second, pair.patients, pmi)


def write_near(path: Path, pairs: Iterator[Near]) -> int:
    """How many pairs were written as Parquet: first, second, patients, sppmi."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = pa.schema(
        [("first", pa.string()), ("second", pa.string()), ("patients", pa.int64()), ("sppmi", pa.float64())]
    )
    written = 0
    with ParquetWriter(path, schema) as writer:
        while group := list(islice(pairs, _GROUP)):
            writer.write_table(pa.Table.from_pylist([pair._asdict() for pair in group], schema=schema))
            written += len(group)
    return written
