"""The recognisers that are always asked, made once."""

from __future__ import annotations

from collections.abc import Iterable
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


@cache
def get_trained(reach: int | None = None) -> Recogniser:
    """The trained recogniser, whose weights are read when it is first asked; `reach` as in `Trained`."""
    return _Trained(reach)


class _Trained:
    """Stands for the trained recogniser until it is asked: numpy and the weights take a tenth of a second."""

    name = "deidentify_trained"

    def __init__(self, reach: int | None) -> None:
        self._reach = reach
        self._loaded: Recogniser | None = None

    def find(self, text: str, *, language: str) -> Iterable[Found]:
        """What is found in `text`."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded.find(text, language=language)

    def _load(self) -> Recogniser:
        from extractors.deidentify.trained import REACH, Trained
        from extractors.deidentify.weights import FILE, read_weights

        return Trained(read_weights(FILE), reach=REACH if self._reach is None else self._reach)
