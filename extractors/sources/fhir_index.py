"""What references in FHIR lead to: ids of rows, and the little that rows need of other resources.

A first pass over the files keeps ids, names of drugs and places, specialties, and names of relatives, never whole
resources. References: hl7.org/fhir/R5/references.html, and section "Resolving references in Bundles" of bundle.html.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from extractors.events import Identifier, Note
from extractors.rules import read_rules
from extractors.sources.fhir_codes import Named, names_at, read_concepts
from extractors.sources.fhir_files import Entry
from extractors.sources.fhir_identifiers import read_identifiers
from extractors.sources.fhir_paths import Resource, each, first_text, row_id, text_of

_URN = re.compile(r"urn:(?:uuid|oid):", re.IGNORECASE)
_PROVIDERS = ("Practitioner", "Organization", "PractitionerRole")
_RELATIVE = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+/[^/?#|\s]+)(?:/_history/[^/]*)?")


@dataclass(slots=True)
class Role:
    """What a PractitionerRole says: who works there, and as what."""

    practitioner: str
    specialty: str


@dataclass(slots=True)
class Index:
    """What is known of the resources of one place; `aliases` are those of the file that is being read."""

    aliases: dict[str, str] = field(default_factory=dict)
    identified: dict[str, str] = field(default_factory=dict)
    drugs: dict[str, Named] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    relatives: dict[str, tuple[Identifier, ...]] = field(default_factory=dict)
    unsettled: list[Entry] = field(default_factory=list)
    settled: bool = False
    attached: dict[str, list[tuple[Note, str]]] = field(default_factory=dict)

    def learn_alias(self, entry: Entry) -> None:
        """Note under which address a resource is referred to, where that does not tell its id by itself."""
        kind, name = text_of(entry.resource.get("resourceType")), row_id(entry.resource)
        pointed = _URN.match(entry.address) and kind in read_rules("fhir")["types"]["pointed"]
        if entry.address and (pointed or _plain(entry.address, kind) != name):
            self.aliases[entry.address] = name

    def learn(self, entry: Entry) -> None:
        """Note what rows of other resources will need of this one; the aliases of its file must be known."""
        resource, name = entry.resource, row_id(entry.resource)
        kind = resource.get("resourceType")
        if kind in read_rules("fhir")["types"]["identified"]:
            self.identified.update((key, name) for key in _identifier_keys(str(kind), resource))
        if kind == "Medication":
            self.drugs[name] = self.drug(resource)
        elif kind == "Location":
            self.departments[name] = first_text(resource, "name", "alias", "description")
        elif kind == "PractitionerRole":
            who = self.find_at(resource, ["practitioner"], "Practitioner")
            self.roles[name] = Role(who, names_at(resource, "specialty"))
            self._wait(entry, who)
        elif kind == "RelatedPerson":
            patient = self.find_at(resource, ["patient"], "Patient")
            if self._wait(entry, patient) and patient:
                self.relatives[patient] = (*self.relatives.get(patient, ()), *read_identifiers(resource))

    def settle(self) -> None:
        """Follow the references by identifier that led nowhere before all files were known."""
        waiting, self.unsettled, self.settled = self.unsettled, [], True
        for entry in waiting:
            self.learn(entry)

    def _wait(self, entry: Entry, found: str) -> bool:
        """Whether a reference has led somewhere; if not, its resource is kept until all files are known."""
        if not self.settled and (not found or "?" in found):
            self.unsettled.append(entry)
            return False
        return True

    def find(self, reference: Any, resource: Resource, kind: str = "") -> str:
        """The id that a Reference or CodeableReference leads to, empty where it leads to none or into the resource.

        `kind` is the type of resource that is meant where the reference itself does not say it.
        """
        if isinstance(reference, dict) and isinstance(reference.get("reference"), dict):
            reference = reference["reference"]
        address, kind = first_text(reference, "reference"), first_text(reference, "type") or kind
        if address in self.aliases:
            return self.aliases[address]
        if not address:
            kinds = [kind] if kind else read_rules("fhir")["types"]["identified"]
            keys = (f"{each_one}|{key}" for key in _keys(each(reference, "identifier")) for each_one in kinds)
            return next((self.identified[key] for key in keys if key in self.identified), "")
        if address.startswith("#"):
            return ""
        if "?" in address:
            return self._conditional(address)
        return _plain(address, kind)

    def find_at(self, resource: Resource, paths: Sequence[str], kind: str = "") -> str:
        """The first id that a reference at one of the paths leads to, else an empty text."""
        found = (self.find(reference, resource, kind) for path in paths for reference in each(resource, path))
        return next(filter(None, found), "")

    def find_provider(self, resource: Resource, paths: Sequence[str]) -> str:
        """The first clinician or organization that a reference at one of the paths leads to, else an empty text.

        A role stands for the practitioner in it; one that is contained has the id of the resource and its own.
        """
        for reference in (found for path in paths for found in each(resource, path)):
            inner = self.contained(reference, resource)
            if inner.get("resourceType") in _PROVIDERS:
                return f"{row_id(resource)}#{text_of(inner.get('id'))}"
            who = self.find(reference, resource)
            if who.startswith(_PROVIDERS):
                role = self.roles.get(who)
                return (role.practitioner if role else "") or who
        return ""

    def contained(self, reference: Any, resource: Resource) -> Resource:
        """The resource inside `resource` that a reference leads to, or an empty one."""
        if isinstance(reference, dict) and isinstance(reference.get("reference"), dict):
            reference = reference["reference"]
        kind, _, name = first_text(reference, "reference").partition("#")
        if kind or not name:
            return {}
        inside = (inner for inner in each(resource, "contained") if first_text(inner, "id") == name)
        return next(inside, {})

    def find_drug(self, reference: Any, resource: Resource) -> Named:
        """What the Medication is called that a reference leads to; nothing where it is not there."""
        inner = self.contained(reference, resource)
        return self.drug(inner) if inner else self.drugs.get(self.find(reference, resource, "Medication"), Named())

    def specialties(self) -> dict[str, str]:
        """The specialties of each practitioner, of all roles."""
        found: dict[str, set[str]] = defaultdict(set)
        for role in self.roles.values():
            if role.specialty and role.practitioner:
                found[role.practitioner].add(role.specialty)
        return {who: "; ".join(sorted(names)) for who, names in found.items()}

    def drug(self, resource: Resource) -> Named:
        """Name and codes of a Medication: its own, else those of its ingredient, else the names of all ingredients."""
        own = next(iter(read_concepts(each(resource, "code"))), Named())
        paths = ("ingredient.itemCodeableConcept", "ingredient.item")
        items = read_concepts(item for path in paths for item in each(resource, path))
        if own.name or not items:
            return own
        return items[0] if len(items) == 1 else Named(" / ".join(item.name for item in items))

    def _conditional(self, address: str) -> str:
        """`Practitioner?identifier=system|value`: who has that identifier, else the question itself, as an id."""
        kind, _, query = address.partition("?")
        key = query.removeprefix("identifier=")
        return self.identified.get(f"{kind.rpartition('/')[2]}|{unquote(key)}", address)


@lru_cache(maxsize=4096)
def _plain(address: str, kind: str) -> str:
    """The id that an address tells by itself: `kind` and the name in a urn, the end of any other."""
    if _URN.match(address):
        return f"{kind}/{_URN.sub('', address, count=1)}" if kind else ""
    relative = _RELATIVE.fullmatch(address)
    return relative[1] if relative else ""


def _identifier_keys(kind: str, resource: Resource) -> Iterator[str]:
    """The questions that a resource answers by its identifiers: with the system, and for values alone."""
    for key in _keys(each(resource, "identifier")):
        yield f"{kind}|{key}"
        yield f"{kind}|{key.partition('|')[2]}"


def _keys(identifiers: list[Any]) -> Iterator[str]:
    for found in identifiers:
        if value := first_text(found, "value"):
            yield f"{first_text(found, 'system')}|{value}"
