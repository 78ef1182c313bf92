"""Which ingredient a medication of a record is: where facts of labels attach, so that records and labels meet.

An order names a product ("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet"). The product stays as the
name of the event; its concept is the ingredient, or the combination of all, as `extractors.relations.coded` has it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extractors.naming import LONGEST, TRUSTED
from extractors.own_drug import ingredient_of
from ontologies.curies import local_curie
from ontologies.ground import Grounder
from ontologies.lexicon import Lexicon
from ontologies.model import Kind

_DRUGS = frozenset({Kind.DRUG})
#: What RxNorm puts before the ingredient of a product: its application, the puffs of an inhaler, how it is made.
_BEFORE = re.compile(r"^(?:(?:A?NDA|BLA)\d+\s+|[\d.]+\s+ACTUAT\s+|Abuse-Deterrent\s+)+", re.IGNORECASE)


class Ingredient(NamedTuple):
    """An ingredient or a combination; `known` is False for a combination that no terminology holds."""

    curie: str
    name: str
    known: bool


def find_ingredient(name: str, lexicon: Lexicon, *, language: str = "") -> Ingredient | None:
    """What a medication of that name is made of, or None where any part of it cannot be told.

    A combination is called by its ingredients in the order of their names: "Amoxicillin / Clavulanic acid".
    """
    if not name or len(name) > LONGEST:
        return None
    name = _BEFORE.sub("", name)
    found = Grounder(lexicon, threshold=TRUSTED).ground(name, kinds=_DRUGS, language=language, top=1)
    matches = lexicon.judge(name, list(found.matches), kinds=_DRUGS, language=language)
    if not matches or len(matches) < len(found.parts):
        return None
    made_of = {match.curie: match for match in (ingredient_of(match, lexicon) for match in matches) if match}
    if len(made_of) == 1:
        ((curie, match),) = made_of.items()
        return Ingredient(curie, match.name, known=True)
    joined = " / ".join(sorted((match.name for match in made_of.values()), key=str.lower))
    whole = lexicon.find(joined, kinds=_DRUGS)
    if whole:
        return Ingredient(whole[0].curie, whole[0].name, known=True)
    return Ingredient(local_curie(joined, Kind.DRUG), joined, known=False)
