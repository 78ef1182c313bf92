"""The table of drugs of the starter: the DrugBank vocabulary, with names of a second dictionary and ids of the FDA."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ontologies.model import Kind
from ontologies.names import in_spoken_order, salt_words
from ontologies.normalize import normal_form
from ontologies.starter.dictionaries import group_variants, read_dictionary, restore_capitals
from ontologies.tables import open_text

_NOT_NAMES = frozenset(
    normal_form(
        "agent agonist antagonist inhibitor blocker drug medication modulator receptor protein enzyme cyp pump hormone "
        "vaccine steroid antibody injection tablet capsule cream ointment salt preparation product"
    ).split()
)
_SUBSTANCES = ("D01", "D02", "D03", "D04", "D05", "D06", "D09", "D10", "D20", "D26")
_IONS = "D01"
_CLASSES, _FORMS = "D27", "D26.255"
_OF_THE_BODY = ("D08", "D12.776", "D23", "D24")


class Unii:
    """The FDA's list of substances: unique ids by the name shown, salts by that name, and brand names."""

    def __init__(self, path: Path) -> None:
        self.displays: dict[str, str] = {}
        self.names: dict[str, set[str]] = defaultdict(set)
        self.brands: set[str] = set()
        with open_text(path, encoding="latin-1") as text:
            for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
                self.displays[row["UNII"]] = row["Display Name"]
                if len(row["Name"]) < 60:
                    form = normal_form(row["Name"].partition(" [")[0])
                    self.names[form].add(row["UNII"])
                    if row["TYPE"] == "bn":
                        self.brands.add(form)


@dataclass(slots=True)
class _Drug:
    curie: str
    name: str
    kind: Kind = Kind.DRUG
    exact: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)

    def row(self) -> Sequence[str]:
        """The values under the columns of the reader."""
        seen = {normal_form(self.name)}
        exact = "|".join(_distinct(self.exact, seen))
        brands = "|".join(_distinct(self.brands, seen))
        return self.curie, self.name, self.kind.value, exact, brands, "|".join(self.parents), "|".join(self.xrefs)


def find_drugs(drugbank: Path, unii: Unii, official: Mapping[str, str], diseases: Set[str]) -> Iterator[Sequence[str]]:
    """Rows for the reader of drugs: DrugBank's entries, then what only MeSH and MedlinePlus have, then salts.

    A variant is taken only where the FDA's list does not give it to a foreign substance, no other entry or heading
    has it as its name, and it names no class, target or disease. What that list does not have counts as a brand.
    """
    drugs = _read_drugbank(drugbank)
    owners = _owners(drugs.values())
    content = read_dictionary("drug_named_entity_recognition", "drug_ner_dictionary.pkl.bz2")
    taken = set(owners) | {normal_form(name) for name in official} | set(diseases)
    told = {v for v, entry in content["drug_variant_to_variant_data"].items() if entry["is_brand"]}
    variants = group_variants(content["drug_variant_to_canonical"])
    for key, entry in sorted(content["drug_canonical_to_data"].items()):
        drug = _home(entry.get("name") or key, entry, drugs, owners, official)
        if drug is None:
            continue
        _add_variants(drug, key, variants.get(key, []), taken, told, unii)
    yield from (drugs[curie].row() for curie in sorted(drugs))
    yield from (drug.row() for drug in _salts(drugs, unii))


def _read_drugbank(path: Path) -> dict[str, _Drug]:
    drugs = {}
    with open_text(path) as text:
        for row in csv.DictReader(text):
            curie = f"drugbank:{row['DrugBank ID']}"
            synonyms = [s.strip() for s in row["Synonyms"].split(" | ") if s.strip()]
            xrefs = [f"{p}:{row[c]}" for p, c in (("unii", "UNII"), ("cas", "CAS")) if row[c]]
            names = [s for s in synonyms if not is_salt_of(s, row["Common name"])]
            drugs[curie] = _Drug(curie, row["Common name"], exact=names, xrefs=xrefs)
    return drugs


def _owners(drugs: Iterable[_Drug]) -> dict[str, str]:
    """Normal form to the CURIE of the drug that has it as its name, else of the only one that has it as a synonym."""
    by_name: dict[str, str] = {}
    by_synonym: dict[str, set[str]] = defaultdict(set)
    for drug in drugs:
        by_name.setdefault(normal_form(drug.name), drug.curie)
        for synonym in drug.exact:
            by_synonym[normal_form(synonym)].add(drug.curie)
    return {form: next(iter(own)) for form, own in by_synonym.items() if len(own) == 1} | by_name


def _home(
    name: str, entry: Mapping[str, Any], drugs: dict[str, _Drug], owners: Mapping[str, str], official: Mapping[str, str]
) -> _Drug | None:
    """The drug that an entry of the dictionary belongs to, by name, for its ids are not all right; new, or None."""
    mesh_id, plus_id = official.get(name.lower()), entry.get("medline_plus_id")
    xrefs = [f"mesh:{mesh_id}"] if mesh_id else []
    xrefs += [f"medlineplus:{plus_id}"] if plus_id else []
    kind = _mesh_kind(name, entry.get("mesh_tree", [])) if mesh_id else Kind.DRUG
    known = owners.get(normal_form(name))
    if known is not None and kind is not Kind.DRUG_CLASS:
        drugs[known].xrefs.extend(x for x in xrefs if x not in drugs[known].xrefs)
        return drugs[known]
    if not xrefs or kind is None or salt_of(name, owners):
        return None
    return drugs.setdefault(xrefs[0], _Drug(xrefs[0], name, kind, xrefs=xrefs[1:]))


def _mesh_kind(name: str, trees: Sequence[str]) -> Kind | None:
    """A class for chemical actions and for plural headings, a drug for other substances, None for the rest."""
    if any(tree.startswith(_FORMS) for tree in trees):
        return Kind.DOSAGE_FORM
    if any(tree.startswith(_CLASSES) for tree in trees):
        return Kind.DRUG_CLASS
    if any(tree.startswith(_IONS) for tree in trees) and name.endswith("s"):
        return None
    hormone_or_vaccine = any(tree.startswith(("D06", "D20")) for tree in trees)
    body = any(tree.startswith(_OF_THE_BODY) for tree in trees) and not hormone_or_vaccine
    if body or not any(tree.startswith(_SUBSTANCES) for tree in trees):
        return None
    return Kind.DRUG_CLASS if name.endswith("s") and not name.endswith(("us", "is", "ss")) else Kind.DRUG


def _add_variants(drug: _Drug, key: str, variants: Sequence[str], taken: Set[str], told: Set[str], unii: Unii) -> None:
    own = {x.partition(":")[2] for x in drug.xrefs if x.startswith("unii:")}
    for variant in restore_capitals(key, variants):
        form = normal_form(in_spoken_order(variant))
        foreign = unii.names.get(form)
        if variant == key or form in taken or is_salt_of(variant, key) or not _is_name(form, drug.kind):
            continue
        brand = variant in told or form in unii.brands
        if foreign and own and not own & foreign and not brand:
            continue
        certain = bool(own & foreign) if foreign else False
        (drug.exact if certain and not brand else drug.brands).append(variant)


def _is_name(form: str, kind: Kind) -> bool:
    words = form.split()
    if kind is Kind.DRUG and _NOT_NAMES.intersection(words):
        return False
    return sum(c.isalpha() for c in form) > 2 and len(words) <= 8


def _distinct(names: Iterable[str], seen: set[str]) -> Iterator[str]:
    for name in names:
        form = normal_form(name)
        if form not in seen and sum(c.isalpha() for c in form) > 2 and len(name) < 80 and "|" not in name:
            seen.add(form)
            yield name


def is_salt_of(variant: str, name: str) -> bool:
    """True where a variant is the name with words of a salt before or behind it: "hydrochloride, metformin"."""
    words, base = normal_form(variant).split(), normal_form(name).split()
    rest = [word for word in words if word not in base]
    return len(words) > len(base) and bool(rest) and all(word in salt_words() or word == "salt" for word in rest)


def salt_of(name: str, ids: Mapping[str, str]) -> str | None:
    """The CURIE of the ingredient of which `name` is a salt, where its name goes before words of a salt."""
    words = normal_form(name).split()
    for end in range(len(words) - 1, 0, -1):
        if words[end] not in salt_words():
            return None
        base = " ".join(words[:end])
        if base in ids and base not in salt_words():
            return ids[base]
    return None


def _salts(drugs: Mapping[str, _Drug], unii: Unii) -> Iterator[_Drug]:
    """The salts of the drugs, by the FDA's list, each with its ingredient as parent."""
    ids = _owners(drugs.values())
    known = {xref for drug in drugs.values() for xref in drug.xrefs}
    for code, display in sorted(unii.displays.items()):
        parent = salt_of(display, ids)
        if parent and normal_form(display) not in ids and f"unii:{code}" not in known:
            yield _Drug(f"unii:{code}", display.lower(), parents=[parent])
