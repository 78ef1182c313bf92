"""Start, stop and look at a local server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import asdict, replace

from kg.errors import ServerError
from kg.neo4j_server.admin import prepare
from kg.neo4j_server.java import choose_collector, find_java, java_environment
from kg.neo4j_server.place import Place, writing
from kg.neo4j_server.program import VERSION, Say, jars_folder
from kg.neo4j_server.settings import Asked, Options
from kg.neo4j_server.state import (
    Running,
    State,
    describe,
    hold_alive,
    is_alive,
    read_password,
    read_state,
    write_state,
)
from ontologies.locks import alone

#: Seconds that a start, and a stop, may take on a busy machine.
PATIENCE = 300.0

_MAIN = "org.neo4j.server.CommunityEntryPoint"
#: What Neo4j's own launcher tells Java, as far as it bears on a server of this size.
_JAVA_OPTIONS = (
    *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")),
    "-XX:+DisableExplicitGC",
    "-Djdk.nio.maxCachedBufferSize=1024",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dfile.encoding=UTF-8",
)
_STARTED = re.compile(r" Started\.$", re.MULTILINE)
_FAULT = re.compile(r"(?:ERROR|Caused by:|Exception|Error:|Invalid|Error occurred.*\n)\s?(.{1,300})")


def get_running(place: Place) -> Running | None:
    """The server of a place if it runs, else None."""
    state = read_state(place) if is_alive(place) else None
    return describe(place, state) if state else None


def start_server(place: Place, options: Options | Asked | None = None, *, say: Say) -> tuple[Running, bool]:
    """The running server of a place, and whether this call started it.

    It goes on when this process ends. Processes that start one server together start it once. What is not
    `Asked` is as at the last start. Raises `ServerError`, also where a server runs otherwise than it is asked to;
    whole `Options` count for a start only.
    """
    with writing(place.folder), alone(place.busy_file, on_wait=lambda: say("waiting for another command")):
        running = is_alive(place)
        if running:
            state = _living_state(place)
            _check_runs_so(place, state, options)
            _wait_until_started(place, state)
        else:
            state = _bring_up(place, options, say)
    return describe(place, state), not running


def _bring_up(place: Place, options: Options | Asked | None, say: Say) -> State:
    """The state of a server that has started; what made one fail is not what the next start begins with."""
    before = read_state(place)
    state = _launch(place, _whole(before, options), say)
    with ExitStack() as undo:
        undo.callback(write_state, place, replace(state, options=before.options if before else None))
        _wait_until_started(place, state)
        undo.pop_all()
    return state


def _whole(last: State | None, options: Options | Asked | None) -> Options:
    if isinstance(options, Options):
        return options
    return (options or Asked()).over((last and last.options) or Options())


def _check_runs_so(place: Place, state: State, options: Options | Asked | None) -> None:
    if not isinstance(options, Asked):
        return
    runs = (asdict(state.options) if state.options else {}) | {"port": state.ports.bolt}
    asked = options.said() | ({"port": options.port} if options.port else {})
    told = [_as_option(name, runs[name]) for name, value in asked.items() if runs.get(name, value) != value]
    if told:
        raise ServerError(
            f"the server {place.name!r} runs already, {', '.join(told)}: type kg neo4j stop --name {place.name}, "
            "then start it with other options"
        )


def _as_option(name: str, value: object) -> str:
    option = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        return f"{'with' if value else 'without'} {option}"
    return f"with {option} {value}"


def stop_server(place: Place, *, say: Say, patience: float = PATIENCE) -> bool:
    """Whether a server ran and was stopped; it has ended, with all its data on disk, when this returns."""
    if not is_alive(place):
        return False
    with writing(place.folder), alone(place.busy_file, on_wait=lambda: say("waiting for another command")):
        if not is_alive(place):
            return False
        state = _living_state(place)
        say(f"stopping {place.name}")
        os.kill(state.pid, signal.SIGTERM)
        end = time.monotonic() + patience
        while is_alive(place):
            if time.monotonic() > end:
                raise ServerError(
                    f"the server {place.name!r} (process {state.pid}) did not end in {patience:.0f} s; look at "
                    f"{place.console}, wait and stop it again, or end it by kill -9 {state.pid}: nothing is lost"
                )
            time.sleep(0.1)
    return True


def _living_state(place: Place) -> State:
    state = read_state(place)
    if state is None:
        raise ServerError(
            f"a server lives in {place.folder}, and {place.state_file.name} there does not say which; end the process "
            f"that holds {place.alive_file} (fuser {place.alive_file}), then start again"
        )
    return state


def _launch(place: Place, options: Options, say: Say) -> State:
    java = find_java()
    ports = prepare(place, options, say=say)
    read_password(place.password_file)
    say(f"starting Neo4j {VERSION}")
    state = State(_spawn(place, str(java), options), ports, VERSION, options)
    write_state(place, state)
    return state


def _spawn(place: Place, java: str, options: Options) -> int:
    """The process number of a server that was told to start."""
    words = [java, f"-Xmx{options.heap}", "-cp", f"{jars_folder(place.cache)}/*", *_JAVA_OPTIONS,
             *choose_collector(), _MAIN, f"--home-dir={place.folder}", f"--config-dir={place.conf}",
             "--console-mode"]  # fmt: skip
    alive = hold_alive(place)
    try:
        with place.console.open("wb") as log:
            started = subprocess.Popen(
                words,
                cwd=place.folder,
                env=java_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(alive,),
                start_new_session=True,
            )
    finally:
        os.close(alive)
    return started.pid


def _wait_until_started(place: Place, state: State) -> None:
    end, started = time.monotonic() + PATIENCE, False
    try:
        while not (started := bool(_STARTED.search(_said(place)))):
            if not is_alive(place):
                raise ServerError(_why(place))
            if time.monotonic() > end:
                raise ServerError(f"Neo4j did not start in {PATIENCE:.0f} s; look at {place.console}, and start again")
            time.sleep(0.1)
    finally:
        if not started:
            _kill(place, state)


def _kill(place: Place, state: State) -> None:
    if is_alive(place):
        os.kill(state.pid, signal.SIGKILL)


def _said(place: Place) -> str:
    return place.console.read_text(encoding="utf-8", errors="replace")


def _why(place: Place) -> str:
    """Why a server ended while it started: the last cause that it gave, and where all of it stands."""
    causes = [" ".join(found[0].split()) for found in _FAULT.finditer(_said(place))]
    cause = causes[-1] if causes else "it gave no reason"
    return f"Neo4j ended while it started: {cause}; look at {place.console}, and start again"
