"""What `make` runs, with a stand-in for the environment's Python."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kg_command import ROOT

SCRIPTS = sorted(path.name for path in (ROOT / "tests" / "bench").glob("bench_*.py"))


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(("status", "ends"), [(2, 0), (1, 2)])
def test_bench_leaves_out_what_needs_arguments_and_stops_where_a_script_fails(
    tmp_path: Path, status: int, ends: int
) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$1" in *bench_fhir.py) exit {status};; esac\n', encoding="utf-8")
    python.chmod(0o755)
    words = ["make", "--always-make", "--old-file=.venv/.all", f"BIN={tmp_path}", "bench"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    ran = [line.rpartition("/")[2] for line in done.stdout.splitlines() if line.startswith("== ")]
    assert (done.returncode, ran == SCRIPTS) == (ends, ends == 0), done.stderr
    assert ("left out: tests/bench/bench_fhir.py needs arguments" in done.stdout) == (ends == 0)
