"""The Human Phenotype Ontology: hp.obo, plain or gzipped, with the Chinese labels of a Babelon table beside it.

Phenotypic abnormalities (HP:0000118 and below) are findings; modifiers, frequencies and modes of inheritance are of
kind other. The labels lie in a file of the same folder whose name has `zh` and `babelon`
(obophenotype/hpo-translations).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Kind, Synonym, TerminologyInfo
from ontologies.tables import read_rows
from ontologies.terminologies.obo import Obo

_ABNORMALITY = "HP:0000118"
_CREDIT = "Human Phenotype Ontology Consortium, hpo.jax.org"
_COLUMNS = ("subject_id", "predicate_id", "translation_language", "translation_value", "translation_status")


@dataclass(frozen=True, slots=True)
class Hpo:
    """The reader of HPO."""

    name: str = "hpo"

    def read_info(self, path: Path) -> TerminologyInfo:
        """The release that the file names, and the credit that its licence asks for."""
        info = Obo().read_info(_find_obo(path))
        licence = "HPO licence: cite, show the version, do not alter (hpo.jax.org/app/license)"
        return replace(info, name=self.name, prefix="HP", licence=licence, source=_CREDIT)

    def read_concepts(self, path: Path) -> Iterator[Concept]:
        """The terms of HPO with their Chinese labels as exact synonyms."""
        obo = _find_obo(path)
        labels = _read_labels(obo.parent)
        concepts = list(Obo().read_concepts(obo))
        abnormal = _descendants(_ABNORMALITY, concepts)
        for concept in concepts:
            if not concept.curie.startswith("HP:"):
                raise TerminologyError(f"{obo} has {concept.curie}, which is not of HPO; load it as 'obo'")
            chinese = labels.get(concept.curie)
            synonyms = (Synonym(chinese, language="zh"),) if chinese and not concept.deprecated else ()
            kind = Kind.FINDING if concept.curie in abnormal or concept.deprecated else Kind.OTHER
            yield replace(concept, kind=kind, synonyms=synonyms + concept.synonyms)


def _descendants(root: str, concepts: list[Concept]) -> set[str]:
    children: dict[str, list[str]] = defaultdict(list)
    for concept in concepts:
        for parent in concept.parents:
            children[parent].append(concept.curie)
    found: set[str] = set()
    front = [root] if any(concept.curie == root for concept in concepts) else [c.curie for c in concepts]
    while front:
        curie = front.pop()
        if curie not in found:
            found.add(curie)
            front.extend(children[curie])
    return found


def _find_obo(path: Path) -> Path:
    if path.is_file():
        return path
    files = sorted([*path.glob("*.obo"), *path.glob("*.obo.gz")])
    if not files:
        raise TerminologyError(f"{path} has no .obo file; give hp.obo or the folder that holds it")
    return files[0]


def _read_labels(folder: Path) -> dict[str, str]:
    labels: dict[str, str] = {}
    for path in sorted(folder.glob("*zh*babelon*.tsv*")):
        for row in read_rows(path, _COLUMNS):
            if row["predicate_id"] == "rdfs:label" and row["translation_language"].startswith("zh"):
                labels[row["subject_id"]] = row["translation_value"]
    return labels


TERMINOLOGY = Hpo()
