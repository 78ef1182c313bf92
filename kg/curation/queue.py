"""The curator's queue: which names to decide on first, so that every decision is worth most."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.curation.audit import suspicion
from kg.curation.desk import Desk
from kg.curation.items import Item, Usage, grounded, join_spellings, make_items
from kg.curation.refresh import find_stale
from kg.errors import StoreError
from kg.language import language_of
from kg.model import Node
from kg.roles import Store
from ontologies.errors import DecisionError
from ontologies.model import Decision, Kind
from ontologies.names import prefix_of
from ontologies.standing import Standing, form_of

#: Kinds that no terminology lists; they are in the queue only where they are asked for.
_NAMELESS = frozenset({Kind.QUANTITY, Kind.ORGANIZATION})
#: Rows of a name that are looked at to tell from which sources it comes.
_EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """Which names are wanted; empty means any. `below` is a branch: what stands in it or may be put there."""

    kinds: frozenset[str] = frozenset()
    language: str = ""
    prefix: str = ""
    source: str = ""
    below: str = ""
    status: str = "open"


def iter_queue(desk: Desk, standing: Standing, filters: Filters, *, likely_wrong: bool = False) -> Iterator[Item]:
    """The items that are wanted, in order of value; with `likely_wrong` what the graph took for sure, worst first.

    Names are grounded only as far as they are looked at: frequency × facts is an upper bound of the value.
    """
    if filters.below and desk.lexicon.entry(filters.below) is None:
        raise DecisionError(f"no terminology here has {filters.below!r} to look below; `kg search` finds CURIEs")
    usages = sorted(_usages(desk, standing, filters), key=lambda use: (-use.weight, use.name, use.node.curie))
    items = _items(usages, desk, standing, filters)
    if likely_wrong:
        yield from _by_suspicion((item for item in items if _may_be_wrong(item, filters)), filters, desk)
        return
    ahead = grounded(items, desk, lambda item: item.usage.node.aligned or bool(filters.prefix or filters.below))
    wanted = (item for item in ahead if _has_status(item, filters.status, standing) and _is_of(item, filters, desk))
    yield from _by_value(wanted, lambda item: item.value)


def _by_suspicion(items: Iterable[Item], filters: Filters, desk: Desk) -> Iterator[Item]:
    """The items about which there is something to suspect, worst first."""
    found: list[Item] = []
    for item in grounded(items, desk):
        item.doubt = suspicion(item, desk)
        if item.doubt.score > 0 and _is_of(item, filters, desk):
            found.append(item)
    return iter(sorted(found, key=lambda item: (-_score(item), -item.usage.weight, item.usage.name)))


def _score(item: Item) -> float:
    return item.doubt.score if item.doubt else 0.0


def _may_be_wrong(item: Item, filters: Filters) -> bool:
    return item.usage.node.aligned and filters.language in ("", item.language)


def _items(usages: Iterable[Usage], desk: Desk, standing: Standing, filters: Filters) -> Iterator[Item]:
    """The items of usages, as they are looked at; a second curator is not shown what stands."""
    if filters.language:
        usages = (usage for usage in usages if language_of(usage.name) == filters.language)
    return make_items(usages, desk, Standing() if filters.status == "second" else standing)


def _usages(desk: Desk, standing: Standing, filters: Filters) -> list[Usage]:
    """All names of the graph that are of the wanted kinds; for `changed`, also decided ones that it does not have."""
    usages = [usage for usage in join_spellings(_needed(desk.store).iter_names()) if _may_fit(usage.node.kind, filters)]
    if filters.status == "second":
        return [usage for usage in usages if _awaits_second(usage, desk, standing)]
    if filters.status == "changed":
        forms = {form_of(stale.decision.name) for stale in find_stale(standing, desk.lexicon)}
        used = {form_of(usage.name) for usage in usages}
        usages = [usage for usage in usages if form_of(usage.name) in forms]
        usages += [_unused(standing.by_form[form][-1]) for form in sorted(forms - used)]
    return usages


def _awaits_second(usage: Usage, desk: Desk, standing: Standing) -> bool:
    """Whether others decided on the name and this curator did not: he is not shown what they said."""
    said = standing.of(usage.name, kind=usage.node.kind)
    lines = desk.ledger.history(usage.name) if said or standing.waiting else []
    authors = {line.decision.author for line in lines if line.decision is not None}
    return bool(authors) and desk.author not in authors


def _unused(decision: Decision) -> Usage:
    """A name that was decided and that the graph does not use."""
    kind = decision.kind or decision.target_kind or Kind.OTHER
    return Usage((decision.name,), Node(decision.curie, decision.target, kind), 0, 0, 0)


def _by_value(ranked: Iterable[Item], value: Callable[[Item], float]) -> Iterator[Item]:
    """The items by falling value, given by falling weight, which no value exceeds."""
    heap: list[tuple[float, int, Item]] = []
    for place, item in enumerate(ranked):
        while heap and -heap[0][0] >= item.usage.weight:
            yield heapq.heappop(heap)[2]
        heapq.heappush(heap, (-value(item), place, item))
    while heap:
        yield heapq.heappop(heap)[2]


def _needed(store: Store | None) -> Store:
    if store is None:
        raise StoreError("the queue is made from a graph, and there is none here: name one with --graph, or kg build")
    return store


def _may_fit(kind: Kind, filters: Filters) -> bool:
    return kind in filters.kinds if filters.kinds else kind not in _NAMELESS


def _has_status(item: Item, status: str, standing: Standing) -> bool:
    if status in ("all", "second", "changed"):
        return True
    if status == "waiting":
        return any(one.name in item.usage.names for one in standing.waiting)
    if status == "unaligned":
        return not item.usage.node.aligned and item.status != "decided"
    return item.status == status


def _is_of(item: Item, filters: Filters, desk: Desk) -> bool:
    curies = [item.usage.node.curie, *(match.curie for match in item.candidates[:1])]
    if filters.prefix and filters.prefix not in {prefix_of(curie) for curie in curies}:
        return False
    if filters.below and not any(desk.lexicon.hierarchy.in_branch(curie, filters.below) for curie in curies):
        return False
    return not filters.source or filters.source in _sources(item, desk)


def _sources(item: Item, desk: Desk) -> set[str]:
    store = _needed(desk.store)
    rows = store.find_examples(item.usage.name, item.usage.node.curie, first=_EXAMPLES)
    loaded = store.get_loaded(sorted({row.document for row in rows}))
    return {document.source for document in loaded if document}
