"""`kg terminology`: what is wrong with a release is one sentence and an exit status, and nothing has changed."""

from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from kg_command import Kg
from ontologies.starter.sources import read_sources


@pytest.fixture
def bare(kg: Kg, tmp_path: Path, samples: Path) -> Kg:
    """The command with a home that has one small terminology of its own."""
    folder = tmp_path / "home" / "terminologies"
    folder.mkdir(parents=True)
    removed = [source.name for source in read_sources()]
    (folder / "added.json").write_bytes(orjson.dumps({"added": [], "removed": removed}))
    own = Kg(tmp_path / "home", kg.folder)
    own("terminology", "add", "mesh", samples / "terminologies" / "mesh.tsv")
    return own


@pytest.mark.parametrize(
    ("reader", "text", "wrong"),
    [
        ("tabel", "x", "unknown terminology 'tabel'; known are: atc"),
        ("table", "curie\tnaem\tkind\n", "no column 'name', only: curie, naem, kind"),
        ("table", "curie\tname\tkind\nlocal:1\n", "row 1 (local:1): 1 values under 3 columns; mend the row"),
        ("table", "curie\tname\tkind\nlocal:1\tx\tdrug\nlocal:1\ty\tdrug\n", "local:1 is there twice"),
        (
            "table",
            "curie\tname\tkind\tparents\nlocal:1\tx\tdrug\tlocal:2\nlocal:2\ty\tdrug\tlocal:1\n",
            "local:1 → local:2 → local:1",
        ),
        ("obo", "format-version: 1.2\n\n[Term]\nid: HP:1\nna\n", "no 'tag: value'"),
    ],
)
def test_wrong_release_is_one_sentence_and_changes_nothing(
    reader: str, text: str, wrong: str, bare: Kg, tmp_path: Path
) -> None:
    (tmp_path / "own.tsv").write_text(text, encoding="utf-8")
    before = bare("terminology", "list", "--json")
    done = bare.run("terminology", "add", reader, tmp_path / "own.tsv")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False)
    assert wrong in done.stderr and done.stderr.count("\n") == 1
    assert list(map(without_age, json.loads(bare("terminology", "list", "--json")))) == list(
        map(without_age, json.loads(before))
    )


def test_rows_of_a_mapping_set_that_cannot_be_taken_are_named_and_left_out(bare: Kg, tmp_path: Path) -> None:
    head = "subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\n"
    rows = [
        ("MONDO:1", "one", "skos:exactMatch", "DOID:1"),
        ("MONDO:1", "one", "skos:broadMatch", "DOID:2"),
        ("DOID:2", "two", "skos:broadMatch", "MONDO:1"),
        ("MONDO:1", "one", "skos:fooMatch", "DOID:3"),
        ("mesh:D999999", "no such", "skos:exactMatch", "MONDO:1"),
    ]
    lines = ["\t".join([*row, "semapv:ManualMappingCuration"]) for row in rows]
    (tmp_path / "set.sssom.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    done = bare.run("terminology", "add", "sssom", tmp_path / "set.sssom.tsv", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)[0]["concepts"] == 1
    for told in ("row 3 left out: DOID:2 under MONDO:1 under DOID:2", "row 4 left out: the predicate 'skos:fooMatch'"):
        assert told in done.stderr
    assert "row 5 left out: no terminology here has mesh:D999999" in done.stderr and "3 rows of" in done.stderr


def without_age(entry: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in entry.items() if key != "age_days"}


def test_terminology_is_shown_with_what_it_holds(bare: Kg) -> None:
    entry = json.loads(bare("terminology", "show", "mesh", "--json"))
    assert (entry["concepts"], entry["kinds"]) == (4, {"disease": 2, "finding": 1, "other": 1})
    assert "courtesy" not in bare("terminology", "show", "mesh")
    assert "known are: mesh" in bare.run("terminology", "show", "hpo").stderr


def test_every_reader_is_listed_and_told(bare: Kg) -> None:
    readers = json.loads(bare("terminology", "readers", "--json"))
    assert {"owl", "sssom", "table", "mesh", "icd9cm3", "snomed"} <= readers.keys()
    assert all(len(text) > 30 for text in readers.values())
    assert "columns" in bare("terminology", "readers", "table")
