"""The tables of an export as Arrow has them: typed columns, in groups of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import pyarrow as pa

from kg.forms import Form

#: Rows held in memory and written as one group.
ROW_GROUP = 50_000

_WORDS = pa.list_(pa.string())
_QUALIFIERS = pa.list_(pa.struct([("name", pa.string()), ("value", pa.string())]))
_ORIGIN = pa.struct([("kind", pa.string()), ("curie", pa.string()), ("score", pa.float64()), ("name", pa.string())])

_NODE = [
    ("curie", pa.string()),
    ("name", pa.string()),
    ("name_zh", pa.string()),
    ("kind", pa.string()),
    ("synonyms", _WORDS),
    ("aligned", pa.bool_()),
]
_EVIDENCE = [
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
    ("said_score", pa.float64()),
    ("subject_origin", _ORIGIN),
    ("object_origin", _ORIGIN),
]

SCHEMAS = {
    "nodes": pa.schema(_NODE),
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
    "evidence": pa.schema(_EVIDENCE),
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
            ("stamp", pa.string()),
            ("loaded", pa.string()),
            ("licence", pa.string()),
        ]
    ),
    "asleep": pa.schema([*_EVIDENCE, ("node", pa.struct(_NODE))]),
}


def iter_tables(name: str, records: Iterable[Form]) -> Iterator[pa.Table]:
    """The records of a table, a group of rows at a time."""
    rest = iter(records)
    while group := list(islice(rest, ROW_GROUP)):
        yield pa.Table.from_pylist(group, schema=SCHEMAS[name])
