"""The held-out facts of a model put as questions: which of all fitting concepts are the objects?"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from kg.embed.calibrating import Judged, log_shares
from kg.embed.scorer import Scorer
from kg.predicates import PREDICATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

Named = tuple[str, str, str]

#: A subject and a predicate, of which the objects are asked.
Question = tuple[str, str]

#: Questions a predicate, and wrong candidates a question that are kept of more; those stand for the others too.
_QUESTIONS, _WRONG = 500, 1_000


def fitting(scorer: Scorer, predicate: str) -> NDArray[np.bool_]:
    """Which concepts are of a kind that may be the object; all where kinds or the predicate are not known."""
    known = PREDICATES.get(predicate)
    if known is None or not scorer.vectors.kinds:
        return np.ones(len(scorer.vectors.names), bool)
    return np.isin(np.array(scorer.vectors.kinds), [kind.value for kind in known.range])


def judge(scorer: Scorer, held_out: Iterable[Named], known: Iterable[Named], *, seed: int) -> dict[str, list[Judged]]:
    """Candidates of the held-out questions by predicate; other facts that are `known` are no candidates."""
    questions = _by_question(held_out)
    others = _by_question(known, of=questions)
    by_predicate: dict[str, list[Judged]] = {}
    chance = np.random.default_rng(seed)
    for (subject, predicate), objects in _chosen(questions, chance):
        if not scorer.knows(subject, predicate):
            continue
        left_out = others.get((subject, predicate), set()) | {subject}
        judged = _judge_one(scorer, (subject, predicate), objects, left_out - objects, chance)
        by_predicate.setdefault(predicate, []).append(judged)
    return by_predicate


def _by_question(facts: Iterable[Named], *, of: Container[Question] | None = None) -> dict[Question, set[str]]:
    """The objects of each subject and predicate; where `of` is given, those alone."""
    questions: dict[Question, set[str]] = {}
    for question, object_ in (asked for fact in facts for asked in _from_both_sides(fact)):
        if of is None or question in of:
            questions.setdefault(question, set()).add(object_)
    return questions


def _from_both_sides(fact: Named) -> Iterator[tuple[Question, str]]:
    subject, predicate, object_ = fact
    yield (subject, predicate), object_
    if predicate in PREDICATES and PREDICATES[predicate].symmetric:
        yield (object_, predicate), subject


def _chosen(questions: Mapping[Question, set[str]], chance: np.random.Generator) -> Iterator[tuple[Question, set[str]]]:
    """Questions in the order of their text, of each predicate so many at most, which by chance."""
    by_predicate: dict[str, list[Question]] = {}
    for question in sorted(questions):
        by_predicate.setdefault(question[1], []).append(question)
    for asked in by_predicate.values():
        some = sorted(chance.choice(len(asked), min(len(asked), _QUESTIONS), replace=False))
        yield from ((asked[at], questions[asked[at]]) for at in some)


def _judge_one(
    scorer: Scorer, question: Question, objects: set[str], left_out: set[str], chance: np.random.Generator
) -> Judged:
    scores, candidate = scorer.objects(*question), fitting(scorer, question[1])
    candidate[_places(scorer, left_out)] = False
    right = np.zeros(len(scores), bool)
    right[_places(scorer, objects)] = True
    # A fact of a kind that its predicate does not expect is a candidate all the same.
    candidate |= right
    shares, right = log_shares(scores[candidate]), right[candidate]
    wrong = np.flatnonzero(~right)
    kept = np.sort(chance.choice(wrong, min(len(wrong), _WRONG), replace=False))
    rows = np.concatenate([np.flatnonzero(right), kept])
    weights = np.where(right[rows], 1.0, len(wrong) / max(len(kept), 1))
    return Judged(shares[rows], right[rows], weights)


def _places(scorer: Scorer, names: Iterable[str]) -> list[int]:
    return [place for place in map(scorer.place, sorted(names)) if place is not None]
