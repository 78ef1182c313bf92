"""The coded parts of an EU product information: products, ingredients, form, route, holder, class, clinical uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.model import Coded, Product, Qualifier
from extractors.rules import read_rules
from extractors.sources.draft import Draft
from extractors.sources.epi_fhir import Node
from extractors.sources.product_data import (
    PRODUCT_DATA,
    PRODUCT_DATA_TITLE,
    Ingredient,
    Name,
    ProductData,
    ProductFacts,
    Said,
    write_product,
)
from ontologies.model import Kind

_FORMS = ("combinedPharmaceuticalDoseForm", "administrableDoseForm", "manufacturedDoseForm")
_SUBSTANCES = ("substance.code.concept", "substance.codeCodeableConcept", "substanceCodeableConcept")
#: Units in which the volume or mass of a dose is counted; "per 1 tablet" says nothing.
_MEASURES = frozenset({"ml", "l", "g", "mg", "kg", "h"})


@dataclass(frozen=True, slots=True)
class _Use:
    """A clinical use with a code: the words before its name, the predicate, and the frequency of an effect."""

    words: str
    role: str
    kind: Kind
    name: Name
    frequency: str = ""


def write_products(draft: Draft, resources: Sequence[Node], name: str) -> tuple[list[Product], list[Coded]]:
    """The products and coded parts among `resources`, written into the draft as a section of product data.

    `name` names the product where no resource does. The coded parts belong to every product of the bundle: bundles
    of type 2 describe one medicinal product each.
    """
    products = list(_products(resources)) or ([Product(name)] if name else [])
    if not products:
        return [], []
    draft.open_section(PRODUCT_DATA_TITLE, code=PRODUCT_DATA, kind="product_data", heading=PRODUCT_DATA_TITLE)
    data = ProductData(draft.writer)
    for product in products:
        facts = ProductFacts(
            product,
            forms=_distinct(name for path in _FORMS for name in _names(resources, path)),
            routes=_distinct(_names(resources, "routeOfAdministration.code")),
            ingredients=tuple(i for resource in resources if (i := _ingredient(resource))),
        )
        write_product(data, facts, makers=_distinct(_holders(resources)), sites=())
        _write_classes(data, product.name, resources)
        _write_uses(data, product.name, resources)
    draft.close_section()
    return data.products, data.coded


def product_name(resources: Sequence[Node]) -> str:
    """The name of the first medicinal product among `resources`, or an empty string."""
    return next((product.name for product in _products(resources)), "")


def _products(resources: Sequence[Node]) -> Iterator[Product]:
    number = next((r.first("identifier.value") for r in resources if r.type == "RegulatedAuthorization"), "")
    for resource in resources:
        name = resource.first("name.productName")
        if resource.type == "MedicinalProductDefinition" and name:
            status = next((n.text for n in _names([resource], "legalStatusOfSupply")), "")
            yield Product(name, generic_name=_generic(resource), code=number, marketing_status=status)


def _generic(resource: Node) -> str:
    """The scientific part of a product's name where it is given apart (SPOR list 220000000000)."""
    parts = resource.each("name.part") + resource.each("name.namePart")
    scientific = {"220000000003", "ScientificNamePart"}
    return next((p.first("part") for p in parts if p.first("type.coding.code") in scientific), "")


def _ingredient(resource: Node) -> Ingredient | None:
    roles = read_rules("epi")["roles"]
    said = {coding.first("code") for coding in resource.each("role.coding")} | {resource.first("role.text")}
    name = next((name for path in _SUBSTANCES for name in _names([resource], path)), None)
    if resource.type != "Ingredient" or name is None:
        return None
    if said & set(roles["active"]):
        strength, moieties = " or ".join(_amounts(resource)), _distinct(_reference_substances(resource))
        return Ingredient(name, "has_active_ingredient", roles["active_words"], strength, moieties=moieties)
    if said & set(roles["inactive"]):
        return Ingredient(name, "has_inactive_ingredient", roles["inactive_words"])
    return None


def _reference_substances(resource: Node) -> Iterator[Name]:
    """The substances as which a salt's strength may also be stated (referenceStrength): the drug in the salt."""
    for path in ("substance.concept", "substanceCodeableConcept", "substance.CodeableConcept"):
        yield from _names([resource], f"substance.strength.referenceStrength.{path}")


def _amounts(resource: Node) -> list[str]:
    """The strengths of an ingredient as `5 mg`, or `5 mg per 1 mL`; a unit of presentation is left out."""
    found: list[str] = []
    for strength in resource.each("substance.strength"):
        quantities = strength.each("presentationQuantity") + strength.each("concentrationQuantity")
        found += map(_quantity, quantities)
        for ratio in strength.each("presentationRatio") + strength.each("concentrationRatio"):
            above, below = (_quantity(*ratio.each(part)[:1]) for part in ("numerator", "denominator"))
            found.append(f"{above} per {below}" if below.partition(" ")[2].lower() in _MEASURES else above)
    return list(dict.fromkeys(amount for amount in found if amount))


def _quantity(node: Node | None = None) -> str:
    value = node.first("value") if node else ""
    return f"{value} {node.first('unit', 'code')}".strip() if node and value else ""


def _holders(resources: Sequence[Node]) -> Iterator[Name]:
    organizations = {r.first("id"): r.first("name") for r in resources if r.type == "Organization"}
    for resource in resources:
        if resource.type == "RegulatedAuthorization":
            reference = resource.first("holder.reference").rpartition("/")[2].removeprefix("#")
            if name := organizations.get(reference) or resource.first("holder.display"):
                yield Name(name)


def _write_classes(data: ProductData, product: str, resources: Sequence[Node]) -> None:
    """Write the ATC classes; a code of seven characters names a substance, whose class is the first five."""
    classes = (name for name in _names(resources, "classification") if name.code.startswith("atc:"))
    for each in _distinct(classes):
        code = each.code.removeprefix("atc:")
        name = Name(code[:5], f"atc:{code[:5]}") if len(code) == 7 else each
        data.say(f"{product} has the ATC code {code}, of the class ", _class(name))


def _class(name: Name) -> Said:
    return Said("has_pharmacologic_class", name, Kind.DRUG_CLASS)


def _write_uses(data: ProductData, product: str, resources: Sequence[Node]) -> None:
    for use in (use for resource in resources for use in _uses(resource)):
        frequency = f" (frequency: {use.frequency})" if use.frequency else ""
        data.say(f"{product} {use.words} ", Said(use.role, use.name, use.kind), frequency)
        if use.frequency:
            qualifiers = (Qualifier("frequency", use.frequency.lower()),)
            data.coded[-1] = replace(data.coded[-1], qualifiers=qualifiers)


def _uses(resource: Node) -> Iterator[_Use]:
    rule = read_rules("epi")["clinical"].get(resource.first("type"))
    if resource.type != "ClinicalUseDefinition" or rule is None:
        return
    rates = list(_names([resource], "undesirableEffect.frequencyOfOccurrence"))
    for path in (f"{rule['path']}.concept", rule["path"]):
        for name in _names([resource], path):
            yield _Use(rule["words"], rule["role"], Kind(rule["kind"]), name, rates[0].text if rates else "")


def _names(resources: Sequence[Node], path: str) -> Iterator[Name]:
    """What the concepts at a path are called, with a CURIE where the code system is known."""
    for node in (node for resource in resources for node in resource.each(path)):
        code = _curie(node)
        if text := node.first("coding.display", "text") or code.partition(":")[2]:
            yield Name(text, code)


def _curie(node: Node) -> str:
    systems = read_rules("epi")["systems"]
    for coding in node.each("coding"):
        prefix = systems.get(coding.first("system").rstrip("/"))
        if prefix and coding.first("code"):
            return f"{prefix}:{coding.first('code')}"
    return ""


def _distinct(names: Iterator[Name]) -> tuple[Name, ...]:
    return tuple({name.text.lower(): name for name in reversed(list(names))}.values())[::-1]
