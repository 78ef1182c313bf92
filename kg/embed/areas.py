"""Areas of medicine: chapters of the vocabularies, so cut that none holds most of the concepts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.embed.background import Parents, ancestors
from kg.model import Node
from ontologies.model import CONDITIONS, Kind

#: Concept → the areas it belongs to, by CURIE.
Areas = Mapping[str, tuple[str, ...]]


def find_areas(
    nodes: Iterable[Node], parents: Parents, *, largest: float = 0.25, kinds: Collection[Kind] = CONDITIONS
) -> Areas:
    """The areas of each concept of these kinds: what lies at the top of its hierarchy.

    A top that holds more than the share `largest` of the concepts is no area ("All" of HPO, "disease" of MONDO): those
    right below it take its place, until none is too large. Concepts under no area have none; many are under several.
    """
    curies = [node.curie for node in nodes if node.kind in kinds]
    above = {curie: {curie, *ancestors(curie, parents)} for curie in curies}
    holds = _counted(above.values())
    children = _children(holds, parents)
    waiting = sorted(curie for curie in holds if not parents.get(curie))
    areas: set[str] = set()
    done: set[str] = set()
    while waiting:
        top = waiting.pop()
        if top in done:
            continue
        done.add(top)
        if holds[top] > largest * len(curies) and children.get(top):
            waiting.extend(children[top])
        else:
            areas.add(top)
    return {curie: tuple(sorted(areas & over)) for curie, over in above.items() if areas & over}


def area_sizes(areas: Areas) -> dict[str, int]:
    """How many concepts each area holds, the largest first."""
    return dict(sorted(_counted(areas.values()).items(), key=lambda one: (-one[1], one[0])))


def _counted(groups: Iterable[Iterable[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for group in groups:
        for name in group:
            counts[name] = counts.get(name, 0) + 1
    return counts


def _children(names: Iterable[str], parents: Parents) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for name in sorted(names):
        for above in parents.get(name, ()):
            children.setdefault(above, []).append(name)
    return children
