"""The embedded store as a file: opened, locked, killed, full, read-only, damaged, newer than the program."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from kg.errors import StoreError, UnknownNameError
from kg.model import Contribution, FactQuery
from kg.stores import connect
from kg.stores.sqlite import SqliteStore, open_store
from kg.stores.sqlite.database import FILE, Database, open_database
from tests.graphs import BLEEDING, EMBOLISM, WARFARIN, contribution, evidence, said

ROOT = Path(__file__).parent.parent.parent

ONE = said("d:1", WARFARIN, "warns_of", BLEEDING)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A graph of one document, closed."""
    store = connect(tmp_path / "graph", mode="create")
    store.put([ONE])
    store.close()
    return tmp_path / "graph"


def count(where: Path) -> int:
    store = connect(where)
    try:
        return store.get_stats().documents
    finally:
        store.close()


def test_a_missing_graph_says_how_to_build_one(tmp_path: Path) -> None:
    for mode in ("r", "rw"):
        with pytest.raises(StoreError, match="kg build"):
            connect(tmp_path / "none", mode=mode)
    assert not (tmp_path / "none").exists()


def test_an_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="file://"):
        connect("gopher://host/graph")


def test_a_file_in_place_of_a_folder_is_told_apart(folder: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        connect(folder / FILE)


def test_another_sqlite_file_is_no_graph(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / FILE))
    connection.execute("create table other (a)")
    connection.close()
    for mode in ("r", "rw", "create"):
        with pytest.raises(StoreError, match="not a graph"):
            connect(tmp_path, mode=mode)


def test_a_file_that_is_no_database_is_no_graph(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"hello" * 1000)
    for mode in ("r", "rw"):
        with pytest.raises(StoreError, match="not a graph"):
            connect(tmp_path, mode=mode)


def test_a_newer_format_asks_for_a_newer_program(folder: Path) -> None:
    connection = apsw.Connection(str(folder / FILE))
    connection.execute("pragma user_version=99")
    connection.close()
    with pytest.raises(StoreError, match=r"format 99.*update medkg"):
        connect(folder)


def test_damage_is_named_and_not_answered_from(folder: Path) -> None:
    data = bytearray((folder / FILE).read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    (folder / FILE).write_bytes(data)
    with pytest.raises(StoreError, match="damaged"), open_store(str(folder)) as store:
        store.find_facts(FactQuery(), first=5)


def test_a_second_writer_is_refused_until_the_first_lets_go(folder: Path) -> None:
    first = connect(folder, mode="rw")
    with pytest.raises(StoreError, match="another process writes"):
        connect(folder, mode="rw")
    first.close()
    connect(folder, mode="rw").close()


def test_a_writer_in_another_process_is_noticed_and_its_death_frees_the_graph(folder: Path) -> None:
    script = (
        "import sys; from kg.stores import connect; held = connect(sys.argv[1], mode='rw'); print(flush=True); input()"
    )
    other = subprocess.Popen([sys.executable, "-c", script, folder], stdin=-1, stdout=-1, env=environment())
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(StoreError, match="another process writes"):
        connect(folder, mode="rw")
    other.kill()
    other.wait()
    connect(folder, mode="rw").close()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'graphql'}"}


def test_a_reader_cannot_write(folder: Path) -> None:
    store = connect(folder)
    with pytest.raises(StoreError, match="mode='rw'"):
        store.put([ONE])
    store.close()


def test_the_same_again_does_not_touch_the_file(folder: Path) -> None:
    with open_store(str(folder), mode="rw") as store:
        reader = apsw.Connection(str(folder / FILE), flags=apsw.SQLITE_OPEN_READONLY)
        version, changes = reader.execute("pragma data_version").get, store._db.connection.total_changes()
        store.put([ONE])
        store.set_meta("changed_at", store.get_meta()["changed_at"])
        assert reader.execute("pragma data_version").get == version
        assert store._db.connection.total_changes() == changes
        store.put([said("d:1", WARFARIN, "warns_of", EMBOLISM, version=2)])
        assert reader.execute("pragma data_version").get != version
        reader.close()


def test_the_clock_is_the_caller_s(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "g"), mode="create", clock=lambda: "2001-02-03T04:05:06+00:00") as store:
        (diff,) = store.put([ONE])
        assert diff.time == store.list_documents(first=1)[0].loaded == "2001-02-03T04:05:06+00:00"
        assert [change.time for change in store.iter_changes()] == [diff.time]


def test_a_reader_keeps_its_snapshot_and_sees_the_next_commit_in_its_next_question(folder: Path) -> None:
    writer, reader = open_store(str(folder), mode="rw"), open_store(str(folder))
    with reader._db.read() as connection:
        before = connection.execute("select count(*) from facts").get
        writer.put([said("d:2", WARFARIN, "indicated_for", EMBOLISM)])
        assert connection.execute("select count(*) from facts").get == before == 1
    assert len(reader.find_facts(FactQuery(), first=10).facts) == 2
    writer.close()
    reader.close()


def test_an_interrupted_batch_leaves_nothing_of_itself(folder: Path) -> None:
    def batch() -> Iterator[Contribution]:
        yield said("d:2", WARFARIN, "indicated_for", EMBOLISM)
        raise KeyboardInterrupt

    with open_store(str(folder), mode="rw") as store:
        with pytest.raises(KeyboardInterrupt):
            store.put(batch())
        assert store.get_stats().documents == 1
        store.put([said("d:2", WARFARIN, "indicated_for", EMBOLISM)])
        assert store.get_stats().facts == 2


def capped(folder: Path, pages: int) -> SqliteStore:
    """A store whose file may not outgrow `pages` more pages: SQLite raises the error of a full disk."""
    store = open_store(str(folder), mode="rw")
    connection = store._db.connection
    now = connection.execute("pragma page_count").get
    connection.execute(f"pragma max_page_count={now + pages}").fetchall()
    return store


def big(number: int) -> Iterator[Contribution]:
    for n in range(number):
        rows = [evidence(WARFARIN, "warns_of", BLEEDING, document=f"big:{n}", quote=f"{i} " * 200) for i in range(40)]
        yield contribution(*rows, document=f"big:{n}")


def test_a_full_disk_is_named_and_the_last_batch_stands(folder: Path) -> None:
    with capped(folder, 40) as store:
        with pytest.raises(StoreError, match=r"disk full: .* MB left. Free some space and run the same command again"):
            store.put(big(50))
        assert store.get_stats().documents == 1
    with open_store(str(folder), mode="rw") as store:
        store.put(big(50))
        assert store.get_stats().documents == 51


@pytest.fixture
def mount() -> Iterator[Callable[..., None]]:
    """Mounts a file system for the test, or skips it loudly where that is not allowed."""
    mounted: list[Path] = []

    def mount_(*arguments: str | Path) -> None:
        if os.geteuid() != 0 or shutil.which("mount") is None:
            pytest.skip("needs root and mount(8) to make a file system of its own")
        done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
        mounted.append(Path(arguments[-1]))

    yield mount_
    for target in reversed(mounted):
        subprocess.run(["umount", "-l", str(target)], check=False)


def test_a_disk_that_is_really_full_is_named(tmp_path: Path, mount: Callable[..., None]) -> None:
    (tmp_path / "disk").mkdir()
    mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", tmp_path / "disk")
    folder = tmp_path / "disk" / "graph"
    with open_store(str(folder), mode="create") as store:
        store.put([ONE])
        with pytest.raises(StoreError, match=r"disk full: .* Free some space"):
            store.put(big(300))
        assert store.get_stats().documents == 1
    assert count(folder) == 1


def test_a_read_only_disk_can_be_read_and_says_so_when_written(
    folder: Path, tmp_path: Path, mount: Callable[..., None]
) -> None:
    target = tmp_path / "frozen"
    target.mkdir()
    mount("--bind", folder, target)
    mount("-o", "remount,ro,bind", folder, target)
    assert count(target) == 1
    with pytest.raises(StoreError, match=r"cannot be written.*make the folder writable"):
        connect(target, mode="rw")


def test_a_folder_that_may_not_be_written_can_be_read(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere; the test with a read-only disk covers it")
    folder.chmod(0o500)
    try:
        assert count(folder) == 1
        with pytest.raises(StoreError, match="cannot be written"):
            connect(folder, mode="rw")
    finally:
        folder.chmod(0o700)


def test_a_read_only_copy_taken_beside_a_writer_is_refused_rather_than_read_without_its_last_changes(
    folder: Path, tmp_path: Path, mount: Callable[..., None]
) -> None:
    writer = connect(folder, mode="rw")
    writer.put([said("d:2", WARFARIN, "indicated_for", EMBOLISM)])
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (FILE, f"{FILE}-wal"):
        shutil.copy(folder / name, copy)
    writer.close()
    target = tmp_path / "frozen"
    target.mkdir()
    mount("--bind", copy, target)
    mount("-o", "remount,ro,bind", copy, target)
    with pytest.raises(StoreError, match="never folded in"):
        connect(target)


WRITE_FOREVER = """
import sys
from kg.stores import connect
from tests.graphs import *
store = connect(sys.argv[1], mode="create")
start = store.get_stats().documents
n = start
while True:
    batch = []
    for n in range(n, n + 5):
        rows = [evidence(WARFARIN, "warns_of", node, document=f"d:{n}", quote=f"{n} {i}") for i in range(20)
                for node in (BLEEDING, EMBOLISM)]
        batch.append(contribution(*rows, document=f"d:{n}"))
    n += 1
    store.put(batch, stamp="s")
    print(n, flush=True)
"""


def test_a_killed_writer_loses_no_committed_batch_and_leaves_no_half_document(tmp_path: Path) -> None:
    folder, chance = tmp_path / "graph", random.Random(5)
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, folder], stdout=-1, env=environment())
        assert writer.stdout is not None
        acknowledged = int(writer.stdout.readline())
        time.sleep(chance.uniform(0.0, 0.4))
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in writer.stdout.read().split())])
        writer.wait()
        database = open_database(folder, mode="rw")
        assert_whole(database, acknowledged)
        database.close()


def assert_whole(database: Database, acknowledged: int) -> None:
    connection = database.connection
    assert connection.execute("pragma integrity_check").get == "ok"
    documents = connection.execute("select count(*) from documents").get
    assert documents >= acknowledged
    assert documents % 5 == 0
    assert connection.execute("select count(*) from evidence").get == documents * 40
    assert set(connection.execute("select evidence, documents from facts")) == {(documents * 20, documents)}


LOAD_SLOWLY = """
import sys
from kg.stores.sqlite import open_store
from tests.graphs import *

def rows():
    for n in range(400_000):
        if n % 20_000 == 0:
            print(n, flush=True)
        yield evidence(WARFARIN, "warns_of", BLEEDING, document="d", quote=f"quote {n} " * 20)

open_store(sys.argv[1], mode="create").load(NODES, rows(), [Document("d", "", "")])
"""


def test_a_killed_load_leaves_an_empty_graph_that_can_be_read_and_loaded(tmp_path: Path) -> None:
    loader = subprocess.Popen([sys.executable, "-c", LOAD_SLOWLY, tmp_path], stdout=-1, env=environment())
    assert loader.stdout is not None
    while int(loader.stdout.readline()) < 80_000:
        pass
    loader.kill()
    loader.wait()
    assert (tmp_path / f"{FILE}-journal").exists()
    assert count(tmp_path) == 0
    with open_store(str(tmp_path), mode="rw") as store:
        assert store.check() == []
        store.put([ONE])
    assert count(tmp_path) == 1


def test_evidence_with_the_id_of_another_fact_is_refused(folder: Path) -> None:
    row = replace(evidence(WARFARIN, "warns_of", EMBOLISM), fact_id="0" * 32)
    with open_store(str(folder), mode="rw") as store, pytest.raises(StoreError, match=r"kg\.identity"):
        store.put([contribution(row)])


def test_readers_go_on_while_another_process_writes(tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    writer = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, folder], stdout=-1, env=environment())
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        store = connect(folder)
        seen = []
        for _ in range(100):
            (fact, *_) = store.find_facts(FactQuery(about=WARFARIN.curie), first=2).facts
            assert fact.evidence_count == fact.documents * 20
            seen.append(fact.documents)
        store.close()
        assert seen == sorted(seen)
    finally:
        writer.kill()
        writer.wait()
