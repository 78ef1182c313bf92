"""A lexicon of a few dozen concepts, in both languages, for tests of what is read in texts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind, Synonym

_FILE = Path(__file__).parents[1] / "samples" / "small_lexicon.toml"


@pytest.fixture(scope="session")
def small_lexicon() -> Lexicon:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Lexicon.of(
        Concept(
            f"test:{names[0].replace(' ', '_')}",
            names[0],
            Kind(kind),
            synonyms=tuple(Synonym(name, language="en" if name.isascii() else "zh") for name in names[1:]),
        )
        for kind, concepts in table.items()
        for names in concepts
    )
