from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extractors.extract import extract
from extractors.sources.epi import SOURCE
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind

ROOT = Path(__file__).parent.parent.parent
LEXICON = Lexicon.of(
    [
        Concept("unii:Y41JS2NL6U", "bisoprolol", Kind.DRUG),
        Concept("mesh:D006973", "hypertension", Kind.DISEASE),
        Concept("mesh:D001145", "arrhythmia", Kind.DISEASE),
    ]
)


def test_text_in_a_language_without_rules_is_kept_and_not_guessed_at() -> None:
    (english,) = SOURCE.read((ROOT / "kg" / "samples" / "epi-cordexa.json").read_bytes())
    spanish = replace(english, language="es")
    found = extract(spanish, LEXICON)
    assert found.document is spanish
    assert not found.mentions
    assert {relation.extractor for relation in found.relations} == {"coded"}
    assert "no rules for the language 'es'" in found.notes[0]


@pytest.mark.parametrize("language", ["en", "en-GB"])
def test_regional_english_is_english(language: str) -> None:
    (document,) = SOURCE.read((ROOT / "kg" / "samples" / "epi-cordexa.json").read_bytes())
    assert extract(replace(document, language=language), LEXICON).mentions
