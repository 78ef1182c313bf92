"""From a document to its relations: coded parts, the label's own drug, order and repetition."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractors.extract import EXTRACTORS, extract
from extractors.model import Coded, Document, Product, Qualifier, Section
from extractors.qualifiers import qualifier_names
from extractors.relations.context import kind_of, split_document
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

LEXICON = Lexicon.of(
    [
        Concept("drugbank:DB01076", "Atorvastatin", Kind.DRUG, xrefs=("unii:A0JWA85V8F",)),
        Concept("drugbank:DB00381", "Amlodipine", Kind.DRUG),
        Concept("mesh:D006949", "Hyperlipidemias", Kind.DISEASE),
        Concept("mesh:D006261", "Headache", Kind.FINDING),
        Concept("mesh:D009203", "Myocardial Infarction", Kind.DISEASE),
        Concept("drugbank:DB00091", "Cyclosporine", Kind.DRUG),
    ]
)


def label(*, products: int = 1, combination: bool = False) -> Document:
    """A label with product data, indications and adverse reactions; `combination` adds a second ingredient."""
    lines = ["Lipitor contains atorvastatin calcium and amlodipine as 10 mg tablets made by Pfizer.\n"]
    starts = [0]
    text = lines[0]
    names = [
        ("has_active_ingredient", "unii:48A5M73Z4Q", "atorvastatin calcium", Kind.DRUG),
        ("moiety", "unii:A0JWA85V8F", "atorvastatin", Kind.DRUG),
        ("has_strength", "", "10 mg", Kind.QUANTITY),
        ("manufactured_by", "", "Pfizer", Kind.ORGANIZATION),
    ]
    if combination:
        names.insert(2, ("has_active_ingredient", "", "amlodipine", Kind.DRUG))
        names.insert(3, ("moiety", "", "amlodipine", Kind.DRUG))
    coded = tuple(
        Coded(role, code, name, kind, text.find(name), text.find(name) + len(name), product)
        for product in range(products)
        for role, code, name, kind in names
    )
    sections = [Section("48780-1", "Product data", 0, len(text), "product_data")]
    for kind, title, body in (
        ("indications", "Indications", "Lipitor is indicated for the treatment of hyperlipidemias.\n"),
        ("adverse_reactions", "Adverse reactions", "The most common adverse reaction was headache (12%).\n"),
    ):
        starts.append(len(text))
        text += f"{title}\n{body}"
        sections.append(Section("", title, starts[-1], len(text), kind))
    made = tuple(Product("Lipitor", "atorvastatin", start=0, end=len(lines[0]) - 1) for _ in range(products))
    return Document("dailymed:1", "Lipitor", text, tuple(sections), (), made, coded, country="US", source="spl")


def triples(document: Document) -> set[tuple[str, str, str]]:
    found = extract(document, LEXICON).relations
    return {(r.subject.match.name if r.subject.match else r.subject.text, r.predicate, r.object.text) for r in found}


def test_label_facts_attach_to_the_ingredient_not_to_its_salt_or_brand() -> None:
    assert {
        ("Atorvastatin", "indicated_for", "hyperlipidemias"),
        ("Atorvastatin", "causes_adverse_event", "headache"),
        ("Atorvastatin", "has_strength", "10 mg"),
        ("Atorvastatin", "manufactured_by", "Pfizer"),
    } <= triples(label())


def test_brand_points_at_what_it_holds() -> None:
    assert ("Lipitor", "has_active_ingredient", "atorvastatin calcium") in triples(label())


def test_combination_is_a_drug_of_its_own_that_points_at_its_ingredients() -> None:
    found = triples(label(combination=True))
    assert ("Amlodipine / Atorvastatin", "indicated_for", "hyperlipidemias") in found
    assert ("Amlodipine / Atorvastatin", "has_active_ingredient", "amlodipine") in found
    assert ("Atorvastatin", "indicated_for", "hyperlipidemias") not in found


def test_code_that_no_terminology_knows_is_kept() -> None:
    salt = next(r.object for r in extract(label(), LEXICON).relations if r.predicate == "has_active_ingredient")
    assert salt.match is not None
    assert salt.match.curie == "unii:48A5M73Z4Q"


def test_product_and_country_are_remembered() -> None:
    for relation in extract(label(), LEXICON).relations:
        assert Qualifier("country", "US") in relation.qualifiers
        assert Qualifier("product", "Lipitor") in relation.qualifiers


def test_qualifiers_have_names_of_the_rules() -> None:
    names = {q.name for r in extract(label(), LEXICON).relations for q in r.qualifiers}
    assert names <= qualifier_names()


def test_relations_point_into_the_text() -> None:
    document = label()
    for relation in extract(document, LEXICON).relations:
        assert 0 <= relation.start < relation.end <= len(document.text)
        assert document.text[relation.object.start : relation.object.end].lower() == relation.object.text.lower()


def test_coded_part_is_quoted_with_its_whole_sentence() -> None:
    text = "Product data\nThe route of administration of Lipitor is ORAL.\n"
    start = text.index("ORAL")
    coded = (Coded("has_route", "", "ORAL", Kind.ROUTE, start, start + 4),)
    sections = (Section("48780-1", "Product data", 0, len(text), "product_data"),)
    document = Document("d", "Lipitor", text, sections, products=(Product("Lipitor"),), coded=coded)
    (route,) = [r for r in extract(document, LEXICON).relations if r.predicate == "has_route"]
    assert text[route.start : route.end] == "The route of administration of Lipitor is ORAL."


def test_extraction_is_the_same_each_time() -> None:
    assert extract(label(), LEXICON) == extract(label(), LEXICON)


def test_chosen_extractors_alone_are_run() -> None:
    relations = extract(label(), LEXICON, extractors=["coded"]).relations
    assert {relation.extractor for relation in relations} == {"coded"}


@pytest.mark.parametrize("name", EXTRACTORS)
def test_extractor_says_nothing_of_an_empty_document(name: str) -> None:
    assert extract(Document("e", "", ""), LEXICON, extractors=[name]).relations == ()


def test_document_without_a_drug_says_so() -> None:
    extraction = extract(Document("e", "", "Headache may occur.", (Section("", "", 0, 19, "warnings"),)), LEXICON)
    assert extraction.relations == ()
    assert "no drug" in extraction.notes[0]


def test_sentence_never_reaches_over_the_border_of_a_section() -> None:
    text = "One thing\nAnother thing"
    document = Document("s", "", text, (Section("", "", 0, 10, "a"), Section("", "", 10, len(text), "b")))
    assert [text[start:end] for start, end in split_document(document)] == ["One thing", "Another thing"]


def test_section_in_the_contraindications_is_one_of_them() -> None:
    sections = (Section("", "", 0, 9, "contraindications"), Section("", "", 1, 5, "pregnancy", parent=0))
    assert kind_of(Document("s", "", "123456789", sections), 1) == "contraindications"
    warnings = (replace(sections[0], kind="warnings"), sections[1])
    assert kind_of(Document("s", "", "123456789", warnings), 1) == "pregnancy"


def test_disease_being_treated_is_no_adverse_event_for_standing_in_the_section() -> None:
    text = "Indications\nLipitor is indicated for the treatment of hyperlipidemias.\nAdverse reactions\n"
    start = text.index("Adverse reactions")
    text += "Hyperlipidemias\nHeadache\n"
    sections = (Section("", "Indications", 0, start, "indications"),
                Section("", "Adverse reactions", start, len(text), "adverse_reactions"))  # fmt: skip
    document = Document("d", "Lipitor", text, sections, products=(Product("Lipitor"),))
    found = {(r.predicate, r.object.text.lower()) for r in extract(document, LEXICON).relations}
    assert found == {("indicated_for", "hyperlipidemias"), ("causes_adverse_event", "headache")}


def test_facts_attach_to_the_ingredient_where_a_label_codes_its_salt_alone() -> None:
    ingredient = Concept("drugbank:DB00331", "Metformin", Kind.DRUG)
    salt = Concept("unii:786Z46389E", "metformin hydrochloride", Kind.DRUG, parents=("drugbank:DB00331",))
    gout = Concept("mesh:D006073", "Gout", Kind.DISEASE)
    text = "METFORMIN HYDROCHLORIDE\nDo not give it to patients with gout. Contraindicated in patients with gout.\n"
    coded = Coded("has_active_ingredient", "unii:786Z46389E", "METFORMIN HYDROCHLORIDE", Kind.DRUG, 0, 23)
    sections = (Section("34070-3", "", 24, len(text), "contraindications"),)
    document = Document("x:1", "Metformin", text, sections, coded=(coded,))

    found = extract(document, Lexicon.of([ingredient, salt, gout])).relations

    subjects = {r.subject.match.curie for r in found if r.subject.match and r.predicate == "contraindicated_in"}
    assert subjects == {"drugbank:DB00331"}
