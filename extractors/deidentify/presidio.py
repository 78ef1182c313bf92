"""Presidio as one more recogniser; it and a model of spaCy are installed by who wants them.

Deidentifier(key=key, recognisers=[PresidioRecogniser()])
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol

from extractors.deidentify.found import Found
from extractors.errors import DeidentifyError
from extractors.events import IdentifierType

#: What Presidio calls a thing → what it is here; its other types are not asked for.
TYPES = {
    "PERSON": IdentifierType.NAME,
    "PHONE_NUMBER": IdentifierType.PHONE,
    "EMAIL_ADDRESS": IdentifierType.EMAIL,
    "URL": IdentifierType.URL,
    "IP_ADDRESS": IdentifierType.IP,
    "LOCATION": IdentifierType.ADDRESS,
    "ORGANIZATION": IdentifierType.ORGANIZATION,
    "DATE_TIME": IdentifierType.DATE,
    "US_SSN": IdentifierType.NATIONAL_ID,
    "US_PASSPORT": IdentifierType.PASSPORT,
    "US_DRIVER_LICENSE": IdentifierType.ACCOUNT,
    "US_BANK_NUMBER": IdentifierType.ACCOUNT,
    "MEDICAL_LICENSE": IdentifierType.ACCOUNT,
    "CREDIT_CARD": IdentifierType.ACCOUNT,
    "IBAN_CODE": IdentifierType.ACCOUNT,
}


class Analyzer(Protocol):
    """As much of presidio_analyzer.AnalyzerEngine as is used."""

    def analyze(self, text: str, language: str, entities: list[str]) -> list[Any]:
        """Results with start, end, score and entity_type."""
        ...


class PresidioRecogniser:
    """What Presidio finds, where it is at least as sure as `threshold`.

    Dates are left out: it takes durations and times of day for some.
    """

    name = "presidio"

    def __init__(
        self,
        analyzer: Analyzer | None = None,
        *,
        threshold: float = 0.5,
        leave_out: frozenset[str] = frozenset({"DATE_TIME"}),
    ) -> None:
        self._analyzer = analyzer or _make_analyzer()
        self._threshold = threshold
        self._entities = [name for name in TYPES if name not in leave_out]

    def find(self, text: str, *, language: str) -> Iterator[Found]:
        """What it finds in an English text; nothing in others, of which it has no model by default."""
        if language not in ("", "en"):
            return
        for result in self._analyzer.analyze(text=text, language="en", entities=self._entities):
            if result.score >= self._threshold and result.entity_type in TYPES:
                yield Found(result.start, result.end, TYPES[result.entity_type], f"presidio:{result.entity_type}")


def _make_analyzer() -> Analyzer:
    try:
        module = import_module("presidio_analyzer")
    except ImportError:
        raise DeidentifyError(
            "presidio_analyzer is not installed; pip install presidio-analyzer, and a spaCy model"
        ) from None
    analyzer: Analyzer = module.AnalyzerEngine()
    return analyzer
