"""Reader of the OMOP common data model, 5.3 and 5.4: a folder or zip of CSV or Parquet tables, or a DuckDB file.

The model is that of https://ohdsi.github.io/CommonDataModel. PERSON must be there, the others may. Source and standard
concept are both kept as codes; CONCEPT, where it is given, says which codes they are, and only what is used of it is
held in memory. Without it they stay `omop:<concept id>`. Memory grows with the concepts used and with the dead
(DEATH), the notes' patients' addresses (LOCATION, where there are notes), not with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractors.errors import UnreadableError
from extractors.events import Refused, Row
from extractors.places import Place
from extractors.sources.omop_concepts import Concepts, read_concepts
from extractors.sources.omop_events import OmopEvents
from extractors.sources.omop_people import OmopPeople
from extractors.table_rows import Builder, Reading, check_columns, find_columns, read_table
from extractors.tables import Table, find_filled, find_tables, has_column, is_closed

_CONCEPTS = "concept"
_TELLING = (
    "person",
    "visit_occurrence",
    "condition_occurrence",
    "drug_exposure",
    "procedure_occurrence",
    "measurement",
)
#: Tables of the model that hold nothing this reader makes rows of; those that say of a patient what no other does.
_ASIDE = ("device_exposure", "specimen", "payer_plan_period", "cost", "episode", "fact_relationship", "note_nlp")


@dataclass(frozen=True)
class Omop:
    """The reader of OMOP tables."""

    name: str = "omop"

    def claims(self, place: Place) -> bool:
        """Whether a table of the model lies in `place`; a DuckDB file that cannot be opened is taken to have them."""
        return is_closed(place) or any(has_column(place, table, "person_id") for table in _TELLING)

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows, table by table; those of a table in its order."""
        tables = find_tables(place, [*_builders(OmopPeople(), OmopEvents()), "location", _CONCEPTS])
        if "person" not in tables:
            raise UnreadableError("has OMOP tables but no PERSON; put all tables of the export in one folder")
        refused: list[Refused] = []
        concepts = _find_concepts(tables, refused)
        people = OmopPeople(concepts)
        readings = _readings(tables, people, OmopEvents(concepts))
        check_columns(readings)
        people.read_beforehand(tables, refused)
        yield from refused
        for reading in readings:
            yield from read_table(reading)

    def find_unread(self, place: Place) -> tuple[str, ...]:
        """Names of the tables about patients that lie in `place` and that this reader leaves aside."""
        return find_filled(place, _ASIDE)


def _builders(people: OmopPeople, events: OmopEvents) -> dict[str, Builder]:
    return {
        "person": people.person,
        "care_site": people.care_site,
        "provider": people.provider,
        "visit_occurrence": people.visit,
        "visit_detail": people.visit_detail,
        "condition_occurrence": events.condition,
        "death": events.death,
        "procedure_occurrence": events.procedure,
        "drug_exposure": events.drug,
        "measurement": events.measurement,
        "observation": events.observation,
        "note": people.note,
    }


def _readings(tables: dict[str, Table], people: OmopPeople, events: OmopEvents) -> list[Reading]:
    return [Reading(tables[name], build) for name, build in _builders(people, events).items() if name in tables]


def _find_concepts(tables: dict[str, Table], refused: list[Refused]) -> Concepts:
    if _CONCEPTS not in tables:
        return Concepts()
    used: set[str] = set()
    for table, build in _readings(tables, OmopPeople(), OmopEvents()):
        used |= table.distinct(find_columns(build, ending="_concept_id"))
    return read_concepts(tables[_CONCEPTS], used, refused)


RECORDS = Omop()
