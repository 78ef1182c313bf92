"""The lexicon as the commands use it: compiled from the terminologies the first time, with a word about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon


def opened_lexicon() -> Lexicon:
    """The compiled lexicon; the first use compiles the starter terminologies, which takes some seconds."""
    from ontologies.registry import open_lexicon

    return open_lexicon(progress=StageReporter())


def lexicon_folder() -> Path:
    """The folder of the compiled lexicon, compiled first where need be; worker processes open it for themselves."""
    from ontologies.home import get_home

    opened_lexicon()
    return get_home() / "lexicon"


class StageReporter:
    """Says on standard error which stage of compiling has begun, each once."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, stage: str, _done: int, _total: int) -> None:
        """Say the stage, if it is a new one."""
        if stage != self._stage:
            self._stage = stage
            click.echo(f"kg: compiling the lexicon (once): {stage}", err=True)
