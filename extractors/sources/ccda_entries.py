"""The events and visits that the entries of a C-CDA section tell of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from extractors.events import Coding, Event, EventKind, Retraction, Value, Visit
from extractors.sources.ccda_header import Providers, kind_of_visit
from extractors.sources.ccda_narrative import Narrative, kind_of_section
from extractors.sources.ccda_statements import (
    STATEMENTS,
    assertion_of,
    denied_part,
    is_planned,
    kind_of_event,
    name_of,
    product_of,
    reaction_of,
    role_by_section,
    role_by_template,
    says_nothing,
    sig_of,
    status_in,
    text_of,
    undenied,
    value_of,
)
from extractors.sources.ccda_xml import (
    Element,
    attribute,
    ccda_rules,
    child,
    children,
    codings,
    first_id,
    own_text,
    read_interval,
)

_LINKS = ("entryRelationship", "component")


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a statement stands: the kind of its section, the visit and the statement around it."""

    section: str
    visit: str = ""
    category: str = ""
    time: tuple[str, str] = ("", "")
    planned: bool = False
    """Vendors put what is planned, as if done, inside the request for it."""


class Entries:
    """Reads the entries of one document."""

    def __init__(self, patient: str, providers: Providers, visit: Visit | None) -> None:
        self._patient = patient
        self._providers = providers
        self._visit = visit
        self._ids: dict[str, int] = {}

    def read(self, section: Element, narrative: Narrative) -> Iterator[Event | Visit | Retraction]:
        """The rows of a section and of those inside it, in their order."""
        around = _Around(kind_of_section(section))
        for entry in children(section, "entry"):
            for statement in _statements(entry):
                yield from self._walk(statement, narrative, around)
        for inner in children(section, "component/section"):
            yield from self.read(inner, narrative)

    def _walk(self, statement: Element, narrative: Narrative, around: _Around) -> Iterator[Event | Visit | Retraction]:
        role = role_by_template(statement)
        nested = statement.tag in {"act", "organizer"} and not role and any(True for _ in _inner(statement))
        if not role and not nested:
            role = role_by_section(statement, around.section)
        if role == "detail" or attribute(statement, "moodCode") in {"GOL", "DEF", "CRT"}:
            return
        if around.planned and role in {"encounter", "procedure", "test"}:
            role = "planned"
        if role == "encounter" and not is_planned(statement):
            visit = self._read_visit(statement, narrative)
            if visit and visit is not self._visit:
                yield visit
            if visit:
                around = _Around(around.section, visit.id, "encounter-diagnosis", (visit.start, ""))
        elif role and role != "encounter":
            yield from self._read_event(statement, narrative, role, around)
        yield from self._walk_inside(statement, narrative, _inside(statement, around, role), role)

    def _walk_inside(
        self, statement: Element, narrative: Narrative, around: _Around, role: str
    ) -> Iterator[Event | Visit | Retraction]:
        """The statements inside a statement; inside one that has a role, only those that have a template."""
        for inner in _inner(statement):
            if not role or role_by_template(inner) or (role == "encounter" and inner.tag == "act"):
                yield from self._walk(inner, narrative, around)

    def _read_visit(self, statement: Element, narrative: Narrative) -> Visit | None:
        """The visit of an encounter, that of the header where it is the same one; None where it says nothing."""
        start, end = read_interval(child(statement, "effectiveTime"))
        number, code = first_id(statement), child(statement, "code")
        if not start and not number:
            return None
        if self._visit and number and self._visit.id.endswith(f"/{number}"):
            return self._visit
        place = child(statement, "participant/participantRole")
        return Visit(
            id=self._fresh(f"{self._patient}/visit", number, start, name_of(code, narrative)),
            patient=self._patient,
            kind=kind_of_visit(code),
            start=start,
            end=end,
            provider=self._providers.id_of(statement),
            department=own_text(child(place, "playingEntity/name")),
        )

    def _read_event(
        self, statement: Element, narrative: Narrative, role: str, around: _Around
    ) -> Iterator[Event | Retraction]:
        kind = kind_of_event(role, statement)
        subject = _subject(statement, role)
        codes, denied = undenied(tuple(codings(subject)))
        name = denied or self._name(statement, subject, narrative, role)
        if says_nothing(name) or not (name or codes):
            return
        if not denied and (denied := denied_part(name)):
            name, codes = denied, tuple(code for code in codes if not denied_part(code.name))
        start, end = _time(statement, around)
        identity = self._fresh(f"{self._patient}/{kind}", first_id(statement), name, start)
        if status_in(statement, "retracted"):
            yield Retraction(identity, self._patient)
            return
        yield Event(
            id=identity,
            patient=self._patient,
            kind=kind,
            name=name or codes[0].code,
            codes=codes,
            start=start,
            end=end,
            visit=around.visit or self._visit_at(start),
            provider=self._providers.id_of(statement),
            category=_category(role, around),
            assertion=assertion_of(statement, role, denied=bool(denied)),
            value=_value(statement, narrative, kind),
            dose=sig_of(statement, narrative, name) if kind is EventKind.MEDICATION else "",
            reason_codes=tuple(_reasons(statement)),
        )

    def _name(self, statement: Element, subject: Element | None, narrative: Narrative, role: str) -> str:
        named = name_of(subject, narrative)
        if named:
            return named
        entities = children(statement, "participant/participantRole/playingEntity/name") if role == "allergy" else []
        for element in (child(product_of(statement), "name"), *entities):
            if text := own_text(element):
                return text
        return text_of(child(statement, "text"), narrative)

    def _visit_at(self, start: str) -> str:
        """The visit of the header where the event begins on one of its days."""
        visit = self._visit
        if visit is None or len(start) < 10 or not visit.start:
            return ""
        return visit.id if visit.start[:10] <= start[:10] <= (visit.end or visit.start)[:10] else ""

    def _fresh(self, prefix: str, *parts: str) -> str:
        """An id by what identifies the thing in its source; copies within the document are counted.

        Vendors repeat one identifier in all entries, and in the documents of many patients.
        """
        key = f"{prefix}/{sha256(chr(0).join(parts).encode()).hexdigest()[:20]}"
        self._ids[key] = self._ids.get(key, 0) + 1
        return key if self._ids[key] == 1 else f"{key}-{self._ids[key]}"


def _statements(parent: Element) -> Iterator[Element]:
    return (each for each in parent if each.tag in STATEMENTS)


def _inner(statement: Element) -> Iterator[Element]:
    for link in _LINKS:
        for each in children(statement, link):
            if attribute(each, "typeCode") != "RSON":
                yield from _statements(each)


def _inside(statement: Element, around: _Around, role: str) -> _Around:
    """What is around the statements inside this one: an organizer gives its time and the name of a relative."""
    relation = child(statement, "subject/relatedSubject/code")
    category = attribute(relation, "displayName") or attribute(relation, "code") or around.category
    time = read_interval(child(statement, "effectiveTime")) if statement.tag == "organizer" else around.time
    kind = kind_of_section(statement) if statement.tag == "act" else ""
    planned = around.planned or (role in {"planned", "encounter", "procedure"} and is_planned(statement))
    return _Around(kind or around.section, around.visit, category, time if time[0] else around.time, planned)


def _subject(statement: Element, role: str) -> Element | None:
    """The coded element that says what a statement is about."""
    code = child(statement, "code")
    value = child(statement, "value")
    if role in {"problem", "family"}:
        return value
    if role == "allergy":
        allergen = child(statement, "participant/participantRole/playingEntity/code")
        return allergen if allergen is not None and _says_something(allergen) else value
    product = child(product_of(statement), "code")
    if product is not None:
        return product
    assertion = attribute(code, "code").upper() == "ASSERTION"
    return value if assertion and value is not None else code


def _says_something(element: Element) -> bool:
    return bool(attribute(element, "code") or len(element) or attribute(element, "displayName"))


def _value(statement: Element, narrative: Narrative, kind: EventKind) -> Value | None:
    if kind is EventKind.ALLERGY:
        return reaction_of(statement, narrative)
    return value_of(statement, narrative) if kind is EventKind.TEST else None


def _time(statement: Element, around: _Around) -> tuple[str, str]:
    for element in children(statement, "effectiveTime"):
        start, end = read_interval(element)
        if start or end:
            return start, end
    return around.time


def _category(role: str, around: _Around) -> str:
    if role == "planned":
        return "plan"
    if around.category:
        return around.category
    return str(ccda_rules()["categories"].get(around.section, around.section))


def _reasons(statement: Element) -> Iterator[Coding]:
    for link in children(statement, "entryRelationship"):
        if attribute(link, "typeCode") == "RSON":
            for value in children(link, "observation/value"):
                yield from codings(value)
