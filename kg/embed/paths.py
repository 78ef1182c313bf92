"""Paths through the graph that lead from one concept to another: the facts by which a prediction can be understood.

A path counts for as much as the confidence of its facts and the worth of their predicates (`explaining.toml`), damped
for each concept on the way by the number of its facts: what everything is linked with explains nothing (degree-weighted
paths, Himmelstein and Baranzini, PLoS Computational Biology 11:e1004259, 2015, with their exponent of 0.4).

Paths are found to help people judge; a model does not look at them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from math import prod
from typing import NamedTuple

from kg.embed.errors import EmbeddingError
from kg.model import Fact, FactQuery, Node, Status
from kg.predicates import PREDICATES
from kg.roles import GraphReader

#: Facts of a concept that are looked at, and concepts next to the start that are gone on from.
FAN, WIDTH = 100, 40

#: By which the number of facts of a concept on the way is damped.
_DAMPING = 0.4


@dataclass(frozen=True, slots=True)
class Step:
    """A fact walked along, from one of its sides to the other."""

    fact: Fact
    start: Node
    end: Node

    @property
    def forward(self) -> bool:
        """Whether it is walked from its subject to its object."""
        return self.fact.subject.curie == self.start.curie


@dataclass(frozen=True, slots=True)
class Path:
    """Facts that lead from one concept to another; `score` puts paths in an order and means nothing else."""

    steps: tuple[Step, ...]
    score: float


class Rules(NamedTuple):
    """What `explaining.toml` says: what a step of each predicate is worth, and which none to a use may be."""

    weights: Mapping[str, float]
    never_for_uses: frozenset[str]


@cache
def get_rules() -> Rules:
    """The rules of paths; raises `EmbeddingError` where the file does not name each predicate once."""
    told = tomllib.loads(files("kg.embed").joinpath("explaining.toml").read_text(encoding="utf-8"))
    weights: dict[str, float] = told.get("weights", {})
    never = frozenset(told.get("never", {}).get("uses", ()))
    wrong = (told.keys() ^ {"weights", "never"}) | (weights.keys() ^ PREDICATES.keys()) | (never - PREDICATES.keys())
    if wrong:
        raise EmbeddingError(f"kg/embed/explaining.toml: keys missing or unknown: {sorted(wrong)}; mend the file")
    return Rules(weights, never)


@cache
def _walked(*, use: bool) -> tuple[str, ...]:
    """The predicates that a path to a use, or to anything else, may walk."""
    rules = get_rules()
    never = rules.never_for_uses if use else ()
    return tuple(name for name, weight in rules.weights.items() if weight > 0 and name not in never)


class PathFinder:
    """Finds paths of two and three facts; what it read of a concept it keeps for the next question.

    Only facts that sources agree on are walked: the sentence of one that is contested may deny the step. Of a concept
    the surest `fan` facts are looked at, and of the neighbours of where a path starts the best `width` are walked from.
    """

    def __init__(self, graph: GraphReader, *, fan: int = FAN, width: int = WIDTH) -> None:
        self._graph = graph
        self._fan, self._width = fan, width
        self._kept: dict[tuple[str, tuple[str, ...]], dict[str, Step]] = {}
        self.facts_read = 0
        """How many facts the graph gave so far."""

    def find(self, start: str, end: str, *, predicate: str = "", first: int = 3) -> list[Path]:
        """The best paths between two concepts, ties by the ids of facts; no harm explains a `predicate` of use."""
        walked = _walked(use=bool(predicate) and PREDICATES[predicate].use)
        paths = _Walk(partial(self._steps, walked=walked), self._width).iter_paths(start, end)
        return sorted(paths, key=lambda path: (-path.score, [step.fact.id for step in path.steps]))[:first]

    def _steps(self, curie: str, *, walked: tuple[str, ...]) -> dict[str, Step]:
        """The best step from a concept to each of its neighbours by the predicates `walked`."""
        if (curie, walked) not in self._kept:
            self._kept[curie, walked] = self._read_steps(curie, walked)
        return self._kept[curie, walked]

    def _read_steps(self, curie: str, walked: tuple[str, ...]) -> dict[str, Step]:
        query = FactQuery(about=curie, predicates=walked, statuses=(Status.SUPPORTED,))
        facts = self._graph.find_facts(query, first=self._fan).facts
        self.facts_read += len(facts)
        steps: dict[str, Step] = {}
        for step in (_leave(fact, curie) for fact in facts):
            known = steps.get(step.end.curie)
            if known is None or _worth(step) > _worth(known):
                steps[step.end.curie] = step
        return steps


@dataclass(frozen=True, slots=True)
class _Walk:
    """Walks by what `steps` says of each concept, from the best `width` neighbours of where it starts."""

    steps: Callable[[str], dict[str, Step]]
    width: int

    def iter_paths(self, start: str, end: str) -> Iterator[Path]:
        """The paths of two and three facts."""
        out, back = self.steps(start), self.steps(end)
        for curie in out.keys() & back.keys():
            yield self._path(out[curie], _turn(back[curie]))
        for near in self._best(out):
            if near == end:
                continue
            for far, step in self.steps(near).items():
                if far in back and far != start:
                    yield self._path(out[near], step, _turn(back[far]))

    def _best(self, steps: Mapping[str, Step]) -> list[str]:
        """The neighbours to go on from: those of the best steps."""
        return sorted(steps, key=lambda curie: (-_worth(steps[curie]), curie))[: self.width]

    def _path(self, *steps: Step) -> Path:
        between = [step.end.curie for step in steps[:-1]]
        damped = prod(max(len(self.steps(curie)), 1) ** -_DAMPING for curie in between)
        return Path(steps, prod(map(_worth, steps)) * damped)


def _leave(fact: Fact, curie: str) -> Step:
    near, far = (fact.subject, fact.object) if fact.subject.curie == curie else (fact.object, fact.subject)
    return Step(fact, near, far)


def _turn(step: Step) -> Step:
    return Step(step.fact, step.end, step.start)


def _worth(step: Step) -> float:
    return step.fact.confidence * get_rules().weights[step.fact.predicate]
