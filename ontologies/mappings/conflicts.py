"""Conflicts: what would have made one concept of two that must not be one, each with its shortest proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ontologies.mappings.circles import Circle, Settled, Up
from ontologies.mappings.cliques import Clash, Cliques, LeftOut
from ontologies.mappings.links import Basis, Link
from ontologies.mappings.order import Hierarchies
from ontologies.model import Concept
from ontologies.names import prefix_of, rank, sort_of

_WORDS = {
    Basis.DECISION: "decided by {source}",
    Basis.HIERARCHY: "not the same, since {source}",
    Basis.MANUAL: "mapped by hand by {source}",
    Basis.MAPPING: "mapped by {source}",
    Basis.BROADER: "broader, says {source}",
    Basis.XREF_BOTH: "xref of both",
    Basis.NAME: "same preferred name {source!r}",
    Basis.SYNONYM: "names are each other's synonyms",
}


class Step(NamedTuple):
    """One step of a proof: what leads on, in words, and to which CURIE."""

    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why two CURIEs are not joined though something says so, or are joined though something speaks against it.

    The proof leads from `start` by `steps`; `because` says what is wrong with where it ends. `left_out` is the pair
    whose link was not followed; None where all were, as `followed` says why.
    """

    clash: Clash
    start: str
    steps: tuple[Step, ...]
    because: str
    left_out: tuple[str, str]
    followed: bool = False

    @property
    def end(self) -> str:
        """Where the proof leads."""
        return self.steps[-1].to

    @property
    def curies(self) -> tuple[str, ...]:
        """All CURIEs of the proof, in its order."""
        return tuple(dict.fromkeys([self.start, *(step.to for step in self.steps)]))

    def __str__(self) -> str:
        return self.start + "".join(f" —{step.words}→ {step.to}" for step in self.steps) + f": {self.because}"

    def record(self) -> dict[str, Any]:
        """For machines."""
        return {
            "conflict": self.clash.value,
            "start": self.start,
            "steps": [step._asdict() for step in self.steps],
            "because": self.because,
            "left_out": list(self.left_out),
            "followed": self.followed,
            "proof": str(self),
        }


def find_conflicts(settled: Settled, concepts: Mapping[str, Concept], hierarchies: Hierarchies) -> tuple[Conflict, ...]:
    """One conflict for each pair whose links were left out or were followed against others, and for each circle."""
    explain = _Explained(settled.cliques, concepts, hierarchies)
    circles = [*(_of_circle(circle, link) for circle, link, _ in settled.broken), *map(_of_circle, settled.standing)]
    broken = {link.pair for _, link, _ in settled.broken}
    out = [explain.conflict(out) for out in settled.cliques.left_out if out.links[0].pair not in broken]
    return tuple(sorted([*circles, *out], key=_place))


_ORDER = [Clash.DENIED, Clash.KIND, Clash.HIERARCHY, Clash.CIRCLE, Clash.RETIRED, Clash.VOCABULARY, Clash.XREFS]


def _place(conflict: Conflict) -> tuple[object, ...]:
    return not conflict.followed, _ORDER.index(conflict.clash), len(conflict.steps), conflict.start, conflict.left_out


def _of_circle(circle: Circle, link: Link | None = None) -> Conflict:
    steps = tuple(_step(step, at) for step, at in _walk(circle))
    because = "a circle of hierarchies"
    return Conflict(Clash.CIRCLE, circle[0][0], steps, because, link.pair if link else ("", ""), followed=link is None)


def _walk(circle: Iterable[Link | Up], start: str = "") -> Iterator[tuple[Link | Up, str]]:
    """Each step with where it sets out."""
    at = start
    for step in circle:
        at = step.below if isinstance(step, Up) else at
        yield step, at
        at = step.above if isinstance(step, Up) else step.b if step.a == at else step.a


def _step(step: Link | Up, at: str) -> Step:
    if isinstance(step, Up):
        return Step("is under", step.above)
    to = step.b if step.a == at else step.a
    if step.basis in (Basis.XREF, Basis.XREF_SHARED):
        return Step("xref" if step.a == at else f"xref of {step.a}", to)
    return Step(("" if step.same else "NOT: ") + _WORDS[step.basis].format(source=step.source), to)


class _Explained:
    """Proofs of what was left out of some cliques."""

    def __init__(self, cliques: Cliques, concepts: Mapping[str, Concept], hierarchies: Hierarchies) -> None:
        self._cliques = cliques
        self._concepts = concepts
        self._hierarchies = hierarchies

    def conflict(self, out: LeftOut) -> Conflict:
        """The conflict that a pair's links make, with the shortest of its proofs."""
        ways = {
            Clash.VOCABULARY: self._two_ids,
            Clash.KIND: self._two_kinds,
            Clash.DENIED: self._denied,
            Clash.HIERARCHY: self._nested,
            Clash.RETIRED: self._retired,
        }[out.clash](out)
        start, steps, because = min(ways, key=lambda way: (len(way[1]), way[0], way[1]))
        clash = out.clash
        if clash is Clash.VOCABULARY and self._only_xrefs(start, steps):
            clash = Clash.XREFS
        return Conflict(clash, start, steps, because, out.links[0].pair, out.followed)

    def _only_xrefs(self, start: str, steps: tuple[Step, ...]) -> bool:
        ends = (start, steps[-1].to)
        return len(steps) == 2 and not any(end in self._concepts for end in ends)

    def _two_ids(self, out: LeftOut) -> Iterator[tuple[str, tuple[Step, ...], str]]:
        one, two = self._sides(out)
        for start in one:
            for end in two:
                if prefix_of(start) == prefix_of(end) and start != end:
                    first, last = sorted((start, end))
                    yield first, self._proof(first, out.links[0], last), f"two ids of {prefix_of(start)}"

    def _two_kinds(self, out: LeftOut) -> Iterator[tuple[str, tuple[Step, ...], str]]:
        one, two = ([c for c in side if c in self._concepts] for side in self._sides(out))
        for start in one:
            for end in two:
                kinds = self._concepts[start].kind, self._concepts[end].kind
                if "other" not in kinds and sort_of(kinds[0]) is not sort_of(kinds[1]):
                    yield start, self._proof(start, out.links[0], end), f"{kinds[0]} and {kinds[1]}"

    def _denied(self, out: LeftOut) -> Iterator[tuple[str, tuple[Step, ...], str]]:
        link = out.links[0]
        if out.denials:
            against = _step(out.denials[0], link.a).words.removeprefix("NOT: ")
            yield link.a, (_step(link, link.a),), f"not the same: {against}"
            return
        one, two = self._sides(out)
        for start in one:
            for end in self._cliques.apart.get(start, set()) & set(two):
                yield start, self._proof(start, link, end), f"{start} and {end} are said not to be the same"

    def _nested(self, out: LeftOut) -> Iterator[tuple[str, tuple[Step, ...], str]]:
        one, two = self._sides(out)
        for below, above in ((one, two), (two, one)):
            way = self._hierarchies.way_up(below, above)
            if way:
                under = " under ".join(way)
                yield way[0], self._proof(way[0], out.links[0], way[-1]), f"but {under}"

    def _retired(self, out: LeftOut) -> Iterator[tuple[str, tuple[Step, ...], str]]:
        link = out.links[0]
        gone = next(curie for curie in (link.b, link.a) if curie in self._concepts and self._concepts[curie].deprecated)
        heir = self._concepts[gone].replaced_by
        yield (
            link.a,
            (_step(link, link.a),),
            f"{gone} is retired, " + (f"replaced by {heir}" if heir else "without heir"),
        )

    def _sides(self, out: LeftOut) -> tuple[list[str], list[str]]:
        """The members that belong together on either side of what was left out, best vocabularies first."""
        link = out.links[0]
        return self._ranked(link.a), self._ranked(link.b)

    def _ranked(self, curie: str) -> list[str]:
        members = self._cliques.members(curie)
        concept = self._concepts.get(curie)
        return sorted(members, key=lambda one: rank(one, concept.kind) if concept else (0, one))

    def _proof(self, start: str, link: Link, end: str) -> tuple[Step, ...]:
        """From `start` by links to one end of `link`, over it, and on to `end`."""
        near, far = (link.a, link.b) if start in self._cliques.members(link.a) else (link.b, link.a)
        before = self._way(start, near)
        after = self._way(far, end)
        return tuple(_step(step, at) for step, at in _walk([*before, link, *after], start))

    def _way(self, start: str, end: str) -> list[Link]:
        return self._cliques.groups[start].way(start, end) if start != end else []
