"""Compares two graphs, whatever they are kept in, by what each document says: a hash a document, no sorting of rows.

The hash of a document is that of what is listed of it and the sum of the hashes of its rows (a multiset hash: rows may
come in any order; Bellare and Micciancio 1997, "A new paradigm for collision-free hashing: incrementality at reduced
cost"). Facts and concepts follow from documents and are compared one by one all the same: a store may be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import blake2b
from typing import Any, TypeVar

import orjson

from kg.model import Fact, LoadedDocument, Node
from kg.roles import Store
from kg.stores.keys import key_of

_SIZE = 16
_LIMIT = 1 << (8 * _SIZE)
#: Documents asked of a store at a time.
_LISTED = 1000

_Thing = TypeVar("_Thing", Node, Fact)


class Side(StrEnum):
    """Where a thing is that is not the same in both graphs."""

    FIRST = "first"
    SECOND = "second"
    BOTH = "both"
    """In both, and not the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A document, concept or fact that two graphs do not have alike."""

    what: str
    """document, concept or fact."""
    name: str
    """Its id or CURIE."""
    side: Side
    detail: str = ""
    """What a person reads: names, or what differs."""


def compare(first: Store, second: Store) -> Iterator[Difference]:
    """What the two graphs do not have alike: documents, then concepts, then facts.

    Holds a hash for each document in memory, and else one thing of each graph at a time. Both are read whole, with the
    words of restricted documents; none of them is in what is given.
    """
    with first.snapshot(restricted=True), second.snapshot(restricted=True):
        yield from _compare_documents(hash_documents(first), hash_documents(second))
        yield from compare_concepts(first, second)
        yield from compare_facts(first, second)


def hash_documents(store: Store) -> dict[str, str]:
    """Document id → hexadecimal hash of all that the graph keeps of it but its text, which its content hash stands for.

    Whole inside a restricted snapshot alone. When and under which stamp a document was loaded does not count.
    """
    sums = {document.id: _digest(_lasting(document)) for document in _iter_documents(store)}
    for row in store.iter_evidence():
        sums[row.document] = (sums[row.document] + _digest(row)) % _LIMIT
    for asleep in store.iter_asleep():
        sums[asleep.row.document] = (sums[asleep.row.document] + _digest(asleep)) % _LIMIT
    return {id_: f"{total:0{2 * _SIZE}x}" for id_, total in sums.items()}


def _iter_documents(store: Store) -> Iterator[LoadedDocument]:
    after: str | None = None
    while listed := store.list_documents(first=_LISTED, after=after):
        yield from listed
        after = listed[-1].id


def _lasting(document: LoadedDocument) -> LoadedDocument:
    return replace(document, stamp="", loaded="")


def _digest(thing: object) -> int:
    return int.from_bytes(blake2b(orjson.dumps(thing, default=list), digest_size=_SIZE).digest(), "big")


def _compare_documents(first: dict[str, str], second: dict[str, str]) -> Iterator[Difference]:
    for id_ in sorted(first.keys() | second.keys()):
        if id_ not in second:
            yield Difference("document", id_, Side.FIRST)
        elif id_ not in first:
            yield Difference("document", id_, Side.SECOND)
        elif first[id_] != second[id_]:
            yield Difference("document", id_, Side.BOTH, f"hash {first[id_][:12]} and {second[id_][:12]}")


def compare_concepts(first: Store, second: Store) -> Iterator[Difference]:
    """The concepts that the two graphs do not describe alike, by CURIE."""
    return _merge("concept", first.iter_nodes(), second.iter_nodes(), lambda node: node.curie)


def compare_facts(first: Store, second: Store) -> Iterator[Difference]:
    """The facts that the two graphs do not have alike, by the beginning of their ids."""
    return _merge("fact", first.iter_facts(), second.iter_facts(), lambda fact: key_of(fact.id))


def _merge(
    what: str, first: Iterable[_Thing], second: Iterable[_Thing], place: Callable[[_Thing], Any]
) -> Iterator[Difference]:
    """Walks two streams of one order, that of `place`, side by side."""
    ours, theirs = iter(first), iter(second)
    one, other = next(ours, None), next(theirs, None)
    while one is not None or other is not None:
        if other is None or (one is not None and place(one) < place(other)):
            assert one is not None
            yield _told(what, one, Side.FIRST)
            one = next(ours, None)
        elif one is None or place(other) < place(one):
            yield _told(what, other, Side.SECOND)
            other = next(theirs, None)
        else:
            if one != other:
                yield _told(what, one, Side.BOTH, _differing(one, other))
            one, other = next(ours, None), next(theirs, None)


def _told(what: str, thing: Node | Fact, side: Side, detail: str = "") -> Difference:
    if isinstance(thing, Node):
        return Difference(what, thing.curie, side, detail or thing.name)
    words = f"{thing.subject.name} {thing.predicate} {thing.object.name}"
    return Difference(what, thing.id, side, f"{words}: {detail}" if detail else words)


def _differing(one: Node | Fact, other: Node | Fact) -> str:
    """The fields of two things of one name that differ, with both values."""
    fields = [name for name in type(one).__slots__ if getattr(one, name) != getattr(other, name)]
    return "; ".join(f"{name} {_shown(getattr(one, name))} and {_shown(getattr(other, name))}" for name in fields)


def _shown(value: object) -> str:
    return value.curie if isinstance(value, Node) else str(value)
