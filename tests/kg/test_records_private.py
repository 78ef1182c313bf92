"""Nothing that identifies anyone leaves memory: every file and every word that a run leaves behind is searched.

What is searched for are the identifiers of the samples as their sources tell them (names, numbers, addresses of
patients, relatives and clinicians, also in the text of notes), the source's own ids, and names of files.
"""

from __future__ import annotations

import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

import pytest

from extractors.events import Identifier, IdentifierType, Person, Provider, Refused, Row
from extractors.places import iter_places
from extractors.sources import find_record_source
from kg.records.keys import read_keys
from kg.records.samples import SAMPLES
from kg_command import ROOT, Kg
from record_rows import dump

RECORDS = ROOT / "tests" / "samples" / "records"
#: Values that stand in medical texts as themselves: what is only digits of a date or a single letter names nobody.
SHORT = 4
#: From this length on a value is searched for inside words as well; shorter ones stand in other words by chance.
LONG = 8
SEARCHED = frozenset(IdentifierType) - {IdentifierType.DATE, IdentifierType.AGE}


def inputs() -> list[Path]:
    return [SAMPLES, *sorted(path for path in RECORDS.glob("*/*") if path.suffix != ".md")]


def rows(path: Path) -> Iterator[Row]:
    for place in iter_places([path], lambda place: find_record_source(place) is not None):
        source = find_record_source(place)
        if source is not None:
            yield from (row for row in source.read(place) if not isinstance(row, Refused))


def planted(path: Path) -> set[str]:
    """The identifiers that the rows of a sample have, and the ids of their patients where they name one."""
    found: set[Identifier] = set()
    for row in rows(path):
        if isinstance(row, Person | Provider):
            found |= {each for each in row.identifiers if each.type in SEARCHED}
    return {each.value.lower() for each in found if len(each.value.encode()) > SHORT}


def left_behind(kg: Kg, *paths: Path) -> dict[str, str]:
    """What a run on `paths` leaves: what it says, what lies on the disk, and what the opened store holds."""
    words: list[str | Path] = ["--records", kg.folder / "records", "--key-file", kg.folder / "records.key"]
    done = kg.run("records", "ingest", *paths, "--workers", "0", *words)
    assert done.returncode in (0, 3), done.stderr
    said = [done.stdout, done.stderr, kg("records", "stats", *words), kg("records", "quarantine", *words)]
    tables = dump(kg.folder / "records", key=read_keys(kg.folder / "records.key").store)
    lying = b"".join(file.read_bytes() for file in sorted((kg.folder / "records").iterdir()))
    texts = {"said": "\n".join(said), "disk": lying.decode("latin-1"), "store": "\n".join(map(text_of, tables.items()))}
    return {where: text.lower() for where, text in texts.items()}


def text_of(table: tuple[str, list[tuple[Any, ...]]]) -> str:
    """The content of a table as text, with what is compressed in it."""
    name, content = table
    cells = [cell for row in content for cell in row]
    texts = [cell for cell in cells if isinstance(cell, str)]
    return "\n".join(
        [*texts, *(zlib.decompress(cell).decode() for cell in cells if name == "notes" and is_bytes(cell))]
    )


def is_bytes(cell: object) -> TypeGuard[bytes]:
    return isinstance(cell, bytes)


def stands_in(value: str, text: str) -> bool:
    """Whether a value stands in a text; a short one of plain letters or digits only as a word of its own."""
    if value not in text:
        return False
    if len(value) >= LONG or not value.isascii():
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(value)}(?![a-z0-9])", text) is not None


@pytest.fixture(scope="module")
def left(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run on all samples leaves."""
    return left_behind(Kg(kg_home, tmp_path_factory.mktemp("left")), *inputs())


@pytest.mark.parametrize("path", inputs(), ids=lambda path: "/".join(path.parts[-2:]))
def test_no_identifier_is_left_behind(left: dict[str, str], path: Path) -> None:
    values = planted(path)
    hits = {(where, value) for where, text in left.items() for value in values if stands_in(value, text)}
    assert hits == set()


def test_the_disk_holds_no_word_of_a_note(left: dict[str, str]) -> None:
    for words in ("high blood pressure for years", "lisinopril"):
        assert words in left["store"]
        assert words not in left["disk"]


def test_names_of_files_are_not_left_behind(kg: Kg) -> None:
    folder = kg.folder / "in"
    folder.mkdir()
    shutil.copy(RECORDS / "fhir" / "r4_bundle.json", folder / "Mildred-Planted.json")
    (folder / "Mildred-Planted-2.ndjson").write_text('{"resourceType": "Patient"\n{"resourceType": "Condition"}\n')
    left = left_behind(kg, folder)
    assert [where for where, text in left.items() if "planted" in text] == []
