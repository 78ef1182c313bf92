"""Whose bundle of FHIR a file is: a patient's record, or information on a product (EU ePI), which is a label."""

from __future__ import annotations

import re
import zlib
from contextlib import suppress

from extractors.errors import UnreadableError
from extractors.places import Member
from extractors.rules import read_rules

_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"|<([A-Z][A-Za-z]+)[\s>]')
_OF_A_PATIENT = re.compile(rb"\bPatient\b|\bloinc\.org\b")
_OF_A_PRODUCT = b"MedicinalProduct"
_PART = 1 << 20
#: No name of a type with its key is longer.
_OVERLAP = 128


def is_product_information(head: bytes) -> bool:
    """Whether the bundle that `head` begins is about a product, judged by the types of its resources.

    Both kinds may begin with a long Composition: then by what it is said to be about. An empty bundle is of neither
    kind, and counts as a product's, as it holds no record.
    """
    rules = read_rules("fhir")
    if b"\0" in head[:100]:
        # In UTF-16: the names that are looked for are ASCII.
        head = head.replace(b"\0", b"")
    types = {(json or xml).decode("ascii") for json, xml in _TYPE.findall(head)}
    if types & set(rules["types"]["product"]) or _OF_A_PRODUCT in head:
        return True
    of_record = {*rules["events"], *rules["types"]["others"], *rules["types"]["people"], *rules["types"]["passed"]}
    if types & (of_record - {"List", "Organization", "Library", "Parameters"}):
        return False
    return not _OF_A_PATIENT.search(head)


def find_passed(member: Member) -> set[str]:
    """The types of resources in a file that make no row, by their names alone: nothing is parsed, none raises."""
    found: set[bytes] = set()
    tail = b""
    with suppress(UnreadableError, OSError, EOFError, zlib.error), member.open() as stream:
        while part := stream.read(_PART):
            found |= {json or xml for json, xml in _TYPE.findall(tail + part)}
            tail = part[-_OVERLAP:]
    return {name.decode("ascii") for name in found} & set(read_rules("fhir")["types"]["passed"])
