"""Medical records in FHIR, R4 and R5: bundles, bulk exports and single resources (hl7.org/fhir).

Files of a folder belong together: what one refers to may stand in another. They are gone through three times, so that
memory does not grow with them: for what references lead to, for persons and providers, and for all else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractors.errors import UnreadableError
from extractors.events import Provider, Refused, Retraction, Row
from extractors.items import readable
from extractors.places import Member, Place
from extractors.rules import read_rules
from extractors.sources.fhir_events import read_contained, read_event, read_family, read_visit
from extractors.sources.fhir_files import Entry, form_of, iter_entries
from extractors.sources.fhir_index import Index
from extractors.sources.fhir_kinds import is_product_information
from extractors.sources.fhir_notes import read_binary, read_composition, read_document, read_report_notes
from extractors.sources.fhir_paths import row_id, text_of
from extractors.sources.fhir_people import read_person, read_provider

_CLAIMED = ("people", "looked_up", "notes", "others", "passed")


class Fhir:
    """Reads medical records in FHIR."""

    name = "fhir"

    def claims(self, place: Place) -> bool:
        """Whether there are FHIR resources of records in `place`, and nothing that another reader may want.

        A bulk export may hold empty files, broken ones, and its manifest.
        """
        others = [member for member in place.members if not _is_record(member)]
        return len(others) < len(place.members) and all(map(_is_beside, others))

    def read(self, place: Place) -> Iterator[Row | Refused]:
        """The rows: persons and providers, then all else in the order of the files.

        A part of a resource (a component, the condition of a relative, a conclusion) has the resource's id, `#` and
        its own name, and is taken back with it. A resource that is given twice gives its rows twice, but for persons
        and providers.
        """
        index, place = Index(), replace(place, members=tuple(m for m in place.members if not _is_named(m)))
        for member in place.members:
            _learn(member, _locator(place, member), index)
        index.settle()
        yield from _people(place, index)
        for member in place.members:
            if len(place.members) > 1:
                _learn_aliases(member, _locator(place, member), index)
            for entry in iter_entries(member, _locator(place, member)):
                yield from [entry] if isinstance(entry, Refused) else _rows(entry, index)
        yield from _binaries(place, index)


RECORDS = Fhir()


def _locator(place: Place, member: Member) -> str:
    return f"{place.locator}/{readable(member.name)}" if place.whole else place.locator


def _is_record(member: Member) -> bool:
    form, types = form_of(member.head), read_rules("fhir")["types"]
    if form is None:
        return False
    if form.type == "Bundle":
        return not is_product_information(member.head)
    return any(form.type in types[name] for name in _CLAIMED) or form.type in read_rules("fhir")["events"]


def _is_beside(member: Member) -> bool:
    """Whether a file may lie in a bulk export without being a record: it is empty, about the export, or broken."""
    return not member.head or _is_named(member) or member.name.lower().endswith((".ndjson", ".jsonl"))


def _is_named(member: Member) -> bool:
    return member.name.lower().rpartition("/")[2].partition(".")[0] in read_rules("fhir")["files"]["beside"]


def _learn(member: Member, where: str, index: Index) -> None:
    """Note what references into `member` lead to, and the addresses of its resources."""
    form = form_of(member.head)
    bundle, types = form is not None and form.type == "Bundle", read_rules("fhir")["types"]
    whole = bundle and form is not None and not form.xml
    index.aliases.clear()
    later = []
    wanted = {*types["looked_up"], *types["identified"]}
    for entry in iter_entries(member, where, types=None if whole else wanted):
        if isinstance(entry, Entry) and entry.resource:
            index.learn_alias(entry)
            if entry.resource["resourceType"] in ("PractitionerRole", "RelatedPerson") and bundle:
                later.append(entry)
            elif entry.resource["resourceType"] in wanted:
                index.learn(entry)
    for entry in later:
        index.learn(entry)


def _learn_aliases(member: Member, where: str, index: Index) -> None:
    form = form_of(member.head)
    index.aliases.clear()
    if form is not None and form.type == "Bundle":
        for entry in iter_entries(member, where, types=frozenset() if form.xml else None):
            if isinstance(entry, Entry) and entry.resource:
                index.learn_alias(entry)


def _people(place: Place, index: Index) -> Iterator[Row]:
    """Persons and providers, each once; a role is told with its practitioner, who may be known by roles alone."""
    seen: set[str] = set()
    specialties, people = index.specialties(), frozenset(read_rules("fhir")["types"]["people"])
    for member in place.members:
        for entry in iter_entries(member, _locator(place, member), types=people):
            if isinstance(entry, Refused) or entry.resource.get("resourceType") not in people:
                continue
            name = row_id(entry.resource)
            if name in seen or ((role := index.roles.get(name)) and role.practitioner):
                continue
            seen.add(name)
            if entry.resource["resourceType"] == "Patient":
                yield read_person(entry.resource, index)
            else:
                yield read_provider(entry.resource, specialties.get(name, ""))
    yield from (Provider(name, specialties[name]) for name in sorted(specialties.keys() - seen))


def _rows(entry: Entry, index: Index) -> Iterator[Row | Refused]:
    """The rows of a resource that is no person or provider, and in words why there are none."""
    try:
        if entry.deleted:
            yield Retraction(entry.deleted)
        else:
            yield from _read(entry, index)
    except UnreadableError as error:
        yield Refused(entry.locator, str(error))


def _read(entry: Entry, index: Index) -> Iterator[Row | Refused]:
    resource, kind = entry.resource, text_of(entry.resource.get("resourceType"))
    rules = read_rules("fhir")
    if kind in rules["events"]:
        yield from read_event(resource, index)
        if kind == "DiagnosticReport":
            yield from read_contained(resource, index)
            yield from read_report_notes(resource, index, entry.locator)
    elif kind == "Encounter":
        yield from read_visit(resource, index)
    elif kind == "FamilyMemberHistory":
        yield from read_family(resource, index)
    elif kind == "DocumentReference":
        yield from read_document(resource, index, entry.locator)
    elif kind == "Composition":
        yield from read_composition(resource, index)
    elif not any(kind in names for names in rules["types"].values()):
        yield Refused(entry.locator, "is of a type of resource that FHIR R4 and R5 do not have in records")


def _binaries(place: Place, index: Index) -> Iterator[Row | Refused]:
    """The notes whose text is in Binary resources, which are looked for only where there are such notes."""
    for member in place.members if index.attached else ():
        for entry in iter_entries(member, _locator(place, member), types={"Binary"}):
            if isinstance(entry, Entry) and entry.resource.get("resourceType") == "Binary":
                try:
                    yield from read_binary(entry.resource, index)
                except UnreadableError as error:
                    yield Refused(entry.locator, str(error))
    for waiting in index.attached.values():
        yield from (Refused(where, "has its text in a Binary that is not in the files") for _, where in waiting)
