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
def command(inputs: tuple[Path, ...], as_json: bool, text: bool) -> None:
    """Print sections, mentions and relations of the documents in INPUTS, without any store.

    With --json: one JSON line a document; offsets count Unicode characters of the document's text. The same
    extraction that `kg build` uses. Unreadable inputs are named on standard error and the exit status is 3.

    \b
    Example:  kg extract label.xml --json --text > label.jsonl
    """
    from kg.cli import EXIT_QUARANTINED

    failed: list[str] = []
    for extraction in _extractions(inputs, failed):
        _print(extraction, as_json=as_json, text=text)
    if failed:
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
