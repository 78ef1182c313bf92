"""Terms of RDF: addresses of what a graph holds, and literals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from ontologies.curies import curie_address

#: Prefix → address. `medkg` is this program's vocabulary.
PREFIXES = {
    "medkg": "https://medkg.invalid/vocabulary#",
    "qualifier": "https://medkg.invalid/qualifier/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_BASE = "https://medkg.invalid/"

#: What an address may hold as it is (RFC 3987, without what Turtle and N-Quads forbid).
_SAFE = "!#$&'()*+,/:;=?@~%-._"
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Text:
    """A literal with a language, or of a type of our own choice."""

    text: str
    language: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """An IRI, without the brackets."""

    iri: str


class Name(str):
    """A name of a vocabulary with its prefix, as `rdf:type`; safe in every syntax."""

    __slots__ = ()


Object = Name | Address | Text | str | int | float | bool


@lru_cache(maxsize=1 << 16)
def concept_address(curie: str) -> Address:
    """The address of a concept: that of its vocabulary, or one of ours where it has none."""
    try:
        found = curie_address(curie)
    except ValueError:
        found = None
    # A sign of percent in an identifier is a character like others; an address has its own.
    safe = _SAFE if "://" in curie else _SAFE.replace("%", "")
    return Address(quote(found or f"{_BASE}concept/{curie}", safe=safe))


def fact_address(id_: str) -> Address:
    """The address of a fact, which is also the name of the graph that its triple stands in."""
    return Address(f"{_BASE}fact/{id_}")


def evidence_address(id_: str) -> Address:
    """The address of an evidence row."""
    return Address(f"{_BASE}evidence/{id_}")


def asleep_address(id_: str) -> Address:
    """The address of a row that sleeps."""
    return Address(f"{_BASE}asleep/{id_}")


def document_address(id_: str) -> Address:
    """The address of a document."""
    return Address(f"{_BASE}document/{quote(id_, safe=':-._~')}")


def qualifier_name(name: str) -> Address:
    """The property of a qualifier."""
    return Address(PREFIXES["qualifier"] + quote(name, safe="-._~"))


def write_literal(text: str) -> str:
    """A text between quotation marks, as every syntax has it."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"
