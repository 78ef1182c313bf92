from __future__ import annotations

import json
from pathlib import Path

import orjson
import pytest

from extractors.errors import UnreadableError
from extractors.model import Coded, Document
from extractors.sources.insert_cn import SOURCE

FOLDER = Path(__file__).parent.parent / "samples" / "sources" / "insert_cn"
GOLD = sorted(FOLDER.glob("*.gold.json"))

INSERT = """示例片说明书
【药品名称】
通用名称：示例片
【成份】本品主要成份为示例碱。
【适应症】用于头痛。
【用法用量】口服。一次1片。
【禁忌】对本品过敏者禁用。
【批准文号】国药准字H99990100
【生产企业】示例制药有限公司
"""


def read(text: str) -> Document:
    (document,) = SOURCE.read(text.encode())
    return document


def bodies(document: Document) -> list[tuple[str, str, str]]:
    found = (document.text[s.start : s.end].partition("\n")[2].strip() for s in document.sections)
    return [(s.kind, s.title, body) for s, body in zip(document.sections, found, strict=True)]


def section(document: Document, title: str) -> str:
    return next(body for _, name, body in bodies(document) if name == title)


def coded(document: Document, role: str) -> list[str]:
    return [part.name for part in document.coded if part.role == role]


@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.name.removesuffix(".gold.json"))
def test_sections_of_the_samples_are_those_that_were_marked(gold: Path) -> None:
    data = gold.with_name(gold.name.removesuffix(".gold.json")).read_bytes()
    found = [each for document in SOURCE.read(data) for each in bodies(document)]
    expected = [(x["kind"], x["title"], x["start_text"]) for x in json.loads(gold.read_text(encoding="utf-8"))]
    assert [each[:2] for each in found] == [each[:2] for each in expected]
    assert [body[: len(e[2])] for (_, _, body), e in zip(found, expected, strict=True)] == [e[2] for e in expected]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_same_insert_is_read_from_every_encoding(encoding: str) -> None:
    data = INSERT.encode(encoding)
    assert SOURCE.claims(data)
    (document,) = SOURCE.read(data)
    assert document.text == read(INSERT).text


@pytest.mark.parametrize(
    "heading",
    [
        "【适 应 症】",
        "【 适应症 】",
        "［适应症］",
        "〔适应症〕",
        "[适应症]",
        "适应症：",
        "三、适应症",
        "【适应症",
        "適應症",
        "【適應症】",
    ],
)
def test_heading_is_known_however_it_is_written(heading: str) -> None:
    document = read(INSERT.replace("【适应症】", f"{heading}\n"))
    assert ("indications", "用于头痛。") in [(kind, body) for kind, _, body in bodies(document)]


@pytest.mark.parametrize(
    "reference", ["见【禁忌】。", "参见【禁忌】和【用法用量】。", "（详见【禁忌】）", "请阅读【禁忌】项下内容。"]
)
def test_reference_to_a_section_is_not_its_heading(reference: str) -> None:
    document = read(INSERT.replace("一次1片。", f"一次1片。{reference}"))
    assert section(document, "用法用量") == f"口服。一次1片。{reference}"


def test_heading_inside_a_line_begins_a_section() -> None:
    document = read(INSERT.replace("\n【用法用量】", "【用法用量】"))
    assert section(document, "适应症") == "用于头痛。"
    assert section(document, "用法用量") == "口服。一次1片。"


def test_group_of_patients_in_a_dose_is_not_a_section() -> None:
    document = read(INSERT.replace("口服。一次1片。", "口服。\n成人：一次1片。\n儿童：一次半片。"))
    assert section(document, "用法用量") == "口服。\n成人：一次1片。\n儿童：一次半片。"


def test_heading_that_no_rule_knows_is_a_section_without_a_kind() -> None:
    document = read(INSERT.replace("【禁忌】", "【运动员慎用说明】本品含违禁成分。\n【禁忌】"))
    assert ("", "运动员慎用说明", "本品含违禁成分。") in bodies(document)


def test_lines_wrapped_at_the_margin_are_joined() -> None:
    (document,) = SOURCE.read((FOLDER / "metronidazole-wrapped.txt").read_bytes())
    assert "还可用于治疗阴道滴虫病" in document.text
    assert "恶心、呕吐、食欲不振" in document.text


def test_table_has_cells_with_headers_and_places_in_the_text() -> None:
    (document,) = SOURCE.read((FOLDER / "losartan-layout.html").read_bytes())
    (table,) = document.tables
    texts = {(c.row, c.column): document.text[c.start : c.end] for c in table.cells}
    assert texts[(0, 1)] == "氯沙坦（n=2085）"
    assert texts[(1, 0)] == "头晕"
    assert [c.header for c in table.cells] == [True] * 3 + [False] * 6


def test_script_and_links_of_a_page_are_not_read() -> None:
    (document,) = SOURCE.read((FOLDER / "losartan-layout.html").read_bytes())
    assert "var " not in document.text


def test_coded_parts_point_at_the_words_of_the_insert() -> None:
    (document,) = SOURCE.read((FOLDER / "warfarin-brackets.txt").read_bytes())
    said = {(c.role, c.name): document.text[c.start : c.end] for c in document.coded}
    assert said[("has_active_ingredient", "华法林钠")] == "华法林钠"
    assert said[("has_strength", "3 mg")] == "3毫克"
    assert said[("has_dosage_form", "片剂")] == "片"
    assert said[("manufactured_by", "示例制药有限公司")] == "示例制药有限公司"
    assert coded(document, "has_inactive_ingredient") == ["乳糖", "玉米淀粉", "硬脂酸镁"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("本品主要成份为华法林钠。\n化学名称：3-(α-丙酮基苄基)-4-羟基香豆素钠\n分子式：C19H15NaO4", ["华法林钠"]),
        ("活性成份：阿托伐他汀钙（以阿托伐他汀计）", ["阿托伐他汀钙"]),
        ("每片含对乙酰氨基酚250毫克、盐酸金刚烷胺100毫克。", ["对乙酰氨基酚", "盐酸金刚烷胺"]),
        ("本品为复方制剂，其组份为：每片含对乙酰氨基酚500mg，盐酸伪麻黄碱30mg。", ["对乙酰氨基酚", "盐酸伪麻黄碱"]),
        ("金银花、连翘、薄荷。辅料为蔗糖、糊精。", ["金银花", "连翘", "薄荷"]),
        ("布洛芬", ["布洛芬"]),
        ("本品主要成份及其化学名称为：阿司匹林，其化学名称为2-(乙酰氧基)苯甲酸。", ["阿司匹林"]),
    ],
)
def test_active_ingredients_are_the_names_without_amounts(text: str, expected: list[str]) -> None:
    assert coded(read(INSERT.replace("本品主要成份为示例碱。", text)), "has_active_ingredient") == expected


@pytest.mark.parametrize(
    ("salt", "drug"),
    [
        ("盐酸二甲双胍", "二甲双胍"),
        ("华法林钠", "华法林"),
        ("双氯芬酸钠", "双氯芬酸"),
        ("硫酸氢氯吡格雷", "氯吡格雷"),
        ("布洛芬", "布洛芬"),
        ("葡萄糖酸钙", "葡萄糖酸钙"),
        ("碳酸氢钠", "碳酸氢钠"),
        ("氯化钾", "氯化钾"),
        ("磷酸氢钙", "磷酸氢钙"),
        ("维生素C", "维生素C"),
    ],
)
def test_moiety_is_the_drug_inside_the_name_of_its_salt(salt: str, drug: str) -> None:
    document = read(INSERT.replace("示例碱", salt))
    (moiety,) = [part for part in document.coded if part.role == "moiety"]
    assert moiety.name == document.text[moiety.start : moiety.end] == drug


def test_active_ingredient_is_in_the_name_where_no_section_says_it() -> None:
    text = INSERT.replace("【成份】本品主要成份为示例碱。\n", "").replace("示例片", "盐酸示例缓释片")
    document = read(text)
    assert coded(document, "has_active_ingredient") == ["盐酸示例"]
    assert coded(document, "has_dosage_form") == ["缓释片"]


def test_name_of_a_herbal_medicine_is_not_its_ingredient() -> None:
    text = INSERT.replace("【成份】本品主要成份为示例碱。\n", "").replace("H99990100", "Z99990100")
    document = read(text)
    assert coded(document, "has_active_ingredient") == coded(document, "moiety") == []


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        ("口服。一次1片。", ["口服"]),
        ("静脉滴注或肌肉注射，不得静脉推注。", ["静脉滴注", "肌内注射"]),
        ("外用，涂于患处。切勿口服。", ["外用"]),
        ("皮下注射，禁止静脉注射。", ["皮下注射"]),
    ],
)
def test_route_that_is_forbidden_is_not_a_route(dose: str, expected: list[str]) -> None:
    assert coded(read(INSERT.replace("口服。一次1片。", dose)), "has_route") == expected


@pytest.mark.parametrize(
    ("dates", "effective", "version"),
    [
        ("", "", 1),
        ("核准日期：2007年03月12日\n", "2007-03-12", 20070312),
        ("核准日期：2007年03月12日\n修改日期：2010年10月01日\n2015年12月01日\n", "2015-12-01", 20151201),
        ("【修订日期】2019-05-06\n", "2019-05-06", 20190506),
        ("修订日期：二〇二〇年十二月三十一日\n", "2020-12-31", 20201231),
        ("核准日期：XXXX年XX月XX日\n", "", 1),
    ],
)
def test_last_revision_orders_the_versions(dates: str, effective: str, version: int) -> None:
    document = read(dates + INSERT)
    assert (document.effective, document.version) == (effective, version)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("国药准字 H20123456", "nmpa:H20123456"),
        ("国药准字HJ20160001", "nmpa:HJ20160001"),
        ("进口药品注册证号：H20130652", "nmpa:H20130652"),
        ("国药准字Z20020001", "nmpa:Z20020001"),
    ],
)
def test_approval_number_is_the_identity(number: str, expected: str) -> None:
    document = read(INSERT.replace("国药准字H99990100", number))
    assert document.id == expected
    assert document.products[0].code == expected


def test_without_a_number_drug_and_maker_are_the_identity() -> None:
    text = INSERT.replace("【批准文号】国药准字H99990100\n", "")
    same = read(text.replace("用于头痛", "用于牙痛"))
    other = read(text.replace("示例制药", "别家制药"))
    assert read(text).id == same.id != other.id
    assert same.id.startswith("insert:")


def test_two_inserts_in_one_file_are_two_documents_with_their_own_dates() -> None:
    first, second = SOURCE.read((FOLDER / "two-inserts.txt").read_bytes())
    assert (first.title, second.title) == ("维生素C片说明书", "葡萄糖酸钙口服溶液说明书")
    assert (first.effective, second.effective) == ("", "2018-06-07")


def test_name_repeated_in_one_insert_does_not_split_it() -> None:
    assert len(list(SOURCE.read((INSERT + "【药品名称】\n通用名称：示例片\n").encode()))) == 1


def test_taiwanese_insert_is_read_and_keeps_its_characters() -> None:
    (document,) = SOURCE.read((FOLDER / "amlodipine-taiwan-big5.txt").read_bytes())
    assert document.country == "TW"
    assert "適應症" in document.text
    assert coded(document, "has_active_ingredient") == ["Amlodipine"]


def test_json_with_escaped_characters_is_an_insert() -> None:
    data = json.dumps(
        {"通用名称": "示例片", "适应症": "用于头痛。", "禁忌": "过敏者禁用。", "用法用量": "口服。"}
    ).encode()
    assert data.isascii()
    assert SOURCE.claims(data)
    (document,) = SOURCE.read(data)
    assert section(document, "禁忌") == "过敏者禁用。"


def test_identifiers_and_prices_of_a_record_are_left_out() -> None:
    (document,) = SOURCE.read((FOLDER / "metoprolol-keys.json").read_bytes())
    assert "20415" not in document.text
    assert "12.5" not in document.text


def test_a_bad_record_is_named_after_the_good_ones_are_read() -> None:
    good = {"通用名称": "示例片", "适应症": "用于头痛。", "禁忌": "过敏者禁用。", "用法用量": "口服。"}
    reader = SOURCE.read(orjson.dumps([good, {"适应症": "用于头痛。", "禁忌": "无。", "用法用量": "口服。"}]))
    assert next(reader).title == "示例片说明书"
    with pytest.raises(UnreadableError, match="holds 2 inserts of which 1 cannot be read; record 2: names no drug"):
        next(reader)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        ("从前有一座山，山里有一座庙。\n他走了。\n".encode(), "too few headings"),
        (INSERT.replace("【批准文号】", "【修订日期】2019年13月45日\n【批准文号】").encode(), "2019年13月45日"),
        (INSERT.replace("【批准文号】", "【修订日期】0219年03月05日\n【批准文号】").encode(), "0219年03月05日"),
        (INSERT.replace("通用名称：示例片", "").replace("示例片说明书", "").encode(), "names no drug"),
        (INSERT.encode("gb18030") + b"\xff\xff", "none of UTF-8"),
        (INSERT.replace("头痛", "\ufffd\ufffd\ufffd").encode(), "characters lost"),
        ('{"适应症": "用于头痛'.encode(), "cut off or damaged"),
        (b"[" * 100_000, "cut off or damaged"),
        ('{"备注": "无"}'.encode(), "without an object"),
        (b"<html><body></body></html>", "too few headings"),
    ],
)
def test_what_is_no_insert_is_refused_with_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as refused:
        list(SOURCE.read(data))
    assert "\n" not in str(refused.value)


def test_deeply_nested_markup_is_read_or_refused_but_harmless() -> None:
    page = "<div>" * 50_000 + INSERT
    try:
        list(SOURCE.read(page.encode()))
    except UnreadableError as error:
        assert str(error)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Uses: temporarily relieves headache. Warnings: do not use more than directed.",
        "从前有一座山，山里有一座庙，庙里有个老和尚。".encode(),
        b'<?xml version="1.0"?><document xmlns="urn:hl7-org:v3"><title>x</title></document>',
        '<?xml version="1.0"?>\n<Bundle xmlns="http://hl7.org/fhir">【适应症】【禁忌】</Bundle>'.encode(),
        b"\x00\x01\x02PK\x03\x04",
    ],
)
def test_other_files_are_not_claimed(data: bytes) -> None:
    assert not SOURCE.claims(data)


def test_product_carries_its_names_and_status() -> None:
    (document,) = SOURCE.read((FOLDER / "warfarin-brackets.txt").read_bytes())
    (product,) = document.products
    assert (product.name, product.generic_name, product.marketing_status) == ("示例灵", "华法林钠片", "处方药")
    assert "商品名称：示例灵" in document.text[product.start : product.end]


def test_every_coded_part_lies_on_its_own_words() -> None:
    parts: list[tuple[Document, Coded]] = [
        (document, part)
        for path in GOLD
        for document in SOURCE.read(path.with_name(path.name.removesuffix(".gold.json")).read_bytes())
        for part in document.coded
    ]
    assert len(parts) > 60
    plain = [(d, p) for d, p in parts if p.role in {"has_active_ingredient", "manufactured_by"} and d.country == "CN"]
    assert [document.text[part.start : part.end] for document, part in plain] == [part.name for _, part in plain]


@pytest.mark.parametrize(
    "begins", ["与华法林合用可增加出血风险。", "中度以上肾功能不全者禁用。", "下肢水肿、恶心。", "或有皮疹。"]
)
def test_a_heading_stays_one_whatever_word_follows_it(begins: str) -> None:
    text = f"【药品名称】通用名称：阿司匹林片\n【适应症】用于发热。\n【不良反应】皮疹。\n【药物相互作用】{begins}\n"
    (document,) = SOURCE.read(text.encode())
    last = document.sections[-1]
    assert (last.kind, document.text[last.start : last.end].strip().endswith(begins)) == ("interactions", True)
