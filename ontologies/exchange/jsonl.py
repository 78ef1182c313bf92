"""Decisions as JSON lines: an object a line, its keys the fields of a decision, empty ones left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from ontologies.exchange import LeftOut, Row, Vocabulary
from ontologies.exchange.fields import as_record, from_record
from ontologies.model import Decision


@dataclass(frozen=True, slots=True)
class JsonLines:
    """The format of scripts."""

    name: str = "jsonl"

    def knows(self, head: str) -> bool:
        """True where the first line is an object with a name."""
        first = head.lstrip().partition("\n")[0]
        return first.startswith("{") and '"name"' in first and '"resourceType"' not in head

    def read(self, path: Path) -> Iterator[Row | LeftOut]:
        """The decisions; a line that is none is told."""
        with path.open("rb") as file:
            for line, raw in enumerate(file, start=1):
                if raw.strip():
                    yield _row(line, raw)

    def write(self, decisions: Iterable[Decision], out: IO[str], vocabulary: Vocabulary) -> list[LeftOut]:
        """Writes every decision, whole."""
        for decision in decisions:
            out.write(orjson.dumps(as_record(decision)).decode() + "\n")
        return []


def _row(line: int, raw: bytes) -> Row | LeftOut:
    try:
        record = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
        if not isinstance(record, dict):
            raise ValueError("it is no object with a name")
        return Row(line, from_record(record))
    except (ValueError, TypeError) as error:
        return LeftOut(line, raw[:60].decode(errors="replace").strip(), str(error))


EXCHANGE = JsonLines()
