from __future__ import annotations

import pytest

from extractors.extract import extract
from extractors.model import Relation
from extractors.sources.insert_cn import SOURCE
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

FINDINGS = ["恶心", "头痛", "皮疹", "耳鸣"]
LEXICON = Lexicon.of(
    [Concept("drugbank:DB1", "示例碱", Kind.DRUG, "zh")]
    + [Concept(f"mesh:D{number}", name, Kind.FINDING, "zh") for number, name in enumerate(FINDINGS)]
)
PAGE = """<p>【药品名称】示例碱片</p><p>【成份】示例碱</p><p>【适应症】用于牙痛。</p><p>【不良反应】</p>
<table>{rows}</table><p>【禁忌】尚不明确。</p>"""


def effects(*rows: list[str]) -> list[tuple[str, str]]:
    head, *body = rows
    cells = "<tr>" + "".join(f"<th>{text}</th>" for text in head) + "</tr>"
    cells += "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in body)
    (document,) = SOURCE.read(PAGE.format(rows=cells).encode())
    return [_said(relation) for relation in extract(document, LEXICON, extractors=["tables"]).relations]


def _said(relation: Relation) -> tuple[str, str]:
    assert relation.predicate == "causes_adverse_event"
    assert relation.subject.text == "示例碱"
    return relation.object.text, next((q.value for q in relation.qualifiers if q.name == "frequency"), "")


def test_column_headed_by_a_frequency_gives_it_to_its_reactions() -> None:
    found = effects(["系统", "常见（≥1%，&lt;10%）", "罕见"], ["神经系统", "头痛", "-"], ["胃肠系统", "恶心", "皮疹"])
    assert found == [("头痛", "common"), ("恶心", "common"), ("皮疹", "rare")]


def test_row_headed_by_a_frequency_gives_it_to_its_reactions() -> None:
    found = effects(["发生频率", "不良反应"], ["十分常见", "恶心、头痛"], ["偶见", "皮疹"])
    assert found == [("恶心", "very common"), ("头痛", "very common"), ("皮疹", "uncommon")]


@pytest.mark.parametrize(
    ("label", "expected"),
    [("&gt;10%", "very common"), ("3% to 10%", "common"), ("≥1/10", "very common"), ("1/1,000", "uncommon")],
)
def test_rate_as_a_label_is_a_frequency(label: str, expected: str) -> None:
    assert effects(["发生率", "不良反应"], [label, "皮疹"]) == [("皮疹", expected)]


def test_column_of_reactions_without_a_frequency_is_read_without_one() -> None:
    assert effects(["系统", "不良反应"], ["皮肤", "皮疹"]) == [("皮疹", "")]


def test_what_stands_in_brackets_is_no_reaction() -> None:
    assert effects(["系统", "常见"], ["神经系统", "头痛（见于皮疹患者）"]) == [("头痛", "common")]


def test_other_tables_of_the_section_say_nothing() -> None:
    assert effects(["剂量", "处理"], ["10mg", "出现皮疹时停药"]) == []
