"""The lexicon as the commands use it: compiled from the starter terminologies the first time, with a word about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon


def opened_lexicon() -> Lexicon:
    """The compiled lexicon; the first use compiles the starter terminologies, which takes some seconds."""
    from ontologies.registry import open_lexicon

    return open_lexicon(on_progress=lambda step: click.echo(f"kg: {step}", err=True))
