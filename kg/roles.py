"""The roles of a store, each of a few methods; a function asks for the role it needs, a store plays them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from extractors.model import Document
from kg.model import (
    Asleep,
    Conflict,
    Contribution,
    Diff,
    Evidence,
    Fact,
    FactQuery,
    LoadedDocument,
    NameUse,
    Node,
    Page,
    Placed,
    Quarantined,
    Retired,
    Stats,
    Touched,
)
from ontologies.model import Kind

#: From what stands in the graph for one extracted row of a document to what is to stand there.
Settle = Callable[[Sequence[Evidence]], Placed]


class GraphReader(Protocol):
    """Reading side of a store; every call sees one consistent snapshot."""

    def get_nodes(self, curies: Sequence[str]) -> list[Node | None]:
        """The nodes by CURIE, in the order asked, None where unknown."""
        ...

    def find_nodes(self, text: str, *, kinds: Sequence[Kind] = (), limit: int = 25) -> list[tuple[Node, float]]:
        """Nodes whose names fit `text` (words, prefixes, Chinese characters), best first, each with a score."""
        ...

    def find_facts(self, query: FactQuery, *, first: int, after: str | None = None) -> Page:
        """A page of facts by descending confidence, ties by id."""
        ...

    def get_evidence(self, fact_ids: Sequence[str], *, first: int) -> dict[str, list[Evidence]]:
        """Up to `first` evidence rows a fact, the most believed first, ties by the beginning of their ids."""
        ...

    def find_conflicts(self, *, first: int, after: str | None = None) -> tuple[list[Conflict], str | None]:
        """A page of opposing pairs of facts, and the cursor of the next."""
        ...


class GraphWriter(Protocol):
    """Writing side of a store; one writer at a time."""

    def put(self, contributions: Iterable[Contribution], *, stamp: str = "") -> list[Diff]:
        """Make each document's evidence what its contribution says; replays change nothing.

        In one transaction, or where a store cannot hold that much in several, each of whole documents; the inputs
        count as known with the last one, so the documents of one input belong into one call. `stamp` names the
        lexicon and rules that made them.
        """
        ...

    def rehearse(self, contributions: Iterable[Contribution]) -> list[Diff]:
        """The diffs that `put` would give; nothing is written."""
        ...

    def remove(self, document: str) -> Diff:
        """Take a document and its evidence out; raises `NotFoundError` where it is not loaded."""
        ...

    def iter_evidence(self) -> Iterator[Evidence]:
        """All evidence rows, by the ids of their documents, those of one by the beginning of their own."""
        ...


class Library(Protocol):
    """The documents a graph was made from, and what each version changed."""

    def get_document(self, id_: str) -> Document | None:
        """The document as it was read, with text, sections and tables, or None where it is not loaded."""
        ...

    def list_documents(self, *, first: int, after: str | None = None) -> list[LoadedDocument]:
        """Up to `first` documents by id, those after the id `after`."""
        ...

    def known(self, content_hash: str, stamp: str) -> bool:
        """Whether an input of that content was already put under that stamp: one look-up in an index."""
        ...

    def iter_changes(self, document: str | None = None) -> Iterator[Diff]:
        """What puts and removals changed, oldest first; of one document or of all."""
        ...

    def name_facts(self, ids: Iterable[str]) -> dict[str, tuple[str, str, str]]:
        """Name of the subject, predicate, name of the object by fact id, also of facts that are gone."""
        ...


class Quarantine(Protocol):
    """The inputs that could not be read."""

    def quarantine(self, locator: str, reason: str, *, content_hash: str = "") -> None:
        """Keep an input on the list, with the reason; the newest reason of a locator stands."""
        ...

    def release(self, locators: Iterable[str]) -> int:
        """Take inputs that were read after all off the list; gives back how many stood on it."""
        ...

    def get_quarantine(self) -> list[Quarantined]:
        """The list, by locator."""
        ...


class Catalogue(Protocol):
    """What is known of a graph as a whole."""

    def get_meta(self) -> dict[str, str]:
        """Schema version, graph version, lexicon stamp, time of the last change, and what `set_meta` added."""
        ...

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word about the graph, such as the stamp of its lexicon."""
        ...

    def get_stats(self) -> Stats:
        """Counts by kind, predicate, status, country and source."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the graph, in words; nothing where it is sound."""
        ...

    def compact(self) -> None:
        """Leave the bytes of restricted documents that went, or that changed, behind: none is in the files afterwards.

        Where there are none it does nothing. Raises `StoreError` where somebody goes on reading what was before; they
        are not forgotten, and the next call takes them.
        """
        ...

    def close(self) -> None:
        """Let go of the graph, and of the right to write to it."""
        ...


class Snapshots(Protocol):
    """Reads that belong together, as one request of the service makes them."""

    def snapshot(self, *, restricted: bool = False) -> AbstractContextManager[None]:
        """Everything read inside sees one state of the graph, whatever is written meanwhile.

        With `restricted`, and only then, what is read inside holds the words of restricted documents: a store gives
        their evidence without quotes and the documents without text to everyone else, whatever is asked.
        """
        ...

    def write_cursor(self, fact: Fact, query: FactQuery) -> str:
        """The cursor that stands after `fact` in the answer to `query`."""
        ...

    def get_loaded(self, ids: Sequence[str]) -> list[LoadedDocument | None]:
        """The documents by id without their text, in the order asked, None where unknown."""
        ...


class Exportable(Protocol):
    """All of a graph that no other role streams."""

    def iter_nodes(self) -> Iterator[Node]:
        """All nodes, by CURIE."""
        ...

    def iter_facts(self) -> Iterator[Fact]:
        """All facts, in an order that does not depend on the order of loading."""
        ...

    def iter_asleep(self) -> Iterator[Asleep]:
        """All rows that sleep since both of their sides are one concept, in no order that means anything."""
        ...

    def get_contribution(self, document: str) -> Contribution | None:
        """What a document brings to the graph as it stands, or None where it is not loaded.

        Put into another graph it makes the same facts there. A restricted document comes whole with the scope alone.
        """
        ...


class Memory(Protocol):
    """What a graph remembers of what was done, beside its changes."""

    def iter_inputs(self) -> Iterator[tuple[str, str]]:
        """Content hash and stamp of every input that counts as known, in their order."""
        ...

    def iter_retired(self) -> Iterator[Retired]:
        """The facts that are gone, in no order that means anything."""
        ...


class Alignments(Protocol):
    """The names that documents write, what each was aligned to, and changing that."""

    def iter_names(
        self, *, curies: Collection[str] = (), forms: Collection[str] = (), dormant: bool = False
    ) -> Iterator[NameUse]:
        """Every name with its concept, most facts first.

        Where any are given, those of these concepts alone, and those with one of these normal forms. With `dormant`
        also, at the end, the names in rows that sleep since both of their sides are one concept.
        """
        ...

    def find_examples(self, name: str, curie: str, *, first: int) -> list[Evidence]:
        """Up to `first` evidence rows in which `name` was aligned to `curie`, the most believed first, ties by id."""
        ...

    def realign(self, touched: Touched, settle: Settle, *, dry_run: bool = False) -> list[Diff]:
        """What changed in each document after every row that is touched stands where `settle` puts it.

        All in one transaction, facts derived anew. With `dry_run` the diffs alone.
        """
        ...


class Store(
    GraphReader, GraphWriter, Library, Quarantine, Catalogue, Snapshots, Exportable, Memory, Alignments, Protocol
):
    """A whole store, every role of it; functions ask for the one they need."""
