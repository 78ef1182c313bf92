"""What all tests share: where the real data lies, and a plain word where it is absent."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def samples() -> Path:
    """The folder of small samples written by us."""
    return ROOT / "tests" / "samples"


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """Gives the folder of a shared data set, or skips the test where it is absent."""

    def find(name: str) -> Path:
        folder = Path(os.environ.get("MEDKG_SHARED_DATA") or ROOT.parent / "shared" / "data") / name
        if not folder.exists():
            pytest.skip(f"needs the data set {name!r}: set MEDKG_SHARED_DATA to the folder that holds it")
        return folder

    return find
