"""Releases as they come and as they should not: folders, zips and gzipped files, and every way to be broken."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.terminologies import read_terminology

MAIN = {
    "umls": "MRCONSO.RRF",
    "rxnorm": "RXNCONSO.RRF",
    "snomed": "Snapshot/Terminology/sct2_Concept_Snapshot_INT_20990131.txt",
    "loinc": "LoincTable/Loinc.csv",
    "omop": "CONCEPT.csv",
    "meddra": "English/pt.asc",
    "unii": "UNII_Names_4Aug2099.txt",
    "ndc": "product.txt",
}
"""The file of each release that it cannot do without."""
NEEDED = {
    "umls": ("MRCONSO.RRF", "MRSTY.RRF"),
    "snomed": (
        MAIN["snomed"],
        "Snapshot/Terminology/sct2_Description_Snapshot-en_INT_20990131.txt",
    ),
    "loinc": (MAIN["loinc"],),
    "omop": (MAIN["omop"],),
    "meddra": tuple(f"English/{level}.asc" for level in ("pt", "llt", "hlt", "hlgt", "soc", "mdhier")),
    "ndc": (MAIN["ndc"],),
}


@pytest.fixture
def release(samples: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Gives a copy of the sample of a release, to be broken."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(samples / "terminologies" / name, tmp_path / name))

    return copy


def pack(folder: Path) -> Path:
    packed = folder.with_suffix(".zip")
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(file, f"release/{file.relative_to(folder)}")
        archive.writestr("__MACOSX/release/._CONCEPT.csv", b"\x00\x05")
    return packed


@pytest.mark.parametrize("name", MAIN)
def test_zip_reads_as_the_folder(name: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    assert read_terminology(name, pack(folder))[1] == read_terminology(name, folder)[1]


@pytest.mark.parametrize("name", [name for name in MAIN if name not in ("rxnorm",)])
def test_gzipped_files_read_as_the_plain_ones(name: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    plain = read_terminology(name, folder)[1]
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    assert read_terminology(name, folder)[1] == plain


@pytest.mark.parametrize(("name", "missing"), [(name, file) for name, files in NEEDED.items() for file in files])
def test_file_missing_from_a_release_is_named(name: str, missing: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    (folder / missing).unlink()
    if name == "meddra":
        shutil.rmtree(folder / "Chinese")
    stem = Path(missing).stem.partition("_Snapshot")[0]
    with pytest.raises(TerminologyError, match=rf"has no \S*{stem}.*; give "):
        read_terminology(name, folder)


@pytest.mark.parametrize("name", MAIN)
def test_file_that_is_cut_off_is_refused(name: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    whole = (folder / MAIN[name]).read_bytes()
    (folder / MAIN[name]).write_bytes(whole[:-20])
    with pytest.raises(TerminologyError, match=Path(MAIN[name]).name):
        read_terminology(name, folder)


@pytest.mark.parametrize("name", MAIN)
def test_zip_that_is_cut_off_is_refused(name: str, release: Callable[[str], Path]) -> None:
    packed = pack(release(name))
    packed.write_bytes(packed.read_bytes()[:-40])
    with pytest.raises(TerminologyError, match=packed.name):
        read_terminology(name, packed)


@pytest.mark.parametrize("name", ["umls", "rxnorm", "snomed", "loinc", "omop", "meddra"])
def test_file_in_another_encoding_is_refused(name: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    whole = (folder / MAIN[name]).read_bytes()
    (folder / MAIN[name]).write_bytes(whole + b"Sj\xf6gren" + whole)
    with pytest.raises(TerminologyError, match="in utf-8"):
        read_terminology(name, folder)


@pytest.mark.parametrize("name", ["snomed", "loinc", "omop", "meddra", "unii", "ndc"])
def test_row_that_is_there_twice_is_refused(name: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    lines = (folder / MAIN[name]).read_bytes().splitlines(keepends=True)
    (folder / MAIN[name]).write_bytes(b"".join([*lines, lines[-1]]))
    with pytest.raises(TerminologyError, match="there twice"):
        read_terminology(name, folder)


@pytest.mark.parametrize("name", ["snomed", "loinc", "omop", "unii", "ndc"])
def test_missing_column_is_named(name: str, release: Callable[[str], Path]) -> None:
    folder = release(name)
    text = (folder / MAIN[name]).read_bytes()
    first = text.split(b"\r\n")[0].split(b"\n")[0].replace(b'"', b"").replace(b",", b"\t").split(b"\t")[0]
    (folder / MAIN[name]).write_bytes(text.replace(first, b"other", 1))
    with pytest.raises(TerminologyError, match=rf"(?i)no column '{first.decode()}'"):
        read_terminology(name, folder)


@pytest.mark.parametrize(("name", "columns"), [("umls", 18), ("rxnorm", 18), ("meddra", 11)])
def test_broken_row_is_named_by_its_line(name: str, columns: int, release: Callable[[str], Path]) -> None:
    folder = release(name)
    lines = (folder / MAIN[name]).read_text(encoding="utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("|", "", 1).replace("$", "", 1)
    (folder / MAIN[name]).write_text("".join(lines), encoding="utf-8")
    with pytest.raises(TerminologyError, match=rf"line 2: {columns - 1} values, not {columns}"):
        read_terminology(name, folder)


def test_zip_with_a_password_is_refused(release: Callable[[str], Path]) -> None:
    packed = pack(release("meddra"))
    data = bytearray(packed.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    packed.write_bytes(data)
    with pytest.raises(TerminologyError, match="locked with a password"):
        read_terminology("meddra", packed)


def test_file_that_is_broken_within_a_zip_is_refused(release: Callable[[str], Path]) -> None:
    packed = pack(release("umls"))
    data = bytearray(packed.read_bytes())
    data[data.index(b"MRCONSO.RRF") + 30] ^= 0xFF
    packed.write_bytes(data)
    with pytest.raises(TerminologyError, match="cannot be read"):
        read_terminology("umls", packed)


def test_a_file_that_is_called_a_zip_and_is_none_is_told_as_such(tmp_path: Path) -> None:
    cut = tmp_path / "release.zip"
    cut.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(TerminologyError, match="it is no zip, or was cut short"):
        list(read_terminology("snomed", cut))
