"""The part of a graph that an export writes: nodes, facts, evidence and documents that belong together, streamed."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import compress, groupby, islice
from typing import TypeVar

from kg.credits import get_licences
from kg.export.documents import Documents
from kg.export.selection import Selection
from kg.model import Asleep, Evidence, Fact, LoadedDocument, Node
from kg.roles import Store
from ontologies.exchange import Vocabulary

#: Documents asked of the store at a time, and facts whose evidence is.
_LISTED, _STATED = 1000, 500

#: More evidence than any fact has.
_ALL = 1 << 62

_Record = TypeVar("_Record")


class View:
    """What is selected of a graph; without a selection all of it.

    A fact is as it is in the graph, whatever of its evidence is left out; a concept is there for a fact, and a document
    for a row. With a selection the graph is read three times before anything is written, and 8 bytes are kept for each
    fact, concept and document.
    """

    def __init__(
        self,
        store: Store,
        selection: Selection | None = None,
        *,
        restricted: bool = False,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self.store = store
        self.vocabulary = vocabulary
        """What knows of cross-references, for formats that tell them."""
        self.selection = selection or Selection()
        self.restricted = restricted
        self.licences = get_licences(store.get_meta())
        self._facts: Keys | None = None
        self._nodes: Keys | None = None
        self._documents: Keys | None = None
        if self.selection:
            self.selection.check(store.get_stats(), self.licences)
            self._choose()

    def iter_nodes(self) -> Iterator[Node]:
        """The nodes, by CURIE."""
        return _kept(self.store.iter_nodes(), self._nodes, lambda node: node.curie)

    def iter_facts(self) -> Iterator[Fact]:
        """The facts, in an order that does not depend on the order of loading."""
        return _kept(self.store.iter_facts(), self._facts, lambda fact: fact.id)

    def iter_evidence(self) -> Iterator[Evidence]:
        """The evidence rows by document, then by place in its text; one document is held at a time."""
        for document, rows in groupby(self.store.iter_evidence(), key=lambda row: row.document):
            if self._documents is None or document in self._documents:
                kept = _kept(rows, self._facts, lambda row: row.fact_id)
                yield from sorted(kept, key=lambda row: (row.start, row.end, row.id))

    def iter_documents(self) -> Iterator[LoadedDocument]:
        """The documents without their text, by id."""
        return _kept(_list_documents(self.store), self._documents, lambda document: document.id)

    def iter_asleep(self) -> Iterator[Asleep]:
        """The rows that sleep, by document and id; without the scope none of restricted documents: they are words.

        Held in memory: as many as there are rows both of whose sides a decision made one concept.
        """
        documents = Documents(self.store)
        kept = []
        for one in self.store.iter_asleep():
            documents.learn([one.row.document])
            may = self.restricted or not documents[one.row.document].restricted
            if may and self.holds_document(one.row.document) and self.selection.takes_asleep(one, self.licences):
                kept.append(one)
        yield from sorted(kept, key=lambda one: (one.row.document, one.row.id))

    def iter_stated(self) -> Iterator[tuple[Fact, list[Evidence]]]:
        """Each fact with its evidence, the most believed first."""
        facts = self.iter_facts()
        while group := list(islice(facts, _STATED)):
            found = self.store.get_evidence([fact.id for fact in group], first=_ALL)
            for fact in group:
                yield fact, list(_kept(found[fact.id], self._documents, lambda row: row.document))

    def holds_fact(self, id_: str) -> bool:
        """Whether a fact of the graph is in it."""
        return self._facts is None or id_ in self._facts

    def holds_document(self, id_: str) -> bool:
        """Whether a document of the graph is in it."""
        return self._documents is None or id_ in self._documents

    def _choose(self) -> None:
        takes, licences = self.selection, self.licences
        documents = Keys(one.id for one in _list_documents(self.store) if takes.takes_document(one, licences))
        facts = Keys(one.id for one in self.store.iter_facts() if takes.takes_fact(one, licences))
        for row in self.store.iter_evidence():
            if row.document in documents and row.fact_id in facts:
                documents.mark(row.document)
                facts.mark(row.fact_id)
        self._facts, self._documents = facts.marked(), documents.marked()
        self._nodes = Keys(side.curie for fact in self.iter_facts() for side in (fact.subject, fact.object))


class Keys:
    """A set of names in eight bytes each, which can be marked."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        import numpy as np

        # Of ten million names two have one hash once in 400,000 graphs.
        self._hashes = array("Q", np.unique(np.fromiter(map(_hash, names), np.uint64)).tobytes())
        self._marks = bytearray(len(self._hashes))

    def __len__(self) -> int:
        return len(self._hashes)

    def __contains__(self, name: str) -> bool:
        hash_ = _hash(name)
        place = bisect_left(self._hashes, hash_)
        return place < len(self._hashes) and self._hashes[place] == hash_

    def mark(self, name: str) -> None:
        """Remember that a name of the set was met."""
        self._marks[bisect_left(self._hashes, _hash(name))] = 1

    def marked(self) -> Keys:
        """The names that were met."""
        found = Keys()
        found._hashes = array("Q", compress(self._hashes, self._marks))
        found._marks = bytearray(len(found._hashes))
        return found


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())


def _kept(records: Iterable[_Record], keys: Keys | None, name_of: Callable[[_Record], str]) -> Iterator[_Record]:
    if keys is None:
        yield from records
    else:
        yield from (record for record in records if name_of(record) in keys)


def _list_documents(store: Store) -> Iterator[LoadedDocument]:
    after: str | None = None
    while listed := store.list_documents(first=_LISTED, after=after):
        yield from listed
        after = listed[-1].id
