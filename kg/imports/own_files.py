"""The files of medkg's own exports: their records as they were written, whatever the format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from kg.errors import ImportFailedError
from kg.forms import Form

#: Bytes of a line: an edge of KGX holds all evidence of its fact.
_LONGEST = 1 << 28

#: Format → the file that it is known by.
KNOWN_BY = {
    "jsonl": "evidence.jsonl",
    "parquet": "evidence.parquet",
    "arrow": "evidence.arrow",
    "kgx": "edges.tsv",
    "kgx-jsonl": "edges.jsonl",
    "nquads": "graph.nq",
    "trig": "graph.trig",
    "turtle": "graph.ttl",
}

#: A record with its number; None where it is no object.
Record = tuple[int, Any]


def find_own(folder: Path) -> str | None:
    """The format of an export of medkg's own, by its files; None where it is none."""
    if not (folder / "meta.json").is_file():
        return None
    return next((name for name, file in KNOWN_BY.items() if (folder / file).is_file()), None)


def read_about(folder: Path) -> Form:
    """What meta.json says of the export; raises `ImportFailedError` where it says nothing."""
    try:
        about = orjson.loads((folder / "meta.json").read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ImportFailedError(f"{folder / 'meta.json'} cannot be read ({error}): export the graph again") from error
    if not isinstance(about, dict) or about.get("layout") != 1:
        raise ImportFailedError(f"{folder} has another layout than this medkg reads: take the medkg that wrote it")
    return about


def iter_table(folder: Path, format_: str, table: str) -> Iterator[Record]:
    """The records of nodes, evidence, documents or sleeping rows, each with its number; None where there is none."""
    if table == "asleep" and not (folder / _file_of(format_, table)).is_file():
        # An older medkg wrote none.
        return
    if format_ in ("parquet", "arrow"):
        yield from _arrow(folder, format_, table)
    elif table in ("documents", "asleep") or format_ == "jsonl":
        yield from _lines(folder / f"{table}.jsonl")
    elif table == "nodes":
        yield from _unpacked(_rows(folder, format_, table))
    else:
        yield from _stated(_unpacked(_rows(folder, format_, "edges")))


def _file_of(format_: str, table: str) -> str:
    return f"{table}.{format_}" if format_ in ("parquet", "arrow") else f"{table}.jsonl"


def _lines(path: Path) -> Iterator[Record]:
    with _opened(path) as file:
        number = 0
        while line := file.readline(_LONGEST):
            number += 1
            yield number, _object(line)


def _object(line: bytes | str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _rows(folder: Path, format_: str, table: str) -> Iterator[Record]:
    """Rows of KGX as objects, of which `medkg` is one."""
    if format_ == "kgx-jsonl":
        yield from _lines(folder / f"{table}.jsonl")
        return
    with _opened(folder / f"{table}.tsv") as file:
        header = file.readline(_LONGEST).decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if "medkg" not in header:
            raise ImportFailedError(
                f"{folder} lacks the column medkg, which holds the evidence: without meta.json it is read as any KGX"
            )
        place, number = header.index("medkg"), 0
        while line := file.readline(_LONGEST):
            number += 1
            cells = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
            yield number, {"medkg": _object(cells[place]) if len(cells) == len(header) else None}


def _unpacked(rows: Iterator[Record]) -> Iterator[Record]:
    for number, told in rows:
        yield number, told.get("medkg") if isinstance(told, dict) else None


def _stated(rows: Iterator[Record]) -> Iterator[Record]:
    for number, fact in rows:
        if not isinstance(fact, dict) or not isinstance(fact.get("evidence"), list):
            yield number, None
            continue
        for told in fact["evidence"]:
            yield number, told


def _arrow(folder: Path, format_: str, table: str) -> Iterator[Record]:
    import pyarrow as pa
    from pyarrow import ipc, parquet

    path, number = folder / f"{table}.{format_}", 0
    try:
        if format_ == "parquet":
            batches = parquet.ParquetFile(path).iter_batches(batch_size=10_000)
        else:
            reader = ipc.open_file(path)
            batches = (reader.get_batch(place) for place in range(reader.num_record_batches))
        for batch in batches:
            for told in batch.to_pylist():
                number += 1
                yield number, told
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ImportFailedError(f"{path} cannot be read ({str(error)[:200]}): export the graph again") from error


def _opened(path: Path) -> Any:
    try:
        return path.open("rb", buffering=1 << 20)
    except OSError as error:
        raise ImportFailedError(f"{path} cannot be read ({error.strerror}): export the graph again") from error
