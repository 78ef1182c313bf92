"""Chinese records as text, JSON and XML: head, sections, diagnoses; and they are not taken for drug inserts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.events import Event, EventKind, IdentifierType, Note, Person, Provider, Refused, Row, Visit
from extractors.model import Assertion
from extractors.sources import find_source
from extractors.sources.emr_cn_lists import read_items
from source_rows import of_kind, read_records, written


@pytest.fixture
def admission(samples: Path) -> list[Row | Refused]:
    return read_records(samples / "records" / "emr_cn" / "admission.txt")


@pytest.fixture
def stay(samples: Path) -> list[Row | Refused]:
    return read_records(samples / "records" / "emr_cn" / "stay.txt")


def said(rows: list[Row | Refused]) -> list[tuple[str, str, Assertion]]:
    return [(row.category, row.name, row.assertion) for row in of_kind(rows, Event)]


def test_the_head_becomes_identifiers(admission: list[Row | Refused]) -> None:
    (person,) = of_kind(admission, Person)
    assert (person.id, person.sex, person.birth) == ("patient/00458812", "female", "1952-03-14")
    assert {(sort.value, value) for sort, value in person.identifiers} == {
        ("name", "欧阳若兰"),
        ("name", "陈建国"),
        ("address", "浙江省绍兴市"),
        ("address", "浙江省绍兴市越城区解放南路118号3幢502室"),
        ("phone", "13857512345"),
        ("phone", "0575-88123456"),
        ("national_id", "330602195203141224"),
        ("insurance", "A0987766512"),
        ("medical_record", "00458812"),
    }


def test_the_label_of_the_next_field_is_no_part_of_a_name(tmp_path: Path) -> None:
    text = "入院记录\n姓名：王小明 性别：男\n联系人：欧阳小凤 电话13800138000\n主诉：腹痛3天。\n现病史：患者腹痛。\n"
    (person,) = of_kind(read_records(written(tmp_path, "note.txt", text)), Person)
    names = {value for sort, value in person.identifiers if sort is IdentifierType.NAME}
    assert names == {"王小明", "欧阳小凤"}


def test_hospital_ward_and_doctors_are_providers(admission: list[Row | Refused]) -> None:
    values = [tuple(value for _, value in row.identifiers) for row in of_kind(admission, Provider)]
    assert values == [("江南市第三人民医院", "呼吸二病区"), ("李明辉",), ("王芳",)]


def test_the_stay(admission: list[Row | Refused]) -> None:
    (visit,) = of_kind(admission, Visit)
    assert (visit.kind, visit.start, visit.department) == ("inpatient", "2019-03-07T14:30:00", "呼吸内科")


def test_sections_of_an_admission_note(admission: list[Row | Refused]) -> None:
    (note,) = of_kind(admission, Note)
    assert (note.title, note.time, note.language) == ("入院记录", "2019-03-07T16:05:00", "zh")
    assert [section.title for section in note.sections] == [
        "主诉",
        "现病史",
        "既往史",
        "个人史",
        "婚育史",
        "家族史",
        "体格检查",
        "专科检查",
        "辅助检查",
        "初步诊断",
    ]
    assert all(section.kind and section.code for section in note.sections)


def test_diagnoses_are_events_without_the_signature(admission: list[Row | Refused]) -> None:
    assert said(admission) == [
        ("admission", "慢性阻塞性肺疾病伴急性加重", Assertion.PRESENT),
        ("admission", "右下肺肺炎", Assertion.PRESENT),
        ("admission", "高血压病3级（极高危）", Assertion.PRESENT),
        ("admission", "肺部占位", Assertion.POSSIBLE),
        ("admission", "肺癌", Assertion.POSSIBLE),
        ("admission", "肺结核", Assertion.NEGATED),
    ]
    first = of_kind(admission, Event)[0]
    assert [code.curie for code in first.codes] == ["icd10cn:J44.100"]
    assert first.note == of_kind(admission, Note)[0].id


def test_the_records_of_one_stay_are_notes_of_one_visit(stay: list[Row | Refused]) -> None:
    notes = of_kind(stay, Note)
    assert [(note.title, note.time) for note in notes] == [
        ("首次病程记录", "2020-05-01T10:05:00"),
        ("手术记录", "2020-05-01"),
        ("出院小结", "2020-05-08T10:00:00"),
    ]
    (visit,) = of_kind(stay, Visit)
    assert {note.visit for note in notes} == {visit.id}
    assert (visit.end, visit.outcome) == ("2020-05-08T10:00:00", "好转")
    assert len(of_kind(stay, Person)) == 1


def test_operations_and_discharge_diagnoses(stay: list[Row | Refused]) -> None:
    operation = next(row for row in of_kind(stay, Event) if row.kind is EventKind.PROCEDURE)
    assert (operation.name, operation.start) == ("腹腔镜下阑尾切除术", "2020-05-01")
    assert [name for category, name, _ in said(stay) if category == "discharge"] == [
        "急性化脓性阑尾炎",
        "局限性腹膜炎",
        "左侧腹股沟斜疝",
    ]


def test_a_clinic_note_on_one_line(samples: Path) -> None:
    rows = read_records(samples / "records" / "emr_cn" / "oneline.txt")
    (visit,) = of_kind(rows, Visit)
    assert (visit.kind, visit.start) == ("outpatient", "2021-06-03")
    assert said(rows) == [
        ("diagnosis", "急性荨麻疹", Assertion.PRESENT),
        ("diagnosis", "接触性皮炎", Assertion.POSSIBLE),
    ]


def test_json_lists_of_diagnoses_with_codes(samples: Path) -> None:
    rows = read_records(samples / "records" / "emr_cn" / "records.jsonl")
    assert [row.id for row in of_kind(rows, Person)] == ["patient/P-770012", "patient/P-770013"]
    codes = {row.name: [code.curie for code in row.codes] for row in of_kind(rows, Event)}
    assert codes["冠状动脉粥样硬化性心脏病"] == ["icd10cn:I25.103"]
    assert of_kind(rows, Visit)[0].outcome == "好转"


def test_a_table_of_records(tmp_path: Path) -> None:
    table = "患者ID,姓名,入院日期,主诉,现病史,初步诊断\n7001,甲某,2020-01-02,咳嗽,受凉后咳嗽,1.肺炎 2.贫血\n"
    table += "7002,乙某,,腹痛,腹痛1天,\n"
    rows = read_records(written(tmp_path, "cases.csv", table))
    assert [row.id for row in of_kind(rows, Person)] == ["patient/7001", "patient/7002"]
    assert [name for _, name, _ in said(rows)] == ["肺炎", "贫血"]
    assert of_kind(rows, Visit)[0].start == "2020-01-02"


def test_a_head_in_cells(tmp_path: Path) -> None:
    text = "入院记录\n| 姓名 | 甲某某 | 性别 | 男 | 住院号 | 900123 |\n主诉：咳嗽。\n现病史：受凉后咳嗽。"
    (person,) = of_kind(read_records(written(tmp_path, "x.txt", text)), Person)
    assert (person.id, person.sex) == ("patient/900123", "male")
    assert (IdentifierType.NAME, "甲某某") in person.identifiers


def test_xml_with_chinese_elements_and_titles(samples: Path) -> None:
    rows = read_records(samples / "records" / "emr_cn" / "record.xml")
    (person,) = of_kind(rows, Person)
    assert (IdentifierType.NAME, "古丽娜尔·买买提") in person.identifiers
    (note,) = of_kind(rows, Note)
    assert note.title == "入院记录"
    assert [name for _, name, _ in said(rows)] == ["孕39周G1P0头位临产", "妊娠期糖尿病", "轻度贫血"]


def test_records_that_cannot_be_read_are_refused_one_by_one(samples: Path) -> None:
    rows = read_records(samples / "records" / "emr_cn" / "broken.jsonl")
    assert [row.locator.rpartition(":")[2] for row in of_kind(rows, Refused)] == ["2", "3", "4"]
    assert len(of_kind(rows, Note)) == 2


def test_another_patient_in_the_same_file_begins_anew(tmp_path: Path) -> None:
    one = "出院记录\n姓名：甲某某 住院号：1001\n出院诊断：肺炎\n诊疗经过：好转。\n"
    two = "出院记录\n姓名：乙某某 住院号：1002\n出院诊断：胃炎\n诊疗经过：好转。\n"
    rows = read_records(written(tmp_path, "x.txt", one + two))
    assert [row.id for row in of_kind(rows, Person)] == ["patient/1001", "patient/1002"]
    assert [(row.patient, row.name) for row in of_kind(rows, Event)] == [
        ("patient/1001", "肺炎"),
        ("patient/1002", "胃炎"),
    ]


def test_days_at_a_clinic_are_visits_of_their_own(tmp_path: Path) -> None:
    text = "2021-03-01 09:00 门诊病历\n姓名：周某 门诊号：A2021\n主诉：咽痛2天\n诊断：急性扁桃体炎\n\n"
    text += "2021-03-08 09:30 门诊复诊记录\n主诉：咽痛好转\n诊断：急性扁桃体炎（恢复期）\n"
    rows = read_records(written(tmp_path, "x.txt", text))
    assert [(row.patient, row.start) for row in of_kind(rows, Visit)] == [
        ("patient/A2021", "2021-03-01T09:00:00"),
        ("patient/A2021", "2021-03-08T09:30:00"),
    ]


def test_the_same_diagnoses_as_before_are_listed_again(tmp_path: Path) -> None:
    text = "出院记录\n住院号：7788\n入院诊断：1.肺炎 2.贫血\n诊疗经过：好转。\n出院诊断：同入院诊断"
    assert [(category, name) for category, name, _ in said(read_records(written(tmp_path, "x.txt", text)))] == [
        ("admission", "肺炎"),
        ("admission", "贫血"),
        ("discharge", "肺炎"),
        ("discharge", "贫血"),
    ]


def test_a_record_of_death(tmp_path: Path) -> None:
    text = (
        "死亡记录\n住院号：7789 入院时间：2019-05-05 死亡时间：2019-05-09 03:15\n入院诊断：肺炎\n死亡原因：脓毒性休克"
    )
    rows = read_records(written(tmp_path, "x.txt", text))
    (visit,) = of_kind(rows, Visit)
    assert (visit.outcome, visit.end) == ("died", "2019-05-09T03:15:00")
    assert said(rows)[-1] == ("death", "脓毒性休克", Assertion.PRESENT)
    assert of_kind(rows, Note)[0].time == visit.end


def test_records_wrapped_in_an_answer_of_a_service(tmp_path: Path) -> None:
    record = {
        "patientName": "郑某",
        "病历": {"基本信息": {"门诊号": "MZ-5566"}, "主诉": "牙痛", "诊断": "牙髓炎(K04.001)"},
    }
    path = written(tmp_path, "x.json", json.dumps({"code": 0, "data": [record, record]}, ensure_ascii=False))
    rows = read_records(path)
    assert [row.name for row in of_kind(rows, Event)] == ["牙髓炎", "牙髓炎"]
    assert (IdentifierType.NAME, "郑某") in of_kind(rows, Person)[0].identifiers


def test_a_record_without_a_head_belongs_to_its_file(tmp_path: Path) -> None:
    rows = read_records(written(tmp_path, "case7.txt", "主诉：咳嗽。\n现病史：受凉后咳嗽。\n诊断：上呼吸道感染"))
    assert [row.patient for row in of_kind(rows, Event)] == ["patient/case7"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str, samples: Path, tmp_path: Path) -> None:
    text = (samples / "records" / "emr_cn" / "admission.txt").read_text(encoding="utf-8")
    rows = read_records(written(tmp_path, "x.txt", text.encode(encoding)))
    assert len(of_kind(rows, Event)) == 6


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1.冠心病 2.高血压病", ["冠心病", "高血压病"]),
        ("1、冠心病2、2型糖尿病3、脑梗死", ["冠心病", "2型糖尿病", "脑梗死"]),
        ("1.冠心病 2.1型糖尿病", ["冠心病", "1型糖尿病"]),
        ("①肺炎②肺气肿", ["肺炎", "肺气肿"]),
        ("（1）肺炎（2）肺气肿", ["肺炎", "肺气肿"]),
        ("肺炎\n肺气肿", ["肺炎", "肺气肿"]),
        ("肺炎；肺气肿。", ["肺炎", "肺气肿"]),
        ("T12椎体压缩性骨折", ["T12椎体压缩性骨折"]),
        ("高血压病3级 极高危", ["高血压病3级 极高危"]),
        ("西医诊断：肺炎\n中医诊断：咳嗽", ["肺炎", "咳嗽"]),
        ("无", []),
        ("同前", []),
        ("", []),
    ],
)
def test_lists_are_split(text: str, names: list[str]) -> None:
    assert [item.name for item in read_items(text)] == names


@pytest.mark.parametrize(
    ("text", "name", "assertion"),
    [
        ("肺癌？", "肺癌", Assertion.POSSIBLE),
        ("肺癌可能性大", "肺癌", Assertion.POSSIBLE),
        ("发热待查", "发热", Assertion.POSSIBLE),
        ("急性阑尾炎待排", "急性阑尾炎", Assertion.POSSIBLE),
        ("考虑病毒性脑炎", "病毒性脑炎", Assertion.POSSIBLE),
        ("不除外肺结核", "肺结核", Assertion.POSSIBLE),
        ("肺结核不能排除", "肺结核", Assertion.POSSIBLE),
        ("排除肺结核", "肺结核", Assertion.NEGATED),
        ("肺结核（已排除）", "肺结核", Assertion.NEGATED),
        ("脑梗死病史", "脑梗死", Assertion.HISTORICAL),
        ("左侧股骨颈骨折", "左侧股骨颈骨折", Assertion.PRESENT),
    ],
)
def test_doubt_and_denial_of_diagnoses(text: str, name: str, assertion: Assertion) -> None:
    (item,) = read_items(text)
    assert (item.name, item.assertion) == (name, assertion)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("肺炎（J18.900）", "J18.900"),
        ("肺炎 J18.9", "J18.9"),
        ("高血压病[I10]", "I10"),
        ("I10.x00 高血压病", "I10.x00"),
    ],
)
def test_codes_beside_diagnoses(text: str, code: str) -> None:
    (item,) = read_items(text)
    assert [coding.code for coding in item.codes] == [code]
    assert item.name in {"肺炎", "高血压病"}


def test_a_record_is_no_insert_and_an_insert_no_record(samples: Path) -> None:
    for path in (samples / "records" / "emr_cn").iterdir():
        assert find_source(path.read_bytes()) is None
    for path in (samples / "sources" / "insert_cn").iterdir():
        assert read_records(path) == []


def test_a_list_of_words_is_no_record(tmp_path: Path) -> None:
    assert read_records(written(tmp_path, "words.txt", "主诉\t12\n现病史\t8\n既往史\t7\n诊断\t99\n")) == []


def test_errors_quote_nothing(tmp_path: Path) -> None:
    planted = "张三丰13800001111"
    sound = {"姓名": planted, "主诉": "咳嗽", "现病史": "咳嗽三天"}
    files: dict[str, str | bytes] = {
        "cut.json": json.dumps(sound, ensure_ascii=False, indent=1)[:-3],
        "cut.xml": f"<病历><姓名>{planted}</姓名><主诉>咳嗽</主诉><现病史>",
        "bytes.txt": f"主诉：{planted}\n现病史：咳嗽".encode() + b"\xff\xfe",
        "entity.xml": f"<!DOCTYPE a [<!ENTITY b '{planted}'>]><病历><主诉>&b;</主诉><现病史>x</现病史></病历>",
    }
    for name, content in files.items():
        rows = read_records(written(tmp_path, name, content))
        assert [type(row) for row in rows] == [Refused], name
        assert not any(planted in row.reason or planted[:3] in row.reason for row in of_kind(rows, Refused))


WHOLE = (
    "入院记录\n姓名：赵铁生\n住院号：20200713\n主诉：腹痛1天。\n现病史：患者昨日腹痛，伴恶心。\n"
    "初步诊断：急性阑尾炎\n医师签名：周伟\n"
)


def faults(path: Path) -> list[tuple[bool, str]]:
    """What is said of a file: whether the record was read all the same, and the reason."""
    return [(row.kept, row.reason) for row in read_records(path) if isinstance(row, Refused)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE, ""),
        (WHOLE.partition("医师签名")[0], ""),
        (WHOLE.partition("初步诊断")[0], "ends without 初步诊断"),
        (WHOLE.partition("急性阑尾炎")[0], "ends with a heading and nothing behind it"),
        (WHOLE.partition("恶心")[0].removeprefix("入院记录"), "ends in the middle of a sentence"),
        (WHOLE.replace("初步诊断：急性阑尾炎\n", ""), ""),
    ],
)
def test_a_text_that_lacks_its_end_is_read_and_told(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, "note.txt", text)
    assert len(of_kind(read_records(path), Note)) == 1
    assert [kept for kept, _ in faults(path)] == ([True] if said else [])
    assert all(reason.startswith(said) and "赵铁生" not in reason for _, reason in faults(path))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_that_is_cut_within_a_character_is_read(tmp_path: Path, encoding: str) -> None:
    data = WHOLE.partition("恶")[0].encode(encoding) + "恶".encode(encoding)[:1]
    path = written(tmp_path, "note.txt", data)
    [note] = of_kind(read_records(path), Note)
    assert note.text.endswith("腹痛，伴")
    assert [reason.partition(":")[0] for _, reason in faults(path)] == ["ends within a character"]


RECORD_JSON = '{"姓名": "赵铁生", "住院号": "20200713", "主诉": "腹痛", "现病史": "患者腹痛"}'
RECORD_XML = "<病历><姓名>赵铁生</姓名><住院号>20200713</住院号><主诉>腹痛</主诉><现病史>患者腹痛</现病史></病历>"


@pytest.mark.parametrize(
    ("name", "text", "notes", "where"),
    [
        ("a.json", RECORD_JSON[:-3], 0, "JSON that is cut off or damaged at line 1, character"),
        ("a.json", f"[{RECORD_JSON},\n{RECORD_JSON[:-9]}", 1, "JSON that is cut off or damaged at line 2, character"),
        ("a.json", f'{{"data": [{RECORD_JSON},\n\n{RECORD_JSON[:-9]}', 1, "JSON that is cut off or damaged at line 3"),
        ("a.xml", RECORD_XML[:-8], 0, "XML that is cut off or damaged at line 1"),
        ("a.xml", RECORD_XML.replace("</主诉>", ""), 0, "XML that is cut off or damaged at line 1"),
        ("a.xml", f"<集>{RECORD_XML}\n{RECORD_XML[:-20]}", 1, "XML that is cut off or damaged at line 2"),
        ("a.txt", f'"姓名": "赵铁生", "主诉": "腹痛", "x": "{WHOLE}"}}', 0, "JSON or XML whose beginning is missing"),
        ("a.txt", f"赵铁生</姓名><主诉>腹痛</主诉>\n{WHOLE}", 0, "JSON or XML whose beginning is missing"),
    ],
)
def test_what_is_broken_is_told_with_its_place(tmp_path: Path, name: str, text: str, notes: int, where: str) -> None:
    path = written(tmp_path, name, text)
    assert len(of_kind(read_records(path), Note)) == notes
    [(kept, reason)] = faults(path)
    assert not kept
    assert where in reason
    assert "赵铁生" not in reason
