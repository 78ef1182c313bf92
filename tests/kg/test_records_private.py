"""Nothing that identifies anyone leaves memory: every file and every word that a run leaves behind is searched.

A run reads records with the events in their notes, publishes what many have in common into a graph, exports the graph,
writes the table of near codes and a registry table, and shows all that can be shown.

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

from curators import curator_home
from extractors.events import Identifier, IdentifierType, Person, Provider, Refused, Row
from extractors.places import iter_places
from extractors.sources import find_record_source
from kg.records.keys import read_keys
from kg.records.samples import SAMPLES
from kg_command import ROOT, Kg, KgHere
from planted_family import write_family
from record_rows import dump

pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("scipy")

RECORDS = ROOT / "tests" / "samples" / "records"
#: Values that stand in medical texts as themselves: what is only digits of a date or a single letter names nobody.
SHORT = 4
#: From this length on a value is searched for inside words as well; shorter ones stand in other words by chance.
LONG = 8
#: A registry table that asks for everything, whole sections of notes and names included.
SCHEMA = """
[cohort]
concepts = ["gout", "type 2 diabetes", "hypertension"]
[[field]]
name = "illness"
concepts = ["gout"]
take = "name"
[[field]]
name = "drug"
concepts = ["allopurinol", "metformin"]
take = "dose"
[[field]]
name = "history"
section = "history of present illness"
pattern = '(?s)(.+)'
[[field]]
name = "now"
section = "现病史"
pattern = '(?s)(.+)'
"""
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
    records, key = kg.folder / "records", kg.folder / "records.key"
    (kg.folder / "schema.toml").write_text(SCHEMA, encoding="utf-8")
    said = "".join(run(kg, words) for words in commands(kg, *paths))
    tables = dump(records, key=read_keys(key).store)
    texts = {
        "said": said,
        "disk": content_of(records),
        "store": "\n".join(map(text_of, tables.items())),
        "graph": content_of(kg.graph),
        "export": content_of(kg.folder / "out"),
        "tables": content_of(kg.folder / "registry") + parquet_of(kg.folder),
        "home": content_of(kg.home),
    }
    return {where: text.lower() for where, text in texts.items()}


def commands(kg: Kg, *paths: Path) -> Iterator[list[str | Path]]:
    """Everything that can be done with records, in the order of a morning."""
    key: list[str | Path] = ["--key-file", kg.folder / "records.key"]
    words = ["--records", kg.folder / "records", *key]
    yield ["records", "ingest", *paths, "--workers", "0", *words]
    for name in ("stats", "quarantine"):
        yield ["records", name, *words]
    yield ["records", "quarantine", "--json", *words]
    yield ["records", "publish", "--cohort", "all", "--country", "US", *words]
    yield ["records", "near", kg.folder / "near.parquet", *words]
    yield ["export", kg.folder / "out"]
    yield ["registry", "build", kg.folder / "schema.toml", kg.folder / "records", "--out", kg.folder / "registry", *key]
    for name in ("uses", "reactions"):
        yield ["unlabelled", name, "--json"]
    yield ["stats"]


def run(kg: Kg, words: list[str | Path]) -> str:
    """All that a command said, which did what it was told, but for records that were refused."""
    done = kg.run(*words)
    assert done.returncode in (0, 3), f"{words}: {done.stderr}"
    return f"{done.stdout}\n{done.stderr}\n"


def content_of(folder: Path) -> str:
    """The bytes of all files of a folder, but for a terminology that is linked to, each a character, and in UTF-8."""
    data = b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
    return data.decode("latin-1") + data.decode("utf-8", "replace")


def parquet_of(folder: Path) -> str:
    """What the tables in a folder say, which are compressed."""
    return "".join(str(pq.read_table(file).to_pylist()) for file in sorted(folder.rglob("*.parquet")))


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
    folder = tmp_path_factory.mktemp("left")
    write_family(folder / "family.ndjson")
    return left_behind(KgHere(curator_home(kg_home, folder), folder), folder / "family.ndjson", *inputs())


@pytest.mark.parametrize("path", inputs(), ids=lambda path: "/".join(path.parts[-2:]))
def test_no_identifier_is_left_behind(left: dict[str, str], path: Path) -> None:
    values = planted(path)
    hits = {(where, value) for where, text in left.items() for value in values if stands_in(value, text)}
    assert hits == set()


def test_none_of_a_family_is_left_behind(left: dict[str, str], tmp_path: Path) -> None:
    values = write_family(tmp_path / "family.ndjson")
    assert {(where, value) for where, text in left.items() for value in values if value in text} == set()


def test_what_was_searched_holds_what_it_should(left: dict[str, str]) -> None:
    """The search is no proof where nothing was written: the illness of the family is in every place but the disk."""
    assert {where for where, text in left.items() if "gout" in text} >= {"store", "graph", "export", "tables"}
    assert "pain in the knee of [name]" in left["store"]
    assert '"patients"' in left["export"]


def test_the_disk_holds_no_word_of_a_note(left: dict[str, str]) -> None:
    for words in ("high blood pressure for years", "lisinopril"):
        assert words in left["store"]
        assert words not in left["disk"]


def test_names_of_files_are_not_left_behind(kg_home: Path, tmp_path: Path) -> None:
    kg = KgHere(curator_home(kg_home, tmp_path), tmp_path)
    folder = kg.folder / "in"
    folder.mkdir()
    shutil.copy(RECORDS / "fhir" / "r4_bundle.json", folder / "Mildred-Planted.json")
    (folder / "Mildred-Planted-2.ndjson").write_text('{"resourceType": "Patient"\n{"resourceType": "Condition"}\n')
    left = left_behind(kg, folder)
    assert [where for where, text in left.items() if "planted" in text] == []
