"""Grounding: which concept a name stands for, with a reason in a curator's words, or an honest "I do not know".

Tiers, each tried where those before gave no answer: the exact normal form; readings of the name (what stands around a
drug or a diagnosis taken off, short forms written out, lists parted); the typo index; then nothing. Kinds that are
asked for exclude others before any score counts, and a name that only overlaps is no match at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import NamedTuple

from ontologies.collector import collector_paused
from ontologies.corrections import as_written, find_corrections, may_be_read
from ontologies.diagnosis_names import find_signs
from ontologies.lexicon import Lexicon
from ontologies.model import CONDITIONS, Grounding, Kind, Match, Verdict
from ontologies.normalize import normal_form
from ontologies.placed import find_other_names, own_first, place
from ontologies.read_names import Read, read_name
from ontologies.relations import join_relations, relation_of_reading
from ontologies.residual import is_residual
from ontologies.salts import is_salt_left_out
from ontologies.senses import choose_sense, read_acronym
from ontologies.typos import Near

THRESHOLD = 0.55
"""Below this score nothing is an answer; docs/accuracy.md has the curves on which it was chosen."""
_CLOSE = 0.1
"""Scores that differ by no more say less than how a name is written."""
_UNCERTAIN = 0.9
"""What is left of a score beside a sign of doubt, as it is beside a word of it."""
BATCH = 512
"""Names that are looked up in the typo index at once."""


class Ask(NamedTuple):
    """A name that is asked for, and what is known of where it stands; None and "" where nothing is."""

    name: str
    kind: Kind | None = None
    language: str = ""
    context: str = ""


class _Want(NamedTuple):
    """A name that is asked for, with everything that holds for its answer."""

    name: str
    kinds: frozenset[Kind]
    language: str
    context: str
    to: str
    top: int
    roll_up: bool


class Grounder:
    """Finds the concepts that names stand for in one lexicon; safe to use in forked processes."""

    def __init__(self, lexicon: Lexicon, *, threshold: float = THRESHOLD) -> None:
        self.lexicon = lexicon
        self.threshold = threshold

    def ground(
        self,
        name: str,
        *,
        kinds: Collection[Kind] = (),
        language: str = "",
        context: str = "",
        to: str = "",
        top: int = 5,
        roll_up: bool = False,
    ) -> Grounding:
        """What `name` stands for among `kinds` (any where none is given), `top` matches at most, best first.

        `language` is a BCP 47 tag, `context` any text around the name. `to` is a CURIE prefix: the answers are then
        concepts of that vocabulary. `roll_up` gives the ingredient for a salt at no loss.
        """
        want = _Want(name, _gate(kinds), language, context, to, top, roll_up)
        return next(self._ground_batch([want]))

    def ground_all(
        self,
        asks: Iterable[Ask],
        *,
        kinds: Collection[Kind] = (),
        to: str = "",
        top: int = 5,
        roll_up: bool = False,
    ) -> Iterator[Grounding]:
        """What each of `asks` stands for, in their order; much faster than one by one.

        `kinds` are those of asks that name none; the other options are as for `ground`.
        """
        some = _gate(kinds)
        of_kind = {kind: _gate((kind,)) for kind in Kind}
        wants = (
            _Want(name, of_kind[kind] if kind else some, language, context, to, top, roll_up)
            for name, kind, language, context in asks
        )
        while batch := list(islice(wants, BATCH)):
            with collector_paused():
                grounded = list(self._ground_batch(batch))
            yield from grounded

    def _ground_batch(self, wants: Sequence[_Want]) -> Iterator[Grounding]:
        self.lexicon.prepare(normal_form(want.name) for want in wants)
        exact = [self._exact(want) for want in wants]
        open_ = [want for want, found in zip(wants, exact, strict=True) if found is None]
        near = self._near(open_)
        for want, found in zip(wants, exact, strict=True):
            answer = found if found is not None else self._judged(want, self._otherwise(want, next(near)))
            yield _with_signs(answer, self.threshold)

    def _near(self, wants: Sequence[_Want]) -> Iterator[list[Near]]:
        """For each name the keys one typo away."""
        found = self.lexicon.typos.find([want.name for want in wants]) if wants else []
        self.lexicon.prepare(near.key for one in found for near in one)
        return iter(found)

    def _exact(self, want: _Want) -> Grounding | None:
        """The answer where the name itself is known, else None."""
        found = self.lexicon.find(want.name, kinds=want.kinds, language=want.language)
        short = self._short_form(want, found)
        if short is not None:
            return short
        if not found or found[0].score < self.threshold or is_salt_left_out(found[0]):
            return None
        if len(found) > 1:
            found = own_first(self.lexicon, want.name, found, want.to) if want.to else found
            found = choose_sense(
                self.lexicon, _residual_last(self.lexicon, _as_written_first(want.name, found)), want.context
            )
        grounding = self._grounding(want, found)
        return grounding if grounding.matches or found[0].score < self.threshold else None

    def _short_form(self, want: _Want, found: Sequence[Match]) -> Grounding | None:
        """The answer for an acronym that is listed as ambiguous, unless a curator said what it stands for."""
        senses = read_acronym(self.lexicon, want.name, found, kinds=want.kinds, context=want.context)
        if senses is None:
            return None
        decided = self.lexicon.judge(want.name, [], kinds=want.kinds, language=want.language)
        return None if decided else self._judged(want, self._grounding(want, senses))

    def _otherwise(self, want: _Want, near: Sequence[Near]) -> Grounding:
        """The answer where the name itself is not known: from a reading or from the typo index, the better one."""
        known = self.lexicon.find(want.name, kinds=want.kinds, language=want.language)

        def fits(match: Match) -> bool:
            return not want.to or self._placed(want, match) is not None

        others = []
        if want.to and known:
            others = find_other_names(self.lexicon, want.to, known, kinds=want.kinds, language=want.language)
        corrected = find_corrections(self.lexicon, want.name, near, kinds=want.kinds, language=want.language)
        corrected = [match for match in corrected if fits(match)]
        if corrected and corrected[0].score >= self.threshold and not (may_be_read(near) or others):
            return self._grounding(want, [*corrected, *known])
        read = read_name(self.lexicon, want.name, kinds=want.kinds, language=want.language, fits=fits)
        least = max((match.score for match in (*corrected[:1], *others[:1])), default=self.threshold)
        if read and read.score >= max(least, self.threshold):
            return self._composed(want, read)
        return self._grounding(want, _best_first([*corrected, *others, *known, *(read.matches if read else ())]))

    def _judged(self, want: _Want, found: Grounding) -> Grounding:
        """What curators leave of an answer that was guessed: what they rejected is neither answer nor suggestion."""
        if not self.lexicon.decisions:
            return found
        judge = partial(self.lexicon.judge, want.name, kinds=want.kinds, language=want.language)
        matches, rest = tuple(judge(list(found.matches))), tuple(judge(list(found.candidates)))
        if found.parts and matches != found.matches:
            matches, rest = (), matches
        return replace(found, matches=matches, abstained=not matches, candidates=rest)

    def _composed(self, want: _Want, read: Read) -> Grounding:
        """The grounding of a reading: of its parts, in their order, where it has several."""
        if len(read.parts) < 2:
            return replace(self._grounding(want, read.matches), qualifiers=read.qualifiers)
        matches = tuple(self._placed(want, match) for match in read.matches)
        whole = tuple(match for match in matches if match)
        if len(whole) < len(matches):
            return Grounding(want.name, (), True, whole, read.parts, read.qualifiers)
        return Grounding(want.name, whole, False, (), read.parts, read.qualifiers)

    def _grounding(self, want: _Want, found: Sequence[Match]) -> Grounding:
        if len(found) == 1 and found[0].score >= self.threshold and not (want.to or want.roll_up):
            return Grounding(want.name, (found[0],))
        if want.to or want.roll_up:
            placed = [inside for match in found if (inside := self._placed(want, match))]
            if found and not placed:
                return Grounding(want.name, (), True, tuple(_outside(match, want.to) for match in found[: want.top]))
            found = placed
        unique = list({match.curie: match for match in reversed(found)}.values())[::-1]
        trusted = tuple(match for match in unique if match.score >= self.threshold and _ties(match, unique[0]))
        rest = tuple(match for match in unique if match not in trusted)
        return Grounding(want.name, trusted[: want.top], not trusted, rest[: want.top])

    def _placed(self, want: _Want, match: Match) -> Match | None:
        """The match as the vocabulary that is asked for has it, or None; rolled up first where that is asked for."""
        if want.roll_up:
            match = self._rolled_up(match)
        return place(self.lexicon, match, want.to) if want.to else match

    def _rolled_up(self, match: Match) -> Match:
        """The ingredient of a salt, by the hierarchy; the match itself where it is none."""
        concept = self.lexicon.concept(match.curie) if match.kind is Kind.DRUG else None
        above = [self.lexicon.concept(self.lexicon.canonical(curie)) for curie in concept.parents] if concept else []
        drugs = [parent for parent in above if parent and parent.kind is Kind.DRUG]
        if len(drugs) != 1 or not concept:
            return match
        reason = f"{match.reason}; rolled up from {concept.name} to its ingredient"
        relation = join_relations(match.relation, Verdict.BROAD)
        return replace(match, curie=drugs[0].curie, name=drugs[0].name, reason=reason, relation=relation)


def _ties(match: Match, best: Match) -> bool:
    """Whether a match is as good as the best and by the same written name: any other is a suggestion."""
    return match.score == best.score and as_written(match.matched) == as_written(best.matched)


def _outside(match: Match, prefix: str) -> Match:
    """The match as a mere suggestion where another vocabulary was asked for."""
    return replace(
        match,
        score=round(match.score * 0.5, 4),
        reason=f"{match.reason}; but {prefix} has nothing that is known to be the same",
    )


def _as_written_first(name: str, found: Sequence[Match]) -> list[Match]:
    """Of matches with about the best score those first that are written as `name` is: signs tell (+) from (-)."""
    asked, least = as_written(name), found[0].score - _CLOSE
    return sorted(found, key=lambda match: match.score < least or as_written(match.matched) != asked)


def _gate(kinds: Collection[Kind]) -> frozenset[Kind]:
    """The kinds that may answer: vocabularies do not agree on what is a disease and what a finding, so both do."""
    asked = frozenset(kinds)
    return asked if asked.isdisjoint(CONDITIONS) else asked | CONDITIONS


def _with_signs(grounding: Grounding, threshold: float) -> Grounding:
    """The grounding with what signs say that the comparison of names passes over: 肺癌？ is no certain 肺癌."""
    if not any(match.kind in CONDITIONS for match in grounding.matches):
        return grounding
    had = {qualifier.name for qualifier in grounding.qualifiers}
    said = tuple(qualifier for qualifier in find_signs(grounding.name) if qualifier.name not in had)
    if not said:
        return grounding
    unsure = "; ".join(f"uncertain: {sign.value}" for sign in said if sign.name == "certainty")
    relation = relation_of_reading(said)
    told = (replace(match, relation=join_relations(match.relation, relation)) for match in grounding.matches)
    grounding = replace(grounding, qualifiers=(*grounding.qualifiers, *said), matches=tuple(told))
    if not unsure:
        return grounding
    matches = tuple(_less_certain(match, unsure) for match in grounding.matches)
    if min(match.score for match in matches) < threshold:
        return replace(grounding, matches=(), abstained=True, candidates=(*matches, *grounding.candidates))
    return replace(grounding, matches=matches)


def _less_certain(match: Match, said: str) -> Match:
    return replace(match, score=round(match.score * _UNCERTAIN, 4), reason=f"{said}; {match.reason}")


def _residual_last(lexicon: Lexicon, found: Sequence[Match]) -> list[Match]:
    """The matches with classes for what is left over, suspected or past behind the others."""
    return sorted(found, key=lambda match: _is_left_over(lexicon, match))


def _is_left_over(lexicon: Lexicon, match: Match) -> bool:
    """Whether a match is a class for what is left over, and no other concept that it is the same as is one less so."""
    if not is_residual(match.name) or is_residual(match.matched):
        return False
    owner = lexicon.entry(match.reason.rpartition(" of ")[2])
    return owner is None or is_residual(owner.name)


def _best_first(found: Iterable[Match]) -> list[Match]:
    return sorted(found, key=lambda match: -match.score)
