"""`kg extract`: what is found in documents, without any store."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.commands.options import GivenPath, json_option
from kg.telling import tell

if TYPE_CHECKING:
    from extractors.model import Extraction


@click.command("extract")
@click.argument("inputs", nargs=-1, required=True, type=GivenPath())
@json_option
@click.option("--text", is_flag=True, help="With --json: add the text that the offsets point into.")
@click.option("--runs", type=GivenPath(), help="Write what a build needs into this folder, for kg assemble.")
@click.option("--workers", type=click.IntRange(0), help="With --runs: worker processes. Default: one a core.")
@click.option("--ray", metavar="ADDRESS", help="With --runs: extract on a Ray cluster, as kg build does.")
def command(
    inputs: tuple[Path, ...], as_json: bool, text: bool, runs: Path | None, workers: int | None, ray: str | None
) -> None:
    """Print sections, mentions and relations of the documents in INPUTS, without any store.

    With --json: one JSON line a document; offsets count Unicode characters of the document's text. The same
    extraction that `kg build` uses. Unreadable inputs are named on standard error and the exit status is 3.

    With --runs nothing is printed of them, but all goes into files that `kg assemble` makes a graph of, here or on
    another machine. Inputs that are in a run there already are passed over.

    \b
    Example:  kg extract label.xml --json --text > label.jsonl
    Example:  kg extract dm_spl_release_human_rx_part1.zip --runs runs
    """
    from kg.cli import EXIT_QUARANTINED

    if runs is None and (workers is not None or ray is not None):
        raise click.UsageError("--workers and --ray are for --runs: name the folder that the runs go into")
    if runs is not None:
        _write_runs(inputs, runs, workers, ray, as_json=as_json)
        return
    failed: list[str] = []
    for extraction in _extractions(inputs, failed):
        _print(extraction, as_json=as_json, text=text)
    if failed:
        sys.exit(EXIT_QUARANTINED)


def _write_runs(inputs: tuple[Path, ...], runs: Path, workers: int | None, ray: str | None, *, as_json: bool) -> None:
    from extractors.estimate import estimate_items
    from extractors.inputs import iter_items
    from kg.cli import EXIT_QUARANTINED
    from kg.commands.build import chosen_runner
    from kg.commands.lexicon import opened_lexicon
    from kg.commands.progress import build_progress
    from kg.render.runs import print_extracted
    from kg.runs.extracting import extract_runs
    from ontologies.pinned import pin

    lexicon = opened_lexicon()
    with chosen_runner(workers, ray) as runner, build_progress(estimate_items(inputs)) as show:
        done = extract_runs(iter_items(inputs), runs, lexicon=pin(lexicon), runner=runner, on_progress=show)
    print_extracted(done, runs, as_json=as_json)
    if done.quarantined:
        sys.exit(EXIT_QUARANTINED)


def _extractions(inputs: tuple[Path, ...], failed: list[str]) -> Iterator[Extraction]:
    from extractors.errors import UnreadableError
    from extractors.extract import extract
    from extractors.inputs import Rejected, iter_items
    from extractors.sources import read_documents
    from kg.assemble import judged
    from kg.commands.lexicon import opened_lexicon
    from ontologies.decided import undecided

    lexicon = opened_lexicon()
    for item in iter_items(inputs):
        try:
            if isinstance(item, Rejected):
                raise UnreadableError(item.reason)
            for document in read_documents(item.data, locator=item.locator):
                yield judged(extract(document, undecided(lexicon)), lexicon)
        except UnreadableError as error:
            failed.append(item.locator)
            tell(f"kg: {item.locator}: {error}")


def _print(extraction: Extraction, *, as_json: bool, text: bool) -> None:
    if as_json:
        import orjson

        from extractors.record import to_record

        sys.stdout.buffer.write(orjson.dumps(to_record(extraction, text=text)) + b"\n")
    else:
        from kg.render import print_extraction

        print_extraction(extraction)
