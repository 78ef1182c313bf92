"""Which codes stand near each other in records, as the shifted positive PMI that code embeddings are made of.

Method: KESER (Hong et al., npj Digital Medicine 4:151, 2021): codes of one patient within a window of days are counted
as co-occurring, and SPPMI(a, b) = max(0, log(n(a, b) · n / (n(a) · n(b))) - log shift) (Levy & Goldberg 2014), where
n(a) is the sum of the counts of a with all codes and n that of all. Counted are distinct patients, and no pair of fewer
than k of them is given out.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from kg.cohorts.disclosure import DEFAULT_K, hold_back
from kg.records.model import Together, Window
from kg.records.releasing import Figures, PairName, Release
from kg.records.roles import Releases

#: Rows of a Parquet row group.
_GROUP = 100_000

#: Under which rule the store keeps what was told.
_RULE = "near"


class Near(NamedTuple):
    """Two codes, the smaller CURIE first, with the patients who have both near each other, and their SPPMI."""

    first: str
    second: str
    patients: int
    sppmi: float


def find_near(store: Releases, *, days: int = 30, k: int = DEFAULT_K, shift: float = 1.0) -> list[Near]:
    """The pairs of codes that at least `k` patients have within `days`, with their SPPMI; those of 0 are left out.

    `shift` is the number of negative samples that skip-gram would take (1: plain positive PMI). What was told is kept:
    a count that has changed by fewer than `k` patients since is told as it was, as in `kg.cohorts.publish`.
    """
    name = f"near within {days} days"
    last = store.get_release(name)
    counts = _held(store, last.told, days=days, k=k)
    told: dict[PairName, Figures] = {(_RULE, *pair): (0, 0, 0, count) for pair, count in counts.items()}
    store.keep_release(Release(name, last.version + 1, told={**last.told, **told}))
    return list(_measure(counts, shift))


def _held(store: Releases, told: Mapping[PairName, Figures], *, days: int, k: int) -> dict[tuple[str, str], int]:
    """The patients of each pair as they are given out."""
    concepts = store.get_concepts()
    held: dict[tuple[str, str], int] = {}
    for pair in store.iter_pairs(Together.WINDOW, first=Window(), days=days, at_least=k):
        first, second = sorted((concepts[pair.first].curie, concepts[pair.second].curie))
        figures = told.get((_RULE, first, second))
        count = hold_back(figures[3] if figures else None, pair.patients, k=k)
        if count is not None:
            held[first, second] = count
    return held


def _measure(counts: Mapping[tuple[str, str], int], shift: float) -> Iterator[Near]:
    margins: dict[str, int] = {}
    for pair, patients in counts.items():
        for code in pair:
            margins[code] = margins.get(code, 0) + patients
    total = sum(margins.values())
    for (first, second), patients in sorted(counts.items()):
        pmi = math.log(patients * total / (margins[first] * margins[second])) - math.log(shift)
        if pmi > 0:
            yield Near(first, second, patients, pmi)


def write_near(path: Path, near: Iterable[Near]) -> int:
    """How many pairs were written as Parquet (first, second, patients, sppmi), for the owner of the file only."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = pa.schema(
        [("first", pa.string()), ("second", pa.string()), ("patients", pa.int64()), ("sppmi", pa.float64())]
    )
    written, pairs = 0, iter(near)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream, ParquetWriter(stream, schema) as writer:
        while group := list(islice(pairs, _GROUP)):
            writer.write_table(pa.Table.from_pylist([pair._asdict() for pair in group], schema=schema))
            written += len(group)
    return written
