"""A registry table is filled by its schema, each cell with what is behind it."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from pyarrow import parquet

from extractors.events import Coding, Event, EventKind, Note, Person, Row, Value
from extractors.model import Assertion, Section
from kg.records import open_records
from kg.records.aligning import Aligner
from kg.records.store import RecordStore
from kg.registry.build import Record, build_registry
from kg.registry.cells import Cell
from kg.registry.schema import Schema, SchemaError, read_schema
from kg.registry.write import write_registry
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

CONCEPTS = [
    Concept("mesh:D003920", "diabetes", Kind.DISEASE),
    Concept("mesh:D003924", "type 2 diabetes", Kind.DISEASE, parents=("mesh:D003920",)),
    Concept("mesh:D006973", "hypertension", Kind.DISEASE),
    Concept("loinc:4548-4", "HbA1c", Kind.TEST),
    Concept("rxnorm:6809", "metformin", Kind.DRUG),
]
KINDS = {"mesh": EventKind.CONDITION, "loinc": EventKind.TEST, "rxnorm": EventKind.MEDICATION}
NOTE = "主诉: 多饮\n个人史: 吸烟20年，每日一包\n"
SCHEMA = """
[registry]
name = "diabetes"
[cohort]
concepts = ["diabetes"]
[[field]]
name = "hba1c_last"
concepts = ["loinc:4548-4"]
unit = "%"
convert = { "fraction" = 100 }
[[field]]
name = "hba1c_worst"
concepts = ["HbA1c"]
which = "worst"
unit = "%"
[[field]]
name = "hypertension"
concepts = ["hypertension"]
take = "yes_no"
[[field]]
name = "metformin_start"
concepts = ["metformin"]
take = "date"
which = "first"
[[field]]
name = "metformin_days"
concepts = ["metformin"]
take = "days"
which = "first"
[[field]]
name = "tests_first_year"
concepts = ["HbA1c"]
take = "count"
within = [0, 365]
[[field]]
name = "smoking"
section = "个人史"
pattern = '吸烟(\\d+)年'
unit = "a"
"""


def event(number: int, curie: str, day: str, value: Value | None = None, said: Assertion = Assertion.PRESENT) -> Event:
    concept = next(each for each in CONCEPTS if each.curie == curie)
    kind = KINDS[curie.partition(":")[0]]
    return Event(f"e{number}", "p1", kind, concept.name, (Coding(curie, "", curie),), day, value=value, assertion=said)


ROWS: list[Row] = [
    Person("p1", sex="male", birth="1960"),
    event(1, "mesh:D003924", "2020-03-01"),
    event(2, "loinc:4548-4", "2020-03-02", Value(9.5, "%", high=6.5)),
    event(3, "loinc:4548-4", "2020-09-01", Value(7.0, "%", high=6.5)),
    event(4, "loinc:4548-4", "2022-01-05", Value(0.062, "fraction")),
    event(5, "loinc:4548-4", "2022-02-05", Value(44, "mmol/mol")),
    event(6, "mesh:D006973", "2020-03-01", said=Assertion.NEGATED),
    event(7, "mesh:D006973", "2021-03-01"),
    event(8, "rxnorm:6809", "2020-03-11"),
    Note("n1", "p1", NOTE, sections=(Section("", "主诉", 0, 7), Section("", "个人史", 7, len(NOTE))), language="zh"),
    Person("p2"),
    Event("x1", "p2", EventKind.CONDITION, "hypertension", (Coding("mesh:D006973", "", "x"),), "2020-01-01"),
]


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.of(CONCEPTS)


@pytest.fixture
def records(tmp_path: Path, lexicon: Lexicon) -> Iterator[RecordStore]:
    with open_records(tmp_path / "records", key=None, mode="create") as store:
        store.start_writing(key=b"k" * 32, align=Aligner(lexicon))
        store.put(ROWS)
        yield store


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    (tmp_path / "schema.toml").write_text(SCHEMA, encoding="utf-8")
    return read_schema(tmp_path / "schema.toml")


@pytest.fixture
def record(records: RecordStore, schema: Schema, lexicon: Lexicon) -> Record:
    (only,) = build_registry(records, schema, lexicon)
    return only


def cell(record: Record, name: str) -> Cell:
    return next(each for each in record.cells if each.field == name)


@pytest.mark.parametrize(
    ("name", "value", "date"),
    [
        ("hba1c_last", "6.2", "2022-01-05"),
        ("hba1c_worst", "9.5", "2020-03-02"),
        ("hypertension", "yes", "2021-03-01"),
        ("metformin_start", "2020-03-11", "2020-03-11"),
        ("metformin_days", "10", "2020-03-11"),
        ("tests_first_year", "2", ""),
        ("smoking", "20", ""),
    ],
)
def test_a_field_is_filled_by_its_rule(record: Record, name: str, value: str, date: str) -> None:
    found = cell(record, name)
    assert (found.value, found.date) == (value, date)
    assert found.behind


def test_the_cohort_is_who_has_the_concept_or_one_below_it(record: Record) -> None:
    assert (record.patient.sex, record.entry) == ("male", "2020-03-01")


def test_what_cannot_be_converted_and_what_contradicts_is_for_review(record: Record) -> None:
    assert cell(record, "hba1c_last").problems == ("1 without a value in % left out",)
    assert cell(record, "hypertension").problems == ("the record says no and yes",)


def test_the_range_of_a_note_behind_a_cell_is_quoted(record: Record) -> None:
    (behind,) = cell(record, "smoking").behind
    assert NOTE[behind.start : behind.end] == "吸烟20年"
    assert "吸烟20年" in behind.quote


def test_a_cell_grounded_by_a_code_waits_for_nobody_and_one_of_words_alone_does(
    tmp_path: Path, lexicon: Lexicon, schema: Schema
) -> None:
    without = Lexicon.of([concept for concept in CONCEPTS if not concept.curie.startswith("loinc")])
    words = "\n[[field]]\nname = 'itch'\nconcepts = ['local:disease/odd_itch']\ntake = 'date'\n"
    (tmp_path / "s.toml").write_text(SCHEMA.replace('["HbA1c"]', '["loinc:4548-4"]') + words, encoding="utf-8")
    with open_records(tmp_path / "others", key=None, mode="create") as store:
        store.start_writing(key=b"k" * 32, align=Aligner(without))
        store.put([*ROWS, Event("e9", "p1", EventKind.CONDITION, "odd itch", (), "2020-03-05")])
        (record,) = build_registry(store, read_schema(tmp_path / "s.toml"), without)
    worst = cell(record, "hba1c_worst")
    assert (worst.grounding, worst.problems) == ("code", ("2 without a value in % left out",))
    assert cell(record, "metformin_start").grounding == "concept"
    assert cell(record, "itch").grounding == "waiting"
    assert cell(record, "itch").problems == ("its concept waits for a curator",)


def test_only_what_stands_in_a_note_has_a_place_in_a_text(
    records: RecordStore, schema: Schema, lexicon: Lexicon, tmp_path: Path
) -> None:
    write_registry(tmp_path / "out", schema, build_registry(records, schema, lexicon))
    lines = [orjson.loads(line) for line in (tmp_path / "out" / "cells.jsonl").read_bytes().splitlines()]
    places = {
        (behind["is_note"], behind["start"] is None, behind["end"] is None)
        for line in lines
        for behind in line["behind"]
    }
    assert places == {(True, False, False), (False, True, True)}


def test_the_files_hold_the_same_table_and_are_for_their_owner_only(
    records: RecordStore, schema: Schema, lexicon: Lexicon, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    coverage = write_registry(out, schema, build_registry(records, schema, lexicon))
    assert (coverage.patients, coverage.filled["smoking"], coverage.doubtful["hypertension"]) == (1, 1, 1)
    with (out / "table.csv").open(encoding="utf-8-sig", newline="") as stream:
        (line,) = csv.DictReader(stream)
    (row,) = parquet.read_table(out / "table.parquet").to_pylist()
    assert {name: str(value or "") for name, value in row.items()} == line
    assert row["metformin_days"] == 10
    response = orjson.loads((out / "responses.ndjson").read_bytes())
    answers = {item["linkId"]: item["answer"][0] for item in response["item"]}
    assert answers["hba1c_last"] == {"valueQuantity": {"value": 6.2, "unit": "%"}}
    form = orjson.loads((out / "questionnaire.json").read_bytes())
    assert {item["linkId"]: item["type"] for item in form["item"]}["metformin_start"] == "date"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in out.iterdir())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[cohort]\nconcepts=["diabetes"]\n', "field is missing"),
        ('[cohort]\nconcepts=["diabetes"]\n[[field]]\nname="a"\n', "either concepts or a section"),
        ('[cohort]\nconcepts=["diabetes"]\n[[field]]\nname="a"\nconcepts=["x"]\ntake="all"\n', "'all' is not one of"),
        ('[cohort]\nconcepts=["diabetes"]\n[[field]]\nname="a"\nsection="x"\npattern="("\n', "no regular expression"),
        ('[cohort]\nconcepts="diabetes"\n[[field]]\nname="a"\nconcepts=["x"]\n', "must be a list"),
        ('[cohort]\nconcepts=["diabetes"]\n[[field]]\nnome="a"\nconcepts=["x"]\n', "name is missing"),
        ("[cohort\n", "cannot be read"),
        (SCHEMA.replace('name = "diabetes"', 'name = "Maria Ruiz"', 1), "no spaces; call the registry by its disease"),
        (SCHEMA.replace('name = "diabetes"', 'name = "MariaRuiz"', 1), "may point at a person"),
        (SCHEMA.replace('name = "diabetes"', "name = 7", 1), "must be a text"),
    ],
)
def test_a_wrong_schema_is_one_sentence_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match=told):
        read_schema(tmp_path / "s.toml")


def test_a_registry_that_is_called_by_its_file_is_checked_too(tmp_path: Path) -> None:
    text = SCHEMA.replace('name = "diabetes"\n', "", 1)
    for name in ("heart", "Maria Ruiz"):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    assert read_schema(tmp_path / "heart.toml").name == "heart"
    with pytest.raises(SchemaError, match="that of the file where none is given"):
        read_schema(tmp_path / "Maria Ruiz.toml")


def test_a_name_without_a_concept_is_told_before_anything_is_read(
    records: RecordStore, tmp_path: Path, lexicon: Lexicon
) -> None:
    text = SCHEMA.replace('concepts = ["hypertension"]', 'concepts = ["hyperfoo"]')
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match="field hypertension: no concept is called 'hyperfoo'"):
        build_registry(records, read_schema(tmp_path / "s.toml"), lexicon)
