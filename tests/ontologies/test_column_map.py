"""Somebody's table is read by a map of its columns, and what the map gets wrong is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Synonym
from ontologies.registry import add_terminology, open_lexicon
from ontologies.terminologies import get_terminology, read_terminology


@pytest.fixture
def table(samples: Path) -> Path:
    return samples / "terminologies" / "more" / "column-map.csv"


def read(path: Path) -> list[Concept]:
    return read_terminology("table", path)[1]


def write(folder: Path, text: str) -> Path:
    (folder / "own.tsv").write_text(text, encoding="utf-8")
    return folder / "own.tsv"


def test_map_beside_the_file_says_what_each_column_holds(table: Path) -> None:
    first, second = read(table)
    assert first == Concept(
        "local:1",
        "样品药",
        Kind.DRUG,
        "zh",
        (Synonym("samplamine"), Synonym("样品胺", language="zh"), Synonym("样品安", language="zh")),
        xrefs=("umls:C9000001",),
    )
    assert (second.parents, second.xrefs) == (("local:1",), ("umls:C9000002", "umls:C9000003"))


def test_map_beside_the_file_says_what_the_table_is(table: Path) -> None:
    info = get_terminology("table").read_info(table)
    assert (info.name, info.prefix, info.version, info.licence) == ("own-drugs", "local", "2099", "CC0 1.0")


def test_map_goes_with_the_table_that_is_added(table: Path, bare_home: Path) -> None:
    assert add_terminology("table", table, home=bare_home).info.name == "own-drugs"
    assert open_lexicon(home=bare_home).find("samplamine sodium")[0].curie == "local:2"


def test_map_in_the_head_needs_no_file_beside(tmp_path: Path) -> None:
    head = "# prefix: local\n# kind: disease\n# columns: curie=id, name=label\n"
    (one,) = read(write(tmp_path, f"{head}id\tlabel\tsynonyms\n1\tsampleosis\tsample disease\n"))
    assert (one.curie, one.kind, one.synonyms) == ("local:1", Kind.DISEASE, (Synonym("sample disease"),))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("# columns: curie=id, name=label\nid\tkind\n", "no column 'label', only: id, kind"),
        ("# columns: code=id\nid\n", "unknown column 'code' in the map; known are: curie, name, kind"),
        ("# columns: curie\nid\n", "'curie' is no map of columns; write: # columns: curie=CODE"),
        ("curie\tname\tkind\nlocal:1\tx\tmedicine\n", "'medicine' is no kind; give one of drug, drug_class"),
        ("curie\tname\tkind\nnowhere:1\tx\tdrug\n", "prefix in 'nowhere:1'; known are: .*; give .* the prefix local"),
        ("curie\tname\tkind\n17\tx\tdrug\n", "prefix in '17'; known are"),
        ("curie\tname\tkind\nlocal:1\tx\tdrug\nlocal:1\ty\tdrug\n", "local:1 is there twice"),
        ("curie\tname\tkind\nlocal:1\t\tdrug\n", "local:1 has no name"),
        ("curie\tname\tkind\nlocal:1\tx\n", r"row 1 \(local:1\|x\): 2 values under 3 columns"),
    ],
)
def test_what_is_wrong_is_told(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match=wrong):
        read(write(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("columns = [", r"own\.toml cannot be read"),
        ("colums = {}", r"own\.toml: unknown key 'colums'; known are: name"),
        ("columns = 3", r"own\.toml: columns must be a table of strings"),
        ("columns = { code = 'id' }", "unknown column 'code' in the map"),
    ],
)
def test_map_beside_that_is_wrong_is_told(text: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TerminologyError, match=wrong):
        read(write(tmp_path, "curie\tname\tkind\nlocal:1\tx\tdrug\n"))
