"""The best reading of a name: what it says once the words around the concept are taken off, written out or parted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ontologies.corrections import find_corrections
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Kind, Match, NameQualifier, Reading, Verdict
from ontologies.normalize import normal_form
from ontologies.relations import join_relations, relation_of_reading
from ontologies.script import FIRST_CHINESE
from ontologies.typos import Near

_Nearby = Mapping[str, Sequence[Near]]
_MOST = 60
"""Readings of a name that are tried."""
_ENOUGH = 0.6
"""A reading with this score is not put behind one with a typo corrected, nor is one worth less corrected at all."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading of a name was found to mean: the best match of each part; all matches where it is one part."""

    parts: tuple[str, ...]
    matches: tuple[Match, ...]
    score: float
    qualifiers: tuple[NameQualifier, ...]

    @property
    def is_whole(self) -> bool:
        """Whether one concept says all that the name does: it goes before the parts of the name."""
        whole = len(self.parts) == 1 and not self.qualifiers and self.score >= _ENOUGH
        return whole and self.matches[0].relation is Verdict.EXACT


def read_name(
    lexicon: Lexicon,
    name: str,
    *,
    kinds: Collection[Kind] = (),
    language: str = "",
    fits: Callable[[Match], bool] = bool,
) -> Read | None:
    """The reading of `name` with the best score whose parts the lexicon all knows, or None.

    Only matches that `fits` takes count, as where concepts of one vocabulary are wanted. Typos in the names of a
    reading are corrected where no reading is known as it stands.
    """
    reader = _Reader(lexicon, name, frozenset(kinds), language, fits)
    found = islice(find_readings(lexicon, name, kinds, language), _MOST)
    readings = [reading for reading in found if all(map(normal_form, reading.names))]
    best = reader.best(readings)
    if best and best.score >= _ENOUGH:
        return best
    corrected = reader.corrected([reading for reading in readings if reading.worth >= _ENOUGH])
    return corrected if corrected and (best is None or corrected.score > best.score) else best


def find_readings(lexicon: Lexicon, name: str, kinds: Collection[Kind], language: str) -> Iterator[Reading]:
    """The readings of `name` as any of `kinds`: as a drug, as a diagnosis, as both where no kind is given."""
    if (not kinds or Kind.DRUG in kinds) and _may_hold(lexicon, (Kind.DRUG,)):
        from ontologies import drug_names

        yield from drug_names.find_readings(
            name,
            language=language,
            known=lambda part: bool(lexicon.find(part, kinds=(Kind.DRUG,))),
            drug=bool(kinds),
        )
    if (not kinds or not CONDITIONS.isdisjoint(kinds)) and _may_hold(lexicon, CONDITIONS):
        from ontologies import diagnosis_names

        yield from diagnosis_names.find_readings(
            name, language=language, known=lambda part: bool(lexicon.find(part, kinds=CONDITIONS))
        )


def _may_hold(lexicon: Lexicon, kinds: Collection[Kind]) -> bool:
    """Whether anything of these kinds can be found at all; what curators decided may be of any."""
    counted = (contents.kinds for contents in lexicon.contents.values())
    return bool(lexicon.decisions) or any(kind.value in counts for counts in counted for kind in kinds)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Looks the names of readings up, for one name that was asked for."""

    lexicon: Lexicon
    name: str
    kinds: frozenset[Kind]
    language: str
    fits: Callable[[Match], bool]

    def best(self, readings: Iterable[Reading], near: _Nearby | None = None) -> Read | None:
        """The reading with the best score; the first of equal ones, so that not all need to be looked up."""
        best: Read | None = None
        for reading in readings:
            if best and (reading.worth <= best.score or (len(reading.names) > 1 and best.is_whole)):
                continue
            found = self._look_up(reading, near)
            if found and (best is None or found.score > best.score):
                best = found
        return best

    def corrected(self, readings: Sequence[Reading]) -> Read | None:
        """The best of `readings` once typos in their names are corrected."""
        forms = list(dict.fromkeys(normal_form(part) for reading in readings for part in reading.names))
        near = self.lexicon.typos.find(forms) if forms else []
        return self.best(readings, dict(zip(forms, near, strict=True)))

    def _look_up(self, reading: Reading, near: _Nearby | None) -> Read | None:
        """What the names of a reading stand for; with `near`, the keys about each form, typos corrected."""
        kinds = self.kinds & reading.kinds if self.kinds and reading.kinds else reading.kinds or self.kinds
        found = [self._matches(part, kinds, near) for part in reading.names]
        if not all(found):
            return None
        told = [[_told(match, reading) for match in matches] for matches in found]
        matches = told[0] if len(told) == 1 else [part[0] for part in told]
        score = min(part[0].score for part in told)
        return Read(reading.names, tuple(matches), score, reading.qualifiers)

    def _matches(self, part: str, kinds: frozenset[Kind], near: _Nearby | None) -> list[Match]:
        matches = self.lexicon.find(part, kinds=kinds, language=self.language)
        if not matches and near and not (self._is_rewritten(part) and not CONDITIONS.isdisjoint(kinds)):
            about = near[normal_form(part)]
            cut = self._cut(part) if not CONDITIONS.isdisjoint(kinds) else (False, False)
            matches = find_corrections(self.lexicon, part, about, kinds=kinds, language=self.language, cut=cut)
        return [match for match in matches if self.fits(match)]

    def _is_rewritten(self, part: str) -> bool:
        """Whether the words of a part are not those of the name: two changes at once make one disease of another."""
        return normal_form(part) not in normal_form(self.name)

    def _cut(self, part: str) -> tuple[bool, bool]:
        """Whether a Chinese character was taken off right before and right behind a part of the name."""
        before, _, behind = self.name.partition(part)
        if len(before) == len(self.name):
            return False, False
        return before[-1:] >= FIRST_CHINESE, behind[:1] >= FIRST_CHINESE


def _told(match: Match, reading: Reading) -> Match:
    relation = join_relations(match.relation, relation_of_reading(reading.qualifiers, reading.worth))
    score = round(match.score * reading.worth, 4)
    return replace(match, score=score, reason=f"{reading.reason}; {match.reason}", relation=relation)
