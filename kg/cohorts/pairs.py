"""What pairs of concepts may be told of a population, with how strongly they go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from kg.cohorts.association import Association, Counts, measure_all
from kg.cohorts.disclosure import DEFAULT_K, Noise, hold_back, may_tell_pair
from kg.cohorts.rules import RULES, Rule
from kg.records.model import UsedConcept
from kg.records.roles import Tallies


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms figures are given out: at least `k` patients; a chance finding with at most `q` among all tested.

    With `noise` patients are told of as `kg.cohorts.private` does it; without it, small changes since the last release
    are held back.
    """

    k: int = DEFAULT_K
    q: float = 0.05
    noise: Noise | None = None


class PairKey(NamedTuple):
    """A pair of concepts under a rule, subject and object as the fact has them: what releases are compared by."""

    rule: str
    subject: str
    object: str


@dataclass(frozen=True, slots=True)
class Told:
    """A pair that may be told, with its concepts and figures."""

    rule: Rule
    subject: UsedConcept
    object: UsedConcept
    found: Association

    @property
    def key(self) -> PairKey:
        """What it is compared by with earlier releases."""
        return PairKey(self.rule.name, self.subject.curie, self.object.curie)


def find_pairs(
    store: Tallies, *, terms: Terms, earlier: Mapping[PairKey, Counts], rules: Iterable[Rule] = RULES
) -> Iterator[Told]:
    """The pairs that may be told under `terms` without noise, by rule and in the order of their concepts.

    `earlier` are the counts that the last release told. A pair that could come about by chance is told where it is
    more frequent than chance and its q-value, among the pairs of its rule with enough patients, is at most `terms.q`.
    """
    patients = store.count_patients()
    for rule in rules:
        candidates = [
            (subject, object_, counts)
            for subject, object_, counts in _count(store, rule, patients, terms.k)
            if may_tell_pair(counts, k=terms.k)
        ]
        found = measure_all([counts for _, _, counts in candidates])
        for (subject, object_, _), association in zip(candidates, found, strict=True):
            told = Told(rule, subject, object_, association)
            if not rule.by_chance or (association.lift > 1 and association.q <= terms.q):
                yield from _release(told, terms, earlier.get(told.key))


def _count(store: Tallies, rule: Rule, patients: int, k: int) -> Iterator[tuple[UsedConcept, UsedConcept, Counts]]:
    concepts = store.get_concepts()
    first, second = rule.first.window, rule.second.window
    of_first = {count.concept: count.patients for count in store.iter_counts(first)}
    of_second = of_first if rule.one_sided else {count.concept: count.patients for count in store.iter_counts(second)}
    pairs = store.iter_pairs(
        rule.together, first=first, second=None if rule.one_sided else second, days=rule.days, at_least=k
    )
    for pair in pairs:
        one, other = concepts[pair.first], concepts[pair.second]
        if one.kind not in rule.first.kinds or other.kind not in rule.second.kinds or one.curie == other.curie:
            continue
        # An order may name its reason by a code that the patient has no event of: the margin holds at least the pairs.
        one_has, other_has = (
            max(n, pair.patients) for n in (of_first.get(pair.first, 0), of_second.get(pair.second, 0))
        )
        counts = Counts(patients, one_has, other_has, pair.patients)
        if rule.second_is_subject:
            yield other, one, replace(counts, subject=counts.object, object=counts.subject)
        else:
            yield one, other, counts


def _release(told: Told, terms: Terms, earlier: Counts | None) -> Iterator[Told]:
    """The pair with the figures that are given out, measured anew where these are not the true ones; or nothing."""
    counts = _held(told.found.counts, earlier, terms.k)
    if counts is None or not may_tell_pair(counts, k=terms.k):
        return
    if counts == told.found.counts:
        yield told
    else:
        (measured,) = measure_all([counts])
        yield replace(told, found=replace(measured, q=max(measured.p, told.found.q)))


def _held(counts: Counts, earlier: Counts | None, k: int) -> Counts | None:
    if earlier is None:
        return counts
    names = ("patients", "subject", "object", "both")
    held = [hold_back(getattr(earlier, name), getattr(counts, name), k=k) for name in names]
    return _counts(*(number or 0 for number in held))


def _counts(patients: int, subject: int, object_: int, both: int) -> Counts | None:
    """The counts, or None where holding numbers back one by one made them impossible together."""
    try:
        return Counts(patients, subject, object_, both)
    except ValueError:
        return None
