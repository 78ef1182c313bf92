"""Who a C-CDA document is about, who wrote it, and the visit it belongs to: the header's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from extractors.events import Identifier, IdentifierType, Person, Provider, Visit
from extractors.sources.ccda_xml import (
    Element,
    attribute,
    ccda_rules,
    child,
    children,
    codings,
    first_id,
    own_text,
    read_id,
    read_interval,
    read_time,
)

#: Root of the identifiers that HL7 gives for examples; vendors ship them in test documents, where they identify nobody.
_EXAMPLES = "2.16.840.1.113883.19"
_PARTS = ("given", "family")
_ASSIGNED = ("assignedEntity", "assignedAuthor", "assignedCustodian", "intendedRecipient", "informant")
_PERSONS = ("assignedPerson", "relatedPerson", "associatedPerson", "guardianPerson", "informationRecipient")
_TELECOMS = {"mailto": IdentifierType.EMAIL, "http": IdentifierType.URL, "https": IdentifierType.URL}


def read_person(root: Element) -> Person:
    """The patient of a document, with the names and addresses of guardians, relatives and contacts."""
    role = child(root, "recordTarget/patientRole")
    patient = child(role, "patient")
    identifiers = list(_identifiers(role, patient))
    birth = read_time(attribute(child(patient, "birthTime"), "value"))
    for relative in (
        *children(patient, "guardian"),
        *children(root, "participant/associatedEntity"),
        *root.iterfind(".//relatedSubject/subject"),
        *children(root, "informant/relatedEntity"),
    ):
        identifiers.extend(_contact(relative))
    return Person(
        id=_person_id(first_id(role), birth, identifiers),
        sex=ccda_rules()["sex"].get(attribute(child(patient, "administrativeGenderCode"), "code").upper(), ""),
        birth=birth,
        death=read_time(attribute(child(patient, "deceasedTime"), "value")),
        identifiers=tuple(dict.fromkeys(identifiers)),
    )


def _person_id(number: str, birth: str, identifiers: Iterable[Identifier]) -> str:
    if number and not number.startswith(_EXAMPLES):
        return number
    names = [each.value.lower() for each in identifiers if each.type is IdentifierType.NAME]
    if not number and not names and not birth:
        return ""
    return f"patient/{_digest(number, birth, *names[:1])}"


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:24]


def _identifiers(role: Element | None, patient: Element | None) -> Iterator[Identifier]:
    for number in children(role, "id"):
        yield from _number(number)
    for name in children(patient, "name"):
        yield from _name(name)
    yield from _addresses(role)
    yield from _telecoms(role)
    for place in children(patient, "birthplace/place"):
        yield from _addresses(place)
    yield from _organizations(child(role, "providerOrganization"))


def _number(element: Element) -> Iterator[Identifier]:
    """The number of an identifier by the sort that its root says; one without an extension is a key of the system."""
    value, root = attribute(element, "extension"), attribute(element, "root")
    if value:
        sorts = ("national_id", "account", "passport", "insurance")
        known = ccda_rules()["numbers"]
        sort = next((name for name in sorts if any(_is_under(root, oid) for oid in known[name])), "medical_record")
        yield Identifier(IdentifierType(sort), value)


def _is_under(root: str, oid: str) -> bool:
    return root == oid or root.startswith(f"{oid}.")


def _name(element: Element) -> Iterator[Identifier]:
    parts = [own_text(each) for tag in _PARTS for each in children(element, tag)]
    whole = " ".join(filter(None, parts)) or own_text(element)
    if whole:
        yield Identifier(IdentifierType.NAME, whole)


def _addresses(element: Element | None) -> Iterator[Identifier]:
    for address in children(element, "addr"):
        lines = [
            own_text(each) for tag in ("streetAddressLine", "city", "postalCode") for each in children(address, tag)
        ]
        for line in filter(None, lines or [own_text(address)]):
            yield Identifier(IdentifierType.ADDRESS, line)


def _telecoms(element: Element | None) -> Iterator[Identifier]:
    for telecom in children(element, "telecom"):
        scheme, mark, rest = attribute(telecom, "value").partition(":")
        value = rest if mark else scheme
        if value and "@" in value:
            yield Identifier(IdentifierType.EMAIL, value)
        elif value:
            sort = _TELECOMS.get(scheme.lower(), IdentifierType.PHONE)
            yield Identifier(sort, f"{scheme}:{rest}" if sort is IdentifierType.URL else value)


def _organizations(element: Element | None) -> Iterator[Identifier]:
    for name in children(element, "name"):
        if own_text(name):
            yield Identifier(IdentifierType.ORGANIZATION, own_text(name))
    yield from _telecoms(element)
    yield from _addresses(element)


def _contact(element: Element) -> Iterator[Identifier]:
    for path in ("name", "guardianPerson/name", "associatedPerson/name", "relatedPerson/name"):
        for name in children(element, path):
            yield from _name(name)
    yield from _addresses(element)
    yield from _telecoms(element)
    yield from _organizations(child(element, "scopingOrganization"))


def named_persons(root: Element) -> Iterator[Identifier]:
    """The names of all who are named in the header and the entries: authors, performers, informants, contacts."""
    for person in root.iter(*_PERSONS):
        for name in children(person, "name"):
            yield from _name(name)


class Providers:
    """The clinicians and organizations of a document; the same id or, without one, the same name is one provider."""

    def __init__(self, root: Element, document: str) -> None:
        self._document = document
        # The elements themselves are the keys: lxml makes new ones for the same place once nobody holds them.
        self._ids: dict[Element, str] = {}
        self._rows: dict[str, Provider] = {}
        for element in root.iter(*_ASSIGNED):
            self._add(element)

    def rows(self) -> list[Provider]:
        """The providers, in the order in which the document first names them."""
        return list(self._rows.values())

    def id_of(self, element: Element | None) -> str:
        """The id of the provider who performed or wrote a statement; empty where it names none."""
        for path in ("performer/assignedEntity", "author/assignedAuthor", "assignedEntity"):
            for assigned in children(element, path):
                if found := self._ids.get(assigned):
                    return found
        return ""

    def _add(self, element: Element) -> None:
        identifiers = tuple(dict.fromkeys(_of_provider(element)))
        names = [each.value for each in identifiers if each.type in {IdentifierType.NAME, IdentifierType.ORGANIZATION}]
        own = first_id(element) or first_id(child(element, "representedCustodianOrganization"))
        key = own if own and not own.startswith(_EXAMPLES) else ""
        if not key and not names:
            return
        key = key or f"provider/{_digest(own, *names)}"
        self._ids[element] = key
        specialty = attribute(child(element, "code"), "displayName")
        known = self._rows.get(key, Provider(key))
        merged = tuple(dict.fromkeys((*known.identifiers, *identifiers)))
        self._rows[key] = Provider(key, known.specialty or specialty, merged)


def _of_provider(element: Element) -> Iterator[Identifier]:
    for path in ("assignedPerson/name", "informationRecipient/name"):
        for name in children(element, path):
            yield from _name(name)
    yield from _addresses(element)
    yield from _telecoms(element)
    for tag in ("representedOrganization", "representedCustodianOrganization", "receivedOrganization"):
        yield from _organizations(child(element, tag))


def read_visit(root: Element, patient: str, providers: Providers) -> Visit | None:
    """The visit that a document belongs to, or None where its header names none."""
    element = child(root, "componentOf/encompassingEncounter")
    if element is None:
        return None
    start, end = read_interval(child(element, "effectiveTime"))
    number = first_id(element)
    if not number and not start:
        return None
    party = child(element, "responsibleParty")
    facility = child(element, "location/healthCareFacility")
    return Visit(
        id=f"{patient}/visit/{number or start}",
        patient=patient,
        kind=kind_of_visit(child(element, "code")),
        start=start,
        end=end,
        provider=providers.id_of(party) or providers.id_of(child(element, "encounterParticipant")),
        department=own_text(child(facility, "location/name")) or attribute(child(facility, "code"), "displayName"),
        outcome=_outcome(child(element, "dischargeDispositionCode")),
    )


def kind_of_visit(code: Element | None) -> str:
    """The kind of a visit by its code or the words of its name; empty where they do not say."""
    rules = ccda_rules()["visits"]
    for coding in codings(code):
        if kind := rules["codes"].get(coding.code.upper()) or rules["cpt"].get(coding.code[:4]):
            return str(kind)
    words = f"{attribute(code, 'displayName')} {own_text(child(code, 'originalText'))}".lower()
    return next((str(kind) for word, kind in rules["words"].items() if word in words), "")


def _outcome(code: Element | None) -> str:
    if attribute(code, "code").lower() in ccda_rules()["visits"]["died"]:
        return "died"
    return attribute(code, "displayName") or own_text(child(code, "originalText"))


def document_title(root: Element) -> str:
    """The title of a document, or what its code is called."""
    return own_text(child(root, "title")) or attribute(child(root, "code"), "displayName")


def header_numbers(root: Element) -> Iterator[Identifier]:
    """The numbers of the visit and of the document, which point at the patient as well."""
    for element in (*children(root, "componentOf/encompassingEncounter/id"), *children(root, "id")):
        if read_id(element) and len(attribute(element, "extension")) > 3:
            yield Identifier(IdentifierType.MEDICAL_RECORD, attribute(element, "extension"))
