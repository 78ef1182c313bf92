"""Pharmacologic classes of substances, from the FDA's class indexing files (SPL Implementation Guide)."""

from __future__ import annotations

import re

from lxml import etree

from extractors.model import Product
from extractors.sources.product_data import Name, ProductData, Said
from extractors.sources.spl_products import curie_of, find_all, find_one, read_spl_rules, text_of
from extractors.sources.spl_text import regular
from ontologies.model import Kind

_TAG = re.compile(r"\[([^\]]+)\]\s*$")


def write_classes(data: ProductData, root: etree._Element) -> None:
    """Write which classes each indexed substance belongs to, a sentence each.

    The substance stands as a product whose code is its UNII, with itself as the moiety.
    """
    path = "component/structuredBody/component/section/subject/identifiedSubstance/identifiedSubstance"
    for substance in find_all(root, path):
        name = Name(text_of(find_one(substance, "name")), curie_of(find_one(substance, "code")))
        kinds = find_all(substance, "asSpecializedKind/generalizedMaterialKind")
        if name.text and kinds:
            _write_substance(data, name, [code for kind in kinds for code in find_all(kind, "code")])


def _write_substance(data: ProductData, name: Name, codes: list[etree._Element]) -> None:
    data.products.append(Product(name.text, name.text, name.code))
    start, end = data.say(Said("moiety", name, Kind.DRUG), " is an indexed substance")
    data.products[-1] = Product(name.text, name.text, name.code, start=start, end=end)
    for code in codes:
        text = regular(code.get("displayName", ""))
        tag = _TAG.search(text)
        rule = read_spl_rules()["classes"].get(tag.group(1) if tag else "EPC")
        if text and rule:
            said = Said(rule["role"], Name(text, curie_of(code)), Kind(rule["kind"]))
            data.say(f"{name.text} {rule['words']} ", said)
