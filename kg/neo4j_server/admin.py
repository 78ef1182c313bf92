"""neo4j-admin of a local server: what is done to databases while the server is stopped."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from kg.errors import ServerError
from kg.neo4j_server.java import find_java, java_environment
from kg.neo4j_server.place import Place, writing
from kg.neo4j_server.program import Say, get_jars, jars_folder
from kg.neo4j_server.settings import Options, Ports, choose_ports, write_conf
from kg.neo4j_server.state import is_alive, read_state
from ontologies.locks import alone

#: Heap enough to set a password.
_SMALL = "256m"
_MAIN = "org.neo4j.server.startup.Neo4jAdminCommand"


def run_admin(
    args: Sequence[str], place: Place, *, say: Say, heap: str | None = None, output: IO[str] | int | None = None
) -> int:
    """The exit status of `neo4j-admin ARGS` for the stopped server of a place, which need not have run before.

    Args:
        args: The words after `neo4j-admin`, as `("database", "import", "full", ...)`.
        place: Whose databases it works on.
        say: Takes what is being done.
        heap: Most memory of the tool's own heap, as `2g`.
        output: Where its output goes; this process's own where None is given.

    Raises:
        ServerError: The server runs, or the tool cannot be fetched or run.
    """
    with writing(place.folder), alone(place.busy_file, on_wait=lambda: say("waiting for another command")):
        if is_alive(place):
            raise ServerError(
                f"the server {place.name!r} runs, and neo4j-admin works on a stopped one; "
                f"type kg neo4j stop --name {place.name} first"
            )
        prepare(place, Options(), say=say)
        return call_admin(args, place, heap=heap, output=output).returncode


def prepare(place: Place, options: Options, *, say: Say) -> Ports:
    """Make the folders of a place, its configuration and, the first time, its password; gives the ports it will have.

    For those who hold the place's `busy_file`.
    """
    jars = get_jars(place.cache, say)
    last = read_state(place)
    # Before anything is made, so that a place whose port is refused is none.
    ports = choose_ports(options, last.ports if last else None)
    for name in ("conf", "data", "logs", "run", "plugins", "import"):
        (place.folder / name).mkdir(parents=True, exist_ok=True)
    place.folder.chmod(0o700)
    write_conf(place.conf, jars, ports, options)
    if not (place.data / "databases").exists():
        say("setting a password")
        _set_password(place)
    return ports


def call_admin(
    args: Sequence[str], place: Place, *, heap: str | None = None, output: IO[str] | int | None = None
) -> subprocess.CompletedProcess[str]:
    """The ended tool; for those who hold the place's `busy_file`."""
    environment = {**java_environment(), "NEO4J_HOME": str(place.folder), "NEO4J_CONF": str(place.conf)}
    if heap:
        environment["HEAP_SIZE"] = heap
    words = [str(find_java()), "-cp", f"{jars_folder(place.cache)}/*", _MAIN, *args]
    return subprocess.run(words, env=environment, stdout=output, stderr=output and subprocess.STDOUT, text=True)


def _set_password(place: Place) -> None:
    """Make a password, keep it in its file, and give it to the server that is not yet made."""
    # Digits and letters only: a word that begins with a dash would be read as an option.
    password = secrets.token_hex(24)
    _write_secret(place.password_file, f"{password}\n")
    # In a file, since what stands on a command line is seen by all users of the machine.
    words = place.folder / "run" / "words"
    _write_secret(words, f"dbms\nset-initial-password\n{password}\n")
    try:
        done = call_admin([f"@{words}"], place, heap=_SMALL, output=subprocess.PIPE)
    finally:
        words.unlink()
    if done.returncode:
        said = " ".join(done.stdout.split()) or "it gave no reason"
        raise ServerError(
            f"neo4j-admin could not set a password: {said[:300]}; see to {place.folder}, then start again"
        )


def _write_secret(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
