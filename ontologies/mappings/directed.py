"""Which CURIEs curators put above which, beside what the terminologies say, and the circles that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ontologies.exchange.fields import is_curie
from ontologies.mappings.cliques import Clash
from ontologies.mappings.conflicts import Conflict, Step
from ontologies.mappings.order import find_way
from ontologies.model import Concept, Decision, Verdict


class Directed:
    """The ways up that decisions between two CURIEs made; `entry` gives concepts with the parents they state."""

    def __init__(self, entry: Callable[[str], Concept | None], decisions: Iterable[Decision] = ()) -> None:
        self._entry = entry
        self._above: dict[str, dict[str, Decision]] = {}
        for decision in decisions:
            self.add(decision)

    def add(self, decision: Decision) -> None:
        """Takes a decision in; one that is not between two CURIEs, or neither broad nor narrow, leads nowhere."""
        way = way_of(decision)
        if way:
            self._above.setdefault(way[0], {})[way[1]] = decision

    def circle(self, decision: Decision) -> list[str]:
        """The CURIEs that `decision` would put under each other, the first one last again; empty where it does not."""
        way = way_of(decision)
        if not way:
            return []
        below, above = way
        back = find_way([above], below.__eq__, self._parents)
        return [below, *back] if back else []

    def conflicts(self) -> Iterator[Conflict]:
        """One conflict for each circle that decisions in force make."""
        seen: set[frozenset[str]] = set()
        for decision in [one for above in self._above.values() for one in above.values()]:
            circle = self.circle(decision)
            if circle and frozenset(circle) not in seen:
                seen.add(frozenset(circle))
                yield self._conflict(circle)

    def _parents(self, curie: str) -> Iterable[str]:
        concept = self._entry(curie)
        return sorted({*self._above.get(curie, ()), *(concept.parents if concept else ())})

    def _conflict(self, circle: list[str]) -> Conflict:
        start = circle.index(min(circle))
        turned = [*circle[start:-1], *circle[:start], circle[start]]
        steps = tuple(Step(self._words(turned[place - 1], to), to) for place, to in enumerate(turned) if place)
        return Conflict(Clash.CIRCLE, turned[0], steps, "a circle, by decisions", ("", ""), followed=True)

    def _words(self, below: str, above: str) -> str:
        decision = self._above.get(below, {}).get(above)
        return f"is under, decided by {decision.author}, {decision.time[:10]}" if decision else "is under"


def way_of(decision: Decision) -> tuple[str, str] | None:
    """The narrower and the broader one of a decision between two CURIEs that says which is which; None of others."""
    if not decision.curie or decision.verdict not in (Verdict.BROAD, Verdict.NARROW) or not is_curie(decision.name):
        return None
    pair = (decision.name, decision.curie)
    return pair if decision.verdict is Verdict.BROAD else pair[::-1]
