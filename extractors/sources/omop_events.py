"""Conditions, procedures, drugs, measurements and observations of OMOP tables; parameters are the columns read."""

from __future__ import annotations

from typing import Any

from extractors.events import Event, EventKind, Row, Value
from extractors.sources.omop_concepts import Concepts
from extractors.sources.omop_people import find_moment, find_patient, read_omop_rules
from extractors.table_rows import find_bound, find_key, find_needed, find_number


class OmopEvents:
    """Makes events of the rows of OMOP tables."""

    def __init__(self, concepts: Concepts | None = None) -> None:
        self._operators: dict[str, str] = read_omop_rules()["operators"]
        self._concepts = concepts or Concepts()

    def death(
        self,
        person_id: str,
        death_date: str,
        death_datetime: str = "",
        cause_concept_id: str = "",
        cause_source_value: str = "",
        cause_source_concept_id: str = "",
    ) -> Row | None:
        """The cause of a death, where one is coded; the date is its person's."""
        start = find_moment(death_date, death_datetime, "death_date")
        coded = self._coded(cause_source_concept_id, cause_concept_id, cause_source_value, "cause")
        if not coded["codes"]:
            return None
        patient = find_patient(person_id)
        id_ = f"death/{find_needed(person_id, 'person_id')}"
        return Event(id_, patient, EventKind.CONDITION, **coded, start=start, category="cause of death")

    def condition(
        self,
        condition_occurrence_id: str,
        person_id: str,
        condition_concept_id: str,
        condition_start_date: str,
        condition_start_datetime: str = "",
        condition_end_date: str = "",
        condition_end_datetime: str = "",
        condition_type_concept_id: str = "",
        condition_status_concept_id: str = "",
        condition_status_source_value: str = "",
        condition_source_value: str = "",
        condition_source_concept_id: str = "",
        provider_id: str = "",
        visit_occurrence_id: str = "",
    ) -> Row:
        """A row of CONDITION_OCCURRENCE."""
        status = condition_status_source_value or self._concepts.name(condition_status_concept_id)
        return Event(
            f"condition_occurrence/{find_needed(condition_occurrence_id, 'condition_occurrence_id')}",
            find_patient(person_id),
            EventKind.CONDITION,
            **self._coded(condition_source_concept_id, condition_concept_id, condition_source_value, "condition"),
            start=find_moment(condition_start_date, condition_start_datetime, "condition_start_date"),
            end=find_moment(condition_end_date, condition_end_datetime, "condition_end_date"),
            visit=find_key("visit_occurrence", visit_occurrence_id),
            provider=find_key("provider", provider_id),
            category=status or self._concepts.name(condition_type_concept_id),
        )

    def procedure(
        self,
        procedure_occurrence_id: str,
        person_id: str,
        procedure_concept_id: str,
        procedure_date: str,
        procedure_datetime: str = "",
        procedure_end_date: str = "",
        procedure_end_datetime: str = "",
        procedure_type_concept_id: str = "",
        procedure_source_value: str = "",
        procedure_source_concept_id: str = "",
        provider_id: str = "",
        visit_occurrence_id: str = "",
    ) -> Row:
        """A row of PROCEDURE_OCCURRENCE."""
        return Event(
            f"procedure_occurrence/{find_needed(procedure_occurrence_id, 'procedure_occurrence_id')}",
            find_patient(person_id),
            EventKind.PROCEDURE,
            **self._coded(procedure_source_concept_id, procedure_concept_id, procedure_source_value, "procedure"),
            start=find_moment(procedure_date, procedure_datetime, "procedure_date"),
            end=find_moment(procedure_end_date, procedure_end_datetime, "procedure_end_date"),
            visit=find_key("visit_occurrence", visit_occurrence_id),
            provider=find_key("provider", provider_id),
            category=self._concepts.name(procedure_type_concept_id),
        )

    def drug(
        self,
        drug_exposure_id: str,
        person_id: str,
        drug_concept_id: str,
        drug_exposure_start_date: str,
        drug_exposure_start_datetime: str = "",
        drug_exposure_end_date: str = "",
        drug_exposure_end_datetime: str = "",
        drug_type_concept_id: str = "",
        sig: str = "",
        drug_source_value: str = "",
        drug_source_concept_id: str = "",
        provider_id: str = "",
        visit_occurrence_id: str = "",
    ) -> Row:
        """A row of DRUG_EXPOSURE; what is coded in CVX is an immunization."""
        coded = self._coded(drug_source_concept_id, drug_concept_id, drug_source_value, "drug")
        vaccine = any(code.curie.startswith("cvx:") for code in coded["codes"])
        return Event(
            f"drug_exposure/{find_needed(drug_exposure_id, 'drug_exposure_id')}",
            find_patient(person_id),
            EventKind.IMMUNIZATION if vaccine else EventKind.MEDICATION,
            **coded,
            start=find_moment(drug_exposure_start_date, drug_exposure_start_datetime, "drug_exposure_start_date"),
            end=find_moment(drug_exposure_end_date, drug_exposure_end_datetime, "drug_exposure_end_date"),
            visit=find_key("visit_occurrence", visit_occurrence_id),
            provider=find_key("provider", provider_id),
            category=self._concepts.name(drug_type_concept_id),
            dose=sig,
        )

    def measurement(
        self,
        measurement_id: str,
        person_id: str,
        measurement_concept_id: str,
        measurement_date: str,
        measurement_datetime: str = "",
        measurement_type_concept_id: str = "",
        operator_concept_id: str = "",
        value_as_number: str = "",
        value_as_concept_id: str = "",
        value_source_value: str = "",
        unit_concept_id: str = "",
        unit_source_value: str = "",
        range_low: str = "",
        range_high: str = "",
        measurement_source_value: str = "",
        measurement_source_concept_id: str = "",
        provider_id: str = "",
        visit_occurrence_id: str = "",
    ) -> Row:
        """A row of MEASUREMENT."""
        number = find_number(value_as_number)
        bound, bounding = find_bound(value_source_value)
        value = Value(
            bounding if number is None else number,
            self._concepts.unit(unit_concept_id) or unit_source_value,
            self._concepts.name(value_as_concept_id) or (value_source_value if number is None else ""),
            self._operators.get(operator_concept_id.removesuffix(".0"), bound),
            low=find_number(range_low),
            high=find_number(range_high),
        )
        return Event(
            f"measurement/{find_needed(measurement_id, 'measurement_id')}",
            find_patient(person_id),
            EventKind.TEST,
            **self._coded(
                measurement_source_concept_id, measurement_concept_id, measurement_source_value, "measurement"
            ),
            start=find_moment(measurement_date, measurement_datetime, "measurement_date"),
            visit=find_key("visit_occurrence", visit_occurrence_id),
            provider=find_key("provider", provider_id),
            category=self._concepts.name(measurement_type_concept_id),
            value=_said(value),
        )

    def observation(
        self,
        observation_id: str,
        person_id: str,
        observation_concept_id: str,
        observation_date: str,
        observation_datetime: str = "",
        observation_type_concept_id: str = "",
        value_as_number: str = "",
        value_as_string: str = "",
        value_as_concept_id: str = "",
        value_source_value: str = "",
        unit_concept_id: str = "",
        unit_source_value: str = "",
        observation_source_value: str = "",
        observation_source_concept_id: str = "",
        provider_id: str = "",
        visit_occurrence_id: str = "",
    ) -> Row:
        """A row of OBSERVATION, as an answer that was given."""
        value = Value(
            find_number(value_as_number),
            self._concepts.unit(unit_concept_id) or unit_source_value,
            value_as_string or self._concepts.name(value_as_concept_id) or value_source_value,
        )
        return Event(
            f"observation/{find_needed(observation_id, 'observation_id')}",
            find_patient(person_id),
            EventKind.TEST,
            **self._coded(
                observation_source_concept_id, observation_concept_id, observation_source_value, "observation"
            ),
            start=find_moment(observation_date, observation_datetime, "observation_date"),
            visit=find_key("visit_occurrence", visit_occurrence_id),
            provider=find_key("provider", provider_id),
            category=self._concepts.name(observation_type_concept_id),
            value=_said(value),
        )

    def _coded(self, source: str, standard: str, written: str, table: str) -> dict[str, Any]:
        """Name and codes of an event; what the source wrote is the name where no concept is known."""
        codes = self._concepts.codings(source, standard, written, f"{table}_source_value")
        return {"name": self._concepts.name(source, standard) or written, "codes": codes}


def _said(value: Value) -> Value | None:
    """None for a value that says nothing, whatever its unit and its range."""
    return value if value.number is not None or value.text else None
