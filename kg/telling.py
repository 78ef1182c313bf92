"""What commands say beside their output."""

from __future__ import annotations

import click

from ontologies.printable import printable


def counted(number: int, word: str) -> str:
    """A number with the word for what it counts: "1 input", "2,000 inputs"."""
    return f"{number:,} {word if number == 1 else f'{word}s'}"


def tell(sentence: str) -> None:
    """Say a sentence on standard error; nothing that data brought into it steers the terminal."""
    click.echo(printable(sentence), err=True)
