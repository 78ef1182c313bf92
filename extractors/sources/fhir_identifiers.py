"""The identifiers in resources of FHIR: names, numbers, telephones and addresses of people and organizations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from extractors.events import Identifier, IdentifierType
from extractors.rules import read_rules
from extractors.sources.fhir_paths import Resource, codes_at, each, first_text, text_of

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def read_identifiers(resource: Resource) -> Iterator[Identifier]:
    """Everything in a resource about a person or an organization that points at it or at others around it."""
    of_organization = resource.get("resourceType") == "Organization"
    yield from _names(resource, of_organization)
    for found in each(resource, "identifier"):
        if value := first_text(found, "value"):
            yield Identifier(_identifier_type(found), value)
    yield from _reached(resource)
    for contact in each(resource, "contact"):
        yield from _names(contact, of_organization=False)
        yield from _reached(contact)
    for path, kind in read_rules("fhir")["displays"].items():
        yield from (Identifier(IdentifierType(kind), name) for node in each(resource, path) if (name := text_of(node)))
    yield from _extended(resource)


def _names(node: Any, of_organization: bool) -> Iterator[Identifier]:
    for name in [*each(node, "name"), *each(node, "alias")]:
        if isinstance(name, dict):
            yield from (Identifier(IdentifierType.NAME, form) for form in _forms(name))
        elif value := text_of(name):
            yield Identifier(IdentifierType.ORGANIZATION if of_organization else IdentifierType.NAME, value)


def _forms(name: Resource) -> Iterator[str]:
    """The ways in which a HumanName is written: as a whole in both orders, and its parts where they are long enough."""
    family = first_text(name, "family")
    given = [text for part in each(name, "given") if (text := text_of(part))]
    if whole := first_text(name, "text"):
        yield whole
    if _CHINESE.search(family + "".join(given)):
        yield family + "".join(given)
    elif family and given:
        yield f"{given[0]} {family}"
        yield f"{' '.join(given)} {family}"
        yield f"{family}, {' '.join(given)}"
    yield from (part for part in (family, *given) if len(part) > 1)


def _reached(node: Any) -> Iterator[Identifier]:
    """Telephones, addresses and the like."""
    telecoms = read_rules("fhir")["telecoms"]
    for found in each(node, "telecom"):
        if value := first_text(found, "value"):
            yield Identifier(IdentifierType(telecoms.get(first_text(found, "system"), "phone")), value)
    for address in each(node, "address"):
        for path in ("text", "line", "city", "district", "postalCode"):
            yield from (
                Identifier(IdentifierType.ADDRESS, value) for part in each(address, path) if (value := text_of(part))
            )


def _identifier_type(identifier: Resource) -> IdentifierType:
    known = read_rules("fhir")["identifiers"]
    said = [*codes_at(identifier, "type"), first_text(identifier, "system")]
    return IdentifierType(next((known[code] for code in said if code in known), "medical_record"))


def _extended(resource: Resource) -> Iterator[Identifier]:
    """Identifiers in extensions: the maiden name of the mother, the place of birth."""
    known = read_rules("fhir")["extensions"]
    for extension in each(resource, "extension"):
        kind = known.get(first_text(extension, "url"))
        for path in ("valueString", "valueAddress.city", "valueAddress.text"):
            if kind and (value := first_text(extension, path)):
                yield Identifier(IdentifierType(kind), value)
