"""Products, ingredients and makers of a label, from its listing data elements (SPL Implementation Guide)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from lxml import etree

from extractors.model import Product
from extractors.rules import check_keys, read_rules
from extractors.sources.product_data import Ingredient, Name, ProductFacts
from extractors.sources.spl_text import regular
from extractors.sources.versions import read_day

_V3 = {None: "urn:hl7-org:v3"}
_PREFIXES = {
    "2.16.840.1.113883.6.69": "ndc",
    "2.16.840.1.113883.4.9": "unii",
    "2.16.840.1.113883.3.26.1.1": "ncit",
    "2.16.840.1.113883.3.26.1.5": "ndfrt",
    "2.16.840.1.113883.6.345": "ndfrt",
    "2.16.840.1.113883.6.1": "loinc",
}
_MANUFACTURE = frozenset({"C43360", "C82401"})


@cache
def read_spl_rules() -> Mapping[str, Any]:
    """The content of rules/spl.toml, its keys checked."""
    rules = read_rules("spl")
    check_keys("spl", "", rules, required={"ingredients", "classes", "units"})
    for table in rules["ingredients"].values():
        check_keys("spl", "ingredients", table, required={"role", "words"})
    for table in rules["classes"].values():
        check_keys("spl", "classes", table, required={"role", "kind", "words"})
    return rules


def find_all(element: etree._Element, path: str) -> list[etree._Element]:
    """The elements under `element` by a path of HL7 v3 names."""
    return element.findall(path, _V3)  # type: ignore[arg-type]


def find_one(element: etree._Element, path: str) -> etree._Element | None:
    """The first element under `element` by a path of HL7 v3 names, or None."""
    return element.find(path, _V3)  # type: ignore[arg-type]


def text_of(element: etree._Element | None) -> str:
    """The text of a name with its suffixes, blanks made regular; empty for None."""
    return regular(" ".join(map(str, element.itertext()))) if element is not None else ""


def curie_of(code: etree._Element | None) -> str:
    """The CURIE of a coded element; the bare code of an unknown system; empty where there is none."""
    if code is None or not code.get("code"):
        return ""
    prefix = _PREFIXES.get(code.get("codeSystem", ""), "")
    return f"{prefix}:{code.get('code')}" if prefix else str(code.get("code"))


def read_products(root: etree._Element) -> Iterator[ProductFacts]:
    """Every product of a label in the order of the source, each kit before its parts."""
    for outer in root.iterfind(".//subject/manufacturedProduct", _V3):  # type: ignore[arg-type]
        for inner in [*find_all(outer, "manufacturedProduct"), *find_all(outer, "manufacturedMedicine")]:
            yield from _read_product(outer, inner)


def read_makers(root: etree._Element) -> tuple[list[Name], list[Name]]:
    """The labeler, and the establishments that are said to manufacture."""
    labelers = find_all(root, "author/assignedEntity/representedOrganization")
    sites = [
        find_one(entity, "assignedOrganization/name")
        for labeler in labelers
        for entity in labeler.iterfind(".//assignedEntity", _V3)  # type: ignore[arg-type]
        if any(code.get("code") in _MANUFACTURE for code in find_all(entity, "performance/actDefinition/code"))
    ]
    names = _distinct(text_of(find_one(labeler, "name")) for labeler in labelers)
    return _named(names), _named([site for site in _distinct(map(text_of, sites)) if site not in names])


def _named(texts: Iterable[str]) -> list[Name]:
    return [Name(text) for text in texts]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _read_product(outer: etree._Element, inner: etree._Element, *, part_of: str = "") -> Iterator[ProductFacts]:
    parts = [(part, product) for part in find_all(inner, "part") for product in find_all(part, "partProduct")]
    generic = _distinct(text_of(each) for each in find_all(inner, "asEntityWithGeneric/genericMedicine/name"))
    name = text_of(find_one(inner, "name")) or ", ".join(generic) or "The product"
    status = find_one(outer, "subjectOf/marketingAct/statusCode")
    schedule = find_one(outer, "subjectOf/policy[@classCode='DEADrugSchedule']/code")
    yield ProductFacts(
        Product(
            name,
            ", ".join(generic),
            curie_of(find_one(inner, "code")),
            status.get("code", "") if status is not None else "",
            schedule.get("displayName", "") if schedule is not None else "",
        ),
        category=_display(find_one(outer, "subjectOf/approval/code")),
        approval=_attribute(find_one(outer, "subjectOf/approval/id"), "extension"),
        since=read_day(_attribute(find_one(outer, "subjectOf/marketingAct/effectiveTime/low"), "value")),
        until=read_day(_attribute(find_one(outer, "subjectOf/marketingAct/effectiveTime/high"), "value")),
        forms=_names(find_all(inner, "formCode")),
        routes=_names(find_all(outer, "consumedIn/substanceAdministration/routeCode")),
        ingredients=tuple(_read_ingredients(inner)),
        parts=tuple(text_of(find_one(product, "name")) or "a part" for _, product in parts),
        part_of=part_of,
        packages=tuple(_packages(inner)),
        equivalents=tuple(map(_spell, find_all(inner, "asEquivalentEntity/definingMaterialKind/code"))),
    )
    for part, product in parts:
        yield from _read_product(part, product, part_of=name)


def _attribute(element: etree._Element | None, name: str) -> str:
    return regular(element.get(name, "")) if element is not None else ""


def _display(code: etree._Element | None) -> str:
    return _attribute(code, "displayName")


def _spell(code: etree._Element) -> str:
    return curie_of(code).replace("ndc:", "NDC ")


def _names(codes: Iterable[etree._Element]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(Name(_display(code), curie_of(code)) for code in codes if _display(code)))


def _packages(inner: etree._Element) -> list[str]:
    contents = inner.iterfind(".//containerPackagedProduct/code", _V3)  # type: ignore[arg-type]
    return _distinct(_spell(code) for code in contents)


def _read_ingredients(inner: etree._Element) -> Iterator[Ingredient]:
    classes = read_spl_rules()["ingredients"]
    for element in find_all(inner, "ingredient"):
        substance = find_one(element, "ingredientSubstance")
        name = text_of(find_one(substance, "name")) if substance is not None else ""
        if substance is None or not name:
            continue
        rule = classes.get(element.get("classCode", ""), classes["INGR"])
        moieties = tuple(
            Name(text_of(find_one(moiety, "name")), curie_of(find_one(moiety, "code")))
            for moiety in find_all(substance, "activeMoiety/activeMoiety")
            if text_of(find_one(moiety, "name"))
        )
        yield Ingredient(
            Name(name, curie_of(find_one(substance, "code"))),
            rule["role"],
            rule["words"],
            _strength(find_one(element, "quantity")),
            _basis(element.get("classCode", ""), substance, moieties),
            moieties,
        )


def _basis(class_code: str, substance: etree._Element, moieties: tuple[Name, ...]) -> str:
    """What the strength counts: the moiety (ACTIM), a reference substance (ACTIR), or, unsaid, the ingredient."""
    if class_code == "ACTIM":
        return " and ".join(moiety.text for moiety in moieties)
    if class_code == "ACTIR":
        return text_of(find_one(substance, "asEquivalentSubstance/definingSubstance/name"))
    return ""


def _strength(quantity: etree._Element | None) -> str:
    if quantity is None:
        return ""
    amount = _amount(find_one(quantity, "numerator"))
    per = _amount(find_one(quantity, "denominator"))
    per = per.removeprefix("1 ") if per != "1" else ""
    return f"{amount} per {per}" if amount and per else amount


def _amount(element: etree._Element | None) -> str:
    if element is None:
        return ""
    unit = _attribute(element, "unit")
    bounds = [_attribute(find_one(element, name), "value") for name in ("low", "high")]
    value = _attribute(element, "value") or " to ".join(filter(None, bounds))
    unit = unit or next((_attribute(find_one(element, name), "unit") for name in ("low", "high")), "")
    words = read_spl_rules()["units"].get(unit, re.sub(r"\{[^}]*\}", "", unit))
    return f"{value} {words}".strip() if value else ""
