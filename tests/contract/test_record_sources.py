"""Every reader of records reads its samples into rows that the rest relies on, and lets nothing out when it fails.

Samples lie in tests/samples/records/<name of the source>/: each file or folder there is one input. What is damaged here
is made from them; the strings that must not come out are the samples' own identifiers, and one that is planted.
"""

from __future__ import annotations

import gzip
import pickle
import re
import shutil
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from extractors.errors import UnreadableError
from extractors.events import Event, Note, Person, Provider, Refused, Retraction, Row, Visit
from extractors.places import Place, iter_places
from extractors.sources import find_record_source, get_record_sources, get_sources

RECORDS = Path(__file__).parent.parent / "samples" / "records"
LABELS = Path(__file__).parent.parent / "samples" / "sources"
#: A sample with this in its name holds broken rows on purpose.
BROKEN = "broken"
PLANTED = "Mildred-Planted-7731"
_TIME = re.compile(r"|\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?)?)?")
_SEXES = {"female", "male", "other", ""}
_VISITS = {"inpatient", "outpatient", "emergency", "icu", "home", "virtual", ""}
_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "%s"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
) % PLANTED.encode()


def _samples() -> list[Path]:
    folders = sorted(path for path in RECORDS.glob("*") if path.is_dir())
    return [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix != ".md"]


def _files() -> list[tuple[Path, Path]]:
    """Each sample, with each file of it."""
    return [(top, file) for top in _samples() for file in sorted([top, *top.rglob("*")]) if file.is_file()]


def _name(path: Path) -> str:
    return path.relative_to(RECORDS).as_posix()


def _places(path: Path) -> Iterator[Place]:
    return iter_places([path], lambda place: find_record_source(place) is not None)


def _read(path: Path) -> Iterator[Row | Refused]:
    """What is read of all places in `path` that some source claims; a sound sample is claimed in all its places."""
    for place in _places(path):
        if source := find_record_source(place):
            yield from source.read(place)


@cache
def _rows(path: Path) -> tuple[Row, ...]:
    return tuple(row for row in _read(path) if not isinstance(row, Refused))


each_sample = pytest.mark.parametrize("path", _samples(), ids=_name)
each_file = pytest.mark.parametrize(("top", "file"), _files(), ids=lambda path: _name(path))


@pytest.mark.parametrize("source", get_record_sources(), ids=lambda source: source.name)
def test_source_has_a_sample(source: object) -> None:
    assert any((RECORDS / getattr(source, "name", "")).glob("*"))


@each_sample
def test_sample_is_claimed_by_its_own_source_alone(path: Path) -> None:
    name = path.relative_to(RECORDS).parts[0]
    places = list(_places(path))
    assert places
    for place in places:
        assert [source.name for source in get_record_sources() if source.claims(place)] == [name]


@each_file
def test_sample_is_no_label(top: Path, file: Path) -> None:
    data = file.read_bytes()
    head = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)[:65_536]
    assert [source.name for source in get_sources() if source.claims(head)] == []


@pytest.mark.parametrize(
    "path", sorted(path for path in LABELS.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_label_is_no_record(path: Path) -> None:
    for place in _places(path):
        assert [source.name for source in get_record_sources() if source.claims(place)] == []


@each_sample
def test_sound_sample_is_read_to_the_end(path: Path) -> None:
    refused = [row for row in _read(path) if isinstance(row, Refused)]
    assert bool(refused) == (BROKEN in path.name)
    assert _rows(path)


@each_sample
def test_reading_twice_gives_the_same_rows_in_the_same_order(path: Path) -> None:
    assert list(_read(path)) == list(_read(path))


@each_sample
def test_ids_are_unique(path: Path) -> None:
    ids = [row.id for row in _rows(path)]
    assert all(ids)
    assert len(set(ids)) == len(ids)


@each_sample
def test_persons_and_providers_come_before_their_notes(path: Path) -> None:
    seen: set[str] = set()
    people = {row.id for row in _rows(path) if isinstance(row, Person | Provider)}
    for row in _rows(path):
        seen.add(row.id)
        if isinstance(row, Note):
            assert {row.patient, row.provider} & people <= seen


@each_sample
def test_rows_refer_to_rows_that_are_there(path: Path) -> None:
    rows = _rows(path)
    persons = {row.id for row in rows if isinstance(row, Person)}
    visits = {row.id for row in rows if isinstance(row, Visit)}
    for row in rows:
        if isinstance(row, Visit | Event | Note):
            assert row.patient
            assert row.patient in persons or not persons
        if isinstance(row, Event | Note):
            assert row.visit in visits | {""} or not visits


@each_sample
def test_rows_are_of_the_form_that_is_promised(path: Path) -> None:
    for row in _rows(path):
        if isinstance(row, Person):
            assert row.sex in _SEXES
            assert all(value.strip() for _, value in row.identifiers)
        if isinstance(row, Visit):
            assert row.kind in _VISITS
        if isinstance(row, Event):
            assert row.name.strip() or row.codes
        for name in ("birth", "death", "start", "end", "time"):
            assert _TIME.fullmatch(getattr(row, name, "")), name


@each_sample
def test_sections_lie_in_the_text_and_inside_their_parents(path: Path) -> None:
    for note in (row for row in _rows(path) if isinstance(row, Note)):
        assert note.text.strip()
        for index, section in enumerate(note.sections):
            assert 0 <= section.start <= section.end <= len(note.text)
            if section.parent is not None:
                parent = note.sections[section.parent]
                assert section.parent < index
                assert parent.start <= section.start
                assert section.end <= parent.end


@each_sample
def test_rows_travel_between_processes(path: Path) -> None:
    assert pickle.loads(pickle.dumps(_rows(path))) == _rows(path)


def test_nothing_is_claimed_where_there_is_nothing(tmp_path: Path) -> None:
    for index, data in enumerate([b"", b"\0\1\2", b"{}", b"[]", b"<a/>", b'{"a": 1}', b"PK\3\4"]):
        (tmp_path / f"{index}.bin").write_bytes(data)
    assert [place.locator for place in _places(tmp_path) if find_record_source(place)] == []


def _damaged(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The content of a file, damaged in the ways that files are, and in those that attackers think of."""
    for share in (0.2, 0.5, 0.9):
        cut = int(len(data) * share)
        yield f"cut off at {share}", data[:cut]
        yield f"planted at {share}", data[:cut] + f'"}}]>{PLANTED}<\t,\n'.encode() + data[cut:]
        yield f"mis-encoded at {share}", data[:cut] + b"\xff\xfe\x80" + PLANTED.encode() + data[cut:]
        yield f"nul at {share}", data[:cut] + b"\0" + PLANTED.encode() + b"\0" + data[cut:]
    yield "in UTF-16", data.decode("utf-8", "replace").encode("utf-16")
    yield "with an entity bomb", _BOMB + re.sub(rb"^<\?xml[^>]*\?>", b"", data).replace(b"</", b"&c;&x;</", 1)
    yield "with entities in attributes", _BOMB + re.sub(rb"^<\?xml[^>]*\?>", b"", data).replace(b'="', b'="&c;', 9)
    yield "deep", data[: len(data) // 2] + b'[{"a":' * 50_000
    yield "deep elements", data[: len(data) // 2] + b"<a>" * 50_000


def _secrets(path: Path) -> set[str]:
    rows = _rows(path)
    values = {value for row in rows if isinstance(row, Person | Provider) for _, value in row.identifiers}
    words = {word for row in rows if isinstance(row, Note) for word in row.text.split()}
    return {PLANTED, *(value for value in values if len(value) > 5), *(word for word in words if len(word) > 11)}


def _said(path: Path) -> Iterator[str]:
    """Everything that is said of what went wrong in reading, tracebacks included."""
    try:
        yield from (row.reason for row in _read(path) if isinstance(row, Refused))
    except UnreadableError as error:
        assert "\n" not in str(error)
        yield "".join(line for line in traceback.format_exception(error) if not line.startswith("  File"))


@each_file
def test_what_is_damaged_is_refused_and_quotes_nothing(top: Path, file: Path, tmp_path: Path) -> None:
    secrets = _secrets(top)
    data = file.read_bytes()
    packed = data[:2] == b"\x1f\x8b"
    for what, worse in _damaged(gzip.decompress(data) if packed else data):
        copy = _copy(top, file, tmp_path, gzip.compress(worse) if packed else worse)
        for said in _said(copy):
            assert not [secret for secret in secrets if secret in said], what


@each_file
def test_a_packed_file_that_is_cut_off_is_refused(top: Path, file: Path, tmp_path: Path) -> None:
    data = gzip.compress(file.read_bytes()) if file.suffix != ".gz" else file.read_bytes()
    copy = _copy(top, file, tmp_path, data[: len(data) // 2])
    for said in _said(copy):
        assert not [secret for secret in _secrets(top) if secret in said]


@each_file
def test_what_is_said_names_the_file(top: Path, file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    if data[:2] == b"\x1f\x8b":
        pytest.skip("the same content lies unpacked beside it")
    copy = _copy(top, file, tmp_path, data[: int(len(data) * 0.7)] + PLANTED.encode())
    try:
        refused = [row for row in _read(copy) if isinstance(row, Refused)]
    except UnreadableError:
        return
    for row in refused:
        assert copy.name in row.locator
        assert row.reason
        assert "\n" not in row.reason


def _copy(top: Path, file: Path, folder: Path, data: bytes) -> Path:
    """A copy of the sample `top` with another content of `file`."""
    copy = folder / top.name
    if top.is_dir():
        shutil.copytree(top, copy, dirs_exist_ok=True)
    (folder / file.relative_to(top.parent)).write_bytes(data)
    return copy


def test_retractions_name_what_goes() -> None:
    taken_back = [row for path in _samples() for row in _rows(path) if isinstance(row, Retraction)]
    assert all(row.id for row in taken_back)


@each_sample
def test_what_is_left_aside_is_named_by_the_layout(path: Path) -> None:
    for place in _places(path):
        if source := find_record_source(place):
            assert all(re.fullmatch(r"[A-Za-z_]+", name) for name in source.find_unread(place))
