"""KGX (github.com/biolink/kgx, its format of 2.x): nodes and edges in the words of the Biolink model.

An edge is a fact. What KGX has no column for stands in `medkg`: the node, or the fact with all of its evidence, as JSON
lines have them, so that an import makes the same graph of it. `documents.jsonl` has the documents, and `asleep.jsonl`
the rows that sleep, beside what KGX reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import orjson

from kg.export.jsonl import write_lines
from kg.export.kgx.rows import EDGE_COLUMNS, NODE_COLUMNS, iter_edges, iter_nodes
from kg.export.records import iter_asleep, iter_documents, write_about
from kg.export.view import View

Row = Mapping[str, Any]

#: Stands between the members of a list in a cell.
_BETWEEN = "|"
_BLANKS = str.maketrans({"\t": " ", "\n": " ", "\r": " ", _BETWEEN: " "})


def write(view: View, folder: Path) -> dict[str, int]:
    """Counts after nodes.tsv, edges.tsv, documents.jsonl, asleep.jsonl and meta.json are written."""
    return _write(view, folder, "tsv", _write_table)


def write_jsonl(view: View, folder: Path) -> dict[str, int]:
    """Counts after nodes.jsonl, edges.jsonl, documents.jsonl, asleep.jsonl and meta.json are written."""
    return _write(view, folder, "jsonl", lambda path, _, rows: write_lines(path, map(_filled, rows)))


def _write(
    view: View, folder: Path, ending: str, write_rows: Callable[[Path, tuple[str, ...], Iterator[Row]], int]
) -> dict[str, int]:
    counts = {
        "nodes": write_rows(folder / f"nodes.{ending}", NODE_COLUMNS, iter_nodes(view)),
        "edges": write_rows(folder / f"edges.{ending}", EDGE_COLUMNS, iter_edges(view)),
        "documents": write_lines(folder / "documents.jsonl", iter_documents(view)),
        "asleep": write_lines(folder / "asleep.jsonl", iter_asleep(view)),
    }
    return write_about(view, counts, folder)


def _filled(row: Row) -> dict[str, Any]:
    """A row without what it does not say."""
    return {name: value for name, value in row.items() if value not in ("", None, [])}


def _write_table(path: Path, columns: tuple[str, ...], rows: Iterator[Row]) -> int:
    count = 0
    with path.open("wb", buffering=1 << 20) as file:
        _write_cells(file, columns)
        for row in rows:
            _write_cells(file, [_cell(row[name]) for name in columns])
            count += 1
    return count


def _write_cells(file: IO[bytes], cells: tuple[str, ...] | list[str]) -> None:
    file.write("\t".join(cells).encode() + b"\n")


def _cell(value: Any) -> str:
    """A value in a cell, where no sign can be quoted: blanks stand for those that part cells, lines and lists."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return value.translate(_BLANKS)
        case list():
            return _BETWEEN.join(str(one).translate(_BLANKS) for one in value)
        case dict():
            return orjson.dumps(value).decode().replace(_BETWEEN, "\\u007c")
    return repr(value)
