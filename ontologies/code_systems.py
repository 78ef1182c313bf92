"""CURIEs of the codes that records carry, from the system as FHIR, HL7 v3 or OMOP names it and the code in it."""

from __future__ import annotations

from functools import cache

from ontologies.curies import get_converter, standard_curie
from ontologies.errors import UnknownNameError
from ontologies.rules import read_rules


def find_curie(system: str, code: str) -> str:
    """The CURIE of `code` in `system`, or an empty text where the system is not known (a hospital's own codes).

    `system` is an address, an object identifier (with or without urn:oid:), an OMOP vocabulary id or a prefix.
    """
    prefix, code = find_prefix(system), code.strip()
    if not prefix or not code:
        return ""
    return standard_curie(f"{prefix}:{code}")


@cache
def find_prefix(system: str) -> str:
    """The prefix that medkg writes for a code system, or an empty text where it is not known."""
    name = system.strip().removeprefix("urn:oid:").rstrip("/").lower()
    known = _by_name().get(name)
    if known or not name or "/" in name or name[0].isdigit():
        return known or ""
    try:
        return standard_curie(f"{name}:0").partition(":")[0]
    except UnknownNameError:
        return ""


@cache
def _by_name() -> dict[str, str]:
    rules = read_rules("systems", keys=frozenset({"systems", "oids", "others", "codes"}))
    addresses = {record.prefix: record.uri_prefix for record in get_converter().records}
    named = {address: prefix for prefix, address in [*addresses.items(), *rules["systems"].items()]}
    named |= rules["oids"] | rules["others"]
    return {name.rstrip("/").lower(): prefix for name, prefix in named.items()}
