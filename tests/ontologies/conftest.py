"""The starter terminologies, compiled once for all tests that ask for them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from ontologies.lexicon import Lexicon
from ontologies.registry import open_lexicon
from ontologies.starter.sources import read_sources


@pytest.fixture(scope="session")
def starter(kg_home: Path) -> Lexicon:
    """The lexicon that a new user has."""
    return open_lexicon(home=kg_home)


@pytest.fixture
def bare_home(tmp_path: Path) -> Path:
    """A home folder from which the terminologies of the starter were removed."""
    folder = tmp_path / "home" / "terminologies"
    folder.mkdir(parents=True)
    removed = [source.name for source in read_sources()]
    (folder / "added.json").write_bytes(orjson.dumps({"added": [], "removed": removed}))
    return tmp_path / "home"
