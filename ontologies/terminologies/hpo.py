"""The Human Phenotype Ontology: hp.obo, plain or gzipped, with the Chinese labels of a Babelon table beside it.

The labels lie in a file of the same folder whose name has `zh` and `babelon` (obophenotype/hpo-translations).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ontologies.errors import TerminologyError
from ontologies.model import Concept, Synonym, TerminologyInfo
from ontologies.tables import read_rows
from ontologies.terminologies.obo import Obo

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
        for concept in Obo().read_concepts(obo):
            if not concept.curie.startswith("HP:"):
                raise TerminologyError(f"{obo} has {concept.curie}, which is not of HPO; load it as 'obo'")
            chinese = labels.get(concept.curie)
            synonyms = (Synonym(chinese, language="zh"),) if chinese and not concept.deprecated else ()
            yield replace(concept, synonyms=synonyms + concept.synonyms)


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
