"""What every reader of a terminology must do, asked of each with its sample."""

from __future__ import annotations

import gzip
import pkgutil
import shutil
from pathlib import Path

import pytest

import ontologies.terminologies
from ontologies.errors import TerminologyError, UnknownNameError
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.releases import copy_release
from ontologies.terminologies import get_terminology, read_terminology, terminology_names, wanted_files

SAMPLES = Path(__file__).parent.parent / "samples" / "terminologies"
NAMES = terminology_names()
FILES = [name for name in NAMES if any(path.is_file() for path in SAMPLES.glob(f"{name}.*"))]


def find_sample(name: str) -> Path:
    return next(path for path in sorted(SAMPLES.iterdir()) if path.name.split(".")[0] == name)


@pytest.mark.parametrize("name", NAMES)
def test_each_terminology_has_a_sample(name: str) -> None:
    assert find_sample(name).exists()


def test_each_module_that_reads_a_terminology_is_found() -> None:
    modules = {info.name for info in pkgutil.iter_modules(ontologies.terminologies.__path__)}
    assert {name.replace("-", "_") for name in NAMES} == modules


@pytest.mark.parametrize("name", NAMES)
def test_info_names_version_licence_and_source(name: str) -> None:
    info = get_terminology(name).read_info(find_sample(name))
    assert info.name and info.title and info.version and info.licence and info.source


@pytest.mark.parametrize("name", NAMES)
def test_concepts_are_whole_and_each_is_there_once(name: str) -> None:
    _, concepts = read_terminology(name, find_sample(name))
    curies = [concept.curie for concept in concepts]
    assert len(set(curies)) == len(curies) >= 2
    for concept in concepts:
        assert concept.name.strip() and isinstance(concept.kind, Kind) and ":" in concept.curie
        assert all(":" in curie for curie in concept.parents + concept.xrefs)


@pytest.mark.parametrize("name", NAMES)
def test_parents_are_concepts_of_the_same_release(name: str) -> None:
    _, concepts = read_terminology(name, find_sample(name))
    curies = {concept.curie for concept in concepts}
    assert all(parent in curies for concept in concepts for parent in concept.parents)


@pytest.mark.parametrize("name", NAMES)
def test_each_preferred_name_finds_its_concept(name: str) -> None:
    _, concepts = read_terminology(name, find_sample(name))
    lexicon = Lexicon.of(concepts)
    for concept in concepts:
        if not concept.deprecated:
            assert lexicon.canonical(concept.curie) in {match.curie for match in lexicon.find(concept.name)}


@pytest.mark.parametrize("name", NAMES)
def test_reading_twice_gives_the_same(name: str) -> None:
    assert read_terminology(name, find_sample(name)) == read_terminology(name, find_sample(name))


@pytest.mark.parametrize("name", FILES)
def test_gzipped_file_reads_as_the_plain_one(name: str, tmp_path: Path) -> None:
    sample = find_sample(name)
    packed = tmp_path / f"{sample.name}.gz"
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    assert read_terminology(name, packed)[1] == read_terminology(name, sample)[1]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in FILES])
def test_the_wanted_files_of_a_folder_are_enough(name: str, tmp_path: Path) -> None:
    folder = find_sample(name)
    shutil.copytree(folder, tmp_path / "all")
    (tmp_path / "all" / "MRSAT.RRF.pdf").write_bytes(b"of no use")
    copy_release(tmp_path / "all", tmp_path / "copy", wanted_files(name))
    assert read_terminology(name, tmp_path / "copy")[1] == read_terminology(name, folder)[1]
    assert (tmp_path / "copy" / "MRSAT.RRF.pdf").exists() == (wanted_files(name) == ("*",))


@pytest.mark.parametrize("name", NAMES)
def test_file_that_is_not_there_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="nowhere"):
        read_terminology(name, tmp_path / "nowhere")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content", [b"", b"hello\nworld\n", b"\xff\xfe\x00broken", b"\x1f\x8b\x08broken", b"<a><b></a>"]
)
def test_file_of_another_sort_is_refused_by_its_name(name: str, content: bytes, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.tsv"
    wrong.write_bytes(content)
    with pytest.raises(TerminologyError, match="wrong"):
        read_terminology(name, wrong)


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("obo", "owl", "sssom")])
def test_row_that_is_there_twice_is_refused(name: str, tmp_path: Path) -> None:
    sample = find_sample(name)
    double = tmp_path / sample.name
    lines = sample.read_text(encoding="utf-8").splitlines(keepends=True)
    double.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    with pytest.raises(TerminologyError, match="twice"):
        read_terminology(name, double)


@pytest.mark.parametrize("name", ["drugs", "mesh", "table", "icd10cm", "drugbank"])
def test_broken_row_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tsv"
    broken.write_text(find_sample(name).read_text(encoding="utf-8") + "only one value\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match=r"row \d+ \(only one value\)"):
        read_terminology(name, broken)


@pytest.mark.parametrize("name", ["drugs", "mesh", "table", "icd10cm", "icd10-cn", "drugbank"])
def test_missing_column_is_named(name: str, tmp_path: Path) -> None:
    lines = find_sample(name).read_text(encoding="utf-8").splitlines(keepends=True)
    head = next(line for line in lines if not line.startswith("#"))
    first = head.replace(",", "\t").split("\t")[0]
    broken = tmp_path / "broken.tsv"
    broken.write_text("".join(line.replace(first, "other", 1) for line in lines), encoding="utf-8")
    with pytest.raises(TerminologyError, match=f"no column '{first}'"):
        read_terminology(name, broken)


def test_unknown_terminology_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'snomet'.*hpo.*rxnorm"):
        get_terminology("snomet")


def test_folder_without_the_file_is_refused(tmp_path: Path) -> None:
    for name in ("hpo", "rxnorm"):
        with pytest.raises(TerminologyError, match=str(tmp_path.name)):
            read_terminology(name, tmp_path)


def test_release_of_rxnorm_cut_off_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "rxnorm"
    shutil.copytree(SAMPLES / "rxnorm", folder)
    names = (folder / "RXNCONSO.RRF").read_text(encoding="utf-8")
    (folder / "RXNCONSO.RRF").write_text(names[:-20], encoding="utf-8")
    with pytest.raises(TerminologyError, match="is it whole"):
        read_terminology("rxnorm", folder)
