"""Mapping sets in SSSOM: what the head says, what each row says, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.sssom import MappingRow, read_mappings, read_metadata

HEAD = """\
# curie_map:
#   DISEASE: http://purl.obolibrary.org/obo/MONDO_
#   OWN: https://example.org/own/
# creator_id:
#   - orcid:0000-0001
#   - orcid:0000-0002
# license: https://creativecommons.org/publicdomain/zero/1.0/
# mapping_set_description: "Written for the tests: nothing in it is true"
# mapping_date: 2026-01-02
"""
COLUMNS = ["subject_id", "subject_label", "predicate_modifier", "predicate_id"]
COLUMNS += ["object_id", "mapping_justification", "confidence"]
CURATED = "semapv:ManualMappingCuration"


def write(folder: Path, *rows: str, head: str = HEAD, columns: list[str] = COLUMNS) -> Path:
    path = folder / "own.sssom.tsv"
    lines = ["\t".join(columns), *(row.replace(";", "\t") for row in rows)]
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(folder: Path, *rows: str) -> list[MappingRow]:
    return list(read_mappings(write(folder, *rows)))


def test_head_gives_scalars_lists_and_the_map_of_prefixes(tmp_path: Path) -> None:
    metadata = read_metadata(write(tmp_path))
    assert metadata["mapping_set_description"] == "Written for the tests: nothing in it is true"
    assert metadata["creator_id"] == ["orcid:0000-0001", "orcid:0000-0002"]
    curie_map = metadata["curie_map"]
    assert isinstance(curie_map, dict) and curie_map["OWN"] == "https://example.org/own/"


def test_head_without_blanks_and_with_text_over_two_lines_is_read(tmp_path: Path) -> None:
    head = "#curie_map:\n#  HP: http://x/HP_\n#comment: one\n#  two\n#creator_id:\n#- orcid:1\n"
    metadata = read_metadata(write(tmp_path, head=head))
    assert metadata == {"curie_map": {"HP": "http://x/HP_"}, "comment": "one two", "creator_id": ["orcid:1"]}


def test_metadata_may_lie_beside(tmp_path: Path) -> None:
    path = write(tmp_path, f"HP:1;a;;skos:exactMatch;mesh:D1;{CURATED};", head="")
    path.with_suffix(".yml").write_text("# by hand\nlicense: CC0\nmapping_date: 2026-05-05\n", encoding="utf-8")
    assert read_metadata(path)["license"] == "CC0"
    assert next(read_mappings(path)).mapping_date == "2026-05-05"


def test_identifiers_are_written_as_medkg_writes_them(tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"DISEASE:0000001;x;;http://www.w3.org/2004/02/skos/core#exactMatch;MSH:D1;{CURATED};0.9")
    assert (row.subject_id, row.predicate_id, row.object_id) == ("MONDO:0000001", "skos:exactMatch", "mesh:D1")
    assert (row.confidence, row.mapping_date) == (0.9, "2026-01-02")


def test_identifier_of_an_unknown_vocabulary_stays(tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"OWN:1;x;;skos:exactMatch;elsewhere:2;{CURATED};")
    assert (row.subject_id, row.object_id) == ("OWN:1", "elsewhere:2")


@pytest.mark.parametrize(
    ("modifier", "predicate", "target", "same"),
    [
        ("", "skos:exactMatch", "mesh:D1", True),
        ("", "owl:equivalentClass", "mesh:D1", True),
        ("Not", "skos:exactMatch", "mesh:D1", False),
        ("", "skos:broadMatch", "mesh:D1", False),
        ("", "skos:closeMatch", "mesh:D1", False),
        ("", "oboInOwl:hasDbXref", "mesh:D1", False),
        ("", "skos:exactMatch", "sssom:NoTermFound", False),
    ],
)
def test_only_exact_mappings_make_one_of_two(
    modifier: str, predicate: str, target: str, same: bool, tmp_path: Path
) -> None:
    (row,) = read(tmp_path, f"HP:1;x;{modifier};{predicate};{target};{CURATED};")
    assert row.says_same is same


def test_literal_has_a_label_and_no_id(tmp_path: Path) -> None:
    columns = [*COLUMNS, "subject_type"]
    path = write(tmp_path, f";heart attack;;skos:exactMatch;mesh:D1;{CURATED};;rdfs literal", columns=columns)
    (row,) = read_mappings(path)
    assert (row.subject_id, row.subject_label, row.says_same) == ("", "heart attack", False)


def test_further_columns_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path, f"HP:1;x;;skos:exactMatch;mesh:D1;{CURATED};;yes", columns=[*COLUMNS, "seen"])
    assert next(read_mappings(path)).more == {"seen": "yes"}


def test_commas_and_gzip_are_read(tmp_path: Path) -> None:
    text = write(tmp_path, f'HP:1;"x, y";;skos:exactMatch;mesh:D1;{CURATED};').read_text(encoding="utf-8")
    packed = tmp_path / "own.sssom.csv.gz"
    packed.write_bytes(gzip.compress(text.replace("\t", ",").encode()))
    assert next(read_mappings(packed)).subject_label == "x, y"


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (f";x;;skos:exactMatch;mesh:D1;{CURATED};", "row 1: '' is no subject_id"),
        (f"HP:1;x;;skos:exactMatch;Fever;{CURATED};", "row 1: 'Fever' is no object_id"),
        (f"HP:1;x;;skos:exactMatch;mesh:D1;{CURATED};1.5", "'1.5' is no confidence between 0 and 1"),
        (f"HP:1;x;;skos:exactMatch;mesh:D1;{CURATED};high", "row 1: could not convert"),
        (f"HP:1;x;no;skos:exactMatch;mesh:D1;{CURATED};", "'no' is no predicate_modifier"),
        ("HP:1;x", r"row 1 \(HP:1\|x\): 2 values under 7 columns"),
    ],
)
def test_broken_row_is_refused_with_its_place(row: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match=wrong):
        read(tmp_path, row)


def test_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="no column 'object_id'"):
        list(read_mappings(write(tmp_path, columns=["subject_id", "predicate_id"])))


def test_head_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match="'hello you' in its head"):
        read_metadata(write(tmp_path, head="# hello you\n"))
