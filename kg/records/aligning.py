"""Which concept a coded or named thing of a record is: by its codes first, then by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from extractors.events import Coding, EventKind
from extractors.medications import find_ingredient
from extractors.naming import ground_name
from kg.language import language_of
from ontologies.code_systems import code_name
from ontologies.curies import local_curie
from ontologies.decided import DecidedLexicon
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

#: The kinds of concepts that each kind of event is looked for among, the likeliest first.
KINDS = {
    EventKind.CONDITION: (Kind.DISEASE,),
    EventKind.PROCEDURE: (Kind.PROCEDURE, Kind.TEST),
    EventKind.MEDICATION: (Kind.DRUG,),
    EventKind.TEST: (Kind.TEST, Kind.FINDING),
    EventKind.ALLERGY: (Kind.DISEASE, Kind.DRUG, Kind.DRUG_CLASS, Kind.FOOD),
    EventKind.IMMUNIZATION: (Kind.DRUG, Kind.PROCEDURE),
}

#: Part of the stamp: another number aligns again what earlier rules aligned.
_RULES = 2

#: What SNOMED CT puts behind the fully specified name of a concept.
_SEMANTIC_TAG = re.compile(
    r"\s+\((?:disorder|finding|procedure|situation|event|regime/therapy|observable entity|substance|product"
    r"|medicinal product|clinical drug|organism|morphologic abnormality|assessment scale)\)$"
)
#: An allergy by what it is to, as SNOMED CT names it; terminologies of diseases put the word behind.
_ALLERGY_TO = re.compile(
    r"^(?:Allergy|Allergic|Allergic reaction|Allergy status|Hypersensitivity) to (.+)$", re.IGNORECASE
)
#: The same the other way round, where no terminology has it: "penicillin allergy", "青霉素过敏史".
_OF_ALLERGY = re.compile(r"^(?:对)?(.+?)(?: allerg(?:y|ies)|过敏史?)$", re.IGNORECASE)


class Aligned(NamedTuple):
    """The concept that stands for a thing; `known` is False where no terminology at hand holds it."""

    curie: str
    name: str
    kind: Kind
    known: bool


#: From kind, name and codings of a thing to its concept.
Align: TypeAlias = Callable[[EventKind, str, Sequence[Coding]], Aligned]


class Aligner:
    """Alignment by a lexicon; `stamp` changes with its terminologies and decisions."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        decisions = lexicon.decisions if isinstance(lexicon, DecidedLexicon) else ""
        self.stamp = f"{lexicon.stamp}+{decisions}+{_RULES}"

    def __call__(self, kind: EventKind, name: str, codes: Sequence[Coding]) -> Aligned:
        """The concept of the first known code, else of the name, else the code's own CURIE, else a local one.

        A medication is its ingredient, whatever its code says of form and strength; so is an allergy to a product. What
        has a code alone is called by the code, under which no name is looked for.
        """
        curies = [code.curie for code in codes if code.curie]
        said = _said(name, codes)
        concept = next(filter(None, map(self._of_code, curies)), None)
        if kind is EventKind.MEDICATION and (made_of := self._of_medication(concept.name if concept else said)):
            return made_of
        concept = concept or self._of_name(kind, said)
        if concept is not None:
            return Aligned(concept.curie, concept.name, concept.kind, known=True)
        if kind is EventKind.ALLERGY and (made_of := self._of_medication(said)) and made_of.known:
            return made_of
        first, called = KINDS[kind][0], said or next((_called(code) for code in codes), "")
        return Aligned(curies[0] if curies else local_curie(called, first), called, first, known=False)

    def _of_medication(self, name: str) -> Aligned | None:
        found = find_ingredient(name, self._lexicon, language=language_of(name))
        return Aligned(found.curie, found.name, Kind.DRUG, found.known) if found else None

    def _of_code(self, curie: str) -> Concept | None:
        return self._lexicon.concept(self._lexicon.canonical(curie)) or self._lexicon.concept(curie)

    def _of_name(self, kind: EventKind, name: str) -> Concept | None:
        if kind is EventKind.ALLERGY and (to := _ALLERGY_TO.match(name)):
            return self._of_name(kind, f"{to[1]} allergy") or self._of_name(kind, to[1])
        for each in KINDS[kind] if name else ():
            matches = ground_name(self._lexicon, name, each, language=language_of(name)).matches
            if matches:
                return self._lexicon.concept(matches[0].curie)
        if kind is EventKind.ALLERGY and (of := _OF_ALLERGY.match(name)):
            return self._of_name(kind, of[1])
        return None


def _called(code: Coding) -> str:
    """What a code without a name is called: by its system and itself, "ICD-9-CM 571.2"."""
    return code_name(code.curie) if code.curie else f"{code.system or 'code'} {code.code}"


def _said(name: str, codes: Sequence[Coding]) -> str:
    """What a thing is called, where it is; many a source repeats a code in the place of its name."""
    bare = {_bare(code.code) for code in codes}
    said = next((each for each in (name, *(code.name for code in codes)) if each and _bare(each) not in bare), "")
    return _SEMANTIC_TAG.sub("", said)


def _bare(text: str) -> str:
    return text.replace(".", "").strip().casefold()
