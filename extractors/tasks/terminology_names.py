"""Cases made of the names of a terminology, or of a list: what tasks over typos and unknown names begin with."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from extractors.tasks.name_lists import Given, NameCase
from extractors.tasks.names import read_names
from ontologies.model import Concept, Scope
from ontologies.terminologies import read_terminology

MOST = 8000
"""Names that are drawn where there are more."""


def find_release(given: Given) -> list[Concept]:
    """The concepts of the release at the path, where `--terminology` said how it is read; none where it is a list."""
    for reader, path in given.options.terminologies:
        if path == given.path:
            return [concept for concept in read_terminology(reader, path)[1] if not concept.deprecated]
    return []


def cases_of(concepts: Iterable[Concept], given: Given) -> Iterator[NameCase]:
    """A case for each exact name: right are all concepts that have exactly this name."""
    for concept in concepts:
        exact = (synonym.text for synonym in concept.synonyms if synonym.scope is Scope.EXACT)
        for name in dict.fromkeys((concept.name, *exact)):
            matches = given.lexicon.find(name)
            yield NameCase(name, frozenset({concept.curie, *(m.curie for m in matches if m.score >= matches[0].score)}))


def draw(concepts: list[Concept], given: Given) -> list[Concept]:
    """So many of the concepts, by the seed."""
    chance = random.Random(given.options.seed)  # noqa: S311
    return chance.sample(concepts, min(MOST, len(concepts)))


def read_list(path: Path) -> list[NameCase]:
    """The cases of a list of names."""
    return list(read_names(path))
