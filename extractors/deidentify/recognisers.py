"""The recognisers that are always asked, made once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

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
    """The trained recogniser with the weights that are shipped; `reach` as in `Trained`."""
    return TrainedRecogniser(reach=reach)


class TrainedRecogniser:
    """The trained recogniser; its weights are read when it is first asked: they and numpy take a tenth of a second."""

    name = "deidentify_trained"

    def __init__(self, *, reach: int | None = None, file: Path | None = None) -> None:
        self._reach = reach
        self._file = file
        self._loaded: Recogniser | None = None

    def find(self, text: str, *, language: str) -> Iterable[Found]:
        """What is found in `text`; DeidentifyError where the file of weights cannot be used."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded.find(text, language=language)

    def _load(self) -> Recogniser:
        from extractors.deidentify.trained import REACH, Trained
        from extractors.deidentify.weights import FILE, read_weights

        return Trained(read_weights(self._file or FILE), reach=REACH if self._reach is None else self._reach)
