"""How far two curators agree on the names that both decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ontologies.decisions import Line
from ontologies.errors import DecisionError
from ontologies.model import Decision, Verdict
from ontologies.standing import form_of, not_undone


@dataclass(frozen=True, slots=True)
class Agreement:
    """Names that both decided, on how many they agree, Cohen's kappa, and the decisions of each where they do not."""

    curators: tuple[str, str]
    names: int
    agreed: int
    kappa: float
    disputes: tuple[tuple[tuple[Decision, ...], tuple[Decision, ...]], ...]


def compare_curators(lines: Sequence[Line], first: str, second: str) -> Agreement:
    """The agreement of two authors' latest verdicts; chance is what their own shares of verdicts would give.

    Cohen, A coefficient of agreement for nominal scales, 1960. Two verdicts agree where relation and concept are the
    same. Raises DecisionError where no name was decided by both.
    """
    said = [_said(lines, author) for author in (first, second)]
    common = sorted(said[0].keys() & said[1].keys())
    if not common:
        raise DecisionError(f"{first} and {second} decided no name in common; `kg align review --status second` does")
    pairs = [(said[0][name], said[1][name]) for name in common]
    labels = [(_label(left), _label(right)) for left, right in pairs]
    agreed = sum(left == right for left, right in labels)
    disputes = tuple(pair for pair, (left, right) in zip(pairs, labels, strict=True) if left != right)
    return Agreement((first, second), len(common), agreed, _kappa(labels), disputes)


def find_authors(lines: Sequence[Line]) -> list[str]:
    """Who decided, the busiest first."""
    return [author for author, _ in Counter(line.decision.author for line in lines if line.decision).most_common()]


def _said(lines: Sequence[Line], author: str) -> dict[str, tuple[Decision, ...]]:
    """By name the decisions of an author at the last moment when he decided on it; what is rejected is kept aside."""
    said: dict[str, tuple[Decision, ...]] = {}
    decided = [line.decision for line in not_undone(lines) if line.decision is not None]
    # What was imported stands in the log later than it was decided.
    for made in sorted(decided, key=lambda one: one.time):
        if made.author != author or made.verdict is Verdict.UNSURE:
            continue
        key = form_of(made.name)
        before = said.get(key, ())
        said[key] = (*before, made) if before and before[-1].time == made.time else (made,)
    return said


def _label(said: Sequence[Decision]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((one.verdict.value, one.curie) for one in said))


def _kappa(labels: Sequence[tuple[object, object]]) -> float:
    total = len(labels)
    observed = sum(left == right for left, right in labels) / total
    one, two = (Counter(pair[side] for pair in labels) for side in (0, 1))
    chance = sum(one[label] * two[label] for label in one) / total**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
