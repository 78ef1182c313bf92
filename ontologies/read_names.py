"""The best reading of a name: what it says once the words around the concept are taken off, written out or parted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ontologies.corrections import find_corrections
from ontologies.lexicon import Lexicon
from ontologies.model import Kind, Match, NameQualifier, Reading
from ontologies.normalize import normal_form
from ontologies.typos import Near

_CONDITIONS = frozenset({Kind.DISEASE, Kind.FINDING})
_MOST = 60
"""Readings of a name that are tried."""
_ENOUGH = 0.6
"""A reading with this score is not put behind one with a typo corrected, nor is one worth less corrected at all."""

Fits = Callable[[Match], bool]
"""Whether a match may answer, as where concepts of one vocabulary are wanted."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading of a name was found to mean: the best match of each part; all matches where it is one part."""

    parts: tuple[str, ...]
    matches: tuple[Match, ...]
    score: float
    qualifiers: tuple[NameQualifier, ...]


def read_name(
    lexicon: Lexicon,
    name: str,
    *,
    kinds: Collection[Kind] = (),
    language: str = "",
    fits: Fits | None = None,
) -> Read | None:
    """The reading of `name` with the best score whose parts the lexicon all knows, or None.

    Only matches that `fits` takes count, as where concepts of one vocabulary are wanted.
    """
    best: Read | None = None
    readings: list[Reading] = []
    for reading in islice(find_readings(lexicon, name, kinds, language), _MOST):
        readings.append(reading)
        if best and reading.worth <= best.score:
            continue
        found = _look_up(lexicon, reading, kinds, language, fits)
        if found and (best is None or found.score > best.score):
            best = found
    if best and best.score >= _ENOUGH:
        return best
    corrected = _correct(lexicon, [reading for reading in readings if reading.worth >= _ENOUGH], kinds, language, fits)
    return corrected if corrected and (best is None or corrected.score > best.score) else best


def _correct(
    lexicon: Lexicon, readings: Sequence[Reading], kinds: Collection[Kind], language: str, fits: Fits | None
) -> Read | None:
    """The best of `readings` once typos in their names are corrected, or None."""
    forms = list(dict.fromkeys(normal_form(part) for reading in readings for part in reading.names))
    near = dict(zip(forms, lexicon.typos.find(forms) if forms else [], strict=True))
    best: Read | None = None
    for reading in readings:
        found = (
            None if best and reading.worth <= best.score else _look_up(lexicon, reading, kinds, language, fits, near)
        )
        if found and (best is None or found.score > best.score):
            best = found
    return best


def find_readings(lexicon: Lexicon, name: str, kinds: Collection[Kind], language: str) -> Iterator[Reading]:
    """The readings of `name` as any of `kinds`: as a drug, as a diagnosis, as both where no kind is given."""
    if not kinds or Kind.DRUG in kinds:
        from ontologies import drug_names

        yield from drug_names.find_readings(
            name, language=language, known=lambda part: bool(lexicon.find(part, kinds=(Kind.DRUG,)))
        )
    if not kinds or not _CONDITIONS.isdisjoint(kinds):
        from ontologies import diagnosis_names

        yield from diagnosis_names.find_readings(
            name, language=language, known=lambda part: bool(lexicon.find(part, kinds=_CONDITIONS))
        )


def _look_up(
    lexicon: Lexicon,
    reading: Reading,
    kinds: Collection[Kind],
    language: str,
    fits: Fits | None,
    near: Mapping[str, Sequence[Near]] | None = None,
) -> Read | None:
    """What the names of a reading stand for, all of them; with `near`, the keys about each form, typos corrected."""
    wanted = frozenset(kinds) & reading.kinds if kinds and reading.kinds else reading.kinds or frozenset(kinds)
    found: list[list[Match]] = []
    for part in reading.names:
        matches = lexicon.find(part, kinds=wanted, language=language)
        if not matches and near:
            matches = find_corrections(lexicon, part, near[normal_form(part)], kinds=wanted, language=language)
        matches = [match for match in matches if fits is None or fits(match)]
        if not matches:
            return None
        found.append([_told(match, reading) for match in matches])
    matches = found[0] if len(found) == 1 else [part[0] for part in found]
    score = min(part[0].score for part in found)
    return Read(reading.names, tuple(matches), score, reading.qualifiers)


def _told(match: Match, reading: Reading) -> Match:
    return replace(match, score=round(match.score * reading.worth, 4), reason=f"{reading.reason}; {match.reason}")
