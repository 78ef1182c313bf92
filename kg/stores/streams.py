"""Evidence as it streams into a first load, whatever the store."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from extractors.model import Assertion, Qualifier
from kg.model import Origin


class EvidenceRow(NamedTuple):
    """`kg.model.Evidence` as a plain tuple: quick to make by the million, and to send between processes."""

    id: str
    fact_id: str
    subject: str
    predicate: str
    object: str
    document: str
    version: int
    section: str
    section_title: str
    start: int
    end: int
    quote: str
    extractor: str
    score: float
    assertion: Assertion = Assertion.PRESENT
    qualifiers: tuple[Qualifier, ...] = ()
    country: str = ""
    subject_name: str = ""
    object_name: str = ""
    subject_origin: Origin | None = None
    object_origin: Origin | None = None
    said_score: float | None = None


#: From a row, as `kg.model.Evidence` or a plain tuple, to its fields in their order.
fields_of = attrgetter(*EvidenceRow._fields)
