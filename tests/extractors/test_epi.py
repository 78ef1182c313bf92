from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractors.errors import UnreadableError
from extractors.model import Document
from extractors.sources.epi import SOURCE

ROOT = Path(__file__).parent.parent
SPANISH = (ROOT / "samples" / "sources" / "epi" / "smpc-and-leaflet.xml").read_bytes()
ENGLISH = (ROOT.parent / "kg" / "samples" / "epi-cordexa.json").read_bytes()


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    bundle = json.loads(ENGLISH)
    change(bundle)
    return json.dumps(bundle).encode()


def english() -> Document:
    (document,) = SOURCE.read(ENGLISH)
    return document


def kinds(document: Document) -> dict[str, str]:
    return {section.title: section.kind for section in document.sections}


def test_each_composition_is_a_document_of_its_own() -> None:
    smpc, leaflet = SOURCE.read(SPANISH)
    assert (smpc.id, leaflet.id) == ("epi:demo-smpc", "epi:demo-leaflet")
    assert (smpc.type, leaflet.type) == ("SUMMARY OF PRODUCT CHARACTERISTICS", "PACKAGE LEAFLET")


def test_leaflet_is_named_after_the_product_of_the_summary_beside_it() -> None:
    smpc, leaflet = SOURCE.read(SPANISH)
    assert smpc.title == "Ejemplina 10 mg comprimidos, Ficha técnica"
    assert leaflet.title == "Ejemplina 10 mg comprimidos, Prospecto"


def test_sections_of_a_language_without_rules_have_kinds_by_code_and_number_only() -> None:
    smpc, leaflet = SOURCE.read(SPANISH)
    assert smpc.language == "es"
    assert kinds(smpc) == {
        "Product data": "product_data",
        "1. Nombre del medicamento": "product_data",
        "4. Datos clínicos": "",
        "4.3 Contraindicaciones": "contraindications",
        "4.8 Reacciones adversas": "adverse_reactions",
        "Información adicional": "",
    }
    assert kinds(leaflet)["4. Posibles efectos adversos"] == "adverse_reactions"


def test_country_is_that_of_the_authority_the_text_names() -> None:
    assert {document.country for document in SOURCE.read(SPANISH)} == {"ES"}


def test_number_of_a_central_authorisation_makes_it_european() -> None:
    data = SPANISH.replace(b"AEMPS)", b"AEMPS) EU/1/99/999/001")
    assert {document.country for document in SOURCE.read(data)} == {"EU"}


def test_sections_are_nested_and_hold_their_heading_and_text() -> None:
    smpc, _ = SOURCE.read(SPANISH)
    inner = next(section for section in smpc.sections if section.title.startswith("4.3"))
    assert inner.parent is not None
    assert smpc.sections[inner.parent].title == "4. Datos clínicos"
    assert smpc.text[inner.start : inner.end].splitlines() == [
        "4.3 Contraindicaciones",
        "• Hipersensibilidad al principio activo.",
        "• Insuficiencia hepática grave.",
    ]


def test_spans_of_a_table_are_resolved_and_its_first_rows_are_headers() -> None:
    smpc, _ = SOURCE.read(SPANISH)
    (table,) = smpc.tables
    places = {smpc.text[c.start : c.end]: (c.row, c.column, c.header) for c in table.cells}
    assert places["Raras"] == (1, 2, True)
    assert places["Urticaria"] == (2, 2, False)


def test_coded_parts_have_codes_names_and_places() -> None:
    document = english()
    said = {(c.role, c.code, c.name) for c in document.coded}
    assert said >= {
        ("has_active_ingredient", "unii:UR59KN573L", "bisoprolol fumarate"),
        ("has_inactive_ingredient", "unii:70097M6I30", "magnesium stearate"),
        ("has_strength", "", "5 mg"),
        ("has_dosage_form", "", "Film-coated tablet"),
        ("has_route", "", "Oral use"),
        ("manufactured_by", "", "Exemplar Demo Pharma B.V."),
        ("has_pharmacologic_class", "atc:C07AB", "C07AB"),
        ("indicated_for", "icd10:I10", "hypertension"),
    }
    assert all(document.text[c.start : c.end] == c.name for c in document.coded)


def test_version_language_and_country_come_from_the_bundle() -> None:
    document = english()
    assert (document.version, document.effective) == (3, "2025-02-14")
    assert (document.language, document.country) == ("en", "EU")
    assert document.products[0].code == "EU/1/99/9999/001"


def test_version_is_the_date_where_the_bundle_has_none() -> None:
    (document,) = SOURCE.read(changed(lambda bundle: bundle.pop("meta")))
    assert document.version == 20250214


def test_frequency_of_a_coded_effect_is_its_qualifier() -> None:
    effect = {
        "resourceType": "ClinicalUseDefinition",
        "type": "undesirable-effect",
        "undesirableEffect": {
            "symptomConditionEffect": {"concept": {"text": "dizziness"}},
            "frequencyOfOccurrence": {"text": "Common"},
        },
    }
    (document,) = SOURCE.read(changed(lambda bundle: bundle["entry"].append({"resource": effect})))
    (found,) = [c for c in document.coded if c.role == "causes_adverse_event"]
    assert found.name == "dizziness"
    assert found.qualifiers == (("frequency", "common"),)


def test_english_sections_without_code_or_number_have_kinds_by_heading() -> None:
    def rename(bundle: dict[str, Any]) -> None:
        section = bundle["entry"][0]["resource"]["section"][3]["section"][2]
        del section["code"]
        section["title"] = "Contraindications"

    (document,) = SOURCE.read(changed(rename))
    assert kinds(document)["Contraindications"] == "contraindications"


def test_json_and_xml_of_one_composition_read_alike() -> None:
    xml = (
        '<Bundle xmlns="http://hl7.org/fhir"><identifier><value value="x"/></identifier><entry><resource><Composition>'
        '<language value="en"/><title value="SmPC"/><section><title value="4.3 Contraindications"/><text>'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Asthma &#160;and <b>gout</b>.</p></div></text></section>'
        "</Composition></resource></entry></Bundle>"
    )
    section = {"title": "4.3 Contraindications", "text": {"div": "<div><p>Asthma &nbsp;and <b>gout</b>.</p></div>"}}
    composition = {"resourceType": "Composition", "language": "en", "title": "SmPC", "section": [section]}
    entry = [{"resource": composition}]
    as_json = json.dumps({"resourceType": "Bundle", "identifier": {"value": "x"}, "entry": entry})
    (first,), (second,) = SOURCE.read(xml.encode()), SOURCE.read(as_json.encode())
    assert first.text == second.text == "4.3 Contraindications\nAsthma and gout."
    assert first.sections == second.sections


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (changed(lambda b: b["entry"].append({"resource": {"resourceType": "Patient"}})), "patient's record"),
        (changed(lambda b: b["entry"].pop(0)), "without a Composition"),
        (changed(lambda b: b["entry"][0]["resource"].update(date="2025-13-45")), "2025-13-45"),
        (
            changed(lambda b: b["entry"][0]["resource"].update(section=[]) or b.update(entry=b["entry"][:1])),
            "without any",
        ),
        (ENGLISH[:5000], "cut off or damaged"),
        (SPANISH[:2000], "cut off or damaged"),
        (b'{"resourceType": "Patient"}', "not a Bundle"),
        (b'{"resourceType":"Bundle","a":' + b'{"a":' * 500 + b"1" + b"}" * 501, "deep"),
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Bundle xmlns="http://hl7.org/fhir">&a;</Bundle>',
            "document type",
        ),
    ],
)
def test_what_is_no_product_information_is_refused_with_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as refused:
        list(SOURCE.read(data))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("data", "expected"), [(ENGLISH, True), (SPANISH, True), (b'{"results": []}', False)])
def test_bundle_is_claimed_by_its_content(data: bytes, expected: bool) -> None:
    assert SOURCE.claims(data[:65_536]) is expected


def test_published_bundles_are_read_whole(shared_data: Callable[[str], Path]) -> None:
    paths = sorted(shared_data("aemps-epi-fhir").glob("*.xml.gz"))
    documents = [document for path in paths for document in SOURCE.read(gzip.decompress(path.read_bytes()))]
    assert len(documents) == 2 * len(paths)
    for smpc in documents[::2]:
        found = {section.kind for section in smpc.sections}
        assert found >= {"indications", "contraindications", "warnings", "interactions", "dosage"}
        assert smpc.country in {"EU", "ES"}
