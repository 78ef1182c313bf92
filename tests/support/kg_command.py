"""The `kg` command as tests run it: a process of its own, with a home and a graph of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
