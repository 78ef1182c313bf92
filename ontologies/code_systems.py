"""CURIEs of the codes that records carry, from the system as FHIR, HL7 v3 or OMOP names it and the code in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

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
    return standard_curie(f"{prefix}:{_dotted(system, code)}")


def code_name(curie: str) -> str:
    """What a code is called that has no name, "ICD-9-CM 571.2", by its CURIE; that itself where the system has none."""
    prefix, _, code = curie.partition(":")
    known = system_rules()["names"].get(prefix)
    return f"{known} {code}" if known and code else curie


@cache
def find_prefix(system: str) -> str:
    """The prefix that medkg writes for a code system, or an empty text where it is not known."""
    name = _name(system)
    known = _by_name().get(name)
    if known or not name or "/" in name or name[0].isdigit():
        return known or ""
    try:
        return standard_curie(f"{name}:0").partition(":")[0]
    except UnknownNameError:
        return ""


@cache
def system_rules() -> Mapping[str, Any]:
    """The content of rules/systems.toml."""
    return read_rules("systems", keys=frozenset({"systems", "oids", "others", "codes", "names", "dots"}))


def _name(system: str) -> str:
    return system.strip().removeprefix("urn:oid:").rstrip("/").lower()


def _dotted(system: str, code: str) -> str:
    """A code with its dot, which some sources leave out: 5712 is 571.2, E9342 of ICD-9-CM E934.2."""
    after = _before_dot(system)
    if not after or "." in code:
        return code
    after += code[0] in "Ee" and find_prefix(system) == "icd9cm"
    return f"{code[:after]}.{code[after:]}" if len(code) > after else code


@cache
def _before_dot(system: str) -> int:
    return int(system_rules()["dots"]["after"].get(_name(system), 0))


@cache
def _by_name() -> dict[str, str]:
    rules = system_rules()
    addresses = {record.prefix: record.uri_prefix for record in get_converter().records}
    named = {address: prefix for prefix, address in [*addresses.items(), *rules["systems"].items()]}
    named |= rules["oids"] | rules["others"]
    return {name.rstrip("/").lower(): prefix for name, prefix in named.items()}
