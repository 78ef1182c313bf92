"""Products of an openFDA label record, from its `openfda` block, which may be missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.model import Product
from extractors.sources.product_data import Ingredient, Name, ProductData, ProductFacts, Said, write_product
from extractors.sources.spl_products import read_spl_rules
from ontologies.model import Kind

_CLASSES = ("pharm_class_epc", "pharm_class_moa", "pharm_class_pe", "pharm_class_cs")
_CODES = {"rxcui": "RxNorm codes", "unii": "UNII codes", "upc": "UPC codes"}


def write_products(data: ProductData, facts: Mapping[str, list[str]], *, guess: str) -> None:
    """Write what the block says, a product for each NDC; without a block a product with the guessed name alone."""
    brands, generics = facts.get("brand_name", []), facts.get("generic_name", [])
    name = ", ".join(brands) or ", ".join(generics) or guess
    if not name:
        return
    for code in facts.get("product_ndc") or [""]:
        product = Product(name, ", ".join(generics), f"ndc:{code}" if code else "")
        write_product(data, _facts(product, facts), makers=_names(facts, "manufacturer_name"), sites=())
    _write_classes(data, name, facts)
    for field, words in _CODES.items():
        if codes := facts.get(field):
            data.say(f"The {words} of {name} are {', '.join(codes)}")


def guess_name(elements: str) -> str:
    """The name that a string of product elements begins with: what stands before the ingredients' capitals.

    `Lipitor atorvastatin calcium ATORVASTATIN CALCIUM TRIHYDRATE ...` gives `Lipitor atorvastatin calcium`.
    """
    words = elements.split()
    small = next((i for i, word in enumerate(words) if any(c.islower() for c in word)), 0)
    capital = next((i for i, word in enumerate(words) if i > small and len(word) > 3 and word.isupper()), len(words))
    distinct: dict[str, str] = {}
    for word in words[: min(capital, 8)]:
        distinct.setdefault(word.lower(), word)
    return " ".join(distinct.values())


def _facts(product: Product, facts: Mapping[str, list[str]]) -> ProductFacts:
    codes = facts.get("product_ndc", [])
    packages = [code for code in facts.get("package_ndc", []) if code.startswith(product.code.removeprefix("ndc:"))]
    return ProductFacts(
        product,
        approval=", ".join(facts.get("application_number", [])),
        routes=tuple(_names(facts, "route")),
        ingredients=tuple(_ingredients(facts)),
        packages=tuple(f"NDC {code}" for code in packages) if codes else (),
    )


def _ingredients(facts: Mapping[str, list[str]]) -> Sequence[Ingredient]:
    """The substances; a UNII is given only where there is one of each, since the two lists are in no common order."""
    names, codes = facts.get("substance_name", []), facts.get("unii", [])
    code = f"unii:{codes[0]}" if len(names) == len(codes) == 1 else ""
    rule = read_spl_rules()["ingredients"]["ACTIB"]
    return [Ingredient(Name(name, code), rule["role"], rule["words"]) for name in names]


def _write_classes(data: ProductData, name: str, facts: Mapping[str, list[str]]) -> None:
    classes = [each for field in _CLASSES for each in facts.get(field, [])]
    codes = facts.get("nui", [])
    code = f"ndfrt:{codes[0]}" if len(classes) == len(codes) == 1 else ""
    for each in classes:
        tag = each.rpartition("[")[2].rstrip("] ")
        rule = read_spl_rules()["classes"].get(tag, read_spl_rules()["classes"]["EPC"])
        data.say(f"{name} {rule['words']} ", Said(rule["role"], Name(each, code), Kind(rule["kind"])))


def _names(facts: Mapping[str, list[str]], field: str) -> list[Name]:
    return [Name(text) for text in facts.get(field, [])]
