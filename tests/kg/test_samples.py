"""The demo labels that come with the package: every one is read, and together they show what the demo is to show."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from extractors.inputs import Item, iter_items
from extractors.model import Document
from extractors.sources import read_documents

KG = Path(__file__).parent.parent.parent / "kg"
SAMPLES, UPDATES = KG / "samples", KG / "sample_updates"


@cache
def documents(folder: Path) -> tuple[Document, ...]:
    return tuple(_read(folder))


def _read(folder: Path) -> Iterator[Document]:
    for item in iter_items([folder]):
        assert isinstance(item, Item), item
        yield from read_documents(item.data, locator=item.locator)


def by_id(folder: Path) -> dict[str, Document]:
    return {document.id: document for document in documents(folder)}


def test_every_format_has_its_samples() -> None:
    counted = [document.source for document in documents(SAMPLES)]
    assert {name: counted.count(name) for name in counted} == {"spl": 7, "openfda": 2, "insert_cn": 5, "epi": 1}


def test_three_authorities_are_heard() -> None:
    assert {document.country for document in documents(SAMPLES)} == {"US", "CN", "EU"}


@pytest.mark.parametrize("document", documents(SAMPLES), ids=lambda document: document.id)
def test_each_sample_has_an_ingredient_and_the_sections_that_matter(document: Document) -> None:
    kinds = {section.kind for section in document.sections}
    assert kinds >= {"indications", "adverse_reactions" if document.type != "HUMAN OTC DRUG LABEL" else "warnings"}
    assert (
        any(coded.role in {"has_active_ingredient", "moiety"} for coded in document.coded)
        or document.source == "openfda"
    )


def test_no_two_samples_are_versions_of_one_label() -> None:
    assert len(by_id(SAMPLES)) == len(documents(SAMPLES))


def test_update_is_a_later_version_of_a_sample_and_says_something_else() -> None:
    (update,) = documents(UPDATES)
    before = by_id(SAMPLES)[update.id]
    assert update.version > before.version
    assert update.effective > before.effective
    assert "clarithromycin" in update.text
    assert "clarithromycin" not in before.text
    assert "Alopecia" in before.text
    assert "Alopecia" not in update.text


def test_one_drug_is_indicated_in_one_country_where_another_says_it_is_not() -> None:
    texts = {(document.country, document.title): document.text for document in documents(SAMPLES)}
    assert "not indicated for type 1 diabetes" in texts[("US", "METFORMIN HYDROCHLORIDE TABLETS")]
    assert "可与胰岛素合用治疗1型糖尿病" in texts[("CN", "盐酸二甲双胍片说明书")]


def test_samples_are_small_and_say_that_they_are_invented() -> None:
    paths = [path for folder in (SAMPLES, UPDATES) for path in folder.iterdir()]
    assert sum(path.stat().st_size for path in paths) < 300_000
    for path in paths:
        text = path.read_bytes().decode("gb18030" if path.name.startswith("buluofen") else "utf-8")
        assert "written for medkg" in text or "为 medkg 演示而编写" in text
