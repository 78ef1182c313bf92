"""What is being done to a server, on standard error: one changing line in a terminal, else a line for each stage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kg.telling import tell


@contextmanager
def server_progress() -> Iterator[Callable[[str], None]]:
    """Gives the function that takes what is being done."""
    if not sys.stderr.isatty():
        yield _stages()
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("one moment") as status:
        yield lambda doing: status.update(escape(doing))


def _stages() -> Callable[[str], None]:
    last = ""

    def say(doing: str) -> None:
        nonlocal last
        stage = doing.partition(":")[0]
        if stage != last:
            last = stage
            tell(f"kg: {stage}")

    return say
