"""Assembles runs into a graph: the second half of a build, by one writer, which holds one batch of them at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from extractors.errors import UnreadableError
from kg.align import apply_since, knows_decisions
from kg.credits import keep_terminologies
from kg.errors import RunError
from kg.pipeline import BATCH_DOCUMENTS, Outcome, Progress, build_stamp, commit
from kg.roles import Store
from kg.runs.files import OPEN, Entry, Made, check_run, find_runs, iter_merged
from kg.runs.records import read_outcome
from ontologies.lexicon import Lexicon


def assemble_runs(
    folders: Iterable[Path],
    store: Store,
    lexicon: Lexicon,
    *,
    most: int = OPEN,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """What was done, after all that is in the runs of these folders is in `store`, or on its quarantine list.

    Documents are put in the order of their ids, whatever was extracted where: the graph, its version with it, is that
    of a build which reads them in this order. What is in the graph already is passed over, so that the same call goes
    on after an interruption. A run that is not whole goes to the quarantine list. Decisions that were made since are
    laid over what the runs bring.

    Raises `RunError` where there is no run, or one was made with another lexicon, other rules or another program.
    """
    stamp, progress = build_stamp(lexicon), Progress()
    whole, broken = _check(find_runs(folders), stamp)
    store.set_meta("lexicon", stamp.partition("+")[0])
    keep_terminologies(store, lexicon.terminologies)
    with tempfile.TemporaryDirectory(prefix="medkg-runs-") as scratch:
        outcomes = _fresh(iter_merged(whole, Path(scratch), most=most), store, stamp, progress)
        while batch := list(islice(outcomes, BATCH_DOCUMENTS)):
            commit(store, batch, stamp, progress)
            on_progress(progress)
    commit(store, [Outcome(str(path), "", reasons=(reason,)) for path, reason in broken], stamp, progress)
    store.release(map(str, whole))
    for line in sorted({made.decisions for made in whole.values()}):
        apply_since(store, lexicon, line)
    on_progress(progress)
    return progress


def _check(paths: Iterable[Path], stamp: str) -> tuple[dict[Path, Made], list[tuple[Path, str]]]:
    """The runs that are whole, and the others with what is wrong with them."""
    whole, broken = {}, []
    for path in paths:
        try:
            made = check_run(path)
        except UnreadableError as error:
            broken.append((path, str(error)))
            continue
        if made.stamp != stamp:
            raise RunError(
                f"{path} was made with {made.stamp}, and this is {stamp}: use the same medkg and the same lexicon "
                "everywhere, and extract its inputs again"
            )
        if not knows_decisions(made.decisions):
            raise RunError(
                f"{path} was made with decisions that are not in the log here: bring them with kg align import"
            )
        whole[path] = made
    return whole, broken


def _fresh(entries: Iterable[Entry], store: Store, stamp: str, progress: Progress) -> Iterator[Outcome]:
    """The outcomes that are not in the store already, each once."""
    last: tuple[object, ...] = ()
    for (*said, locator), record in entries:
        progress.items += 1
        now = tuple(said if said[0] else (*said, locator))
        if now == last or (said[0] and store.known(str(said[2]), stamp)):
            progress.unchanged += 1
        else:
            yield read_outcome(record)
        last = now
