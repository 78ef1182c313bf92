"""What commands say beside their output."""

from __future__ import annotations

import click

from ontologies.printable import printable


def tell(sentence: str) -> None:
    """Say a sentence on standard error; nothing that data brought into it steers the terminal."""
    click.echo(printable(sentence), err=True)
