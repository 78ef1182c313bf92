"""Parquet: one file a table with typed columns, in row groups; meta.json as with JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from kg.export.records import TABLES, get_about
from kg.forms import Form
from kg.roles import Store

#: Rows held in memory and written as one group.
ROW_GROUP = 50_000

_WORDS = pa.list_(pa.string())
_QUALIFIERS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))

SCHEMAS = {
    "nodes": pa.schema(
        [
            ("curie", pa.string()),
            ("name", pa.string()),
            ("name_zh", pa.string()),
            ("kind", pa.string()),
            ("synonyms", _WORDS),
            ("aligned", pa.bool_()),
        ]
    ),
    "facts": pa.schema(
        [
            ("id", pa.string()),
            ("subject", pa.string()),
            ("subject_name", pa.string()),
            ("predicate", pa.string()),
            ("object", pa.string()),
            ("object_name", pa.string()),
            ("confidence", pa.float64()),
            ("status", pa.string()),
            ("documents", pa.int32()),
            ("evidence_count", pa.int32()),
            ("countries", _WORDS),
            ("qualifiers", _QUALIFIERS),
        ]
    ),
    "evidence": pa.schema(
        [
            ("id", pa.string()),
            ("fact", pa.string()),
            ("subject", pa.string()),
            ("subject_name", pa.string()),
            ("predicate", pa.string()),
            ("object", pa.string()),
            ("object_name", pa.string()),
            ("document", pa.string()),
            ("version", pa.int64()),
            ("section", pa.string()),
            ("section_title", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("quote", pa.string()),
            ("restricted", pa.bool_()),
            ("extractor", pa.string()),
            ("score", pa.float64()),
            ("assertion", pa.string()),
            ("qualifiers", _QUALIFIERS),
            ("country", pa.string()),
        ]
    ),
    "documents": pa.schema(
        [
            ("id", pa.string()),
            ("title", pa.string()),
            ("version", pa.int64()),
            ("effective", pa.string()),
            ("type", pa.string()),
            ("source", pa.string()),
            ("language", pa.string()),
            ("country", pa.string()),
            ("content_hash", pa.string()),
            ("restricted", pa.bool_()),
        ]
    ),
}


def write(store: Store, folder: Path) -> dict[str, int]:
    """Counts by table, after a .parquet file of each and meta.json are written."""
    counts = {name: _write_table(folder, name, records(store)) for name, records in TABLES.items()}
    about = orjson.dumps(get_about(store, counts), option=orjson.OPT_INDENT_2)
    (folder / "meta.json").write_bytes(about + b"\n")
    return counts


def _write_table(folder: Path, name: str, records: Iterable[Form]) -> int:
    count = 0
    with pq.ParquetWriter(folder / f"{name}.parquet", SCHEMAS[name], compression="zstd") as writer:
        for group in _groups(records):
            writer.write_table(pa.Table.from_pylist(group, schema=SCHEMAS[name]))
            count += len(group)
    return count


def _groups(records: Iterable[Form]) -> Iterator[list[Form]]:
    rest = iter(records)
    while group := list(islice(rest, ROW_GROUP)):
        yield group
