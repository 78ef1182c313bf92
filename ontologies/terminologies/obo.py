"""Any ontology in OBO format 1.2 or 1.4 (owlcollab.github.io/oboformat), plain or gzipped.

Read are names, synonyms with their scopes, is_a as parents, alternative ids and obsolete terms with what replaced
them; `consider` and `relationship` say nothing of what is the same or above. A cross-reference that the term itself
calls broader, narrower or only related (skos:broadMatch ..., or the sources with which MONDO marks it) is none; an
exact match (skos:exactMatch) is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ontologies.curies import standard_xref
from ontologies.errors import TerminologyError
from ontologies.kinds_by_place import kind_of_prefix
from ontologies.model import Concept, Scope, Synonym, TerminologyInfo
from ontologies.tables import find_version, open_text

_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(EXACT|NARROW|BROAD|RELATED)?')
_ESCAPE = re.compile(r"\\(.)")
_QUALIFIER = re.compile(r'"(MONDO:[A-Za-z]+)"')
_EQUIVALENT = frozenset({"MONDO:equivalentTo", "MONDO:obsoleteEquivalent"})
_MATCH = re.compile(r"(?:skos:|http\S*#)?(exact|close|broad|narrow|related)Match\s+\"?([^\s\"]+)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_Tags = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Obo:
    """The reader of OBO files; the kind is that of the prefix (`rules/kinds.toml`)."""

    name: str = "obo"

    def read_info(self, path: Path) -> TerminologyInfo:
        """What the header says of title, version and licence."""
        stanzas = read_stanzas(path)
        header = next(stanzas)[1]
        first = next((_first(tags, "id", "") for sort, tags in stanzas if sort == "Term"), "")
        said = dict(value.split(" ", 1) for value in header.get("property_value", []) if " " in value)
        title = _unquoted(said.get("dc:title", said.get("dcterms:title", ""))) or _first(header, "ontology", path.name)
        licence = _unquoted(said.get("terms:license", said.get("dcterms:license", ""))) or "not stated"
        ontology = _first(header, "ontology", path.name.split(".")[0])
        stated = _first(header, "data-version", _first(header, "date", ""))
        dated = _DATE.search(stated)
        version = find_version(path, dated[0] if dated else stated)
        prefix = standard_xref(first).partition(":")[0]
        return TerminologyInfo(ontology.removesuffix(".obo"), prefix, title, version, licence, title)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a term, obsolete ones too, and one for every alternative id, replaced by its term."""
        alternatives: dict[str, str] = {}
        known: set[str] = set()
        for sort, tags in read_stanzas(path):
            if sort == "Term":
                concept = self._concept(path, tags)
                known.add(concept.curie)
                alternatives |= {standard_xref(other): concept.curie for other in tags.get("alt_id", [])}
                yield concept
        for curie, heir in alternatives.items():
            if curie not in known:
                yield Concept(curie, curie, kind_of_prefix(curie), deprecated=True, replaced_by=heir)

    def _concept(self, path: Path, tags: _Tags) -> Concept:
        curie = _first(tags, "id", "")
        if not curie:
            raise TerminologyError(f"{path}: a [Term] without id; is the file whole?")
        curie = standard_xref(curie)
        name = _unescaped(_first(tags, "name", ""))
        gone = _first(tags, "is_obsolete", "") == "true"
        heir = _first(tags, "replaced_by", "")
        return Concept(
            curie,
            name or (curie if gone else ""),
            kind_of_prefix(curie),
            synonyms=tuple(_synonyms(path, curie, tags)),
            parents=tuple(standard_xref(value.split(" ", 1)[0]) for value in tags.get("is_a", [])),
            xrefs=tuple(_xrefs(tags)),
            deprecated=gone,
            replaced_by=standard_xref(heir) if heir else None,
        )


def read_stanzas(path: Path) -> Iterator[tuple[str, _Tags]]:
    """The header as ("", tags), then every stanza as (its sort, tags); raises TerminologyError for any other file."""
    sort, tags = "", _Tags()
    with open_text(path) as text:
        for number, raw in enumerate(text, start=1):
            if not raw.endswith("\n"):
                raise TerminologyError(
                    f"{path} ends inside line {number} ({raw[:40]!r}); if it is whole, end that line"
                )
            line = raw.strip()
            if number == 1 and not line.startswith(("format-version:", "ontology:")):
                raise TerminologyError(f"{path} does not begin as an OBO file does (format-version: ...); is it one?")
            if line.startswith("["):
                yield sort, tags
                sort, tags = line.strip("[]"), {}
            elif line and not line.startswith("!"):
                tag, colon, value = line.partition(":")
                if not colon:
                    raise TerminologyError(
                        f"{path}, line {number}: {line[:60]!r} is no 'tag: value'; is the file whole?"
                    )
                tags.setdefault(tag, []).append(value.split(" ! ")[0].strip())
    yield sort, tags


def _synonyms(path: Path, curie: str, tags: _Tags) -> Iterator[Synonym]:
    for value in tags.get("synonym", []):
        parts = _SYNONYM.match(value)
        if parts is None:
            raise TerminologyError(f"{path}: {curie} has a broken synonym {value[:60]!r}; mend it")
        if "obsolete_synonym" not in value:
            yield Synonym(_unescaped(parts[1]), Scope((parts[2] or "RELATED").lower()))


def _xrefs(tags: _Tags) -> list[str]:
    """The cross-references that say that two concepts are one, as far as the file tells them from others."""
    found: dict[str, None] = {}
    for value in tags.get("xref", []):
        said = set(_QUALIFIER.findall(value.partition("{")[2]))
        if not said or said & _EQUIVALENT:
            found[standard_xref(_unescaped(value.split(" ", 1)[0]))] = None
    for match in filter(None, (_MATCH.match(value) for value in tags.get("property_value", []))):
        curie = standard_xref(_unescaped(match[2]))
        if match[1] == "exact":
            found[curie] = None
        else:
            found.pop(curie, None)
    return list(found)


def _first(tags: _Tags, tag: str, default: str) -> str:
    return tags[tag][0] if tags.get(tag) else default


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _unquoted(text: str) -> str:
    quoted = _SYNONYM.match(text)
    return quoted[1] if quoted else text.strip()


TERMINOLOGY = Obo()
