"""Persons and providers of FHIR."""

from __future__ import annotations

from extractors.events import Person, Provider
from extractors.sources.fhir_codes import names_at
from extractors.sources.fhir_identifiers import read_identifiers
from extractors.sources.fhir_index import Index
from extractors.sources.fhir_paths import Resource, first_text, first_time, row_id


def read_person(resource: Resource, index: Index) -> Person:
    """The row of a Patient."""
    name = row_id(resource)
    sex = first_text(resource, "gender")
    return Person(
        name,
        sex if sex in ("female", "male", "other") else "",
        first_time(resource, ["birthDate"]),
        first_time(resource, ["deceasedDateTime"]),
        tuple(dict.fromkeys((*read_identifiers(resource), *index.relatives.get(name, ())))),
    )


def read_provider(resource: Resource, specialty: str) -> Provider:
    """The row of a Practitioner, an Organization, or a PractitionerRole that names no practitioner."""
    own = names_at(resource, "specialty")
    return Provider(row_id(resource), specialty or own, tuple(dict.fromkeys(read_identifiers(resource))))
