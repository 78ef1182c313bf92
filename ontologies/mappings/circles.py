"""Circles: ways up the hierarchies of several vocabularies, through joined CURIEs, that come back to where they began.

Where MeSH has A under B and another vocabulary B under A, one of the links that join their concepts is wrong, or the
hierarchies disagree. The weakest link between concepts of different names is left out; where all are namesakes, it is
the hierarchies that disagree, and the circle is only told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from itertools import pairwise
from typing import NamedTuple

from ontologies.mappings.cliques import Cliques, find_cliques
from ontologies.mappings.components import Components
from ontologies.mappings.links import Basis, Link
from ontologies.mappings.names import are_namesakes
from ontologies.mappings.order import Hierarchies, find_way
from ontologies.model import Concept

_ROUNDS = 50
"""Circles that are broken one after the other, where one lies behind the other; then the rest is only told."""


class Up(NamedTuple):
    """A step of a hierarchy, from a concept to what is right above it."""

    below: str
    above: str


Circle = tuple[Link | Up, ...]
"""Steps up and links, in the order in which they lead round."""
_Steps = Mapping[str, Mapping[str, Up]]
"""For each root of a group, the roots of groups above it, with a step that leads there."""


class Settled(NamedTuple):
    """Cliques without circles, the circles that were broken, each with the link left out and why, and those not."""

    cliques: Cliques
    broken: tuple[tuple[Circle, Link, str], ...]
    standing: tuple[Circle, ...]


def settle(links: list[Link], concepts: Mapping[str, Concept], hierarchies: Hierarchies) -> Settled:
    """The cliques of `links`, without those links that lead the hierarchies round in a circle."""
    cliques = find_cliques(links, concepts, hierarchies)
    starts = {
        group.members[0] for group in cliques.groups.values() if sum(map(concepts.__contains__, group.members)) > 1
    }
    broken: dict[Link, Circle] = {}
    components: Components | None = None
    circles = _find_circles(cliques, hierarchies, starts)
    for _ in range(_ROUNDS):
        found = {link: circle for circle in circles if (link := _weakest(circle, cliques, concepts))}
        if not found:
            break
        broken |= found
        components = components or Components(links)
        part = find_cliques(_linked(components.of(link.a for link in found), links, broken), concepts, hierarchies)
        cliques = cliques.changed(part)
        starts = {*part.groups, *(end for circle in circles for step in circle for end in step[:2])}
        circles = _find_circles(cliques, hierarchies, starts)
    return Settled(cliques, tuple((circle, link, _told(circle)) for link, circle in broken.items()), tuple(circles))


def _linked(whole: Set[str], links: list[Link], broken: Mapping[Link, Circle]) -> list[Link]:
    """All links between the CURIEs of some components, and denials of those that are `broken`."""
    denials = (Link(*link.pair, Basis.HIERARCHY, _told(circle), False) for link, circle in broken.items())
    return [link for link in (*links, *denials) if link.a in whole]


def _told(circle: Circle) -> str:
    return "; ".join(f"{step.below} is under {step.above}" for step in circle if isinstance(step, Up))


def _weakest(circle: Circle, cliques: Cliques, concepts: Mapping[str, Concept]) -> Link | None:
    """The weakest link of a circle that joins no namesakes and was not decided, or None."""
    links = [step for step in circle if isinstance(step, Link)]
    other = [link for link in links if not are_namesakes(concepts.get(link.a), concepts.get(link.b))]
    weak = [link for link in other if Basis.DECISION not in cliques.groups[link.a].bases(link)]
    return max(weak, key=lambda link: (link.basis, link), default=None)


def _find_circles(cliques: Cliques, hierarchies: Hierarchies, starts: Iterable[str]) -> list[Circle]:
    """For each group above `starts` that lies on a circle and on none found before, the shortest such circle."""
    steps = _steps_on_circles(cliques, hierarchies, starts)
    done: set[str] = set()
    found: list[Circle] = []
    for root in sorted(steps):
        if root in done:
            continue
        way = find_way(sorted(steps[root]), root.__eq__, lambda at: sorted(steps.get(at, ())))
        circle = _circle([steps[a][b] for a, b in pairwise([root, *way])], cliques) if way else ()
        if any(isinstance(step, Link) for step in circle):
            done.update(way)
            found.append(circle)
    return found


def _circle(ups: list[Up], cliques: Cliques) -> Circle:
    """The steps up with the links between where one ends and the next begins."""
    steps: list[Link | Up] = []
    for up, after in zip(ups, [*ups[1:], ups[0]], strict=True):
        between = cliques.groups[up.above].way(up.above, after.below) if up.above != after.below else []
        steps += [up, *between]
    return tuple(steps)


def _steps_on_circles(cliques: Cliques, hierarchies: Hierarchies, starts: Iterable[str]) -> _Steps:
    """The steps that may be on a circle: what is left when all that only leads in or only leads out is taken away."""
    up: dict[str, dict[str, Up]] = {}
    front = [cliques.root(start) for start in starts]
    while front:
        root = front.pop()
        if root not in up:
            steps = (Up(member, above) for member in cliques.members(root) for above in hierarchies.parents(member))
            up[root] = {cliques.root(step.above): step for step in steps}
            front += up[root]
    inner = _inner(_inner(up, up), _turned(up))
    return {root: {b: step for b, step in up[root].items() if b in inner} for root in inner}


def _turned(up: _Steps) -> Mapping[str, Iterable[str]]:
    down: dict[str, list[str]] = defaultdict(list)
    for below, above in up.items():
        for root in above:
            down[root].append(below)
    return down


def _inner(nodes: Iterable[str], after: Mapping[str, Iterable[str]]) -> set[str]:
    """The nodes that are left when those to which nothing leads are taken away again and again."""
    left = set(nodes)
    leading = Counter(goal for node in left for goal in after.get(node, ()) if goal in left)
    front = [node for node in left if not leading[node]]
    while front:
        node = front.pop()
        left.discard(node)
        for goal in after.get(node, ()):
            leading[goal] -= 1
            if not leading[goal] and goal in left:
                front.append(goal)
    return left
