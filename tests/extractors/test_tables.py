"""Tables are read alike from CSV of any dialect, Parquet and DuckDB, and say where they cannot be read."""

from __future__ import annotations

import gzip
import traceback
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from extractors.errors import UnreadableError
from extractors.events import Refused
from extractors.places import Place, iter_places
from extractors.sources import find_record_source
from extractors.table_rows import RowError, find_bound, find_key, find_needed, find_number, find_time
from extractors.table_stream import Watched
from extractors.tables import Table, find_tables
from read_rows import read_all

PLANTED = "Mildred-Planted-7731"
SAMPLE = Path(__file__).parent.parent / "samples" / "records" / "omop" / "cdm54"


def _table(folder: Path, name: str = "person") -> Table:
    place = next(iter_places([folder], lambda place: True))
    return find_tables(place, [name])[name]


def _cells(table: Table, *columns: str) -> list[tuple[str, ...]]:
    return [row[1] for row in table.rows(columns) if not isinstance(row, Refused)]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_capitals_and_line_ends_do_not_count(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = ["Person_ID ", "GENDER", "note"], ["1", "F", '"a, b"'], ["2", "M", '"x\n""y"""']
    text = end.join(delimiter.join(line) for line in lines) + end
    (tmp_path / "PERSON.CSV").write_text("﻿" + text, encoding="utf-8", newline="")
    assert _cells(_table(tmp_path), "person_id", "note", "gender") == [("1", "a, b", "F"), ("2", 'x\n"y"', "M")]


def test_quotation_marks_of_a_table_that_quotes_nothing_are_text(tmp_path: Path) -> None:
    (tmp_path / "concept.csv").write_text('concept_id\tconcept_name\n1\t"5 French" tube\n2\tan inch: 1"\n')
    assert _cells(_table(tmp_path, "concept"), "concept_id", "concept_name") == [
        ("1", '"5 French" tube'),
        ("2", 'an inch: 1"'),
    ]


def test_words_for_nothing_are_nothing_and_a_missing_column_is_empty(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text("person_id,sex\n1,NULL\n2,\\N\n3,\n")
    assert _cells(_table(tmp_path), "person_id", "sex", "birth") == [("1", "", ""), ("2", "", ""), ("3", "", "")]


def test_rows_of_another_width_are_refused_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text(f"person_id,sex\n1,F\n2\n\n3,M,{PLANTED}\n4,F\n5,M,x\n")
    rows = list(_table(tmp_path).rows(["person_id"]))
    assert [row.locator.rpartition("/")[2] if isinstance(row, Refused) else row for row in rows] == [
        (2, ("1",)), "person.csv, row 3", "person.csv, row 4", (5, ("4",)), "person.csv, row 6",
    ]  # fmt: skip
    assert PLANTED not in repr([row for row in rows if isinstance(row, Refused)])


def test_a_row_that_is_not_utf8_is_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_bytes(b"person_id,name\n1,Ann\n2,Mar\xeda\n3,Jos\xc3\xa9\n")
    rows = list(_table(tmp_path).rows(["person_id", "name"]))
    assert rows[0] == (2, ("1", "Ann"))
    assert rows[1] == Refused(f"{tmp_path}/person.csv, row 3", "is not UTF-8")
    assert rows[2] == (4, ("3", "José"))


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_row_that_is_wrong_in_two_ways_is_told_by_its_number_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], delimiter: str
) -> None:
    lines = ["person_id,name", "1,Ann", "2,Mildred\udcff,Planted", "3,Mildred\udcfe", "4,\ufffd病历", "5\udcff", "6,Bo"]
    text = "\n".join(lines).replace(",", delimiter)
    (tmp_path / "person.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    where = f"{tmp_path}/person.csv, row"
    assert sorted(_table(tmp_path).rows(["person_id", "name"]), key=str) == [
        (2, ("1", "Ann")),
        (5, ("4", "\ufffd病历")),
        (7, ("6", "Bo")),
        Refused(f"{where} 3", "has another number of columns than the header"),
        Refused(f"{where} 4", "is not UTF-8"),
        Refused(f"{where} 6", "has another number of columns than the header"),
    ]
    said = capfd.readouterr()
    assert said.out + said.err == ""


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_a_stream_in_pieces_is_the_same_text(size: int) -> None:
    """Characters are cut anywhere, and what stands for a damaged byte is longer than it."""
    whole = "病历,é,😀,\ufffd\n".encode()
    for raw, read in ((whole, whole.decode()), (b"\xe7\x97" + whole + b"\xe7", f"\uffff\uffff{whole.decode()}\uffff")):
        stream = Watched(BytesIO(raw), quoted=False)
        pieces = iter(partial(stream.read, size), b"")
        assert b"".join(pieces).decode() == read
        assert stream.damaged == (raw != whole)


def test_a_file_that_is_cut_off_is_refused_after_what_could_be_read(tmp_path: Path) -> None:
    text = "person_id,name\n" + "".join(f"{number},name {number * 7919}\n" for number in range(200_000))
    packed = gzip.compress(text.encode())
    (tmp_path / "person.csv.gz").write_bytes(packed[: len(packed) // 2])
    *_, last = _table(tmp_path).rows(["person_id"])
    assert isinstance(last, Refused)


@pytest.mark.parametrize("times", [1, 8_000_000])
def test_a_quotation_mark_that_is_never_closed_is_refused(tmp_path: Path, times: int) -> None:
    (tmp_path / "person.csv").write_text('person_id,name\n1,"' + "x,y\n" * times)
    *_, last = _table(tmp_path).rows(["person_id"])
    assert isinstance(last, Refused)
    assert "a quotation mark is never closed" in last.reason


def test_zip_gzip_parquet_and_duckdb_give_the_rows_of_the_csv(tmp_path: Path) -> None:
    folder = tmp_path / "as"
    made = _make_zip(folder / "zip"), _make_gzip(folder / "gzip"), _make_parquet(folder / "parquet")
    rows = read_all(SAMPLE)
    assert len(rows) > 20
    for other in (*made, _make_zip_of(made[2], folder / "parquet-zip")):
        assert read_all(other) == rows, other.name
    pytest.importorskip("duckdb", reason="needs duckdb: pip install 'medkg[records]'")
    assert read_all(_make_duckdb(folder / "omop.duckdb")) == rows


@pytest.mark.parametrize("sample", ["mimic/mimic3", "eicu/unit"])
def test_other_layouts_are_read_from_duckdb_too(tmp_path: Path, sample: str) -> None:
    pytest.importorskip("duckdb", reason="needs duckdb: pip install 'medkg[records]'")
    source = SAMPLE.parent.parent / sample
    assert read_all(_make_duckdb(tmp_path / "records.duckdb", source)) == read_all(source)


def _make_zip(folder: Path) -> Path:
    return _make_zip_of(SAMPLE, folder)


def _make_zip_of(source: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "omop.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(source.iterdir()):
            archive.write(file, f"export/{file.name}")
    return folder


def _make_gzip(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for file in SAMPLE.iterdir():
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    return folder


def _make_parquet(folder: Path) -> Path:
    from pyarrow import csv, parquet

    folder.mkdir(parents=True)
    for file in sorted(SAMPLE.iterdir()):
        tabbed = file.name == "CONCEPT.csv"
        options = csv.ParseOptions(
            delimiter="\t" if tabbed else ",", quote_char=False if tabbed else '"', newlines_in_values=not tabbed
        )
        as_text = csv.ConvertOptions(column_types={"zip": "string"})
        table = csv.read_csv(file, parse_options=options, convert_options=as_text)
        parquet.write_table(table, folder / f"{file.stem.lower()}.parquet", row_group_size=2)
    return folder


def _make_duckdb(path: Path, source: Path = SAMPLE) -> Path:
    import duckdb

    with duckdb.connect(str(path)) as connection:
        for file in sorted(source.iterdir()):
            dialect = "delim='\t', quote=''" if file.name == "CONCEPT.csv" else "delim=','"
            reader = f"read_csv('{file}', header=true, all_varchar=true, {dialect})"
            connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM {reader}")
    return path


def test_a_table_without_a_needed_column_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    (tmp_path / "drug_exposure.csv").write_text(f"drug_exposure_id,person_id\n1,{PLANTED}\n")
    with pytest.raises(
        UnreadableError, match=r"drug_exposure\.csv: has no column drug_concept_id, .*leave the table out"
    ):
        read_all(tmp_path)


@pytest.mark.parametrize(
    ("table", "columns", "wanted"),
    [
        ("visit_occurrence", "person_id", "PERSON"),
        ("admissions", "subject_id", "PATIENTS"),
        ("diagnosis", "patientunitstayid", "patient"),
    ],
)
def test_tables_without_their_patients_are_named_with_the_remedy(
    tmp_path: Path, table: str, columns: str, wanted: str
) -> None:
    (tmp_path / f"{table}.csv").write_text(f"{columns}\n{PLANTED}\n")
    with pytest.raises(UnreadableError, match=rf"but no {wanted}; put .* in one folder") as raised:
        read_all(tmp_path)
    assert PLANTED not in "".join(traceback.format_exception(raised.value))


def test_what_is_no_parquet_and_no_duckdb_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "person.parquet").write_bytes(b"PAR1" + PLANTED.encode())
    with pytest.raises(UnreadableError, match="is no whole Parquet file") as raised:
        read_all(tmp_path)
    assert PLANTED not in "".join(traceback.format_exception(raised.value))
    pytest.importorskip("duckdb", reason="needs duckdb: pip install 'medkg[records]'")
    lone = tmp_path / "lone"
    lone.mkdir()
    (lone / "omop.duckdb").write_bytes(b"\0" * 8 + b"DUCK" + PLANTED.encode() * 1000)
    with pytest.raises(UnreadableError, match="DuckDB cannot open it") as raised:
        read_all(lone)
    assert PLANTED not in "".join(traceback.format_exception(raised.value))


def test_a_table_alone_is_not_claimed() -> None:
    place = next(iter_places([SAMPLE / "PERSON.csv"], lambda place: False))
    assert isinstance(place, Place)
    assert find_record_source(place) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("2019-03-07", "2019-03-07"),
        ("20190307", "2019-03-07"),
        ("2019-03-07 00:00:00", "2019-03-07"),
        ("2019-03-07 14:30", "2019-03-07T14:30:00"),
        ("2019-03-07T14:30:05.123Z", "2019-03-07T14:30:05"),
        ("2019-03-07 14:30:05+08:00", "2019-03-07T14:30:05"),
    ],
)
def test_times_are_read_as_far_as_they_are_known(written: str, read: str) -> None:
    assert find_time(written, "start") == read


@pytest.mark.parametrize(
    "written", ["07/03/2019", "2019-02-30", "2019-03-07 25:00:00", "2019", "yesterday", "2019-3-7"]
)
def test_what_is_no_date_is_refused_without_quoting_it(written: str) -> None:
    with pytest.raises(RowError, match="start holds no date") as raised:
        find_time(written, "start")
    assert written not in str(raised.value)


def test_keys_numbers_and_bounds() -> None:
    assert find_needed("17.0", "id") == "17"
    assert [find_key("visit", value) for value in ("5", "5.0", "0", "")] == ["visit/5", "visit/5", "", ""]
    assert [find_number(value) for value in ("1.5", "nan", "inf", "x", "")] == [1.5, None, None, None, None]
    assert [find_bound(value) for value in ("<0.01", ">= 60", "12")] == [("<", 0.01), (">=", 60.0), ("", None)]
