"""What a step of training sees: queries with all their answers, or facts with negatives.

The order of an epoch is drawn from the seed and the number of the epoch alone, so a resumed training sees what the
whole one would have seen. All processes draw the same order and take their parts of each batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from kg.embed.triples import Rows


@dataclass(frozen=True, slots=True)
class Part:
    """Which process of how many this is."""

    rank: int = 0
    world: int = 1

    def of(self, start: int, stop: int) -> tuple[int, int]:
        """This process's share of a range."""
        size = stop - start
        return start + size * self.rank // self.world, start + size * (self.rank + 1) // self.world


@dataclass(frozen=True, slots=True, eq=False)
class QueryBatch:
    """Queries (subject, relation), each once, and their answers: `which` names the query of each object, in order."""

    subjects: Tensor
    relations: Tensor
    counts: Tensor
    """Answers of each query."""
    objects: Tensor
    which: Tensor
    total: int
    """Facts in the batch of all processes together."""


@dataclass(frozen=True, slots=True, eq=False)
class FactBatch:
    """Facts, shape (n, 3), and objects by chance, maybe true ones: shape (k), or (n, k) where each has its own."""

    facts: Tensor
    negatives: Tensor
    total: int
    """Facts in the batch of all processes together."""


def add_reciprocal(rows: Rows, relations: int, device: torch.device) -> Tensor:
    """Each fact twice: as it is, and from its object, by the relation with `relations` added to its number."""
    there = torch.from_numpy(rows).to(device)
    subjects, kinds, objects = there.unbind(1)
    return torch.cat((there, torch.stack((objects, kinds + relations, subjects), dim=1)))


def start_epoch(seed: int, epoch: int, device: torch.device) -> torch.Generator:
    """What draws everything of an epoch; not equal on different kinds of device."""
    return torch.Generator(device).manual_seed((seed * 1_000_003 + epoch) % (1 << 63))


class Queries:
    """The facts of a training by what they answer. Softmax over all objects is the same for all answers of a query, so
    it is computed once for them: with whole queries in a batch, 1-vs-all costs what 1-vs-all of the queries costs.
    """

    def __init__(self, facts: Tensor, relations: int) -> None:
        keys = facts[:, 0] * relations + facts[:, 1]
        order = torch.argsort(keys, stable=True)
        found, counts = torch.unique_consecutive(keys[order], return_counts=True)
        self.subjects, self.relations = found // relations, found % relations
        self.counts = counts
        self.starts = counts.cumsum(0) - counts
        self.objects = facts[order, 2]

    def iter_batches(self, draw: torch.Generator, size: int, part: Part) -> Iterator[QueryBatch]:
        """All queries once, in an order by chance, in batches of about `size` facts for each process."""
        order = torch.randperm(len(self.counts), generator=draw, device=draw.device)
        counts = self.counts[order]
        ends = counts.cumsum(0)
        objects = self.objects[_spread(self.starts[order], counts)]
        cuts, at = _cut(ends, size * part.world), [0, *ends.tolist()]
        for start, stop in pairwise(cuts):
            first, last = part.of(start, stop)
            mine, own = order[first:last], counts[first:last]
            yield QueryBatch(
                self.subjects[mine],
                self.relations[mine],
                own,
                objects[at[first] : at[last]],
                torch.repeat_interleave(own, output_size=at[last] - at[first]),
                at[stop] - at[start],
            )


def _spread(starts: Tensor, counts: Tensor) -> Tensor:
    """The ranges of `counts` numbers from `starts`, one after the other."""
    ends = counts.cumsum(0)
    shift = torch.repeat_interleave(starts - ends + counts, counts)
    return shift + torch.arange(len(shift), device=shift.device)


def _cut(ends: Tensor, size: int) -> list[int]:
    """Where batches end, in queries; a batch ends with the query that fills it."""
    marks = torch.arange(1, -(-int(ends[-1]) // size), device=ends.device) * size
    cuts = (torch.searchsorted(ends, marks) + 1).tolist()
    return sorted({0, *cuts, len(ends)})


def iter_facts(
    facts: Tensor, entities: int, draw: torch.Generator, size: int, negatives: int, *, shared: bool, part: Part
) -> Iterator[FactBatch]:
    """All facts once, in an order by chance, with objects by chance, in batches of `size` facts for each process."""
    order = torch.randperm(len(facts), generator=draw, device=draw.device)
    for chosen in torch.split(order, size * part.world):
        shape = (negatives,) if shared else (len(chosen), negatives)
        drawn = torch.randint(entities, shape, generator=draw, device=draw.device)
        first, last = part.of(0, len(chosen))
        yield FactBatch(facts[chosen[first:last]], drawn if shared else drawn[first:last], len(chosen))
