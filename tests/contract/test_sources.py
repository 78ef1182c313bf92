"""Every source reads its samples into documents that hold what the rest of the chain relies on."""

from __future__ import annotations

import pickle
import re
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from extractors.errors import UnreadableError
from extractors.model import Document, Section
from extractors.rules import read_rules
from extractors.sources import find_source, get_sources, read_documents

SAMPLES = Path(__file__).parent.parent / "samples" / "sources"
#: A README and the marked sections of an insert are about a sample, not samples themselves.
BESIDE = (".gold.json", ".md")
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and not path.name.endswith(BESIDE))


def _name(path: Path) -> str:
    return path.relative_to(SAMPLES).as_posix()


def _source(path: Path) -> str:
    return path.relative_to(SAMPLES).parts[0]


@cache
def _read(path: Path) -> tuple[Document, ...]:
    return tuple(read_documents(path.read_bytes()))


each_file = pytest.mark.parametrize("path", FILES, ids=_name)


@pytest.mark.parametrize("source", get_sources(), ids=lambda source: source.name)
def test_source_has_a_sample(source: object) -> None:
    assert any(_source(path) == getattr(source, "name", "") for path in FILES)


@each_file
def test_sample_is_claimed_by_its_own_source_alone(path: Path) -> None:
    head = path.read_bytes()[:65_536]
    assert [source.name for source in get_sources() if source.claims(head)] == [_source(path)]


@each_file
def test_sample_is_recognised_by_its_content_and_not_its_name(path: Path) -> None:
    documents = list(read_documents(path.read_bytes(), locator="no-such-name.bin"))
    assert documents
    assert len({document.id for document in documents}) == len(documents)


@each_file
def test_reading_twice_gives_the_same(path: Path) -> None:
    assert list(read_documents(path.read_bytes())) == list(read_documents(path.read_bytes()))


@each_file
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_sample_cut_off_reads_or_is_refused_with_one_sentence(path: Path, share: float) -> None:
    data = path.read_bytes()
    try:
        list(read_documents(data[: int(len(data) * share)]))
    except UnreadableError as error:
        assert str(error)
        assert "\n" not in str(error)


@each_file
def test_document_says_what_it_is(path: Path) -> None:
    for document in _read(path):
        assert document.source == _source(path)
        assert re.fullmatch(r"[a-z_]+:\S+", document.id)
        assert document.title
        assert document.text.strip()
        assert document.version >= 0
        assert re.fullmatch("[0-9a-f]{64}", document.content_hash)
        assert document.effective == "" or date.fromisoformat(document.effective)
        assert re.fullmatch("[A-Z]{2}|", document.country)


@each_file
def test_sections_lie_in_the_text_and_inside_their_parents(path: Path) -> None:
    for document in _read(path):
        assert document.sections
        kinds = {"", *read_rules("sections")}
        for index, section in enumerate(document.sections):
            assert 0 <= section.start <= section.end <= len(document.text)
            assert section.kind in kinds
            assert section.level == 1 if section.parent is None else section.level > 1
            if section.parent is not None:
                parent = document.sections[section.parent]
                assert section.parent < index
                assert parent.start <= section.start
                assert section.end <= parent.end


@each_file
def test_sections_beside_each_other_do_not_overlap(path: Path) -> None:
    for document in _read(path):
        families: dict[int | None, list[Section]] = {}
        for section in document.sections:
            families.setdefault(section.parent, []).append(section)
        for family in families.values():
            assert all(before.end <= after.start for before, after in pairwise(family))


@each_file
def test_coded_parts_and_products_point_at_text(path: Path) -> None:
    for document in _read(path):
        for coded in document.coded:
            assert 0 <= coded.start < coded.end <= len(document.text)
            assert document.text[coded.start : coded.end].strip()
            assert coded.name
            assert coded.product < max(len(document.products), 1)
            assert coded.code == "" or re.fullmatch(r"[A-Za-z][\w.]*:\S+", coded.code)
        for product in document.products:
            assert product.name
            assert 0 <= product.start <= product.end <= len(document.text)


@each_file
def test_cells_lie_in_their_table_each_in_a_place_of_its_own(path: Path) -> None:
    for document in _read(path):
        for table in document.tables:
            assert 0 <= table.start < table.end <= len(document.text)
            assert all(table.start <= cell.start <= cell.end <= table.end for cell in table.cells)
            places = [
                (row, column)
                for cell in table.cells
                for row in range(cell.row, cell.row + cell.row_span)
                for column in range(cell.column, cell.column + cell.column_span)
            ]
            assert len(places) == len(set(places))


@each_file
def test_document_travels_between_processes(path: Path) -> None:
    for document in _read(path):
        assert pickle.loads(pickle.dumps(document)) == document


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02", b"Hello, world.", b"{}", b"[]", b"<a/>", b'{"a": 1}', b"<html><p>Hi</p></html>"]
)
def test_what_no_source_knows_is_refused_and_the_known_formats_named(data: bytes) -> None:
    assert find_source(data) is None
    with pytest.raises(UnreadableError, match=r"^is in no format .* known are: .*spl") as refused:
        list(read_documents(data, locator="a.zip!b"))
    assert refused.value.__notes__ == ["in a.zip!b"]
