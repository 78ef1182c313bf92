r"""Decisions as a table: tab-separated values under a header, one decision a row; only the column `name` is needed.

A tab, a line break and a backslash inside a value are written `\t`, `\n`, `\r` and `\\`; parents are joined by spaces.
A value that begins with a quotation mark is quoted, as spreadsheets do it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ontologies.exchange import LeftOut, Row, Vocabulary
from ontologies.exchange.fields import COLUMNS, as_record, from_record
from ontologies.model import Decision
from ontologies.tables import open_text

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_MEANT = {escape[1]: character for character, escape in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class Table:
    """The format of spreadsheets and of `kg align review --from`."""

    name: str = "tsv"

    def knows(self, head: str) -> bool:
        """True where the first line has the columns `name` and `verdict` or `curie`."""
        columns = {column.strip() for column in head.partition("\n")[0].split("\t")}
        return "name" in columns and bool(columns & {"verdict", "curie"})

    def read(self, path: Path) -> Iterator[Row | LeftOut]:
        """The decisions; a row that is none is told."""
        with open_text(path) as text:
            header = [column.strip() for column in next(text, "").rstrip("\r\n").split("\t")]
            for line, raw in enumerate(text, start=2):
                if raw.strip():
                    yield _row(line, header, raw)

    def write(self, decisions: Iterable[Decision], out: IO[str], vocabulary: Vocabulary) -> list[LeftOut]:
        """Writes every decision, whole."""
        out.write("\t".join(COLUMNS) + "\n")
        for decision in decisions:
            out.write("\t".join(_cell(as_record(decision).get(column, "")) for column in COLUMNS) + "\n")
        return []


def _cell(value: object) -> str:
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    text = re.sub(r"[\\\t\n\r]", lambda match: _ESCAPES[match[0]], text)
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def unquoted(cell: str) -> str:
    """The value of a cell: without the quotation marks around it, those inside written once."""
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"'):
        return cell[1:-1].replace('""', '"')
    return cell


def _row(line: int, header: list[str], raw: str) -> Row | LeftOut:
    cells = [unquoted(cell) for cell in raw.rstrip("\r\n").split("\t")]
    cells = [re.sub(r"\\([\\tnr])", lambda match: _MEANT[match[1]], cell) for cell in cells]
    try:
        record: dict[str, object] = dict(zip(header, cells, strict=False))
        record["target_parents"] = str(record.get("target_parents", "")).split()
        return Row(line, from_record(record))
    except ValueError as error:
        return LeftOut(line, raw.strip()[:60], str(error))


EXCHANGE = Table()
