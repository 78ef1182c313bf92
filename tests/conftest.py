"""What all tests share: where the real data lies, and a plain word where it is absent."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from kg.stores.sqlite import SqliteStore, open_store
from kg_command import ROOT, Kg
from neo4j_server import Neo4jServer, get_program, serving
from neo4j_turn import Neo4jTogether
from ontologies.registry import open_lexicon
from small_graph import make_small_graph
from small_model import make_small_model

# How long an example takes says more of the machine and its other work than of the code; pytest ends what hangs.
settings.register_profile("medkg", deadline=None)
settings.load_profile("medkg")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test that asks for a Neo4j server without saying so in its name, by which processes share out tests."""
    if {"neo4j_server", "neo4j_program"} & set(getattr(item, "fixturenames", ())) and "neo4j" not in item.nodeid:
        pytest.fail("asks for a Neo4j server: its file, name or parameter must say neo4j", pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """With `-n`, tests are shared out one by one, but all of Neo4j to one process."""
    return Neo4jTogether(config, log) if config.getoption("dist") == "load" else None


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


@pytest.fixture(scope="session")
def kg_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A KG_HOME with the starter terminologies compiled, made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "kg-home"
    with FileLock(home.with_suffix(".lock")):
        open_lexicon(home=home)
    return home


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of three megabytes."""
    yield from _mounted(tmp_path / "tiny", "size=3m")


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that cannot be written to."""
    yield from _mounted(tmp_path / "fixed", "size=1m,ro")


def _mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("needs a disk of its own: run as root on Linux, where tmpfs can be mounted")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def kg(kg_home: Path, tmp_path: Path) -> Kg:
    """Runs the `kg` command as a user does, in a process of its own."""
    return Kg(kg_home, tmp_path)


@pytest.fixture(scope="session")
def small_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small real graph; for reading only."""
    return make_small_graph(tmp_path_factory.mktemp("small") / "graph")


@pytest.fixture
def modelled_graph(small_graph: Path, tmp_path: Path) -> Path:
    """A copy of the small graph with a model beside it whose vectors were written by hand."""
    folder = tmp_path / "modelled"
    shutil.copytree(small_graph, folder)
    make_small_model(folder)
    return folder


@pytest.fixture
def small_store(small_graph: Path) -> Iterator[SqliteStore]:
    """The small graph, open to read."""
    with open_store(str(small_graph)) as store:
        yield store


@pytest.fixture(scope="session")
def neo4j_program() -> Path:
    """The cache that holds Neo4j itself, fetched the first time; for tests that start servers of their own."""
    return get_program()


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """A real Neo4j server, for whatever the tests of this process do to it."""
    with serving() as server:
        yield server


@pytest.fixture
def empty_neo4j(neo4j_server: Neo4jServer) -> Neo4jServer:
    """The server with no node in its database; constraints and indexes of earlier tests are still there."""
    neo4j_server.wipe()
    return neo4j_server


@pytest.fixture
def neo4j_url(empty_neo4j: Neo4jServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of that database, to which this process has the password."""
    for name, value in empty_neo4j.environment.items():
        monkeypatch.setenv(name, value)
    return f"{empty_neo4j.uri}/{empty_neo4j.database}"
