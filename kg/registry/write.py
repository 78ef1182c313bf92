"""Writes a registry table in one pass: the table, the evidence behind its cells, and what a person should look at.

All files are patient-level, by pseudonym: they can be read by their owner only, and belong in the room of records.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from kg.registry.build import Record
from kg.registry.cells import Cell
from kg.registry.fhir import write_questionnaire, write_response
from kg.registry.schema import Field, Schema, Take

#: What spreadsheets take for a formula; such text is written with a quote before it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

#: Rows of a Parquet row group.
_GROUP = 10_000


@dataclass(slots=True)
class Coverage:
    """In how many patients of the table each field is filled, and how many of its cells a person should see."""

    patients: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    doubtful: dict[str, int] = field(default_factory=dict)

    def add(self, cells: Iterable[Cell]) -> None:
        """Counts the cells of one more patient."""
        self.patients += 1
        for cell in cells:
            self.filled[cell.field] = self.filled.get(cell.field, 0) + bool(cell.value)
            self.doubtful[cell.field] = self.doubtful.get(cell.field, 0) + bool(cell.problems)


def write_registry(folder: Path, schema: Schema, records: Iterable[Record]) -> Coverage:
    """The coverage of the table, after it was written into `folder`.

    table.csv and table.parquet (a row a patient), cells.jsonl (the evidence behind each cell), review.tsv (cells to
    look at, with room for what is right), questionnaire.json and responses.ndjson (FHIR R4).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    coverage = Coverage()
    with ExitStack() as stack:
        text = {name: stack.enter_context(_open(folder / name)) for name in ("table.csv", "review.tsv")}
        lines = {name: stack.enter_context(_open_bytes(folder / name)) for name in ("cells.jsonl", "responses.ndjson")}
        table, review = csv.writer(text["table.csv"]), csv.writer(text["review.tsv"], delimiter="\t")
        parquet = stack.enter_context(_Parquet(folder / "table.parquet", schema))
        table.writerow(header(schema))
        review.writerow(["patient", "field", "value", "unit", "date", "problems", "evidence", "right_value"])
        for record in records:
            coverage.add(record.cells)
            table.writerow(map(_plain, row(record)))
            parquet.add(row(record))
            review.writerows(list(map(_plain, line)) for line in _to_review(record))
            lines["cells.jsonl"].writelines(_evidence(record))
            lines["responses.ndjson"].write(write_response(schema, record) + b"\n")
    with _open_bytes(folder / "questionnaire.json") as stream:
        stream.write(write_questionnaire(schema) + b"\n")
    return coverage


def header(schema: Schema) -> list[str]:
    """The columns of the table: who and since when, then value, unit and date of each field."""
    names = (name for asked in schema.fields for name in _columns(asked))
    return ["patient", "sex", "birth_year", "entry", *names]


def row(record: Record) -> list[str]:
    """The row of a patient, under `header`."""
    patient = record.patient
    cells = (value for cell in record.cells for value in (cell.value, cell.unit, cell.date))
    return [patient.pseudonym, patient.sex, str(patient.birth_year or ""), record.entry, *cells]


def _columns(asked: Field) -> tuple[str, str, str]:
    return asked.name, f"{asked.name}_unit", f"{asked.name}_date"


def _plain(value: str) -> str:
    """The value as a spreadsheet must not run it: negative numbers stay numbers."""
    if not value.startswith(_FORMULA) or value.removeprefix("-").replace(".", "", 1).isdigit():
        return value
    return f"'{value}"


def _to_review(record: Record) -> Iterator[list[str]]:
    for cell in record.cells:
        if cell.problems:
            said = " | ".join(behind.quote for behind in cell.behind)
            problems = "; ".join(cell.problems)
            yield [record.patient.pseudonym, cell.field, cell.value, cell.unit, cell.date, problems, said, ""]


def _evidence(record: Record) -> Iterator[bytes]:
    for cell in record.cells:
        if cell.behind:
            yield orjson.dumps({"patient": record.patient.pseudonym, **asdict(cell)}, option=orjson.OPT_APPEND_NEWLINE)


def _open(path: Path) -> IO[str]:
    return os.fdopen(_private(path), "w", encoding="utf-8-sig", newline="")


def _open_bytes(path: Path) -> IO[bytes]:
    return os.fdopen(_private(path), "wb")


def _private(path: Path) -> int:
    """A file for its owner only, emptied where it was there."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


class _Parquet:
    """The table as Parquet, a row group at a time; counts and days are integers, all else is text."""

    def __init__(self, path: Path, schema: Schema) -> None:
        import pyarrow as pa

        whole = {asked.name for asked in schema.fields if asked.take in (Take.COUNT, Take.DAYS)} | {"birth_year"}
        types = {name: pa.int64() if name in whole else pa.string() for name in header(schema)}
        self._schema, self._whole = pa.schema(list(types.items())), whole
        self._file = os.fdopen(_private(path), "wb")
        self._rows: list[list[str]] = []

    def __enter__(self) -> _Parquet:
        from pyarrow.parquet import ParquetWriter

        self._writer = ParquetWriter(self._file, self._schema)
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()
        self._file.close()

    def add(self, values: list[str]) -> None:
        self._rows.append(values)
        if len(self._rows) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        columns = [
            pa.array([self._value(name, value) for value in values], type=self._schema.field(name).type)
            for name, values in zip(self._schema.names, zip(*self._rows, strict=True), strict=False)
        ]
        if columns:
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._rows.clear()

    def _value(self, name: str, value: str) -> Any:
        return (int(value) if value else None) if name in self._whole else value or None
