"""The coded parts of an EU product information: products, ingredients, form, route, holder, class, clinical uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.draft import Draft
from extractors.model import Coded, Product, Qualifier
from extractors.rules import read_rules
from extractors.sources.epi_fhir import Node
from ontologies.model import Kind

_CLINICAL_KINDS = {
    "indicated_for": Kind.DISEASE,
    "contraindicated_in": Kind.DISEASE,
    "causes_adverse_event": Kind.FINDING,
}
_SENTENCES = {
    "has_active_ingredient": "{product} contains {name} as an active ingredient{amount}.",
    "has_inactive_ingredient": "{product} contains {name} as an inactive ingredient.",
    "has_strength": "The strength of {product} is {name}.",
    "has_dosage_form": "{product} has the dosage form {name}.",
    "has_route": "{product} is given by this route: {name}.",
    "has_pharmacologic_class": "{product} belongs to the class {name}.",
    "manufactured_by": "{product} is marketed by {name}.",
    "indicated_for": "{product} is indicated for {name}.",
    "contraindicated_in": "{product} is contraindicated in {name}.",
    "causes_adverse_event": "{product} can cause {name}{amount}.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A coded part before it is written: a role, a name, a CURIE or nothing, and remarks in words."""

    role: str
    name: str
    code: str
    kind: Kind
    amount: str = ""
    qualifiers: tuple[Qualifier, ...] = ()


def write_products(draft: Draft, resources: Sequence[Node], name: str) -> tuple[list[Product], list[Coded]]:
    """The products and coded parts among `resources`, written into the draft as a section of product data.

    `name` names the product where no resource does. The coded parts belong to the first product: bundles of type 2
    describe one medicinal product each.
    """
    described = _products(resources)
    products = described or ([Product(name)] if name else [])
    parts = list(dict.fromkeys(_parts(resources)))
    if not products or not (parts or described):
        return products, []
    draft.open_section("Product data", code="48780-1", kind="product_data", heading="Product data")
    placed = [_write_product(draft, product) for product in products]
    coded = [_write_part(draft, part, products[0].name) for part in parts]
    draft.close_section()
    return placed, coded


def _write_product(draft: Draft, product: Product) -> Product:
    number = f", {product.code}" if product.code else ""
    start, end = draft.write_line(f"{product.name}{number}.")
    return replace(product, start=start, end=end)


def _write_part(draft: Draft, part: Part, product: str) -> Coded:
    before, after = _SENTENCES[part.role].split("{name}")
    draft.write(before.format(product=product))
    start, end = draft.write(part.name)
    draft.write_line(after.format(amount=part.amount))
    return Coded(part.role, part.code, part.name, part.kind, start, end, 0, part.qualifiers)


def product_name(resources: Sequence[Node]) -> str:
    """The name of the first medicinal product among `resources`, or an empty string."""
    return next((product.name for product in _products(resources)), "")


def _products(resources: Sequence[Node]) -> list[Product]:
    authorization = next((r.first("identifier.value") for r in resources if r.type == "RegulatedAuthorization"), "")
    return [
        Product(
            name,
            generic_name=_generic(resource),
            code=authorization,
            marketing_status=_name(resource, "legalStatusOfSupply"),
        )
        for resource in resources
        if resource.type == "MedicinalProductDefinition" and (name := resource.first("name.productName"))
    ]


def _generic(resource: Node) -> str:
    """The scientific (INN) part of a product's name where it is given apart."""
    parts = resource.each("name.part") + resource.each("name.namePart")
    scientific = (
        p.first("part") for p in parts if p.first("type.coding.code") in {"220000000003", "ScientificNamePart"}
    )
    return next(scientific, "")


def _parts(resources: Sequence[Node]) -> Iterator[Part]:
    for resource in resources:
        if resource.type == "Ingredient":
            yield from _ingredient(resource)
        elif resource.type == "MedicinalProductDefinition":
            yield from _concepts(resource, "classification", "has_pharmacologic_class", Kind.DRUG_CLASS, "atc")
            yield from _concepts(resource, "combinedPharmaceuticalDoseForm", "has_dosage_form", Kind.DOSAGE_FORM)
        elif resource.type in {"AdministrableProductDefinition", "ManufacturedItemDefinition"}:
            for path in ("administrableDoseForm", "manufacturedDoseForm"):
                yield from _concepts(resource, path, "has_dosage_form", Kind.DOSAGE_FORM)
            yield from _concepts(resource, "routeOfAdministration.code", "has_route", Kind.ROUTE)
        elif resource.type == "RegulatedAuthorization":
            yield from _holder(resource, resources)
        elif resource.type == "ClinicalUseDefinition":
            yield from _clinical_use(resource)


def _ingredient(resource: Node) -> Iterator[Part]:
    roles = read_rules("epi")["roles"]
    said = {c.first("code") for c in resource.each("role.coding")} | {resource.first("role.text")}
    role = "has_active_ingredient" if said & set(roles["active"]) else "has_inactive_ingredient"
    if not said & {*roles["active"], *roles["inactive"]}:
        return
    for path in ("substance.code.concept", "substance.codeCodeableConcept", "substanceCodeableConcept"):
        for part in _concepts(resource, path, role, Kind.DRUG):
            amounts = _amounts(resource) if role == "has_active_ingredient" else []
            yield replace(part, amount=f", {amounts[0]}" if amounts else "")
            yield from (Part("has_strength", amount, "", Kind.QUANTITY) for amount in amounts)


def _amounts(resource: Node) -> list[str]:
    """The strengths of an ingredient as `5 mg`, or `5 mg per 1 mL`; a unit of presentation is left out."""
    found: list[str] = []
    for strength in resource.each("substance.strength"):
        quantities = strength.each("presentationQuantity") + strength.each("concentrationQuantity")
        found += [amount for quantity in quantities if (amount := _quantity(quantity))]
        for ratio in strength.each("presentationRatio") + strength.each("concentrationRatio"):
            above, below = (_quantity(x[0]) if (x := ratio.each(n)) else "" for n in ("numerator", "denominator"))
            unit = below.partition(" ")[2]
            found.append(f"{above} per {below}" if unit.lower() in {"ml", "l", "g", "mg", "kg", "h"} else above)
    return list(dict.fromkeys(amount for amount in found if amount))


def _quantity(node: Node) -> str:
    value, unit = node.first("value"), node.first("unit", "code")
    return f"{value} {unit}".strip() if value else ""


def _holder(resource: Node, resources: Sequence[Node]) -> Iterator[Part]:
    reference, shown = resource.first("holder.reference"), resource.first("holder.display")
    wanted = reference.rpartition("/")[2].removeprefix("#")
    names = [r.first("name") for r in resources if r.type == "Organization" and wanted and r.first("id") == wanted]
    name = next(iter(names), "") or shown
    if name:
        yield Part("manufactured_by", name, "", Kind.ORGANIZATION)


def _clinical_use(resource: Node) -> Iterator[Part]:
    found = read_rules("epi")["clinical"].get(resource.first("type"))
    if found is None:
        return
    role, path = found
    frequency = _name(resource, "undesirableEffect.frequencyOfOccurrence")
    qualifiers = (Qualifier("frequency", frequency.lower()),) if frequency else ()
    amount = f" (frequency: {frequency})" if frequency else ""
    for place in (f"{path}.concept", path):
        for part in _concepts(resource, place, role, _CLINICAL_KINDS[role]):
            yield replace(part, amount=amount, qualifiers=qualifiers)


def _concepts(resource: Node, path: str, role: str, kind: Kind, prefix: str = "") -> Iterator[Part]:
    """The coded names at a path; with `prefix`, only those with a code of that prefix."""
    for node in resource.each(path):
        code = _curie(node)
        name = node.first("coding.display", "text") or code.partition(":")[2]
        if name and (not prefix or code.startswith(f"{prefix}:")):
            yield Part(role, name, code, kind)


def _curie(node: Node) -> str:
    systems = read_rules("epi")["systems"]
    for coding in node.each("coding"):
        prefix = systems.get(coding.first("system").rstrip("/"))
        if prefix and coding.first("code"):
            return f"{prefix}:{coding.first('code')}"
    return ""


def _name(resource: Node, path: str) -> str:
    return next((name for node in resource.each(path) if (name := node.first("coding.display", "text"))), "")
