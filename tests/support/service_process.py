"""Runs `kg serve` as a user does, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg_command import ROOT, Kg


@contextmanager
def serving(graph: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a running `kg serve`, and its process."""
    environment = Kg(graph.parent / "home", graph.parent).environment
    command = [sys.executable, "-m", "kg", "serve", "--graph", str(graph), "--port", "0", *options]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            yield found.group(), process
        finally:
            process.terminate()
