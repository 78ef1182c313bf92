"""The whole flow on one screen: inputs → documents → extractions → contributions → the store.

`build` takes its collaborators as arguments. Reading, extracting and assembling are one pure function of an item, which
a runner maps over all of them, here, in worker processes or on other machines; one writer, this process, commits
batches of whole documents. What is committed is a good graph
at every moment, and the same command run again goes on from there, because unchanged items are skipped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from traceback import extract_tb

from extractors.errors import UnreadableError
from extractors.extract import extract
from extractors.inputs import Item, Rejected
from extractors.model import Document
from extractors.rules import rules_stamp
from extractors.sources import read_documents
from kg.assemble import assemble
from kg.credits import keep_terminologies
from kg.model import Contribution, Diff
from kg.roles import Store
from kg.runners import Opens, Runner
from kg.version import get_version
from ontologies.decided import undecided
from ontologies.lexicon import Lexicon
from ontologies.pinned import Pinned

#: A batch is committed when it holds this many documents, or is this many seconds old.
BATCH_DOCUMENTS, BATCH_SECONDS = 200, 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: what its documents bring, and why the rest of it was left out."""

    locator: str
    content_hash: str
    contributions: tuple[Contribution, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Progress:
    """How far a build is, and at the end what it did."""

    items: int = 0
    documents: int = 0
    unchanged: int = 0
    characters: int = 0
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    diffs: list[Diff] = field(default_factory=list)
    """Of documents that changed the graph."""
    names: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """In a dry run, where the store does not know them: names of the facts that would be added."""
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def count(self, outcome: Outcome) -> None:
        """Count an outcome in."""
        self.documents += len(outcome.contributions)
        self.characters += sum(len(contribution.document.text) for contribution in outcome.contributions)
        self.quarantined += [(outcome.locator, reason) for reason in outcome.reasons]


def build(
    inputs: Iterable[Item | Rejected],
    store: Store,
    *,
    lexicon: Pinned,
    runner: Runner,
    dry_run: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """What the build did, after every input has been read into `store` or its quarantine.

    `lexicon` is what each worker opens the compiled lexicon by. With `dry_run` the diffs are worked out and nothing is
    written.
    """
    progress = Progress()
    stamp = build_stamp(_lexicon(lexicon))
    work = partial(process, lexicon=runner.share(lexicon))
    items = fresh(inputs, lambda content_hash: store.known(content_hash, stamp), progress)
    if not dry_run:
        store.set_meta("lexicon", stamp.partition("+")[0])
        keep_terminologies(store, _lexicon(lexicon).terminologies)
    for batch in _batches(outcomes_of(runner, work, items)):
        commit(store, batch, stamp, progress, dry_run=dry_run)
        on_progress(progress)
    on_progress(progress)
    return progress


def process(item: Item | Rejected, *, lexicon: Opens) -> Outcome:
    """What one item brings; never raises for what the item holds."""
    if isinstance(item, Rejected):
        return Outcome(item.locator, "", reasons=(item.reason,))
    contributions: list[Contribution] = []
    content_hash = ""
    try:
        content_hash = sha256(item.data).hexdigest()
        for document in read_documents(item.data):
            contributions.append(contribute(replace(document, content_hash=content_hash), _lexicon(lexicon)))
    except UnreadableError as error:
        return Outcome(item.locator, content_hash, tuple(contributions), (str(error),))
    return Outcome(item.locator, content_hash, tuple(contributions))


def contribute(document: Document, lexicon: Lexicon) -> Contribution:
    """What one document brings; a fault of medkg's own is this document's `UnreadableError`, and the rest goes on."""
    try:
        return assemble(extract(document, undecided(lexicon)), lexicon)
    except Exception as error:  # the outermost edge of a document
        last = extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}:{last.lineno}"
        fault = f"medkg failed on it at {place} ({type(error).__name__}: {error}); please report it with the file"
        raise UnreadableError(fault) from error


def build_stamp(lexicon: Lexicon) -> str:
    """What a document was built with: lexicon, rules and program. Another stamp means: extract again."""
    return f"{lexicon.stamp}+{rules_stamp()}+{get_version()}"


@cache
def _lexicon(lexicon: Opens) -> Lexicon:
    return lexicon.open()


def fresh(
    inputs: Iterable[Item | Rejected], is_known: Callable[[str], bool], progress: Progress
) -> Iterator[Item | Rejected]:
    """The inputs whose content, by its hash, is not known already."""
    for item in inputs:
        progress.items += 1
        if isinstance(item, Item) and _is_known(item, is_known):
            progress.unchanged += 1
        else:
            yield item


def _is_known(item: Item, is_known: Callable[[str], bool]) -> bool:
    try:
        return is_known(sha256(item.data).hexdigest())
    except UnreadableError:
        return False


def outcomes_of(
    runner: Runner, work: Callable[[Item | Rejected], Outcome], items: Iterable[Item | Rejected]
) -> Iterator[Outcome]:
    """What became of the items, as they finish."""
    for item, outcome in runner.run(work, items):
        yield outcome or Outcome(item.locator, "", reasons=("killed the process that read it; it may be hostile",))


def _batches(outcomes: Iterable[Outcome]) -> Iterator[list[Outcome]]:
    batch: list[Outcome] = []
    begun = time.monotonic()
    for outcome in outcomes:
        batch.append(outcome)
        if len(batch) >= BATCH_DOCUMENTS or time.monotonic() - begun >= BATCH_SECONDS:
            yield batch
            batch, begun = [], time.monotonic()
    if batch:
        yield batch


def commit(store: Store, batch: list[Outcome], stamp: str, progress: Progress, *, dry_run: bool = False) -> None:
    """Put what a batch brings into the store, and what could not be read onto its quarantine list."""
    contributions = [contribution for outcome in batch for contribution in outcome.contributions]
    diffs = store.rehearse(contributions) if dry_run else store.put(contributions, stamp=stamp)
    progress.diffs += [diff for diff in diffs if diff.added or diff.retracted or diff.note]
    for outcome in batch:
        progress.count(outcome)
    if dry_run:
        progress.names.update(_names(contributions))
        return
    for outcome in batch:
        for reason in outcome.reasons:
            store.quarantine(outcome.locator, reason, content_hash=outcome.content_hash)
    store.release(outcome.locator for outcome in batch if not outcome.reasons)


def _names(contributions: Iterable[Contribution]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for contribution in contributions:
        names = {node.curie: node.name for node in contribution.nodes}
        for row in contribution.evidence:
            yield row.fact_id, (names[row.subject], row.predicate, names[row.object])
