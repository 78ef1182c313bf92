"""What goes wrong while a real Neo4j server is written to: a clear error, and the same call again makes it good."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg.errors import StoreError
from kg.model import Contribution, FactQuery
from kg.neo4j_server.control import get_running, start_server, stop_server
from kg.neo4j_server.place import Place
from kg.neo4j_server.settings import Options
from kg.neo4j_server.state import read_state
from kg.roles import Store
from kg.stores import neo4j, sqlite
from kg.stores.neo4j import server as connection
from kg.stores.neo4j import writing
from kg_command import ROOT
from kgql.app import create_app
from neo4j_server import SMALL, get_program
from tests.graphs import ASPIRIN, BLEEDING, EMBOLISM, PNEUMONIA, WARFARIN, contribution, evidence

pytestmark = pytest.mark.xdist_group("neo4j")

#: Documents of a put, and rows of a batch, which makes ten batches of it.
DOCUMENTS, BATCH = 30, 12


class Desk:
    """A server that a test may stop, end and start again, with a password that this process has."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder, get_program())

    def start(self, options: Options = SMALL) -> str:
        """The URI of the running server."""
        running, _ = start_server(self.place, options, say=lambda _: None)
        os.environ["NEO4J_PASSWORD"] = running.read_password()
        return running.uri

    def stop(self) -> None:
        stop_server(self.place, say=lambda _: None)

    def kill(self) -> None:
        """End the server as a power cut does."""
        state = read_state(self.place)
        assert state is not None
        os.kill(state.pid, signal.SIGKILL)
        while get_running(self.place) is not None:
            time.sleep(0.1)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("NEO4J_PASSWORD", "")
    monkeypatch.setenv("NEO4J_USERNAME", "neo4j")
    monkeypatch.setattr(connection, "RETRY_TIME", 1.0)
    monkeypatch.setattr(writing, "ROWS_AT_ONCE", BATCH)
    made = Desk(tmp_path / "server")
    yield made
    made.stop()


def labels() -> Iterator[Contribution]:
    """Documents of three rows that share facts and oppose each other."""
    for n in range(DOCUMENTS):
        name = f"d:{n:03d}"
        predicate = ("indicated_for", "contraindicated_in")[n % 2]
        rows = (
            evidence(WARFARIN, predicate, (EMBOLISM, PNEUMONIA)[n % 3 == 0], document=name),
            evidence(ASPIRIN, "causes_adverse_event", BLEEDING, document=name, score=0.3 + n / 100),
            evidence(WARFARIN, "interacts_with", ASPIRIN, document=name, quote=f"sentence {n}"),
        )
        yield contribution(*rows, document=name)


def interrupted(act: Callable[[], None], after: int) -> Iterator[Contribution]:
    """The labels; something happens before one of them is given."""
    for n, label in enumerate(labels()):
        if n == after:
            act()
        yield label


def assert_whole(store: Store, folder: Path) -> None:
    """The graph is that of all labels, each once."""
    assert store.check() == []
    with sqlite.open_store(str(folder), mode="create") as alone:
        alone.put(labels(), stamp="s")
        assert store.find_facts(FactQuery(), first=99) == alone.find_facts(FactQuery(), first=99)
        assert list(store.iter_evidence()) == list(alone.iter_evidence())
        assert store.find_conflicts(first=99) == alone.find_conflicts(first=99)
        assert store.get_stats() == alone.get_stats()


def test_a_server_that_is_killed_between_batches_loses_nothing_and_doubles_nothing(desk: Desk, tmp_path: Path) -> None:
    with (
        neo4j.open_store(desk.start(), mode="create") as store,
        pytest.raises(StoreError, match=r"run the same command again|no Neo4j answers"),
    ):
        store.put(interrupted(desk.kill, after=17), stamp="s")
    with neo4j.open_store(desk.start(), mode="rw") as store:
        assert store.check() == []
        assert 0 < store.get_stats().documents < DOCUMENTS
        store.put(labels(), stamp="s")
        assert_whole(store, tmp_path / "alone")
        assert not any(diff.time for diff in store.put(labels(), stamp="s"))


PUT = f"""
import sys
from kg.stores.neo4j import open_store, writing
from tests.kg.test_neo4j_failures import labels
writing.ROWS_AT_ONCE = {BATCH}
def told():
    for n, label in enumerate(labels()):
        print(n, flush=True)
        yield label
with open_store(sys.argv[1], mode="rw") as store:
    store.put(told(), stamp="s")
"""


def test_a_writer_that_is_killed_leaves_a_good_graph_that_the_next_one_finishes(desk: Desk, tmp_path: Path) -> None:
    uri = desk.start()
    with neo4j.open_store(uri, mode="create") as store:
        path = os.pathsep.join(str(ROOT / part) for part in (".", "graphql", "tests/support"))
        command = [sys.executable, "-c", PUT, uri]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}
        ) as other:
            assert other.stdout is not None
            assert any(line.strip() == b"17" for line in other.stdout)
            time.sleep(random.random() / 5)
            other.kill()
        assert store.check() == []
        store.put(labels(), stamp="s")
        assert_whole(store, tmp_path / "alone")


def test_a_database_that_is_read_only_says_so_and_is_read(desk: Desk) -> None:
    with neo4j.open_store(desk.start(), mode="create") as store:
        store.put(labels(), stamp="s")
    desk.stop()
    with neo4j.open_store(desk.start(Options(heap="512m", pagecache="128m", read_only=True)), mode="rw") as store:
        for write in (
            lambda: store.put(labels(), stamp="t"),
            lambda: store.remove("d:001"),
            lambda: store.quarantine("a", "b"),
            lambda: store.set_meta("a", "b"),
        ):
            with pytest.raises(StoreError, match=r"the database at .* is read-only: let it be written"):
                write()
        assert store.get_stats().documents == DOCUMENTS


@pytest.mark.timeout(300)
def test_a_service_whose_server_is_gone_says_so_without_trying_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with neo4j.open_store(desk.start(), mode="create"):
        pass
    monkeypatch.setattr(connection, "RETRY_TIME", 3600.0)
    with TestClient(create_app(desk.start())) as service:
        assert service.get("/readyz").json() == {"status": "ready"}
        desk.kill()
        gone = service.get("/readyz")
        assert gone.status_code == 503
        assert "see that the server runs" in gone.json()["reasons"][0]
        desk.start()
        assert service.get("/readyz").json() == {"status": "ready"}


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Callable[[int], None]]:
    """A file system of that size; what is given makes it larger."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "medkg", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can be mounted by root alone: run this test as root")

    def resize(size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}m", str(folder)], check=True)

    try:
        yield resize
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def long_labels() -> Iterator[Contribution]:
    """Documents of a megabyte that nothing makes smaller."""
    chance = random.Random(7)
    for n in range(200):
        name = f"d:{n:03d}"
        made = contribution(evidence(WARFARIN, "warns_of", BLEEDING, document=name), document=name)
        yield Contribution(
            type(made.document)(name, name, chance.randbytes(500_000).hex(), content_hash=name),
            made.nodes,
            made.evidence,
        )


def test_a_full_disk_is_told_and_what_was_committed_is_there_when_it_has_room_again(tmp_path: Path, desk: Desk) -> None:
    with small_disk(tmp_path / "small", 50) as resize:
        desk.place = Place(tmp_path / "small" / "server", desk.place.cache)
        try:
            with neo4j.open_store(desk.start(), mode="create") as store:
                with pytest.raises(StoreError, match="free some space"):
                    for label in long_labels():
                        store.put([label], stamp="s")
                with pytest.raises(StoreError, match="free some space"):
                    store.put([], stamp="s")
            resize(500)
            desk.stop()
            with neo4j.open_store(desk.start(), mode="rw") as store:
                assert store.check() == []
                put = store.get_stats().documents
                assert put > 5
                again = [
                    store.put([label], stamp="s")[0] for label, _ in zip(long_labels(), range(put + 3), strict=False)
                ]
                assert sum(bool(diff.time) for diff in again) == 3
                assert store.get_stats().evidence == put + 3
        finally:
            desk.stop()
