"""Records are found in files, folders and zips; what belongs together is offered together."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from extractors.errors import InputError
from extractors.places import Place, iter_places


def has_patients(place: Place) -> bool:
    return place.whole and place.find("patients") is not None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mimic").mkdir()
    (tmp_path / "mimic" / "PATIENTS.csv.gz").write_bytes(gzip.compress(b"id\n1\n"))
    (tmp_path / "mimic" / "ADMISSIONS.csv").write_bytes(b"id\n1\n")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_bytes(b"well")
    (tmp_path / "notes" / ".hidden").write_bytes(b"no")
    with zipfile.ZipFile(tmp_path / "notes" / "z.zip", "w") as archive:
        archive.writestr("inner/b.txt", "better")
    return tmp_path


def test_a_folder_of_tables_is_one_place_and_others_are_taken_file_by_file(folder: Path) -> None:
    places = list(iter_places([folder], has_patients))
    assert [(Path(place.locator).name, place.whole) for place in places] == [
        ("mimic", True),
        ("a.txt", False),
        ("b.txt", False),
    ]
    patients = places[0].find("PATIENTS")
    assert patients is not None
    assert (patients.name, patients.path, patients.head) == ("PATIENTS.csv", None, b"id\n1\n")


def test_files_in_zips_are_read_through(folder: Path) -> None:
    (place,) = iter_places([folder / "notes" / "z.zip"], has_patients)
    with place.members[0].open() as stream:
        assert stream.read() == b"better"
    assert place.locator.endswith("z.zip!inner/b.txt")


def test_a_link_to_its_own_folder_ends(folder: Path) -> None:
    (folder / "notes" / "loop").symlink_to(folder / "notes")
    assert len(list(iter_places([folder / "notes"], has_patients))) == 2


def test_a_path_that_is_not_there_is_told_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        next(iter_places([folder, folder / "nowhere"], has_patients))
