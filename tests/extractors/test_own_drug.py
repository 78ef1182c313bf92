from __future__ import annotations

import pytest

from extractors.mentions import find_mentions
from extractors.model import Coded, Document, Product, Section
from extractors.own_drug import bare_name, own_drug
from ontologies.lexicon import Lexicon
from ontologies.model import Kind


def label(
    text: str,
    *,
    products: tuple[Product, ...],
    actives: tuple[str, ...] = (),
    kind: str = "warnings",
    language: str = "en",
) -> Document:
    coded = tuple(Coded("has_active_ingredient", "", name, Kind.DRUG, 0, 0) for name in actives)
    return Document(
        "d", "d", text, (Section("", "", 0, len(text), kind),), products=products, coded=coded, language=language
    )


def own(document: Document, lexicon: Lexicon) -> list[tuple[str, str | None]]:
    found = [m for m in find_mentions(document, lexicon) if m.own]
    return [(document.text[m.start : m.end], m.match.name if m.match else None) for m in found]


def test_names_capitals_and_anaphors_mean_the_active_ingredient(small_lexicon: Lexicon) -> None:
    text = "LIPITOR is atorvastatin. Lipitor, or this drug, harms. Take the drug with warfarin."
    document = label(text, products=(Product("Lipitor", "atorvastatin calcium"),), actives=("ATORVASTATIN",))
    said = ["LIPITOR", "atorvastatin", "Lipitor", "this drug", "the drug"]
    assert own(document, small_lexicon) == [(word, "atorvastatin") for word in said]


def test_a_brand_is_read_with_its_capital_only(small_lexicon: Lexicon) -> None:
    document = label("Balance may tip your balance.", products=(Product("Balance", "ibuprofen"),))
    assert own(document, small_lexicon) == [("Balance", "ibuprofen")]


def test_an_anaphor_has_the_name_of_the_drug_as_text(small_lexicon: Lexicon) -> None:
    document = label("This drug harms.", products=(Product("Newbrand", "newdrug"),))
    (mention,) = find_mentions(document, small_lexicon)
    assert (mention.text, mention.match, mention.own) == ("newdrug", None, True)


def test_the_drug_in_a_section_on_interactions_may_be_another(small_lexicon: Lexicon) -> None:
    document = label("The drug, this drug", products=(Product("Lipitor", "atorvastatin"),), kind="interactions")
    assert own(document, small_lexicon) == [("this drug", "atorvastatin")]


@pytest.mark.parametrize(
    "text",
    [
        "本品可致头痛",
        "该药可致头痛",
        "阿托伐他汀可致头痛",
        "立普妥可致头痛",
        "立普妥片可致头痛",
        "阿托伐他汀钙片可致头痛",
    ],
)
def test_chinese_names_and_anaphors_mean_the_active_ingredient(small_lexicon: Lexicon, text: str) -> None:
    products = (Product("立普妥", "阿托伐他汀钙片"),)
    document = label(text, products=products, actives=("阿托伐他汀",), language="zh")
    assert [name for _, name in own(document, small_lexicon)] == ["atorvastatin"]


def test_a_salt_gives_way_to_its_moiety(small_lexicon: Lexicon) -> None:
    coded = (
        Coded("has_active_ingredient", "unii:salt", "LISINOPRIL DIHYDRATE", Kind.DRUG, 0, 0),
        Coded("moiety", "unii:base", "LISINOPRIL", Kind.DRUG, 0, 0),
        Coded("has_active_ingredient", "", "HYDROCHLOROTHIAZIDE", Kind.DRUG, 0, 0),
    )
    found = own_drug(Document("d", "d", "", coded=coded), small_lexicon)
    assert found is not None
    assert (found.name, found.match) == ("hydrochlorothiazide + lisinopril", None)
    assert [m.name for m in found.members if m] == ["lisinopril", "hydrochlorothiazide"]


def test_a_combination_is_not_one_of_its_ingredients(small_lexicon: Lexicon) -> None:
    text = "Zestoretic causes cough. This product contains lisinopril."
    document = label(text, products=(Product("Zestoretic"),), actives=("lisinopril", "hydrochlorothiazide"))
    assert own(document, small_lexicon) == [("Zestoretic", None), ("This product", None), ("lisinopril", "lisinopril")]


def test_a_combination_that_the_lexicon_has_is_matched(small_lexicon: Lexicon) -> None:
    document = label("Hyzaar", products=(Product("Hyzaar"),), actives=("losartan", "hydrochlorothiazide"))
    assert own(document, small_lexicon) == [("Hyzaar", "losartan and hydrochlorothiazide")]


def test_another_drug_of_the_same_beginning_is_not_the_own_one(small_lexicon: Lexicon) -> None:
    document = label("losartan and hydrochlorothiazide; losartan", products=(Product("Cozaar", "losartan"),))
    assert own(document, small_lexicon) == [("losartan", "losartan")]


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("Metformin Hydrochloride Extended-Release Tablets", "en", "Metformin Hydrochloride"),
        ("Cordexa 2.5 mg film-coated tablets", "en", "Cordexa"),
        ("阿莫西林胶囊0.25g", "zh", "阿莫西林"),
        ("阿托伐他汀钙片", "zh", "阿托伐他汀钙"),
        ("注射用头孢曲松钠", "zh", "头孢曲松钠"),
        ("Aspirin", "en", "Aspirin"),
    ],
)
def test_words_of_dose_form_are_taken_off_names(name: str, language: str, expected: str) -> None:
    assert bare_name(name, language) == expected


def test_a_document_that_names_no_product_has_no_own_drug(small_lexicon: Lexicon) -> None:
    assert own_drug(Document("d", "d", "aspirin"), small_lexicon) is None


@pytest.mark.parametrize("name", ["盐酸二甲双胍", "盐酸二甲双胍片", "华法林钠片", "苯磺酸氨氯地平"])
def test_a_chinese_salt_is_read_as_its_ingredient_with_a_reason(small_lexicon: Lexicon, name: str) -> None:
    found = own_drug(Document("d", "d", "", products=(Product(name),), language="zh"), small_lexicon)
    assert found is not None
    assert found.match is not None
    assert found.match.name in ("metformin", "warfarin", "amlodipine")
    assert "ingredient of the salt" in found.match.reason
