"""Imports what medkg exported: documents with their evidence and concepts, as they stood in the graph they came from.

Documents keep their own ids and sources, and come without text, which no export has. A document that this graph read
from its own source is left alone: what it says itself is newer and has its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from extractors.graphs.model import RefusedRow
from extractors.model import Document
from kg.credits import (
    NOT_STATED,
    Import,
    get_imports,
    get_licences,
    get_terminologies,
    keep_import,
    keep_licence,
    keep_terminologies,
)
from kg.forms import Form
from kg.imports.foreign import BATCH_DOCUMENTS, Told
from kg.imports.model import Imported
from kg.imports.own_files import Record, iter_table, read_about
from kg.imports.own_forms import FormError, read_asleep, read_document, read_evidence, read_node
from kg.imports.own_rdf import RDF_FORMATS, iter_resources
from kg.imports.refusals import Refusals
from kg.imports.removing import take_out_gone
from kg.imports.spool import Spool
from kg.model import Contribution, Diff, Node
from kg.roles import Store
from ontologies.model import TerminologyInfo

#: What the stamps of documents that came from an export begin with.
STAMP = "import+"

#: Rows between two words of progress while files are read.
_TOLD = 50_000


def import_own(
    folder: Path,
    format_: str,
    store: Store,
    *,
    refusals: Refusals,
    name: str = "",
    prune: bool = False,
    dry_run: bool = False,
    on_progress: Told = lambda _: None,
) -> Imported:
    """What the import did, after each record of an export is in `store` or among `refusals`.

    Documents that came with earlier exports under that `name`, and that this one lacks, are named; with `prune` they
    are taken out, where nothing was refused.
    Raises `ImportFailedError` where files are missing or damaged; what was written until then is whole documents.
    """
    about, done = read_about(folder), Imported(folder.name, format_)
    with Spool() as documents, Spool() as nodes, Spool() as rows, Spool() as asleep:
        spools = {"documents": documents, "nodes": nodes, "evidence": rows, "asleep": asleep}
        tables = iter_resources(folder, format_) if format_ in RDF_FORMATS else _tables(folder, format_)
        for table, records in tables:
            spools[table].fill(_named(table, _counted(records, done, on_progress), refusals))
        for spool in spools.values():
            spool.seal()
        if not dry_run:
            # First, so that what is written is under its licence at every moment.
            _keep_credits(store, about)
        _Own(store, spools, done, refusals, origin=origin_of(name), dry_run=dry_run).write(on_progress)
        _name_missing(store, documents, origin_of(name), done)
    done.refusals, done.whole = refusals.listed(), not refusals.damaged
    if prune and done.whole and not done.refusals:
        take_out_gone(store, done, dry_run=dry_run)
    on_progress(done)
    return done


def _tables(folder: Path, format_: str) -> Iterator[tuple[str, Iterator[Record]]]:
    for table in ("documents", "nodes", "evidence", "asleep"):
        yield table, iter_table(folder, format_, table)


def _counted(records: Iterable[Record], done: Imported, on_progress: Told) -> Iterator[Record]:
    for record in records:
        done.rows += 1
        if done.rows % _TOLD == 0:
            on_progress(done)
        yield record


_NAMES = {"documents": "id", "nodes": "curie", "evidence": "document", "asleep": "document"}
_READERS = {"documents": read_document, "nodes": read_node, "evidence": read_evidence, "asleep": read_asleep}


def _named(table: str, records: Iterable[Record], refusals: Refusals) -> Iterator[tuple[str, str, Form]]:
    """The records that can be read, each under the name that it is asked for by."""
    for number, told in records:
        if not isinstance(told, dict):
            refusals.add(RefusedRow(number, table, "is no record as medkg writes it", "no record"))
            continue
        try:
            _READERS[table](told)
        except FormError as error:
            refusals.add(RefusedRow(number, table, str(error)))
        else:
            yield told[_NAMES[table]], "", told | {"number": number}


class _Own:
    """Writes the documents of an export, in batches, each with the evidence and the concepts that it needs."""

    def __init__(
        self,
        store: Store,
        spools: Mapping[str, Spool],
        done: Imported,
        refusals: Refusals,
        *,
        origin: str,
        dry_run: bool,
    ) -> None:
        self._store, self._done, self._refusals, self._dry_run = store, done, refusals, dry_run
        self._origin = origin
        self._documents, self._nodes, self._rows = spools["documents"], spools["nodes"], spools["evidence"]
        self._asleep = spools["asleep"]

    def write(self, on_progress: Told) -> None:
        """Write every document; rows of a document that is not there are refused."""
        names = (name for name, _ in self._documents.names())
        while batch := list(islice(names, BATCH_DOCUMENTS)):
            by_stamp: dict[str, list[Contribution]] = defaultdict(list)
            for stamp, contribution in self._contributions(batch):
                by_stamp[stamp].append(contribution)
            for stamp, contributions in by_stamp.items():
                self._put(contributions, stamp)
            on_progress(self._done)
        for table, spool in (("evidence", self._rows), ("asleep", self._asleep)):
            for name, _ in spool.names():
                if not self._documents.has(name):
                    why = "is of a document that is not among the documents"
                    self._refuse(spool.records(name), why, "document", table=table)

    def _put(self, contributions: list[Contribution], stamp: str) -> None:
        diffs = self._store.rehearse(contributions) if self._dry_run else self._store.put(contributions, stamp=stamp)
        for diff in diffs:
            self._count(diff)

    def _count(self, diff: Diff) -> None:
        done = self._done
        if diff.note:
            done.older += 1
        elif diff.time:
            done.documents += 1
        else:
            done.unchanged += 1
        done.added += len(diff.added)
        done.retracted += len(diff.retracted)

    def _contributions(self, names: list[str]) -> Iterator[tuple[str, Contribution]]:
        for name, old in zip(names, self._store.get_loaded(names), strict=True):
            if old is not None and not old.stamp.startswith(STAMP):
                self._done.kept += 1
                continue
            form = self._documents.records(name)[0]
            yield f"{self._origin}{_made_with(str(form.get('stamp') or ''))}", self._contribution(read_document(form))

    def _contribution(self, document: Document) -> Contribution:
        nodes: dict[str, Node] = {}
        rows = []
        for form in self._rows.records(document.id):
            missing = [curie for curie in (form["subject"], form["object"]) if not self._learn(curie, nodes)]
            if missing:
                self._refuse([form], "is about a concept that is not among the nodes", "node")
            else:
                rows.append(read_evidence(form))
        used = {curie for row in rows for curie in (row.subject, row.object)}
        self._done.taken += len(rows)
        asleep = tuple(map(read_asleep, self._asleep.records(document.id)))
        known = tuple(node for curie, node in nodes.items() if curie in used)
        return Contribution(document, known, tuple(rows), asleep)

    def _learn(self, curie: str, nodes: dict[str, Node]) -> bool:
        if curie not in nodes and (found := self._nodes.records(curie)):
            nodes[curie] = read_node(found[0])
        return curie in nodes

    def _refuse(self, forms: Iterable[Form], reason: str, about: str, *, table: str = "evidence") -> None:
        for form in forms:
            self._refusals.add(RefusedRow(form["number"], table, reason, about))


def origin_of(name: str) -> str:
    """What the stamps of documents begin with that came with exports under that name, or under none."""
    return f"{STAMP}{name}:" if name else STAMP


def _made_with(stamp: str) -> str:
    """What a document was made with in the first place, whatever exports it came through."""
    return stamp.rpartition(":")[2].removeprefix(STAMP) if stamp.startswith(STAMP) else stamp


def _is_from(origin: str, stamp: str) -> bool:
    return stamp.startswith(origin) and (origin != STAMP or ":" not in stamp)


def _name_missing(store: Store, documents: Spool, origin: str, done: Imported) -> None:
    after: str | None = None
    while listed := store.list_documents(first=BATCH_DOCUMENTS, after=after):
        for one in listed:
            if _is_from(origin, one.stamp) and not documents.has(one.id):
                said = store.get_contribution(one.id)
                done.gone.append((one.id, len({row.fact_id for row in said.evidence}) if said else 0))
        after = listed[-1].id


def _keep_credits(store: Store, about: Form) -> None:
    """Take over whom to credit, and the licences that the graph itself does not state."""
    meta = store.get_meta()
    known = get_terminologies(meta)
    told = (TerminologyInfo(**entry) for entry in about.get("terminologies", []))
    keep_terminologies(store, [*known, *(one for one in told if asdict(one) not in map(asdict, known))])
    for source, entry in about.get("imports", {}).items():
        if source not in get_imports(meta):
            keep_import(store, source, Import(**entry))
    stated = get_licences(meta).by_document
    for what, licence in about.get("licences", {}).items():
        if what not in stated and licence != NOT_STATED:
            keep_licence(store, what, licence)
