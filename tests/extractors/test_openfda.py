"""openFDA label records as documents: each word read once, tables in place, a missing block no obstacle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import UnreadableError
from extractors.model import Document
from extractors.sources import read_documents
from extractors.sources.openfda import SOURCE
from extractors.sources.openfda_products import guess_name
from extractors.sources.openfda_sections import Field, nest_fields
from extractors.sources.openfda_tables import place_tables


def read(**record: Any) -> Document:
    data = json.dumps({"set_id": "A", "version": "1", **record}).encode()
    (document,) = read_documents(data)
    return document


def texts(document: Document) -> dict[str, str]:
    return {section.title: document.text[section.start : section.end] for section in document.sections}


@pytest.fixture
def warfarin(samples: Path) -> Document:
    (document,) = read_documents((samples / "sources/openfda/warfarin-record.json").read_bytes())
    return document


def test_record_has_the_identity_of_its_label(warfarin: Document, samples: Path) -> None:
    (label,) = read_documents((samples / "sources/spl/warfarin-plr.xml").read_bytes())
    assert (warfarin.id, warfarin.version, warfarin.effective) == (label.id, label.version, label.effective)
    assert (warfarin.type, warfarin.country) == (label.type, label.country)


def test_sections_have_codes_kinds_and_nesting(warfarin: Document) -> None:
    found = {section.title: (section.code, section.kind, section.parent) for section in warfarin.sections}
    assert found["1 INDICATIONS AND USAGE"] == ("34067-9", "indications", None)
    assert found["8.1 Pregnancy"] == ("42228-7", "pregnancy", 5)
    assert warfarin.sections[5].title == "8 USE IN SPECIFIC POPULATIONS"


def test_words_of_a_subsection_are_read_once(warfarin: Document) -> None:
    assert warfarin.text.count("contraindicated in pregnant women") == 1
    assert texts(warfarin)["8.1 Pregnancy"] == "8.1 Pregnancy\n\nWarfarin Example is contraindicated in pregnant women."


def test_table_takes_the_place_of_its_flattened_words(warfarin: Document) -> None:
    assert texts(warfarin)["6 ADVERSE REACTIONS"] == (
        "6 ADVERSE REACTIONS\n\nThe most common adverse reaction is hemorrhage.\n\n"
        "Table 1. Adverse reactions\nReaction | Drug N=200 | Placebo N=198\nBleeding | 12 | 3.5\n\n"
        "Rash was also reported."
    )


def test_table_that_is_not_in_the_text_follows_it_even_when_it_is_not_quite_xml(warfarin: Document) -> None:
    assert texts(warfarin)["7 DRUG INTERACTIONS"].endswith("\n\nInhibitor | Effect\nfluconazole 200 mg | increases")


def test_block_gives_products_and_coded_parts(warfarin: Document) -> None:
    assert [product.code for product in warfarin.products] == ["ndc:99999-001", "ndc:99999-004"]
    assert {(coded.role, coded.code, coded.name) for coded in warfarin.coded} == {
        ("has_active_ingredient", "unii:6153CWM0CL", "WARFARIN SODIUM"),
        ("has_route", "", "ORAL"),
        ("manufactured_by", "", "Example Pharma, Inc."),
        ("has_pharmacologic_class", "", "Vitamin K Antagonist [EPC]"),
        ("has_mechanism_of_action", "", "Vitamin K Inhibitors [MoA]"),
    }
    assert "The RxNorm codes of Warfarin Example are 855332, 855333." in warfarin.text


def test_uniis_of_several_substances_are_not_paired_by_guess() -> None:
    document = read(openfda={"brand_name": ["X"], "substance_name": ["A", "B"], "unii": ["1", "2"]})
    assert [coded.code for coded in document.coded] == ["", ""]


def test_missing_block_leaves_a_name_from_the_product_elements() -> None:
    document = read(
        spl_product_data_elements=["Nostrum phenobarbital PHENOBARBITAL PHENOBARBITAL LACTOSE"],
        indications_and_usage=["Sedative."],
    )
    assert document.title == "Nostrum phenobarbital"
    assert document.coded == ()
    assert texts(document)["Indications and Usage"] == "Indications and Usage\n\nSedative."


@pytest.mark.parametrize(
    ("elements", "name"),
    [
        ("Lipitor atorvastatin calcium ATORVASTATIN CALCIUM TRIHYDRATE ATORVASTATIN", "Lipitor atorvastatin calcium"),
        ("Ibuprofen Ibuprofen IBUPROFEN IBUPROFEN SILICON DIOXIDE", "Ibuprofen"),
        ("ADVIL ibuprofen IBUPROFEN", "ADVIL ibuprofen"),
        ("", ""),
    ],
)
def test_name_is_guessed_from_product_elements(elements: str, name: str) -> None:
    assert guess_name(elements) == name


def test_answer_with_results_gives_each_record(samples: Path) -> None:
    documents = list(read_documents((samples / "sources/openfda/answer.json").read_bytes()))
    assert [document.id[-4:] for document in documents] == ["a001", "a005"]


def test_plain_strings_are_read_like_lists() -> None:
    assert "For pain." in read(openfda={}, indications_and_usage="For pain.").text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"set_id": "a", "version": "1', "not valid JSON"),
        (b'{"openfda": {}, "version": "1"}', "neither a set id nor an id"),
        (b'{"set_id": "a", "effective_time": "20231345"}', "no date"),
        (b'{"set_id": "a", "version": "two"}', "not a whole number"),
        (b'[{"set_id": "a"}, 1]', "something else than label records"),
        (b'{"set_id": "a", "warnings": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "not valid JSON"),
    ],
)
def test_broken_record_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        list(read_documents(data))


def test_hostile_table_is_left_out_of_the_text() -> None:
    entity = "<!DOCTYPE t [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><table><tr><td>&x;</td></tr></table>"
    deep = "<table><tr><td>" + "<b>" * 5_000 + "x" + "</b>" * 5_000 + "</td></tr></table>"
    for table in (entity, deep):
        document = read(openfda={}, warnings=["Bleeding."], warnings_table=[table])
        assert "root:" not in document.text
        assert "Bleeding." in document.text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("USES Boils, Abscess", "USES"),
        ("2 DOSAGE & ADMINISTRATION: Once daily.", "2 DOSAGE & ADMINISTRATION:"),
        ("Uses of this product vary.", "Purpose"),
        ("WARNING: BLEEDING RISK Bleeding.", "Purpose"),
    ],
)
def test_heading_is_taken_from_the_text_only_where_it_is_one(text: str, title: str) -> None:
    document = read(openfda={}, purpose=[text])
    assert [section.title for section in document.sections] == [title]
    assert text[-8:] in document.text


def test_fields_that_are_no_text_of_the_label_are_left_out() -> None:
    record = {"@drugtype": "human", "openfda": {"brand_name": ["X"], "is_original_packager": [True]}, "purpose": ["A."]}
    assert read(**record).text == "Product data\nX is a product.\n\nPurpose\n\nA."


def test_other_json_is_not_claimed() -> None:
    assert not SOURCE.claims(b'{"resourceType": "Bundle", "set_id": "a"}')
    assert not SOURCE.claims('{"name": "华法林", "适应症": "血栓"}'.encode())
    assert SOURCE.claims(b'\xef\xbb\xbf [{"openfda": {"brand_name": ["X"]}}]')


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=12), min_size=1, max_size=8))
def test_nested_fields_hold_their_own_text(given_texts: list[str]) -> None:
    fields = [Field(f"f{i}", "", "", text, "") for i, text in enumerate(given_texts)]
    nested = nest_fields(fields)
    assert sorted(each.name for outer, inner in nested for each in [outer, *(i.field for i in inner)]) == sorted(
        each.name for each in fields
    )
    for outer, inner in nested:
        assert all(outer.text[each.start : each.end] == each.field.text for each in inner)


def test_table_is_found_whatever_the_blanks() -> None:
    text = "Before. A b1 2 After."
    source = "<table><tr><td>A b</td><td>1</td><td>2</td></tr></table>"
    ((table,),) = place_tables([text], [{"x"}], [("x", source), ("y", source)])
    assert text[table.start : table.end] == "A b1 2"


def test_table_of_an_unnamed_subsection_goes_where_its_words_are() -> None:
    table = "<table><tr><td>Nausea</td><td>5</td></tr></table>"
    document = read(
        openfda={},
        warnings=["Rash."],
        adverse_reactions=["Common ones. Nausea 5 See above."],
        spl_unclassified_section=["Rash.", "Nausea 5 See above."],
        spl_unclassified_section_table=[table],
        warnings_table=[table],
    )
    assert texts(document)["Adverse Reactions"].endswith("Common ones.\n\nNausea | 5\n\nSee above.")
    assert document.text.count("Nausea") == 1
    assert [section.level for section in document.sections] == [1, 2, 1, 2]
