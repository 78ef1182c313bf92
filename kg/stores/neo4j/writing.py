"""Puts documents into a graph on a server and takes them out: each owns its evidence, facts follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from kg.errors import NotFoundError
from kg.model import Contribution, Diff
from kg.stores.clock import Clock
from kg.stores.neo4j.chain import grow, log_changes, write_meta
from kg.stores.neo4j.concepts import drop_orphans
from kg.stores.neo4j.deriving import derive
from kg.stores.neo4j.dormant import forget_dormant
from kg.stores.neo4j.replacing import Change, Rows, Step, distinct
from kg.stores.neo4j.sending import batches
from kg.stores.neo4j.server import Cypher, Server
from kg.stores.neo4j.storing import delete_document, find_loaded, find_owned, mark_known
from kg.stores.versions import DUE, Chain

#: Rows of evidence of one transaction: enough to be quick, few enough for the memory of a small server.
ROWS_AT_ONCE = 10_000

#: Characters of text that weigh as much as a row.
CHARACTERS_A_ROW = 1000


class _Put(NamedTuple):
    """How far a put is: the chain of versions, the contents of inputs that were put, and the diffs of a batch."""

    chain: Chain | None = None
    inputs: frozenset[str] = frozenset()
    diffs: tuple[Diff, ...] = ()


class Writing:
    """The `GraphWriter` role of the store on a server."""

    _server: Server
    _clock: Clock

    def put(self, contributions: Iterable[Contribution], *, stamp: str = "") -> list[Diff]:
        """Make each document's evidence what its contribution says; replays change nothing.

        Several transactions where there is much, each of whole documents: one that is cut off leaves a good graph, and
        the same call again does the rest. Only with the last one do the inputs count as known. A document older than
        the loaded one is left out, with a note in its diff. `stamp` names the lexicon and rules that made the
        contributions.
        """
        put, diffs = _Put(), list[Diff]()
        for batch, is_last in batches(contributions, _weight, most=ROWS_AT_ONCE):
            work = partial(self._put_batch, put=put, batch=batch, stamp=stamp, is_last=is_last)
            put = self._server.write(work)
            diffs += put.diffs
        return diffs

    def rehearse(self, contributions: Iterable[Contribution]) -> list[Diff]:
        """The diffs that `put` would give, of one transaction that is taken back; nothing is written."""
        given = list(contributions)

        def work(cypher: Cypher) -> list[Diff]:
            return self._put_steps(cypher, Change(), given, "")

        return self._server.write(work, keep=False)

    def remove(self, document: str) -> Diff:
        """Take a document and its evidence out; raises `NotFoundError` where it is not loaded."""
        return self._server.write(lambda cypher: self._remove(cypher, document))

    def _put_batch(
        self, cypher: Cypher, *, put: _Put, batch: Sequence[Contribution], stamp: str, is_last: bool
    ) -> _Put:
        change = Change()
        diffs = self._put_steps(cypher, change, batch, stamp)
        hashes = (one.document.content_hash for one, diff in zip(batch, diffs, strict=True) if not diff.note)
        inputs = put.inputs.union(hashes)
        if is_last:
            mark_known(cypher, inputs, stamp)
        return _Put(self._finish(cypher, change, put.chain), inputs, tuple(diffs))

    def _put_steps(
        self, cypher: Cypher, change: Change, contributions: Sequence[Contribution], stamp: str
    ) -> list[Diff]:
        steps = (Step(cypher, change, step) for step in distinct(contributions))
        return [diff for step in steps for diff in step.put(stamp=stamp, clock=self._clock)]

    def _remove(self, cypher: Cypher, document: str) -> Diff:
        loaded = find_loaded(cypher, [document]).get(document)
        if loaded is None:
            raise NotFoundError(f"no document {document!r} in the graph: `kg stats` and `kg search` show what is")
        change, rows = Change(due=loaded.restricted), Rows()
        replaced = rows.replace(change, find_owned(cypher, [document]).get(document, {}), ())
        rows.write(cypher)
        delete_document(cypher, document, loaded)
        forget_dormant(cypher, [document])
        diff = Diff(document, loaded.version, None, retracted=replaced.retracted, time=self._clock())
        change.changes.append(diff)
        change.log.append(repr(diff))
        self._finish(cypher, change, None)
        return diff

    def _finish(self, cypher: Cypher, change: Change, chain: Chain | None) -> Chain | None:
        """Derive the facts that changed, and write down what happened; the chain of versions after it."""
        derive(cypher, change.facts)
        drop_orphans(cypher, change.ends)
        log_changes(cypher, change.changes)
        if change.due:
            write_meta(cypher, DUE, "yes")
        return grow(cypher, chain, change.log, self._clock()) if change.log else chain


def _weight(contribution: Contribution) -> int:
    """How much of a transaction a document takes, in rows of evidence."""
    text = len(contribution.document.text) // CHARACTERS_A_ROW
    return 1 + len(contribution.evidence) + len(contribution.asleep) + text
