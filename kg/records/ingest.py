"""The whole flow on one screen: places → rows → (without identifiers) → concepts → the events store.

Reading and writing happen in this process, cleaning in worker processes, everything in the order of the source. Rows
are committed batch by batch together with how far their input was read, so that a run may be killed at any moment and
the same command goes on from there. What identifies patients lies in a `Vault` while notes are searched for it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from extractors.errors import InputError, UnreadableError
from extractors.events import RecordSource, Refused, Row
from extractors.items import readable
from extractors.places import Place, iter_places
from extractors.sources import is_anonymous
from kg.naming import SITE, check_name
from kg.records.cleaning import CleanBatch, Cleaner, Failed, Numbered, Removed
from kg.records.edges import Readers
from kg.records.inputs import InputState
from kg.records.keys import Keys
from kg.records.known import Known
from kg.records.naming_inputs import hash_of, hash_of_path, hashes_of_members, place_in, told
from kg.records.progress import Progress, Settings
from kg.records.refusing import Broken, why_unknown
from kg.records.store import RecordStore
from kg.records.vault import Vault
from kg.version import get_version
from kg.workers import run_in_order

#: Rows that are cleaned and committed together.
BATCH_ROWS = 2000

#: The readers in `extractors/sources/`.
READERS = Readers()


def ingest(
    paths: Sequence[Path],
    store: RecordStore,
    *,
    keys: Keys,
    settings: Settings,
    readers: Readers = READERS,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """What was read from `paths` into `store`, and what was refused.

    `store` has been made ready with `start_writing`. Raises `InputError` before anything is read where a path does not
    exist, `KGError` where the site may not be called so, and `RecordsError` where the store cannot be written; all that
    was committed before is good.
    """
    _check_site(settings.site, store)
    progress = Progress()
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(f"{readable(str(path))}: no such file or folder; check the path")
    with Vault(store.folder) as vault:
        known = Known(vault, lambda space: _read_again(paths, space, settings.site, readers, progress, on_progress))
        run = _Run(store, known, keys, settings, readers, progress, on_progress)
        run.read(_places(paths, readers))
    progress.step = "writing the file anew, where anything was erased"
    on_progress(progress)
    store.compact()
    return progress


def _check_site(site: str, store: RecordStore) -> None:
    # Under another name the patients of a site that is known would be others.
    if site and site not in {known for _, known in store.get_inputs().spaces()}:
        check_name(site, SITE)


def space_of(source: str, site: str) -> str:
    """Within what ids are unique: a site, which may have records in several layouts, or else a layout."""
    return f"site {site}" if site else f"source {source}"


class _Job(NamedTuple):
    """A batch of an input and what cleans it; nothing cleans the empty one behind the last, the end of the input."""

    cleaner: Cleaner | None
    batch: Sequence[Numbered | Failed]


def _clean(job: _Job) -> CleanBatch:
    return job.cleaner(job.batch) if job.cleaner else CleanBatch([], Removed())


@dataclass(slots=True)
class _Run:
    """What the inputs of a run have in common; the workers go from one input to the next."""

    store: RecordStore
    known: Known
    keys: Keys
    settings: Settings
    readers: Readers
    progress: Progress
    on_progress: Callable[[Progress], None]

    def read(self, places: Iterable[Place]) -> None:
        """Reads, cleans and commits the inputs in their order."""
        waiting: deque[_Input] = deque()
        for job, cleaned in run_in_order(_clean, self._jobs(places, waiting), workers=self.settings.workers):
            waiting.popleft().take(job, cleaned)
            self.on_progress(self.progress)

    def _jobs(self, places: Iterable[Place], waiting: deque[_Input]) -> Iterator[_Job]:
        for place in places:
            self.progress.inputs += 1
            self.on_progress(self.progress)
            input_ = _Input(place, self)
            for job in input_.jobs():
                waiting.append(input_)
                yield job


class _Input:
    """One input of a run."""

    def __init__(self, place: Place, run: _Run) -> None:
        self._place = place
        self._store = run.store
        self._known = run.known
        self._keys = run.keys
        self._settings = run.settings
        self._readers = run.readers
        self._progress = run.progress
        self._name = ""
        self._failure = ""
        self._number = self._done = 0

    def jobs(self) -> Iterator[_Job]:
        """Its rows as far as it can be read, and was not read before, and its end."""
        path = hash_of_path(self._place.locator, key=self._keys.inputs)
        self._name = told(path)
        try:
            source, hash_ = self._look()
        except UnreadableError as error:
            self._progress.refuse(self._name, "", str(error))
            with self._store.batch() as (_, inputs):
                inputs.refuse_whole(path, self._settings.site, str(error), get_version())
            return
        self._name = told(hash_)
        state = self._find_state(path, hash_, source)
        if state.finished and not self._settings.again:
            self._progress.unchanged += 1
            return
        self._progress.leave_aside(source.name, self._readers.find_unread(source, self._place))
        space = space_of(source.name, self._settings.site)
        self._number = state.id
        self._done = 0 if state.finished else state.rows_to_skip(get_version())
        cleaner = self._settings.cleaner(self._keys.cleaning(space))
        yield from (_Job(cleaner, batch) for batch in self._batches(source, space, self._done))
        yield _Job(None, ())

    def take(self, job: _Job, cleaned: CleanBatch | None) -> None:
        """Commits a job of it that was done, in their order; None where it killed the process that did it."""
        if job.cleaner is None:
            self._finish()
            return
        rows, removed = _died(job.batch) if cleaned is None else cleaned
        self._done = job.batch[-1].number
        self._progress.removed.add(removed)
        self._commit(rows)

    def _find_state(self, path: bytes, hash_: bytes, source: RecordSource) -> InputState:
        site = self._settings.site
        with self._store.batch() as (_, inputs):
            state = inputs.find(hash_, source.name, site)
            state = state or inputs.add(hash_, source.name, site, get_version())
            inputs.lay_at(path, site, state.id)
            inputs.lay_within(hashes_of_members(self._place, key=self._keys.inputs), site, state.id)
        return state

    def _look(self) -> tuple[RecordSource, bytes]:
        """What reads the input, and the hash of its content; raises `UnreadableError` where all of it is refused."""
        if isinstance(self._place, Broken):
            raise UnreadableError(self._place.reason)
        if not any(member.size for member in self._place.members):
            raise UnreadableError("is empty: export it again, or take it away")
        source = self._readers.find(self._place)
        hash_ = hash_of(self._place, key=self._keys.inputs)
        if source is None:
            raise UnreadableError(why_unknown(self._place))
        return source, hash_

    def _batches(self, source: RecordSource, space: str, done: int) -> Iterator[list[Numbered | Failed]]:
        """The rows after the first `done`, which are only looked through for what identifies patients."""
        batch: list[Numbered | Failed] = []
        for number, row in enumerate(self._rows(source), start=1):
            if not isinstance(row, Refused):
                self._known.hold(row, space)
            if number > done:
                batch.append(self._numbered(number, row, space))
            if len(batch) >= BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch

    def _rows(self, source: RecordSource) -> Iterator[Row | Refused]:
        try:
            yield from self._readers.read(source, self._place)
        except UnreadableError as error:
            self._failure = str(error)

    def _numbered(self, number: int, row: Row | Refused, space: str) -> Numbered | Failed:
        if isinstance(row, Refused):
            return Failed(number, row.reason, place_in(row, self._place, number), kept=row.kept)
        return Numbered(number, row, self._known.of(row, space))

    def _commit(self, cleaned: Sequence[Row | Failed]) -> None:
        failed = [each for each in cleaned if isinstance(each, Failed) and not each.kept]
        rows = [each for each in cleaned if not isinstance(each, Failed)]
        kept = self._store.without_forgotten(rows)
        with self._store.batch() as (writer, inputs):
            writer.put(kept)
            patients = [writer.patient(each.patient) if each.patient else 0 for each in failed]
            inputs.refuse(
                (self._number, each.number, patient, each.place, each.reason)
                for each, patient in zip(failed, patients, strict=True)
            )
            inputs.advance(self._number, self._done, finished=False, version=get_version())
        self._progress.note(kept, left_out=len(rows) - len(kept))
        for told_of in (each for each in cleaned if isinstance(each, Failed)):
            tell = self._progress.warn if told_of.kept else self._progress.refuse
            tell(self._name, told_of.place, told_of.reason)

    def _finish(self) -> None:
        """Notes that all of it is kept; or why the rest of it is not, which is tried again in the next run."""
        number, done = self._number, self._done
        with self._store.batch() as (_, inputs):
            inputs.advance(number, done, finished=not self._failure, version=get_version())
            inputs.release(number, after=done)
            if self._failure:
                inputs.refuse([(number, done + 1, 0, "", self._failure)])
        if self._failure:
            self._progress.refuse(self._name, "", self._failure)


def _places(paths: Sequence[Path], readers: Readers) -> Iterator[Place]:
    """The places in the paths, those that cannot be looked into among them."""
    broken: list[Broken] = []
    for place in iter_places(paths, readers.claimed, on_broken=lambda *told: broken.append(Broken.of(*told))):
        yield from broken
        broken.clear()
        yield place
    yield from broken


def _died(batch: Sequence[Numbered | Failed]) -> CleanBatch:
    reason = "is among records that killed the process which read them; they may be hostile"
    failed: list[Row | Failed] = [
        each if isinstance(each, Failed) else Failed(each.number, reason, f"record {each.number}") for each in batch
    ]
    return CleanBatch(failed, Removed())


def _read_again(
    paths: Sequence[Path],
    space: str,
    site: str,
    readers: Readers,
    progress: Progress,
    on_progress: Callable[[Progress], None],
) -> Iterator[Row]:
    """All rows of a space in the inputs of this run that may name people, before its first note is cleaned."""
    before, progress.step = progress.step, "looking for names before notes are cleaned"
    for place in _places(paths, readers):
        on_progress(progress)
        # What is wrong with an input is told when its turn comes.
        with suppress(UnreadableError):
            source = None if isinstance(place, Broken) else readers.find(place)
            if source is not None and not is_anonymous(source) and space_of(source.name, site) == space:
                yield from (row for row in readers.read(source, place) if not isinstance(row, Refused))
    progress.step = before
