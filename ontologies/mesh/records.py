"""What every form of MeSH says of a descriptor or a supplementary concept, and what medkg makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ontologies.hierarchy import cut_cycles
from ontologies.kinds_by_place import kind_rules
from ontologies.model import Concept, Kind, Scope, Synonym

_FINDINGS = ("C23", "F01.145.126")
_SIGNS = "C23.888"
_CONDITIONS = ("C", "F03", "F01.145.126")
_REGISTRY = (
    ("unii", re.compile(r"[0-9A-Z]{10}")),
    ("cas", re.compile(r"\d{2,7}-\d{2}-\d")),
    ("NCBITaxon", re.compile(r"txid(\d+)")),
)
_SINGULAR = ("us", "is", "ss")


@dataclass(slots=True)
class Record:
    """A descriptor (`trees`), or a supplementary concept (`sort`: its class, `mapped`: its descriptors)."""

    id: str
    name: str
    trees: list[str] = field(default_factory=list)
    terms: list[Synonym] = field(default_factory=list)
    registry: list[str] = field(default_factory=list)
    mapped: list[str] = field(default_factory=list)
    sort: str = ""
    gone: bool = False


def make_concepts(records: Iterable[Record]) -> Iterator[Concept]:
    """One concept a record: descriptors first, with the descriptor one step up each tree number as parents.

    The tree is one of places; of descriptors, some of which have several places, it is a graph with a few cycles.
    These are cut.
    """
    descriptors: list[Record] = []
    supplementary: list[Record] = []
    for record in records:
        (supplementary if record.sort else descriptors).append(record)
    owners = {tree: record.id for record in descriptors for tree in record.trees}
    kinds = {record.id: _descriptor_kind(record) for record in descriptors}
    yield from cut_cycles(_concept(record, kinds[record.id], _above(record, owners)) for record in descriptors)
    for record in supplementary:
        yield _concept(record, _supplementary_kind(record, kinds), record.mapped)


def find_kind(trees: Sequence[str]) -> Kind:
    """The kind by tree numbers: what is among diseases first, then by the branches of `rules/kinds.toml`.

    Finding where a number lies among signs and symptoms, or all of those that name conditions among what is abnormal.
    """
    conditions = [tree for tree in trees if tree.startswith(_CONDITIONS)]
    if conditions:
        signs = any(tree.startswith(_SIGNS) for tree in conditions)
        return Kind.FINDING if signs or all(tree.startswith(_FINDINGS) for tree in conditions) else Kind.DISEASE
    return next((kind for branch, kind in _branches() if any(tree.startswith(branch) for tree in trees)), Kind.OTHER)


def _descriptor_kind(record: Record) -> Kind:
    """By the tree; a substance whose heading is in the plural is a class (Penicillins)."""
    kind = find_kind(record.trees)
    plural = record.name.endswith("s") and not record.name.endswith(_SINGULAR)
    return Kind.DRUG_CLASS if kind is Kind.DRUG and plural else kind


def _supplementary_kind(record: Record, kinds: Mapping[str, Kind]) -> Kind:
    """By the class; a chemical that is mapped to proteins only is one."""
    kind = Kind(kind_rules("mesh")["supplementary"].get(record.sort, "other"))
    mapped = {kinds[heading] for heading in record.mapped if heading in kinds}
    return Kind.PROTEIN if kind is Kind.DRUG and mapped == {Kind.PROTEIN} else kind


def _concept(record: Record, kind: Kind, above: Iterable[str]) -> Concept:
    names: dict[str, Synonym] = {}
    for term in sorted(record.terms, key=lambda term: term.scope is not Scope.EXACT):
        names.setdefault(term.text.lower(), term)
    names.pop(record.name.lower(), None)
    return Concept(
        f"mesh:{record.id}",
        record.name,
        kind,
        synonyms=tuple(names.values()),
        parents=tuple(dict.fromkeys(f"mesh:{parent}" for parent in above)),
        xrefs=tuple(dict.fromkeys(_xrefs(record.registry))),
        deprecated=record.gone,
    )


def _above(record: Record, owners: Mapping[str, str]) -> list[str]:
    """The descriptors one step up, never the descriptor itself at another of its places."""
    above = [owners.get(tree.rpartition(".")[0]) for tree in record.trees]
    return [owner for owner in above if owner and owner != record.id]


def _xrefs(numbers: Iterable[str]) -> Iterator[str]:
    """UNII, CAS number or taxon of registry numbers; what else stands there (EC numbers, 0) names no one thing."""
    for number in numbers:
        for prefix, pattern in _REGISTRY:
            found = pattern.fullmatch(number)
            if found:
                yield f"{prefix}:{found[found.lastindex or 0]}"
                break


@cache
def _branches() -> tuple[tuple[str, Kind], ...]:
    rows: list[tuple[str, list[str]]] = kind_rules("mesh")["branches"]
    return tuple((branch, Kind(kind)) for kind, branches in rows for branch in branches)
