"""What a model is trained on: facts divided into parts, what is known of their concepts, and how it all was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.embed.areas import find_areas
from kg.embed.background import Background, read_background
from kg.embed.compacting import Compacted, compact
from kg.embed.errors import EmbeddingError
from kg.embed.facts import GraphFacts, read_facts
from kg.embed.leaks import Leak, LeakSettings, check_leaks, divide, drop_leaks, find_leaks
from kg.embed.reading import read_split
from kg.embed.splits import Division, Shares, split_by_area, split_by_chance, split_by_document, split_by_time
from kg.embed.triples import Split, Triples
from kg.export.view import View
from kg.model import Node
from kg.roles import Store
from ontologies.model import Kind

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

#: How the facts of a graph may be divided: see `kg.embed.splits`.
MANNERS = ("document", "chance", "time", "area")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitChoice:
    """How facts are divided, and what is done with those that leak; see `kg.embed.splits` and `kg.embed.leaks`."""

    manner: str = "document"
    shares: Shares = field(default_factory=Shares)
    seed: int = 0
    days: tuple[str, str] = ("", "")
    """By time: the days (ISO 8601) from which on documents are valid and test."""
    areas: tuple[str, ...] = ()
    """By area: those that are tested."""
    keep_unseen: bool = False
    """Whether facts are asked about concepts that train has not, for models that place them by name and neighbours."""
    drop: bool = False
    """Whether facts that leak are left out of valid and test; else the run fails."""
    allow: frozenset[str] = frozenset()
    """Kinds of leak that are let pass by name."""

    def __post_init__(self) -> None:
        if self.manner not in MANNERS:
            raise EmbeddingError(f"{self.manner!r} is no way to divide facts; use one of {', '.join(MANNERS)}")
        if self.manner == "time":
            self._check_days()
        if self.manner == "chance" and self.keep_unseen:
            raise EmbeddingError("by chance no concept is held out whole: divide otherwise to ask of unseen ones")

    def _check_days(self) -> None:
        if not all(self.days):
            raise EmbeddingError("a split by time needs the days from which on documents are valid and test")
        for day in self.days:
            if not _is_day(day):
                raise EmbeddingError(f"{day!r} is no day: write year, month and day, as 2024-01-31")
        valid, test = self.days
        if valid > test:
            raise EmbeddingError(f"valid begins on {valid}, after test on {test}: give the earlier day first")


def _is_day(text: str) -> bool:
    """Whether it is written as days of documents are, so that both can be compared as text."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Facts in three parts, and their concepts in the order of `split.train.entities`; every one of them is learned."""

    split: Split
    nodes: tuple[Node, ...]
    background: Background
    graph: str
    """Where the facts come from."""
    graph_version: str
    told: Mapping[str, Any]
    """How the facts were divided, for the card."""
    outside: Triples
    """Facts in no part with a concept or predicate that no part has, so that it gets no vector."""


def read_material(store: Store, choice: SplitChoice, *, graph: str, lexicon: Lexicon) -> Material:
    """The facts of a graph, divided; `graph` is what it is called.

    Raises:
        LeakError: test facts can be read off the facts learned from, and the choice names no remedy.
        EmbeddingError: nothing is left to learn from.
    """
    facts = read_facts(View(store))
    background = read_background(facts.triples.entities, lexicon)
    division = _divide(facts, choice, background)
    split, leaks = divide(division, background=background, settings=LeakSettings(allow=choice.allow), drop=choice.drop)
    kept, places, outside = _compact(split)
    told = {
        "manner": division.manner,
        **_counts(kept),
        "not learned from": facts.left_out,
        "in no part": division.left_out,
        "leaks": _tell(leaks, choice, division.admits),
    }
    nodes = tuple(facts.nodes[place] for place in places)
    return Material(kept, nodes, background, graph, facts.graph_version, told, outside)


def read_files(folder: Path, choice: SplitChoice) -> Material:
    """The facts of a folder that divides them itself (train, valid and test: see `kg.embed.reading.read_split`).

    Raises:
        LeakError: as with a graph; published benchmarks have leaks, which must be allowed by name.
        SplitError: the folder cannot be read.
    """
    split = read_split(folder)
    leaks = find_leaks(split)
    settings = LeakSettings(allow=choice.allow)
    if choice.drop:
        split = drop_leaks(split, leaks, settings)
    else:
        check_leaks(leaks, settings)
    kept, _, outside = _compact(split)
    nodes = tuple(Node(name, name, Kind.OTHER) for name in kept.train.entities)
    told = {"manner": "as the files have it", **_counts(kept), "leaks": _tell(leaks, choice, frozenset())}
    return Material(kept, nodes, Background(), str(folder), "", told, outside)


def _divide(facts: GraphFacts, choice: SplitChoice, background: Background) -> Division:
    if choice.manner == "chance":
        return split_by_chance(facts, choice.shares, seed=choice.seed)
    unseen = choice.keep_unseen
    if choice.manner == "time":
        return split_by_time(facts, valid_from=choice.days[0], test_from=choice.days[1], keep_unseen=unseen)
    if choice.manner == "area":
        areas = find_areas(facts.nodes, background.parents)
        return split_by_area(
            facts, areas, test=choice.areas, steering=choice.shares.valid, seed=choice.seed, keep_unseen=unseen
        )
    return split_by_document(facts, choice.shares, seed=choice.seed, keep_unseen=unseen)


def _compact(split: Split) -> Compacted:
    if not len(split.train):
        raise EmbeddingError("there are no facts to learn from: build a graph with `kg build`, or divide it otherwise")
    return compact(split)


def _counts(split: Split) -> dict[str, int]:
    return {"train": len(split.train), "valid": len(split.valid), "test": len(split.test)}


def _tell(leaks: Sequence[Leak], choice: SplitChoice, admits: frozenset[str]) -> list[dict[str, Any]]:
    """What leaks there were, and what was done with them."""
    return [
        {
            "kind": leak.kind.value,
            "part": leak.part.name.lower(),
            "facts": len(leak.rows),
            "of": leak.of,
            "done": _done(leak, choice, admits),
            "examples": list(leak.examples),
        }
        for leak in leaks
    ]


def _done(leak: Leak, choice: SplitChoice, admits: frozenset[str]) -> str:
    if leak.kind in choice.allow:
        return "allowed by name"
    return "the manner of the split has it" if leak.kind in admits else "left out"
