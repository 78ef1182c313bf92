"""Brings one graph level with another, whatever each is kept in: document by document, and only those that differ."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

from kg.comparing import Side, compare_concepts, hash_documents
from kg.credits import LICENCES, TERMINOLOGIES
from kg.errors import StoreError
from kg.model import Contribution, Diff, FactQuery, LoadedDocument
from kg.roles import Store

#: Documents written in one call: what is held in memory, and what a lost connection costs at most.
BATCH = 200

#: Words about a graph that are its own: its version is made by what was written to it.
_OWN = frozenset({"schema_version", "graph_version", "changed_at", "compaction_due", "vectors", "licences_due"})


@dataclass(slots=True)
class Synced:
    """What a sync did, or in a dry run would do."""

    same: int = 0
    """Documents that both had alike."""
    written: int = 0
    to_write: int = 0
    left_out: int = 0
    """Restricted documents that were not asked for."""
    removed: list[str] = field(default_factory=list)
    """Documents that the source does not have."""
    diffs: list[Diff] = field(default_factory=list)
    """Of the documents that were written, where facts came or went."""
    concepts: int = 0
    """Concepts that were described otherwise though all documents were alike."""


def sync(
    source: Store,
    target: Store,
    *,
    restricted: bool = False,
    dry_run: bool = False,
    on_progress: Callable[[Synced], None] = lambda _: None,
) -> Synced:
    """What was done so that `target` says what `source` says; interrupted, the next run goes on.

    Restricted documents come along with `restricted` alone; those that `target` has stay as they are otherwise. What
    `target` has and `source` has not is removed. The quarantine and the words about the graph come along.
    """
    done = Synced()
    with source.snapshot(restricted=True):
        differing, gone = _find_differing(source, target, done, restricted=restricted)
        done.to_write, done.removed = len(differing), gone
        if dry_run:
            return done
        # Before what is under them, since a store may keep licences with its facts.
        _copy_words(source, target, {LICENCES, TERMINOLOGIES})
        for id_ in gone:
            target.remove(id_)
        _write(source, target, differing, done, on_progress)
        _settle_concepts(source, target, done, restricted=restricted)
        _copy_words(source, target, source.get_meta().keys() - _OWN)
        _copy_quarantine(source, target)
    target.compact()
    return done


def _find_differing(source: Store, target: Store, done: Synced, *, restricted: bool) -> tuple[list[str], list[str]]:
    """The ids of documents to write, and of those to remove."""
    with target.snapshot(restricted=True):
        ours, theirs = hash_documents(source), hash_documents(target)
        kept = set() if restricted else _restricted(target, theirs)
    left = set() if restricted else _restricted(source, ours)
    done.left_out = len(left)
    differing = [id_ for id_ in ours if id_ not in left and ours[id_] != theirs.get(id_)]
    done.same = len(ours) - len(differing) - len(left)
    return differing, sorted(theirs.keys() - ours.keys() - kept)


def _restricted(store: Store, ids: Iterable[str]) -> set[str]:
    return {document.id for document in _get_loaded(store, ids) if document.restricted}


def _get_loaded(store: Store, ids: Iterable[str]) -> Iterator[LoadedDocument]:
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        yield from filter(None, store.get_loaded(some))


def _write(source: Store, target: Store, ids: list[str], done: Synced, on_progress: Callable[[Synced], None]) -> None:
    """Write documents; one that the target has in a newer version is removed before."""
    for batch in _batches(source, ids):
        _make_way(target, batch)
        diffs = _put(source, target, batch)
        done.diffs += [diff for diff in diffs if diff.added or diff.retracted]
        done.written += len(batch)
        on_progress(done)


def _batches(source: Store, ids: Iterable[str]) -> Iterator[list[LoadedDocument]]:
    """Documents in batches of one stamp."""
    for _, group in groupby(_get_loaded(source, ids), key=lambda document: document.stamp):
        while batch := list(islice(group, BATCH)):
            yield batch


def _put(source: Store, target: Store, batch: list[LoadedDocument]) -> list[Diff]:
    return target.put([_contribution(source, document.id) for document in batch], stamp=batch[0].stamp)


def _make_way(target: Store, batch: list[LoadedDocument]) -> None:
    there = target.get_loaded([document.id for document in batch])
    for document, loaded in zip(batch, there, strict=True):
        if loaded is not None and loaded.version > document.version:
            target.remove(document.id)


def _contribution(source: Store, id_: str) -> Contribution:
    found = source.get_contribution(id_)
    if found is None:
        raise StoreError(f"the document {id_!r} left the graph while it was copied: run the same command again")
    return found


def _settle_concepts(source: Store, target: Store, done: Synced, *, restricted: bool) -> None:
    """Write one document again of each concept that is described otherwise though all documents are alike."""
    again: set[str] = set()
    for one in compare_concepts(source, target):
        if one.side is Side.BOTH:
            again.update(_find_document(source, one.name, restricted=restricted))
            done.concepts += 1
    for batch in _batches(source, sorted(again)):
        _put(source, target, batch)


def _find_document(store: Store, curie: str, *, restricted: bool) -> Iterator[str]:
    for fact in store.find_facts(FactQuery(about=curie), first=1).facts:
        for row in store.get_evidence([fact.id], first=1).get(fact.id, []):
            if restricted or not row.restricted:
                yield row.document


def _copy_words(source: Store, target: Store, names: Collection[str]) -> None:
    """Copy what is known of the graph as a whole, of these names."""
    there = target.get_meta()
    for name, value in source.get_meta().items():
        if name in names and there.get(name) != value:
            target.set_meta(name, value)


def _copy_quarantine(source: Store, target: Store) -> None:
    """Copy the list of inputs that could not be read."""
    ours, theirs = ({entry.locator: entry for entry in store.get_quarantine()} for store in (source, target))
    target.release(theirs.keys() - ours.keys())
    for locator, entry in ours.items():
        known = theirs.get(locator)
        if known is None or (known.reason, known.content_hash) != (entry.reason, entry.content_hash):
            target.quarantine(locator, entry.reason, content_hash=entry.content_hash)
