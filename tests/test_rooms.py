"""The guards of the rooms: what packaging needs, and that imports go down only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import graphql
import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("shelf", ["graphql", "docker", "tests"])
def test_a_shelf_holds_no_package_file(shelf: str) -> None:
    found = (ROOT / shelf).rglob("__init__.py") if shelf == "tests" else (ROOT / shelf).glob("__init__.py")
    assert list(found) == []


def test_graphql_core_is_not_shadowed() -> None:
    assert not Path(graphql.__file__).is_relative_to(ROOT / "graphql")


def test_rooms_import_only_downwards() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'graphql'}", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_no_room_for_leftovers() -> None:
    assert [str(p) for p in ROOT.rglob("utils.py") if ".venv" not in p.parts] == []
