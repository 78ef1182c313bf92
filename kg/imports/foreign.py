"""Imports a foreign graph: rows → claims → documents about one thing each → contributions → the store.

Rows are first laid on the disk by the thing they are about; then one document after the other is made, compared with
what the store has of it, and written in batches of whole documents. A killed import goes on where it was, and a release
that says the same changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from extractors.graphs import GraphRow, GraphRules, RefusedRow, read_graph
from extractors.graphs.rules import graph_rules_stamp
from extractors.model import Document
from extractors.places import Place
from kg.imports.documents import LARGEST, Row, contribute, key_of, make_document, parts_of, read_claim, source_of
from kg.imports.model import Imported
from kg.imports.refusals import Refusals
from kg.imports.removing import iter_imported, take_out_gone
from kg.imports.resolve import Resolver
from kg.imports.spool import Spool
from kg.imports.understand import LeftOut, Understanding
from kg.model import Contribution
from kg.roles import Store
from kg.version import get_version
from ontologies.lexicon import Lexicon

#: Documents that are compared and written in one go.
BATCH_DOCUMENTS = 500

#: Rows between two words of progress while a file is read.
_TOLD = 50_000

Told = Callable[[Imported], None]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done at a time: documents and rows of a batch, which is committed as one, and rows of a document."""

    documents: int = BATCH_DOCUMENTS
    rows: int = 20_000
    largest: int = LARGEST


_SIZES = Sizes()


def import_foreign(
    place: Place,
    rules: GraphRules,
    store: Store,
    lexicon: Lexicon,
    *,
    refusals: Refusals,
    prune: bool = False,
    dry_run: bool = False,
    on_progress: Told = lambda _: None,
    sizes: Sizes = _SIZES,
) -> Imported:
    """What the import did, after each row of `place` is in `store`, left out by the rules, or among `refusals`.

    What an earlier import of that name said, and this one does not, is taken out where the files could be read to
    their end and no row was refused: a refused row may be what the earlier one said. With `prune` it is taken out
    whatever was refused. With `dry_run` nothing is written.
    """
    done = Imported(rules.name, rules.name)
    with Spool() as spool:
        spool.fill(_claims(place, rules, done, refusals, on_progress))
        spool.seal()
        done.whole = not refusals.damaged
        takes_out = done.whole and (prune or not refusals)
        writer = _Writer(store, lexicon, done, takes_out=takes_out, dry_run=dry_run)
        for batch in _batches(_documents(spool, rules, sizes), sizes):
            writer.write(batch)
            on_progress(done)
        if done.whole:
            _look_for_gone(store, rules, spool, done, sizes)
        if takes_out:
            take_out_gone(store, done, dry_run=dry_run)
    done.refusals = refusals.listed()
    on_progress(done)
    return done


def _claims(
    place: Place, rules: GraphRules, done: Imported, refusals: Refusals, on_progress: Told
) -> Iterator[tuple[str, str, object]]:
    understanding = Understanding(rules)
    for row in read_graph(place, rules):
        done.rows += 1
        if done.rows % _TOLD == 0:
            on_progress(done)
        read = understanding.read(row) if isinstance(row, GraphRow) else row
        if isinstance(read, RefusedRow):
            refusals.add(read)
        elif isinstance(read, LeftOut):
            done.left_out[read.predicate, read.reason] += 1
        else:
            done.taken += 1
            yield key_of(read), f"{read.object.curie} {read.object.name} {read.subject.name}", read


def _documents(spool: Spool, rules: GraphRules, sizes: Sizes) -> Iterator[tuple[Document, list[Row]]]:
    for key, count in spool.names():
        parts = parts_of(count, sizes.largest)
        for part in range(parts):
            claims = [read_claim(record) for record in spool.records(key, part=part, parts=parts)]
            if claims:
                yield make_document(key, claims, rules, part=f"#{part + 1}" if parts > 1 else "")


def _batches(
    documents: Iterator[tuple[Document, list[Row]]], sizes: Sizes
) -> Iterator[list[tuple[Document, list[Row]]]]:
    batch: list[tuple[Document, list[Row]]] = []
    rows = 0
    for one in documents:
        batch.append(one)
        rows += len(one[1])
        if len(batch) >= sizes.documents or rows >= sizes.rows:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


class _Writer:
    """Writes batches of documents that the store does not have as they are."""

    def __init__(self, store: Store, lexicon: Lexicon, done: Imported, *, takes_out: bool, dry_run: bool) -> None:
        self._store = store
        self._lexicon = lexicon
        self._resolver = Resolver(lexicon)
        self._stamp = import_stamp(lexicon)
        self._done = done
        self._takes_out = takes_out
        self._dry_run = dry_run

    def write(self, batch: list[tuple[Document, list[Row]]]) -> None:
        fresh = list(self._fresh(batch))
        self._done.unchanged += len(batch) - len(fresh)
        if not self._takes_out:
            fresh = self._without_losses(fresh)
        if not fresh:
            return
        diffs = self._store.rehearse(fresh) if self._dry_run else self._store.put(fresh, stamp=self._stamp)
        self._done.documents += len(fresh)
        self._done.added += sum(len(diff.added) for diff in diffs)
        self._done.retracted += sum(len(diff.retracted) for diff in diffs)

    def _without_losses(self, fresh: list[Contribution]) -> list[Contribution]:
        """Without the documents that say less than before: the rows that they lack may be among the refused."""
        loaded = self._store.get_loaded([one.document.id for one in fresh])
        changed = [
            one
            for one, old in zip(fresh, loaded, strict=True)
            if old is not None and old.content_hash != one.document.content_hash
        ]
        losing = {diff.document for diff in self._store.rehearse(changed) if diff.retracted}
        self._done.held += len(losing)
        return [one for one in fresh if one.document.id not in losing]

    def _fresh(self, batch: list[tuple[Document, list[Row]]]) -> Iterator[Contribution]:
        """What is to be written: a document whose rows changed has the next version."""
        loaded = self._store.get_loaded([document.id for document, _ in batch])
        for (document, rows), old in zip(batch, loaded, strict=True):
            same = old is not None and old.content_hash == document.content_hash
            if old is not None and same and old.stamp == self._stamp:
                continue
            version = old.version + (not same) if old is not None else 1
            numbered = replace(document, version=version)
            yield contribute(numbered, rows, self._lexicon, self._resolver, self._done.found)


def _look_for_gone(store: Store, rules: GraphRules, spool: Spool, done: Imported, sizes: Sizes) -> None:
    """Note the documents of the import about things of which it has no row any more."""
    begin = f"{source_of(rules)}/"
    for id_ in iter_imported(store, begin):
        if not _is_there(id_.removeprefix(begin), spool, sizes):
            said = store.get_contribution(id_)
            done.gone.append((id_, len({row.fact_id for row in said.evidence}) if said else 0))


def _is_there(key: str, spool: Spool, sizes: Sizes) -> bool:
    if spool.has(key):
        return parts_of(spool.count(key), sizes.largest) == 1
    before, _, part = key.rpartition("#")
    return part.isdecimal() and spool.has(before) and int(part) <= parts_of(spool.count(before), sizes.largest) > 1


def import_stamp(lexicon: Lexicon) -> str:
    """What documents of an import are made with: lexicon, rules and program. Under another stamp they are made anew."""
    return f"{lexicon.stamp}+{graph_rules_stamp()}+{get_version()}"
