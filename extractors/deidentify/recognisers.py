"""The recognisers that are always asked, made once."""

from __future__ import annotations

from functools import cache

from extractors.deidentify.cities import CityRecogniser
from extractors.deidentify.found import Found, Recogniser
from extractors.deidentify.names_en import EnglishNames
from extractors.deidentify.names_zh import ChineseNames
from extractors.deidentify.patterns import PatternRecogniser
from extractors.deidentify.places_zh import ChinesePlaces
from extractors.deidentify.written_dates import DateRecogniser


@cache
def get_recognisers() -> tuple[Recogniser, ...]:
    """The recognisers by rule."""
    patterns = ("deidentify_ages", "deidentify_numbers", "deidentify_places")
    by_names = (EnglishNames(), ChineseNames(), CityRecogniser(), ChinesePlaces())
    return (*by_names, DateRecogniser(), *map(PatternRecogniser, patterns))


def find_by_rules(text: str, language: str) -> list[Found]:
    """What the rules find, in any order and with overlaps."""
    return [found for recogniser in get_recognisers() for found in recogniser.find(text, language=language)]
