"""Any OWL ontology or SKOS scheme: RDF/XML, Turtle, N-Triples, JSON-LD or OBO graphs (JSON), plain or gzipped.

Classes and SKOS concepts with a label are read: rdfs:label and skos:prefLabel in all languages, skos:altLabel and the
synonyms of oboInOwl with their scopes, named superclasses and broader concepts as parents, hasDbXref and exactMatch as
cross-references (but for those that are a close, broad, narrow or related match too), deprecated ones with what
replaced them. Restrictions and other axioms give no parents.

An address becomes a CURIE by the known prefixes; one of OBO (obo/XX_1) always does; any other is `local`, by its last
part. A `.toml` of the same name beside the file may say `prefix` for these, the `kind` of concepts whose vocabulary
holds several, the `language` of labels that name none, and name, title, version, licence and source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontologies.column_map import check_kind, read_told
from ontologies.curies import get_converter, standard_xref
from ontologies.kinds_by_place import kind_of_prefix
from ontologies.model import Concept, Kind, Scope, Synonym, TerminologyInfo
from ontologies.rdf.forms import read_things
from ontologies.rdf.things import OBO, Thing
from ontologies.tables import find_version

_OBO_PART = re.compile(r"([A-Za-z][A-Za-z0-9.-]*)_(\w+)")
_LAST = re.compile(r"[^/#]+(?=[/#]?$)")
_SCOPES = list(Scope)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|v?\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Owl:
    """The reader of OWL and SKOS."""

    name: str = "owl"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the file beside, else the ontology itself, says of title, version and licence."""
        told = read_told(path)
        things = read_things(path)
        address, whole = things.whole()
        notes = whole.notes
        name = told.get("name") or _name_of(address) or path.name.split(".")[0]
        curies = _Curies(told.get("prefix", "local"))
        prefixes = Counter(curies[address].partition(":")[0] for address, _ in things.concepts())
        dated = _DATE.search(notes.get("address of the version", ""))
        version = told.get("version") or notes.get("version") or (dated[0] if dated else "")
        return TerminologyInfo(
            name,
            max(prefixes, key=lambda prefix: prefixes[prefix], default=""),
            told.get("title") or notes.get("title") or (whole.labels or [(name, "")])[0][0],
            find_version(path, version),
            told.get("licence") or notes.get("licence") or "not stated",
            told.get("source") or address or "not stated",
        )

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a class or SKOS concept."""
        told = read_told(path)
        kind = check_kind(path, told["kind"]) if told.get("kind") else Kind.OTHER
        curies = _Curies(told.get("prefix", "local"))
        for address, thing in read_things(path).concepts():
            yield _concept(curies[address], thing, curies, kind, told.get("language", "en"))


class _Curies(dict[str, str]):
    """CURIEs of addresses, kept."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, address: str) -> str:
        curie = self[address] = self._made(address)
        return curie

    def _made(self, address: str) -> str:
        if "://" not in address:
            return standard_xref(address)
        found = get_converter().parse_uri(address, strict=False)
        if found is not None:
            return f"{found.prefix}:{found.identifier}"
        part = _OBO_PART.fullmatch(address.removeprefix(OBO)) if address.startswith(OBO) else None
        last = _LAST.search(address)
        return standard_xref(f"{part[1]}:{part[2]}") if part else f"{self._prefix}:{last[0] if last else address}"


def _concept(curie: str, thing: Thing, curies: Mapping[str, str], kind: Kind, language: str) -> Concept:
    labels = sorted({(" ".join(text.split()), tag or language) for text, tag in thing.labels}, key=_place)
    name, tag = next(iter(labels), (curie, language))
    like = {curies[address] for address in thing.like}
    further = [Synonym(text, language=other) for text, other in labels if (text, other) != (name, tag)]
    return Concept(
        curie,
        name,
        kind_of_prefix(curie, kind),
        tag,
        synonyms=tuple(dict.fromkeys([*further, *sorted(filter(_has_text, thing.synonyms), key=_closeness)])),
        parents=tuple(_others(curie, thing.above, curies)),
        xrefs=tuple(other for other in _others(curie, thing.xrefs, curies) if other not in like),
        deprecated=thing.gone,
        replaced_by=curies[thing.heir] if thing.heir else None,
    )


def _place(label: tuple[str, str]) -> tuple[bool, str, str]:
    """English first, then by the alphabet: a graph has no order."""
    return label[1] != "en", label[1], label[0]


def _has_text(synonym: Synonym) -> bool:
    return bool(synonym.text.strip())


def _closeness(synonym: Synonym) -> tuple[int, str, str]:
    """The closest first, then by the alphabet."""
    return _SCOPES.index(synonym.scope), synonym.language, synonym.text


def _others(curie: str, addresses: Iterable[str], curies: Mapping[str, str]) -> list[str]:
    """The CURIEs of addresses, without the concept itself and the root of all classes, in one order."""
    found = {curies[address] for address in addresses if not address.endswith("owl#Thing")}
    return sorted(other for other in found if other != curie and ":" in other)


def _name_of(address: str) -> str:
    last = _LAST.search(address)
    return re.sub(r"\.(owl|ttl|rdf|json)$", "", last[0]) if last else ""


TERMINOLOGY = Owl()
