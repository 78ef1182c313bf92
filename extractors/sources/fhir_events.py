"""Events and visits of FHIR: one builder for all types, by the paths of rules/fhir.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from extractors.errors import UnreadableError
from extractors.events import Event, EventKind, Provider, Retraction, Row, Value, Visit
from extractors.model import Assertion
from extractors.rules import check_keys, read_rules
from extractors.sources.fhir_codes import Named, assertion_of, names_at, read_concept
from extractors.sources.fhir_index import Index
from extractors.sources.fhir_paths import Resource, codes_at, each, first_text, first_time, row_id, text_of
from extractors.sources.fhir_people import read_provider
from extractors.sources.fhir_values import dose_text, read_value

_PATIENT = ("subject", "patient")
_REQUIRED = frozenset({"kind", "code", "visit", "provider", "start"})


def read_event(resource: Resource, index: Index) -> Iterator[Row]:
    """The rows of a resource that says what happened: one event, and one for each component of it.

    Raises `UnreadableError` where it is of no patient, or neither codes nor names what it is about.
    """
    rules = _rules(text_of(resource.get("resourceType")))
    assertion = assertion_of(resource)
    patient = index.find_at(resource, _PATIENT, "Patient")
    if assertion is None:
        yield from retract(resource, patient, "component")
        return
    event = Event(
        row_id(resource),
        need_patient(patient),
        EventKind(rules["kind"]),
        "",
        start=first_time(resource, rules["start"]),
        end=first_time(resource, rules.get("end", [])),
        visit=index.find_at(resource, rules["visit"], "Encounter"),
        provider=index.find_provider(resource, rules["provider"]),
        category=_category(resource),
        assertion=assertion,
    )
    yield from contained_providers(resource, event.provider)
    yield from _filled(event, resource, rules, index)


def read_visit(resource: Resource, index: Index) -> Iterator[Row]:
    """The row of an Encounter; none for one that did not take place. Raises `UnreadableError` where it is nobody's."""
    patient, statuses = index.find_at(resource, _PATIENT, "Patient"), codes_at(resource, "status")
    if assertion_of(resource) is None:
        yield Retraction(row_id(resource), patient)
    elif not set(statuses) & set(read_rules("fhir")["visits"]["never"]):
        provider = index.find_provider(resource, ["participant.individual", "participant.actor", "serviceProvider"])
        yield from contained_providers(resource, provider)
        yield Visit(
            row_id(resource),
            need_patient(patient),
            _visit_kind(resource),
            first_time(resource, ["period.start", "actualPeriod.start", "plannedStartDate"]),
            first_time(resource, ["period.end", "actualPeriod.end"]),
            provider,
            names_at(resource, "serviceType"),
            _department(resource, index),
            _outcome(resource),
            index.find_at(resource, ["partOf"], "Encounter"),
        )


def read_contained(resource: Resource, index: Index) -> Iterator[Row]:
    """The rows of the Observations inside a report, which have its patient and visit where they name none."""
    own = {name: resource[name] for name in ("subject", "encounter") if name in resource}
    for inner in each(resource, "contained"):
        if isinstance(inner, dict) and inner.get("resourceType") == "Observation":
            for row in read_event({**own, **inner}, index):
                yield replace(row, id=f"{row_id(resource)}#{row.id.partition('/')[2]}")


def read_family(resource: Resource, index: Index) -> Iterator[Row]:
    """An event for each condition of a relative, whose relationship is its category."""
    patient = index.find_at(resource, ["patient"], "Patient")
    if assertion_of(resource) is None:
        yield from retract(resource, patient, "condition")
        return
    for number, condition in enumerate(each(resource, "condition"), 1):
        concept = _concept(condition, ["code"], index)
        yield Event(
            f"{row_id(resource)}#condition{number}",
            need_patient(patient),
            EventKind.CONDITION,
            need_name(concept.name),
            concept.codes,
            first_time(resource, ["date"]),
            provider=index.find_provider(resource, ["participant.actor"]),
            category=names_at(resource, "relationship"),
            assertion=Assertion.FAMILY,
        )


def retract(resource: Resource, patient: str, part: str = "") -> Iterator[Retraction]:
    """The retractions of a resource and of the parts of it that have rows of their own."""
    yield Retraction(row_id(resource), patient)
    for number, _ in enumerate(each(resource, part), 1):
        yield Retraction(f"{row_id(resource)}#{part}{number}", patient)


def contained_providers(resource: Resource, provider: str) -> Iterator[Provider]:
    """The row of the provider that an id of the form `Type/id#part` stands for."""
    _, mark, part = provider.partition("#")
    for inner in each(resource, "contained"):
        if mark and first_text(inner, "id") == part:
            yield replace(read_provider(inner, ""), id=provider)


def need_patient(patient: str) -> str:
    """`patient`; raises `UnreadableError` where it is nobody."""
    if not patient.startswith("Patient"):
        raise UnreadableError("is not about one patient")
    return patient


def need_name(name: str) -> str:
    """`name`; raises `UnreadableError` where it is empty."""
    if not name:
        raise UnreadableError("neither codes nor names what it is about, or refers to a resource that is not there")
    return name


def _filled(event: Event, resource: Resource, rules: Mapping[str, Any], index: Index) -> Iterator[Event]:
    concept = _concept(resource, rules["code"], index)
    reasons, reason_codes = _reasons(resource, rules.get("reason", []), index)
    doses = (dose_text(node) for path in rules.get("dose", []) for node in each(resource, path))
    yield replace(
        event,
        name=need_name(concept.name),
        codes=concept.codes,
        value=_value(event, resource),
        dose=next(filter(None, doses), ""),
        reasons=reasons,
        reason_codes=reason_codes,
    )
    for number, component in enumerate(each(resource, "component"), 1):
        part = _concept(component, ["code"], index)
        assertion = assertion_of(component) if isinstance(component, dict) else None
        if part.name and assertion is not None:
            negated = Assertion.NEGATED in (assertion, event.assertion)
            yield replace(
                event,
                id=f"{event.id}#component{number}",
                name=part.name,
                codes=part.codes,
                value=read_value(component),
                assertion=Assertion.NEGATED if negated else event.assertion,
            )


def _value(event: Event, resource: Resource) -> Value | None:
    """What a test gave, the conclusion of a report by its codes, or how an allergy shows."""
    if event.kind is EventKind.TEST and (value := read_value(resource)):
        return value
    said = names_at(resource, "conclusionCode", "reaction.manifestation")
    return Value(text=said) if said else None


def _concept(node: Any, paths: Sequence[str], index: Index) -> Named:
    """What a resource is about: said here, or by the resource, contained or elsewhere, that is referred to."""
    for path in paths:
        for found in each(node, path):
            concept = read_concept(found)
            if concept.codes or (concept.name and not each(found, "reference")):
                return concept
            if (referred := index.find_drug(found, node)).name:
                return referred
            if concept.name:
                return concept
    return Named()


def _reasons(resource: Resource, paths: Sequence[str], index: Index) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Ids and codes of what something was done for; a contained condition is a code."""
    ids: dict[str, None] = {}
    codes: dict[Any, None] = {}
    for found in (found for path in paths for found in each(resource, path)):
        event = index.find(found, resource)
        inner = index.contained(found, resource)
        codes.update(dict.fromkeys(read_concept(found).codes))
        codes.update(dict.fromkeys(read_concept(inner.get("code")).codes))
        if event and not inner:
            ids[event] = None
    return tuple(ids), tuple(codes)


def _category(resource: Resource) -> str:
    """The category by its codes; those of R4's allergies are codes themselves."""
    found = codes_at(resource, "category") or [names_at(resource, "category")]
    return "; ".join(dict.fromkeys(filter(None, found)))


def _visit_kind(resource: Resource) -> str:
    kinds: Mapping[str, str] = read_rules("fhir")["visits"]["kinds"]
    codes = [*codes_at(resource, "class.code"), *codes_at(resource, "class"), first_text(resource, "class.text")]
    return next((kinds[code.lower()] for code in codes if code.lower() in kinds), "")


def _department(resource: Resource, index: Index) -> str:
    for location in each(resource, "location.location"):
        if name := index.departments.get(index.find(location, resource, "Location")) or first_text(location, "display"):
            return name
        if inner := index.contained(location, resource):
            return first_text(inner, "name")
    return ""


def _outcome(resource: Resource) -> str:
    for path in ("hospitalization.dischargeDisposition", "admission.dischargeDisposition"):
        said = [*codes_at(resource, path), names_at(resource, path)]
        if {word.lower() for word in said} & set(read_rules("fhir")["visits"]["died"]):
            return "died"
        if said[-1]:
            return said[-1]
    return ""


@cache
def _rules(kind: str) -> Mapping[str, Any]:
    rules: Mapping[str, Any] = read_rules("fhir")["events"][kind]
    check_keys("fhir", f"events.{kind}", rules, required=_REQUIRED, optional={"end", "reason", "dose"})
    return rules
