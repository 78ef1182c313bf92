"""Extracts inputs into runs: the first half of a build, on as many machines as there are, with no graph at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from extractors.errors import UnreadableError
from extractors.inputs import Item, Rejected
from kg.errors import RunError
from kg.pipeline import Outcome, Progress, build_stamp, fresh, outcomes_of, process
from kg.runners import Runner
from kg.runs.files import ENDING, Entry, Made, check_run, iter_entries, write_run
from kg.runs.records import key_of, write_outcome
from ontologies.pinned import Pinned

#: Bytes of JSON that are sorted in memory and become one run.
RUN_BYTES = 64 << 20


def extract_runs(
    inputs: Iterable[Item | Rejected],
    folder: Path,
    *,
    lexicon: Pinned,
    runner: Runner,
    run_bytes: int = RUN_BYTES,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """What was done, after every input is in a run in `folder`; inputs that are in one already are passed over.

    Interrupted, the same call goes on behind the last run. Raises `RunError` where the folder holds runs made with
    another lexicon, other rules or another program, or ones that are not whole.
    """
    opened = lexicon.open()
    made, progress = Made(build_stamp(opened), opened.decisions), Progress()
    known = _read_known(folder, made)
    items = fresh(inputs, known.__contains__, progress)
    work = partial(process, lexicon=runner.share(lexicon))
    for entries in _sorted(outcomes_of(runner, work, items), run_bytes, progress):
        write_run(folder, made, entries)
        on_progress(progress)
    on_progress(progress)
    return progress


def _read_known(folder: Path, made: Made) -> set[str]:
    """The hashes of the contents that are in runs already, and could be read."""
    known: set[str] = set()
    for path in sorted(folder.glob(f"*{ENDING}")):
        try:
            found = check_run(path)
        except UnreadableError as error:
            raise RunError(f"{path} {error}; remove it first") from error
        if found.stamp != made.stamp:
            raise RunError(f"{folder} has runs made with {found.stamp}, and this is {made.stamp}: name a new folder")
        known.update(content_hash for (id_, _, content_hash, _), _ in iter_entries(path) if id_)
    return known


def _sorted(outcomes: Iterable[Outcome], run_bytes: int, progress: Progress) -> Iterator[list[Entry]]:
    """The outcomes as entries of runs, each run in order."""
    entries: list[Entry] = []
    size = 0
    for outcome in outcomes:
        progress.count(outcome)
        entries.append((key_of(outcome), write_outcome(outcome)))
        size += len(entries[-1][1])
        if size >= run_bytes:
            yield sorted(entries)
            entries, size = [], 0
    if entries:
        yield sorted(entries)
