"""What pairs of concepts may be told of a population so that nobody learns whether any one patient is in it.

(ε, δ)-differential privacy for patients, all of a patient's records at once (Dwork & Roth 2014, definition 2.4):

- A patient adds to at most m pairs and to at most m counts of single concepts, drawn at random where there are more
  (contribution bounding: Wilson et al., "Differentially private SQL with bounded user contribution", PoPETs 2020).
- Every count gets geometric noise for that sensitivity (Ghosh, Roughgarden & Sundararajan 2009).
- Which pairs there are would tell of a patient who alone has one: a pair is told where its count with noise reaches a
  threshold that a single patient passes with a probability of at most δ for all of that patient's pairs together
  (Korolova et al. 2009; Wilson et al. 2020, section 4).
- All else, intervals and p-values, is worked out from counts with noise, and costs nothing more. What follows by
  subtraction is noise as well, so that nothing is suppressed for it.
"""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from typing import TypeAlias, TypeVar

from kg.cohorts.association import Counts, measure_all
from kg.cohorts.disclosure import Noise
from kg.cohorts.pairs import Terms, Told
from kg.cohorts.rules import RULES, Rule
from kg.records.model import UsedConcept, Window
from kg.records.roles import PatientTallies

T = TypeVar("T")

#: Of the privacy of a release, what counts of pairs, counts of single concepts and the number of patients spend.
SHARES = (0.5, 0.4, 0.1)

#: A pair by the place of its rule and the numbers of its concepts, first and second as the rule has them.
Pair: TypeAlias = tuple[int, int, int]

#: A concept among the events of a window.
Single: TypeAlias = tuple[Window, int]


def find_private_pairs(
    store: PatientTallies, *, terms: Terms, noise: Noise, rules: Sequence[Rule] = RULES
) -> Iterator[Told]:
    """The pairs that may be told under `terms` with `noise`, by rule and in the order of their concepts."""
    of_pairs, of_singles = (Noise(noise.epsilon * share, noise.contributions) for share in SHARES[:2])
    patients = Noise(noise.epsilon * SHARES[2]).add(store.count_patients())
    pairs, singles = count_bounded(store, rules, noise.contributions)
    least = max(terms.k, find_threshold(of_pairs, noise.delta))
    kept = {pair: noisy for pair, count in sorted(pairs.items()) if (noisy := of_pairs.add(count)) >= least}
    asked = {single for pair in kept for single in _singles_of(pair, rules)}
    margins = {single: of_singles.add(singles[single]) for single in asked}
    concepts = store.get_concepts()
    for place, rule in enumerate(rules):
        own = [pair for pair in kept if pair[0] == place]
        yield from _told(
            rule, [(pair, _counts(pair, rules, kept[pair], margins, patients)) for pair in own], concepts, terms
        )


def find_threshold(noise: Noise, delta: float) -> int:
    """The least count with noise that a pair is told from: m pairs of one patient alone pass it with at most δ.

    Of geometric noise X, P(1 + X ≥ t) ≤ exp(-ε (t - 1) / m); m times that is to be at most δ.
    """
    m = noise.contributions
    return 1 + math.ceil(m / noise.epsilon * math.log(m / delta))


def count_bounded(store: PatientTallies, rules: Sequence[Rule], most: int) -> tuple[Counter[Pair], Counter[Single]]:
    """How many patients have each pair and each single concept, where each adds to at most `most` of either."""
    concepts = store.get_concepts()
    windows = dict.fromkeys(side.window for rule in rules for side in (rule.first, rule.second))
    pairs = _bounded((_pairs_of(store, place, rule, concepts) for place, rule in enumerate(rules)), most)
    return pairs, _bounded((_singles(store, window) for window in windows), most)


def _bounded(streams: Iterable[Iterator[tuple[int, list[T]]]], most: int) -> Counter[T]:
    """The sum over patients of what streams in the order of patients give for each, at most so many a patient."""
    counts: Counter[T] = Counter()
    draw = secrets.SystemRandom()
    for _, group in groupby(merge(*streams, key=lambda each: each[0]), key=lambda each: each[0]):
        found = [item for _, items in group for item in items]
        counts.update(found if len(found) <= most else draw.sample(found, most))
    return counts


def _pairs_of(
    store: PatientTallies, place: int, rule: Rule, concepts: Mapping[int, UsedConcept]
) -> Iterator[tuple[int, list[Pair]]]:
    second = None if rule.one_sided else rule.second.window
    for patient, pairs in store.iter_pairs_by_patient(
        rule.together, first=rule.first.window, second=second, days=rule.days
    ):
        yield patient, [(place, *pair) for pair in pairs if _fits(rule, concepts[pair[0]], concepts[pair[1]])]


def _fits(rule: Rule, one: UsedConcept, other: UsedConcept) -> bool:
    return one.kind in rule.first.kinds and other.kind in rule.second.kinds and one.curie != other.curie


def _singles(store: PatientTallies, window: Window) -> Iterator[tuple[int, list[Single]]]:
    for patient, concepts in store.iter_concepts_by_patient(window):
        yield patient, [(window, concept) for concept in concepts]


def _singles_of(pair: Pair, rules: Sequence[Rule]) -> tuple[Single, Single]:
    place, first, second = pair
    return (rules[place].first.window, first), (rules[place].second.window, second)


def _counts(pair: Pair, rules: Sequence[Rule], both: int, margins: Mapping[Single, int], patients: int) -> Counts:
    """The four numbers of a pair, as noise left them and as they can be together."""
    one, other = (max(margins[single], both) for single in _singles_of(pair, rules))
    subject, object_ = (other, one) if rules[pair[0]].second_is_subject else (one, other)
    return Counts(max(patients, one + other - both), subject, object_, both)


def _told(
    rule: Rule, counted: Sequence[tuple[Pair, Counts]], concepts: Mapping[int, UsedConcept], terms: Terms
) -> Iterator[Told]:
    found = measure_all([counts for _, counts in counted])
    for ((_, first, second), _), association in zip(counted, found, strict=True):
        if not rule.by_chance or (association.lift > 1 and association.q <= terms.q):
            ends = (
                (concepts[second], concepts[first]) if rule.second_is_subject else (concepts[first], concepts[second])
            )
            yield Told(rule, *ends, association)
