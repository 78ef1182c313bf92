"""The cleaner of texts and rows: recognisers find, the mode says what stands there instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from extractors.deidentify.found import (
    Cleaned,
    Found,
    Mode,
    Recogniser,
    Replaced,
    Wording,
    without_overlaps,
    without_retold,
)
from extractors.deidentify.keyed import Keyed
from extractors.deidentify.known import find_known
from extractors.deidentify.patterns import read_patterns
from extractors.deidentify.recognisers import get_recognisers, get_trained
from extractors.deidentify.report import Report
from extractors.deidentify.rows import clean_row
from extractors.deidentify.surrogates import Surrogates
from extractors.deidentify.view import View
from extractors.deidentify.written_dates import shifted_date
from extractors.errors import DeidentifyError
from extractors.events import Identifier, IdentifierType, Row

#: How many days the dates of a patient are moved at most, either way, where nothing else is said.
SHIFT_DAYS = 365

#: Texts up to this many characters (names of tests, sig lines) come again and again: what is found in them is kept,
#: in memory only, for as many of them as that.
SHORT = 120
CACHED = 20_000

#: Patterns of numbers that are tried in names of terminologies too.
SURE = frozenset({"citizen-18", "ssn-told", "mobile-cn", "email", "url"})


class Deidentifier:
    """Takes out of texts and rows what points at a person.

    `key` makes pseudonyms, surrogates and shifts; it is kept in memory only and shown by nothing. `shift_days` is the
    bound of the shift of dates; 0 turns it off: dates are then treated like any other identifier, and those of rows
    are cut to the year (45 CFR 164.514(b)(2)(i)(C)). `recognisers` are asked besides the rules
    and the trained one, which is left out without `trained`; a `reach` above the default of 600 lets it find more and
    be wrong more often, one below the contrary. `today` is the day
    by which a birth is told to be more than 89 years ago where a row does not say it.
    """

    def __init__(
        self,
        *,
        key: bytes,
        mode: Mode = Mode.TYPE,
        shift_days: int = SHIFT_DAYS,
        recognisers: Sequence[Recogniser] = (),
        trained: bool = True,
        reach: int | None = None,
        today: date | None = None,
    ) -> None:
        self._keyed = Keyed(key)
        self.report = Report()
        """What was taken out of texts so far; who wants to count anew puts another in its place."""
        self.mode = mode
        self.shift_days = shift_days
        self.today = today or datetime.now(UTC).date()
        self._recognisers = (*get_recognisers(), *recognisers)
        self._trained = (get_trained(reach),) if trained else ()
        self._surrogates = Surrogates(self._keyed)
        self._asked_before = lru_cache(maxsize=CACHED)(self._asked)

    def pseudonym(self, id: str) -> str:  # noqa: A002 - the word of the rows
        """24 hexadecimal characters that stand for an id wherever it appears; empty for an empty one."""
        return self._keyed.pseudonym(id)

    def shift(self, patient: str) -> int:
        """By how many days the dates of a patient are moved; 0 where the shift is off."""
        return self._keyed.shift(patient, self.shift_days)

    def find(
        self,
        text: str,
        *,
        language: str = "",
        known: Sequence[Identifier] = (),
        wording: Wording = Wording.PROSE,
    ) -> list[Found]:
        """What points at a person, in order, without overlaps; `known` values are hunted for in all their forms.

        `language` is that of the text (en, zh); empty: rules of both are tried. `wording` says who is asked.
        """
        view = View(text)
        asked = self._asked_before if len(view.text) <= SHORT else self._asked
        found = [*find_known(view.text, known), *asked(view.text, language, wording)]
        return view.in_original(without_overlaps(found))

    def _asked(self, text: str, language: str, wording: Wording) -> tuple[Found, ...]:
        if wording is Wording.TERM:
            return tuple(_sure(text))
        found = [found for each in self._recognisers for found in _ask(each, text, language)]
        for trained in self._trained if wording is Wording.PROSE else ():
            found += without_retold(_ask(trained, text, language), found)
        return tuple(found)

    def clean_text(
        self,
        text: str,
        *,
        patient: str = "",
        language: str = "",
        known: Sequence[Identifier] = (),
        time: str = "",
        wording: Wording = Wording.PROSE,
    ) -> Cleaned:
        """The text without identifiers; `time` (ISO 8601) tells the year of dates that name none.

        `wording` is as in `find`.
        """
        days = self.shift(patient)
        pieces: list[str] = []
        spans: list[Replaced] = []
        position = 0
        for found in self.find(text, language=language, known=known, wording=wording):
            instead = self._instead(text[found.start : found.end], found, days=days, time=time)
            pieces += text[position : found.start], instead
            spans.append(Replaced(found, len(instead)))
            position = found.end
        cleaned = Cleaned("".join([*pieces, text[position:]]), tuple(spans))
        self.report.note(cleaned, characters=len(text))
        return cleaned

    def clean_row(self, row: Row, *, known: Sequence[Identifier] = ()) -> Row:
        """The row under pseudonyms, with dates shifted or cut, ages over 89 capped and free text cleaned."""
        return clean_row(self, row, known=known)

    def _instead(self, value: str, found: Found, *, days: int, time: str) -> str:
        if days and found.type is IdentifierType.DATE:
            moved = shifted_date(value, days, time=time, today=self.today)
            if moved:
                return moved
        if self.mode is Mode.PSEUDONYM:
            return self._surrogates.of(value, found.type)
        return "" if self.mode is Mode.ERASE else f"[{found.type.name}]"


def _sure(text: str) -> Iterator[Found]:
    """What can be nothing else."""
    for pattern in read_patterns("deidentify_numbers"):
        if pattern.name in SURE:
            yield from pattern.find(text)


def _ask(recogniser: Recogniser, text: str, language: str) -> list[Found]:
    """What a recogniser finds; where it fails nothing passes, and nothing of what it says of the text is repeated."""
    try:
        return list(recogniser.find(text, language=language))
    except DeidentifyError:
        raise
    except Exception as error:
        failed = type(error).__name__
    raise DeidentifyError(f"the recogniser {recogniser.name} failed with {failed}; leave it out, or mend it")
