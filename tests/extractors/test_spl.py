"""SPL files as documents: what is read, and what hostile or broken files are refused for."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from extractors.errors import UnreadableError
from extractors.model import Document
from extractors.sources import read_documents
from extractors.sources.spl import SOURCE

BODY = "<component><structuredBody>{}</structuredBody></component>"
SECTION = "<component><section><code code='34067-9'/><title>Uses</title><text>{}</text></section></component>"


def label(*, head: str = "", text: str = "For pain.", version: str = "1", date: str = "20240101") -> str:
    return (
        f"{head}<document xmlns='urn:hl7-org:v3'><id root='1'/><title>T</title><effectiveTime value='{date}'/>"
        f"<setId root='Ab'/><versionNumber value='{version}'/>{BODY.format(SECTION.format(text))}</document>"
    )


def read(data: str | bytes) -> Document:
    (document,) = read_documents(data.encode() if isinstance(data, str) else data)
    return document


def refusal(data: str | bytes) -> str:
    with pytest.raises(UnreadableError) as refused:
        read(data)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.fixture
def warfarin(samples: Path) -> Document:
    return read((samples / "sources/spl/warfarin-plr.xml").read_bytes())


def sentence(document: Document, start: int) -> str:
    return document.text[document.text.rfind("\n", 0, start) + 1 :].partition("\n")[0]


def test_label_has_its_identity(warfarin: Document) -> None:
    assert warfarin.id == "dailymed:aaaaaaaa-0000-4000-8000-00000000a001"
    assert (warfarin.version, warfarin.effective, warfarin.country, warfarin.source) == (3, "2024-01-15", "US", "spl")
    assert warfarin.type == "HUMAN PRESCRIPTION DRUG LABEL"
    assert warfarin.title.startswith("WARFARIN EXAMPLE® (warfarin sodium) tablets, for oral use")


def test_title_is_freed_of_the_highlights_sentence_even_around_numbers() -> None:
    boilerplate = "These highlights do not include all the information needed to use X 0.5% safely and effectively."
    title = f"<title>{boilerplate} See full prescribing information for X 0.5%.<br/>X 0.5% (y) gel</title>"
    assert read(label().replace("<title>T</title>", title)).title == "X 0.5% (y) gel"


def test_coded_parts_are_sentences_that_name_the_product(warfarin: Document) -> None:
    said = {(coded.role, coded.code, coded.name): sentence(warfarin, coded.start) for coded in warfarin.coded}
    assert said == {
        (
            "has_active_ingredient",
            "unii:6153CWM0CL",
            "WARFARIN SODIUM",
        ): "Warfarin Example contains the active ingredient WARFARIN SODIUM, 5 mg.",
        ("has_strength", "", "5 mg"): "Warfarin Example contains the active ingredient WARFARIN SODIUM, 5 mg.",
        ("moiety", "unii:5Q7ZVV76EI", "WARFARIN"): "The active moiety of WARFARIN SODIUM is WARFARIN.",
        ("has_inactive_ingredient", "unii:EWQ57Q8I5X", "LACTOSE MONOHYDRATE"): "Warfarin Example contains the inactive"
        " ingredients LACTOSE MONOHYDRATE; and MAGNESIUM STEARATE.",
        ("has_inactive_ingredient", "unii:70097M6I30", "MAGNESIUM STEARATE"): "Warfarin Example contains the inactive"
        " ingredients LACTOSE MONOHYDRATE; and MAGNESIUM STEARATE.",
        ("has_dosage_form", "ncit:C42998", "TABLET"): "The dosage form of Warfarin Example is TABLET.",
        ("has_route", "ncit:C38288", "ORAL"): "The route of administration of Warfarin Example is ORAL.",
        ("manufactured_by", "", "Example Pharma, Inc."): "The manufacturer or labeler of Warfarin Example is"
        " Example Pharma, Inc.",
        ("manufactured_by", "", "Example Works Ltd"): "Warfarin Example is manufactured at Example Works Ltd.",
    }


def test_product_has_its_codes_and_marketing(warfarin: Document) -> None:
    (product,) = warfarin.products
    assert (product.name, product.generic_name, product.code) == (
        "Warfarin Example",
        "warfarin sodium",
        "ndc:99999-001",
    )
    assert product.marketing_status == "active"
    assert warfarin.text[product.start : product.end] == (
        "Warfarin Example (warfarin sodium), NDC 99999-001, is a product marketed under NDA099999,"
        " marketing status active since 2010-06-01."
    )


def test_sections_are_nested_and_inherit_their_kind(warfarin: Document) -> None:
    by_title = {section.title: section for section in warfarin.sections}
    limits = by_title["1.1 Limitations of Use"]
    assert (limits.kind, limits.level, limits.code) == ("indications", 2, "42229-5")
    assert limits.parent is not None
    assert warfarin.sections[limits.parent].title == "1 INDICATIONS AND USAGE"
    assert by_title["5.1 Hemorrhage"].kind == "warnings"
    assert by_title["WARNING: BLEEDING RISK"].kind == "boxed_warning"


def test_highlights_are_read_once_and_only_where_nothing_else_says_it(warfarin: Document) -> None:
    assert warfarin.text.count("can cause major or fatal bleeding") == 1
    assert warfarin.text.count("Contraindications (4) | 01/2024") == 1


def test_table_is_laid_out_with_its_cells(warfarin: Document) -> None:
    table = warfarin.tables[-1]
    assert warfarin.text[table.start : table.end] == (
        "Table 1. Adverse reactions in 5% or more of patients*\n"
        "Adverse reaction | Patients (%)\n"
        "| Warfarin Example N=200 | Placebo N=198\n"
        "Bleeding^a | 12 | 3.5\n"
        "| 8*\n"
        "• Nausea • Vomiting | 6 (3.0) | 5 (2.5)\n"
        "N, number of patients treated.\n"
        "* All grades."
    )
    assert {cell.row for cell in table.cells if cell.header} == {0, 1}


def test_old_format_label_is_read(samples: Path) -> None:
    document = read((samples / "sources/spl/phenytoin-old-format.xml").read_bytes())
    assert "Zürich" in document.text
    assert "• 1. rash\n• lymphadenopathy\n• with fever\nFigure 1. Plasma levels" in document.text
    assert document.sections[-1].kind == "pregnancy"
    (product,) = document.products
    assert (product.name, product.dea_schedule, product.marketing_status) == (
        "Phenytoin Example Junior",
        "CV",
        "completed",
    )
    assert "125 mg per 5 mL (as Phenytoin)" in document.text
    assert "is the same product as NDC 99998-123." in document.text


def test_kit_gives_its_parts_as_products(samples: Path) -> None:
    document = read((samples / "sources/spl/ibuprofen-otc-kit.xml").read_bytes())
    assert [product.name for product in document.products] == [
        "Ibuprofen Example Kit",
        "Ibuprofen Example",
        "Menthol Example",
    ]
    actives = {coded.name: coded.product for coded in document.coded if coded.role == "has_active_ingredient"}
    assert actives == {"IBUPROFEN": 1, "MENTHOL": 2}
    assert "Ibuprofen Example may contain GELATIN." in document.text
    assert "Ibuprofen Example is a part of Ibuprofen Example Kit." in document.text
    kinds = {section.title: section.kind for section in document.sections}
    assert kinds["Do not use"] == "contraindications"


def test_class_index_gives_classes_of_the_substance(samples: Path) -> None:
    document = read((samples / "sources/spl/methoxsalen-classes.xml").read_bytes())
    assert [(coded.role, coded.code, coded.name) for coded in document.coded] == [
        ("moiety", "unii:U4VJ29L7BQ", "METHOXSALEN"),
        ("has_mechanism_of_action", "ndfrt:N0000010217", "Photoabsorption [MoA]"),
        ("has_pharmacologic_class", "ndfrt:N0000175879", "Psoralen [EPC]"),
        ("has_pharmacologic_class", "ndfrt:N0000009801", "Photosensitizing Activity [PE]"),
    ]


COUNTS = {
    "index-pharmclass-methoxsalen.xml": (1, 0, 1, 6),
    "otc-triaminic-cough.xml": (19, 1, 1, 20),
    "rx-adcetris.xml": (52, 4, 1, 12),
    "rx-humira.xml": (73, 18, 10, 57),
    "rx-lipitor-repackager.xml": (93, 11, 1, 18),
    "rx-lipitor.xml": (110, 11, 4, 88),
}


@pytest.mark.parametrize("name", COUNTS)
def test_real_label_is_read_whole(shared_data: Callable[[str], Path], name: str) -> None:
    data = (shared_data("spl-xml") / name).read_bytes()
    document = read(data)
    sections, tables, products, coded = COUNTS[name]
    assert sections == len(re.findall(rb"<section\b", data))
    assert (len(document.sections), len(document.tables)) == (sections, tables)
    assert (len(document.products), len(document.coded)) == (products, coded)
    assert all(document.text[c.start : c.end].casefold() == " ".join(c.name.split()).casefold() for c in document.coded)


@pytest.mark.parametrize("name", COUNTS)
def test_no_letter_of_a_real_label_is_lost(shared_data: Callable[[str], Path], name: str) -> None:
    data = (shared_data("spl-xml") / name).read_bytes()
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True, remove_comments=True))
    space = "{urn:hl7-org:v3}"
    parts = [
        p for section in root.iter(f"{space}section") for p in section if p.tag in (f"{space}title", f"{space}text")
    ]
    source = Counter(letter for part in parts for letter in "".join(map(str, part.itertext())) if not letter.isspace())
    document = read(data)
    assert not source - Counter(document.text[document.sections[0].end :])


def test_no_words_run_together(shared_data: Callable[[str], Path]) -> None:
    text = read((shared_data("spl-xml") / "rx-lipitor.xml").read_bytes()).text
    assert "Interacting Agents | Prescribing Recommendations" in text
    assert not re.search(r"[a-z]{3}\.[A-Z][a-z]{3}", text)


BOMB = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{inner};' * 10}'>" for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_entity_bomb_is_refused() -> None:
    assert "document type or entities" in refusal(label(head=f"{BOMB}]>", text="&i;"))


def test_external_entity_is_refused_and_its_file_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    head = f"<!DOCTYPE d [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
    assert "password" not in refusal(label(head=head, text="&x;"))


def test_external_document_type_is_refused() -> None:
    assert "document type" in refusal(label(head="<!DOCTYPE document SYSTEM 'http://example.org/a.dtd'>"))


def test_entity_hidden_in_utf_16_is_refused() -> None:
    head = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE d [<!ENTITY x 'y'>]>"
    assert "document type" in refusal(label(head=head, text="&x;").encode("utf-16"))


def test_entity_hidden_in_utf_7_is_refused() -> None:
    head = "<?xml version='1.0' encoding='UTF-7'?>"
    assert "encoding 'UTF-7'" in refusal(label(head=head))


def test_unknown_entity_is_refused() -> None:
    assert "not well-formed" in refusal(label(text="a&nbsp;b"))


@pytest.mark.parametrize("depth", [300, 10_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    text = "<content>" * depth + "x" + "</content>" * depth
    assert "deep" in refusal(label(text=text)).lower()


def test_nesting_below_the_limit_is_read() -> None:
    depth = 95
    assert "x" in read(label(text="<list><item>" * depth + "x" + "</item></list>" * depth)).text


def test_one_huge_element_is_read_within_the_limit() -> None:
    assert len(read(label(text="word " * 4_000_000)).text) > 19_000_000


@pytest.mark.parametrize("cut", [100, 300, 420])
def test_truncated_file_is_refused(cut: int) -> None:
    assert "not well-formed XML (cut off or damaged)" in refusal(label(text="For pain. " * 20)[:cut])


def test_declared_encoding_is_followed() -> None:
    head = "<?xml version='1.0' encoding='ISO-8859-1'?>"
    assert "Zürich" in read(label(head=head, text="Zürich").encode("latin-1")).text


def test_curly_quotes_of_windows_are_read_in_what_calls_itself_latin_1() -> None:
    head = "<?xml version='1.0' encoding='ISO-8859-1'?>"
    assert "the child’s dose" in read(label(head=head, text="the child’s dose").encode("cp1252")).text


def test_latin_1_that_says_it_is_utf_8_is_refused() -> None:
    head = "<?xml version='1.0' encoding='UTF-8'?>"
    assert "is not in the encoding UTF-8, as it declares" in refusal(label(head=head, text="Zürich").encode("latin-1"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_mark_wins_over_the_declaration(encoding: str) -> None:
    head = "<?xml version='1.0' encoding='ISO-8859-1'?>"
    assert "Zürich ≥ 2" in read(label(head=head, text="Zürich ≥ 2").encode(encoding)).text


def test_utf_16_without_its_mark_is_refused_or_read_but_not_garbled() -> None:
    assert "Zürich" in read(label(text="Zürich").encode("utf-16-le")).text
    assert codecs.BOM_UTF16_LE not in label(text="Zürich").encode("utf-16-le")


@pytest.mark.parametrize("date", ["20231345", "20230230", "2023-01-01", "tomorrow", "00000000", "99"])
def test_wrong_date_is_refused(date: str) -> None:
    assert "which is no date (YYYYMMDD)" in refusal(label(date=date))


@pytest.mark.parametrize(
    ("date", "effective"),
    [("20240229", "2024-02-29"), ("202401", ""), ("2024", ""), ("", ""), ("20240101123000.000+0000", "2024-01-01")],
)
def test_date_is_read_as_far_as_it_is_given(date: str, effective: str) -> None:
    assert read(label(date=date)).effective == effective


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "９", "1" * 30])
def test_wrong_version_is_refused(version: str) -> None:
    assert "not a whole number" in refusal(label(version=version))


def test_label_without_any_id_is_refused() -> None:
    assert "neither a set id nor an id" in refusal(
        label().replace("<setId root='Ab'/>", "").replace("<id root='1'/>", "")
    )


def test_label_without_a_body_is_refused() -> None:
    assert "without a structured body" in refusal("<document xmlns='urn:hl7-org:v3'><setId root='a'/></document>")


def test_prefixed_namespace_is_read() -> None:
    prefixed = re.sub(r"<(/?)(\w)", r"<\1h:\2", label()).replace("xmlns=", "xmlns:h=")
    assert read(prefixed).text == read(label()).text


def test_other_xml_is_not_claimed() -> None:
    assert not SOURCE.claims(b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>")
    assert not SOURCE.claims(b"<document xmlns='urn:other'/>")
    assert SOURCE.claims(b"<!-- <a> --><document xmlns='urn:hl7-org:v3'/>")


def test_section_that_holds_nothing_lies_inside_its_parent() -> None:
    inner = "<component><section><title/></section></component>"
    body = f"<component><section><title>A</title><text>one</text>{inner}</section></component>{inner}"
    document = read(f"<document xmlns='urn:hl7-org:v3'><setId root='a'/>{BODY.format(body)}</document>")
    assert [(s.start, s.end, s.parent) for s in document.sections] == [(0, 6, None), (6, 6, 0), (6, 6, None)]
