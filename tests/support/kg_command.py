"""The `kg` command as tests run it, with a home and a graph of its own: a process of its own, or a call in this one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from kg.cli import main

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Kg:
    """The `kg` command with a home and a graph of its own."""

    home: Path
    folder: Path

    @property
    def graph(self) -> Path:
        """Where its graph lies."""
        return self.folder / "graph"

    @property
    def environment(self) -> dict[str, str]:
        """What the command runs with."""
        rooms = os.pathsep.join((str(ROOT), str(ROOT / "graphql")))
        return {**os.environ, "KG_HOME": str(self.home), "KG_GRAPH": str(self.graph), "PYTHONPATH": rooms}

    def __call__(self, *arguments: str | Path, status: int = 0) -> str:
        """What the command prints on standard output; fails unless it ends with `status`."""
        done = self.run(*arguments)
        assert done.returncode == status, f"kg {arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """The finished command."""
        command = [sys.executable, "-m", "kg", *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, encoding="utf-8"
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """The running command."""
        command = [sys.executable, "-m", "kg", *map(str, arguments)]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=quiet, stderr=quiet)


@dataclass(frozen=True)
class KgHere(Kg):
    """The `kg` command called in this process: for what does not depend on a process of its own, and much quicker."""

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """The finished command, as it would have ended in a pipe."""
        words = ["kg", *map(str, arguments)]
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8") for name in ("stdin", "stdout", "stderr")}
        with _place(self.folder, self.environment, words, streams):
            try:
                main()
                status = 0
            except SystemExit as exit_:
                status = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
        return subprocess.CompletedProcess(words, status, _text(streams["stdout"]), _text(streams["stderr"]))


@contextmanager
def _place(
    folder: Path, environment: Mapping[str, str], words: list[str], streams: Mapping[str, io.TextIOWrapper]
) -> Iterator[None]:
    """What a process would start with: folder, environment, arguments, streams."""
    before = dict(os.environ), sys.argv, sys.stdin
    with chdir(folder), redirect_stdout(streams["stdout"]), redirect_stderr(streams["stderr"]):
        try:
            _set(environment, words, streams["stdin"])
            yield
        finally:
            _set(*before)


def _set(environment: Mapping[str, str], words: list[str], stdin: TextIO) -> None:
    os.environ.clear()
    os.environ.update(environment)
    sys.argv, sys.stdin = words, stdin


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8")
