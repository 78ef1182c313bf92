"""Resources as Turtle, TriG, N-Quads, and Turtle of RDF 1.2 (RDF-star): written as they come, none is kept.

Turtle and TriG (W3C, 2014), N-Quads (W3C, 2014), RDF 1.2 Turtle with triple terms (W3C draft of 2025).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

from kg.export.rdf.resources import Property, Resource
from kg.export.rdf.terms import PREFIXES, Address, Name, Object, Text, write_literal

Syntax = Callable[[TextIO, Iterable[Resource]], None]

_SUBJECT, _PREDICATE, _OBJECT = (Name(f"rdf:{side}") for side in ("subject", "predicate", "object"))


def write_turtle(file: TextIO, resources: Iterable[Resource]) -> None:
    """Resources, and after each fact that stands its triple."""
    _write_prefixes(file)
    for resource in resources:
        _write_block(file, resource.address, [*resource.properties, *_reified(resource)])
        if resource.says and resource.stands:
            file.write(f"{_plain(resource)} .\n")


def write_trig(file: TextIO, resources: Iterable[Resource]) -> None:
    """Resources, and after each fact that stands a graph of its name with its triple."""
    _write_prefixes(file)
    for resource in resources:
        _write_block(file, resource.address, [*resource.properties, *_reified(resource)])
        if resource.says and resource.stands:
            file.write(f"{_short(resource.address)} {{ {_plain(resource)} . }}\n")


def write_turtle_star(file: TextIO, resources: Iterable[Resource]) -> None:
    """Resources, each fact as the reifier of its triple term, and after each that stands its triple."""
    _write_prefixes(file)
    for resource in resources:
        if resource.says:
            file.write(f"{_short(resource.address)} rdf:reifies <<( {_plain(resource)} )>> .\n")
        _write_block(file, resource.address, resource.properties)
        if resource.says and resource.stands:
            file.write(f"{_plain(resource)} .\n")


def write_nquads(file: TextIO, resources: Iterable[Resource]) -> None:
    """A line for each property of a resource, and for the triple of each fact that stands, in a graph of its name."""
    for resource in resources:
        address = _long(resource.address)
        for name, value in (*resource.properties, *_reified(resource)):
            file.write(f"{address} {_long(name)} {_long(value)} .\n")
        if resource.says and resource.stands:
            file.write(f"{' '.join(_long(term) for term in resource.says)} {address} .\n")


def _reified(resource: Resource) -> Iterator[Property]:
    """What a fact says, as properties of it."""
    if resource.says:
        yield from zip((_SUBJECT, _PREDICATE, _OBJECT), resource.says, strict=True)


def _plain(resource: Resource) -> str:
    assert resource.says is not None
    return " ".join(_short(term) for term in resource.says)


def _write_prefixes(file: TextIO) -> None:
    file.writelines(f"@prefix {prefix}: <{address}> .\n" for prefix, address in PREFIXES.items())


def _write_block(file: TextIO, address: Address | Name, properties: Iterable[Property]) -> None:
    said = " ;\n    ".join(f"{_short(name)} {_short(value)}" for name, value in properties)
    file.write(f"{_short(address)}\n    {said} .\n")


def _short(term: Object) -> str:
    """A term with prefixes."""
    return term if isinstance(term, Name) else _written(term, _typed_short)


def _long(term: Object) -> str:
    """A term with whole addresses."""
    if isinstance(term, Name):
        prefix, _, name = term.partition(":")
        return f"<{PREFIXES[prefix]}{name}>"
    return _written(term, _typed_long)


def _written(term: Object, typed: Callable[[str, str], str]) -> str:
    match term:
        case Address(iri):
            return f"<{iri}>"
        case Text(text, language, type_):
            return typed(text, type_) if type_ else f"{write_literal(text)}@{language}"
        case bool():
            return typed("true" if term else "false", "xsd:boolean")
        case int():
            return typed(str(term), "xsd:integer")
        case float():
            return typed(repr(term), "xsd:double")
    return write_literal(term)


def _typed_short(text: str, type_: str) -> str:
    return f"{write_literal(text)}^^{type_}"


def _typed_long(text: str, type_: str) -> str:
    prefix, _, name = type_.partition(":")
    return f"{write_literal(text)}^^<{PREFIXES[prefix]}{name}>"
