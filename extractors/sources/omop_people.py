"""Persons, providers, visits and notes of OMOP tables; a function's parameters are the columns that it reads.

Names that changed from 5.3 to 5.4 stand beside each other. Times are the datetime where it is more than midnight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from extractors.events import Identifier, IdentifierType, Note, Person, Provider, Refused, Row, Visit
from extractors.rules import check_keys, read_rules
from extractors.sources.omop_concepts import Concepts
from extractors.table_rows import Reading, find_key, find_needed, find_text, find_time, need_columns, read_table
from ontologies.script import has_chinese

if TYPE_CHECKING:
    from extractors.tables import Table

_ADDRESS = ("address_1", "address_2", "city", "zip")
_SEXES = {"f": "female", "female": "female", "m": "male", "male": "male"}


class OmopPeople:
    """Makes rows of the tables that say who was where."""

    def __init__(self, concepts: Concepts | None = None) -> None:
        self._rules = read_omop_rules()
        self._concepts = concepts or Concepts()
        self._deaths: dict[str, str] = {}
        self._addresses: dict[str, tuple[str, ...]] = {}

    def read_beforehand(self, tables: dict[str, Table], refused: list[Refused]) -> None:
        """Learn what stands in a table of its own but belongs to a person; what cannot be read goes to `refused`."""
        if "death" in tables:
            rows = read_table(Reading(tables["death"], self._death_date))
            self._deaths = {row.id: row.death for row in rows if isinstance(row, Person)}
        if "location" in tables and "note" in tables:
            need_columns(tables["location"], ("location_id",))
            rows_of_places = tables["location"].select(("location_id", *_ADDRESS), refused)
            self._addresses = {key.removesuffix(".0"): tuple(filter(None, parts)) for key, *parts in rows_of_places}

    def person(
        self,
        person_id: str,
        gender_concept_id: str = "",
        gender_source_value: str = "",
        year_of_birth: str = "",
        month_of_birth: str = "",
        day_of_birth: str = "",
        location_id: str = "",
        person_source_value: str = "",
    ) -> Row:
        """A row of PERSON."""
        patient = find_patient(person_id)
        known = (Identifier(IdentifierType.MEDICAL_RECORD, person_source_value),) if person_source_value else ()
        sex = self._ruled("sexes", gender_concept_id) or _SEXES.get(gender_source_value.strip().lower(), "")
        birth = _birth(year_of_birth, month_of_birth, day_of_birth)
        return Person(patient, sex, birth, self._deaths.get(patient, ""), (*known, *self._homes(location_id)))

    def _homes(self, location_id: str) -> Iterator[Identifier]:
        found = self._addresses.get(location_id.removesuffix(".0"), ())
        return (Identifier(IdentifierType.ADDRESS, part) for part in found)

    def _death_date(self, person_id: str, death_date: str, death_datetime: str = "") -> Row:
        return Person(find_patient(person_id), death=find_moment(death_date, death_datetime, "death_date"))

    def provider(
        self,
        provider_id: str,
        provider_name: str = "",
        npi: str = "",
        dea: str = "",
        specialty_concept_id: str = "",
        specialty_source_value: str = "",
    ) -> Row:
        """A row of PROVIDER."""
        numbers = (Identifier(IdentifierType.ACCOUNT, number) for number in (npi, dea) if number)
        names = (Identifier(IdentifierType.NAME, provider_name),) if provider_name else ()
        specialty = specialty_source_value or self._concepts.name(specialty_concept_id)
        return Provider(f"provider/{find_needed(provider_id, 'provider_id')}", specialty, (*names, *numbers))

    def care_site(
        self,
        care_site_id: str,
        care_site_name: str = "",
        place_of_service_concept_id: str = "",
        place_of_service_source_value: str = "",
    ) -> Row:
        """A row of CARE_SITE, as a provider that is an organization."""
        names = (Identifier(IdentifierType.ORGANIZATION, care_site_name),) if care_site_name else ()
        kind = place_of_service_source_value or self._concepts.name(place_of_service_concept_id)
        return Provider(f"care_site/{find_needed(care_site_id, 'care_site_id')}", kind, names)

    def visit(
        self,
        visit_occurrence_id: str,
        person_id: str,
        visit_start_date: str,
        visit_end_date: str = "",
        visit_start_datetime: str = "",
        visit_end_datetime: str = "",
        visit_concept_id: str = "",
        provider_id: str = "",
        care_site_id: str = "",
        discharge_to_concept_id: str = "",
        discharge_to_source_value: str = "",
        discharged_to_concept_id: str = "",
        discharged_to_source_value: str = "",
    ) -> Row:
        """A row of VISIT_OCCURRENCE."""
        goal = discharged_to_concept_id or discharge_to_concept_id
        said = discharged_to_source_value or discharge_to_source_value or self._concepts.name(goal)
        return Visit(
            f"visit_occurrence/{find_needed(visit_occurrence_id, 'visit_occurrence_id')}",
            find_patient(person_id),
            self._ruled("visits", visit_concept_id),
            find_moment(visit_start_date, visit_start_datetime, "visit_start_date"),
            find_moment(visit_end_date, visit_end_datetime, "visit_end_date"),
            find_key("provider", provider_id) or find_key("care_site", care_site_id),
            outcome="died" if goal.removesuffix(".0") in self._rules["died"]["concepts"] else said,
        )

    def visit_detail(
        self,
        visit_detail_id: str,
        person_id: str,
        visit_detail_start_date: str,
        visit_occurrence_id: str,
        visit_detail_end_date: str = "",
        visit_detail_start_datetime: str = "",
        visit_detail_end_datetime: str = "",
        visit_detail_concept_id: str = "",
        provider_id: str = "",
        care_site_id: str = "",
        visit_detail_parent_id: str = "",
        parent_visit_detail_id: str = "",
    ) -> Row:
        """A row of VISIT_DETAIL, part of another or of its visit."""
        whole = find_key("visit_detail", parent_visit_detail_id or visit_detail_parent_id)
        return Visit(
            f"visit_detail/{find_needed(visit_detail_id, 'visit_detail_id')}",
            find_patient(person_id),
            self._ruled("visits", visit_detail_concept_id),
            find_moment(visit_detail_start_date, visit_detail_start_datetime, "visit_detail_start_date"),
            find_moment(visit_detail_end_date, visit_detail_end_datetime, "visit_detail_end_date"),
            find_key("provider", provider_id) or find_key("care_site", care_site_id),
            part_of=whole or find_key("visit_occurrence", visit_occurrence_id),
        )

    def note(
        self,
        note_id: str,
        person_id: str,
        note_date: str,
        note_text: str,
        note_datetime: str = "",
        note_title: str = "",
        language_concept_id: str = "",
        provider_id: str = "",
        visit_occurrence_id: str = "",
    ) -> Row:
        """A row of NOTE."""
        written = self._ruled("languages", language_concept_id)
        return Note(
            f"note/{find_needed(note_id, 'note_id')}",
            find_patient(person_id),
            find_text(note_text, "note_text"),
            visit=find_key("visit_occurrence", visit_occurrence_id),
            time=find_moment(note_date, note_datetime, "note_date"),
            title=note_title,
            language=written or ("zh" if has_chinese(note_text) else "en"),
            provider=find_key("provider", provider_id),
        )

    def _ruled(self, table: str, concept_id: str) -> str:
        return str(self._rules[table].get(concept_id.removesuffix(".0"), ""))


def read_omop_rules() -> Mapping[str, Any]:
    """The content of rules/omop.toml."""
    rules = read_rules("omop")
    check_keys("omop", "", rules, required={"sexes", "visits", "operators", "died", "languages"})
    return rules


def find_patient(person_id: str) -> str:
    """The id of a person; raises `RowError` where there is none."""
    return f"person/{find_needed(person_id, 'person_id')}"


def find_moment(day: str, moment: str, column: str) -> str:
    """The time of a row that has a date and perhaps a time of day as well; errors name `column`."""
    return (find_time(moment, f"{column}time") if moment else "") or find_time(day, column)


def _birth(year: str, month: str, day: str) -> str:
    """As much of a day of birth as is given."""
    if not year:
        return ""
    parts = [part.removesuffix(".0").zfill(2) for part in (year, month or "1", day or "1")]
    whole = find_time("-".join(parts), "year_of_birth, month_of_birth, day_of_birth")
    return whole[: 10 if month and day else 7 if month else 4]
