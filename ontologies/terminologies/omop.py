"""The OMOP Standardized Vocabularies as OHDSI Athena gives them out: a folder or zip with CONCEPT.csv.

A concept of a known vocabulary stands under its own code (snomedct:..., rxnorm:...) with `omop:<concept_id>` as cross-
reference, any other under `omop`. Beside it are read CONCEPT_SYNONYM.csv, VOCABULARY.csv (versions) and of
CONCEPT_RELATIONSHIP.csv what leads upwards, what replaced a concept, and "Maps to" where it is the only one in both
directions between two vocabularies: it may else lead to a broader concept. Files are tab-separated as Athena writes
them, or comma-separated with quotation marks. Columns by the OMOP Common Data Model 5.4 (OHDSI).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.kinds import find_kind, kinds_of, reader_rules
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.names import prefix_of
from ontologies.releases import Release, open_release
from ontologies.tables import File, find_delimiter, read_columns

_COLUMNS = (
    "concept_id",
    "concept_name",
    "domain_id",
    "vocabulary_id",
    "concept_class_id",
    "concept_code",
    "invalid_reason",
)
_LICENCE = "brought by the user: each vocabulary in it by its own licence (athena.ohdsi.org)"
_REPLACED, _MAPS = "Concept replaced by", "Maps to"


@dataclass(slots=True)
class _Links:
    """What concepts, by id, are linked with."""

    parents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    heirs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    maps: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    mapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many concepts of a vocabulary, by prefix, map to a concept."""


@dataclass(frozen=True, slots=True)
class Omop:
    """The reader of the OMOP vocabularies."""

    name: str = "omop"
    files: tuple[str, ...] = ("CONCEPT.csv", "CONCEPT_SYNONYM.csv", "CONCEPT_RELATIONSHIP.csv", "VOCABULARY.csv")

    def read_info(self, path: Path) -> TerminologyInfo:
        """The version that VOCABULARY.csv states for the whole, and those of the known vocabularies in it."""
        release = open_release(path)
        release.need("CONCEPT.csv")
        versions = dict(_rows(release.first("VOCABULARY.csv"), "vocabulary_id", "vocabulary_version"))
        known = [f"{name} ({versions[name]})" for name in _vocabularies() if versions.get(name)]
        version = versions.get("None") or release.version(r"(?<!\d)(20\d{6})(?!\d)")
        source = "; ".join(["OHDSI Athena", *known])
        return TerminologyInfo(self.name, "omop", "OMOP Standardized Vocabularies", version, _LICENCE, source)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """One concept a row of CONCEPT.csv; invalid ones are retired."""
        release = open_release(path)
        table = release.need("CONCEPT.csv")
        curies = _read_curies(table)
        synonyms = _read_synonyms(release, curies)
        links = _read_links(release, curies)
        for row in _rows(table, *_COLUMNS):
            yield _concept(row, curies, synonyms.get(row[0], ()), links)


def _concept(row: list[str], curies: Mapping[str, str], names: tuple[Synonym, ...], links: _Links) -> Concept:
    code, name, domain, _, sort, _, invalid = row
    curie = curies[code]
    own = () if curie == f"omop:{code}" else (f"omop:{code}",)
    heirs = {curies[heir] for heir in links.heirs.get(code) or links.maps.get(code) or ()}
    return Concept(
        curie,
        name or code,
        _find_kind(domain, sort),
        synonyms=tuple(synonym for synonym in dict.fromkeys(names) if synonym.text != name),
        parents=tuple(dict.fromkeys(curies[parent] for parent in links.parents.get(code, ()))),
        xrefs=(*own, *(() if invalid else _equals(code, curies, links))),
        deprecated=bool(invalid),
        replaced_by=heirs.pop() if invalid and len(heirs) == 1 else None,
    )


def _equals(code: str, curies: Mapping[str, str], links: _Links) -> list[str]:
    targets = links.maps.get(code, [])
    prefix = prefix_of(curies[code])
    return [curies[target] for target in targets if len(targets) == 1 and links.mapped[target, prefix] == 1]


def _find_kind(domain: str, sort: str) -> Kind:
    by_domain = find_kind([domain], kinds_of("omop", "domains"))
    return find_kind([sort], kinds_of("omop", "classes"), by_domain)


def _read_curies(table: File) -> dict[str, str]:
    """The CURIE of each concept by its id; a code that a vocabulary has twice stands under the first."""
    vocabularies = _vocabularies()
    curies: dict[str, str] = {}
    taken: set[str] = set()
    for code, own, vocabulary in _rows(table, "concept_id", "concept_code", "vocabulary_id"):
        if code in curies:
            raise TerminologyError(f"{table}: concept {code} is there twice; keep one of them")
        curie = f"{vocabularies[vocabulary]}:{own}" if vocabulary in vocabularies else f"omop:{code}"
        curies[code] = f"omop:{code}" if curie in taken else curie
        taken.add(curie)
    return curies


def _read_synonyms(release: Release, curies: Mapping[str, str]) -> dict[str, tuple[Synonym, ...]]:
    languages = reader_rules("languages")["omop"]
    synonyms: dict[str, tuple[Synonym, ...]] = {}
    columns = ("concept_id", "concept_synonym_name", "language_concept_id")
    for code, name, language in _rows(release.first("CONCEPT_SYNONYM.csv"), *columns):
        if code in curies and language in languages and name:
            synonyms[code] = (*synonyms.get(code, ()), Synonym(name, language=languages[language]))
    return synonyms


def _read_links(release: Release, curies: Mapping[str, str]) -> _Links:
    links = _Links()
    tables = dict.fromkeys(reader_rules("omop")["upwards"], links.parents)
    tables |= {_REPLACED: links.heirs, _MAPS: links.maps}
    columns = ("concept_id_1", "concept_id_2", "relationship_id", "invalid_reason")
    for first, second, relation, invalid in _rows(release.first("CONCEPT_RELATIONSHIP.csv"), *columns):
        table = tables.get(relation)
        if table is None or invalid or first == second or first not in curies or second not in curies:
            continue
        table[first].append(second)
        if relation == _MAPS:
            links.mapped[second, prefix_of(curies[first])] += 1
    return links


def _rows(path: File | None, *columns: str) -> Iterator[list[str]]:
    if path is None:
        return iter(())
    delimiter = find_delimiter(path)
    return read_columns(path, columns, delimiter=delimiter, quoted=delimiter == ",", closed=True)


def _vocabularies() -> Mapping[str, str]:
    vocabularies: Mapping[str, str] = reader_rules("omop")["vocabularies"]
    return vocabularies


TERMINOLOGY = Omop()
