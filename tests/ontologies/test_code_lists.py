"""Lists of codes as offices give them out: heads anywhere, merged cells, encodings, doubles, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Scope, Synonym
from ontologies.terminologies import get_terminology, read_terminology

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@pytest.fixture
def more(samples: Path) -> Path:
    return samples / "terminologies" / "more"


def read(name: str, path: Path) -> dict[str, Concept]:
    return {concept.curie: concept for concept in read_terminology(name, path)[1]}


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding=encoding)
    return path


def test_list_of_the_insurance_gives_its_levels_as_parents(more: Path) -> None:
    concepts = read("icd10-cn", more / "icd10-cn-yibao.csv")
    above = {curie.partition(":")[2]: [p.partition(":")[2] for p in c.parents] for curie, c in concepts.items()}
    assert above == {
        "A00-B99": [],
        "A00-A09": ["A00-B99"],
        "A00": ["A00-A09"],
        "A00.0": ["A00"],
        "A00.000": ["A00.0"],
        "A00.001": ["A00.0"],
        "A00.9": ["A00"],
        "A00.900": ["A00.9"],
        "A15-A19": ["A00-B99"],
        "A17": ["A15-A19"],
        "A17.0": ["A17"],
        "A17.001": ["A17.0"],
        "G00-G99": [],
        "G00-G09": ["G00-G99"],
        "G01": ["G00-G09"],
        "G01.x00": ["G01"],
    }


def test_chapter_names_no_condition(more: Path) -> None:
    concepts = read("icd10-cn", more / "icd10-cn-yibao.csv")
    assert concepts["icd10cn:A00-B99"].kind is Kind.OTHER
    assert concepts["icd10cn:A00-A09"].kind is Kind.DISEASE


def test_line_break_in_a_cell_is_a_blank(more: Path) -> None:
    assert read("icd10-cn", more / "icd10-cn-yibao.csv")["icd10cn:A00.001"].name == "样品霍乱 甲型伴脱水"


def test_second_name_of_a_code_is_a_narrow_synonym(more: Path) -> None:
    concept = read("icd10-cn", more / "icd10-cn-yibao.csv")["icd10cn:A17.001"]
    assert concept.synonyms == (Synonym("样品结核性脑膜脑炎", Scope.NARROW, "zh"),)


def test_code_of_a_manifestation_is_a_second_parent_and_of_a_morphology_none(more: Path) -> None:
    concepts = read("icd10-cn", more / "icd10-cn-guolin.csv")
    assert concepts["icd10cn:A17.001"].parents == ("icd10cn:A17", "icd10cn:G01.x00")
    assert concepts["icd10cn:C22.101"].parents == ()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_encodings_of_chinese_windows_are_read(encoding: str, more: Path, tmp_path: Path) -> None:
    text = (more / "icd10-cn-yibao.csv").read_text(encoding="utf-8")
    assert read("icd10-cn", write(tmp_path / "list.csv", text, encoding)) == read(
        "icd10-cn", more / "icd10-cn-yibao.csv"
    )


def test_workbook_is_read_from_the_sheet_that_has_the_list(tmp_path: Path) -> None:
    book = tmp_path / "list.xlsx"
    cover = [["样品说明"], ["为测试而写"]]
    table = [["手术操作样品目录"], ["主要编码", "手术名称"], ["00.0100", "样品操作"], ["00.0200", "样品检查"]]
    write_book(book, cover, table)
    assert [c.name for c in read("icd9cm3", book).values()] == ["样品操作", "样品检查"]


def test_pronunciation_in_a_cell_is_no_part_of_it(tmp_path: Path) -> None:
    book = tmp_path / "list.xlsx"
    write_book(book, [["code", "name"], ["A00", "霍乱</t><t>样品</t></is><is><rPh><t>huoluan</t></rPh><t>"]])
    assert [c.name for c in read("icd10-cn", book).values()] == ["霍乱样品"]


def test_procedures_of_both_languages_have_one_code(samples: Path, more: Path) -> None:
    chinese = read("icd9cm3", samples / "terminologies" / "icd9cm3.csv")
    english = read("icd9cm3", more / "CMS99_DESC_LONG_SG.txt")
    assert chinese["icd9cm:00.01"].name_in("en") == english["icd9cm:00.01"].name
    assert chinese["icd9cn:00.0100x001"].parents == ("icd9cn:00.0100",)
    assert chinese["icd9cn:00.0100"].parents == ("icd9cm:00.01",) and english["icd9cm:00.01"].parents == (
        "icd9cm:00.0",
    )
    assert {c.kind for c in chinese.values()} == {Kind.PROCEDURE}


def test_version_of_the_text_of_cms_is_in_its_name(more: Path) -> None:
    assert get_terminology("icd9cm3").read_info(more / "CMS99_DESC_LONG_SG.txt").version == "99"


def test_extension_of_a_code_that_is_not_listed_lies_below_it(tmp_path: Path) -> None:
    path = write(tmp_path / "list.csv", "编码,名称\n00.0100x001,样品操作\n")
    assert read("icd9cm3", path)["icd9cn:00.0100x001"].parents == ("icd9cm:00.01",)


@pytest.mark.parametrize(
    ("reader", "text", "wrong"),
    [
        ("icd10-cn", "编码,名称\nA00,样品\nA00,样品\n", "row 3: A00 样品 is there twice"),
        ("icd10-cn", "编码,名称\nA00,样品\nA01\n", r"row 3 \(A01\|\): no name; fill it in"),
        ("icd10-cn", "编码,名称\n,样品\nA01,样品\n", r"row 2 \(\|样品\): no code"),
        ("icd10-cn", "编码,名字\nA00,样品\n", "no column 'name': no row with the columns 'code'.*only: 编码, 名字"),
        ("icd10-cn", '编码,名称\nA00,"样品\n', "is no table"),
        ("icd9cm3", "编码,名称\n0.01,样品\n", r"row 2: '0\.01' is no ICD-9-CM-3 code"),
        ("icd9cm3", "0001 Sample\nend\n", r"line 2 \(end\): no code and title"),
        ("icd9cm3", "0001 Sample\n0001 Sample\n", r"line 2: 00\.01 is there twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(reader: str, text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(TerminologyError, match=wrong):
        read(reader, write(tmp_path / "list.csv", text))


def test_old_workbook_is_told_what_to_become(tmp_path: Path) -> None:
    (tmp_path / "list.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    with pytest.raises(TerminologyError, match=r"list\.xls is an Excel 97 workbook; save it as \.xlsx"):
        read("icd10-cn", tmp_path / "list.xls")


def test_workbook_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    book = tmp_path / "list.xlsx"
    write_book(book, [["code", "name"], ["A00", "样品"]])
    (tmp_path / "cut.xlsx").write_bytes(book.read_bytes()[:-60])
    with pytest.raises(TerminologyError, match="cut"):
        read("icd10-cn", tmp_path / "cut.xlsx")


def test_real_list_of_diagnoses_is_read_whole(shared_data: Callable[[str], Path]) -> None:
    path = shared_data("icd10-nhc-clinical2") / "icd10_guolin_2.0.tsv.gz"
    concepts = read("icd10-cn", path)
    assert (len(concepts), len({c.name for c in concepts.values()})) == (35862, 35848)
    assert concepts["icd10cn:A00.000x001"].parents == ("icd10cn:A00.000",)


def test_real_categories_are_read_whole(shared_data: Callable[[str], Path]) -> None:
    assert len(read("icd10-cn", shared_data("icd10-cn-3char") / "disease.csv")) == 1586


def write_book(path: Path, *sheets: list[list[str]]) -> None:
    """A workbook of these sheets, whose files stand in another order than the sheets, as after moving one."""
    numbers = list(range(len(sheets), 0, -1))
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "xl/workbook.xml", f'<workbook {SPACE} xmlns:r="{relations}"><sheets>{listed}</sheets></workbook>'
        )
        book.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>")
        for number, rows in zip(numbers, sheets, strict=True):
            lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            text = f"<worksheet {SPACE}><sheetData>{lines}</sheetData></worksheet>"
            book.writestr(f"xl/worksheets/sheet{number}.xml", text)


def cell(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
