"""What commands say beside their output."""

from __future__ import annotations

from collections.abc import Mapping

import click

from ontologies.printable import printable


def tell(sentence: str) -> None:
    """Say a sentence on standard error; nothing that data brought into it steers the terminal."""
    click.echo(printable(sentence), err=True)


def tell_left_behind(meta: Mapping[str, str]) -> None:
    """Say so where words of restricted documents that went, or changed, may lie in the files of a graph's server."""
    from kg.stores.versions import DUE

    if DUE in meta:
        tell("words of restricted documents that went may lie in the server's files still: see docs/neo4j.md, Writing")
