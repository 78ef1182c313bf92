"""The local Neo4j server: started once, found again, stopped, and what is said when it cannot be."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import ClientError

from kg.errors import ServerError
from kg.neo4j_server.control import start_server
from kg.neo4j_server.java import choose_collector
from kg.neo4j_server.place import Place
from kg.neo4j_server.settings import Asked, Options, Ports
from kg.neo4j_server.state import State, hold_alive, read_state, write_state
from kg_command import Kg
from neo4j_server import Neo4jServer

#: A small server, so that it starts beside others.
START = ("neo4j", "start", "--heap", "400m", "--pagecache", "64m", "--json")


@pytest.fixture
def desk(tmp_path: Path, neo4j_program: Path) -> Iterator[Kg]:
    """A `kg` with a home of its own, whose server does not outlive the test."""
    kg = Kg(tmp_path / "home of 华法林", tmp_path)
    yield kg
    kg("neo4j", "stop")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kg:
    """A `kg` with nothing fetched yet, and neither Java nor Maven on its path."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "bin").mkdir()
    return Kg(tmp_path / "home", tmp_path)


def add_program(kg: Kg, name: str, script: str) -> None:
    """Put a program on the path of a bare `kg`."""
    file = kg.folder / "bin" / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def add_java(kg: Kg) -> None:
    """Put this machine's Java on the path of a bare `kg`."""
    found = shutil.which("java", path="/usr/bin:/usr/local/bin:/opt/java/bin:/opt/homebrew/bin")
    if found is None:
        pytest.skip("needs Java: install a JRE 17 or newer")
    (kg.folder / "bin" / "java").symlink_to(found)


def refused(kg: Kg, *words: str) -> str:
    """What a command says that ends with one sentence and status 1."""
    done = kg.run(*words)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    sentence = done.stderr.splitlines()[-1]
    assert sentence.startswith("kg: ") and "Traceback" not in done.stderr
    return sentence


def start_together(kg: Kg, count: int) -> list[dict[str, Any]]:
    """What commands print that start the same server at the same time."""
    command = [sys.executable, "-m", "kg", *START]
    started = [
        subprocess.Popen(command, env=kg.environment, cwd=kg.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(count)
    ]
    return [json.loads(one.communicate()[0]) for one in started]


def test_the_server_of_tests_takes_nodes_and_is_emptied_for_the_next(empty_neo4j: Neo4jServer) -> None:
    assert empty_neo4j.count_nodes() == 0
    with empty_neo4j.connect() as driver:
        driver.execute_query("UNWIND range(1, 12000) AS number CREATE (:Number {number: number})")
    assert empty_neo4j.count_nodes() == 12000
    empty_neo4j.wipe()
    assert empty_neo4j.count_nodes() == 0


@pytest.mark.timeout(900)
def test_a_server_is_started_once_survives_a_kill_and_is_stopped(desk: Kg) -> None:
    first, second = start_together(desk, 2)
    assert {first.pop("started"), second.pop("started")} == {True, False}
    assert first == second
    assert Path(first["password_file"]).stat().st_mode & 0o777 == 0o600
    password = Path(first["password_file"]).read_text().strip()
    server = psutil.Process(first["pid"])
    assert {connection.laddr.ip for connection in server.net_connections() if connection.status == "LISTEN"} <= {
        "127.0.0.1",
        "::ffff:127.0.0.1",
    }
    with GraphDatabase.driver(first["uri"], auth=(first["user"], password)) as driver:
        driver.execute_query("CREATE (:Kept)")
    assert "kg neo4j stop --name default first" in refused(desk, "neo4j", "admin", "--", "database", "info")

    server.send_signal(signal.SIGKILL)
    server.wait()
    assert json.loads(desk("neo4j", "status", "--json")) == [
        {"name": "default", "running": False, "folder": first["folder"]}
    ]
    again = json.loads(desk(*START, "--read-only"))
    assert again["started"] and again["uri"] == first["uri"] and again["pid"] != first["pid"]
    assert [one["running"] for one in json.loads(desk("neo4j", "status", "--json"))] == [True]
    with GraphDatabase.driver(again["uri"], auth=(again["user"], password)) as driver:
        assert len(driver.execute_query("MATCH (n:Kept) RETURN n").records) == 1
        with pytest.raises(ClientError, match="read-only"):
            driver.execute_query("CREATE (:Refused)")

    assert json.loads(desk("neo4j", "stop", "--json"))["stopped"]
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", int(again["uri"].split(":")[-1]))),
    ):
        pass
    assert not json.loads(desk("neo4j", "stop", "--json"))["stopped"]
    assert "neo4j" in desk("neo4j", "admin", "--", "database", "info")
    assert desk.run("neo4j", "admin", "--", "no", "such").returncode not in (0, 1)


def test_a_number_of_a_process_that_is_no_server_is_left_alone(bare: Kg) -> None:
    folder = bare.home / "neo4j" / "default"
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "alive").touch()
    state = {"pid": os.getpid(), "bolt": 7687, "http": None, "version": "5.26.12"}
    (folder / "server.json").write_text(json.dumps(state))
    assert not json.loads(bare("neo4j", "stop", "--json"))["stopped"]
    assert json.loads(bare("neo4j", "status", "--name", "default", "--json"))[0]["running"] is False


def test_a_server_that_does_not_start_says_why(desk: Kg) -> None:
    assert "Too small maximum heap" in refused(desk, "neo4j", "start", "--heap", "1m")
    assert "exceeds physical memory" in refused(desk, "neo4j", "start", "--pagecache", "900000g")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port} is taken" in refused(desk, "neo4j", "start", "--name", "other", "--port", port)
    assert [one["name"] for one in json.loads(desk("neo4j", "status", "--json"))] == ["default"]
    (desk.home / "neo4j" / "default" / "data" / "databases").mkdir(parents=True)
    (desk.home / "neo4j" / "default" / "password").unlink()
    assert "password file" in refused(desk, "neo4j", "start")
    assert json.loads(desk("neo4j", "status", "--json"))[0]["running"] is False


def test_a_server_is_started_as_it_was_the_last_time(tmp_path: Path) -> None:
    last = Options(heap="2g", read_only=True)
    write_state(Place(tmp_path, tmp_path), State(1, Ports(7687, None), "5.26.12", last))
    read = read_state(Place(tmp_path, tmp_path))
    assert read is not None and read.options == last
    assert Asked().over(last) == last
    assert Asked(read_only=False, pagecache="64m", port=1).over(last) == Options("2g", "64m", 1)


def test_a_server_that_runs_otherwise_than_asked_is_told(tmp_path: Path) -> None:
    place = Place(tmp_path / "trial", tmp_path)
    held = hold_alive(place)
    try:
        place.console.parent.mkdir()
        place.console.write_text("INFO  Started.\n")
        write_state(place, State(1, Ports(7687, None), "5.26.12", Options()))
        for asked in (Asked(), Asked(heap="1g", port=7687)):
            assert not start_server(place, asked, say=lambda _: None)[1]
        with pytest.raises(ServerError, match="runs already, with --heap 1g, without --read-only: type kg neo4j stop"):
            start_server(place, Asked(heap="2g", read_only=True), say=lambda _: None)
        with pytest.raises(ServerError, match="with --port 7687"):
            start_server(place, Asked(port=1), say=lambda _: None)
    finally:
        os.close(held)


def test_a_server_that_never_was_is_neither_stopped_nor_shown(bare: Kg) -> None:
    for command in ("stop", "status"):
        assert "no server 'nosuch' was ever started here" in refused(bare, "neo4j", command, "--name", "nosuch")


def test_without_java_or_with_an_old_one_the_remedy_is_named(bare: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no java on PATH; install" in refused(bare, "neo4j", "start")
    add_program(bare, "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    assert "is Java 11, and Neo4j needs 17" in refused(bare, "neo4j", "start")
    add_program(bare, "java", "echo 'java version \"1.8.0_402\"' >&2")
    assert "is Java 8, and" in refused(bare, "neo4j", "start")
    add_program(bare, "java", "echo what")
    assert "does not tell its version" in refused(bare, "neo4j", "start")
    monkeypatch.setenv("JAVA_HOME", str(bare.folder))
    add_program(bare, "java", "echo 'openjdk version \"21.0.1\"' >&2")
    assert "no mvn is on PATH; install" in refused(bare, "neo4j", "start")


def test_a_collector_that_the_environment_names_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xint -XX:+UseSerialGC")
    assert choose_collector() == []
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xint")
    assert choose_collector() == ["-XX:+UseParallelGC"]


def test_without_network_the_fetch_says_so_and_leaves_nothing(bare: Kg, monkeypatch: pytest.MonkeyPatch) -> None:
    add_java(bare)
    found = shutil.which("mvn", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if found is None:
        pytest.skip("needs Maven: install maven")
    add_program(bare, "mvn", f'PATH=/usr/bin:/bin exec {found} "$@"')
    dead = " ".join(f"-D{scheme}.proxyHost=127.0.0.1 -D{scheme}.proxyPort=9" for scheme in ("http", "https"))
    monkeypatch.setenv("MAVEN_OPTS", dead)
    assert "Connection refused; see to the network" in refused(bare, "neo4j", "start")
    assert [path.name for path in (bare.folder / "cache" / "neo4j").iterdir()] == ["5.26.12.lock"]


def test_a_small_disk_and_one_that_is_read_only_are_named(
    tiny_disk: Path, read_only_disk: Path, bare: Kg, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_java(bare)
    add_program(bare, "mvn", "exit 9")
    assert "it gave no reason" in refused(bare, "neo4j", "start")
    monkeypatch.setenv("KG_CACHE", str(tiny_disk))
    assert "make room there, or set KG_CACHE" in refused(bare, "neo4j", "start")
    monkeypatch.setenv("KG_CACHE", str(read_only_disk))
    assert "Read-only file system" in refused(bare, "neo4j", "start")
    assert "Read-only file system" in refused(Kg(read_only_disk, bare.folder), "neo4j", "start")


def test_a_name_is_one_of_a_folder(bare: Kg) -> None:
    for name in ("../up", "Big", "", "a" * 41):
        assert "cannot be a server's name" in refused(bare, "neo4j", "start", "--name", name)
    assert bare.run("neo4j", "start", "--heap", "much").returncode == 2
